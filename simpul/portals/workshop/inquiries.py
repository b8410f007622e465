"""Asking several suppliers for prices on the desk, and comparing what they answer."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.portals import invitations
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.procurement import planning
from simpul.procurement.inquiries import (
    best_of,
    for_comparing,
    side_by_side,
    take_bid,
    unanswered,
)
from simpul.procurement.inquiry_forms import (
    InquiryForm,
    TakingForm,
    Wish,
    inquiry_lines,
)
from simpul.procurement.models import Bid, BidLine, Inquiry, InquiryLine
from simpul.ui.jinja import rupiah
from simpul.workflow.models import journal_of
from simpul.workflow.steps import WrongState

A_PAGE = 50
A_WEEK = timedelta(days=7)
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Inquiry"), str),
    (gettext_lazy("Material"), lambda one: ", ".join(map(str, one.lines.all()))),
    (gettext_lazy("State"), lambda one: str(one.get_status_display())),
    (gettext_lazy("Asked"), lambda one: one.asked),
    (gettext_lazy("Answers"), lambda one: one.answered),
    (gettext_lazy("Answer until"), lambda one: one.answer_by),
)


@require_safe
def inquiries(request: Request) -> HttpResponse:
    demand(request, "procurement.see_prices", request.workshop)
    found = Inquiry.objects.visible_to(request.person).for_list().order_by("-id")
    if answer := download(request, "inquiries", COLUMNS, found):
        return answer
    return render(
        request,
        "workshop/inquiries/list.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "today": clock.today(),
            "tab": "inquiries",
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask suppliers for a price; `?material=`, perhaps several times, begins with what is missing."""
    demand(request, "procurement.inquire", request.workshop)
    wishes = _wishes(request)
    form = InquiryForm(
        request.POST or None,
        workshop=request.workshop,
        materials={wish.material for wish in wishes},
    )
    table = inquiry_lines(request.POST or None, request.workshop, wishes)
    if form.is_bound and all([form.is_valid(), table.is_valid()]):
        facts = form.cleaned_data | {"suppliers": list(form.cleaned_data["suppliers"])}
        made = Inquiry.ask(by=request.person, lines=table.lines, **facts)
        return redirect("workshop:inquiry", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/inquiries/new.html",
        {"form": form, "table": table},
        status=422 if form.is_bound else 200,
    )


@require_safe
def inquiry(request: Request, pk: int) -> HttpResponse:
    inquiry = for_comparing(_find(request, pk).pk)
    today = clock.today()
    is_open = inquiry.is_open(today)
    waiting = unanswered(inquiry)
    return render(
        request,
        "workshop/inquiries/page.html",
        {
            "inquiry": inquiry,
            "rows": side_by_side(inquiry),
            "waiting": waiting,
            "links": invitations.links_to_all(waiting) if is_open else [],
            "is_open": is_open,
            "journal": journal_of(inquiry),
            "today": today,
        },
    )


@require_POST
def closing(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).close(by=request.person)
    return redirect("workshop:inquiry", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def taking(request: Request, pk: int) -> HttpResponse:
    """Take lines of a supplier's answer into its price list, and draft a purchase of them."""
    bids = Bid.objects.visible_to(request.person).for_page()
    bid = get_object_or_404(bids, pk=pk)
    demand(request, "procurement.take_bid", bid)
    current = bid.current
    if current is None:
        raise WrongState(_("This supplier has not answered yet."))
    lines = {one.line_id: one for one in current.lines.all()}
    today = clock.today()
    said = [
        (lines[line.pk], _told(line, lines[line.pk]))
        for line in bid.inquiry.lines.all()
        if lines[line.pk].is_valid(today)
    ]
    best = best_of(bid) if request.method == "GET" else set()
    form = TakingForm(request.POST or None, bid=bid, said=said, best=best)
    if form.is_valid():
        take_bid(bid, by=request.person, **form.facts)
        messages.success(request, _taken(bid, form.cleaned_data["is_bought"]))
        home = "purchase-orders" if form.cleaned_data["is_bought"] else "supplier-prices"
        return redirect(f"workshop:{home}", request.workshop.slug)
    return render(
        request,
        "workshop/inquiries/taking.html",
        {"bid": bid, "inquiry": bid.inquiry, "form": form, "answer": current, "said": said},
        status=422 if form.is_bound else 200,
    )


# Inside


def _find(request: Request, pk: int) -> Inquiry:
    demand(request, "procurement.see_prices", request.workshop)
    return get_object_or_404(Inquiry.objects.visible_to(request.person), pk=pk)


def _wishes(request: Request) -> list[Wish]:
    """Return what the table begins with: what is missing now of the materials that are named."""
    asked = [key for key in map(number_of, request.GET.getlist("material")) if key is not None]
    materials = Material.objects.visible_to(request.person).filter(pk__in=asked).order_by("code")
    if not materials:
        return []
    soon = clock.today() + A_WEEK
    missing: dict[int, list[Wish]] = defaultdict(list)
    for row in planning.wanted(request.workshop):
        missing[row.material.pk].append(_wish(row, soon))
    return [
        wish
        for material in materials
        for wish in missing.get(material.pk) or [Wish(material.pk, "", 0, soon)]
    ]


def _wish(row: planning.Wanted, soon: date) -> Wish:
    quantity = row.to_buy + row.refill or row.waiting
    return Wish(row.material.pk, row.size, quantity, row.needed_on or soon)


def _told(line: InquiryLine, terms: BidLine) -> str:
    return f"{line}: {rupiah(terms.price)} / {terms.unit or line.material.unit_here}"


def _taken(bid: Bid, is_bought: bool) -> str:
    text = (
        _("The prices of %(supplier)s are in the list, and a purchase order is drafted.")
        if is_bought
        else _("The prices of %(supplier)s are in the list.")
    )
    return text % {"supplier": bid.supplier}
