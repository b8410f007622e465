"""What customers do, as it was told last night: their groups, and who belongs to which."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from simpul.crm.models import Segment, SegmentMember
from simpul.insight.models import Behaviour, Group, GroupedBuyer
from simpul.lib import clock
from simpul.parties.models import Party
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.parties import find_parties
from simpul.ui import charts
from simpul.ui.jinja import day_short, percent

A_PAGE = 50
A_BATCH = 1_000
KINDS = (Party.BuysAs.DISTRIBUTOR, Party.BuysAs.CONSUMER)
FEW = 10  # buyers: below it groups say little
MEMBERS: tuple[Column, ...] = (
    (_("Buyer"), lambda one: one.buyer.name),
    (_("Last order"), lambda one: one.last_on),
    (_("Orders"), lambda one: one.orders),
    (_("Bought so far"), lambda one: one.sold),
    (_("Score: how lately"), lambda one: one.recency),
    (_("Score: how often"), lambda one: one.frequency),
    (_("Score: for how much"), lambda one: one.monetary),
)


class GroupRow(NamedTuple):
    group: Group
    buyers: int
    sold: int
    permille: int  # of what all have bought


COLUMNS: tuple[Column, ...] = (
    (_("Group"), lambda row: row.group.label),
    (_("Buyers"), lambda row: row.buyers),
    (_("Bought so far"), lambda row: row.sold),
    (_("Share, %"), lambda row: row.permille / 10),
    (_("What to do"), lambda row: row.group.action),
)


@require_safe
def groups(request: Request) -> HttpResponse:
    """Which buyers are alike, what each group has brought, and what to do with it."""
    demand(request, "insight.see_trend", request.workshop)
    kind = kind_asked(request)
    rows = _groups(request, kind)
    if answer := download(request, "groups", COLUMNS, rows):
        return answer
    by_group = {row.group: row for row in rows}
    told = told_of(request, kind)
    context = told | {
        "rows": rows,
        "most": max(rows, key=lambda row: row.sold, default=None),
        "lost": by_group.get(Group.NOT_TO_LOSE),
        "is_few": sum(row.buyers for row in rows) < FEW,
        "chart": charts.bars(
            _now("Share of all that was bought so far"),
            _now("One bar for each group."),
            [charts.Bar(f"{row.group.label} · {row.buyers}", row.permille) for row in rows],
            lambda permille: percent(permille / 1000),
        ),
    }
    return render(request, "workshop/insight/behaviour/groups.html", context)


@require_safe
def members(request: Request) -> HttpResponse:
    """Who belongs to a group, with the three figures that put him there."""
    demand(request, "insight.see_trend", request.workshop)
    kind, group = kind_asked(request), _group(request.GET.get("group", ""))
    words = request.GET.get("q", "").strip()
    found = _members(request, kind, group)
    if words:
        found = found.filter(buyer__in=find_parties(request, words))
    rows = found.select_related("buyer").order_by("-sold", "pk")
    if answer := download(request, "members", MEMBERS, rows, is_personal=True):
        return answer
    context = told_of(request, kind) | {
        "group": group,
        "words": words,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "today": clock.today(),
        "may_keep": request.person.may("crm.keep_segments", request.workshop),
    }
    return render(request, "workshop/insight/behaviour/members.html", context)


@require_POST
def listing(request: Request) -> HttpResponse:
    """Keep those who are in a group today as a list, and begin a campaign to them."""
    demand(request, "crm.keep_segments", request.workshop)
    demand(request, "insight.see_trend", request.workshop)
    kind, group = kind_asked(request), _group(request.POST.get("group", ""))
    buyers = _members(request, kind, group).order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        made = Segment.objects.create(
            workshop=request.workshop,
            name=f"{group.label} ({kind.label}), {day_short(clock.today())}",
            is_list=True,
        )
        SegmentMember.objects.bulk_create(
            (SegmentMember(segment=made, party_id=pk) for pk in buyers), batch_size=A_BATCH
        )
    if request.person.may("crm.write_campaign", request.workshop):
        address = reverse("workshop:new-campaign", args=[request.workshop.slug])
        return redirect(f"{address}?segment={made.pk}")
    return redirect("workshop:segment", request.workshop.slug, made.pk)


def kind_asked(request: Request) -> Party.BuysAs:
    """Return of whom the page tells: distributors, unless consumers were asked for."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return Party.BuysAs.CONSUMER if asked == Party.BuysAs.CONSUMER else Party.BuysAs.DISTRIBUTOR


def told_of(request: Request, kind: Party.BuysAs) -> dict[str, Any]:
    """Return what every page of this part shows: the kind, and what was told of all of them."""
    told = Behaviour.objects.filter(workshop=request.workshop, buys_as=kind).first()
    return {"kind": kind, "kinds": KINDS, "told": told}


def _groups(request: Request, kind: str) -> list[GroupRow]:
    found = GroupedBuyer.objects.visible_to(request.person).filter(buys_as=kind).order_by()
    sums = {
        group: (buyers, sold)
        for group, buyers, sold in found.values_list("group").annotate(n=Count("pk"), m=Sum("sold"))
    }
    total = sum(sold for _buyers, sold in sums.values()) or 1
    return [
        GroupRow(group, buyers, sold, round(1000 * sold / total))
        for group in Group
        if (buyers := sums.get(group, (0, 0))[0])
        for sold in [sums[group][1]]
    ]


def _members(request: Request, kind: str, group: Group) -> Any:
    found = GroupedBuyer.objects.visible_to(request.person)
    return found.filter(buys_as=kind, group=group)


def _group(asked: str) -> Group:
    return Group(asked) if asked in Group.values else Group.BEST
