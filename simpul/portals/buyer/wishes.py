"""What customers wish for: write a wish, wish another's too, and read what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.crm.models import Wish, WishStatus
from simpul.crm.wish_forms import WishForm
from simpul.portals.http import Request

A_PAGE = 20
ORDERS = {"votes": ("-votes_sum", "-pk"), "new": ("-pk",), "answered": ("-answered_at", "-pk")}


@require_safe
def wishes(request: Request) -> HttpResponse:
    return _page(request, WishForm())


@require_POST
def new(request: Request) -> HttpResponse:
    form = WishForm(request.POST)
    if form.is_valid():
        Wish.make(by=request.person, **form.cleaned_data)
        messages.success(request, _("Thank you. You are told what becomes of it."))
        return redirect("buyer:wishes", request.workshop.slug)
    return _page(request, form)


@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    wish = get_object_or_404(Wish.objects.visible_to(request.person), pk=pk)
    wish.vote(by=request.person)
    return redirect("buyer:wishes", request.workshop.slug)


def _page(request: Request, form: WishForm) -> HttpResponse:
    party = request.person.party
    if party is None:
        raise Http404
    words, order = request.GET.get("q", "").strip(), request.GET.get("order", "votes")
    found = Wish.objects.visible_to(request.person)
    if words:
        found = found.search(words)
    if order == "mine":
        found = found.filter(party=party)
    elif order == "answered":
        found = found.exclude(status=WishStatus.NEW)
    rows = found.with_votes().with_mine(party).select_related("product")
    return render(
        request,
        "buyer/wishes/page.html",
        {
            "form": form,
            "page": Paginator(rows.order_by(*ORDERS.get(order, ("-pk",))), A_PAGE).get_page(
                request.GET.get("page")
            ),
            "words": words,
            "order": order,
            "party": party,
        },
        status=422 if form.is_bound else 200,
    )
