"""The network: distributors, the dealers behind them, and what goes through whom."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm.dealer_forms import DealerForm
from simpul.crm.models import Dealing
from simpul.crm.network import dealers_of, trees
from simpul.parties.models import Party
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request
from simpul.portals.workshop.parties import find_parties

A_PAGE = 20  # distributors, each with all below
MOST_FOUND = 10
COLUMNS: tuple[Column, ...] = (
    (_lazy("Who"), lambda one: one.party.name),
    (_lazy("Area"), lambda one: one.party.area),
    (_lazy("Steps below"), lambda one: one.depth),
    (_lazy("Pays"), lambda one: str(one.tier)),
    (_lazy("Bought in a year"), lambda one: one.own),
    (_lazy("Ordered for them"), lambda one: one.through if one.depth else None),
    (_lazy("With all dealers"), lambda one: one.network),
)


@require_safe
def dealers(request: Request) -> HttpResponse:
    """The tree, with what everybody bought in a year; or distributors that are looked for."""
    tops = trees(request.person)
    everybody = (one for top in tops for one in top.walk())
    if answer := download(request, "dealers", COLUMNS, everybody, is_personal=True):
        return answer
    words = request.GET.get("q", "").strip()
    found = find_parties(request, words) if words else Party.objects.none()
    distributors = found.filter(buys_as=Party.BuysAs.DISTRIBUTOR).order_by("name", "pk")
    return render(
        request,
        "workshop/customers/dealers/list.html",
        {
            "page": Paginator(tops, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "found": list(distributors[:MOST_FOUND]),
        },
    )


@require_http_methods(["GET", "POST"])
def distributor(request: Request, pk: int) -> HttpResponse:
    """The dealers of one distributor; another is looked up and added."""
    buyers = Party.objects.visible_to(request.person).buyers()
    through = get_object_or_404(buyers.filter(buys_as=Party.BuysAs.DISTRIBUTOR), pk=pk)
    form = DealerForm(request.POST or None, buyers=buyers.exclude(pk=pk))
    if form.is_valid():
        begun = Dealing.begin(by=request.person, distributor=through, **form.cleaned_data)
        said = _("%(dealer)s buys through %(distributor)s.")
        messages.success(request, said % {"dealer": begun.dealer, "distributor": through})
        return redirect("workshop:distributor", request.workshop.slug, pk)
    words = request.GET.get("q", "").strip()
    found = find_parties(request, words).buyers().exclude(pk=pk) if words else Party.objects.none()
    above = Dealing.objects.visible_to(request.person).active().filter(dealer=through)
    return render(
        request,
        "workshop/customers/dealers/page.html",
        {
            "distributor": through,
            "above": above.select_related("distributor").first(),
            "dealers": dealers_of(request.person, through),
            "form": form,
            "words": words,
            "found": list(found.order_by("name", "pk")[:MOST_FOUND]),
            "may_keep": request.person.may("crm.begin_dealing", request.workshop),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def ending(request: Request, pk: int) -> HttpResponse:
    dealing = get_object_or_404(Dealing.objects.visible_to(request.person), pk=pk)
    dealing.end(by=request.person)
    return redirect("workshop:distributor", request.workshop.slug, dealing.distributor_id)
