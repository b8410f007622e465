from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Person, Workshop
from simpul.stock.models import Balance, Count, Item, Location, Movement, NotEnough, Reservation
from simpul.workflow.steps import NotAllowed, keyed


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return Item.of_material(testing.material(workshop, "LEATHER"))


@pytest.fixture
def store(workshop: Workshop) -> Location:
    return Location.of(workshop.pk, Location.Kind.STORE)


def count(item: Item, store: Location, counted: int, by: Person) -> Count:
    return Count.take(by=by, item=item, location=store, counted=counted, reason="Month's end")


def test_the_balance_says_what_was_counted(leather: Item, store: Location, rina: Person) -> None:
    count(leather, store, 12_500, by=rina)
    second = count(leather, store, 10_000, by=rina)

    assert Balance.objects.get().on_hand == 10_000
    assert (second.expected, second.difference) == (12_500, -2_500)
    assert list(Movement.objects.order_by("pk").values_list("quantity", "source", "target")) == [
        (12_500, None, store.pk),
        (2_500, store.pk, None),
    ]


def test_what_fits_moves_nothing(leather: Item, store: Location, rina: Person) -> None:
    count(leather, store, 0, by=rina)

    assert Count.objects.get().difference == 0
    assert not Movement.objects.exists()


def test_it_is_written_in_the_journal(leather: Item, store: Location, rina: Person) -> None:
    entry = count(leather, store, 12_500, by=rina).journal.get()

    assert (entry.step, entry.by) == ("stock.count", rina)
    assert entry.facts == {
        "item": leather.pk,
        "location": store.pk,
        "counted": 12_500,
        "reason": "Month's end",
    }


def test_others_may_not(
    leather: Item, store: Location, sari: Person, dewi: Person, viewer: Person, joko: Person
) -> None:
    for person in (sari, dewi, viewer, joko):
        with pytest.raises(NotAllowed):
            count(leather, store, 12_500, by=person)

    assert not Count.objects.exists()
    assert not Movement.objects.exists()


def test_the_same_form_counts_once(leather: Item, store: Location, rina: Person) -> None:
    with keyed("a"):
        first = count(leather, store, 12_500, by=rina)
    with keyed("a"):
        again = count(leather, store, 12_500, by=rina)

    assert again == first
    assert Movement.objects.count() == 1


def test_what_is_set_aside_cannot_be_missing(leather: Item, store: Location, rina: Person) -> None:
    count(leather, store, 10_000, by=rina)
    Reservation.make(leather, store, 8_000, rina)

    with pytest.raises(NotEnough):
        count(leather, store, 7_000, by=rina)

    assert Balance.objects.get().on_hand == 10_000
    assert Count.objects.count() == 1
