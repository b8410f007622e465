"""What the clock does for points, vouchers and recommendations."""

from __future__ import annotations

from datetime import timedelta

from simpul.crm import loyalty, referrals, vouchers
from simpul.crm.models import PointLot
from simpul.lib import clock
from simpul.orders.models import Order, OrderQuerySet
from simpul.parties.models import Workshop

A_DAY = timedelta(days=1)


def is_needed(workshop: Workshop) -> bool:
    return workshop.gives_points and _touched(workshop).exists()


def tend(workshop: Workshop) -> None:
    """Settle what happened within a day; the night looks at everything."""
    settle(workshop, _touched(workshop))


def has_points(workshop: Workshop) -> bool:
    return workshop.gives_points or PointLot.objects.filter(workshop=workshop).exists()


def close_day(workshop: Workshop) -> None:
    """Settle everything, let go what is over, and say in time what soon will be."""
    settle(workshop, Order.objects.filter(workshop=workshop, fulfilled_at__isnull=False))
    vouchers.lapse(workshop)
    loyalty.expire(workshop)
    loyalty.warn(workshop)


def settle(workshop: Workshop, orders: OrderQuerySet) -> int:
    """Let points and rewards follow what these orders are worth now; return how often they did."""
    return loyalty.settle(workshop, orders) + referrals.settle(workshop, orders)


def _touched(workshop: Workshop) -> OrderQuerySet:
    return loyalty.touched(workshop, clock.now() - A_DAY)
