"""Who registered and waits for a word."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.forms import DeclineLeadForm, WelcomeForm
from simpul.crm.models import Duplicate, Lead
from simpul.portals.http import Request


@require_safe
def leads(request: Request) -> HttpResponse:
    found = Lead.objects.visible_to(request.person).for_list().order_by("-pk")
    chosen = request.GET.get("status", "new")
    shown = found.filter(status=chosen) if chosen else found
    page = Paginator(shown, 30).get_page(request.GET.get("page"))
    parties = [lead.party_id for lead in page.object_list]
    return render(
        request,
        "workshop/parties/leads.html",
        {
            "page": page,
            "chosen": chosen,
            "twins": Duplicate.objects.visible_to(request.person).twins_of(parties),
        },
    )


@require_POST
def welcome(request: Request, pk: int) -> HttpResponse:
    form = WelcomeForm(request.POST)
    buys_as = form.cleaned_data["buys_as"] if form.is_valid() else ""
    _find(request, pk).welcome(by=request.person, buys_as=buys_as)
    return redirect("workshop:leads", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def refusal(request: Request, pk: int) -> HttpResponse:
    lead = _find(request, pk)
    form = DeclineLeadForm(request.POST or None)
    if form.is_valid():
        lead.decline(by=request.person, **form.cleaned_data)
        return redirect("workshop:leads", request.workshop.slug)
    return render(
        request,
        "workshop/parties/lead_refusal.html",
        {"lead": lead, "form": form},
        status=422 if form.is_bound else 200,
    )


def _find(request: Request, pk: int) -> Lead:
    return get_object_or_404(Lead.objects.visible_to(request.person), pk=pk)
