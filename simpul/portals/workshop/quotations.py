"""Quotations on the desk: what a prospect is offered, once more if need be, and its paper."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.models import Product, ProductQuerySet
from simpul.crm.models import Lead, Quotation, Sample
from simpul.crm.quotation_forms import QuotationForm, SampleForm, WhereForm
from simpul.papers.models import Paper
from simpul.portals import invitations
from simpul.portals.ahead import ordered_ahead
from simpul.portals.files import serve_paper
from simpul.portals.http import Request, demand
from simpul.workflow.models import journal_of


@require_http_methods(["GET", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Offer a prospect something."""
    leads = Lead.objects.visible_to(request.person).select_related("party", "workshop")
    lead = get_object_or_404(leads, pk=pk)
    demand(request, "crm.send_quotation", request.workshop)
    ahead = ordered_ahead(request, lead.party)
    form = QuotationForm(
        request.POST or None,
        lead=lead,
        products=_products(request),
        pairs=ahead.wanted if ahead else None,
    )
    if form.is_valid():
        sent = Quotation.send(by=request.person, lead=lead, **form.cleaned_data)
        return redirect("workshop:quotation", request.workshop.slug, sent.pk)
    return _ask(request, {"lead": lead, "form": form, "quotation": None})


@require_safe
def quotation(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return render(
        request,
        "workshop/customers/quotations/page.html",
        {
            "quotation": found,
            "papers": Paper.objects.visible_to(request.person).about(found).order_by("-pk"),
            "links": invitations.links_to(found) if found.waits else [],
            "journal": journal_of(found).select_related("by").order_by("-pk"),
        },
    )


@require_http_methods(["GET", "POST"])
def revision(request: Request, pk: int) -> HttpResponse:
    """Offer something else, or the same for longer."""
    found = _find(request, pk)
    demand(request, "crm.revise_quotation", found)
    form = QuotationForm(
        request.POST or None,
        lead=found.lead,
        products=_products(request, found),
        revision=found.current,
    )
    if form.is_valid():
        found.revise(by=request.person, **form.cleaned_data)
        return redirect("workshop:quotation", request.workshop.slug, pk)
    return _ask(request, {"lead": found.lead, "form": form, "quotation": found})


@require_POST
def withdrawal(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).withdraw(by=request.person)
    return redirect("workshop:quotation", request.workshop.slug, pk)


@require_safe
def paper(request: Request, pk: int, code: str) -> HttpResponse:
    papers = Paper.objects.visible_to(request.person).about(_find(request, pk))
    return serve_paper(request, get_object_or_404(papers, code=code))


@require_http_methods(["GET", "POST"])
def sample(request: Request, pk: int) -> HttpResponse:
    """Send a prospect some pairs to look at, perhaps of what was offered in a quotation."""
    leads = Lead.objects.visible_to(request.person).select_related("party", "workshop")
    lead = get_object_or_404(leads, pk=pk)
    demand(request, "crm.send_sample", request.workshop)
    asked = request.GET.get("of", "")
    offers = Quotation.objects.visible_to(request.person).filter(lead=lead).for_page()
    of = offers.filter(pk=int(asked)).first() if asked.isdecimal() else None
    form = SampleForm(
        request.POST or None,
        lead=lead,
        products=_products(request, of),
        revision=of.current if of else None,
    )
    where = WhereForm(request.POST or None, initial=WhereForm.proposal(lead))
    if form.is_valid() and where.is_valid():
        sent = Sample.send(by=request.person, lead=lead, **form.cleaned_data, **where.cleaned_data)
        return redirect("workshop:order", request.workshop.slug, sent.order.number)
    return render(
        request,
        "workshop/customers/leads/sample.html",
        {"lead": lead, "form": form, "where": where},
        status=422 if form.is_bound else 200,
    )


def _ask(request: Request, shown: dict[str, Any]) -> HttpResponse:
    return render(
        request,
        "workshop/customers/quotations/form.html",
        shown,
        status=422 if shown["form"].is_bound else 200,
    )


def _products(request: Request, quoted: Quotation | None = None) -> ProductQuerySet:
    """Return what is in the catalogue, and what was quoted when it still was."""
    lines = quoted.current.lines.all() if quoted else ()
    known = Q(is_published=True) | Q(pk__in={line.colourway.product_id for line in lines})
    return (
        Product.objects.filter(known, workshop=request.workshop)
        .for_page()
        .order_by("position", "pk")
    )


def _find(request: Request, pk: int) -> Quotation:
    return get_object_or_404(Quotation.objects.visible_to(request.person).for_page(), pk=pk)
