from __future__ import annotations

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.lib.quantities import amount_of
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import SupplierPrice
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, keyed


@pytest.fixture
def leather(workshop: Workshop) -> Material:
    return testing.material(workshop, "LEATHER")


def quote(supplier: Party, leather: Material, by: Person, price: int = 42_000) -> SupplierPrice:
    return SupplierPrice.quote(
        by=by, supplier=supplier, material=leather, price=price, lead_days=4, pack=20_000
    )


def test_a_new_price_takes_the_place_of_the_old(
    supplier: Party, leather: Material, rina: Person
) -> None:
    quote(supplier, leather, by=rina)
    again = quote(supplier, leather, by=rina, price=43_000)

    assert SupplierPrice.objects.get() == again
    assert (again.price, again.lead_days, again.pack) == (43_000, 4, 20_000)


def test_it_is_written_in_the_journal(supplier: Party, leather: Material, rina: Person) -> None:
    entry = journal_of(quote(supplier, leather, by=rina)).get()

    assert (entry.step, entry.by) == ("procurement.price", rina)
    assert entry.facts["price"] == 42_000


def test_others_may_not(
    supplier: Party, leather: Material, budi: Person, sari: Person, joko: Person
) -> None:
    for person in (budi, sari, joko):
        with pytest.raises(NotAllowed):
            quote(supplier, leather, by=person)

    assert not SupplierPrice.objects.exists()


def test_only_suppliers_and_materials_of_this_workshop(
    supplier: Party, buyer: Party, leather: Material, rina: Person, joko: Person
) -> None:
    foreign = testing.material(joko.workshop, "LEATHER")

    for party, material in ((buyer, leather), (supplier, foreign)):
        with pytest.raises(NotAllowed):
            quote(party, material, by=rina)

    assert not SupplierPrice.objects.exists()


def test_the_same_form_is_one_line_of_the_journal(
    supplier: Party, leather: Material, rina: Person
) -> None:
    for _time in range(2):
        with keyed("a"):
            price = quote(supplier, leather, by=rina)

    assert journal_of(price).count() == 1


@pytest.mark.parametrize(
    ("wanted", "minimum", "pack", "bought"),
    [
        (32_000, 0, 0, 32_000),
        (32_000, 0, 20_000, 40_000),
        (40_000, 0, 20_000, 40_000),
        (32_000, 50_000, 0, 50_000),
        (32_000, 50_000, 20_000, 60_000),
    ],
)
def test_whole_packs_and_not_below_the_minimum(
    wanted: int, minimum: int, pack: int, bought: int
) -> None:
    assert SupplierPrice(price=1, minimum=minimum, pack=pack).rounded(wanted) == bought


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [(42_000, 32_000, 1_344_000), (200, 3_500, 700), (333, 1_500, 500), (1, 499, 0), (1, 500, 1)],
)
def test_amounts_are_rounded_once_half_up(price: int, quantity: int, amount: int) -> None:
    assert amount_of(price, quantity) == amount
