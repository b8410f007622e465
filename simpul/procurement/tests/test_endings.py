from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder, Status
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def purchase(supplier: Party) -> PurchaseOrder:
    return testing.confirmed_purchase(supplier)


@pytest.fixture
def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def need() -> OrderNeed:
    return OrderNeed.objects.get(material__code="LEATHER")


# closed short


def test_the_rest_of_a_line_is_open_again(leather: PurchaseLine, rina: Person) -> None:
    leather.purchase.receive(by=rina, goods={leather: (20_000, 0)})

    leather.purchase.close_short(by=rina, line=leather, reason="No more hides")

    leather.refresh_from_db()
    assert leather.is_done
    assert (need().ordered, need().ready, need().uncovered) == (0, 20_000, 12_000)
    assert leather.purchase.status == Status.CONFIRMED
    entry = leather.purchase.journal.get(step="procurement.close_short")
    assert entry.facts == {"line": leather.pk, "reason": "No more hides"}


def test_the_last_open_line_closes_the_order(purchase: PurchaseOrder, rina: Person) -> None:
    for line in purchase.lines.all():
        purchase.close_short(by=rina, line=line, reason="Gone")

    assert purchase.status == Status.CLOSED


def test_others_may_not_close_a_line(leather: PurchaseLine, budi: Person, joko: Person) -> None:
    for person in (budi, joko):
        with pytest.raises(NotAllowed):
            leather.purchase.close_short(by=person, line=leather, reason="Gone")

    assert need().ordered == 32_000


def test_a_line_is_closed_once(leather: PurchaseLine, rina: Person) -> None:
    leather.purchase.close_short(by=rina, line=leather, reason="Gone")

    with pytest.raises(WrongState):
        leather.purchase.close_short(by=rina, line=leather, reason="Gone")

    assert leather.purchase.journal.filter(step="procurement.close_short").count() == 1


# closed


def test_only_the_machine_closes(purchase: PurchaseOrder, rina: Person) -> None:
    with pytest.raises(NotAllowed):
        purchase.close(by=rina)


def test_it_is_not_closed_while_something_is_to_come(
    purchase: PurchaseOrder, machine: Person
) -> None:
    with pytest.raises(WrongState):
        purchase.close(by=machine)

    purchase.refresh_from_db()
    assert purchase.status == Status.CONFIRMED


# cancelled


def test_it_is_taken_back(purchase: PurchaseOrder, rina: Person) -> None:
    purchase.cancel(by=rina, reason="Found it cheaper")

    assert (purchase.status, purchase.reason) == (Status.CANCELLED, "Found it cheaper")
    assert need().uncovered == 32_000
    assert not Peg.objects.exists()
    assert purchase.journal.get(step="procurement.cancel").by == rina


def test_a_draft_is_dropped(supplier: Party, rina: Person) -> None:
    draft = testing.draft_purchase(supplier)

    draft.cancel(by=rina)

    assert (draft.status, draft.number) == (Status.CANCELLED, "")
    assert need().uncovered == 32_000


def test_others_may_not_take_it_back(purchase: PurchaseOrder, budi: Person, joko: Person) -> None:
    for person in (budi, joko):
        with pytest.raises(NotAllowed):
            purchase.cancel(by=person, reason="Gone")

    assert need().ordered == 32_000


def test_not_after_something_has_come(leather: PurchaseLine, rina: Person) -> None:
    leather.purchase.receive(by=rina, goods={leather: (1_000, 0)})

    with pytest.raises(WrongState):
        leather.purchase.cancel(by=rina, reason="Gone")

    assert need().ordered == 31_000


def test_it_is_taken_back_once(purchase: PurchaseOrder, rina: Person) -> None:
    seen_by_another_tab = PurchaseOrder.objects.get(pk=purchase.pk)
    purchase.cancel(by=rina, reason="Gone")

    with pytest.raises(WrongState):
        seen_by_another_tab.cancel(by=rina, reason="Gone")

    assert purchase.journal.filter(step="procurement.cancel").count() == 1
