"""Known payers on the desk: what earlier money has taught, and making it forget."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from simpul.payments import traces
from simpul.payments.models import Payer
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request

A_PAGE = 50
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("Payer"), lambda payer: payer.value),
    (gettext_lazy("Kind"), lambda payer: str(payer.get_kind_display())),
    (gettext_lazy("Buyer"), lambda payer: payer.party.name),
    (gettext_lazy("Confirmed"), lambda payer: payer.times),
    (gettext_lazy("Last seen"), lambda payer: payer.last_on),
)


@require_safe
def payers(request: Request) -> HttpResponse:
    """Names and accounts that money came from, whose it was, and how often."""
    words = request.GET.get("q", "").strip()
    shown = request.GET.get("shown", "")
    found = Payer.objects.visible_to(request.person)
    if words:
        written = Q(value__icontains=traces.plain_name(words) or words)
        found = found.filter(written | Q(party__name__icontains=words))
    known = found.known()
    forgotten = found.filter(forgotten_at__isnull=False).exclude(pk__in=known)
    rows = (forgotten if shown == "forgotten" else known).select_related("party", "forgotten_by")
    seen = rows.with_sources().order_by("value", "pk")
    if answer := download(request, "payers", COLUMNS, seen, is_personal=True):
        return answer
    return render(
        request,
        "workshop/payments/payers.html",
        {
            "page": Paginator(seen, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "shown": shown,
            "counts": {"known": known.count(), "forgotten": forgotten.count()},
        },
    )


@require_POST
def forgetting(request: Request, pk: int) -> HttpResponse:
    payer = get_object_or_404(Payer.objects.visible_to(request.person), pk=pk)
    payer.forget(by=request.person)
    messages.success(request, _("Forgotten: it names no buyer any more."))
    return redirect("workshop:payers", request.workshop.slug)
