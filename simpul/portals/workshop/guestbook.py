"""The guest book behind the counter: read, answer, publish or hide."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from simpul.catalog.models import Product, ProductQuerySet
from simpul.conversations import spam
from simpul.conversations.forms import AnswerForm
from simpul.conversations.models import GuestEntry
from simpul.lib import clock
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, number_of

A_PAGE = 30
SIGNS = {
    spam.TRAP: _("filled in a field that people do not see"),
    spam.FAST: _("written faster than one can type"),
    spam.OLD: _("sent with an old form"),
    spam.LINKS: _("several links"),
    spam.REPEATED: _("the same text as before"),
}
COLUMNS: tuple[Column, ...] = (
    (_("When"), lambda entry: clock.day_of(entry.at)),
    (_("Name"), lambda entry: entry.name),
    (_("Number or address"), lambda entry: entry.contact),
    (_("Message"), lambda entry: entry.body),
    (_("Our answer"), lambda entry: entry.answer),
    (_("State"), lambda entry: str(entry.get_status_display())),
)


@require_safe
def guestbook(request: Request) -> HttpResponse:
    return _page(request)


def _page(
    request: Request, answering: int | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    """Show the entries; where an answer was refused, with what was typed."""
    entries = GuestEntry.objects.visible_to(request.person)
    tabs = {
        "waiting": entries.waiting(),
        "suspicious": entries.suspicious(),
        "published": entries.published(),
        "hidden": entries.filter(status=GuestEntry.Status.HIDDEN),
        "": entries,
    }
    chosen = request.GET.get("status", "waiting")
    shown = tabs.get(chosen, entries) if answering is None else entries.filter(pk=answering)
    rows = shown.select_related("lead").prefetch_related("subject").order_by("-pk")
    if answer := download(request, "guest-book", COLUMNS, rows, is_personal=True):
        return answer
    return render(
        request,
        "workshop/guestbook/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "chosen": chosen,
            "counts": entries.counts(),
            "signs": SIGNS,
            "undo": _undo(request),
            "products": list(_products(request).order_by("position", "pk")),
            "answering": answering,
            "form": form or AnswerForm(),
        },
        status=422 if form else 200,
    )


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    entry = _find(request, pk)
    entry.publish(by=request.person)
    return _done(request, entry)


@require_POST
def hiding(request: Request, pk: int) -> HttpResponse:
    entry = _find(request, pk)
    entry.hide(by=request.person)
    return _done(request, entry)


@require_POST
def vouching(request: Request, pk: int) -> HttpResponse:
    """A person says that it is a person's."""
    _find(request, pk).vouch(by=request.person)
    return redirect("workshop:guestbook", request.workshop.slug)


@require_POST
def putting_back(request: Request, pk: int) -> HttpResponse:
    """Undo what was decided."""
    _find(request, pk).put_back(by=request.person)
    return redirect("workshop:guestbook", request.workshop.slug)


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    entry = _find(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        product = _products(request).filter(slug=form.cleaned_data["about"]).first()
        entry.reply(by=request.person, answer=form.cleaned_data["answer"], about=product)
        return _done(request, entry)
    return _page(request, pk, form)


def _done(request: Request, entry: GuestEntry) -> HttpResponse:
    """Back to the queue, where what was decided can be undone."""
    queue = reverse("workshop:guestbook", args=[request.workshop.slug])
    return redirect(f"{queue}?done={entry.pk}")


def _undo(request: Request) -> GuestEntry | None:
    pk = number_of(request.GET.get("done", ""))
    decided = GuestEntry.objects.visible_to(request.person).exclude(
        status=GuestEntry.Status.WAITING
    )
    return decided.filter(pk=pk).first() if pk is not None else None


def _products(request: Request) -> ProductQuerySet:
    return Product.objects.filter(workshop=request.workshop, is_published=True)


def _find(request: Request, pk: int) -> GuestEntry:
    return get_object_or_404(GuestEntry.objects.visible_to(request.person), pk=pk)
