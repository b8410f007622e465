"""A supplier is asked to leave something out of what was agreed, and says yes or no."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement.models import PurchaseLine, PurchaseOrder, Status
from simpul.procurement.queries import unclaimed
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def purchase(supplier: Party, budi: Person) -> PurchaseOrder:
    """32 of leather, 4 soles of 40 and 6 of 41, agreed on, at 40.000."""
    return testing.confirmed_purchase(supplier)


def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.select_related("material").get(material__code="LEATHER")


def test_until_the_supplier_agrees_it_stands(purchase: PurchaseOrder, rina: Person) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)

    line = leather(purchase)
    assert (line.quantity, line.asked_less) == (32_000, 20_000)
    entry = purchase.journal.get(step="procurement.ask_less")
    assert (entry.by, entry.facts) == (rina, {"line": line.pk, "quantity": 20_000})


def test_the_supplier_agrees_and_both_have_the_next_revision(
    purchase: PurchaseOrder, rina: Person, budi: Person
) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)

    purchase.grant_less(by=budi, line=leather(purchase), quantity=20_000)

    purchase = PurchaseOrder.objects.get()
    line = leather(purchase)
    assert (line.quantity, line.asked_less) == (20_000, None)
    assert (purchase.revision, purchase.agreed_revision) == (2, 2)
    assert purchase.total == 20 * 40_000 + 10 * 40_000
    assert purchase.latest().lines.get(line=line).quantity == 20_000
    need = OrderNeed.objects.get(material__code="LEATHER")
    assert (need.ordered, need.uncovered) == (20_000, 12_000)


def test_nothing_more_of_the_last_line_closes_it(
    purchase: PurchaseOrder, rina: Person, budi: Person
) -> None:
    goods = {
        line: (line.open_quantity, 0) for line in purchase.lines.exclude(material__code="LEATHER")
    }
    purchase.receive(by=rina, goods=goods)
    purchase.ask_less(by=rina, line=leather(purchase), quantity=0)

    purchase.grant_less(by=budi, line=leather(purchase), quantity=0)

    assert PurchaseOrder.objects.get().status == Status.CLOSED
    assert leather(purchase).is_closed_short


def test_the_supplier_delivers_as_agreed(
    purchase: PurchaseOrder, rina: Person, budi: Person
) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)

    purchase.refuse_less(by=budi, line=leather(purchase), quantity=20_000, reason="Sudah dipotong.")

    line = leather(purchase)
    assert (line.quantity, line.asked_less) == (32_000, None)
    assert purchase.journal.get(step="procurement.refuse_less").facts["reason"] == "Sudah dipotong."


@pytest.mark.parametrize("quantity", [32_000, 40_000, 9_999])
def test_less_than_agreed_and_not_less_than_came(
    purchase: PurchaseOrder, rina: Person, quantity: int
) -> None:
    purchase.receive(by=rina, goods={leather(purchase): (10_000, 0)})

    with pytest.raises(WrongState):
        purchase.ask_less(by=rina, line=leather(purchase), quantity=quantity)

    assert leather(purchase).asked_less is None


def test_what_came_meanwhile_is_not_granted_away(
    purchase: PurchaseOrder, rina: Person, budi: Person
) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)
    purchase.receive(by=rina, goods={leather(purchase): (25_000, 0)})

    with pytest.raises(WrongState):
        purchase.grant_less(by=budi, line=leather(purchase), quantity=20_000)

    assert leather(purchase).quantity == 32_000


def test_who_may(purchase: PurchaseOrder, rina: Person, budi: Person, sari: Person) -> None:
    line = leather(purchase)
    for person in (budi, sari):
        with pytest.raises(NotAllowed):
            purchase.ask_less(by=person, line=line, quantity=20_000)
    purchase.ask_less(by=rina, line=line, quantity=20_000)
    for person in (rina, sari):
        with pytest.raises(NotAllowed):
            purchase.grant_less(by=person, line=line, quantity=20_000)
        with pytest.raises(NotAllowed):
            purchase.refuse_less(by=person, line=line, quantity=20_000, reason="x")

    assert leather(purchase).asked_less == 20_000


def test_what_no_order_waits_for_is_told(purchase: PurchaseOrder, sari: Person) -> None:
    assert unclaimed(purchase) == {}
    line = leather(purchase)
    line.keep_pegs(20_000)

    assert unclaimed(purchase) == {line.pk: 12_000}


def test_what_is_closed_short_is_not_opened_again(
    purchase: PurchaseOrder, rina: Person, budi: Person
) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)
    purchase.close_short(by=rina, line=leather(purchase), reason="Habis")

    with pytest.raises(WrongState):
        purchase.grant_less(by=budi, line=leather(purchase), quantity=20_000)

    line = leather(purchase)
    assert (line.is_closed_short, line.asked_less) == (True, None)


def test_what_has_come_is_not_asked_about_any_more(purchase: PurchaseOrder, rina: Person) -> None:
    purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)

    purchase.receive(by=rina, goods={leather(purchase): (25_000, 0)})

    assert leather(purchase).asked_less is None


def test_no_part_of_a_tin_is_left(purchase: PurchaseOrder, rina: Person) -> None:
    PurchaseLine.objects.filter(pk=leather(purchase).pk).update(unit="rol", unit_size=8_000)

    with pytest.raises(WrongState, match="whole units"):
        purchase.ask_less(by=rina, line=leather(purchase), quantity=20_000)
    purchase.ask_less(by=rina, line=leather(purchase), quantity=16_000)

    assert leather(purchase).asked_less == 16_000
