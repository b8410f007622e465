"""On which shelf something lies: free words, and the order in which one walks."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Person, Workshop
from simpul.stock.models import Item
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def leather(workshop: Workshop) -> Item:
    return testing.stock_up(testing.material(workshop, "LEATHER"), 1_000)


def test_it_stands_on_the_item_and_in_the_journal(leather: Item, rina: Person) -> None:
    leather.put(by=rina, shelf="Rak 3, kotak 2")

    assert Item.objects.get(pk=leather.pk).shelf == "Rak 3, kotak 2"
    [entry] = journal_of(leather)
    assert (entry.step, entry.by) == ("stock.set_shelf", rina)
    assert entry.facts == {"shelf": "Rak 3, kotak 2", "is_for_all": False}


def test_it_can_be_said_of_all_sizes_and_taken_away(workshop: Workshop, rina: Person) -> None:
    model = testing.product(workshop, "DRB-01")
    black, brown = model.colourways.get(), testing.colourway(model, "Cokelat")
    items = [Item.of_variant(one) for one in black.variants.order_by("size")]
    other = Item.of_variant(brown.variants.order_by("pk")[0])
    sole = testing.material(workshop, "SOLE", is_by_size=True)
    soles = [Item.of_material(sole, size) for size in ("39", "40")]

    items[0].put(by=rina, shelf="Rak 1", is_for_all=True)
    soles[0].put(by=rina, shelf="Rak 2", is_for_all=True)
    items[1].put(by=rina, shelf="")

    shelves = dict(Item.objects.values_list("pk", "shelf"))
    assert [shelves[one.pk] for one in items] == ["Rak 1", "", *["Rak 1"] * (len(items) - 2)]
    assert [shelves[one.pk] for one in (*soles, other)] == ["Rak 2", "Rak 2", ""]
    assert Item.shelves_of_materials([sole.pk]) == {
        (sole.pk, "39"): "Rak 2",
        (sole.pk, "40"): "Rak 2",
    }
    variants = [one.pk for one in black.variants.order_by("size")]
    assert set(Item.shelves_of_variants(variants)) == {variants[0], *variants[2:]}


def test_one_walks_the_store_once(workshop: Workshop, rina: Person) -> None:
    shelves = {"A": "", "B": "Rak 10", "C": "rak 3, kotak 12", "D": "Rak 3, kotak 2", "E": ""}
    for code, shelf in shelves.items():
        item = testing.stock_up(testing.material(workshop, code), 1_000)
        item.put(by=rina, shelf=shelf)

    walked = Item.objects.along_shelves().values_list("material__code", flat=True)

    assert list(walked) == ["D", "C", "B", "A", "E"]  # what has no shelf comes last


@pytest.mark.parametrize(
    ("mark", "length"), [("1 " * 19 + "99", 139), ("1\u0390" * 20, 140), ("1\u0130" * 20, 160)]
)
def test_the_longest_marks_fit(leather: Item, rina: Person, mark: str, length: int) -> None:
    leather.put(by=rina, shelf=mark)

    kept = Item.objects.get(pk=leather.pk).shelf_key
    assert len(kept) == length <= (Item._meta.get_field("shelf_key").max_length or 0)


def test_long_numbers_are_places_of_their_own(workshop: Workshop, rina: Person) -> None:
    for number in ("12345679", "12345678"):
        testing.stock_up(testing.material(workshop, number), 1_000).put(by=rina, shelf=number)

    walked = Item.objects.along_shelves().values_list("shelf", flat=True)

    assert list(walked) == ["12345678", "12345679"]
    assert len(set(Item.objects.values_list("shelf_key", flat=True))) == 2


def test_only_who_keeps_the_store_or_leads_the_work(
    leather: Item, sari: Person, dewi: Person, joko: Person
) -> None:
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            leather.put(by=person, shelf="Rak 3")

    assert Item.objects.get(pk=leather.pk).shelf == ""


@pytest.mark.django_db(transaction=True)
def test_two_who_put_all_sizes_somewhere_do_not_wait_in_a_ring(
    workshop: Workshop, rina: Person
) -> None:
    sole = testing.material(workshop, "SOLE", is_by_size=True)
    small, large = (Item.of_material(sole, size) for size in ("39", "40"))

    ends = testing.at_once(
        lambda: small.put(by=rina, shelf="Rak 1", is_for_all=True),
        lambda: large.put(by=rina, shelf="Rak 2", is_for_all=True),
    )

    assert ends == ["done", "done"]
    assert len(set(Item.objects.values_list("shelf", flat=True))) == 1  # that of who came last
