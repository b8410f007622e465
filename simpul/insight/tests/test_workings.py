"""How the workshop itself works: what the job of the night writes for the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.delivery import packing
from simpul.delivery.models import Shipment
from simpul.insight import causes, workings
from simpul.insight.keeping import keep
from simpul.insight.models import SpoiltMonth, Working, WorkingsKept
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.production.models import Job, StageLog

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)
Kind, Leg = Working.Kind, Working.Leg


def ago(days: int) -> AbstractContextManager[None]:
    return clock.stopped(NOW - timedelta(days=days))


def reckoned(workshop: Workshop) -> None:
    with clock.stopped(NOW):
        keep.bring_up_to_date(workshop)
        workings.reckon(workshop)


def rows(workshop: Workshop, kind: Working.Kind) -> Iterator[Working]:
    yield from Working.objects.filter(workshop=workshop, kind=kind).order_by("place")


@pytest.fixture
def order(buyer: Party, asep: Person, courier: Party) -> Order:
    """Agreed 40 days ago for the 30th October, paid 3 days later, released a week after that, made in
    four days, packed and gone in two, and there two days later instead of one: on the 3rd November."""
    with ago(40):
        order = testing.needy_order(buyer, paid=False)
    with ago(37):
        testing.pay(order)
    with ago(30):
        testing.fetch_material(order)
        udin = testing.foreman(order.workshop)
        job = Job.plan(by=udin, line=order.lines.get())
        job.release(by=udin)
    for days, stage in zip((28, 27, 26), job.stages.order_by("position"), strict=True):
        with ago(days):
            mended = {"41": 2} if stage.is_last else {}
            job.tap(by=udin, stage=stage, good={"40": 4, "41": 6}, rework=mended, worker="Oman")
    rina = testing.keeper(order.workshop)
    with ago(25):
        packing.fill(order, by=rina, pairs=5)
    with ago(24):
        shipment = Shipment.open(
            by=rina, orders=[order], mode=Shipment.Mode.OJEK, route="Bogor", days=1
        )
        testing.offer_to(shipment, asep)
        shipment.accept(by=asep)
        shipment.issue_note(by=rina)
        shipment.hand_over(by=rina, count=2)
        shipment.pick_up(by=asep, count=2)
    with ago(22):
        shipment.deliver(by=asep, receiver="X", count=2, pin=shipment.pin)
    order.refresh_from_db()
    return order


def test_each_part_of_the_way_is_measured_in_tenths_of_days(order: Order) -> None:
    reckoned(order.workshop)

    legs = {row.name: row.middle for row in rows(order.workshop, Kind.LEG)}
    assert legs == {
        Leg.MONEY: 30,
        Leg.MATERIAL: 70,
        Leg.MAKING: 40,
        Leg.PACKING: 10,
        Leg.DOOR: 10,
        Leg.WAY: 20,
    }
    assert [row.middle for row in rows(order.workshop, Kind.POST)] == [20, 10, 10]
    kept = WorkingsKept.objects.get(workshop=order.workshop)
    assert (kept.as_of, kept.orders, kept.late, kept.middle) == (date(2026, 11, 25), 1, 1, 180)


def test_a_promise_counts_as_it_was_given_at_first(order: Order) -> None:
    with ago(35):
        Order.objects.get(pk=order.pk).expect(date(2026, 11, 20))
    reckoned(order.workshop)

    [promise] = rows(order.workshop, Kind.PROMISE)
    assert order.promised_on == date(2026, 10, 30)
    assert (promise.month, promise.count, promise.kept) == (date(2026, 10, 1), 1, 0)


def test_a_courier_is_late_by_the_days_that_were_agreed(order: Order, courier: Party) -> None:
    reckoned(order.workshop)

    [row] = rows(order.workshop, Kind.COURIER)
    assert (row.party, row.count, row.kept, row.middle) == (courier, 1, 0, 20)


def test_a_trip_in_vain_to_fetch_goods_counts_like_one_to_deliver(
    order: Order, courier: Party, asep: Person, sari: Person
) -> None:
    with ago(5):
        fetching = Shipment.call_for(by=sari, order=order, pairs=1)
        testing.offer_to(fetching, asep)
        fetching.accept(by=asep)
        fetching.fail(by=asep, reason="nobody")
    reckoned(order.workshop)

    [row] = rows(order.workshop, Kind.COURIER)
    assert (row.party, row.spoilt) == (courier, 1)


def test_what_was_mended_stands_with_its_stage_and_speed_with_its_worker(order: Order) -> None:
    Product.objects.filter(workshop=order.workshop).update(name="Pantofel", name_en="Court shoe")
    reckoned(order.workshop)

    [mended] = rows(order.workshop, Kind.SPOILT)
    assert (mended.count, mended.spoilt, mended.lost) == (10, 0, 2)
    assert mended.name_en.startswith("Court shoe · ")
    [oman] = rows(order.workshop, Kind.HAND)
    assert (oman.name, oman.count, oman.days, oman.a_day) == ("Oman", 30, 3, 10)
    assert [row.a_day for row in rows(order.workshop, Kind.SPEED)] == [10, 10, 10]


def test_a_stage_is_judged_by_its_first_plan_and_by_its_last(
    buyer: Party, workshop: Workshop
) -> None:
    udin = testing.foreman(workshop)
    for days_late in (0, 3):
        with ago(20):
            job = testing.planned_job(buyer)
            today = clock.today()
            job.release(by=udin, days={1: today, 2: today + timedelta(days=1)})
        with ago(20 - days_late):
            if days_late:
                job.schedule(by=udin, days={2: clock.today()}, reason="rain")
            testing.run_through(job)
    with clock.stopped(NOW):
        workings.reckon(workshop)

    first = [
        (row.name, row.count, row.kept, row.middle, row.lost) for row in rows(workshop, Kind.FIRST)
    ]
    assert first == [
        ("Potong", 2, 1, 30, 0),
        ("Jahit", 2, 1, 20, 0),
        ("Finishing", 0, 0, 0, 2),  # no plan was kept of it
    ]
    assert [(row.count, row.kept) for row in rows(workshop, Kind.LAST)] == [(2, 1), (2, 2), (0, 0)]


def test_causes_are_counted_by_month_without_what_was_taken_back(
    buyer: Party, workshop: Workshop
) -> None:
    with ago(40):
        job = testing.released_job(buyer)
        udin, stage = testing.foreman(workshop), job.stages.get(position=1)
        job.tap(by=udin, stage=stage, good={}, reject={"40": 1}, cause="Kulit cacat")
    with ago(5):
        for size in ("40", "41"):
            job.tap(by=udin, stage=stage, good={}, reject={size: 1}, rework={size: 2})
        wrong = StageLog.objects.filter(stage=stage).latest("pk")
        job.correct(by=udin, log=wrong, reason="a slip")
    with clock.stopped(NOW):
        workings.reckon(workshop)
        workings.reckon(workshop)  # anew: the same
        found = causes.of(workshop, clock.today(), 12, "stage")
        lately = causes.of(workshop, clock.today(), 1, "model")

    kept = SpoiltMonth.objects.order_by("month").values_list("month", "cause", "spoilt", "mended")
    assert list(kept) == [
        (date(2026, 10, 1), "Kulit cacat", 1, 0),
        (date(2026, 11, 1), "", 1, 2),
    ]
    assert [(one.words, one.place, one.pairs) for one in found.places] == [
        ("Kulit cacat", stage.label, 1),
        ("", stage.label, 3),
    ]
    assert (lately.first, lately.pairs, lately.unsaid) == (date(2026, 11, 1), 3, 3)


def test_a_supplier_is_late_by_what_it_promised(supplier: Party) -> None:
    rina = testing.keeper(supplier.workshop)
    for takes in (2, 9):
        with ago(20):
            purchase = testing.confirmed_purchase(supplier)
            promised = purchase.lines.order_by("pk")[0].promised_on
        with clock.stopped(datetime(2026, 11, 5, 9, tzinfo=clock.WIB) + timedelta(days=takes)):
            is_late = promised is not None and clock.today() > promised
            goods = {line: (line.quantity, 0) for line in purchase.lines.all()}
            purchase.receive(by=rina, goods=goods)
    reckoned(supplier.workshop)

    [row] = rows(supplier.workshop, Kind.SUPPLIER)
    assert is_late
    assert (row.party, row.count, row.kept) == (supplier, 2, 1)
    assert (row.middle, row.slow) == (20, 90)


def test_a_buyer_is_late_by_the_day_on_which_the_money_came(order: Order) -> None:
    reckoned(order.workshop)

    [payer] = rows(order.workshop, Kind.PAYER)
    parts = order.instalments.order_by("pk")
    late = sorted(max((date(2026, 10, 19) - part.due_on).days, 0) for part in parts)
    assert (payer.party, payer.count) == (order.buyer, len(late))
    assert (payer.middle, payer.kept) == (10 * late[(len(late) - 1) // 2], late.count(0))


def test_it_is_reckoned_once_a_day(order: Order) -> None:
    with clock.stopped(NOW):
        assert not workings.is_needed(order.workshop)  # no fact is told yet
    reckoned(order.workshop)
    with clock.stopped(NOW):
        assert not workings.is_needed(order.workshop)
        before = Working.objects.count()
        workings.reckon(order.workshop)
        assert Working.objects.count() == before
    with clock.stopped(NOW + timedelta(days=1)):
        assert workings.is_needed(order.workshop)


@pytest.mark.parametrize(
    ("values", "found"),
    [([], (0, 0)), ([7], (7, 7)), ([4, 1, 3, 2], (2, 4)), (list(range(1, 21)), (10, 18))],
)
def test_the_middle_and_the_slow_tenth(values: list[int], found: tuple[int, int]) -> None:
    assert workings.middle_and_slow(values) == found
