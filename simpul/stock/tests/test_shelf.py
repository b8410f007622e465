"""What the apps above do with the shelf: reserve, release, move what is kept."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Person, Workshop
from simpul.stock.models import Balance, Item, Location, Movement, NotEnough, Reservation


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "LEATHER"), 10_000)


@pytest.fixture
def store(workshop: Workshop) -> Location:
    return Location.of(workshop.pk, Location.Kind.STORE)


def balance(item: Item, location: Location) -> tuple[int, int]:
    found = Balance.objects.get(item=item, location=location)
    return found.on_hand, found.reserved


def test_reservations_of_one_subject_add_up(leather: Item, store: Location, rina: Person) -> None:
    Reservation.make(leather, store, 4_000, rina)
    Reservation.make(leather, store, 3_000, rina)
    assert Reservation.of(rina).get().quantity == 7_000
    assert balance(leather, store) == (10_000, 7_000)

    Reservation.release(leather, store, 7_000, rina)
    assert not Reservation.of(rina).exists()
    assert balance(leather, store) == (10_000, 0)


def test_no_more_is_kept_than_is_free(leather: Item, store: Location, rina: Person) -> None:
    with pytest.raises(NotEnough):
        Reservation.make(leather, store, 10_001, rina)
    with pytest.raises(NotEnough):
        Reservation.release(leather, store, 1, rina)

    assert balance(leather, store) == (10_000, 0)


def test_what_is_kept_stays_kept_on_its_way(leather: Item, store: Location, rina: Person) -> None:
    packed = Location.of(store.workshop_id, Location.Kind.PACKED)
    Reservation.make(leather, store, 4_000, rina)

    Movement.record(
        leather,
        3_000,
        by=rina,
        subject=rina,
        reason="test.move",
        source=store,
        target=packed,
        kept_for=rina,
    )

    assert balance(leather, store) == (7_000, 1_000)
    assert balance(leather, packed) == (3_000, 3_000)


def test_what_is_kept_does_not_leave_for_others(
    leather: Item, store: Location, rina: Person
) -> None:
    Reservation.make(leather, store, 8_000, rina)

    with pytest.raises(NotEnough):
        Movement.record(leather, 3_000, by=rina, subject=rina, reason="test.move", source=store)

    assert balance(leather, store) == (10_000, 8_000)


def test_the_list_finds_by_word_and_size(workshop: Workshop, rina: Person, joko: Person) -> None:
    sole = testing.material(workshop, "SOLE", name="Sol TPR", is_by_size=True)
    small, large = testing.stock_up(sole, 4_000, "40"), testing.stock_up(sole, 6_000, "41")

    def found(words: str, person: Person = rina) -> set[Item]:
        return set(Item.objects.visible_to(person).search(words))

    assert found("tpr") == {small, large}
    assert found("sole 41") == {large}
    assert found("boot") == set()
    assert found("tpr", joko) == set()
    assert vars(Item.objects.with_sums().get(pk=large.pk))["on_hand"] == 6_000
