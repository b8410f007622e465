"""What customers wish for, on the desk: what weighs most, and what becomes of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.models import Wish, WishRules, WishStatus
from simpul.crm.wish_forms import WishAnswerForm, WishHidingForm, WishNextForm, WishRulesForm
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.workflow.models import journal_of
from simpul.workflow.steps import KeyReused

A_PAGE = 30
COLUMNS: tuple[Column, ...] = (
    (_lazy("Wish"), lambda wish: wish.words),
    (_lazy("State"), lambda wish: str(wish.get_status_display())),
    (_lazy("Customers"), lambda wish: wish.votes_sum),
    (_lazy("Pairs they ordered"), lambda wish: wish.weight),
    (_lazy("Since"), lambda wish: clock.day_of(wish.at)),
)
SHOWN = 20  # of those who wish it: the ones who order most


@require_safe
def wishes(request: Request) -> HttpResponse:
    """All of them; first what is wished by those who order most."""
    rules = WishRules.of(request.workshop)
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", WishStatus.NEW)
    found = Wish.objects.visible_to(request.person)
    if words:
        found = found.search(words)
    shown = found.shown()
    counts = dict(shown.order_by().values_list("status").annotate(n=Count("pk")))
    if chosen == "hidden":
        rows = found.exclude(hidden_at=None)
    else:
        rows = shown.filter(status=chosen) if chosen in WishStatus else shown
    weighed = rows.with_votes().with_weight(rules.weighs_from).select_related("party").heaviest()
    if answer := download(request, "wishes", COLUMNS, weighed):
        return answer
    return render(
        request,
        "workshop/customers/wishes/list.html",
        {
            "page": Paginator(weighed, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": [(status, counts.get(status, 0)) for status in WishStatus],
            "all": sum(counts.values()),
            "days": rules.weigh_days,
        },
    )


@require_safe
def wish(request: Request, pk: int) -> HttpResponse:
    return _page(request, pk)


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = WishAnswerForm(request.POST, wish=found)
    if not form.is_valid():
        return _page(request, pk, form=form)
    said = form.cleaned_data
    try:
        if said["status"] == found.status:
            found.reword(by=request.person, answer=said["answer"], product=said["product"])
        else:
            found.reply(by=request.person, **said)
    except KeyReused:  # this very form, sent twice: the first was another step, and is kept
        pass
    return redirect("workshop:wish", request.workshop.slug, pk)


@require_POST
def next_step(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = WishNextForm(request.POST, wish=found)
    if not form.is_valid():
        return _page(request, pk, next_form=form)
    found.follow(by=request.person, **form.cleaned_data)
    messages.success(request, _("It stands on your “Today” on that day."))
    return redirect("workshop:wish", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def hiding(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.hide_wish", found)
    form = WishHidingForm(request.POST or None)
    if form.is_valid():
        found.hide(by=request.person, **form.cleaned_data)
        return redirect("workshop:wish", request.workshop.slug, pk)
    return render(
        request,
        "workshop/customers/wishes/hiding.html",
        {"wish": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def showing(request: Request, pk: int) -> HttpResponse:
    """Undo the hiding."""
    _find(request, pk).show(by=request.person)
    return redirect("workshop:wish", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """How many are many, and over how many days orders weigh."""
    demand(request, "crm.keep_wish_rules", request.workshop)
    form = WishRulesForm(request.POST or None, instance=WishRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:wishes", request.workshop.slug)
    return render(
        request,
        "workshop/customers/wishes/rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _page(
    request: Request,
    pk: int,
    *,
    form: WishAnswerForm | None = None,
    next_form: WishNextForm | None = None,
) -> HttpResponse:
    """Show one, with what was typed where a form was refused."""
    since = WishRules.of(request.workshop).weighs_from
    rows = Wish.objects.visible_to(request.person).with_votes().with_weight(since)
    found = get_object_or_404(rows.select_related("party", "person", "product"), pk=pk)
    return render(
        request,
        "workshop/customers/wishes/page.html",
        {
            "wish": found,
            "wished_by": found.wished_by(since, SHOWN),
            "form": form or WishAnswerForm(wish=found),
            "next_form": next_form or WishNextForm(wish=found),
            "journal": journal_of(found).select_related("by").order_by("-pk")[:50],
        },
        status=422 if form or next_form else 200,
    )


def _find(request: Request, pk: int) -> Wish:
    known = Wish.objects.visible_to(request.person).select_related("party", "person")
    return get_object_or_404(known, pk=pk)
