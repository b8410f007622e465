"""What orders earn: points follow the facts, whatever happens to an order and in whatever order.

Nothing here is told that money was taken back or goods were credited: `settle` asks the orders that
something happened to what they have earned now, and grants or takes back the difference. Twice is
as good as once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from simpul.crm.models.point import TAKEN_BACK, PointLot, PointUse, hold
from simpul.crm.models.point_rules import PointRules, Tier
from simpul.lib import clock
from simpul.orders.models import Instalment, Order, OrderQuerySet, OrderRevision, Status
from simpul.parties.models import Party, Workshop
from simpul.payments.models import Allocation, CreditNote

DELIVERED = (Status.FULFILLED, Status.CLOSED)
A_YEAR = timedelta(days=365)
A_BATCH = 500  # orders asked together


@dataclass(frozen=True, slots=True)
class Earned:
    """What of an order counts: its goods as agreed, less discounts, and what of them is paid for."""

    order: Order
    goods: int
    counts: int


def earned_by(orders: OrderQuerySet) -> list[Earned]:
    """Return what counts of each of these orders: its goods once all is delivered and paid, less
    what was credited for it; before that, and where money was taken back, nothing. Samples are
    left out. In one query.
    """
    revision = OrderRevision.objects.filter(
        order=OuterRef("pk"), number=OuterRef("agreed_revision")
    )
    known: Any = (
        orders.filter(agreed_revision__isnull=False, is_sample=False)
        .select_related("buyer")
        .annotate(
            goods=Subquery(revision.values_list(F("total") - F("shipping"))[:1]),
            owed=_sum(Instalment.objects.all(), F("amount") - F("paid")),
            credited=_sum(CreditNote.objects.standing(), F("amount")),
        )
    )
    found = []
    for order in known.order_by("pk"):
        is_done = order.status in DELIVERED and not order.owed
        counts = max(order.goods - order.credited, 0) if is_done else 0
        found.append(Earned(order, max(order.goods, 0), counts))
    return found


def touched(workshop: Workshop, since: datetime) -> OrderQuerySet:
    """Return the orders that were delivered, paid, credited or owed again since then."""
    paid = Allocation.objects.filter(instalment__order=OuterRef("pk"), at__gte=since)
    credited = CreditNote.objects.filter(
        Q(at__gte=since) | Q(annulled_at__gte=since), order=OuterRef("pk")
    )
    orders = Order.objects.filter(workshop=workshop, fulfilled_at__isnull=False)
    return orders.filter(Q(fulfilled_at__gte=since) | Exists(paid) | Exists(credited))


def settle(workshop: Workshop, orders: OrderQuerySet) -> int:
    """Grant what these orders have earned and take back what they have not; return how often."""
    rules = PointRules.of(workshop)
    begins_at = clock.begin_of(rules.starts_on)
    mine = orders.filter(Q(fulfilled_at__gte=begins_at) | Q(point_lots__isnull=False)).distinct()
    keys = list(mine.order_by("pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(keys), A_BATCH):
        by_party: dict[Party, list[int]] = defaultdict(list)
        for one in Order.objects.filter(pk__in=keys[start : start + A_BATCH]).select_related(
            "buyer"
        ):
            by_party[one.buyer].append(one.pk)
        for party, mine_keys in sorted(by_party.items(), key=lambda pair: pair[0].pk):
            done += _settle_party(workshop, rules, party, mine_keys)
    return done


def expire(workshop: Workshop) -> int:
    """Let go what nobody used in time; return of how many lots."""
    over = PointLot.objects.filter(workshop=workshop, expires_on__lt=clock.today())
    lots = list(over.left().order_by("pk"))
    for lot in lots:
        lot.expire(by=workshop.machine)
    return len(lots)


def warn(workshop: Workshop) -> int:
    """Tell each buyer once of what expires soon; return how many were told."""
    soon = clock.in_days(PointRules.of(workshop).warn_days)
    lots = PointLot.objects.filter(
        workshop=workshop, warned_at=None, expires_on__range=(clock.today(), soon)
    )
    by_party: dict[int, list[PointLot]] = defaultdict(list)
    for lot in lots.left().first_expiring():
        by_party[lot.party_id].append(lot)
    for mine in by_party.values():
        first = mine[0]
        assert first.expires_on is not None  # noqa: S101 - it is within a range
        points = sum(lot.rest for lot in mine)
        first.warn(by=workshop.machine, points=points, expires_on=first.expires_on)
        others = [lot.pk for lot in mine[1:]]
        PointLot.objects.filter(pk__in=others).update(warned_at=clock.now())
    return len(by_party)


# Tiers


class Standing(NamedTuple):
    """What a buyer has bought in twelve months, the tier that this is, and the next one."""

    bought: int
    tier: Tier | None
    next: Tier | None

    @property
    def missing(self) -> int:
        return max(self.next.least - self.bought, 0) if self.next else 0


def standing_of(party: Party) -> Standing:
    """Return where a buyer stands today."""
    orders = Order.objects.filter(buyer=party, fulfilled_at__gte=clock.now() - A_YEAR)
    bought = sum(one.counts for one in earned_by(orders))
    tiers = list(Tier.objects.filter(workshop=party.workshop_id).order_by("least"))
    reached = [tier for tier in tiers if tier.least <= bought]
    ahead = [tier for tier in tiers if tier.least > bought]
    return Standing(bought, reached[-1] if reached else None, ahead[0] if ahead else None)


def tier_discount(order: Order) -> tuple[Tier, int] | None:
    """Return the tier of who ordered and the rupiah that it takes off the goods as they are priced
    now, for an offer to propose; reads `revisions` as prefetched."""
    if not order.workshop.gives_points:
        return None
    tier = standing_of(order.buyer).tier
    if tier is None:
        return None
    goods = sum(line.amount for line in order.current.lines.all())
    return tier, goods * tier.percent // 100


# Inside


class _Granted(NamedTuple):
    """A lot, how much of it its order still has, and how much of that nobody took back by hand."""

    lot: PointLot
    stands: int
    counts: int


def _settle_party(workshop: Workshop, rules: PointRules, party: Party, orders: list[int]) -> int:
    done = 0
    with transaction.atomic():
        hold(party)
        lots: dict[int, list[_Granted]] = defaultdict(list)
        rows = PointLot.objects.filter(order__in=orders, party=party).order_by("-pk")
        gone = rows.values_list(_taken(PointUse.Kind.CLAWED), _taken(*TAKEN_BACK))
        for lot, (clawed, taken) in zip(rows, gone, strict=True):
            granted = _Granted(lot, lot.points - clawed, lot.points - taken)
            lots[lot.order_id or 0].append(granted)
        # of one that was merged meanwhile the orders are the other's: the night comes to them there
        for one in earned_by(Order.objects.filter(pk__in=orders, buyer=party)):
            done += _settle_order(workshop, rules, one, lots[one.order.pk])
    return done


def _settle_order(
    workshop: Workshop, rules: PointRules, earned: Earned, lots: list[_Granted]
) -> bool:
    """Hold what was granted for an order against what it has earned by the rule of its first lot."""
    first = lots[-1].lot if lots else None
    party = earned.order.buyer
    if first is None and not workshop.gives_points:
        return False
    per = first.per if first else rules.per(party)
    wanted = earned.counts // per if per else 0
    more = wanted - sum(one.stands for one in lots)
    if more > 0:
        PointLot.grant(
            by=workshop.machine,
            party=party,
            kind=PointLot.Kind.ORDER,
            order=earned.order,
            points=more,
            per=per,
            expires_on=first.expires_on if first else rules.expires_on(clock.today()),
        )
    return _claw(workshop, lots, -more) or more > 0


def _claw(workshop: Workshop, lots: Iterable[_Granted], points: int) -> bool:
    """Take so much back, the last lot first, of what was not taken back by hand."""
    taken = False
    for one in lots:
        share = min(points, one.counts)
        if share > 0:
            one.lot.claw(by=workshop.machine, points=share)
            points -= share
            taken = True
    return taken


def _taken(*kinds: str) -> models.Subquery | Coalesce:
    rows = PointUse.objects.filter(kind__in=kinds, lot=OuterRef("pk")).order_by().values("lot")
    return Coalesce(
        Subquery(rows.annotate(n=Sum("points")).values("n")),
        Value(0),
        output_field=models.BigIntegerField(),
    )


def _sum(rows: models.QuerySet[Any], column: Combinable) -> Coalesce:
    mine = rows.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(
        Subquery(mine.annotate(n=Sum(column)).values("n")),
        Value(0),
        output_field=models.BigIntegerField(),
    )
