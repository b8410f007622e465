"""Statements of the bank on the desk: handing them in, how far they are, what they brought."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from simpul.payments import importing, overlap, reconciliation, tasks
from simpul.payments.forms import StatementForm
from simpul.payments.models import (
    BankAccount,
    BankImport,
    ColumnMapping,
    ImportRefused,
    StatementFile,
)
from simpul.payments.readers import StatementRefused, preview
from simpul.payments.readers.preview import Head
from simpul.payments.teaching import ColumnsForm
from simpul.portals.http import Request
from simpul.workflow.steps import NotAllowed

ENTRIES_SHOWN = 500


@require_http_methods(["GET", "POST"])
def statement(request: Request) -> HttpResponse:
    """Take a bank's file: a small one is read at once, a large one by the worker."""
    accounts = BankAccount.objects.visible_to(request.person).in_use_first()
    form = StatementForm(request.POST or None, request.FILES or None, accounts=accounts)
    if form.is_valid():
        file = StatementFile.hand_in(
            by=request.person,
            account=form.cleaned_data["account"],
            admitted=form.cleaned_data["file"],
            period=form.period,
            name=form.cleaned_data["file_name"],
        )
        if importing.is_large(file):
            tasks.read_statement.enqueue(file.pk)
            return redirect("workshop:statement-file", request.workshop.slug, file.pk)
        if answer := _read(request, file):
            return answer
        form.add_error("file", file.refusal)
    imports = BankImport.objects.visible_to(request.person).select_related("account", "by")
    waiting = StatementFile.objects.visible_to(request.person).waiting()
    return render(
        request,
        "workshop/payments/statement.html",
        {
            "form": form,
            "accounts": accounts,
            "imports": imports.order_by("-pk")[:10],
            "readable": _readable(),
            "waiting": waiting.select_related("account").order_by("-pk")[:5],
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def file(request: Request, pk: int) -> HttpResponse:
    """How far a file is; when it is done, what it brought."""
    file = _file(request, pk)
    if file.is_done and file.imported is not None:
        return redirect("workshop:import", request.workshop.slug, file.imported.pk)
    return render(request, "workshop/payments/file.html", {"file": file, **_asking(file)})


@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """The piece of the page that htmx asks for again and again."""
    file = _file(request, pk)
    if request.htmx and (file.is_done or file.is_refused):
        return HttpResponseClientRedirect(request.path.removesuffix("progress/"))
    return render(request, "workshop/payments/_progress.html", {"file": file})


@require_POST
def reading(request: Request, pk: int) -> HttpResponse:
    """Read it again: whoever did so was stopped, or the owner taught another layout meanwhile."""
    file = _file(request, pk)
    if not request.person.may("payments.hand_in", file):
        raise NotAllowed
    return _again(request, file)


@require_POST
def answers(request: Request, pk: int) -> HttpResponse:
    """What a person says of the doubtful lines."""
    file = _file(request, pk)
    said = {
        str(doubt["line"] or importing.MISSING): request.POST.get(f"line-{doubt['line'] or 0}", "")
        for doubt in file.doubts
    }
    if not set(said.values()) <= {overlap.SAME, overlap.OTHER}:
        text = _("Say of each line whether it is here already.")
        return render(
            request,
            "workshop/payments/file.html",
            {"file": file, "error": text, **_asking(file)},
            status=422,
        )
    file.tell_apart(by=request.person, answers=said)
    return _again(request, file)


@require_http_methods(["GET", "POST"])
def columns(request: Request, pk: int) -> HttpResponse:
    """Say once what the columns of an unknown file mean, with a look at what comes of it."""
    if not request.person.may("payments.map_columns", request.workshop):
        raise NotAllowed
    file = _file(request, pk)
    head, at = _head(file, request.GET.get("header", ""))
    form = ColumnsForm(request.POST or None, head=head, at=at)
    tried = None
    if form.is_valid():
        tried = importing.try_out(file, form.mapping(file.account))
        if "save" in request.POST and not tried.refusal and not file.imported:
            ColumnMapping.teach(by=request.person, account=file.account, **form.taught())
            return _again(request, file)
    return render(
        request,
        "workshop/payments/columns.html",
        {"file": file, "head": head, "choices": head.could_be(), "form": form, "tried": tried},
        status=422 if form.is_bound and (tried is None or tried.refusal) else 200,
    )


@require_safe
def imported(request: Request, pk: int) -> HttpResponse:
    """What a file brought."""
    imports = BankImport.objects.visible_to(request.person).select_related("account", "by")
    made = get_object_or_404(imports, pk=pk)
    new = made.entries.filter(amount_sen__gt=0).aggregate(sen=Sum("amount_sen"))["sen"] or 0
    out = made.entries.filter(amount_sen__lt=0).aggregate(sen=Sum("amount_sen"))["sen"] or 0
    return render(
        request,
        "workshop/payments/import.html",
        {
            "made": made,
            "gap": made.missing_before(),
            "came": new // 100,
            "went": -out // 100,
            "entries": made.entries.order_by("pk")[:ENTRIES_SHOWN],
            "shown": ENTRIES_SHOWN,
        },
    )


def _readable() -> list[tuple[str, str]]:
    """Return what each bank's portals offer that we can read."""
    return [
        ("BCA", _("KlikBCA Bisnis (CSV, both layouts), KlikBCA Individual in English (CSV)")),
        ("Mandiri", _("Kopra or MCM (CSV with semicolons or commas), Livin' (XLSX)")),
        ("BRI", _("CMS (CSV with 18 or 19 columns, or the short form), internet banking (CSV)")),
        ("BNI", _("BNIDirect (CSV), internet and mobile banking (XLSX)")),
        ("BSI, CIMB, Bank Jatim", _("XLSX or CSV")),
        (_("Every bank"), _("MT940 of the business portal, camt.053")),
    ]


def _again(request: Request, file: StatementFile) -> HttpResponse:
    file.wait()
    if importing.is_large(file):
        tasks.read_statement.enqueue(file.pk)
    elif answer := _read(request, file):
        return answer
    return redirect("workshop:statement-file", request.workshop.slug, file.pk)


def _read(request: Request, file: StatementFile) -> HttpResponse | None:
    """Read a small file; return where to go, or nothing where the file has to be mended."""
    try:
        made, matched = reconciliation.read(file)
    except ImportRefused:
        if file.doubts:
            return redirect("workshop:statement-file", request.workshop.slug, file.pk)
        if file.is_unknown and _is_table(file):
            return redirect("workshop:statement-columns", request.workshop.slug, file.pk)
        return None
    text = ngettext("%(n)s entry was matched.", "%(n)s entries were matched.", matched)
    messages.success(request, text % {"n": matched})
    return redirect("workshop:import", request.workshop.slug, made.pk)


def _head(file: StatementFile, chosen: str) -> tuple[Head, int]:
    """Return the first rows of a file, and which of them is the header row. Raises Http404."""
    try:
        with file.open() as opened:
            head = preview.head_of(opened)
    except StatementRefused as reason:
        raise Http404 from reason
    could_be = head.could_be()
    if not could_be:
        raise Http404
    at = int(chosen) - 1 if chosen.isdecimal() else head.header_at()
    return head, at if at in could_be and at is not None else could_be[0]


def _is_table(file: StatementFile) -> bool:
    try:
        with file.open() as opened:
            return preview.head_of(opened).header_at() is not None
    except StatementRefused:
        return False


def _asking(file: StatementFile) -> dict[str, object]:
    rows = [doubt for doubt in file.doubts if doubt["line"] is not None]
    return {"rows": rows, "missing": [doubt for doubt in file.doubts if doubt["line"] is None]}


def _file(request: Request, pk: int) -> StatementFile:
    files = StatementFile.objects.visible_to(request.person)
    return get_object_or_404(
        files.select_related("account__workshop", "imported", "upload", "by"), pk=pk
    )
