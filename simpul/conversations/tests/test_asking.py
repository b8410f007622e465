"""Tickets of customers: what they ask and complain of, until it is solved."""

from __future__ import annotations

import pytest

from simpul.conversations.models import (
    Conversation,
    Message,
    NotACustomer,
    Ticket,
    TicketWait,
)
from simpul.conversations.notices import audience_of
from simpul.parties.models import Party, Person
from simpul.workflow.models import Entry, NumberSeries, journal_of
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(
        by=dewi,
        kind="complaint",
        subject=buyer,
        party=buyer,
        body="\nSol kiri lepas.\nBaru seminggu dipakai.",
        facts={"order": "SO-2026-0001"},
    )


def test_a_customer_asks(ticket: Ticket, buyer: Party, dewi: Person) -> None:
    assert ticket.number.startswith("TK-")
    assert (ticket.title, ticket.kind, ticket.status) == ("Sol kiri lepas.", "complaint", "open")
    said = Message.objects.visible_to(dewi).about(ticket).get()
    assert (said.by, said.channel) == (dewi, "portal")
    entry = journal_of(ticket).get()
    assert entry.step == "conversations.ask_ticket"
    assert set(entry.facts) == {"kind", "subject", "party", "facts"}  # what was said is private


def test_sales_hears_of_it_once(ticket: Ticket, sari: Person) -> None:
    told = [entry.step for entry in Entry.objects.order_by("pk") if sari in audience_of(entry)]
    assert told == ["conversations.say"]


def test_the_telephone_is_noted_as_a_call_that_came(buyer: Party, sari: Person) -> None:
    made = Ticket.ask(
        by=sari, kind="question", subject=buyer, party=buyer, body="Ada ukuran 45?", channel="phone"
    )
    said = Message.objects.visible_to(sari).about(made).get()
    assert (said.by, said.channel, said.direction) == (sari, "phone", "in")


def test_a_supplier_has_no_complaint(supplier: Party, sari: Person, budi: Person) -> None:
    for person in (sari, budi):
        with pytest.raises(NotACustomer):
            Ticket.ask(by=person, kind="question", subject=supplier, party=supplier, body="x")
    assert not Ticket.objects.exists()
    assert not NumberSeries.objects.filter(prefix="TK").exists()


def test_a_customer_asks_for_nobody_else(buyer: Party, siti: Person) -> None:
    with pytest.raises(NotAllowed):
        Ticket.ask(by=siti, kind="question", subject=buyer, party=buyer, body="x")
    assert not Message.objects.exists()


# Of a message


@pytest.fixture
def said(buyer: Party, dewi: Person) -> Message:
    talk = Conversation.of(buyer, buyer)
    return Message.say(by=dewi, conversation=talk, body="Kulitnya retak.", channel="mail")


def test_a_ticket_is_made_of_a_message(said: Message, buyer: Party, rina: Person) -> None:
    made = Ticket.make(by=rina, message=said, kind="warranty")

    assert (made.title, made.party, made.made_of) == ("Kulitnya retak.", buyer, said)
    assert made.subject == buyer
    assert not Message.objects.visible_to(rina).about(made).exists()  # it stays where it was said
    with pytest.raises(WrongState):
        Ticket.make(by=rina, message=said, kind="complaint")
    assert Ticket.objects.get() == made


def test_a_second_matter_is_split_off(
    ticket: Ticket, buyer: Party, dewi: Person, sari: Person
) -> None:
    talk = Conversation.of(ticket, buyer)
    more = Message.say(by=dewi, conversation=talk, body="Dan kapan katalog baru?")

    made = Ticket.make(by=sari, message=more, kind="question")

    assert made.subject == buyer  # what the first one is about, not the first one
    assert Message.objects.visible_to(sari).about(ticket).count() == 2


def test_none_of_what_we_said(said: Message, sari: Person) -> None:
    ours = Message.say(by=sari, conversation=said.conversation, body="Maaf.")
    with pytest.raises(NotACustomer):
        Ticket.make(by=sari, message=ours, kind="complaint")


def test_the_customer_makes_none(said: Message, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        Ticket.make(by=dewi, message=said, kind="complaint")
    assert not Ticket.objects.exists()


# What becomes of it


def test_it_is_solved_and_the_customer_hears_it(ticket: Ticket, sari: Person, dewi: Person) -> None:
    ticket.solve(by=sari, how="repaired", reason="Sudah dijahit ulang.")

    assert (ticket.status, ticket.how, ticket.resolved_by) == ("resolved", "repaired", sari)
    assert audience_of(journal_of(ticket)[1]) == [dewi]


@pytest.mark.parametrize("who", ["dewi", "viewer", "rina", "joko"])
def test_not_everybody_solves(ticket: Ticket, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        ticket.solve(by=request.getfixturevalue(who), how="answered", reason="x")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.how) == ("open", "")


def test_a_customers_ticket_does_not_end_as_a_difference(ticket: Ticket, sari: Person) -> None:
    with pytest.raises(WrongState):
        ticket.solve(by=sari, how="paid", reason="x")
    with pytest.raises(WrongState):
        ticket.resolve(by=sari, how="paid", reason="x")
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert journal_of(ticket).count() == 1


def test_it_is_not_solved_after_all(ticket: Ticket, sari: Person, dewi: Person) -> None:
    ticket.solve(by=sari, how="answered", reason="x")
    ticket.reopen(by=dewi)

    assert (ticket.status, ticket.how, ticket.resolved_by) == ("open", "", None)
    assert journal_of(ticket)[1].facts == {"how": "answered", "reason": "x"}  # the journal knows


def test_a_difference_stays_as_it_ended(courier: Party, machine: Person, fajar: Person) -> None:
    facts = {"collected": 5, "said": 5, "counted": 4}
    made = Ticket.open(by=machine, kind="cash", subject=courier, party=courier, facts=facts)
    made.resolve(by=fajar, how="borne", reason="x")
    with pytest.raises(WrongState):
        made.reopen(by=fajar)
    made.refresh_from_db()
    assert (made.status, made.how) == ("resolved", "borne")


def test_waiting_begins_and_ends(ticket: Ticket, udin: Person) -> None:
    ticket.wait(by=udin)
    with pytest.raises(WrongState):
        ticket.wait(by=udin)
    ticket.go_on(by=udin)
    with pytest.raises(WrongState):
        ticket.go_on(by=udin)

    wait = TicketWait.objects.get()
    assert wait.until is not None
    assert [entry.step for entry in journal_of(ticket)][1:] == [
        "conversations.wait_ticket",
        "conversations.go_on_ticket",
    ]


def test_it_goes_before_the_others(ticket: Ticket, sari: Person, rina: Person) -> None:
    ticket.rank(by=sari, kind="warranty", is_urgent=True)
    assert (ticket.kind, ticket.is_urgent) == ("warranty", True)

    with pytest.raises(NotAllowed):
        ticket.rank(by=rina, kind="question", is_urgent=False)
    with pytest.raises(WrongState):
        ticket.rank(by=sari, kind="cash", is_urgent=True)
    ticket.refresh_from_db()
    assert (ticket.kind, ticket.is_urgent) == ("warranty", True)


def test_each_sees_its_own(ticket: Ticket, dewi: Person, siti: Person, asep: Person) -> None:
    assert Ticket.objects.visible_to(dewi).get() == ticket
    for person in (siti, asep):
        assert not Ticket.objects.visible_to(person).exists()


def test_a_form_that_is_sent_twice_asks_once(buyer: Party, dewi: Person) -> None:
    for _turn in range(2):
        with keyed("k-1"):
            Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="x")
    assert Ticket.objects.count() == 1
    assert Entry.objects.filter(step="conversations.say").count() == 1


# Two of one customer


@pytest.fixture
def other(buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Kapan diganti?")


def test_they_are_read_together_and_taken_apart(
    ticket: Ticket, other: Ticket, sari: Person
) -> None:
    other.merge(by=sari, into=ticket)

    assert (other.status, other.merged_into) == ("merged", ticket)
    together = Message.objects.visible_to(sari).about(*ticket.talked_of())
    assert [one.body.splitlines()[-1] for one in together] == [
        "Baru seminggu dipakai.",
        "Kapan diganti?",
    ]

    other.part(by=sari)

    assert (other.status, other.merged_into) == ("open", None)
    assert ticket.talked_of() == [ticket]
    assert Message.objects.visible_to(sari).about(other).count() == 1


def test_only_open_ones_of_the_same_customer(
    ticket: Ticket, other: Ticket, siti: Person, sari: Person, courier: Party, machine: Person
) -> None:
    assert siti.party is not None
    hers = Ticket.ask(by=siti, kind="question", subject=siti.party, party=siti.party, body="x")
    facts = {"collected": 5, "said": 5, "counted": 4}
    cash = Ticket.open(by=machine, kind="cash", subject=courier, party=courier, facts=facts)
    other.solve(by=sari, how="answered", reason="x")
    for into in (ticket, hers, cash, other):
        with pytest.raises(WrongState):
            ticket.merge(by=sari, into=into)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.merged_into) == ("open", None)


def test_what_holds_others_is_not_merged(
    ticket: Ticket, other: Ticket, buyer: Party, dewi: Person, sari: Person
) -> None:
    third = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Halo?")
    other.merge(by=sari, into=ticket)
    with pytest.raises(WrongState):
        ticket.merge(by=sari, into=third)
    with pytest.raises(WrongState):
        third.merge(by=sari, into=other)
    with pytest.raises(NotAllowed):
        third.merge(by=dewi, into=ticket)
    assert Ticket.objects.open().count() == 2
