"""The knot: what was promised to whom."""

from simpul.orders.models.instalment import (
    Gate,
    Instalment,
    PlannedInstalment,
    proposed_plan,
)
from simpul.orders.models.line import LineSize, OrderLine, OrderNeed, Track
from simpul.orders.models.order import (
    AGREED,
    BelowMinimum,
    GateShut,
    LateAnswer,
    Order,
    OrderQuerySet,
    Status,
    check_wishes,
)
from simpul.orders.models.revision import LineWish, OrderRevision, RevisionLine

__all__ = [
    "AGREED",
    "BelowMinimum",
    "Gate",
    "GateShut",
    "Instalment",
    "LateAnswer",
    "LineSize",
    "LineWish",
    "Order",
    "OrderLine",
    "OrderNeed",
    "OrderQuerySet",
    "OrderRevision",
    "PlannedInstalment",
    "RevisionLine",
    "Status",
    "Track",
    "check_wishes",
    "proposed_plan",
]
