"""The facts of orders, reckoned from what stands elsewhere: so many orders with so many questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import F, Max, Sum

from simpul.crm.models import DealerOrder
from simpul.delivery.models import PackageLine
from simpul.insight.books.margins import Cost
from simpul.insight.chosen import Chosen
from simpul.insight.keeping.costs import costs_of
from simpul.insight.models import OrderFact, PairsFact
from simpul.lib import clock, regions, rows
from simpul.lib.money import split_exactly
from simpul.orders.models import LineSize, Order
from simpul.orders.models.revision import RevisionLine
from simpul.parties.models import Party, Workshop
from simpul.payments.models import CreditNote

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


class _Fact(NamedTuple):
    """A row of `OrderFact`."""

    order_id: int
    workshop_id: int
    buyer_id: int
    sold_as: str
    channel: str
    area: str
    agreed_on: date
    promised_on: date
    delivered_on: date | None
    pairs: int
    sold: int
    material: int | None
    wages: int | None
    freight: int | None
    contribution: int | None


class _Part(NamedTuple):
    """A row of `PairsFact`."""

    order_id: int
    variant_id: int
    pairs: int
    sold: int
    contribution: int | None


@dataclass(slots=True)
class _Read:
    """What several orders have, each kind by the key of its order."""

    totals: dict[int, int] = field(default_factory=dict)
    lines: dict[int, list[_Line]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    missing: set[int] = field(default_factory=set)  # orders that are not wholly delivered
    arrived: dict[int, date] = field(default_factory=dict)
    credited: dict[int, int] = field(default_factory=dict)
    for_dealers: set[int] = field(default_factory=set)


def write_facts(workshop: Workshop, chosen: Chosen) -> Touched:
    """Put the facts of some orders in the place of what was known of them; call it in a transaction."""
    touched = Touched()
    before = OrderFact.objects.filter(chosen("pk"))
    for buyer, agreed_on, delivered_on in before.values_list(
        "buyer_id", "agreed_on", "delivered_on"
    ):
        touched.add(buyer, agreed_on, delivered_on)
    facts, parts = _told(workshop, chosen, _read(chosen), costs_of(chosen))
    for fact in facts:
        touched.add(fact.buyer_id, fact.agreed_on, fact.delivered_on)
    rows.replace(before, _Fact._fields, facts)  # the parts of what is another one now go with it
    rows.replace(PairsFact.objects.filter(chosen("order")), _Part._fields, parts)
    return touched


def _told(
    workshop: Workshop, chosen: Chosen, read: _Read, costs: Mapping[int, Cost]
) -> tuple[list[_Fact], list[_Part]]:
    agreed = Order.objects.filter(chosen("pk"), confirmed_at__isnull=False).bought()
    facts: list[_Fact] = []
    parts: list[_Part] = []
    for pk, buyer, buys_as, area, channel, agreed_at, promised_on in agreed.order_by(
        "pk"
    ).values_list(
        "pk", "buyer", "buyer__buys_as", "buyer__area", "channel", "confirmed_at", "promised_on"
    ):
        if agreed_at is None or promised_on is None:
            continue  # the row says so already: for the types
        is_delivered = pk in read.arrived and pk not in read.missing
        cost = costs.get(pk) if is_delivered else None
        sold = read.totals.get(pk, 0) - read.credited.get(pk, 0)
        lines = [line for line in read.lines.get(pk, ()) if line.pairs]
        facts.append(
            _Fact(
                order_id=pk,
                workshop_id=workshop.pk,
                buyer_id=buyer,
                sold_as=_sold_as(buys_as, pk in read.for_dealers),
                channel=channel,
                area=regions.last_of(area)[:AREA_AT_MOST],
                agreed_on=clock.day_of(agreed_at),
                promised_on=promised_on,
                delivered_on=read.arrived[pk] if is_delivered else None,
                pairs=sum(line.pairs for line in lines),
                sold=sold,
                material=cost.material if cost else None,
                wages=cost.wages if cost else None,
                freight=cost.freight if cost else None,
                contribution=sold - cost.total if cost else None,
            )
        )
        parts += _parts(pk, sold, lines, read, cost)
    return facts, parts


def _sold_as(buys_as: str, is_for_dealer: bool) -> str:
    if is_for_dealer:
        return OrderFact.SoldAs.DEALER.value
    if buys_as == Party.BuysAs.DISTRIBUTOR:
        return OrderFact.SoldAs.DISTRIBUTOR.value
    return OrderFact.SoldAs.CONSUMER.value


def _parts(
    order: int, amount: int, lines: Sequence[_Line], read: _Read, cost: Cost | None
) -> Iterator[_Part]:
    """Share an order among the sizes of its lines: the price by what the lines cost the buyer, material
    and wages as each line has taken them, freight by pairs."""
    if not lines:
        return
    by_pairs = [line.pairs for line in lines]
    amounts = [line.amount for line in lines]
    sold = _split(amount, amounts if any(amounts) else by_pairs)
    spent: list[int] | None = None
    if cost is not None:
        own = [cost.lines.get(line.key, 0) for line in lines]
        rest = _split(cost.total - sum(own), by_pairs)
        spent = [one + more for one, more in zip(own, rest, strict=True)]
    for at, line in enumerate(lines):
        sizes = read.sizes[line.key]
        weights = [pairs for _variant, pairs in sizes]
        parts = _split(sold[at], weights)
        costs = _split(spent[at], weights) if spent is not None else None
        for place, (variant, pairs) in enumerate(sizes):
            left = parts[place] - costs[place] if costs is not None else None
            yield _Part(order, variant, pairs, parts[place], left)


def _split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split as `split_exactly` does; what is below zero likewise."""
    if len(weights) == 1:
        return [amount]
    if amount < 0:
        return [-part for part in split_exactly(-amount, weights)]
    return split_exactly(amount, weights)


def _read(chosen: Chosen) -> _Read:
    read = _Read()
    agreed = RevisionLine.objects.filter(
        chosen("revision__order"), revision__number=F("revision__order__agreed_revision")
    )
    for order, total, line, pairs, amount in agreed.order_by("pk").values_list(
        "revision__order", "revision__total", "line", "pairs", "amount"
    ):
        read.totals[order] = total
        read.lines[order].append(_Line(line, pairs, amount))
    sizes = LineSize.objects.filter(chosen("line__order"), pairs__gt=0).order_by("pk")
    for order, line, variant, pairs, delivered in sizes.values_list(
        "line__order", "line", "variant", "pairs", "delivered"
    ):
        read.sizes[line].append((variant, pairs))
        if delivered < pairs:
            read.missing.add(order)
    came = PackageLine.objects.filter(
        chosen("package__order"), package__shipment__arrived_on__isnull=False
    ).order_by()
    read.arrived = dict(
        came.values_list("package__order").annotate(on=Max("package__shipment__arrived_on"))
    )
    notes = CreditNote.objects.standing().filter(chosen("order")).order_by()
    read.credited = {
        order: amount
        for order, amount in notes.values_list("order").annotate(n=Sum("amount"))
        if order is not None
    }
    read.for_dealers = set(
        DealerOrder.objects.filter(chosen("order")).values_list("order", flat=True)
    )
    return read
