"""Money out and money set aside on the desk: what it was for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.lib.sheets import rupiah
from simpul.papers.models import Upload
from simpul.parties.models import Party
from simpul.payments import purposes
from simpul.payments.forms import CashPurposeForm, PurposeForm, ReasonForm
from simpul.payments.models import BankEntry, Purpose, PurposeKind
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request
from simpul.workflow.models import journal_of

A_PAGE = 30
OPEN: tuple[Column, ...] = (  # entries that nobody has explained
    (gettext_lazy("Day"), lambda entry: entry.booked_on),
    (gettext_lazy("Account"), lambda entry: str(entry.account)),
    (gettext_lazy("Text"), lambda entry: entry.text),
    (gettext_lazy("Amount"), lambda entry: rupiah(entry.amount_sen - entry.explained)),
)
EXPLAINED: tuple[Column, ...] = (
    (gettext_lazy("Day"), lambda one: one.on),
    (gettext_lazy("Purpose"), lambda one: str(one.get_kind_display())),
    (gettext_lazy("With"), lambda one: one.party.name if one.party else ""),
    (gettext_lazy("Text"), lambda one: one.words or (one.entry.text if one.entry else "")),
    (gettext_lazy("Way"), lambda one: one.entry.account.bank if one.entry else _("Cash")),
    (gettext_lazy("Amount"), lambda one: rupiah(one.amount_sen)),
    (gettext_lazy("State"), lambda one: _("taken back") if one.is_retracted else ""),
)
WAYS = {"out": Q(amount_sen__lt=0), "in": Q(amount_sen__gt=0), "cash": Q(entry=None)}


@require_safe
def spending(request: Request) -> HttpResponse:
    """What nobody has explained yet, and what was explained, each behind its tab."""
    entries = BankEntry.objects.visible_to(request.person).unexplained().select_related("account")
    known = Purpose.objects.visible_to(request.person)
    chosen = "explained" if request.GET.get("tab") == "explained" else "open"
    counts = {"open": entries.count(), "explained": known.filter(reverses=None).count()}
    rows: QuerySet[Any] = _explained(request, known) if chosen == "explained" else entries
    words = request.GET.get("q", "").strip()
    if words and chosen == "open":
        rows = rows.filter(text__icontains=words)
    if chosen == "open":
        rows = rows.order_by("-booked_on", "-pk")
    columns = OPEN if chosen == "open" else EXPLAINED
    if answer := download(request, f"money-out-{chosen}", columns, rows):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "counts": counts,
        "words": words,
        "way": request.GET.get("way", ""),
        "kind": request.GET.get("kind", ""),
        "kinds": PurposeKind.choices,
        "may_explain": request.person.may("payments.explain", request.workshop),
    }
    if chosen == "open":
        context["proposals"] = purposes.proposals(request.workshop, list(page.object_list))
    return render(request, f"workshop/spending/{chosen}.html", context)


@require_http_methods(["GET", "POST"])
def explanation(request: Request, pk: int) -> HttpResponse:
    """Say what an entry was for, or a part of it."""
    entry = _entry(request, pk)
    form = PurposeForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        comes=entry.amount_sen > 0,
        parties=_others(request),
    )
    if form.is_valid():
        entry.explain(by=request.person, **form.facts)
        return redirect("workshop:explanation", request.workshop.slug, pk)
    known = Purpose.objects.visible_to(request.person).filter(entry=entry)
    return render(
        request,
        "workshop/spending/explanation.html",
        {
            "entry": entry,
            "rest": abs(entry.amount_sen - entry.explained),
            "purposes": known.select_related("party", "by", "reversal").order_by("pk"),
            "proposal": purposes.proposals(request.workshop, [entry]).get(pk),
            "form": form,
            "journal": journal_of(entry),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def acceptance(request: Request, pk: int) -> HttpResponse:
    """Accept what is proposed, for this entry or for all that have its words."""
    entry = _entry(request, pk)
    proposal = purposes.proposals(request.workshop, [entry]).get(pk)
    if proposal is None:
        return redirect("workshop:explanation", request.workshop.slug, pk)
    others = purposes.alike(entry) if request.POST.get("all") else []
    count = purposes.explain_all(
        [entry, *others], by=request.person, kind=proposal.kind, party=proposal.party
    )
    text = ngettext("%(n)s entry is explained.", "%(n)s entries are explained.", count)
    messages.success(request, text % {"n": count})
    return redirect("workshop:spending", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def cash(request: Request) -> HttpResponse:
    """Note cash that was taken out of the box or put into it."""
    form = CashPurposeForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        parties=_others(request),
    )
    if form.is_valid():
        made = Purpose.of_cash(by=request.person, **form.facts)
        return redirect("workshop:purpose", request.workshop.slug, made.pk)
    return render(
        request,
        "workshop/spending/cash.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def purpose(request: Request, pk: int) -> HttpResponse:
    purpose = _purpose(request, pk)
    return render(
        request,
        "workshop/spending/purpose.html",
        {
            "purpose": purpose,
            "sees_entry": BankEntry.objects.visible_to(request.person)
            .filter(pk=purpose.entry_id or 0)
            .exists(),
            "journal": journal_of(purpose),
        },
    )


@require_safe
def document(request: Request, pk: int) -> HttpResponse:
    uploads = Upload.objects.visible_to(request.person)
    return serve_upload(get_object_or_404(uploads, pk=_purpose(request, pk).document_id))


@require_http_methods(["GET", "POST"])
def retraction(request: Request, pk: int) -> HttpResponse:
    """Take a purpose back: it was for something else."""
    purpose = _purpose(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        purpose.retract(by=request.person, **form.cleaned_data)
        if purpose.entry_id:
            return redirect("workshop:explanation", request.workshop.slug, purpose.entry_id)
        return redirect("workshop:purpose", request.workshop.slug, pk)
    return render(
        request,
        "workshop/spending/retraction.html",
        {"purpose": purpose, "form": form},
        status=422 if form.is_bound else 200,
    )


def _explained(request: Request, rows: QuerySet[Purpose]) -> QuerySet[Purpose]:
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = rows.filter(reverses=None)
    if words:
        found = found.search(words)  # type: ignore[attr-defined]
    if kind in PurposeKind.values:
        found = found.filter(kind=kind)
    found = found.filter(WAYS.get(request.GET.get("way", ""), Q()))
    return found.select_related("party", "entry__account", "reversal").order_by("-on", "-pk")


def _entry(request: Request, pk: int) -> BankEntry:
    entries = BankEntry.objects.visible_to(request.person).with_explained()
    return get_object_or_404(entries.select_related("account"), pk=pk)


def _purpose(request: Request, pk: int) -> Purpose:
    found = Purpose.objects.visible_to(request.person).select_related(
        "party", "entry__account", "by", "reversal", "reverses", "document"
    )
    return get_object_or_404(found, pk=pk)


def _others(request: Request) -> QuerySet[Party]:
    """Suppliers and couriers: whoever money is paid to by name."""
    parties = Party.objects.visible_to(request.person)
    return parties.filter(Q(is_supplier=True) | Q(is_courier=True)).order_by("name", "pk")
