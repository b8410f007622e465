"""What running orders still need, what the store can give, and what is to be bought from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import F, Max, Min, Sum
from django.utils.translation import gettext as _

from simpul.catalog.models import Choice, Material, RecipeLine
from simpul.lib import clock
from simpul.lib.quantities import amount_of
from simpul.orders.models import Gate, LineSize, Order, OrderLine, OrderNeed
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import (
    Peg,
    ProposedLine,
    PurchaseLine,
    PurchaseOrder,
    SupplierPrice,
    last_day,
)
from simpul.stock.models import Balance, Item, Location, Reservation
from simpul.workflow.steps import WrongState, step

type Shelf = tuple[int, str]  # a material and its size


class Instead(NamedTuple):
    """What the recipe lets be taken instead: so much of it would be needed, so much lies free."""

    material: Material
    quantity: int
    free: int


class Asked(NamedTuple):
    """One need of a running order that nothing covers yet."""

    need: int  # its key: there may be tens of thousands
    order: Order
    quantity: int
    needed_on: date
    is_open: bool  # the money before buying has come
    instead: tuple[Instead, ...] = ()  # the preferred first


class Coming(NamedTuple):
    """So much of a line of an open purchase order comes for no order."""

    line: int
    purchase: PurchaseOrder
    day: date
    rest: int


class Claim(NamedTuple):
    """So much that comes for no order can be for one that lacks it."""

    asked: Asked
    coming: Coming
    quantity: int


class Waiting(NamedTuple):
    """A line of a running order that is not made yet, and what all of its needs share."""

    turn: int
    order: Order
    needed_on: date
    is_open: bool


@dataclass(slots=True)
class Wanted:
    """A material (of one size), what is free of it, on its way, and missing for which orders."""

    material: Material
    size: str
    free: int = 0
    on_order: int = 0
    coming: int = 0  # on its way for the store, for no order
    reorder_point: int = 0
    order_up_to: int = 0
    asked: list[Asked] = field(default_factory=list)  # whose turn is first, first
    claims: list[Claim] = field(default_factory=list)  # of what is coming

    @property
    def open_quantity(self) -> int:
        return sum(asked.quantity for asked in self.asked if asked.is_open)

    @property
    def waiting(self) -> int:
        """What orders need that have not paid for buying yet."""
        return sum(asked.quantity for asked in self.asked if not asked.is_open)

    @property
    def claimed(self) -> int:
        return sum(claim.quantity for claim in self.claims)

    @property
    def lacking(self) -> list[tuple[Asked, int]]:
        """What paid orders lack, in their turn, once they have what lies free and what they can have
        of what is on its way."""
        claimed = {claim.asked.need: 0 for claim in self.claims}
        for claim in self.claims:
            claimed[claim.asked.need] += claim.quantity
        rests = [
            (asked, rest - claimed.get(asked.need, 0)) for asked, rest in self.beyond_the_store
        ]
        return [(asked, rest) for asked, rest in rests if rest]

    @property
    def beyond_the_store(self) -> list[tuple[Asked, int]]:
        """What paid orders need more than lies free; whose turn is first takes of that first."""
        free, rests = self.free, []
        for asked in self.asked:
            if asked.is_open:
                taken = min(free, asked.quantity)
                free -= taken
                if taken < asked.quantity:
                    rests.append((asked, asked.quantity - taken))
        return rests

    @property
    def to_buy(self) -> int:
        return max(self.open_quantity - self.free, 0) - self.claimed

    @property
    def refill(self) -> int:
        """What the shelf itself is to have again, once orders have taken what is theirs."""
        left = max(self.free - self.open_quantity, 0) + self.coming - self.claimed
        return self.order_up_to - left if left < self.reorder_point else 0

    @property
    def is_wanted(self) -> bool:
        return bool(self.asked or self.refill)

    @property
    def needed_on(self) -> date | None:
        """The first day on which an order needs it; none where only the shelf does."""
        return min((asked.needed_on for asked in self.asked), default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A purchase order that could be drafted."""

    supplier: Party
    lines: list[ProposedLine]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


# Questions


def wanted(workshop: Workshop, back: dict[Shelf, int] | None = None) -> list[Wanted]:
    """Return what running orders need and nothing covers, the most urgent first; then what the
    shelf is to have again.

    `back` is what is set aside still and counts as free: that of orders that ended (`kept_for`).
    """
    needs = _running(workshop).annotate(
        rest=F("quantity") - F("ordered") - F("ready") - F("issued")
    )
    open_ones = list(
        needs.filter(rest__gt=0)
        .order_by()
        .values_list("pk", "line", "material", "size", "recipe_line", "rest")
    )
    waiting = waiting_lines(workshop) if open_ones else {}
    materials = Material.objects.in_bulk({one[2] for one in open_ones})
    choices = _choices({one[4] for one in open_ones})
    free, on_order, coming = free_stock(workshop), _on_order(workshop), _coming(workshop)
    for shelf, quantity in (back or {}).items():
        free[shelf] = free.get(shelf, 0) + quantity
    found = _with_reorder_point(workshop)
    mine = [(waiting[one[1]], *one) for one in open_ones if one[1] in waiting]
    for line, pk, _line_key, material, size, recipe_line, rest in sorted(mine, key=_in_turn):
        row = found.get((material, size))
        if row is None:
            row = found[material, size] = Wanted(materials[material], size)
        instead = _instead(choices.get(recipe_line, ()), material, rest, size, free)
        row.asked.append(Asked(pk, line.order, rest, line.needed_on, line.is_open, instead))
    for shelf, row in found.items():
        row.free, row.on_order = free.get(shelf, 0), on_order.get(shelf, 0)
        row.coming = sum(one.rest for one in coming.get(shelf, ()))
    _let_claim({shelf: row for shelf, row in found.items() if row.coming}, coming)
    rows = [row for row in found.values() if row.is_wanted]
    return sorted(rows, key=lambda row: (row.needed_on or date.max, row.material.code, row.size))


def proposals(workshop: Workshop, rows: list[Wanted] | None = None) -> list[Proposal]:
    """Return what should be bought now, by supplier: what paid orders lack beyond the store, and
    what fills up the shelves.

    `rows` is what is wanted, where that was asked for already.

    Each material goes to whoever is cheapest for the quantity, then fastest. What nobody is known
    to sell is left out.
    """
    today = clock.today()
    offers: dict[int, list[SupplierPrice]] = defaultdict(list)
    for offer in SupplierPrice.objects.filter(supplier__workshop=workshop).for_list():
        offers[offer.material_id].append(offer)
    lines: dict[Party, list[ProposedLine]] = defaultdict(list)
    for row in wanted(workshop) if rows is None else rows:
        known = offers.get(row.material.pk)
        quantity = row.to_buy + row.refill
        if quantity and known:
            offer = best_offer(known, quantity)
            lines[offer.supplier].append(_line(row, offer, today))
    return [
        Proposal(supplier, lines[supplier])
        for supplier in sorted(lines, key=lambda party: (party.name, party.pk))
    ]


def best_offer(offers: Iterable[SupplierPrice], quantity: int) -> SupplierPrice:
    """Return the cheapest of a material's offers for so much, of equal ones the fastest; ValueError
    where there is none."""
    return min(offers, key=lambda offer: _rank(offer, quantity))


def uncovered(workshop: Workshop) -> dict[Shelf, int]:
    """Return what running orders need and nothing covers, by material and size: neither what is set
    aside nor what is bought for them."""
    unmade = LineSize.objects.filter(line=models.OuterRef("line"), made__lt=F("pairs"))
    rest = F("quantity") - F("ordered") - F("ready") - F("issued")
    rows = _running(workshop).filter(models.Exists(unmade)).annotate(rest=rest).filter(rest__gt=0)
    sums = rows.order_by().values_list("material", "size").annotate(sum=Sum("rest"))
    return {(material, size): lacking for material, size, lacking in sums}


def pegs_for(row: Wanted, quantity: int) -> list[tuple[Asked, int]]:
    """Return for which needs so many thousandths would be bought: whose turn is first, of those whom
    neither the store nor what is on its way serves."""
    pegs: list[tuple[Asked, int]] = []
    for asked, lacked in row.lacking:
        share = min(lacked, quantity)
        quantity -= share
        if share:
            pegs.append((asked, share))
    return pegs


def instead_of(need: OrderNeed) -> tuple[Instead, ...]:
    """Return what may be taken for a need instead, for as much of it as nothing covers yet."""
    choices, free = need.recipe_line.choices, free_stock(need.material.workshop)
    return _instead(choices, need.material_id, need.uncovered, need.size, free)


def free_stock(workshop: Workshop) -> dict[Shelf, int]:
    """Return what lies in the store for nobody, by material and size."""
    lying = Balance.objects.filter(
        location__workshop=workshop,
        location__kind=Location.Kind.STORE,
        item__material__isnull=False,
    )
    rows = lying.rests("item__material", "item__size")
    return {(material, size): rest for material, size, rest in rows}


def waiting_lines(workshop: Workshop) -> dict[int, Waiting]:
    """Return of each line of the running orders that is not all made yet what its needs share."""
    today = clock.today()
    missing = LineSize.objects.filter(line=models.OuterRef("pk"), made__lt=F("pairs"))
    rows = OrderLine.objects.filter(
        models.Exists(missing),
        order__workshop=workshop,
        order__status=OrderStatus.CONFIRMED,
    ).prefetch_related("order__buyer", "order__instalments", "colourway__product")
    is_open: dict[int, bool] = {}
    found = {}
    for line in rows.order_by("pk"):
        order = line.order
        if order.pk not in is_open:
            is_open[order.pk] = order.is_open(Gate.PROCUREMENT)
        assert order.promised_on is not None  # noqa: S101 - an agreed order has a promise
        assert order.turn is not None  # noqa: S101 - and a turn
        found[line.pk] = Waiting(
            order.turn, order, last_day(line, order.promised_on, today), is_open[order.pk]
        )
    return found


def comes_on(day: date, lead_days: int | None) -> date:
    """Return on which day something comes that is expected then: not today any more. Of a draft, which
    nobody was asked for, `lead_days` says how long it takes at least."""
    return max(day, clock.today() + timedelta(days=max(lead_days or 0, 1)))


def longest_leads(materials: Collection[int]) -> dict[int, int]:
    """Return by material how many days the slowest takes who sells it."""
    offers = SupplierPrice.objects.filter(material__in=materials).order_by()
    return dict(offers.values_list("material").annotate(days=Max("lead_days")))


def soonest_days(materials: Collection[int]) -> dict[int, date]:
    """Return by material the day on which it could come if it was bought today; not of those that
    nobody is known to sell."""
    offers = SupplierPrice.objects.filter(material__in=materials).order_by()
    leads = offers.values_list("material").annotate(days=Min("lead_days"))
    today = clock.today()
    return {material: today + timedelta(days=days) for material, days in leads}


def orders_for_store(rows: Iterable[Wanted]) -> list[Order]:
    """Return the paid orders for which something free lies in the store, in their turn."""
    served: dict[int, Order] = {}
    for row in rows:
        free = row.free
        for asked in row.asked:
            if free and asked.is_open:
                served.setdefault(asked.order.pk, asked.order)
                free -= min(free, asked.quantity)
    return sorted(served.values(), key=lambda order: (order.turn or 0, order.pk))


def claimants(rows: Iterable[Wanted]) -> list[tuple[Order, list[PurchaseOrder]]]:
    """Return the orders that can have something that is on its way for none, in their turn, and of
    which purchases."""
    found: dict[Order, dict[PurchaseOrder, None]] = {}
    for claim in (claim for row in rows for claim in row.claims):
        found.setdefault(claim.asked.order, {})[claim.coming.purchase] = None
    return [
        (order, list(purchases))
        for order, purchases in sorted(
            found.items(), key=lambda pair: (pair[0].turn or 0, pair[0].pk)
        )
    ]


def ended_with_material(workshop: Workshop) -> list[Order]:
    """Return the orders that ended, and for which material is still set aside or on its way."""
    ended = Order.objects.filter(
        workshop=workshop, status__in=[OrderStatus.CANCELLED, OrderStatus.CLOSED]
    )
    held = ended.filter(lines__needs__ready__gt=0) | ended.filter(lines__needs__ordered__gt=0)
    return list(held.distinct().select_related("buyer").order_by("pk"))


def kept_for(orders: list[Order]) -> dict[Shelf, int]:
    """Return what lies in the store for these orders of one workshop, by material and size."""
    if not orders:
        return {}
    store = Location.of(orders[0].workshop_id, Location.Kind.STORE)
    needs = list(OrderNeed.objects.filter(line__order__in=orders, ready__gt=0))
    lies = Reservation.kept(needs, store)
    found: dict[Shelf, int] = defaultdict(int)
    for need in needs:
        found[need.material_id, need.size] += lies.get(need.pk, 0)
    return found


# Steps


@step("procurement.reserve", source=OrderStatus.CONFIRMED)
def reserve(order: Order, *, by: Person) -> None:
    """Set aside for the order what is free in the store."""
    order.demand_open(Gate.PROCUREMENT)
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    needs = OrderNeed.objects.filter(line__order=order).select_related("material", "line")
    needs = needs.prefetch_related("line__sizes").order_by("material_id", "size", "pk")
    open_needs = [need for need in needs if need.uncovered and not _is_made(need)]
    items = Item.of_materials((need.material, need.size) for need in open_needs)
    for need in open_needs:
        item = items[need.material_id, need.size]
        quantity = min(need.uncovered, Balance.locked(item, store).free)
        if quantity:
            Reservation.make(item, store, quantity, need)
            need.shift(ready=quantity)


@step("procurement.release")
def release(order: Order, *, by: Person) -> None:
    """Give back to the store what is set aside for the order and not used, as far as it lies there.

    What is on its way for an order that has ended is let go, too.
    """
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    needs = OrderNeed.objects.filter(line__order=order).select_related("material")
    found = list(needs.order_by("material_id", "size", "pk"))
    lies = Reservation.kept(found, store)
    for need in found:
        if kept := lies.get(need.pk, 0):
            item = Item.of_material(need.material, need.size)
            Reservation.release(item, store, kept, need)
            need.shift(ready=-kept)
        if order.status != OrderStatus.CONFIRMED:
            for peg in Peg.objects.filter(need=need).order_by("pk"):
                peg.shrink(peg.quantity)


@step("procurement.substitute", source=OrderStatus.CONFIRMED)
def substitute(order: Order, *, by: Person, need: int, instead_of: str, taken: str) -> None:
    """Take for a need, given by its key, what the recipe allows instead; both by their codes.

    What is set aside, on its way or used already stays as it is. Raises WrongState where nothing is
    open, the need names another material now, or the recipe does not allow what is taken.
    """
    needs = OrderNeed.objects.filter(line__order=order).select_for_update(of=("self",))
    named = needs.select_related("material", "line", "recipe_line__material")
    found = named.prefetch_related("recipe_line__alternatives__material").get(pk=need)
    others = {one.material.code: one for one in found.others}
    if found.material.code != instead_of or taken not in others:
        raise WrongState(_("This order needs another material now. Look at the list again."))
    found.substitute(others[taken])


def plan(workshop: Workshop, *, by: Person) -> list[PurchaseOrder]:
    """Take back from orders that ended, set aside what the store has, let orders have what is on its
    way for none, and draft what is to be bought.

    Each of it is a step of its own; what is done already is not done again.
    """
    for order in ended_with_material(workshop):
        release(order, by=by)
    for order in orders_for_store(wanted(workshop)):
        reserve(order, by=by)
    claim(workshop, by=by)
    return [
        PurchaseOrder.propose(by=by, supplier=proposal.supplier, lines=proposal.lines)
        for proposal in proposals(workshop)
    ]


def claim(workshop: Workshop, *, by: Person) -> None:
    """Let paid orders have what is on its way for none, in their turn, as far as it comes in time."""
    claims = [claim for row in wanted(workshop) for claim in row.claims]
    lines = PurchaseLine.objects.select_related("purchase").in_bulk(
        {claim.coming.line for claim in claims}
    )
    needs = OrderNeed.objects.in_bulk({claim.asked.need for claim in claims})
    for one in claims:
        line = lines[one.coming.line]
        try:
            line.purchase.hand(by=by, line=line, need=needs[one.asked.need], quantity=one.quantity)
        except WrongState:
            continue  # somebody was quicker


# Inside


def _running(workshop: Workshop) -> models.QuerySet[OrderNeed]:
    return OrderNeed.objects.filter(
        line__order__workshop=workshop, line__order__status=OrderStatus.CONFIRMED
    )


def _in_turn(one: tuple[Waiting, int, int, int, str, int, int]) -> tuple[int, int]:
    return one[0].turn, one[1]


def _choices(lines: set[int]) -> dict[int, list[Choice]]:
    """Return what the lines of recipes can be made of, where there is a choice."""
    rows = RecipeLine.objects.with_choices().in_bulk(lines)
    return {key: row.choices for key, row in rows.items() if row.alternatives.all()}


def _instead(
    choices: Sequence[Choice], taken: int, quantity: int, size: str, free: dict[Shelf, int]
) -> tuple[Instead, ...]:
    """Return what may be taken instead of so much of the material that is taken now, by its key."""
    now = next((one for one in choices if one.material.pk == taken), None)
    return tuple(
        Instead(one.material, one.instead_of(now, quantity), free.get((one.material.pk, size), 0))
        for one in choices
        if now is not None and one != now
    )


def _is_made(need: OrderNeed) -> bool:
    """Tell whether every pair of the line is there already, made or taken from the shelf."""
    return all(size.made >= size.pairs for size in need.line.sizes.all())


def _with_reorder_point(workshop: Workshop) -> dict[Shelf, Wanted]:
    items = Item.objects.filter(workshop=workshop, reorder_point__gt=0).select_related("material")
    return {
        (item.material.pk, item.size): Wanted(
            item.material,
            item.size,
            reorder_point=item.reorder_point,
            order_up_to=item.order_up_to,
        )
        for item in items
        if item.material is not None
    }


def _coming(workshop: Workshop) -> dict[Shelf, list[Coming]]:
    """Return what was bought and has not come, as far as no order waits for it, in the order in which
    it comes; drafts count."""
    lines = PurchaseLine.objects.filter(
        purchase__in=PurchaseOrder.objects.open(), purchase__workshop=workshop
    )
    rows = list(lines.loose("pk", "material", "size", "purchase", "expected_on", "wished_on"))
    purchases = PurchaseOrder.objects.in_bulk({row[3] for row in rows}) if rows else {}
    leads = longest_leads({row[1] for row in rows if purchases[row[3]].is_draft})
    found: dict[Shelf, list[Coming]] = defaultdict(list)
    for key, material, size, purchase, expected_on, wished_on, rest in rows:
        bought = purchases[purchase]
        lead = leads.get(material, 0) if bought.is_draft else None
        day = comes_on(expected_on or wished_on, lead)
        found[material, size].append(Coming(key, bought, day, rest))
    return {
        shelf: sorted(mine, key=lambda one: (one.day, one.line)) for shelf, mine in found.items()
    }


def _let_claim(rows: dict[Shelf, Wanted], coming: dict[Shelf, list[Coming]]) -> None:
    """Find which orders can have what comes for none: in time for them, or no later than it could be
    bought anew."""
    lacking = {shelf: rests for shelf, row in rows.items() if (rests := row.beyond_the_store)}
    if not lacking:
        return
    soonest = soonest_days({material for material, _size in lacking})
    for shelf, rests in lacking.items():
        left = list(coming[shelf])
        for asked, rest in rests:
            latest = max(asked.needed_on, soonest.get(shelf[0], date.max))
            while rest and left and left[0].day <= latest:
                one = left.pop(0)
                share = min(rest, one.rest)
                rest -= share
                rows[shelf].claims.append(Claim(asked, one, share))
                if share < one.rest:
                    left.insert(0, one._replace(rest=one.rest - share))
            if not left:
                break


def _on_order(workshop: Workshop) -> dict[Shelf, int]:
    rows = _running(workshop).filter(ordered__gt=0).order_by()
    return {
        (material, size): ordered
        for material, size, ordered in rows.values_list("material", "size").annotate(
            sum=Sum("ordered")
        )
    }


def _rank(offer: SupplierPrice, quantity: int) -> tuple[int, int, int]:
    amount = amount_of(offer.price, offer.rounded(quantity), offer.unit_size)
    return amount, offer.lead_days, offer.pk


def _line(row: Wanted, offer: SupplierPrice, today: date) -> ProposedLine:
    """Buy what the store cannot give."""
    pegs = pegs_for(row, row.to_buy)
    days = [asked.needed_on for asked, _quantity in pegs]
    soonest = today + timedelta(days=offer.lead_days)
    return ProposedLine(
        material=row.material,
        size=row.size,
        quantity=offer.rounded(row.to_buy + row.refill),
        price=offer.price,
        wished_on=max(min(days, default=soonest), soonest),
        pegs=[(asked.need, share) for asked, share in pegs],
        unit=offer.unit,
        unit_size=offer.unit_size,
    )
