"""Tickets: a difference stays until somebody says what became of it."""

from __future__ import annotations

import pytest

from simpul.conversations.models import Ticket
from simpul.parties.models import Party, Person
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def ticket(courier: Party, machine: Person) -> Ticket:
    facts = {"collected": 5, "said": 5, "counted": 4}
    return Ticket.open(by=machine, kind="cash", subject=courier, party=courier, facts=facts)


def test_the_machine_opens_it(ticket: Ticket, courier: Party, machine: Person) -> None:
    assert Ticket.objects.about(courier).open().get() == ticket
    entry = journal_of(ticket).get()
    assert (entry.step, entry.facts["facts"]["counted"]) == ("conversations.open_ticket", 4)


def test_nobody_else_opens_one(courier: Party, fajar: Person) -> None:
    with pytest.raises(NotAllowed):
        Ticket.open(by=fajar, kind="cash", subject=courier, party=courier, facts={})

    assert not Ticket.objects.exists()


def test_somebody_says_what_became_of_it(ticket: Ticket, fajar: Person) -> None:
    ticket.resolve(by=fajar, how="mistake", reason="Counted again.")

    assert (ticket.status, ticket.resolved_by) == (Ticket.Status.RESOLVED, fajar)
    assert journal_of(ticket)[1].facts == {"how": "mistake", "reason": "Counted again."}
    with pytest.raises(WrongState):
        ticket.resolve(by=fajar, how="paid", reason="x")


def test_what_came_damaged_does_not_end_with_money(
    courier: Party, machine: Person, sari: Person
) -> None:
    ticket = Ticket.open(by=machine, kind="door", subject=courier, party=None, facts={})
    with pytest.raises(WrongState):
        ticket.resolve(by=sari, how="paid", reason="x")

    ticket.resolve(by=sari, how="mended", reason="Dried and polished.")
    ticket.refresh_from_db()
    assert ticket.how == Ticket.How.MENDED


@pytest.mark.parametrize("who", ["asep", "udin", "joko"])
def test_not_whom_it_is_about(ticket: Ticket, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        ticket.resolve(by=request.getfixturevalue(who), how="paid", reason="x")

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN


def test_a_courier_sees_its_own(ticket: Ticket, asep: Person, dewi: Person, joko: Person) -> None:
    assert Ticket.objects.visible_to(asep).get() == ticket
    for person in (dewi, joko):
        assert not Ticket.objects.visible_to(person).exists()
