"""The ledger of points as it is read: what came and what went, and what is still owed for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from simpul.crm.models import PointLot, PointRules, PointUse, Voucher
from simpul.lib import clock
from simpul.parties.models import Party, Workshop

KINDS: dict[str, Any] = {
    **dict(PointLot.Kind.choices),
    PointUse.Kind.SPENT: _("spent"),
    PointUse.Kind.EXPIRED: _("expired"),
    PointUse.Kind.CLAWED: _("order came back"),
    PointUse.Kind.VOIDED: _("taken back by hand"),
}


class Line(NamedTuple):
    """A line of the ledger: points that came, or (negative) went."""

    at: datetime
    kind: str
    party: int
    buyer: str
    order: str | None
    points: int
    words: str
    by: str
    key: int

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def is_lot(self) -> bool:
        return self.kind in PointLot.Kind.values


def ledger(
    workshop: Workshop, *, party: Party | None = None, words: str = "", kind: str = ""
) -> QuerySet[Any]:
    """Return the lines, the newest first, each as the fields of `Line`.

    What one lot pays for another of the same buyer is left out: it comes to nothing.
    """
    lots = PointLot.objects.filter(workshop=workshop)
    uses = PointUse.objects.filter(lot__workshop=workshop).exclude(kind=PointUse.Kind.NETTED)
    if party is not None:
        lots, uses = lots.filter(party=party), uses.filter(lot__party=party)
    if words:
        lots = lots.filter(Q(party__name__icontains=words) | Q(order__number__icontains=words))
        uses = uses.filter(
            Q(lot__party__name__icontains=words) | Q(lot__order__number__icontains=words)
        )
    if kind:
        lots, uses = lots.filter(kind=kind), uses.filter(kind=kind)
    came = lots.values_list(
        "at", "kind", "party_id", "party__name", "order__number", "points", "note", "by__name", "pk"
    )
    went = uses.values_list(
        "at", "kind", "lot__party_id", "lot__party__name",
        Case(When(kind=PointUse.Kind.CLAWED, then=F("lot__order__number"))),
        F("points") * Value(-1),
        Case(When(voucher__isnull=False, then=F("voucher__code")), default=F("reason")),
        "by__name", "pk",
    )  # fmt: skip
    return came.union(went, all=True).order_by("-at", "-pk")


class Owed(NamedTuple):
    """What is owed for points: how many are open, with how many buyers, and what they are worth."""

    points: int
    buyers: int
    rupiah: int


def owed(workshop: Workshop) -> Owed:
    """Return what buyers could take off their orders today, if all of them did: by their points,
    and by the vouchers that they turned points into and have not used."""
    lots = [one for one in PointLot.objects.filter(workshop=workshop).left() if not one.is_over]
    points = sum(lot.rest for lot in lots)
    bought = Voucher.objects.filter(workshop=workshop, origin=Voucher.Origin.POINTS)
    worth = bought.good(clock.today()).unused().aggregate(sum=Sum("amount"))["sum"] or 0
    return Owed(
        points,
        len({lot.party_id for lot in lots}),
        points * PointRules.of(workshop).worth + worth,
    )
