"""A distributor's own dealers, and the orders that he placed for them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm.models import DealerOrder, Dealing
from simpul.crm.network import advised_to, dealers_of
from simpul.orders.forms import PlainForm
from simpul.portals.http import Request

A_PAGE = 30


@require_safe
def dealers(request: Request) -> HttpResponse:
    party = request.person.party
    found = dealers_of(request.person, party) if party else []
    has_some = party is not None and any(one.dealing.until is None for one in found)
    return render(
        request,
        "buyer/dealers/list.html",
        {
            "dealers": found,
            "advised": advised_to(party) if party and has_some else [],
            "through": Dealing.objects.through(request.person).first(),
        },
    )


@require_http_methods(["GET", "POST"])
def ending(request: Request) -> HttpResponse:
    """Buy through nobody any more: asked once, for it cannot be begun again from here."""
    dealing = get_object_or_404(Dealing.objects.through(request.person))
    form = PlainForm(request.POST or None)
    if form.is_valid():
        dealing.end(by=request.person)
        said = _("%(name)s sees your addresses no more.") % {"name": dealing.distributor}
        messages.success(request, said)
        return redirect("buyer:addresses", request.workshop.slug)
    return render(request, "buyer/dealers/ending.html", {"dealing": dealing, "form": form})


@require_safe
def dealer(request: Request, pk: int) -> HttpResponse:
    """The orders that went through him for one dealer; what the dealer orders itself he never sees."""
    mine = Dealing.objects.visible_to(request.person).select_related("dealer")
    dealing = get_object_or_404(mine, pk=pk)
    orders = DealerOrder.objects.visible_to(request.person).filter(dealing=dealing)
    rows = orders.select_related("order").order_by("-order_id")
    return render(
        request,
        "buyer/dealers/page.html",
        {
            "dealing": dealing,
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        },
    )
