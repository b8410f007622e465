"""Answer pages, for everybody: a list, a page each, and whether it helped."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from simpul.catalog.models import Variant
from simpul.crm.models import AnswerPage, AnswerPageQuerySet
from simpul.lib.limits import is_too_often
from simpul.portals.http import Visit
from simpul.portals.storefront.catalogue import published

A_PAGE = 20
COOKIE = "simpul_answers"  # the pages of which this browser has said whether they helped
SALT = "simpul.answers"
A_YEAR = 365 * 86_400
AN_HOUR = 3_600


@require_safe
def answers(request: Visit) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip()[:60], request.GET.get("kind", "")
    found = _published(request).search(words)
    shown = found.filter(kind=chosen) if chosen in AnswerPage.Kind else found
    page = Paginator(shown.order_by("kind", "title", "pk"), A_PAGE)
    return render(
        request,
        "storefront/answers.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "kinds": AnswerPage.Kind,
            "words": words,
            "chosen": chosen,
        },
    )


@require_safe
def answer(request: Visit, slug: str) -> HttpResponse:
    found = get_object_or_404(_published(request), slug=slug)
    is_guide = found.kind == AnswerPage.Kind.SIZES
    return render(
        request,
        "storefront/answer.html",
        {
            "answer": found,
            "sizes": _sizes(request) if is_guide else [],
            "has_said": found.pk in _said(request),
        },
    )


@require_POST
def helped(request: Visit, slug: str) -> HttpResponse:
    """Say whether it helped: once for each browser, and seldom from one address."""
    found = get_object_or_404(_published(request), slug=slug)
    said = _said(request)
    answer = redirect("storefront:answer", request.workshop.slug, slug)
    who = str(request.META.get("REMOTE_ADDR", ""))
    if found.pk in said or is_too_often("answers", who, times=20, seconds=AN_HOUR):
        return answer
    found.vote(by=request.workshop.machine, is_helped=request.POST.get("helped") == "yes")
    answer.set_signed_cookie(
        COOKIE,
        ".".join(str(pk) for pk in sorted({*said, found.pk})[-100:]),
        salt=SALT,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def _published(request: Visit) -> AnswerPageQuerySet:
    return AnswerPage.objects.filter(workshop=request.workshop).published()


def _said(request: Visit) -> set[int]:
    """Return the pages of which this browser has said whether they helped."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT) or ""
    return {int(pk) for pk in kept.split(".") if pk}


def _sizes(request: Visit) -> list[tuple[str, int]]:
    """Return the sizes of the catalogue, each with the foot that it fits, in millimetres."""
    offered = Variant.objects.filter(is_offered=True, colourway__product__in=published(request))
    feet = {one.size: one.foot_mm for one in offered}
    return sorted(feet.items(), key=lambda item: int(item[0]))
