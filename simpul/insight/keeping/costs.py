"""What lines of orders have cost, told by the books week by week, and kept so that they go on from there.

What material, work and finished pairs are worth depends on all that happened to them before, and on
nothing else: so how they stood at the end of a week is all that the next one needs. Of each week only
what something happened to is kept. A fact is of the moment at which it is noted, so whoever goes on from
the week of the journal's first new line misses none; three kinds of new lines change what was told
earlier, and one goes back to what they change: see `first_to_tell`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import batched
from operator import attrgetter
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Min, OuterRef, Subquery

from simpul.delivery.models import Shipment
from simpul.insight.books import facts
from simpul.insight.books.margins import Cost, freight_of
from simpul.insight.books.postings import Shelved, State, Work, goods_told_on
from simpul.insight.chosen import Chosen, these
from simpul.insight.models import FactsKept, ItemWorth, LineWork, OrderFact, ShelfWorth
from simpul.lib import clock, rows
from simpul.orders.models import OrderLine
from simpul.parties.models import Workshop
from simpul.procurement.models import GoodsReceipt, SupplierPrice
from simpul.workflow.models import Entry

WEEK = timedelta(weeks=1)
WEEKS_AT_ONCE = 4  # most lines are over by then, and with a million orders it takes seconds
AT_ONCE = 4_000
# of these a delivery that has come already may be worth something else
PRICED_ANEW = ("procurement.confirm", "procurement.agree", "procurement.insist")
OF_WORK = tuple(one.name for one in fields(Work))
values_of = attrgetter(*OF_WORK)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


# From when on


def first_to_tell(workshop: Workshop, upto: int, since: datetime, orders: Collection[int]) -> date:
    """Return the Monday of the first week of which something else has to be told, by the lines of the
    journal after `upto`, of which the first step was begun after `since`, and the orders they touch."""
    lines = Entry.objects.filter(workshop=workshop, pk__gt=upto)
    purchases = lines.filter(step__in=PRICED_ANEW).values("subject_id")
    came = GoodsReceipt.objects.filter(purchase__in=purchases, purchase__workshop=workshop)
    days = [clock.day_of(since)]
    if earliest := came.aggregate(n=Min("at"))["n"]:
        days.append(clock.day_of(earliest))
    days += filter(None, [_first_without_price(workshop, upto), _first_otherwise(orders)])
    return monday_of(min(days))


def _first_without_price(workshop: Workshop, upto: int) -> date | None:
    """Return when something was told first of materials that have got their first price since: what came
    without a price counts as if it had had the first that is known."""
    lines = Entry.objects.filter(
        workshop=workshop,
        subject_type=ContentType.objects.get_for_model(SupplierPrice),
        step="procurement.price",
    ).order_by("pk")
    priced = list(lines.values_list("pk", "facts__material"))
    before = {material for pk, material in priced if pk <= upto}
    new = {material for _pk, material in priced} - before
    told = ItemWorth.objects.filter(workshop=workshop, item__material__in=new)
    first: date | None = told.aggregate(n=Min("monday"))["n"]
    return first


def _first_otherwise(orders: Collection[int]) -> date | None:
    """Return when something was told first of lines of which something else was agreed on since."""
    first: list[date] = []
    for some in batched(sorted(orders), AT_ONCE):
        rows = LineWork.objects.filter(line__order__in=some).order_by()
        told = list(rows.values_list("line", "agreed", "most", "monday"))
        now = facts.agreed_on({line for line, *_stands in told})
        first += [
            monday for line, agreed, most, monday in told if now.get(line, (0, 0)) != (agreed, most)
        ]
    return min(first, default=None)


# Week by week


def weeks_since(first: date) -> list[date]:
    """Return the Mondays of the weeks from one to this one."""
    last = monday_of(clock.today())
    return [first + n * WEEK for n in range((last - first).days // 7 + 1)]


def first_week(workshop: Workshop) -> date:
    """Return the Monday of the week in which a workshop's journal begins."""
    lines = Entry.objects.filter(workshop=workshop).order_by("pk")
    begun = lines.values_list("at", flat=True).first()
    return monday_of(clock.day_of(begun) if begun else clock.today())


def forget_before(workshop: Workshop, first: date) -> None:
    """Forget what is kept of weeks before the first."""
    for model in (ItemWorth, ShelfWorth, LineWork):
        model.objects.filter(workshop=workshop, monday__lt=first).delete()


def tell(
    workshop: Workshop, first: date, told: Callable[[int], None] = lambda _weeks: None
) -> None:
    """Tell the weeks from a Monday on anew, some in a transaction; `told` hears how many are done."""
    done = 0
    for some in batched(weeks_since(first), WEEKS_AT_ONCE):
        with transaction.atomic():
            FactsKept.objects.select_for_update().get(workshop=workshop)  # one at a time
            stood: dict[int, Work] = {}
            for monday in some:
                _tell_week(workshop, monday, stood)
        done += len(some)
        told(done)


def _tell_week(workshop: Workshop, monday: date, stood: dict[int, Work]) -> None:
    """Tell a week; `stood` is how the lines stand that were told of in the weeks just before."""
    known = facts.goods(workshop, monday, monday + WEEK - timedelta(days=1))
    items = {one.item for one in known.moves}
    variants = {one.variant for one in (*known.worked.own, *known.pairs)}
    lines = {one.line for one in known.moves if one.line}
    lines |= {one.line for one in known.worked.logs}
    lines |= {one.line for one in known.worked.own if one.line}
    lines |= {line for one in known.deliveries for line, _pairs in one.pairs}
    lines |= {line for one in known.ends for line in one.lines}
    state = State(
        stock={
            item: (quantity, sen)
            for item, quantity, sen in _before(ItemWorth, "item", items, monday).values_list(
                "item", "quantity", "sen"
            )
        },
        pairs={
            variant: Shelved(*lies)
            for variant, *lies in _before(ShelfWorth, "variant", variants, monday).values_list(
                "variant", *Shelved._fields
            )
        },
        work=_work_before(lines - stood.keys(), monday)
        | {line: stood[line] for line in lines & stood.keys()},
    )
    goods_told_on(workshop, known, state)
    _keep(ItemWorth, workshop, monday, ("item_id", "quantity", "sen"), state.stock)
    _keep(ShelfWorth, workshop, monday, ("variant_id", *Shelved._fields), state.pairs)
    stood.update(state.work)
    work = {line: values_of(one) for line, one in state.work.items()}
    _keep(LineWork, workshop, monday, ("line_id", *OF_WORK), work)


def _work_before(lines: set[int], monday: date) -> dict[int, Work]:
    """Return how these lines stood before a Monday; what is new has just been agreed on."""
    rows = _before(LineWork, "line", lines, monday).values_list("line", *OF_WORK)
    found = {line: Work(*stands) for line, *stands in rows}
    new = lines - found.keys()
    agreed = facts.agreed_on(new)
    for line in new:
        pairs, most = agreed.get(line, (0, 0))
        found[line] = Work(left=pairs, most=most, agreed=pairs)
    return found


type _Kept = type[ItemWorth | ShelfWorth | LineWork]


def _before(model: _Kept, whose: str, keys: Collection[int], monday: date) -> models.QuerySet[Any]:
    """Choose of each of these the last row before a Monday."""
    mine = model._default_manager.filter(**{whose: OuterRef("pk"), "monday__lt": monday})
    last = Subquery(mine.order_by("-monday").values("pk")[:1])
    of = model._meta.get_field(whose).related_model
    named = of._default_manager.filter(pk__in=keys).order_by().values_list(last)  # type: ignore[union-attr]
    return model._default_manager.filter(pk__in=named).order_by()


def _keep(
    model: _Kept,
    workshop: Workshop,
    monday: date,
    names: tuple[str, ...],
    stands: Mapping[int, tuple[Any, ...]],
) -> None:
    rows.replace(
        model._default_manager.filter(workshop=workshop, monday=monday),
        ("workshop_id", "monday", *names),
        [(workshop.pk, monday, key, *values) for key, values in sorted(stands.items())],
    )


# What came of it


def costs_of(chosen: Chosen) -> dict[int, Cost]:
    """Return what each of these orders has cost of which all pairs were told to be delivered: the figures
    of `margins`."""
    works = _works(chosen)
    shipments = Shipment.objects.filter(
        pk__in=Shipment.objects.filter(chosen("loads__order")).values("pk"),
        delivered_at__isnull=False,
    )
    terms = {one.order: one for one in facts.terms_of(chosen)}
    fetched = Shipment.objects.fetched().filter(chosen("loads__order"))
    freight = freight_of(facts.brought(shipments), fetched, terms)
    found = {}
    for order, agreed in terms.items():
        stands = {line: works.get(line, Work()) for line, _pairs, _amount in agreed.lines}
        if all(stands[line].gone >= pairs for line, pairs, _amount in agreed.lines):
            found[order] = Cost.of(stands, freight.get(order, 0))
    return found


def _works(chosen: Chosen) -> dict[int, Work]:
    told = LineWork.objects.filter(chosen("line__order")).order_by("monday")
    return {line: Work(*stands) for line, *stands in told.values_list("line", *OF_WORK)}


def costing_otherwise(workshop: Workshop, first: date) -> Iterator[int]:
    """Yield the orders with a line that was told of since a Monday of which another cost is known."""
    told = LineWork.objects.filter(workshop=workshop, monday__gte=first)
    lines = OrderLine.objects.filter(pk__in=told.values("line"))
    orders = sorted(set(lines.values_list("order", flat=True)))
    for some in batched(orders, AT_ONCE):
        costs = costs_of(these(some))
        known = OrderFact.objects.filter(pk__in=some, delivered_on__isnull=False).order_by("pk")
        for pk, *kept in known.values_list("pk", "material", "wages", "freight"):
            cost = costs.get(pk)
            if kept != ([cost.material, cost.wages, cost.freight] if cost else [None] * 3):
                yield pk
