"""What came by mail and message and waits for a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simpul.orders.models import AGREED, Order
from simpul.payments import inbox
from simpul.payments.forms import LetterAsideForm
from simpul.payments.models import Arrival, ArrivalFile
from simpul.portals.files import serve_upload
from simpul.portals.http import Request
from simpul.workflow.models import journal_of

FOUND_AT_MOST = 8


@require_safe
def arrival(request: Request, pk: int) -> HttpResponse:
    """One letter: who wrote it, what it shows, and which order it may be for."""
    found = _arrival(request, pk)
    files = sorted(found.files.all(), key=lambda one: one.position)
    chosen = next((one for one in files if str(one.pk) == request.GET.get("file")), None)
    words = request.GET.get("q", "").strip()
    waiting = [found] if found.status == Arrival.Status.WAITING else []
    return render(
        request,
        "workshop/payments/arrival.html",
        {
            "arrival": found,
            "files": files,
            "proof": chosen or found.proof(),
            "suggestions": inbox.suggestions(request.workshop, waiting).get(pk, []),
            "words": words,
            "orders": _orders(request, words),
            "aside_form": LetterAsideForm(),
            "others": _others(request, found),
            "journal": journal_of(found),
        },
    )


@require_safe
def file(request: Request, pk: int, position: int) -> HttpResponse:
    files = ArrivalFile.objects.filter(arrival=_arrival(request, pk))
    return serve_upload(get_object_or_404(files.select_related("upload"), position=position).upload)


@require_safe
def original(request: Request, pk: int) -> HttpResponse:
    """The mail as it came, to be opened in a program for mail."""
    kept = _arrival(request, pk).original
    if kept is None:
        raise Http404
    return serve_upload(kept)


@require_POST
def claiming(request: Request, pk: int, number: str) -> HttpResponse:
    """Make it the report of a payment of this order."""
    found = _arrival(request, pk)
    order = get_object_or_404(Order.objects.visible_to(request.person), number=number)
    proof = get_object_or_404(found.files.select_related("upload"), pk=_typed(request, "file"))
    inbox.claim(found, order, by=request.person, file=proof)
    text = _("It is reported as a payment of order %(order)s and waits for the bank.")
    messages.success(request, text % {"order": order})
    return redirect("workshop:arrival", request.workshop.slug, pk)


@require_POST
def aside(request: Request, pk: int) -> HttpResponse:
    found = _arrival(request, pk)
    form = LetterAsideForm(request.POST)
    if form.is_valid():
        found.set_aside(by=request.person, **form.cleaned_data)
    return redirect("workshop:arrival", request.workshop.slug, pk)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    _arrival(request, pk).reopen(by=request.person)
    return redirect("workshop:arrival", request.workshop.slug, pk)


def _arrival(request: Request, pk: int) -> Arrival:
    arrivals = Arrival.objects.visible_to(request.person)
    shown = arrivals.select_related("person__party", "claim__order__buyer", "workshop", "original")
    return get_object_or_404(shown.prefetch_related("files__upload"), pk=pk)


def _typed(request: Request, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _orders(request: Request, words: str) -> list[Order]:
    """The orders that were searched for, as far as money is open for them."""
    if not words:
        return []
    orders = (
        Order.objects.visible_to(request.person)
        .search(words, request.person.workshop_id)
        .filter(status__in=AGREED)
    )
    found = orders.select_related("buyer").prefetch_related("instalments").order_by("-pk")
    return [order for order in found[: FOUND_AT_MOST * 4] if order.balance][:FOUND_AT_MOST]


def _others(request: Request, found: Arrival) -> list[Arrival]:
    """What the same sender wrote besides: a picture and its words often come apart."""
    if not found.sender:
        return []
    same = Arrival.objects.visible_to(request.person).filter(sender=found.sender)
    return list(same.exclude(pk=found.pk).order_by("-pk")[:5])
