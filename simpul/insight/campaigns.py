"""What a campaign has brought: those who were written to beside those who were held out by lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from simpul.crm.models import Campaign, Outcome
from simpul.insight.books.margins import margins
from simpul.insight.books.postings import Books
from simpul.insight.books.reports import Period
from simpul.lib import clock
from simpul.lib.intervals import Interval, difference_of_means, difference_of_shares
from simpul.orders.models import Order

FEWEST = 20  # people in the smaller group
FEWEST_BUYERS = 5  # who ordered, of both groups together


@dataclass(frozen=True, slots=True)
class Group:
    """One of the two groups as it was drawn, and what its parties agreed on within the days."""

    people: int
    buyers: int  # who ordered at least once
    orders: int
    sales: int  # rupiah of these orders
    earned: int | None  # rupiah left of those that are delivered; None: not asked for

    def each(self, amount: int | None) -> int:
        """Return how much of it falls to each of the group."""
        return round((amount or 0) / self.people) if self.people else 0

    @property
    def percent(self) -> int:
        return round(100 * self.buyers / self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Result:
    """Both groups and their differences (written to - held out), or why nothing can be told.

    `share` of those who ordered: between 0 and 1, by Newcombe's interval. `earned`: rupiah a
    person, by Welch's. Both None where the groups are too small: the smaller has fewer than
    FEWEST people, or fewer than FEWEST_BUYERS ordered at all. `under_way`: orders of both groups
    that are not delivered yet; what is left of them is not known, and as long as there are any
    nothing is told of what was earned.
    """

    written: Group
    held: Group
    share: Interval | None
    earned: Interval | None
    under_way: int

    @property
    def can_be_told(self) -> bool:
        return self.share is not None


def result_of(campaign: Campaign, books: Books | None) -> Result:
    """Compare the groups as they were drawn: whoever was to be written to stays there, also if it
    did not arrive. Orders count that were agreed from the campaign's beginning, for its days.

    Without books nothing is said of what was left of the orders.
    """
    eligible = campaign.recipients.filter(identity__isnull=False)
    parties: dict[bool, list[int]] = {True: [], False: []}
    for party, outcome in eligible.values_list("party", "outcome"):
        parties[outcome == Outcome.HELD_OUT].append(party)
    orders = _orders(campaign, [*parties[True], *parties[False]])
    left = _left(campaign, books, orders) if books else None
    written, held = (_group(parties[is_held], orders, left) for is_held in (False, True))
    under_way = sum(order not in left for order in _keys(orders)) if left is not None else 0
    if min(written.people, held.people) < FEWEST or written.buyers + held.buyers < FEWEST_BUYERS:
        return Result(written, held, None, None, under_way)
    share = difference_of_shares(written.buyers, written.people, held.buyers, held.people)
    earned = None
    if left is not None and not under_way:
        earned = difference_of_means(
            *(
                [_sum(orders.get(party, []), left) for party in parties[is_held]]
                for is_held in (False, True)
            )
        )
    return Result(written, held, share, earned, under_way)


type _Orders = Mapping[int, list[tuple[int, int]]]  # of each party: key and total


def _orders(campaign: Campaign, parties: list[int]) -> _Orders:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    within = Q(confirmed_at__gte=campaign.began_at, confirmed_at__lt=campaign.result_until)
    agreed = Order.objects.filter(within, workshop=campaign.workshop_id).bought()
    wanted = set(parties)
    for key, party, total in agreed.order_by("pk").values_list("pk", "buyer", "total"):
        if party in wanted:
            found[party].append((key, total))
    return found


def _left(campaign: Campaign, books: Books, orders: _Orders) -> dict[int, int]:
    """Return what is left of each of the orders that is delivered, in rupiah."""
    assert campaign.began_at is not None  # noqa: S101 - it has recipients
    since = Period(clock.day_of(campaign.began_at), books.until)
    mine = set(_keys(orders))
    return {one.order.pk: one.left for one in margins(books, since) if one.order.pk in mine}


def _group(parties: list[int], orders: _Orders, left: Mapping[int, int] | None) -> Group:
    mine = {party: orders[party] for party in parties if party in orders}
    return Group(
        people=len(parties),
        buyers=len(mine),
        orders=sum(map(len, mine.values())),
        sales=sum(total for found in mine.values() for _key, total in found),
        earned=None if left is None else sum(_sum(found, left) for found in mine.values()),
    )


def _sum(found: list[tuple[int, int]], left: Mapping[int, int]) -> int:
    return sum(left.get(key, 0) for key, _total in found)


def _keys(orders: _Orders) -> list[int]:
    return [key for found in orders.values() for key, _total in found]
