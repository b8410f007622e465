"""Who belongs to a segment: one question to the database, whatever its conditions are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from simpul.catalog.models import Category, Product
from simpul.conversations.models import Ticket
from simpul.crm.models import MarketingRules, Purpose, Segment, agreed_to
from simpul.crm.models.segment import BY_MARGIN
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.orders.models import AGREED, LineSize, Order
from simpul.parties.models import Party, PartyQuerySet
from simpul.ui.jinja import rupiah

type Conditions = Mapping[str, Any]
type Left = Callable[[int], Mapping[int, int]]  # months -> party -> rupiah left of its orders
type Names = Mapping[tuple[str, int], str]  # "product" or "category" and its key -> its name

A_MONTH = 30  # days


class Phase(models.TextChoices):
    """How near a customer is; everybody who buys is in exactly one."""

    PROSPECT = "prospect", _("prospect: no order yet")
    NEW = "new", _("new")
    STEADY = "steady", _("steady")
    SLEEPING = "sleeping", _("sleeping")
    LOST = "lost", pgettext_lazy("customer", "lost")


class Aim(models.TextChoices):
    """What the workshop has in mind with a customer; everybody who buys is in exactly one."""

    ACQUIRE = "acquire", _("acquire: no order yet, or lost")
    ENHANCE = "enhance", _("enhance: has just begun to buy")
    RETAIN = "retain", _("retain: buys steadily, or sleeps")

    @property
    def phases(self) -> tuple[Phase, ...]:
        return {
            Aim.ACQUIRE: (Phase.PROSPECT, Phase.LOST),
            Aim.ENHANCE: (Phase.NEW,),
            Aim.RETAIN: (Phase.STEADY, Phase.SLEEPING),
        }[self]


class Bought(models.TextChoices):
    DID = "did", _("has bought")
    DID_NOT = "did_not", _("has not bought")
    NOT_SINCE = "not_since", _("has bought, but no more of late")


def members_of(segment: Segment, parties: PartyQuerySet, left: Left | None = None) -> PartyQuerySet:
    """Return those of the parties, who all may be seen, that belong to the segment today."""
    if segment.is_list:
        return parties.buyers().filter(pk__in=segment.members.values("pk"))
    rules = MarketingRules.of(segment.workshop)
    return fitting(parties, segment.conditions, rules, clock.today(), left)


def fitting(
    parties: PartyQuerySet,
    conditions: Conditions,
    rules: MarketingRules,
    today: date,
    left: Left | None = None,
) -> PartyQuerySet:
    """Return the buyers among the parties whom all the conditions fit; without any: all buyers.

    `kind`: as what they buy. `areas`: towns, with commas. `phase`: a Phase or an Aim, by the `rules`. `bought`: did or
    did not, of `product`, `category` (keys) and `size`, within `days` (none: ever); or did, and not
    since so many `days`. `least` and
    `most`: rupiah of the orders agreed within `months`. `left_least` and `left_most`: rupiah that
    were left of the orders delivered within `months`; `left` tells it of each party that has any,
    and without it nobody fits. `complained`: yes or no. `consent`: a
    purpose that somebody of them agreed to, where something arrives.
    """
    found = parties.buyers()
    if kind := conditions.get("kind"):
        found = found.filter(buys_as=kind)
    if areas := _areas(conditions):
        named = Q()
        for area in areas:
            named |= Q(area__icontains=area)
        found = found.filter(named)
    if phase := conditions.get("phase"):
        phases = Aim(phase).phases if phase in Aim.values else (Phase(phase),)
        found = found.filter(
            functools.reduce(or_, (_in_phase(one, rules, today) for one in phases))
        )
    if bought := conditions.get("bought"):
        found = found.filter(_has_bought(Bought(bought), conditions, today))
    if conditions.get("least") or conditions.get("most"):
        found = _spending(found, conditions, today)
    if _is_by_margin(conditions):
        found = found.filter(pk__in=_leaving_so_much(conditions, left) if left else [])
    if complained := conditions.get("complained"):
        has_complained = _complained()
        found = found.filter(has_complained if complained == "yes" else ~has_complained)
    if consent := conditions.get("consent"):
        found = found.filter(Exists(agreed_to(consent).filter(person__party=OuterRef("pk"))))
    return found


def _has_bought(bought: Bought, conditions: Conditions, today: date) -> Q:
    lately = Exists(_bought(conditions, today))
    if bought == Bought.DID:
        return Q(lately)
    ever = Exists(_bought({**conditions, "days": None}, today))
    return Q(ever) & ~Q(lately) if bought == Bought.NOT_SINCE else ~Q(lately)


def _complained() -> Q:
    """It was said by the buyer, or at the door: those tickets are about the shipment."""
    said = Ticket.objects.filter(
        party=OuterRef("pk"),
        kind__in=[Ticket.Kind.COMPLAINT, Ticket.Kind.WARRANTY, Ticket.Kind.RETURN],
    )
    of_shipments = ContentType.objects.get_for_model(Shipment)
    at_the_door = Ticket.objects.filter(
        kind=Ticket.Kind.DOOR, subject_type=of_shipments, subject_id=OuterRef("pk")
    )
    shipments = Shipment.objects.filter(Exists(at_the_door), buyer=OuterRef("pk"))
    return Q(Exists(said)) | Q(Exists(shipments))


def phase_of(first: date | None, last: date | None, rules: MarketingRules, today: date) -> Phase:
    """Return the phase of a buyer whose first and last agreed orders were on these days."""
    if first is None or last is None:
        return Phase.PROSPECT
    if last < today - timedelta(days=rules.lost_days):
        return Phase.LOST
    if last < today - timedelta(days=rules.sleeping_days):
        return Phase.SLEEPING
    return Phase.NEW if first >= today - timedelta(days=rules.new_days) else Phase.STEADY


def named_in(segments: Iterable[Segment]) -> Names:
    """Return the names of all models and categories that the segments speak of, in two questions."""
    found: dict[tuple[str, int], str] = {}
    for model, name in ((Product, "product"), (Category, "category")):
        keys = {key for segment in segments if (key := segment.conditions.get(name))}
        rows = model._default_manager.filter(pk__in=keys)
        found |= {(name, row.pk): str(row) for row in rows}
    return found


def described(segment: Segment, names: Names) -> list[str]:
    """Say in words what a segment's conditions are."""
    if segment.is_list:
        return [_now("chosen one by one")]
    conditions = segment.conditions
    said = []
    if kind := conditions.get("kind"):
        said.append(str(Party.BuysAs(kind).label))
    if areas := _areas(conditions):
        said.append(_now("from %(areas)s") % {"areas": ", ".join(areas)})
    if phase := conditions.get("phase"):
        said.append(str(Aim(phase).label if phase in Aim.values else Phase(phase).label))
    if bought := conditions.get("bought"):
        said.append(_said_of_buying(conditions, Bought(bought), names))
    for name, words in (
        ("least", _now("at least %(amount)s in %(months)s months")),
        ("most", _now("at most %(amount)s in %(months)s months")),
        ("left_least", _now("left at least %(amount)s in %(months)s months")),
        ("left_most", _now("left at most %(amount)s in %(months)s months")),
    ):
        if (amount := conditions.get(name)) is not None:
            said.append(words % {"amount": rupiah(amount), "months": conditions["months"]})
    if complained := conditions.get("complained"):
        words = _now("has had a difference") if complained == "yes" else _now("no difference ever")
        said.append(words)
    if consent := conditions.get("consent"):
        said.append(_now("agreed to %(what)s") % {"what": Purpose(consent).label})
    return said or [_now("all who buy")]


def _said_of_buying(conditions: Conditions, bought: Bought, names: Names) -> str:
    keys = ((name, conditions.get(name, 0)) for name in ("product", "category"))
    what = [names[key] for key in keys if key in names]
    if size := conditions.get("size"):
        what.append(_now("size %(size)s") % {"size": size})
    named = ", ".join(what) or _now("anything")
    days = conditions.get("days")
    if bought == Bought.NOT_SINCE:
        within = ngettext("in the last day", "in the last %(n)s days", days or 0) % {"n": days}
        return _now("has bought %(what)s, but not %(within)s") % {"what": named, "within": within}
    said = f"{bought.label} {named}"
    if days:
        within = ngettext("in the last day", "in the last %(n)s days", days) % {"n": days}
        return f"{said} {within}"
    return said


def _areas(conditions: Conditions) -> list[str]:
    return [area for one in conditions.get("areas", "").split(",") if (area := one.strip())]


def _agreed(since: date | None = None) -> QuerySet[Order]:
    """Return the agreed orders of the party of the outer query, from a day on."""
    orders = Order.objects.filter(buyer=OuterRef("pk")).bought()
    return orders.filter(confirmed_at__gte=clock.begin_of(since)) if since else orders


def _in_phase(phase: Phase, rules: MarketingRules, today: date) -> Q:
    def since(days: int) -> Exists:
        return Exists(_agreed(today - timedelta(days=days)))

    first = clock.begin_of(today - timedelta(days=rules.new_days))
    is_old = Exists(_agreed().filter(confirmed_at__lt=first))
    return {
        Phase.PROSPECT: Q(~Exists(_agreed())),
        Phase.NEW: Q(since(rules.sleeping_days)) & ~Q(is_old),
        Phase.STEADY: Q(since(rules.sleeping_days)) & Q(is_old),
        Phase.SLEEPING: Q(since(rules.lost_days)) & ~Q(since(rules.sleeping_days)),
        Phase.LOST: Q(Exists(_agreed())) & ~Q(since(rules.lost_days)),
    }[phase]


def _bought(conditions: Conditions, today: date) -> QuerySet[LineSize]:
    """Return the pairs of the party of the outer query that a condition speaks of."""
    sizes = LineSize.objects.filter(
        line__order__buyer=OuterRef("pk"),
        line__order__status__in=AGREED,
        line__order__is_sample=False,
        pairs__gt=0,
    )
    if days := conditions.get("days"):
        since = clock.begin_of(today - timedelta(days=days))
        sizes = sizes.filter(line__order__confirmed_at__gte=since)
    if product := conditions.get("product"):
        sizes = sizes.filter(line__colourway__product=product)
    if category := conditions.get("category"):
        sizes = sizes.filter(line__colourway__product__category=category)
    if size := conditions.get("size"):
        sizes = sizes.filter(variant__size=size)
    return sizes


def _spending(found: PartyQuerySet, conditions: Conditions, today: date) -> PartyQuerySet:
    orders = _agreed(today - timedelta(days=A_MONTH * conditions["months"])).order_by()
    sums = orders.values("buyer").annotate(spent=Sum(F("total"))).values("spent")
    spent = Coalesce(Subquery(sums, BigIntegerField()), 0)
    if least := conditions.get("least"):
        found = found.filter(GreaterThanOrEqual(spent, least))
    if most := conditions.get("most"):
        found = found.filter(LessThanOrEqual(spent, most))
    return found


def _is_by_margin(conditions: Conditions) -> bool:
    return any(conditions.get(name) is not None for name in BY_MARGIN)


def _leaving_so_much(conditions: Conditions, left: Left) -> list[int]:
    """Return the parties whose delivered orders left as much as is wanted."""
    least, most = conditions.get("left_least"), conditions.get("left_most")
    return [
        party
        for party, amount in left(conditions["months"]).items()
        if (least is None or amount >= least) and (most is None or amount <= most)
    ]
