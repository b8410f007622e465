from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Person, Workshop
from simpul.stock.models import Balance, Item, Location, NotEnough, Reservation, Transfer
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "LEATHER"), 10_000)


def place(item: Item, kind: Location.Kind) -> Location:
    return Location.of(item.workshop_id, kind)


def scrap(item: Item, quantity: int, by: Person) -> Transfer:
    return Transfer.make(
        by=by,
        item=item,
        quantity=quantity,
        source=place(item, Location.Kind.STORE),
        target=place(item, Location.Kind.SCRAP),
        reason="Mould",
    )


def on_hand(item: Item, kind: Location.Kind) -> int:
    return Balance.locked(item, place(item, kind)).on_hand


def test_it_carries_free_goods(leather: Item, rina: Person) -> None:
    scrap(leather, 3_000, by=rina)

    assert on_hand(leather, Location.Kind.STORE) == 7_000
    assert on_hand(leather, Location.Kind.SCRAP) == 3_000


def test_it_is_written_in_the_journal(leather: Item, rina: Person) -> None:
    entry = scrap(leather, 3_000, by=rina).journal.get()

    assert (entry.step, entry.by) == ("stock.move", rina)
    assert (entry.facts["quantity"], entry.facts["reason"]) == (3_000, "Mould")


def test_others_may_not(leather: Item, udin: Person, siti: Person, joko: Person) -> None:
    for person in (udin, siti, joko):
        with pytest.raises(NotAllowed):
            scrap(leather, 3_000, by=person)

    assert on_hand(leather, Location.Kind.STORE) == 10_000


def test_the_same_form_moves_once(leather: Item, rina: Person) -> None:
    for _time in range(2):
        with keyed("a"):
            scrap(leather, 3_000, by=rina)

    assert on_hand(leather, Location.Kind.STORE) == 7_000


def test_what_is_set_aside_stays(leather: Item, rina: Person) -> None:
    Reservation.make(leather, place(leather, Location.Kind.STORE), 8_000, rina)

    with pytest.raises(NotEnough):
        scrap(leather, 3_000, by=rina)

    assert on_hand(leather, Location.Kind.STORE) == 10_000
    assert not Transfer.objects.exists()


def test_nothing_and_nowhere_are_no_move(leather: Item, rina: Person) -> None:
    with pytest.raises(WrongState):
        scrap(leather, 0, by=rina)
