"""The guest book behind the counter: read, answer, publish or hide."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.forms import AnswerForm
from simpul.conversations.models import GuestEntry
from simpul.portals.http import Request


@require_safe
def guestbook(request: Request) -> HttpResponse:
    return _page(request)


def _page(
    request: Request, answering: int | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    """Show the entries; where an answer was refused, with what was typed."""
    entries = GuestEntry.objects.visible_to(request.person).order_by("-pk")
    chosen = request.GET.get("status", "waiting")
    if answering is not None:
        shown = entries.filter(pk=answering)
    else:
        shown = entries.filter(status=chosen) if chosen else entries
    return render(
        request,
        "workshop/guestbook/list.html",
        {
            "page": Paginator(shown, 30).get_page(request.GET.get("page")),
            "chosen": chosen,
            "answering": answering,
            "form": form or AnswerForm(),
        },
        status=422 if form else 200,
    )


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).publish(by=request.person)
    return redirect("workshop:guestbook", request.workshop.slug)


@require_POST
def hiding(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).hide(by=request.person)
    return redirect("workshop:guestbook", request.workshop.slug)


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    entry = _find(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        entry.reply(by=request.person, **form.cleaned_data)
        return redirect("workshop:guestbook", request.workshop.slug)
    return _page(request, pk, form)


def _find(request: Request, pk: int) -> GuestEntry:
    return get_object_or_404(GuestEntry.objects.visible_to(request.person), pk=pk)
