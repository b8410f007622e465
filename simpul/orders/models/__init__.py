"""The knot: what was promised to whom."""

from simpul.orders.models.instalment import (
    Gate,
    Instalment,
    PlannedInstalment,
    proposed_plan,
)
from simpul.orders.models.line import LineSize, OrderLine, OrderNeed, Track
from simpul.orders.models.order import BelowMinimum, LateAnswer, Order, Status
from simpul.orders.models.revision import LineWish, OrderRevision, RevisionLine

__all__ = [
    "BelowMinimum",
    "Gate",
    "Instalment",
    "LateAnswer",
    "LineSize",
    "LineWish",
    "Order",
    "OrderLine",
    "OrderNeed",
    "OrderRevision",
    "PlannedInstalment",
    "RevisionLine",
    "Status",
    "Track",
    "proposed_plan",
]
