"""Is this paper genuine? For whoever holds it in their hands; no names, no prices of goods."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from simpul.lib import codes
from simpul.lib.limits import is_too_often
from simpul.papers import chain
from simpul.papers.models import Paper
from simpul.payments.models import Receipt
from simpul.portals.http import Visit

MISSES_AN_HOUR = 20


@require_http_methods(["GET", "POST"])
def search(request: Visit) -> HttpResponse:
    """Ask for the code that stands on the paper."""
    code = codes.tidy(request.POST.get("code", ""))
    if code:
        return redirect("storefront:check", request.workshop.slug, code[:20])
    return render(request, "storefront/check.html", {"is_missing": False, "typed": ""})


@never_cache
@require_safe
def check(request: Visit, code: str) -> HttpResponse:
    """Say what was issued under this code, and whether it and the chain of papers are whole.

    Kind, number and day; of a kuitansi the amount too.
    """
    papers = Paper.objects.filter(workshop=request.workshop).select_related("subject_type")
    paper = papers.filter(code=codes.tidy(code)).first()
    if paper is None:
        address = str(request.META.get("REMOTE_ADDR", ""))
        if is_too_often("check", address, times=MISSES_AN_HOUR, seconds=3600):
            raise Http404
        facts = {"is_missing": True, "typed": code}
        return render(request, "storefront/check.html", facts, status=404)
    receipt = paper.subject if isinstance(paper.subject, Receipt) else None
    answer = render(
        request,
        "storefront/checked.html",
        {
            "paper": paper,
            "standing": chain.standing(paper),
            "amount": receipt.amount if receipt else None,
            "may_enter": request.person is not None
            and request.person.is_staff
            and paper.kind == Paper.Kind.DELIVERY_NOTE,
            "annulled_at": receipt.annulled_at if receipt else None,
        },
    )
    answer["X-Robots-Tag"] = "noindex"
    return answer
