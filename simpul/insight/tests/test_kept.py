"""What a process keeps of the books: read again is what the steps since then may have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.conversations.models import InternalNote
from simpul.insight.books import facts, kept
from simpul.insight.books.postings import books_of
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import Receipt
from simpul.workflow.models import Entry

JOURNAL = 3  # questions: how many lines, which is the last, and what was since


@pytest.fixture
def order(buyer: Party, sari: Person) -> Order:
    testing.account(buyer.workshop)
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    kept.books_now(buyer.workshop, clock.today())
    return made


def asked(order: Order, days_ago: int = 0) -> str:
    """Return the questions for the books of a day, which are as told anew."""
    until = clock.today() - timedelta(days=days_ago)
    with CaptureQueriesContext(connection) as queries:
        books = kept.books_now(order.workshop, until)
    assert books.postings == books_of(order.workshop, until).postings
    return "\n".join(one["sql"] for one in queries)


def test_another_day_is_told_from_the_facts_that_are_known(order: Order) -> None:
    assert asked(order).count("SELECT") == JOURNAL - 1
    assert asked(order, days_ago=40).count("SELECT") == JOURNAL


def test_money_is_read_again_when_money_has_come(order: Order, fajar: Person) -> None:
    Receipt.take_cash(by=fajar, order=order, amount=100_000)
    questions = asked(order)

    assert "payments_allocation" in questions
    assert "production_stagelog" not in questions
    assert "stock_movement" not in questions
    assert "orders_revisionline" not in questions


def test_what_a_step_cannot_have_changed_is_not_read(order: Order, sari: Person) -> None:
    InternalNote.write(by=sari, subject=order, body="Baik")
    questions = asked(order)

    assert "payments_" not in questions
    assert "procurement_" not in questions
    assert "orders_revisionline" not in questions


def test_what_was_agreed_on_is_read_again_after_a_step_of_an_order(
    order: Order, sari: Person
) -> None:
    agreement.confirm(testing.order(order.buyer), by=sari)

    assert "orders_revisionline" in asked(order)


def test_goods_that_come_while_the_facts_are_read_are_read_with_them(
    supplier: Party, buyer: Party, rina: Person
) -> None:
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    before = facts.load(supplier.workshop)
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})

    now = facts.load(supplier.workshop, before, frozenset({"stock"}))  # the journal said so far
    assert (len(before.moves), len(now.moves)) == (0, 3)


def test_what_became_visible_late_lets_everything_be_read(order: Order) -> None:
    now = kept.journal_of(order.workshop)

    assert kept.steps_since(order.workshop, now._replace(lines=now.lines - 1), now) is None


def test_a_line_that_is_another_one_now_lets_everything_be_read(order: Order) -> None:
    then = kept.journal_of(order.workshop)
    Entry.objects.filter(workshop=order.workshop).update(at=clock.now() + timedelta(seconds=1))

    assert kept.steps_since(order.workshop, then, kept.journal_of(order.workshop)) is None


def test_before_the_first_line_everything_is_read(order: Order) -> None:
    Entry.objects.all().delete()
    nothing = kept.journal_of(order.workshop)

    assert kept.steps_since(order.workshop, nothing, nothing) is None
