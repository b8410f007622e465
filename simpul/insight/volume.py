"""Price against volume: what a model cost the distributors month by month, and what was ordered.

Whether it is ordered more often since its price has changed is asked beside all other models, so that
seasons and the workshop's own growth do not count: of the orders in both spans as large a share falls
into the second as of the others' orders (an exact binomial test, `rates`). Reads only the sums, and
knows no scipy: it is for pages.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Group, Product
from simpul.insight import rates
from simpul.insight.models import ModelDay
from simpul.insight.rates import Counted
from simpul.insight.spans import months_back
from simpul.parties.models import Workshop

MONTHS = 24  # whole ones that are looked at
AT_MOST = 12  # months on each side of a change
NEVER = Counted(0, 0)
MIDDLE = timedelta(days=14)  # a month's price is that of its fifteenth


class Verdict(models.TextChoices):
    MORE = "more", _("ordered more often")
    LESS = "less", _("ordered more seldom")


@dataclass(frozen=True, slots=True)
class Month:
    """What a pair cost, in rupiah (None: it had no price), and what was ordered in a whole month."""

    first: date
    price: int | None
    pairs: int
    orders: int


@dataclass(slots=True)
class Priced:
    """A model, its months, and what the last change of its price did; without one the rest is empty.

    `since`: the first month with the new price; `orders` and `others`: in how many months' orders,
    since then and as many months before at most, this model stood, and all other models.
    """

    product: Product
    months: list[Month]
    since: date | None = None
    old: int = 0
    new: int = 0
    orders: Counted = NEVER
    others: Counted = NEVER
    verdict: str = ""

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.verdict).label) if self.verdict else ""

    @property
    def points(self) -> list[tuple[int, int]]:
        """Price and pairs of each month in which it had a price."""
        return [(one.price, one.pairs) for one in self.months if one.price is not None]


def priced(workshop: Workshop, today: date) -> list[Priced]:
    """Return all models that were ordered in the last two years: those first of whose price something
    can be said, then those whose price has changed.

    Two questions, and one for the prices. The running month is left out.
    """
    this = today.replace(day=1)
    months = [months_back(this, n) for n in range(MONTHS, 0, -1)]
    known = _known(workshop, months[0], this)
    everybody: dict[date, int] = defaultdict(int)
    for mine in known.values():
        for month, (_pairs, orders) in mine.items():
            everybody[month] += orders
    products = Product.objects.filter(pk__in=known).prefetch_related("prices").order_by("code")
    found = [_of(product, known[product.pk], months, everybody) for product in products]
    _judge(found)
    return sorted(found, key=_most_telling)


def _most_telling(one: Priced) -> tuple[bool, bool, int, str]:
    return not one.verdict, one.since is None, -sum(one.orders), one.product.code


def _known(workshop: Workshop, first: date, end: date) -> dict[int, dict[date, tuple[int, int]]]:
    """Return pairs and orders by model and month."""
    rows = (
        ModelDay.objects.filter(workshop=workshop, day__gte=first, day__lt=end)
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("product", "month")
        .annotate(pairs=Sum("pairs"), orders=Sum("orders"))
    )
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    for product, month, pairs, orders in rows:
        if pairs or orders:
            found[product][month] = (pairs, orders)
    return found


def _of(
    product: Product,
    mine: dict[date, tuple[int, int]],
    months: list[date],
    everybody: dict[date, int],
) -> Priced:
    begins = min(mine)
    rows = [
        Month(month, _price(product, month + MIDDLE), *mine.get(month, (0, 0)))
        for month in months
        if month >= begins
    ]
    found = Priced(product, rows)
    changes = [
        at
        for at in range(1, len(rows))
        if rows[at].price and rows[at - 1].price and rows[at].price != rows[at - 1].price
    ]
    if changes:
        last = changes[-1]
        came = begins > min(everybody)  # after others: its first month was no whole one for it
        first = max(changes[-2] if len(changes) > 1 else 0, last - AT_MOST, int(came))
        before, after = rows[first:last], rows[last : last + AT_MOST]
        found.since, found.old, found.new = (
            after[0].first,
            rows[last - 1].price or 0,
            after[0].price or 0,
        )
        found.orders = Counted(_orders(after), _orders(before))
        found.others = Counted(
            sum(everybody[one.first] for one in after) - found.orders.now,
            sum(everybody[one.first] for one in before) - found.orders.before,
        )
    return found


def _price(product: Product, day: date) -> int | None:
    """Return what a pair cost a distributor who took the least that is sold, in whole rupiah."""
    price = product.price_for(Group.WHOLESALE, product.minimum_pairs, day)
    return None if price is None else price.of(1)


def _orders(months: list[Month]) -> int:
    return sum(one.orders for one in months)


def _judge(rows: list[Priced]) -> None:
    """Give a word to those changes that chance would hardly explain, of all that are looked at."""
    chances = {
        at: rates.chance_beside(row.orders, row.others)
        for at, row in enumerate(rows)
        if row.since and all(row.others)
    }
    for at in rates.found(chances):
        row = rows[at]
        is_more = row.orders.now * row.others.before > row.orders.before * row.others.now
        row.verdict = Verdict.MORE if is_more else Verdict.LESS
