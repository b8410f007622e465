"""A sheet counts many things at once: all of them, or none."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Party, Person, Workshop
from simpul.stock.models import (
    Balance,
    Count,
    CountSheet,
    Found,
    Item,
    Location,
    Moved,
    Movement,
    NotEnough,
    Reservation,
)
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "LEATHER"), 12_500)


@pytest.fixture
def glue(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "GLUE"), 2_000)


def lies(item: Item) -> int:
    return Balance.objects.get(item=item, location__kind=Location.Kind.STORE).on_hand


def test_what_is_different_moves_and_what_is_not_is_remembered(
    leather: Item, glue: Item, rina: Person
) -> None:
    moved = Movement.objects.count()
    found = {leather: Found(12_000, 12_500, "Jamur"), glue: Found(2_000, 2_000)}

    sheet = CountSheet.take(by=rina, occasion="Akhir bulan", found=found)

    assert (lies(leather), lies(glue)) == (12_000, 2_000)
    assert Movement.objects.count() == moved + 1
    counts = sheet.counts.order_by("pk").values_list("item__material__code", "expected", "reason")
    assert list(counts) == [("LEATHER", 12_500, "Jamur"), ("GLUE", 2_000, "Akhir bulan")]
    [line] = journal_of(sheet)
    assert (line.step, line.facts) == ("stock.count_sheet", {"occasion": "Akhir bulan"})


def test_what_moved_since_is_counted_again_and_nothing_is_kept(
    leather: Item, glue: Item, rina: Person
) -> None:
    assert glue.material is not None
    testing.stock_up(glue.material, 1_000)
    found = {leather: Found(12_000, 12_500, "Jamur"), glue: Found(2_000, 2_000)}

    with pytest.raises(Moved):
        CountSheet.take(by=rina, occasion="Akhir bulan", found=found)

    assert (lies(leather), lies(glue)) == (12_500, 3_000)
    assert not CountSheet.objects.exists()
    assert not Count.objects.filter(sheet__isnull=False).exists()


def test_less_than_is_set_aside_is_refused(buyer: Party, rina: Person, leather: Item) -> None:
    store = Location.of(leather.workshop_id, Location.Kind.STORE)
    Reservation.make(leather, store, 10_000, buyer)

    with pytest.raises(NotEnough):
        CountSheet.take(by=rina, occasion="x", found={leather: Found(9_000, 12_500, "Hilang")})

    assert lies(leather) == 12_500


def test_others_may_not(leather: Item, sari: Person, udin: Person, joko: Person) -> None:
    for person in (sari, udin, joko):
        with pytest.raises(NotAllowed):
            CountSheet.take(by=person, occasion="x", found={leather: Found(1, 12_500, "x")})
    assert lies(leather) == 12_500
