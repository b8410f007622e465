"""Whom to visit next: who was not visited for how long, who usually would have ordered by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min

from simpul.catalog.models import Colourway, Price, Product
from simpul.conversations.models import Channel, Message
from simpul.crm.models import MarketingRules, Visit
from simpul.delivery import run
from simpul.delivery.run import Sketch
from simpul.lib import clock, places
from simpul.lib.places import Spot
from simpul.lib.regions import town_of
from simpul.orders.models import Order
from simpul.parties.models import Address, Party, PartyQuerySet, Person, Workshop
from simpul.stock.models import Balance, Location

A_YEAR = 365  # days that are looked at to tell how often somebody orders
FEWEST_ORDERS = 3  # of which it can be told


@dataclass(frozen=True, slots=True)
class Candidate:
    """A buyer who may be visited, and what speaks for it."""

    party: Party
    spot: Spot | None
    visited_on: date | None
    ordered_on: date | None
    every: int | None  # days between their orders, where it can be told
    visit_over: int  # days since a visit was due; below zero: until it is
    order_over: int | None  # days since an order was due
    planned: Visit | None  # the next one that stands on a list
    metres: int | None = None  # from where it is asked

    @property
    def town(self) -> str:
        """The regency or city of its area; empty where nobody has written one."""
        return town_of(self.party.area)

    @property
    def wants_visit(self) -> bool:
        return self.visit_over >= 0

    @property
    def wants_order(self) -> bool:
        return self.order_over is not None and self.order_over >= 0


@dataclass(frozen=True, slots=True)
class Offered:
    """A model as it is offered at a visit: its price to that buyer, and what lies free."""

    product: Product
    price: Price | None  # None: please quote
    steps: list[tuple[int, Price]]  # from so many pairs on
    free: list[tuple[Colourway, list[tuple[str, int]]]]  # of a colour each size and its pairs

    @property
    def pairs(self) -> int:
        return sum(pairs for _look, sizes in self.free for _size, pairs in sizes)


def candidates(
    workshop: Workshop, parties: PartyQuerySet, *, near: Party | None = None
) -> list[Candidate]:
    """Return the buyers among the parties, whoever waits longest first; or, with `near`, who is
    nearest to that party, those without a place on the map last. Five questions, however many."""
    today = clock.today()
    rules = MarketingRules.of(workshop)
    visited = _visited(workshop)
    ordered = _ordered(workshop, today)
    spots = _spots(workshop)
    planned = _planned(workshop, today)
    origin = spots.get(near.pk) if near else None
    found = []
    for party in parties.buyers():
        visited_on = visited.get(party.pk)
        since = visited_on or clock.day_of(party.since)
        last, every = ordered.get(party.pk, (None, None))
        spot = spots.get(party.pk)
        found.append(
            Candidate(
                party=party,
                spot=spot,
                visited_on=visited_on,
                ordered_on=last,
                every=every,
                visit_over=(today - since).days - rules.visit_days,
                order_over=(today - last).days - every if last and every else None,
                planned=planned.get(party.pk),
                metres=places.metres(origin, spot) if origin and spot else None,
            )
        )
    if origin:
        return sorted(found, key=lambda one: (one.metres is None, one.metres or 0, one.party.pk))
    return sorted(found, key=lambda one: (-_urgency(one), one.party.name, one.party.pk))


def in_order(workshop: Workshop, visits: Sequence[Visit]) -> list[Visit]:
    """Return the visits in a sensible order for the way; those without a place on the map last.

    Reads `party__addresses` as prefetched.
    """
    known = [(one, spot) for one in visits if (spot := spot_of(one.party))]
    if workshop.spot is None or not known:
        return list(visits)
    order = run.propose(workshop.spot, [spot for _one, spot in known])
    return [known[place][0] for place in order] + [one for one in visits if not spot_of(one.party)]


def drawn(workshop: Workshop, visits: Sequence[Visit]) -> Sketch | None:
    """Draw the way through visits in their order, with their numbers in it; None without places."""
    spots = [(number, spot) for number, one in enumerate(visits, 1) if (spot := spot_of(one.party))]
    return run.sketch(workshop.spot, spots) if workshop.spot and spots else None


def spot_of(party: Party) -> Spot | None:
    """Return the first place on the map that is known of a party; reads `addresses` as prefetched."""
    return next((one.spot for one in party.addresses.all() if one.spot), None)


def offered_to(buyer: Party) -> list[Offered]:
    """Return every published model with the buyer's price and the pairs that lie free, by colour and
    size."""
    today = clock.today()
    products = Product.objects.filter(workshop=buyer.workshop_id, is_published=True).for_page()
    free = _free(buyer.workshop_id)
    return [
        Offered(
            product=product,
            price=product.price_to(buyer, 1, today),
            steps=_steps(product, buyer, today),
            free=[
                (look, sorted(free[look.pk].items(), key=lambda item: int(item[0])))
                for look in sorted(product.colourways.all(), key=lambda one: (one.position, one.pk))
                if look.pk in free
            ],
        )
        for product in products.order_by("position", "pk")
    ]


def taken_at(visit: Visit, person: Person) -> list[Order]:
    """Return the orders that were taken at a visit: from that buyer, on that day."""
    begin = clock.begin_of(visit.day.on)
    orders = Order.objects.visible_to(person).filter(
        buyer=visit.party_id, channel=Order.Channel.VISIT
    )
    return list(
        orders.filter(placed_at__gte=begin, placed_at__lt=begin + timedelta(days=1)).order_by("pk")
    )


def _urgency(one: Candidate) -> int:
    return max(one.visit_over, one.visit_over if one.order_over is None else one.order_over)


def _visited(workshop: Workshop) -> dict[int, date]:
    """Return of each party when somebody of ours was there last, however it was noted."""
    visits = Message.objects.filter(
        workshop=workshop, channel=Channel.VISIT, direction=Message.Direction.OUT
    )
    rows = visits.order_by().values_list("conversation__party").annotate(last=Max("at"))
    return {party: clock.day_of(last) for party, last in rows}


def _ordered(workshop: Workshop, today: date) -> dict[int, tuple[date, int | None]]:
    """Return of each buyer the day of the last order of a year, and how many days lie between."""
    since = clock.begin_of(today - timedelta(days=A_YEAR))
    agreed = Order.objects.filter(workshop=workshop, confirmed_at__gte=since).bought().order_by()
    rows = agreed.values_list("buyer").annotate(
        n=Count("pk"), first=Min("confirmed_at"), last=Max("confirmed_at")
    )
    found: dict[int, tuple[date, int | None]] = {}
    for buyer, count, first, last in rows:
        begin, end = clock.day_of(first), clock.day_of(last)
        between = (end - begin).days // (count - 1) if count >= FEWEST_ORDERS else 0
        found[buyer] = (end, between or None)
    return found


def _spots(workshop: Workshop) -> dict[int, Spot]:
    known = Address.objects.filter(party__workshop=workshop, latitude__isnull=False)
    return {one.party_id: spot for one in known.order_by("-pk") if (spot := one.spot)}


def _planned(workshop: Workshop, today: date) -> dict[int, Visit]:
    visits = Visit.objects.filter(workshop=workshop, day__on__gte=today).planned()
    rows = visits.select_related("day__rep").order_by("-day__on", "-pk")
    return {one.party_id: one for one in rows}


def _free(workshop: int) -> dict[int, dict[str, int]]:
    """Return of each colour of a model what lies free on the finished shelves: pairs by size."""
    lying = Balance.objects.filter(
        location__workshop_id=workshop, location__kind=Location.Kind.FINISHED, item__material=None
    )
    found: dict[int, dict[str, int]] = {}
    rows: Iterable[tuple[int, str, int]] = lying.rests(
        "item__variant__colourway", "item__variant__size"
    )
    for look, size, pairs in rows:
        sizes = found.setdefault(look, {})
        sizes[size] = sizes.get(size, 0) + pairs
    return found


def _steps(product: Product, buyer: Party, day: date) -> list[tuple[int, Price]]:
    later = sorted({rule.from_pairs for rule in product.prices.all() if rule.from_pairs > 1})
    prices = [(pairs, product.price_to(buyer, pairs, day)) for pairs in later]
    steps: list[tuple[int, Price]] = []
    now = product.price_to(buyer, 1, day)
    for pairs, price in prices:
        if price is not None and price != now:
            steps.append((pairs, price))
            now = price
    return steps
