"""Material that a supplier sells by the tin, the roll or the sheet."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.procurement import planning
from simpul.procurement.models import PurchaseOrder, Status, SupplierPrice, value_of
from simpul.procurement.payables import receipts_without_bill
from simpul.procurement.queries import known_prices, offers_of
from simpul.stock.models import Balance
from simpul.workflow.steps import WrongState

TIN = {"price": 100_000, "unit": "kaleng", "unit_size": 15_000}  # 6,666.67 a unit


@pytest.fixture
def order(buyer: Party) -> Order:
    """It needs 32 of leather, which is sold here as if it were glue."""
    return testing.needy_order(buyer)


@pytest.fixture
def glue(order: Order) -> Material:
    return Material.objects.get(workshop=order.workshop, code="LEATHER")


@pytest.fixture
def draft(supplier: Party, glue: Material, rina: Person) -> PurchaseOrder:
    testing.supplier_price(supplier, glue, **TIN)  # type: ignore[arg-type]
    [made] = planning.plan(supplier.workshop, by=rina)
    return made


def sent(draft: PurchaseOrder, by: Person) -> PurchaseOrder:
    draft.send(by=by)
    return draft


def test_whole_tins_are_bought_and_the_money_is_exact(draft: PurchaseOrder) -> None:
    line = draft.lines.get()

    assert (line.quantity, line.unit, line.unit_size) == (45_000, "kaleng", 15_000)
    assert (line.price, line.whole_units(line.quantity)) == (100_000, 3)
    assert (line.amount, draft.total) == (300_000, 300_000)  # not 45 x 6,667
    assert line.pegs.get().quantity == 32_000


@pytest.mark.parametrize(("quantity", "units"), [(30_000, 2), (32_000, 0), (0, 0)])
def test_what_is_no_whole_number_of_tins_is_not_told_in_tins(
    draft: PurchaseOrder, quantity: int, units: int
) -> None:
    assert draft.lines.get().whole_units(quantity) == units


def test_what_both_agree_on_is_the_price_of_a_tin(
    draft: PurchaseOrder, rina: Person, budi: Person
) -> None:
    sent(draft, rina).confirm(by=budi, revision=1)

    said = draft.latest().lines.get()
    assert (said.price, said.amount, draft.latest().total) == (100_000, 300_000, 300_000)


def test_a_part_of_a_tin_is_worth_its_share(
    draft: PurchaseOrder, supplier: Party, rina: Person, budi: Person
) -> None:
    sent(draft, rina).confirm(by=budi, revision=1)
    draft.receive(by=rina, goods={draft.lines.get(): (37_000, 0)})

    [(receipt, value)] = receipts_without_bill(supplier)
    assert value == 246_667  # 37/15 of 100,000, rounded once
    assert value_of([receipt]) == {receipt.pk: 246_667}
    assert Balance.objects.get(item__material=draft.lines.get().material).on_hand == 37_000


def test_prices_in_different_units_are_compared_exactly(
    supplier: Party, glue: Material, rina: Person
) -> None:
    testing.supplier_price(supplier, glue, **TIN)  # type: ignore[arg-type]
    dearer = testing.party(supplier.workshop, "Toko Lem", is_supplier=True)
    testing.supplier_price(dearer, glue, 6_667)

    offers = offers_of(glue)

    assert [one.terms.supplier for one in offers] == [supplier, dearer]
    assert [one.is_cheapest for one in offers] == [True, False]
    assert offers[0].terms.rate == Fraction(100_000, 15_000)
    assert known_prices(rina)[glue.pk].price == 6_667  # to the rupiah, for what a pair costs


def test_each_quantity_goes_to_whoever_is_cheaper_for_it(
    supplier: Party, glue: Material, rina: Person
) -> None:
    testing.supplier_price(supplier, glue, **TIN)  # type: ignore[arg-type]
    loose = testing.party(supplier.workshop, "Toko Eceran", is_supplier=True)
    testing.supplier_price(loose, glue, 9_000)  # 32 cost 288,000, three tins 300,000

    [proposal] = planning.proposals(supplier.workshop)

    assert (proposal.supplier, proposal.total) == (loose, 288_000)


def test_goods_that_came_teach_the_price_of_the_same_tin_only(
    draft: PurchaseOrder, supplier: Party, glue: Material, rina: Person, budi: Person
) -> None:
    sent(draft, rina).confirm(by=budi, revision=1)
    known = SupplierPrice.objects.filter(supplier=supplier)
    known.update(price=95_000)
    draft.receive(by=rina, goods={draft.lines.get(): (15_000, 0)})
    assert known.get().price == 100_000

    testing.supplier_price(supplier, glue, 30_000, unit="botol", unit_size=4_000)
    draft.receive(by=rina, goods={draft.lines.get(): (15_000, 0)})

    assert (known.get().price, known.get().unit) == (30_000, "botol")


def test_more_of_it_is_rounded_up_to_whole_tins(
    draft: PurchaseOrder, supplier: Party, rina: Person
) -> None:
    testing.supplier_price(supplier, draft.lines.get().material, 7_000)  # loose from now on
    testing.needy_order(testing.party(supplier.workshop, "Toko Lain"))
    [loose] = planning.plan(supplier.workshop, by=rina)
    # 13 of the three tins were for nobody yet
    assert (loose.lines.get().quantity, loose.total) == (19_000, 133_000)

    draft.join(by=rina, other=loose)  # 45 and 19

    draft.refresh_from_db()
    assert (draft.lines.get().whole_units(75_000), draft.lines.get().quantity) == (5, 75_000)
    assert (draft.status, draft.total) == (Status.DRAFT, 500_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "kaleng", "unit_size": 15_000, "pack": 20_000},
        {"unit": "kaleng", "unit_size": 0},
        {"unit_size": 15_000},
    ],
)
def test_a_unit_has_a_name_and_a_size_and_is_not_cut(
    supplier: Party, glue: Material, wrong: dict[str, object]
) -> None:
    with pytest.raises(WrongState):
        testing.supplier_price(supplier, glue, 100_000, **wrong)

    assert not SupplierPrice.objects.exists()
