"""Which price leaves what the owner wants, by what pairs have really cost. No price changes by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from simpul.catalog.models import Group, Product
from simpul.insight.models import ModelDay
from simpul.insight.spans import Span
from simpul.parties.models import Workshop

A_YEAR = 365  # days that are looked at
A_STEP = 1_000  # rupiah: a price is proposed in whole thousands
FEWEST = 10  # pairs, to say what one costs


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model of which enough was delivered; rupiah for a pair. `wished` is a percentage."""

    product: Product
    pairs: int
    sold: int  # for which a pair was really sold, on average
    cost: int  # of its material, wages and freight
    price: int  # of the list, to distributors; where there is none, `sold`
    wished: int

    @property
    def label(self) -> str:
        return f"{self.product.code} {self.product}"

    @property
    def left(self) -> int:
        """What the list price leaves."""
        return self.price - self.cost

    @property
    def permille(self) -> int:
        """What is left of 1000 rupiah of the price; rounded down, so that what is too little never reads
        as what is wished."""
        return 1000 * self.left // self.price if self.price else 0

    @property
    def is_below_cost(self) -> bool:
        return self.price < self.cost

    @property
    def is_too_low(self) -> bool:
        """Whether less is left than the owner wants."""
        return 100 * self.left < self.wished * self.price

    @property
    def needed(self) -> int:
        """The lowest price in whole thousands that leaves what is wished."""
        return -(-self.cost * 100 // ((100 - self.wished) * A_STEP)) * A_STEP

    @property
    def proposed(self) -> int | None:
        return self.needed if self.is_too_low else None


def span_of(today: date) -> Span:
    """Return the days whose deliveries say what a pair costs."""
    return Span(today - timedelta(days=A_YEAR), today)


def proposals(workshop: Workshop, today: date, wished: int) -> list[Proposal]:
    """Return the models of which enough was delivered in the last year, the worst first; in a fixed
    number of questions."""
    span = span_of(today)
    days = ModelDay.objects.filter(workshop=workshop, day__range=(span.first, span.last))
    sums = (
        days.order_by()
        .values_list("product")
        .annotate(n=Sum("delivered"), earned=Sum("earned"), left=Sum("contribution"))
    )
    known = {pk: (pairs, earned, left) for pk, pairs, earned, left in sums if pairs >= FEWEST}
    products = Product.objects.filter(workshop=workshop, pk__in=known).prefetch_related("prices")
    found = [_proposal(one, *known[one.pk], today, wished) for one in products.order_by("pk")]
    return sorted(found, key=lambda one: (one.permille, one.product.code))


def _proposal(
    product: Product, pairs: int, earned: int, left: int, today: date, wished: int
) -> Proposal:
    sold, cost = round(earned / pairs), round((earned - left) / pairs)
    listed = product.price_for(Group.WHOLESALE, max(product.minimum_pairs, 1), today)
    price = listed.of(1) if listed else sold
    return Proposal(product, pairs, sold, cost, price, wished)
