from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement.models import LineTerms, Peg, PurchaseLine, PurchaseOrder
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def draft(supplier: Party) -> PurchaseOrder:
    return testing.draft_purchase(supplier)


def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def change(purchase: PurchaseOrder, quantity: int, by: Person) -> None:
    terms = [LineTerms(leather(purchase), quantity, 39_000, clock.in_days(5))]
    purchase.change(by=by, terms=terms)


def test_it_asks_for_something_else(draft: PurchaseOrder, rina: Person) -> None:
    change(draft, 40_000, by=rina)

    line = leather(draft)
    assert (line.quantity, line.price, line.wished_on) == (40_000, 39_000, clock.in_days(5))
    assert draft.total == 1_560_000 + 400_000


def test_less_opens_the_need_again(draft: PurchaseOrder, rina: Person) -> None:
    change(draft, 30_000, by=rina)

    need = OrderNeed.objects.get(material__code="LEATHER")
    assert (need.ordered, need.uncovered) == (30_000, 2_000)
    assert Peg.objects.get(need=need).quantity == 30_000


def test_nothing_takes_the_line_out(draft: PurchaseOrder, rina: Person) -> None:
    change(draft, 0, by=rina)

    assert draft.lines.count() == 2
    assert OrderNeed.objects.get(material__code="LEATHER").ordered == 0


def test_it_is_written_in_the_journal(draft: PurchaseOrder, rina: Person) -> None:
    change(draft, 40_000, by=rina)

    assert draft.journal.filter(step="procurement.change", by=rina).count() == 1


def test_others_may_not(draft: PurchaseOrder, sari: Person, budi: Person, joko: Person) -> None:
    for person in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            change(draft, 40_000, by=person)

    assert leather(draft).quantity == 32_000


def test_what_is_sent_is_not_changed(draft: PurchaseOrder, rina: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=draft.pk)
    draft.send(by=rina)

    with pytest.raises(WrongState):
        change(seen_by_another_tab, 40_000, by=rina)

    assert leather(draft).quantity == 32_000


def test_a_line_of_another_purchase_is_not_changed(
    draft: PurchaseOrder, supplier: Party, buyer: Party, rina: Person
) -> None:
    other = testing.draft_purchase(supplier, testing.needy_order(buyer))

    with pytest.raises(WrongState):
        draft.change(by=rina, terms=[LineTerms(leather(other), 1_000, 1, clock.in_days(5))])

    assert leather(other).quantity == 32_000
