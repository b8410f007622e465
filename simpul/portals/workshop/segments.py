"""Some of the customers, by conditions or chosen one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import MarketingRules, Segment
from simpul.crm.segment_forms import ListForm, MarketingRulesForm, SegmentForm
from simpul.crm.segmenting import described, fitting, members_of, named_in
from simpul.insight.worth import left_of
from simpul.lib import clock
from simpul.parties.models import Party, PartyQuerySet
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of

A_PAGE = 50
COLUMNS: list[Column] = [
    (gettext_lazy("Name"), lambda party: party.name),
    (gettext_lazy("Town or area"), lambda party: party.area),
    (gettext_lazy("Kind"), lambda party: ", ".join(party.kinds)),
]
SEGMENTS: list[Column] = [  # of a segment and its conditions in words
    (gettext_lazy("Name"), lambda row: row[0].name),
    (gettext_lazy("Who"), lambda row: " · ".join(row[1])),
]
A_FEW = 8  # names of a preview, and what a search for members shows


@require_safe
def segments(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    kept = Segment.objects.visible_to(request.person).kept()
    found = kept.filter(name__icontains=words) if words else kept
    shown = found.select_related("workshop").order_by("name", "pk")
    if answer := download(request, "segments", SEGMENTS, _described(shown)):
        return answer
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/customers/segments/list.html",
        {
            "page": page,
            "rows": list(_described(page.object_list)),
            "words": words,
            "rules": MarketingRules.of(request.workshop),
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Build a segment; a look with values in the address only counts."""
    demand(request, "crm.keep_segments", request.workshop)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def new_list(request: Request) -> HttpResponse:
    demand(request, "crm.keep_segments", request.workshop)
    form = ListForm(request.POST or None)
    if form.is_valid():
        made = Segment.objects.create(workshop=request.workshop, is_list=True, **form.cleaned_data)
        return redirect("workshop:segment", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/customers/segments/new_list.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def preview(request: Request) -> HttpResponse:
    """Tell how many fit what stands in the form now, while it is filled in."""
    form = SegmentForm(request.GET, by=request.person, workshop=request.workshop)
    context = {"counted": _counted(request, form)}
    return render(request, "workshop/customers/segments/_counted.html", context)


@require_safe
def segment(request: Request, pk: int) -> HttpResponse:
    """Who belongs to it today; of a list, whom one may still choose."""
    found = _find(request, pk)
    seen = Party.objects.visible_to(request.person)
    parties = members_of(found, seen, left_of(request.workshop))
    shown = parties.order_by("name", "pk")
    if answer := download(request, "segment", COLUMNS, shown, is_personal=True):
        return answer
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    words = request.GET.get("q", "").strip()
    return render(
        request,
        "workshop/customers/segments/page.html",
        {
            "segment": found,
            "said": described(found, named_in([found])),
            "page": page,
            "words": words,
            "others": _others(request, found, words) if found.is_list and words else [],
        },
    )


@require_http_methods(["GET", "POST"])
def conditions(request: Request, pk: int) -> HttpResponse:
    demand(request, "crm.keep_segments", request.workshop)
    return _edit(request, get_object_or_404(_kept(request), pk=pk, is_list=False))


@require_POST
def choice(request: Request, pk: int) -> HttpResponse:
    """Take somebody into a list, or out of it."""
    demand(request, "crm.keep_segments", request.workshop)
    chosen = get_object_or_404(_kept(request), pk=pk, is_list=True)
    party = get_object_or_404(_buyers(request), pk=number_of(request.POST.get("party", "")))
    if request.POST.get("how") == "out":
        chosen.members.remove(party)
    else:
        chosen.members.add(party)
    return redirect("workshop:segment", request.workshop.slug, pk)


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    demand(request, "crm.keep_segments", request.workshop)
    get_object_or_404(_kept(request), pk=pk).drop()
    messages.success(request, _("It is gone. What was sent to it stays as it was."))
    return redirect("workshop:segments", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """What is called new, sleeping and lost, and how often anybody may be written to."""
    demand(request, "crm.keep_segments", request.workshop)
    form = MarketingRulesForm(request.POST or None, instance=MarketingRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:segments", request.workshop.slug)
    return render(
        request,
        "workshop/customers/segments/rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _described(found: Iterable[Segment]) -> Iterator[tuple[Segment, list[str]]]:
    """Yield each with its conditions in words; nothing is asked before the first is wanted."""
    names = named_in(found)
    for one in found:
        yield one, described(one, names)


def _edit(request: Request, found: Segment | None) -> HttpResponse:
    typed = request.POST or (request.GET if "name" in request.GET else None)
    form = SegmentForm(typed, by=request.person, workshop=request.workshop, segment=found)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        return redirect("workshop:segment", request.workshop.slug, saved.pk)
    counted = _counted(request, form) if form.is_bound else None
    if request.method == "GET":
        form.errors.pop("name", None)  # it is only counted: the name may come later
    return render(
        request,
        "workshop/customers/segments/form.html",
        {"form": form, "segment": found, "counted": counted},
        status=422 if request.method == "POST" else 200,
    )


def _counted(request: Request, form: SegmentForm) -> dict[str, Any] | None:
    """Count whom the conditions fit, whether it has a name yet or not; None where they are wrong."""
    form.is_valid()
    if set(form.errors) - {"name"}:
        return None
    found = fitting(
        _buyers(request),
        form.conditions,
        MarketingRules.of(request.workshop),
        clock.today(),
        left_of(request.workshop),
    )
    return {"count": found.count(), "names": [one.name for one in found.order_by("name")[:A_FEW]]}


def _others(request: Request, chosen: Segment, words: str) -> list[Party]:
    found = _buyers(request).search(words).exclude(pk__in=chosen.members.values("pk"))
    return list(found.order_by("name", "pk")[:A_FEW])


def _buyers(request: Request) -> PartyQuerySet:
    return Party.objects.visible_to(request.person).buyers()


def _kept(request: Request) -> Any:
    return Segment.objects.visible_to(request.person).kept()


def _find(request: Request, pk: int) -> Segment:
    found = Segment.objects.visible_to(request.person).select_related("workshop")
    return get_object_or_404(found, pk=pk)
