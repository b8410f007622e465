"""What could be done today, and what it would be worth: gain times chance, in rupiah.

The estimates are plain on purpose (decision 0055): each is one amount that is known, times a share
that is said here. How good the shares are is shown by what is held out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Subquery, Sum

from simpul.catalog.costing import cost_of
from simpul.catalog.models import Group, Material, Product
from simpul.conversations.models import Ticket
from simpul.crm.models import Rating
from simpul.insight.dates import outlook
from simpul.insight.models import BuyerFact, BuyerOutlook, ModelDay, MorningKind, OrderFact
from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.orders.models import AGREED, Amendment, Instalment, Order, Status
from simpul.parties.models import Party, Workshop
from simpul.payments.models import PaymentClaim
from simpul.procurement import planning
from simpul.procurement.models import SupplierPrice
from simpul.procurement.queries import known_prices
from simpul.stock.models import Balance, Location, Movement

USUAL_LEFT = 25  # of 100 rupiah of sales, where nothing was delivered yet
LEAST_LEFT = 5  # who buys with a loss once may buy otherwise again

# In so many of 100 cases acting today brings about what would not have come by itself.
ASKING = 20  # an order of somebody overdue, if he is still a customer
TELLING = 10  # the next order of somebody who is told of a delay before he asks
BUYING = 10  # the next orders of those whose material comes in time
CHECKING = 2  # money that was reported and is not there
REMINDING = 5  # money past its day
PRICING = 50  # a price that is in one's own hands
OFFERING = 10  # pairs that lie
USING_UP = 5  # material that lies
THANKING = 5  # the next order of somebody who is thanked

MOST = 50  # of a kind are looked at
DAYS_OF_SALES = 91
DAYS_UNTOUCHED = 180
DAYS_OF_JOY = 14  # in which one can thank
ROUND = (10, 25, 50, 100)  # orders


@dataclass(frozen=True, slots=True)
class Found:
    """Something that could be done, about exactly one of the five; see `MorningTask`."""

    kind: MorningKind
    gain: int
    chance: int
    facts: dict[str, Any]
    party: int | None = None
    order: int | None = None
    claim: int | None = None
    product: int | None = None
    material: int | None = None

    @property
    def expected(self) -> int:
        return self.gain * self.chance // 100

    @property
    def about(self) -> tuple[Any, ...]:
        return (self.kind, self.party, self.order, self.claim, self.product, self.material)


def find(workshop: Workshop, left_out: list[str]) -> list[Found]:
    """Return what could be done today, what is worth most first; nothing that is worth nothing."""
    worth = _Worth(workshop)
    found = [
        one
        for kind, ask in _QUESTIONS.items()
        if kind not in left_out
        for one in ask(workshop, worth)
        if one.expected > 0
    ]
    return sorted(found, key=lambda one: (-one.expected, *map(str, one.about)))


class _Worth:
    """What an order of a buyer usually comes to, and what is left of it."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        sums = BuyerFact.objects.filter(workshop=workshop).aggregate(
            sold=Sum("sold"), orders=Sum("orders"), earned=Sum("earned"), left=Sum("contribution")
        )
        self.left = _left(sums["left"] or 0, sums["earned"] or 0, USUAL_LEFT)
        self.order = (sums["sold"] or 0) // (sums["orders"] or 1)

    def of(self, buyers: set[int]) -> dict[int, dict[str, int]]:
        """Return of each of these buyers `order` (rupiah) and `left` (of 100 rupiah)."""
        rows = BuyerFact.objects.filter(workshop=self.workshop, pk__in=buyers)
        known = {
            pk: {"order": sold // orders, "left": _left(contribution, earned, self.left)}
            for pk, sold, orders, earned, contribution in rows.values_list(
                "pk", "sold", "orders", "earned", "contribution"
            )
        }
        usual = {"order": self.order, "left": self.left}
        return {buyer: known.get(buyer, usual) for buyer in buyers}


def _left(contribution: int, earned: int, otherwise: int) -> int:
    return max(LEAST_LEFT, 100 * contribution // earned) if earned > 0 else otherwise


def _overdue(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Who has been silent for longer than nine of ten such gaps; not who has just asked."""
    asking = Order.objects.filter(workshop=workshop, status__in=[Status.PLACED, Status.OFFERED])
    rows = BuyerOutlook.objects.filter(workshop=workshop, buyer__merged_into=None).overdue()
    rows = rows.exclude(usual=None).exclude(buyer__in=asking.values("buyer"))
    overdue = list(rows.order_by("-stake", "pk")[:MOST])
    usual = worth.of({one.pk for one in overdue})
    for one in overdue:
        alive = 1.0 if one.alive is None else one.alive
        yield Found(
            MorningKind.OVERDUE,
            usual[one.pk]["order"] * usual[one.pk]["left"] // 100,
            max(1, round(ASKING * alive)),
            {
                **usual[one.pk],
                "usual": one.usual,
                "gaps": one.gaps,
                "waited": one.waited,
                "longer": one.longer_of_100,
            },
            party=one.pk,
        )


def _late(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Which orders miss their promises by the schedule; not whose buyers were told a new day."""
    told = Amendment.objects.open().filter(order__workshop=workshop).values("order")
    late = Order.objects.filter(pk__in=outlook.late_orders(workshop)).exclude(pk__in=told)
    orders = list(late.order_by("promised_on", "pk")[:MOST])
    outlook.expect(workshop, orders)
    days = outlook.of(workshop)
    usual = worth.of({one.buyer_id for one in orders})
    for one in orders:
        expected_on = days.expected_on(one)
        if one.promised_on is None or expected_on is None:
            continue
        next_one = usual[one.buyer_id]
        yield Found(
            MorningKind.LATE,
            next_one["order"] * next_one["left"] // 100,
            TELLING,
            {
                **next_one,
                "promised_on": one.promised_on.isoformat(),
                "expected_on": expected_on.isoformat(),
                "days": (expected_on - one.promised_on).days,
            },
            order=one.pk,
        )


def _buy(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """From whom to buy today, because later it would come too late for orders that are paid for."""
    today = clock.today()
    rows = planning.wanted(workshop)
    asked = {one.need: one for row in rows for one in row.asked}
    offers = SupplierPrice.objects.filter(supplier__workshop=workshop).order_by("pk")
    leads = {
        (supplier, material): days
        for supplier, material, days in offers.values_list("supplier", "material", "lead_days")
    }
    for proposal in planning.proposals(workshop, rows):
        urgent: dict[int, tuple[date, int, int]] = {}
        for line in proposal.lines:
            lead = timedelta(days=leads.get((proposal.supplier.pk, line.material.pk), 0))
            for need, _share in line.pegs:
                one = asked[need]
                if one.needed_on <= today + lead:
                    first = urgent.get(one.order.pk, (one.needed_on, 0, 0))[0]
                    day = min(first, one.needed_on)
                    urgent[one.order.pk] = (day, one.order.buyer_id, one.order.total)
        if not urgent:
            continue
        usual = worth.of({buyer for _day, buyer, _total in urgent.values()})
        gain = sum(total * usual[buyer]["left"] // 100 for _day, buyer, total in urgent.values())
        yield Found(
            MorningKind.BUY,
            gain,
            BUYING,
            {
                "orders": len(urgent),
                "total": sum(total for _day, _buyer, total in urgent.values()),
                "needed_on": min(day for day, _buyer, _total in urgent.values()).isoformat(),
            },
            party=proposal.supplier.pk,
        )


def _claims(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Which payments were reported before today and are not checked."""
    today = clock.today()
    claims = PaymentClaim.objects.open().filter(
        workshop=workshop, at__lt=clock.begin_of(today), order__status__in=AGREED
    )
    for one in claims.order_by("-amount", "pk")[:MOST]:
        days = (today - clock.day_of(one.at)).days
        facts = {"amount": one.amount, "days": days}
        yield Found(MorningKind.CLAIM, one.amount, CHECKING, facts, claim=one.pk)


def _owed(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Who owes money past its day and has not reported to have paid."""
    today = clock.today()
    reported = PaymentClaim.objects.open().filter(workshop=workshop).values("order__buyer")
    parts = (
        Instalment.objects.unpaid()
        .filter(order__workshop=workshop, order__status__in=AGREED, due_on__lt=today)
        .exclude(order__buyer__in=reported)
    )
    owing = (
        parts.order_by()
        .values("order__buyer")
        .annotate(owed=Sum(F("amount") - F("paid")), since=Min("due_on"), n=Count("pk"))
    )
    rows = list(owing.order_by("-owed", "order__buyer")[:MOST])
    keys = defaultdict(list)
    mine = parts.filter(order__buyer__in=[row["order__buyer"] for row in rows])
    for buyer, pk in mine.order_by("pk").values_list("order__buyer", "pk"):
        keys[buyer].append(pk)
    for row in rows:
        buyer = row["order__buyer"]
        yield Found(
            MorningKind.OWED,
            row["owed"],
            REMINDING,
            {
                "amount": row["owed"],
                "since": row["since"].isoformat(),
                "payments": row["n"],
                "instalments": keys[buyer],
            },
            party=buyer,
        )


def _prices(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Which models distributors pay less for than a pair costs today, even in the cheapest colour."""
    today = clock.today()
    known = known_prices(workshop.machine)
    since = today - timedelta(days=DAYS_OF_SALES)
    sold = ModelDay.objects.filter(workshop=workshop, day__gte=since).order_by()
    pairs = dict(sold.values_list("product").annotate(n=Sum("pairs")))
    products = Product.objects.filter(workshop=workshop, is_published=True, pk__in=pairs)
    for one in products.prefetch_related("prices", "colourways").order_by("pk"):
        recipe, price = one.recipe, one.price_for(Group.WHOLESALE, one.minimum_pairs, today)
        looks = list(one.colourways.all())
        if recipe is None or price is None or not looks:
            continue
        stages = list(one.stages.active().order_by("position"))
        cost = min(cost_of(recipe, look, stages, known).total for look in looks)
        if (short := cost - price.of(1)) > 0:
            facts = {"cost": cost, "price": price.of(1), "pairs": pairs[one.pk]}
            gain = short * pairs[one.pk]
            yield Found(MorningKind.PRICE, gain, PRICING, facts, product=one.pk)


def _dead(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Which models lie finished for nobody, and have neither come nor gone for long."""
    today = clock.today()
    rows = _lying(workshop, Location.Kind.FINISHED, "item__variant__colourway__product")
    products = Product.objects.filter(pk__in=rows).prefetch_related("prices")
    for one in products.order_by("pk"):
        price = one.price_for(Group.WHOLESALE, one.minimum_pairs, today) or one.price_for(
            Group.RETAIL, 1, today
        )
        pairs = sum(rest for _key, rest in rows[one.pk][1])
        days = (today - rows[one.pk][0]).days
        if price is not None and days >= DAYS_UNTOUCHED:
            facts = {"quantity": pairs, "days": days, "price": price.of(1)}
            yield Found(MorningKind.DEAD, price.of(pairs), OFFERING, facts, product=one.pk)


def _unused(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Which material lies for nobody, and has neither come nor gone for long."""
    today, known = clock.today(), known_prices(workshop.machine)
    rows = _lying(workshop, Location.Kind.STORE, "item__material")
    for one in Material.objects.filter(pk__in=rows).order_by("pk"):
        quantity = sum(rest for _key, rest in rows[one.pk][1])
        days = (today - rows[one.pk][0]).days
        if one.pk in known and days >= DAYS_UNTOUCHED:
            price = known[one.pk].price
            facts = {"quantity": quantity, "days": days, "price": price}
            gain = amount_of(price, quantity)
            yield Found(MorningKind.UNUSED, gain, USING_UP, facts, material=one.pk)


def _lying(workshop: Workshop, kind: str, of: str) -> dict[int, tuple[date, list[tuple[int, int]]]]:
    """Return of what lies free at a place on which day it last moved, and how much of each item."""
    moved = Movement.objects.filter(item=OuterRef("item")).order_by("-pk").values("at")[:1]
    balances = Balance.objects.filter(location__workshop=workshop, location__kind=kind)
    found: dict[int, tuple[date, list[tuple[int, int]]]] = {}
    last = balances.exclude(**{of: None}).annotate(last=Subquery(moved)).order_by("pk")
    for key, item, at, rest in last.rests(of, "item", "last"):
        day = clock.day_of(at) if at else date.min
        before, items = found.get(key, (day, []))
        found[key] = (max(before, day), [*items, (item, rest)])
    return found


def _thanks(workshop: Workshop, worth: _Worth) -> Iterator[Found]:
    """Whom to thank: for a first order larger than usual, for a round number of orders, for the best
    answer that one can give; nobody who complains at the moment."""
    today = clock.today()
    since = today - timedelta(days=DAYS_OF_JOY)
    reasons: dict[int, dict[str, Any]] = {}
    praised = Rating.objects.answered().filter(
        workshop=workshop, stars=5, answered_at__gte=clock.begin_of(since)
    )
    for buyer in praised.order_by("pk").values_list("party", flat=True):
        reasons[buyer] = {"why": "praise"}
    buyers = BuyerFact.objects.filter(workshop=workshop, last_on__gte=since)
    for buyer, count in buyers.filter(orders__in=ROUND).order_by("pk").values_list("pk", "orders"):
        reasons[buyer] = {"why": "loyal", "orders": count}
    firsts = OrderFact.objects.filter(
        workshop=workshop, delivered_on__gte=since, sold__gt=worth.order
    ).filter(buyer__in=BuyerFact.objects.filter(workshop=workshop, orders=1).values("pk"))
    for buyer, sold in firsts.order_by("pk").values_list("buyer", "sold"):
        reasons[buyer] = {"why": "first", "sold": sold}
    cross = Ticket.objects.of_customers().open().filter(workshop=workshop, party__in=reasons)
    for buyer in cross.values_list("party", flat=True):
        reasons.pop(buyer or 0, None)
    standing = Party.objects.buyers().filter(pk__in=reasons).order_by("pk")
    usual = worth.of(set(reasons))
    for pk in standing.values_list("pk", flat=True)[:MOST]:
        gain = usual[pk]["order"] * usual[pk]["left"] // 100
        facts = {**usual[pk], **reasons[pk]}
        yield Found(MorningKind.THANK, gain, THANKING, facts, party=pk)


type _Question = Callable[[Workshop, _Worth], Iterator[Found]]

_QUESTIONS: dict[MorningKind, _Question] = {
    MorningKind.OVERDUE: _overdue,
    MorningKind.LATE: _late,
    MorningKind.BUY: _buy,
    MorningKind.CLAIM: _claims,
    MorningKind.OWED: _owed,
    MorningKind.PRICE: _prices,
    MorningKind.DEAD: _dead,
    MorningKind.UNUSED: _unused,
    MorningKind.THANK: _thanks,
}
