"""The seven knots: where an order stands, computed from facts, never set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from simpul.lib import clock

if TYPE_CHECKING:
    from simpul.orders.models.instalment import Instalment
    from simpul.orders.models.order import Order

DONE, DOING, WAITING, LATE, ENDED = "done", "doing", "waiting", "late", "ended"


@dataclass(frozen=True, slots=True)
class Knot:
    """One of the seven: its name, its state, how many of how many, and the day that goes with it."""

    name: str  # order, down_payment, material, production, packing, delivery, settlement
    label: str
    state: str
    count: int = 0
    of: int = 0
    unit: str = ""  # "pairs", "rupiah", "percent" or nothing to count
    on: date | None = None


def knots_of(order: Order) -> list[Knot]:
    """Compute the seven knots from what `OrderQuerySet.for_page` has loaded."""
    today = clock.today()
    ended = order.status in {"withdrawn", "declined", "expired", "cancelled"}
    agreed = order.agreed_revision is not None
    instalments = sorted(order.instalments.all(), key=lambda one: one.position)
    first, rest = instalments[:1], instalments[1:] or instalments[:1]
    sizes = [size for line in order.lines.all() for size in line.sizes.all()]
    needs = [need for line in order.lines.all() for need in line.needs.all()]
    pairs = sum(size.pairs for size in sizes) or order.current.pairs
    made = sum(size.made for size in sizes)
    packed = sum(size.packed for size in sizes)
    delivered = sum(size.delivered for size in sizes)
    on_the_way = sum(size.picked_up for size in sizes) - delivered
    ready = sum(need.is_ready for need in needs)

    def state(count: int, of: int, due: date | None = None) -> str:
        if of and count >= of:
            return DONE
        if ended:
            return ENDED
        if agreed and due is not None and due < today:
            return LATE
        return DOING if count else WAITING

    def money(name: str, label: str, parts: list[Instalment]) -> Knot:
        paid = sum(part.paid for part in parts)
        owed = sum(part.amount for part in parts)
        due = next((part.due_on for part in parts if not part.is_paid), None)
        is_free = agreed and not parts and not ended  # a sample: there is nothing to pay
        stands = DONE if is_free else state(paid, owed, due)
        return Knot(name, label, stands, paid, owed, "rupiah", due)

    production = state(made, pairs)
    if production == WAITING and any(need.issued for need in needs):
        production = DOING  # nothing is finished yet, but material is in work
    delivery = state(delivered, pairs, order.promised_on)
    if delivery == WAITING and on_the_way > 0:
        delivery = DOING
    order_state = DONE if agreed else (ENDED if ended else DOING)
    return [
        Knot(
            "order",
            _("Order"),
            order_state,
            on=clock.day_of(order.confirmed_at or order.placed_at),
        ),
        money("down_payment", _("Down payment"), first),
        Knot(
            "material",
            _("Material"),
            DONE if agreed and (not needs or made >= pairs) else state(ready, len(needs)),
            ready,
            len(needs),
            "parts",
        ),
        Knot("production", _("Production"), production, made, pairs, "pairs"),
        Knot("packing", _("Packing"), state(packed, pairs), packed, pairs, "pairs"),
        Knot(
            "delivery",
            _("Delivery"),
            delivery,
            delivered,
            pairs,
            "pairs",
            order.arrived_on if delivery == DONE else order.expected_on,
        ),
        money("settlement", _("Settlement"), rest),
    ]
