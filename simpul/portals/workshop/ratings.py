"""How content customers are, on the desk: the counts, the months, the words, and what is done."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import Rating, RatingRules, Voice
from simpul.crm.rating_forms import RatingNextForm, RatingRulesForm
from simpul.lib import clock
from simpul.portals.doors import path_for
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.workflow.models import journal_of

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (_lazy("Customer"), lambda one: one.party.name),
    (_lazy("About"), lambda one: one.number),
    (_lazy("Of 5"), lambda one: one.stars),
    (_lazy("Words"), lambda one: one.words),
    (_lazy("Day"), lambda one: clock.day_of(one.answered_at)),
)


@require_safe
def ratings(request: Request) -> HttpResponse:
    """What was answered, the newest first, with the figures of the same rows."""
    words, chosen = request.GET.get("q", "").strip()[:60], request.GET.get("shown", "")
    found = Rating.objects.visible_to(request.person)
    party = number_of(request.GET.get("party", ""))
    if party is not None:
        found = found.filter(party=party)
    if words:
        found = found.search(words)
    answered = found.answered()
    standing = Voice.objects.standing().filter(workshop=request.workshop)
    ways = {
        "low": found.low(),
        "waiting": found.alarming(),
        "words": answered.exclude(words=""),
        "tickets": answered.exclude(ticket=None),
        "orders": answered.exclude(order=None),
        "shown": found.filter(pk__in=standing.values("rating")),
    }
    rows = ways.get(chosen, answered).for_list().order_by("-answered_at", "-pk")
    if answer := download(request, "satisfaction", COLUMNS, rows, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/ratings/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "sums": found.sums(),
            "waiting": ways["waiting"].count(),
            "shown": ways["shown"].count(),
            "months": found.by_month(),
            "words": words,
            "chosen": chosen if chosen in ways else "",
            "party": party,
        },
    )


@require_safe
def rating(request: Request, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@require_POST
def next_step(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = RatingNextForm(request.POST, rating=found)
    if not form.is_valid():
        return _page(request, found, form)
    found.follow(by=request.person, **form.cleaned_data)
    messages.success(request, _("It stands on your “Today” on that day."))
    return redirect("workshop:rating", request.workshop.slug, pk)


@require_POST
def shown_words(request: Request, pk: int) -> HttpResponse:
    """Show what the customer lets us show, or do not."""
    standing = Voice.objects.standing().filter(rating=_find(request, pk))
    voice = get_object_or_404(standing.select_related("rating"))
    if request.POST.get("how") == "show":
        voice.show(by=request.person)
    else:
        voice.hide(by=request.person)
    return redirect("workshop:rating", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """Whether customers are asked, when, and how often at most."""
    demand(request, "crm.keep_rating_rules", request.workshop)
    form = RatingRulesForm(request.POST or None, instance=RatingRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:ratings", request.workshop.slug)
    return render(
        request,
        "workshop/customers/ratings/rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _page(request: Request, found: Rating, form: RatingNextForm | None = None) -> HttpResponse:
    voices = Voice.objects.filter(rating=found)
    return render(
        request,
        "workshop/customers/ratings/page.html",
        {
            "rating": found,
            "voices": list(voices.select_related("rating").order_by("-pk")),
            "about": path_for(found.subject, request.person),
            "form": form or RatingNextForm(rating=found),
            "journal": journal_of(found).select_related("by").order_by("-pk")[:50],
        },
        status=422 if form else 200,
    )


def _find(request: Request, pk: int) -> Rating:
    return get_object_or_404(Rating.objects.visible_to(request.person).for_list(), pk=pk)
