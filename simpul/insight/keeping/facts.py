"""The facts of orders, reckoned from what stands elsewhere: so many orders with so many questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, Max, Sum

from simpul.crm.models import DealerOrder
from simpul.delivery.models import PackageLine
from simpul.insight.books.margins import Cost
from simpul.insight.models import OrderFact, PairsFact
from simpul.lib import clock
from simpul.lib.money import split_exactly
from simpul.orders.models import LineSize, Order
from simpul.orders.models.revision import RevisionLine
from simpul.parties.models import Party, Workshop
from simpul.payments.models import CreditNote

A_BATCH = 1_000  # rows in one statement
AREA_AT_MOST = 80


@dataclass(slots=True)
class Touched:
    """What sums have to be taken again: days of agreement and of delivery, and buyers."""

    days: set[date] = field(default_factory=set)
    buyers: set[int] = field(default_factory=set)

    def add(self, buyer: int, agreed_on: date, delivered_on: date | None) -> None:
        self.buyers.add(buyer)
        self.days.add(agreed_on)
        if delivered_on is not None:
            self.days.add(delivered_on)


class _Line(NamedTuple):
    key: int
    pairs: int
    amount: int


@dataclass(slots=True)
class _Read:
    """What several orders have, each kind by the key of its order."""

    totals: dict[int, int] = field(default_factory=dict)
    lines: dict[int, list[_Line]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    missing: set[int] = field(default_factory=set)  # orders that are not wholly delivered
    delivered: dict[int, datetime] = field(default_factory=dict)
    credited: dict[int, int] = field(default_factory=dict)
    for_dealers: set[int] = field(default_factory=set)


def write_facts(
    workshop: Workshop, keys: Sequence[int], costs: Mapping[int, Cost] | None
) -> Touched:
    """Put the facts of these orders in the place of what was known of them; call it in a transaction.

    `costs` is what all delivered orders have cost, by the books; None where the books cannot tell:
    then what was known of a cost stays.
    """
    touched = Touched()
    before = OrderFact.objects.filter(pk__in=keys)
    old = {one.pk: one for one in before}
    for one in old.values():
        touched.add(one.buyer_id, one.agreed_on, one.delivered_on)
    if costs is None:
        costs = _known_costs(old)
    facts, parts = _told(workshop, keys, costs)
    for fact in facts:
        touched.add(fact.buyer_id, fact.agreed_on, fact.delivered_on)
    PairsFact.objects.filter(order__in=list(old)).delete()
    before.delete()
    OrderFact.objects.bulk_create(facts, batch_size=A_BATCH)
    PairsFact.objects.bulk_create(parts, batch_size=A_BATCH)
    return touched


def area_of(area: str) -> str:
    """Return the town or regency at the end of what was written: `Sirimau, Kota Ambon` is Kota Ambon."""
    return " ".join(area.rpartition(",")[2].split())[:AREA_AT_MOST]


def _known_costs(old: Mapping[int, OrderFact]) -> dict[int, Cost]:
    """Return what was known before of the costs of orders, freight shared among their lines."""
    known = [pk for pk, one in old.items() if one.material is not None]
    lines = {
        (order, variant): line
        for order, variant, line in LineSize.objects.filter(line__order__in=known).values_list(
            "line__order", "variant", "line"
        )
    }
    spent: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for order, variant, sold, left in PairsFact.objects.filter(
        order__in=known, contribution__isnull=False
    ).values_list("order", "variant", "sold", "contribution"):
        spent[order][lines[order, variant]] += sold - (left or 0)
    return {
        pk: Cost(spent[pk], old[pk].material or 0, old[pk].wages or 0, old[pk].freight or 0)
        for pk in known
    }


def _told(
    workshop: Workshop, keys: Sequence[int], costs: Mapping[int, Cost]
) -> tuple[list[OrderFact], list[PairsFact]]:
    read = _read(keys)
    rows = Order.objects.filter(pk__in=keys, confirmed_at__isnull=False).bought()
    facts: list[OrderFact] = []
    parts: list[PairsFact] = []
    for pk, buyer, buys_as, area, channel, agreed_at, promised_on in rows.order_by(
        "pk"
    ).values_list(
        "pk", "buyer", "buyer__buys_as", "buyer__area", "channel", "confirmed_at", "promised_on"
    ):
        if agreed_at is None or promised_on is None:
            continue  # the row says so already: for the types
        is_delivered = pk in read.delivered and pk not in read.missing
        cost = costs.get(pk) if is_delivered else None
        sold = read.totals.get(pk, 0) - read.credited.get(pk, 0)
        fact = OrderFact(
            order_id=pk,
            workshop=workshop,
            buyer_id=buyer,
            sold_as=_sold_as(buys_as, pk in read.for_dealers),
            channel=channel,
            area=area_of(area),
            agreed_on=clock.day_of(agreed_at),
            promised_on=promised_on,
            delivered_on=clock.day_of(read.delivered[pk]) if is_delivered else None,
            pairs=sum(line.pairs for line in read.lines[pk]),
            sold=sold,
        )
        if cost is not None:
            fact.material, fact.wages, fact.freight = cost.material, cost.wages, cost.freight
            fact.contribution = sold - cost.material - cost.wages - cost.freight
        facts.append(fact)
        parts += _parts(fact, read, cost)
    return facts, parts


def _sold_as(buys_as: str, is_for_dealer: bool) -> OrderFact.SoldAs:
    if is_for_dealer:
        return OrderFact.SoldAs.DEALER
    if buys_as == Party.BuysAs.DISTRIBUTOR:
        return OrderFact.SoldAs.DISTRIBUTOR
    return OrderFact.SoldAs.CONSUMER


def _parts(fact: OrderFact, read: _Read, cost: Cost | None) -> list[PairsFact]:
    """Share an order among the sizes of its lines: the price by what the lines cost the buyer, material
    and wages as each line has taken them, freight by pairs."""
    lines = [line for line in read.lines[fact.pk] if line.pairs]
    if not lines:
        return []
    by_pairs = [line.pairs for line in lines]
    amounts = [line.amount for line in lines]
    sold = _split(fact.sold, amounts if any(amounts) else by_pairs)
    spent: list[int] | None = None
    if cost is not None:
        own = [cost.lines.get(line.key, 0) for line in lines]
        rest = _split(cost.material + cost.wages + cost.freight - sum(own), by_pairs)
        spent = [one + more for one, more in zip(own, rest, strict=True)]
    found = []
    for at, line in enumerate(lines):
        sizes = read.sizes[line.key]
        weights = [pairs for _variant, pairs in sizes]
        parts = _split(sold[at], weights)
        costs = _split(spent[at], weights) if spent is not None else None
        for place, (variant, pairs) in enumerate(sizes):
            left = parts[place] - costs[place] if costs is not None else None
            found.append(
                PairsFact(
                    order_id=fact.pk,
                    variant_id=variant,
                    pairs=pairs,
                    sold=parts[place],
                    contribution=left,
                )
            )
    return found


def _split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split as `split_exactly` does; what is below zero likewise."""
    if amount < 0:
        return [-part for part in split_exactly(-amount, weights)]
    return split_exactly(amount, weights)


def _read(keys: Sequence[int]) -> _Read:
    read = _Read()
    agreed = RevisionLine.objects.filter(
        revision__order__in=keys, revision__number=F("revision__order__agreed_revision")
    )
    for order, total, line, pairs, amount in agreed.order_by("pk").values_list(
        "revision__order", "revision__total", "line", "pairs", "amount"
    ):
        read.totals[order] = total
        read.lines[order].append(_Line(line, pairs, amount))
    sizes = LineSize.objects.filter(line__order__in=keys, pairs__gt=0).order_by("pk")
    for order, line, variant, pairs, delivered in sizes.values_list(
        "line__order", "line", "variant", "pairs", "delivered"
    ):
        read.sizes[line].append((variant, pairs))
        if delivered < pairs:
            read.missing.add(order)
    came = PackageLine.objects.filter(
        package__order__in=keys, package__shipment__delivered_at__isnull=False
    ).order_by()
    read.delivered = dict(
        came.values_list("package__order").annotate(on=Max("package__shipment__delivered_at"))
    )
    notes = CreditNote.objects.standing().filter(order__in=keys).order_by()
    read.credited = {
        order: amount
        for order, amount in notes.values_list("order").annotate(n=Sum("amount"))
        if order is not None
    }
    read.for_dealers = set(
        DealerOrder.objects.filter(order__in=keys).values_list("order", flat=True)
    )
    return read
