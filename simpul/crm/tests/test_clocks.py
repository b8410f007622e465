"""By when a ticket is to be answered and solved, in the hours in which customers are answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.clocks import TicketClock, by_urgency, clocks_of
from simpul.crm.models import Goal, Service, ServiceGoal
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.production.models import ClosedDays
from simpul.workflow.steps import NotAllowed, WrongState


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """December 2026; the 1st is a Tuesday. Customers are answered from 8 to 16."""
    return datetime(2026, 12, day, hour, minute, tzinfo=clock.WIB)


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with clock.stopped(at(1, 15)):
        yield


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    """A question: to be answered within 4 hours of work, and solved within 16."""
    return Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran 45?")


def say(by: Person, ticket: Ticket) -> None:
    assert ticket.party is not None
    Message.say(by=by, conversation=Conversation.of(ticket, ticket.party), body="Ya.")


def clock_of(ticket: Ticket) -> TicketClock:
    return clocks_of([ticket], ticket.workshop)[ticket.pk]


def test_nights_do_not_count(ticket: Ticket) -> None:
    found = clock_of(ticket)
    assert (found.answer_by, found.solve_by) == (at(2, 11), at(3, 15))
    assert not found.is_due_today


def test_an_answer_of_ours_ends_the_first_one(ticket: Ticket, dewi: Person, sari: Person) -> None:
    say(dewi, ticket)
    assert clock_of(ticket).answer_by == at(2, 11)
    say(sari, ticket)
    assert (clock_of(ticket).answer_by, clock_of(ticket).next_by) == (None, at(3, 15))


def test_what_was_noted_of_a_call_is_no_answer(buyer: Party, sari: Person) -> None:
    noted = Ticket.ask(
        by=sari, kind="question", subject=buyer, party=buyer, body="x", channel="phone"
    )
    assert clock_of(noted).answer_by == at(2, 11)


def test_it_stands_while_we_wait_for_the_customer(
    ticket: Ticket, dewi: Person, sari: Person
) -> None:
    with clock.stopped(at(2, 9)):
        say(sari, ticket)
        ticket.wait(by=sari)
    with clock.stopped(at(4, 10)):
        waiting = clock_of(ticket)
        assert (waiting.is_waiting, waiting.is_over) == (True, False)
        say(dewi, ticket)  # goes on from here: 14 of 16 hours are left
    with clock.stopped(at(5, 8)):
        assert (clock_of(ticket).is_waiting, clock_of(ticket).solve_by) == (False, at(5, 16))


def test_what_the_customer_ended_can_be_waited_for_again(
    ticket: Ticket, dewi: Person, sari: Person
) -> None:
    with clock.stopped(at(2, 8)):
        ticket.wait(by=sari)
        with pytest.raises(WrongState):
            ticket.wait(by=sari)
    with clock.stopped(at(2, 10)):
        say(dewi, ticket)
    with clock.stopped(at(2, 12)):
        with pytest.raises(WrongState):
            ticket.go_on(by=sari)
        ticket.wait(by=sari)
        assert clock_of(ticket).is_waiting
    with clock.stopped(at(2, 13)):
        say(dewi, ticket)
    with clock.stopped(at(4, 8)):
        ticket.solve(by=sari, how="answered", reason="x")

    spans = ticket.waits.order_by("pk").values_list("since", "until")
    assert list(spans) == [(at(2, 8), at(2, 10)), (at(2, 12), at(2, 13))]


def test_while_it_was_solved_no_clock_ran(ticket: Ticket, dewi: Person, sari: Person) -> None:
    with clock.stopped(at(2, 8)):
        ticket.solve(by=sari, how="answered", reason="x")
    with clock.stopped(at(10, 8)):
        ticket.reopen(by=dewi)
        assert clock_of(ticket).solve_by == at(11, 15)


def test_it_is_over(ticket: Ticket) -> None:
    with clock.stopped(at(2, 11, 1)):
        assert (clock_of(ticket).is_over, clock_of(ticket).is_due_today) == (True, True)


def test_days_that_were_closed_do_not_count(ticket: Ticket, udin: Person) -> None:
    day = date(2026, 12, 2)
    ClosedDays.close(by=udin, first_on=day, last_on=day, words="Hajatan")
    with clock.stopped(at(5, 8)):  # when it is past
        assert clock_of(ticket).answer_by == at(3, 11)


def test_what_was_merged_into_it_counts(
    ticket: Ticket, buyer: Party, dewi: Person, sari: Person
) -> None:
    other = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Halo?")
    say(sari, other)
    other.merge(by=sari, into=ticket)
    assert clock_of(ticket).answer_by is None


def test_what_is_over_comes_first(
    ticket: Ticket, buyer: Party, dewi: Person, sari: Person, workshop: Workshop
) -> None:
    facts: dict[str, Any] = {"subject": buyer, "party": buyer, "body": "x"}
    with clock.stopped(at(4, 8)):
        urgent = Ticket.ask(by=dewi, kind="complaint", is_urgent=True, **facts)
        usual = Ticket.ask(by=dewi, kind="question", **facts)
        waits = Ticket.ask(by=dewi, kind="question", **facts)
        waits.wait(by=sari)
        rows = [waits, usual, urgent, ticket]
        assert by_urgency(rows, clocks_of(rows, workshop)) == [ticket, urgent, usual, waits]


def test_many_cost_no_more_queries_than_one(
    ticket: Ticket,
    buyer: Party,
    dewi: Person,
    workshop: Workshop,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    more = [
        Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="x")
        for _turn in range(5)
    ]
    for rows in ([ticket], [ticket, *more]):
        # the hours, the week, the closed days, the goals; what was merged, what was said, waits
        with django_assert_num_queries(7):
            clocks_of(rows, workshop)


# The settings


def test_the_workshop_says_how_fast(ticket: Ticket, workshop: Workshop, sari: Person) -> None:
    Service.kept_of(workshop).set(
        by=sari, opens=time(9), closes=time(17), goals={"question": Goal(1, 2)}
    )
    found = clock_of(ticket)
    assert (found.answer_by, found.solve_by) == (at(1, 16), at(1, 17))
    assert Service.of(workshop).goals()["return"] == Goal(8, 80)  # as is usual


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(17)},
        {"goals": {"question": Goal(3, 2)}},
        {"goals": {"question": Goal(0, 2)}},
        {"goals": {"cash": Goal(1, 2)}},
    ],
)
def test_what_makes_no_sense_changes_nothing(
    workshop: Workshop, sari: Person, wrong: dict[str, Any]
) -> None:
    facts: dict[str, Any] = {"opens": time(9), "closes": time(17), "goals": {"return": Goal(1, 2)}}
    with pytest.raises(WrongState):
        Service.kept_of(workshop).set(by=sari, **facts | wrong)
    assert (Service.of(workshop).opens, ServiceGoal.objects.count()) == (time(8), 0)


def test_finance_does_not_set_it(workshop: Workshop, fajar: Person) -> None:
    with pytest.raises(NotAllowed):
        Service.kept_of(workshop).set(by=fajar, opens=time(9), closes=time(17), goals={})
    assert Service.of(workshop).opens == time(8)
