"""When material must be there, and what it does to an order's day when it comes later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from simpul.orders.models import Order, OrderLine, Status
from simpul.procurement.models.line import Peg


def work_days(line: OrderLine) -> int:
    """Return how long the work takes once the material is there: half of the model's days to make.

    The first half is for buying. A plain rule that everybody in the workshop can compute in mind.
    """
    return (line.colourway.product.lead_days + 1) // 2


def last_day(line: OrderLine, promised_on: date, today: date) -> date:
    """Return the last day on which material keeps the promise of a line; never a day that is past."""
    return max(promised_on - timedelta(days=work_days(line)), today)


def material_days(
    orders: Iterable[int], instead: Mapping[int, date | None] | None = None
) -> dict[int, date]:
    """Return for each order the day that its promise and the material on its way allow.

    `instead` gives other expected days by purchase line, to see what an answer would do.
    """
    instead = instead or {}
    pegs = Peg.objects.filter(need__line__order__in=list(orders)).select_related(
        "line", "need__line__order", "need__line__colourway__product"
    )
    days: dict[int, date] = {}
    for peg in pegs:
        order = peg.need.line.order
        assert order.promised_on is not None  # noqa: S101 - an agreed order has a promise
        arrives_on = instead.get(peg.line_id, peg.line.expected_on)
        ready_on = (
            arrives_on + timedelta(days=work_days(peg.need.line))
            if arrives_on
            else order.promised_on
        )
        days[order.pk] = max(days.get(order.pk, order.promised_on), ready_on)
    return days


@contextmanager
def orders_following(purchase_id: int) -> Iterator[None]:
    """Let the orders' expected days move with the days that change inside the block.

    A day that something else has put later stays; one that stood where the material put it follows.
    """
    pegged = Peg.objects.filter(line__purchase=purchase_id).values("need__line__order")
    running = Order.objects.filter(pk__in=pegged, status=Status.CONFIRMED).order_by("pk")
    orders = list(running.select_for_update())  # before their needs, as whoever reserves does
    keys = [order.pk for order in orders]
    before = material_days(keys)
    yield
    after = material_days(keys)
    for order in orders:
        day, shown = after.get(order.pk, order.promised_on), order.expected_on
        is_ours = shown is None or shown == before[order.pk]
        if day is not None and day != shown and (is_ours or (shown is not None and day > shown)):
            order.expect(day)
