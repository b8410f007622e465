"""Paying, for the buyer: what, where and until when; reporting a transfer; papers."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.insight.dates import outlook
from simpul.lib import clock, qr
from simpul.lib.workdays import DAY
from simpul.orders.models import Gate, Order
from simpul.papers.models import Paper
from simpul.payments.cards import qris_card
from simpul.payments.forms import ClaimForm
from simpul.payments.models import Instruction, PaymentClaim, PaymentLink, party_credit
from simpul.payments.queries import statement_of
from simpul.portals.buyer.orders import find_order
from simpul.portals.files import serve_paper, serve_upload
from simpul.portals.http import Request


@require_safe
def payment(request: Request, number: str) -> HttpResponse:
    """To which account, exactly how much, until when, and what has come so far."""
    order = find_order(request, number)
    instruction = _asked(request, number)
    claims = PaymentClaim.objects.visible_to(request.person).filter(order=order)
    return render(
        request,
        "buyer/payments/page.html",
        {
            "order": order,
            "instruction": instruction,
            "qris": _drawn(instruction),
            "links": PaymentLink.objects.visible_to(request.person)
            .payable()
            .filter(instruction__order=order)
            .select_related("account")
            .order_by("pk"),
            "claims": claims.select_related("proof").order_by("-pk"),
            "statement": statement_of(order),
            "papers": Paper.objects.visible_to(request.person)
            .about(order)
            .exclude(kind=Paper.Kind.DELIVERY_NOTE)
            .order_by("pk"),
            "credit": 0 if request.link else party_credit(order.buyer),
            "today": clock.today(),
            "made": _made(order, instruction),
        },
    )


@require_safe
def qris(request: Request, number: str) -> HttpResponse:
    """The QRIS as a picture to save, with the amount that is in it."""
    asked = _asked(request, number)
    if asked is None or not asked.qris_code:
        raise Http404
    answer = HttpResponse(qris_card(asked), content_type="image/png")
    answer["Content-Disposition"] = f'attachment; filename="qris-{number}.png"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
def claim(request: Request, number: str) -> HttpResponse:
    """Report a transfer, with its proof."""
    order = find_order(request, number)
    asked = Instruction.objects.open().filter(order=order).first()
    form = ClaimForm(
        request.POST or None,
        request.FILES or None,
        initial={"amount": asked.amount if asked else None},
    )
    if form.is_valid():
        PaymentClaim.submit(by=request.person, order=order, **form.cleaned_data)
        text = _("Thank you. We look for it in the bank's statement and tell you when it has come.")
        messages.success(request, text)
        return redirect("buyer:payment", request.workshop.slug, number)
    return render(
        request,
        "buyer/payments/claim.html",
        {"order": order, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def proof(request: Request, number: str, pk: int) -> HttpResponse:
    claims = PaymentClaim.objects.visible_to(request.person).filter(order__number=number)
    return serve_upload(get_object_or_404(claims.select_related("proof"), pk=pk).proof)


@require_safe
def paper(request: Request, number: str, code: str) -> HttpResponse:
    order = find_order(request, number)
    papers = Paper.objects.visible_to(request.person).about(order)
    return serve_paper(request, get_object_or_404(papers, code=code))


def _made(order: Order, asked: Instruction | None) -> list[tuple[date, date]]:
    """Return when the order is made if it is paid in time, and if it is paid a day or a week later;
    nothing where the work does not wait for this money, or where it cannot be told."""
    if asked is None or asked.instalment.gate > Gate.PRODUCTION or asked.instalment.is_waived:
        return []
    found = outlook.of(order.workshop)
    first = max(asked.due_on, clock.today())
    days = [first, first + DAY, first + 7 * DAY]
    made = [(on, found.if_paid(order, on)) for on in days]
    return [(on, ready) for on, ready in made if ready is not None]


def _asked(request: Request, number: str) -> Instruction | None:
    """What the buyer is asked to pay for this order now."""
    mine = Instruction.objects.visible_to(request.person).open().filter(order__number=number)
    return mine.select_related("account", "qris", "instalment", "order", "workshop").first()


def _drawn(instruction: Instruction | None) -> str:
    """The QRIS, black on white in both themes; empty where there is none."""
    code = instruction.qris_code if instruction else ""
    label = _("QRIS with the exact amount")
    return qr.svg(code, label=label, ink="black") if code else ""
