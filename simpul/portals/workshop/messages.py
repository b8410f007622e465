"""Texts for WhatsApp that are written already: somebody reads them over and sends them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.models import Notice, NoticeQuerySet
from simpul.lib import phones
from simpul.parties.models import Identity
from simpul.payments import texting
from simpul.portals.files import serve_attachment
from simpul.portals.http import Request
from simpul.portals.outbox import prepared_text
from simpul.workflow.steps import NotAllowed

A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Prepared:
    notice: Notice
    text: str
    number: str  # E.164; empty where it is gone by now
    whatsapp: str


@require_safe
def messages_to_send(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    notices = _waiting(request).search(words) if words else _waiting(request)
    shown = notices.select_related("person__party", "person__workshop", "link", "entry__by")
    rows = shown.prefetch_related("person__identities", "entry__subject").order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/messages.html",
        {
            "page": page,
            "prepared": [_prepared(notice) for notice in page.object_list],
            "words": words,
            "may_send": request.person.may("conversations.say", request.workshop),
        },
    )


@require_POST
def sent(request: Request, pk: int) -> HttpResponse:
    """Somebody sent it, or let it be."""
    if not request.person.may("conversations.say", request.workshop):
        raise NotAllowed
    notice = get_object_or_404(_waiting(request), pk=pk)
    is_dropped = request.POST.get("how") == "dropped"
    notice.mark(Notice.Status.DROPPED if is_dropped else Notice.Status.SENT)
    notice.drop_twin()
    return redirect("workshop:messages", request.workshop.slug)


@require_safe
def file(request: Request, pk: int) -> HttpResponse:
    """A picture or PDF that came with a message, about whatever it was."""
    return serve_attachment(request, pk)


def _waiting(request: Request) -> NoticeQuerySet:
    return texting.to_send_by_hand(request.workshop.pk)


def _prepared(notice: Notice) -> Prepared:
    numbers = [
        one.value
        for one in notice.person.identities.all()
        if one.kind == Identity.Kind.PHONE and not one.bounced_at and not one.opted_out_at
    ]
    text, number = prepared_text(notice), (numbers or [""])[0]
    return Prepared(notice, text, number, phones.whatsapp_link(number, text) if number else "")
