"""The buyer's credit: where it comes from, what became of it, using it, and asking it back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.orders.models import AGREED, Order
from simpul.papers.models import Paper
from simpul.parties.models import Party
from simpul.payments.forms import PartsForm
from simpul.payments.models import Allocation, Refund, party_credit, party_debt
from simpul.payments.queries import credit_of
from simpul.payments.returning import RefundForm
from simpul.portals.files import serve_paper
from simpul.portals.http import Request

A_PAGE = 30


@require_safe
def credit(request: Request) -> HttpResponse:
    party = _mine(request)
    papers = Paper.objects.visible_to(request.person).filter(
        kind__in=[Paper.Kind.CREDIT_NOTE, Paper.Kind.REFUND_NOTE]
    )
    return render(
        request,
        "buyer/credit/page.html",
        {
            "credit": party_credit(party),
            "debt": party_debt(party),
            "page": Paginator(credit_of(party)[::-1], A_PAGE).get_page(request.GET.get("page")),
            "refunds": Refund.objects.visible_to(request.person).order_by("-pk")[:20],
            "papers": papers.order_by("-pk")[:20],
        },
    )


@require_http_methods(["GET", "POST"])
def use(request: Request) -> HttpResponse:
    """Pay with it what is open."""
    party = _mine(request)
    orders = Order.objects.visible_to(request.person).filter(status__in=AGREED)
    found = orders.prefetch_related("instalments").order_by("pk")
    open_ones = [order for order in found if order.balance]
    form = PartsForm(_posted(request), orders=open_ones, amount=party_credit(party))
    if form.is_valid():
        Allocation.use(by=request.person, party=party, parts=form.parts)
        messages.success(request, _("Paid from your credit."))
        return redirect("buyer:credit", request.workshop.slug)
    return render(
        request,
        "buyer/credit/use.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def refund(request: Request) -> HttpResponse:
    """Ask it back."""
    party = _mine(request)
    form = RefundForm(_posted(request), credit=party_credit(party), needs_account=True)
    if form.is_valid():
        Refund.request(by=request.person, party=party, **form.cleaned_data)
        messages.success(request, _("The workshop looks at it and tells you when it is sent."))
        return redirect("buyer:credit", request.workshop.slug)
    return render(
        request,
        "buyer/credit/refund.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def withdrawal(request: Request, pk: int) -> HttpResponse:
    refunds = Refund.objects.visible_to(request.person)
    get_object_or_404(refunds, pk=pk).withdraw(by=request.person)
    return redirect("buyer:credit", request.workshop.slug)


@require_safe
def paper(request: Request, code: str) -> HttpResponse:
    """A nota kredit or a nota pengembalian dana."""
    return serve_paper(
        request, get_object_or_404(Paper.objects.visible_to(request.person), code=code)
    )


def _mine(request: Request) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.person))


def _posted(request: Request) -> QueryDict | None:
    """What was sent, even where every field was left empty."""
    return request.POST if request.method == "POST" else None
