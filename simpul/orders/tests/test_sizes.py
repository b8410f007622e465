"""The sizes of a few orders, looked for from the oldest of these on."""

from __future__ import annotations

from simpul import testing
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party


def orders_of(orders: list[Order]) -> list[int]:
    """Return the orders of which sizes are found, each once for each of its two."""
    chosen = Order.objects.filter(pk__in=[order.pk for order in orders])
    found = LineSize.objects.of(chosen).order_by("pk")
    return list(found.values_list("line__order", flat=True))


def test_sizes_are_of_the_orders_asked_for(buyer: Party) -> None:
    old, middle, new = (testing.confirmed_order(buyer) for _n in range(3))

    assert orders_of([old]) == [old.pk] * 2
    assert orders_of([new, middle]) == [middle.pk] * 2 + [new.pk] * 2
    assert orders_of([]) == []
