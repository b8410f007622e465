"""The knot: what was promised to whom."""

from simpul.orders.models.amendment import Amendment
from simpul.orders.models.instalment import (
    Gate,
    Instalment,
    PlannedInstalment,
    proposed_plan,
)
from simpul.orders.models.line import (
    Coming,
    LineSize,
    OrderLine,
    OrderNeed,
    Track,
    need_changes,
    pairs_coming,
)
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
    "Amendment",
    "BelowMinimum",
    "Coming",
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
    "need_changes",
    "pairs_coming",
    "proposed_plan",
]
