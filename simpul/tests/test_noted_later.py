"""Goods that arrived on a Saturday and were noted on the Monday after: the said day counts for the promise,
the courier, the buyer and the analysis, the moment of noting for goods, books and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override

from simpul import testing
from simpul.delivery.models import Shipment
from simpul.insight import workings
from simpul.insight.audit import findings
from simpul.insight.books import reports
from simpul.insight.books.chart import Account
from simpul.insight.books.postings import books_of
from simpul.insight.keeping import keep
from simpul.insight.keeping.state import everything_kept
from simpul.insight.models import AreaDay, OrderFact, Working
from simpul.insight.punctuality import punctuality_of
from simpul.lib import clock
from simpul.orders.models import Order, OrderRevision
from simpul.parties.models import Party, Person
from simpul.portals.jinja import sentence
from simpul.stock.models import Movement
from simpul.workflow.models import Entry
from simpul.workflow.steps import WrongState

FRIDAY = datetime(2026, 10, 30, 9, tzinfo=clock.WIB)
SATURDAY = date(2026, 10, 31)
MONDAY = datetime(2026, 11, 2, 10, tzinfo=clock.WIB)


@pytest.fixture
def shipment(buyer: Party, asep: Person) -> Iterator[Shipment]:
    """On its way since Friday, to be there in a day; promised for Saturday; now it is Monday."""
    with clock.stopped(FRIDAY):
        made = testing.shipment_on_the_way(buyer, asep)
        Shipment.objects.filter(pk=made.pk).update(days=1)
        OrderRevision.objects.update(promised_on=SATURDAY)
        Order.objects.update(promised_on=SATURDAY)
        keep.bring_up_to_date(buyer.workshop)
    with clock.stopped(MONDAY):
        yield made


def note(shipment: Shipment, by: Person, told_on: date | None) -> None:
    shipment.deliver(by=by, receiver="Bu Dewi", count=2, photo=testing.picture(), told_on=told_on)


def test_both_are_kept(shipment: Shipment, sari: Person) -> None:
    note(shipment, sari, SATURDAY)

    shipment.refresh_from_db()
    assert (shipment.arrived_on, shipment.delivered_at) == (SATURDAY, MONDAY)
    assert shipment.is_noted_later
    order = Order.objects.get()
    assert (order.arrived_on, order.fulfilled_at) == (SATURDAY, MONDAY)
    assert shipment.journal.get(step="delivery.arrive").facts == {"on": "2026-10-31"}
    moved = Movement.objects.filter(reason="delivery.deliver").order_by("pk")
    assert {one.at for one in moved} == {MONDAY}
    assert not list(findings(shipment.workshop))


def test_what_nobody_says_a_day_of_arrived_when_it_was_noted(
    shipment: Shipment, asep: Person
) -> None:
    shipment.deliver(by=asep, receiver="Bu Dewi", count=2, pin=shipment.pin)

    shipment.refresh_from_db()
    assert (shipment.arrived_on, shipment.delivered_at) == (MONDAY.date(), MONDAY)
    assert not shipment.is_noted_later
    assert Order.objects.get().arrived_on == MONDAY.date()


@pytest.mark.parametrize("day", [date(2026, 10, 29), date(2026, 11, 3)])
def test_not_before_it_left_nor_in_the_future(shipment: Shipment, sari: Person, day: date) -> None:
    with pytest.raises(WrongState):
        note(shipment, sari, day)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.arrived_on) == ("picked_up", None)
    assert not shipment.handovers.filter(kind="in").exists()
    assert Order.objects.get().arrived_on is None


def test_of_two_that_are_noted_the_wrong_way_round_the_later_day_counts(
    shipment: Shipment, sari: Person
) -> None:
    shipment.deliver(
        by=sari,
        receiver="Bu Dewi",
        count=1,
        photo=testing.picture(),
        refused=list(shipment.packages.order_by("pk")[:1]),
        told_on=MONDAY.date(),
    )
    rest = Shipment.objects.exclude(pk=shipment.pk).get()
    rest.deliver(by=sari, receiver="Bu Dewi", count=1, photo=testing.picture(), told_on=SATURDAY)
    keep.bring_up_to_date(shipment.workshop)

    assert rest.arrived_on == SATURDAY
    order = Order.objects.get()
    assert (order.status, order.arrived_on) == ("fulfilled", MONDAY.date())
    assert OrderFact.objects.get().delivered_on == MONDAY.date()
    assert not list(findings(order.workshop))


@pytest.mark.parametrize(("told_on", "is_kept"), [(SATURDAY, True), (None, False)])
def test_the_promise_and_the_courier_are_held_against_it(
    shipment: Shipment, sari: Person, courier: Party, told_on: date | None, is_kept: bool
) -> None:
    note(shipment, sari, told_on)
    keep.bring_up_to_date(shipment.workshop)
    workings.reckon(shipment.workshop)

    found = punctuality_of(shipment.workshop)
    assert (found.on_time, found.promised) == (int(is_kept), 1)
    [brought] = Working.objects.filter(workshop=shipment.workshop, kind=Working.Kind.COURIER)
    assert (brought.party, brought.count, brought.kept) == (courier, 1, int(is_kept))
    assert brought.middle == (16 if is_kept else 30)  # to the end of Saturday, or to Monday at ten


def test_the_facts_have_the_said_day_and_the_books_the_moment(
    shipment: Shipment, sari: Person
) -> None:
    note(shipment, sari, SATURDAY)
    workshop = shipment.workshop
    keep.bring_up_to_date(workshop)

    assert OrderFact.objects.get().delivered_on == SATURDAY
    sums = AreaDay.objects.filter(delivered__gt=0).values_list("day", "delivered")
    assert list(sums.order_by("day")) == [(SATURDAY, 10)]
    kept = everything_kept(workshop)
    keep.rebuild(workshop)
    assert everything_kept(workshop) == kept

    books = books_of(workshop)
    sold = [reports.balances(books, on).get(Account.SALES, 0) for on in (SATURDAY, MONDAY.date())]
    assert sold[0] == 0
    assert sold[1] != 0


def test_the_buyer_reads_the_said_day(
    client: Client, shipment: Shipment, sari: Person, dewi: Person, asep: Person
) -> None:
    note(shipment, sari, SATURDAY)

    testing.login(client, dewi)
    page = client.get(f"/ciomas/my/orders/{Order.objects.get().number}/").text
    assert "31\N{NO-BREAK SPACE}October\N{NO-BREAK SPACE}2026</span>" in page
    assert "arrived on 31\N{NO-BREAK SPACE}October" in page
    testing.login(client, sari)
    desk = client.get(f"/ciomas/desk/orders/{Order.objects.get().number}/").text
    assert "Arrived on 31\N{NO-BREAK SPACE}October" in desk
    testing.login(client, asep)
    assert "31\N{NO-BREAK SPACE}Oct\N{NO-BREAK SPACE}2026" in client.get("/ciomas/courier/").text
    entry = Entry.objects.get(step="delivery.deliver")
    with override("en"):
        assert "That was on 31\N{NO-BREAK SPACE}October\N{NO-BREAK SPACE}2026." in sentence(entry)
    with override("id"):
        assert "tanggal 31\N{NO-BREAK SPACE}Oktober\N{NO-BREAK SPACE}2026." in sentence(entry)


def test_of_what_is_noted_at_once_the_journal_says_no_day(shipment: Shipment, sari: Person) -> None:
    note(shipment, sari, MONDAY.date())

    with override("en"):
        assert "That was" not in sentence(Entry.objects.get(step="delivery.deliver"))


def test_the_database_keeps_a_day_for_each_arrival(shipment: Shipment, sari: Person) -> None:
    note(shipment, sari, SATURDAY)

    for rows in (Shipment.objects.all(), Order.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(arrived_on=None)
