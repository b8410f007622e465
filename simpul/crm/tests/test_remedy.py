"""A ticket is made good: the money moves in its own app, and the ticket names what it was."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import Remedy
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments.models import CreditNote, Refund, TooMuch, party_credit
from simpul.workflow.steps import NotAllowed, Refused, WrongState


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.needy_order(buyer, paid=False)


@pytest.fixture
def ticket(order: Order, buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(
        by=dewi,
        kind="complaint",
        subject=order,
        party=buyer,
        body="Sol lepas.",
        facts={"order": order.number},
    )


def test_a_credit_note_lowers_the_order(ticket: Ticket, order: Order, sari: Person) -> None:
    before = order.balance

    made = Remedy.credit(by=sari, ticket=ticket, amount=50_000, kind="defect", note="Sol")

    note = CreditNote.objects.get()
    assert (made.note, made.how, note.order, note.amount) == (note, "credited", order, 50_000)
    assert Order.objects.get(pk=order.pk).balance == before - 50_000


def test_no_more_than_the_goods_cost(ticket: Ticket, order: Order, owner: Person) -> None:
    goods = order.current.total - order.current.shipping
    Remedy.credit(by=owner, ticket=ticket, amount=goods - 1, kind="defect", note="Sol")

    with pytest.raises(TooMuch):
        Remedy.credit(by=owner, ticket=ticket, amount=2, kind="defect", note="Sol")

    assert (CreditNote.objects.count(), Remedy.objects.count()) == (1, 1)


def test_money_back_is_asked_for(ticket: Ticket, buyer: Party, sari: Person) -> None:
    CreditNote.issue(by=sari, party=buyer, amount=80_000, kind="goodwill", note="x")

    made = Remedy.pay_back(by=sari, ticket=ticket, amount=30_000, note="Sol")

    asked = Refund.objects.get()
    assert (made.refund, made.how, asked.status) == (asked, "refunded", "requested")
    assert party_credit(buyer) == 50_000


def test_no_more_than_the_credit(ticket: Ticket, sari: Person) -> None:
    with pytest.raises(Refused):
        Remedy.pay_back(by=sari, ticket=ticket, amount=1)
    assert (Remedy.objects.count(), Refund.objects.count()) == (0, 0)


def test_another_order_of_the_same_customer(
    ticket: Ticket, order: Order, buyer: Party, siti: Person, sari: Person
) -> None:
    assert siti.party is not None
    for wrong in (order, testing.order(siti.party)):
        with pytest.raises(WrongState):
            Remedy.replace(by=sari, ticket=ticket, order=wrong)
    more = testing.order(buyer)

    made = Remedy.replace(by=sari, ticket=ticket, order=more)

    assert (made.order, made.how) == (more, "replaced")
    with pytest.raises(WrongState):
        Remedy.replace(by=sari, ticket=ticket, order=more)
    assert Remedy.objects.get() == made


@pytest.mark.parametrize("who", ["dewi", "rina", "viewer", "joko"])
def test_not_everybody(ticket: Ticket, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        Remedy.credit(
            by=request.getfixturevalue(who), ticket=ticket, amount=50_000, kind="defect", note="x"
        )
    assert (Remedy.objects.count(), CreditNote.objects.count()) == (0, 0)


def test_what_is_solved_is_not_made_good(ticket: Ticket, sari: Person) -> None:
    of_an_older_page = Ticket.objects.get(pk=ticket.pk)
    ticket.solve(by=sari, how="answered", reason="x")
    with pytest.raises(WrongState):
        Remedy.credit(by=sari, ticket=of_an_older_page, amount=50_000, kind="defect", note="x")
    assert not CreditNote.objects.exists()
