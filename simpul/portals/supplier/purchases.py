"""What a supplier sees: its own purchase orders, and nothing of whom the material is for."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message
from simpul.lib import clock
from simpul.payments.models import Purpose
from simpul.portals import talk
from simpul.portals.files import serve_attachment
from simpul.portals.http import Request, demand, number_of
from simpul.procurement.forms import AnswerForm, DelayForm, ReasonForm
from simpul.procurement.models import PurchaseLine, PurchaseOrder, ReceivedLine, Status
from simpul.procurement.payables import payables_for
from simpul.procurement.queries import compared

A_PAGE = 50


@require_safe
def purchases(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = PurchaseOrder.objects.visible_to(request.person)
    if words:
        found = found.search(words)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    shown = found.filter(status=chosen) if chosen else found
    page = Paginator(shown.for_list().order_by("-id"), A_PAGE)
    return render(
        request,
        "supplier/purchases/list.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": [(status, counts.get(status, 0)) for status in Status],
            "all": sum(counts.values()),
        },
    )


@require_safe
def payments(request: Request) -> HttpResponse:
    """What the workshop owes this supplier, and what it has paid."""
    paid = Purpose.objects.visible_to(request.person).order_by("-on", "-pk")
    page = Paginator(paid, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "supplier/payments.html",
        {
            "account": payables_for(request.person)[0],
            "paid": page.object_list,
            "page": page,
            "today": clock.today(),
        },
    )


@require_safe
def purchase(request: Request, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), MessageForm())


def _page(request: Request, purchase: PurchaseOrder, form: MessageForm) -> HttpResponse:
    receipts = purchase.receipts.prefetch_related(
        Prefetch("lines", ReceivedLine.objects.select_related("line__material"))
    )
    return render(
        request,
        "supplier/purchases/page.html",
        {
            "purchase": purchase,
            "rows": compared(purchase),
            "receipts": receipts.order_by("pk"),
            **talk.talk_about(
                request,
                purchase,
                say_to=reverse("supplier:message", args=[request.workshop.slug, purchase.pk]),
                form=form,
            ),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def confirmation(request: Request, pk: int) -> HttpResponse:
    """Say yes to everything, in the revision that was read."""
    purchase = _find(request, pk)
    revision = request.POST.get("revision", "")
    purchase.confirm(by=request.person, revision=int(revision) if revision.isdecimal() else 0)
    messages.success(request, _("Thank you: the workshop knows that you deliver."))
    return _back(request, pk)


@require_http_methods(["GET", "POST"])
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer line by line: yes, something else, or cannot."""
    purchase = _find(request, pk)
    demand(request, "procurement.counter", purchase)
    form = AnswerForm(
        request.POST or None,
        lines=purchase.lines.all(),
        initial={"revision": purchase.revision},
    )
    if form.is_valid():
        revision = form.cleaned_data["revision"]
        if form.is_yes:
            purchase.confirm(by=request.person, revision=revision)
        else:
            purchase.counter(
                by=request.person,
                revision=revision,
                terms=form.terms,
                note=form.cleaned_data["note"],
            )
        messages.success(request, _("Thank you: the workshop has your answer."))
        return _back(request, pk)
    return _ask(request, purchase, form, "answer")


@require_http_methods(["GET", "POST"])
def refusal(request: Request, pk: int) -> HttpResponse:
    """Say that nothing of it can be delivered."""
    purchase = _find(request, pk)
    demand(request, "procurement.decline", purchase)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        purchase.decline(by=request.person, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "refusal")


@require_http_methods(["GET", "POST"])
def delay(request: Request, pk: int, line: int) -> HttpResponse:
    """Say that a line comes on another day."""
    purchase = _find(request, pk)
    demand(request, "procurement.expect", purchase)
    found = get_object_or_404(
        PurchaseLine.objects.filter(purchase=purchase).select_related("material"), pk=line
    )
    form = DelayForm(request.POST or None, initial={"day": found.expected_on})
    if form.is_valid():
        purchase.expect(by=request.person, line=found, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "delay", line=found)


@require_POST
def less(request: Request, pk: int, line: int) -> HttpResponse:
    """Answer the workshop that asks for less of a line: yes, or as agreed, and why."""
    purchase = _find(request, pk)
    found = get_object_or_404(
        PurchaseLine.objects.filter(purchase=purchase).select_related("material"), pk=line
    )
    quantity = number_of(request.POST.get("quantity", "")) or 0
    if "refuse" in request.POST:
        reason = request.POST.get("reason", "").strip()[:200]
        purchase.refuse_less(by=request.person, line=found, quantity=quantity, reason=reason)
    else:
        purchase.grant_less(by=request.person, line=found, quantity=quantity)
    messages.success(request, _("Thank you: the workshop has your answer."))
    return _back(request, pk)


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    purchase = _find(request, pk)
    if answer := talk.seen(request, purchase):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, purchase, form)
    conversation = Conversation.of(purchase, purchase.supplier)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return _back(request, pk)


@require_safe
def message_file(request: Request, pk: int, file: int) -> HttpResponse:
    """A picture or PDF that came with talk about the purchase order."""
    purchase = get_object_or_404(PurchaseOrder.objects.visible_to(request.person), pk=pk)
    return serve_attachment(request, file, purchase)


def _find(request: Request, pk: int) -> PurchaseOrder:
    purchases = PurchaseOrder.objects.visible_to(request.person).for_page()
    return get_object_or_404(purchases, pk=pk)


def _ask(
    request: Request,
    purchase: PurchaseOrder,
    form: Form,
    page: str,
    line: PurchaseLine | None = None,
) -> HttpResponse:
    return render(
        request,
        f"supplier/purchases/{page}.html",
        {"purchase": purchase, "form": form, "line": line},
        status=422 if form.is_bound else 200,
    )


def _back(request: Request, pk: int) -> HttpResponse:
    return redirect("supplier:purchase", request.workshop.slug, pk)
