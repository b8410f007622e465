"""Facts and sums brought up to date: only what the journal's new lines have touched, or all anew.

Both ways go through the same two functions, `write_facts` and the sums; they differ in which orders,
days and buyers these are asked for.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Exists, Max, Min, OuterRef, Q

from simpul.crm.models import DealerOrder, Merging
from simpul.delivery.models import Shipment
from simpul.insight.chosen import between, these
from simpul.insight.keeping import costs
from simpul.insight.keeping.facts import Touched, write_facts
from simpul.insight.keeping.sums import months_of, sum_buyers, sum_month
from simpul.insight.models import (
    AreaDay,
    BuyerFact,
    ColourDay,
    FactsKept,
    ModelDay,
    ModelMonth,
    OrderFact,
    SizeDay,
)
from simpul.lib import clock
from simpul.orders.models import Amendment, Order
from simpul.parties.models import Party, Workshop
from simpul.payments.models import CreditNote
from simpul.workflow.models import Entry

SETTLES = timedelta(minutes=10)  # no step takes that long: by then all lines before are visible
ORDERS_AT_ONCE = 4_000
BUYERS_AT_ONCE = 2_000

type _Line = tuple[int, datetime, int, int]  # key, when, and of which kind and key its subject is
type Told = Callable[[int, int], None]  # hears how much is done, and of how much


class Begun(NamedTuple):
    """How far the facts were when somebody began to bring them up to date."""

    upto: int  # settled up to this line of the journal
    settled: int  # lines up to that one
    newest: int | None
    lines: Sequence[_Line] | None  # those after it; None where all has to be reckoned anew
    costs_since: date | None  # the Monday from which on costs have to be told


class BeingRebuilt(Exception):
    """Somebody reckons everything anew just now."""


def is_behind(workshop: Workshop) -> bool:
    """Tell whether a line stands in the journal that the facts do not know."""
    kept = FactsKept.objects.filter(workshop=workshop).first()
    return _newest(workshop) != (kept.newest if kept else None)


def bring_up_to_date(workshop: Workshop) -> int:
    """Tell the facts of the orders that were touched since the last time, and the sums that these
    touch; return how many orders. Where it cannot be told what was touched, all is reckoned anew.
    """
    begun = begin(workshop)
    if begun is None:
        return 0
    if begun.lines is None:
        return rebuild(workshop)
    if begun.costs_since is not None:
        costs.tell(workshop, begun.costs_since)  # the longest part: nobody waits for it
    return finish(workshop, begun, begun.lines)


def begin(workshop: Workshop) -> Begun | None:
    """Read what is new and note from which week on costs have to be told; None while somebody reckons
    everything anew."""
    newest = _newest(workshop)
    with transaction.atomic():
        kept = _held(workshop)
        if kept.is_rebuilding:
            return None
        lines = _new_lines(kept)
        if lines:
            _go_back(kept, lines)
    return Begun(kept.upto, kept.lines, newest, lines, kept.costs_since)


def finish(workshop: Workshop, begun: Begun, lines: Sequence[_Line]) -> int:
    """Write the facts that these lines touch, once the costs are told; return of how many orders.

    Somebody else may have begun or finished meanwhile. Whoever has told costs from a week on also looks
    through the orders from then on, because only he knows that they were told otherwise.
    """
    with transaction.atomic():
        now = _held(workshop)
        if now.is_rebuilding or now.costs_since not in (None, begun.costs_since):
            return 0  # who reckons everything, or has gone further back, tells these lines as well
        now.costs_since = begun.costs_since
        if (now.upto, now.lines) != (begun.upto, begun.settled):
            now.save(update_fields=["costs_since"])  # somebody was quicker: the next one goes back
            return 0
        return _go_on(now, lines, begun.newest)


def rebuild(workshop: Workshop, told: Told = lambda _done, _of: None) -> int:
    """Reckon every fact and every sum of a workshop anew, in parts of a transaction each, and return
    of how many orders. Raises BeingRebuilt where somebody else is at it."""
    with transaction.atomic():
        kept = _held(workshop)
        if kept.is_rebuilding:
            raise BeingRebuilt
        position = _end_of_journal(workshop)
        kept.rebuilding_since = kept.touched_at = clock.now()
        first = costs.first_week(workshop)
        count = Order.objects.filter(workshop=workshop).count()
        kept.done, kept.of = 0, 2 * count  # each is told once for its cost, and once for its fact
        kept.save()
    weeks = len(costs.weeks_since(first))
    costs.forget_before(workshop, first)
    costs.tell(workshop, first, lambda done: _say(kept, count * done // weeks, told))
    orders = 0
    for keys in _all_orders(workshop):
        with transaction.atomic():
            write_facts(workshop, between(workshop, keys[0], keys[-1]))
        orders += len(keys)
        _say(kept, min(count + orders, kept.of), told)
    _drop_what_is_over(workshop)
    for month in _months(workshop):
        with transaction.atomic():
            sum_month(workshop, month)
        _say(kept, kept.of, told)
    buyers = OrderFact.objects.filter(workshop=workshop).order_by("buyer").distinct()
    for some in batched(buyers.values_list("buyer", flat=True).iterator(), BUYERS_AT_ONCE):
        with transaction.atomic():
            sum_buyers(workshop, some)
    _end(kept, position)
    return OrderFact.objects.filter(workshop=workshop).count()


# How far


def _held(workshop: Workshop) -> FactsKept:
    """Return the row that says how far the facts are, locked: one process at a time goes on."""
    FactsKept.objects.get_or_create(workshop=workshop)
    return FactsKept.objects.select_for_update().get(workshop=workshop)


type _Position = tuple[int, int, int | None]  # settled up to a line, how many, and the newest


def _new_lines(kept: FactsKept) -> Sequence[_Line] | None:
    """Return what stands in the journal after what is settled; None where a line came late."""
    if kept.newest is None or kept.rebuilding_since is not None:
        return None  # never told, or somebody broke off
    lines = Entry.objects.filter(workshop=kept.workshop_id)
    if lines.filter(pk__lte=kept.upto).order_by().count() != kept.lines:
        return None
    rows = lines.filter(pk__gt=kept.upto).order_by("pk")
    return list(rows.values_list("pk", "at", "subject_type", "subject_id"))


def _newest(workshop: Workshop) -> int | None:
    lines = Entry.objects.filter(workshop=workshop).order_by("-pk")
    return lines.values_list("pk", flat=True).first()


def _end_of_journal(workshop: Workshop) -> _Position:
    lines = Entry.objects.filter(workshop=workshop)
    newest = _newest(workshop)
    settled = lines.filter(at__lt=clock.now() - SETTLES).order_by("-pk")
    upto = settled.values_list("pk", flat=True).first() or 0
    return upto, lines.filter(pk__lte=upto).order_by().count(), newest


def _settle(kept: FactsKept, lines: Sequence[_Line], newest: int | None) -> _Position:
    """Return how far all is settled after these lines, of which `newest` was there when the books were
    asked: what came after that is told once more."""
    upto, count = kept.upto, kept.lines
    young = clock.now() - SETTLES
    for pk, at, _kind, _subject in lines:
        if at >= young:
            break
        upto, count = pk, count + 1
    return upto, count, newest


def _end(kept: FactsKept, position: _Position) -> None:
    kept.upto, kept.lines, kept.newest = position
    kept.as_of, kept.costs_since = clock.now(), None
    kept.rebuilding_since = kept.touched_at = None
    kept.save()


def _say(kept: FactsKept, done: int, told: Told) -> None:
    kept.done, kept.touched_at = done, clock.now()
    kept.save(update_fields=["done", "touched_at"])
    told(done, kept.of)


# Only what was touched


def _go_back(kept: FactsKept, lines: Sequence[_Line]) -> None:
    """Note from which week on costs have to be told anew; if somebody breaks off, it stands there."""
    since = min(at for _pk, at, _kind, _subject in lines) - SETTLES
    orders = _orders_of({(kind, subject) for _pk, _at, kind, subject in lines})
    first = costs.first_to_tell(kept.workshop, kept.upto, since, orders)
    kept.costs_since = min(filter(None, [kept.costs_since, first]))
    kept.save(update_fields=["costs_since"])


def _go_on(kept: FactsKept, lines: Sequence[_Line], newest: int | None) -> int:
    workshop = kept.workshop
    orders = _orders_of({(kind, subject) for _pk, _at, kind, subject in lines})
    if kept.costs_since is not None:
        orders.update(costs.costing_otherwise(workshop, kept.costs_since))
    touched = Touched()
    for keys in batched(sorted(orders), ORDERS_AT_ONCE):
        some = write_facts(workshop, these(keys))
        touched.days |= some.days
        touched.buyers |= some.buyers
    for month in months_of(touched.days):
        sum_month(workshop, month, touched.days)
    sum_buyers(workshop, touched.buyers)
    _end(kept, _settle(kept, lines, newest))
    return len(orders)


# From the subject of a line to the orders that it touches, as a condition on orders
WAYS: dict[type[models.Model], tuple[str, ...]] = {
    Order: ("pk",),
    Amendment: ("amendments",),
    CreditNote: ("credit_notes",),
    Shipment: ("loads__shipment",),
    DealerOrder: ("for_dealer",),
    Party: ("buyer",),
}


def _orders_of(subjects: set[tuple[int, int]]) -> set[int]:
    found: set[int] = set()
    for model, ways in WAYS.items():
        kind = ContentType.objects.get_for_model(model).pk
        keys = [subject for of, subject in subjects if of == kind]
        for some in batched(keys, ORDERS_AT_ONCE):
            for way in ways:
                rows = Order.objects.filter(**{f"{way}__in": some})
                found.update(rows.values_list("pk", flat=True))
    merged = [key for of, key in subjects if of == ContentType.objects.get_for_model(Merging).pk]
    for kept, absorbed in Merging.objects.filter(pk__in=merged).values_list("kept", "absorbed"):
        changed_hands = Order.objects.filter(buyer__in=[kept, absorbed])
        found.update(changed_hands.values_list("pk", flat=True))
    return found


# All of it


def _all_orders(workshop: Workshop) -> Iterator[list[int]]:
    """Yield the keys of all orders in their order, so many at a time."""
    last = 0
    rows = Order.objects.filter(workshop=workshop).order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:ORDERS_AT_ONCE]):
        yield keys
        last = keys[-1]


def _months(workshop: Workshop) -> list[date]:
    """Return the first days of the months from the first fact to the last."""
    span = OrderFact.objects.filter(workshop=workshop).aggregate(
        first=Min("agreed_on"), agreed=Max("agreed_on"), delivered=Max("delivered_on")
    )
    if span["first"] is None:
        return []
    last = max(span["agreed"], span["delivered"] or span["agreed"])
    count = (last.year - span["first"].year) * 12 + last.month - span["first"].month + 1
    begins = span["first"].year * 12 + span["first"].month - 1
    return [date((begins + n) // 12, (begins + n) % 12 + 1, 1) for n in range(count)]


def _drop_what_is_over(workshop: Workshop) -> None:
    """Forget the sums of months and buyers of which there is no fact any more."""
    months = _months(workshop)
    outside = Q() if not months else Q(month__lt=months[0]) | Q(month__gt=months[-1])
    ModelMonth.objects.filter(outside, workshop=workshop).delete()
    outside = Q()
    if months:
        after = months[-1].replace(day=calendar.monthrange(months[-1].year, months[-1].month)[1])
        outside = Q(day__lt=months[0]) | Q(day__gt=after)
    for model in (ModelDay, ColourDay, SizeDay, AreaDay):
        model.objects.filter(outside, workshop=workshop).delete()
    mine = OrderFact.objects.filter(buyer=OuterRef("pk"))
    BuyerFact.objects.filter(~Exists(mine), workshop=workshop).delete()
