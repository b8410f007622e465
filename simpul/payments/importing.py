"""From a bank's file to entries: read as a stream, compared with what is here, then all or nothing.

Rows are staged in short transactions, so that nobody who writes has to wait, and become entries in
one. Whoever is killed before that leaves nothing but staged rows, which the next reading removes.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Max, Min, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.lib import uploads
from simpul.lib.rows import insert_values
from simpul.papers.models import Upload
from simpul.parties.models import Person
from simpul.payments import overlap, readers
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    BankImport,
    ColumnMapping,
    ImportRefused,
    Outrun,
    StagedEntry,
    StatementFile,
)
from simpul.payments.overlap import Line
from simpul.payments.readers.columns import Columns

BATCH = 5_000
AT_ONCE = 2_000  # rows up to which nobody is made to wait for the worker
DOUBTS_SHOWN = 50
SWEPT = 20_000
ROWS_TRIED = 5
TRIES = 5
MISSING = "missing"  # the answer about entries that the file should have

Told = Callable[[str, int, int | None], object]


def hand_in(
    *,
    by: Person,
    account: BankAccount,
    content: bytes,
    period: readers.Period | None = None,
    name: str = "",
) -> StatementFile:
    """Keep a file that was not looked at yet. Raises ImportRefused where the door refuses it."""
    try:
        admitted = uploads.admit(ContentFile(content), uploads.STATEMENT)
    except uploads.Refusal as reason:
        raise ImportRefused(str(reason)) from reason
    return StatementFile.hand_in(
        by=by, account=account, admitted=admitted, period=period, name=name
    )


def take(
    *,
    by: Person,
    account: BankAccount,
    content: bytes,
    period: readers.Period | None = None,
) -> BankImport:
    """Hand a file in and read it at once, without matching it. Raises ImportRefused."""
    return read_in(hand_in(by=by, account=account, content=content, period=period))


def is_large(file: StatementFile) -> bool:
    """Tell whether to let the worker read it."""
    with file.open() as opened:
        try:
            expected = readers.recognise(opened, file.period, _taught(file.account)).expected
        except readers.StatementRefused:
            return False
    return file.upload.size > 1_000_000 if expected is None else expected > AT_ONCE


@dataclass(slots=True)
class Tried:
    """What a file would bring if its columns meant this; nothing of it is kept."""

    first: list[readers.Row] = field(default_factory=list)
    rows: int = 0
    credits: int = 0
    debits: int = 0
    opening: int | None = None
    closing: int | None = None
    refusal: str = ""


def try_out(file: StatementFile, mapping: ColumnMapping) -> Tried:
    """Read the whole file as the mapping says."""
    tried = Tried()
    try:
        with file.open() as opened:
            reading = readers.recognise(opened, file.period, [mapping.layout()])
            for row in reading.rows():
                if len(tried.first) < ROWS_TRIED:
                    tried.first.append(row)
        _is_of(reading.account, file.account)
    except (readers.StatementRefused, ImportRefused) as reason:
        tried.refusal = str(reason)
        return tried
    tally = reading.ledger.booked
    tried.rows, tried.credits, tried.debits = reading.ledger.rows, tally.credits, tally.debits
    tried.opening, tried.closing = reading.opening_sen, reading.closing_sen
    return tried


def read_in(file: StatementFile, *, told: Told | None = None) -> BankImport:
    """Read a file that was handed in, whole or not at all; once, however often it is asked for.

    `told` hears the phase, how many rows were read, and about how many there are. Raises
    ImportRefused with the line and why; the file keeps the reason.
    """
    run = file.claim()
    if file.imported is not None:
        return file.imported
    if run is None:
        raise ImportRefused(_("This file is being read already."))
    try:
        return _Run(file, run, told).booked()
    except ImportRefused as reason:
        file.touch(run, refusal=str(reason), phase="")
        raise
    except readers.StatementRefused as reason:
        is_unknown = isinstance(reason, readers.LayoutUnknown)
        file.touch(run, refusal=str(reason), phase="", is_unknown=is_unknown)
        raise ImportRefused(str(reason)) from reason
    finally:
        _sweep(file)
        StatementFile.objects.filter(pk=file.pk, run=run).update(run="")
        file.refresh_from_db()


@dataclass(slots=True)
class _Run:
    """One reading of a file. After it was compared it says what `BankImport.book` wants to know."""

    source: StatementFile
    run: str
    told: Told | None = None
    layout: str = ""
    opening_sen: int | None = None
    closing_sen: int | None = None
    newest_first: bool = False
    rows: int = 0
    pending: int = 0
    added: int = 0
    newest: int | None = None
    days: list[date] = field(default_factory=list)  # the first and the last

    @property
    def file(self) -> Upload:
        return self.source.upload

    @property
    def first_on(self) -> date:
        return self.days[0]

    @property
    def last_on(self) -> date:
        return self.days[-1]

    def booked(self) -> BankImport:
        _sweep(self.source)
        with self.source.open() as opened:
            taught = _taught(self.source.account)
            reading = readers.recognise(opened, self.source.period, taught)
            self._stage(reading)
        account = self.source.account
        for _try in range(TRIES):
            self._compare(account)
            try:
                with transaction.atomic():
                    made = BankImport.book(by=self.source.by, account=account, statement=self)
                    self._say("matching", imported=made, refusal="", is_unknown=False, doubts=[])
            except Outrun:
                continue
            return made
        raise ImportRefused(_("Other statements of this account are being read: try again."))

    def move(self, made: BankImport) -> None:
        """Let the staged rows become entries, in the order in which the bank booked them."""
        fixed = {"workshop": made.workshop_id, "account": made.account_id, "imported": made.pk}
        copied = {one.name for one in StagedEntry._meta.fields} - {"id", "file", "run"}
        columns, values, parameters = [], [], []
        for one in BankEntry._meta.concrete_fields:
            if one.primary_key:
                continue
            name = connection.ops.quote_name(str(one.column))
            columns.append(name)
            if one.name in copied:
                values.append(name)
            elif one.name == "status":
                values.append("CASE WHEN amount_sen > 0 THEN %s ELSE %s END")
                parameters += [BankEntry.Status.NEW.value, BankEntry.Status.OUT.value]
            else:
                values.append("%s")
                parameters.append(fixed.get(one.name, one.get_default()))
        order = "line DESC" if self.newest_first else "line"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {BankEntry._meta.db_table} ({', '.join(columns)}) "  # noqa: S608
                f"SELECT {', '.join(values)} FROM {StagedEntry._meta.db_table} "
                f"WHERE file_id = %s AND run = %s AND twin > 0 ORDER BY booked_on, {order}",
                [*parameters, self.source.pk, self.run],
            )

    def _stage(self, reading: readers.Reading) -> None:
        """Read the whole file and check that it adds up; keep its rows beside the entries."""
        self.layout, self.newest_first = reading.layout, reading.newest_first
        self._say("reading", expected=reading.expected)
        account = self.source.account
        booked = self._counted(reading)
        while batch := [_staged(self.source, self.run, row) for row in islice(booked, BATCH)]:
            _is_of(reading.account, account)
            with transaction.atomic():
                insert_values(StagedEntry, _STAGED, batch)
                self._say("reading", seen=self.rows)
        _is_of(reading.account, account)
        self.opening_sen, self.closing_sen = reading.opening_sen, reading.closing_sen

    def _counted(self, reading: readers.Reading) -> Iterator[readers.Row]:
        """Yield the booked rows; remember how many there were and which days they cover."""
        for row in reading.rows():
            self.rows += 1
            if not self.days or not self.days[0] <= row.booked_on <= self.days[-1]:
                days = [*self.days, row.booked_on]
                self.days = [min(days), max(days)]
            if row.pending:
                self.pending += 1
            else:
                yield row

    def _compare(self, account: BankAccount) -> None:
        """Tell those of the staged rows that are new: the others are no twin of anything, 0.

        They stay, for whoever is outrun has to compare them again. Raises ImportRefused with what
        is doubtful.
        """
        self._say("comparing", seen=self.rows)
        self.newest = account.newest_import()
        with transaction.atomic():
            StagedEntry.objects.filter(file=self.source).exclude(run=self.run).delete()
        if self._is_first_of_its_days(account):
            self._number_twins()
        else:
            self._hold_against_entries(account)

    def _is_first_of_its_days(self, account: BankAccount) -> bool:
        """Tell whether nothing is here, or was, that a row of this file could be."""
        days = (self.first_on, self.last_on)
        is_here = account.entries.filter(booked_on__range=days).exists()
        return not (is_here or self.source.answers or _covered(account, *days))

    def _number_twins(self) -> None:
        """Everything is new: count equal rows of a day."""
        staged = StagedEntry.objects.filter(file=self.source, run=self.run)
        self.added = staged.count()
        order = "-line" if self.newest_first else "line"
        count = Window(RowNumber(), partition_by="fingerprint", order_by=order)
        found: dict[int, list[int]] = {}
        again = staged.annotate(count=count).filter(count__gt=1)
        for at, twin in again.order_by("pk").values_list("pk", "count"):
            found.setdefault(twin, []).append(at)
        self._save_twins(found)

    def _hold_against_entries(self, account: BankAccount) -> None:
        """Tell the new ones from those that are here, day by day; ask about what is doubtful."""
        known = array("q")
        twins: dict[int, list[int]] = {}
        doubts: list[dict[str, Any]] = []
        unsure = 0
        for on, day in self._days(account):
            known.extend(row.at for row in day.known)
            for row, twin in day.new:
                if twin > 1:
                    twins.setdefault(twin, []).append(row.at)
            asked = [_asked(on, one.row, one.here) for one in day.doubts]
            if day.missing and self.source.answers.get(MISSING) != overlap.OTHER:
                asked += [_asked(on, None, (one,)) for one in day.missing]
            unsure += len(asked)
            doubts += asked[: DOUBTS_SHOWN - len(doubts)]
        if unsure:
            self.source.touch(self.run, doubts=doubts)
            raise ImportRefused(_unsure(unsure, doubts))
        twins[0] = known.tolist()
        self._save_twins(twins)
        staged = StagedEntry.objects.filter(file=self.source, run=self.run)
        self.added = staged.filter(twin__gt=0).count()

    def _save_twins(self, twins: dict[int, list[int]]) -> None:
        for twin, rows in twins.items():
            for start in range(0, len(rows), BATCH):
                StagedEntry.objects.filter(pk__in=rows[start : start + BATCH]).update(twin=twin)

    def _days(self, account: BankAccount) -> Iterator[tuple[date, overlap.Day]]:
        """Compare day by day, so that no more than one day is ever held."""
        has_balances = self.opening_sen is not None
        covered = _covered(account, self.first_on, self.last_on)
        answers = {int(at): said for at, said in self.source.answers.items() if at.isdigit()}
        staged = groupby(self._staged(), key=lambda one: one[0])
        here = groupby(_here(account, self.first_on, self.last_on), key=lambda one: one[0])
        for on, rows, others in _side_by_side(staged, here):
            yield (
                on,
                overlap.compare(
                    rows,
                    others,
                    is_covered=any(first < on < last for first, last in covered),
                    is_inside=has_balances and self.first_on < on < self.last_on,
                    answers=answers,
                ),
            )

    def _staged(self) -> Iterator[tuple[date, Line]]:
        order = "-line" if self.newest_first else "line"
        rows = StagedEntry.objects.filter(file=self.source, run=self.run)
        for one in (
            rows.order_by("booked_on", order)
            .values_list(
                *("booked_on", "pk", "line", "amount_sen", "text", "fingerprint"),
                *("balance_sen", "is_counted", "reference"),
            )
            .iterator(BATCH)
        ):
            on, at, line, sen, text, fingerprint, balance, is_counted, reference = one
            yield (
                on,
                Line(at, line, sen, text, fingerprint, balance, is_counted, reference, self.layout),
            )

    def _say(self, phase: str, **facts: Any) -> None:
        """Say how far it is. Raises ImportRefused where somebody else has taken over."""
        if not self.source.touch(self.run, phase=phase, **facts):
            raise ImportRefused(_("This file is being read already."))
        if self.told:
            self.told(phase, self.rows, facts.get("expected"))


type _Days = Iterable[tuple[date, Iterable[tuple[date, Line]]]]


def _side_by_side(staged: _Days, here: _Days) -> Iterator[tuple[date, list[Line], list[Line]]]:
    """Walk through the days of both; where one of them has nothing, its list is empty."""
    left, right = iter(staged), iter(here)
    row, other = _next(left), _next(right)
    while row or other:
        on = min(one[0] for one in (row, other) if one)
        rows = others = []
        if row and row[0] == on:
            rows, row = row[1], _next(left)
        if other and other[0] == on:
            others, other = other[1], _next(right)
        yield on, rows, others


def _next(
    days: Iterator[tuple[date, Iterable[tuple[date, Line]]]],
) -> tuple[date, list[Line]] | None:
    found = next(days, None)
    return (found[0], [line for _on, line in found[1]]) if found else None


def _taught(account: BankAccount) -> list[Columns]:
    """Return what was taught about the account's files, the newest first."""
    taught = ColumnMapping.objects.filter(account=account)
    return [one.layout() for one in taught.order_by("-pk")]


def _here(account: BankAccount, first: date, last: date) -> Iterator[tuple[date, Line]]:
    entries = account.entries.filter(booked_on__gte=first, booked_on__lte=last)
    for one in (
        entries.order_by("booked_on", "pk")
        .values_list(
            *("booked_on", "pk", "line", "amount_sen", "text", "fingerprint"),
            *("balance_sen", "is_counted", "reference", "imported__layout", "twin"),
        )
        .iterator(BATCH)
    ):
        yield one[0], Line(*one[1:])


def _covered(account: BankAccount, first: date, last: date) -> list[tuple[date, date]]:
    """Return the days that earlier files with balances covered."""
    earlier = account.imports.filter(
        opening_sen__isnull=False, first_on__lte=last, last_on__gte=first
    )
    days = earlier.order_by("pk").values_list("first_on", "last_on")
    return [(first, last) for first, last in days if first and last]


def _sweep(file: StatementFile) -> None:
    """Remove what readings of this file have staged, those that were killed too."""
    staged = StagedEntry.objects.filter(file=file)
    ends = staged.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is not None:
        for start in range(ends["first"], ends["last"] + 1, SWEPT):
            staged.filter(pk__gte=start, pk__lt=start + SWEPT).delete()


_STAGED = (
    *("file_id", "run", "line", "booked_on", "amount_sen", "balance_sen", "is_counted"),
    *("text", "reference", "fingerprint", "twin"),
)


def _staged(file: StatementFile, run: str, row: readers.Row) -> tuple[Any, ...]:
    """Return what stands in the columns of `_STAGED`."""
    reference = row.reference[:80]
    return (
        *(file.pk, run, row.line, row.booked_on, row.amount_sen, row.balance_sen, row.is_counted),
        *(row.text, reference, _fingerprint(file.account_id, row, reference), 1),
    )


def _fingerprint(account: int, row: readers.Row, reference: str) -> str:
    amounts = f"{row.amount_sen}|{overlap.plain(row.text)}|{row.balance_sen}"
    said = f"{account}|{row.booked_on}|{amounts}|{reference}"
    return hashlib.sha256(said.encode()).hexdigest()


def _is_of(stated: str | None, account: BankAccount) -> None:
    if stated and not _is_same(stated, account.number):
        raise ImportRefused(_("This file is of account %(number)s.") % {"number": stated})


def _is_same(stated: str, number: str) -> bool:
    digits = ["".join(filter(str.isdigit, text)).lstrip("0") for text in (stated, number)]
    return digits[0] == digits[1]


def _asked(on: date, row: Line | None, here: tuple[Line, ...]) -> dict[str, Any]:
    """Keep of a doubt what its page shows."""
    return {
        "line": row.line if row else None,
        "on": on.isoformat(),
        "sen": (row or here[0]).amount,
        "text": row.text if row else "",
        "here": [one.text for one in here[:3]],
    }


def _unsure(count: int, doubts: list[dict[str, Any]]) -> str:
    lines = [doubt["line"] for doubt in doubts if doubt["line"] is not None]
    if not lines:
        return ngettext(
            "%(n)s entry is here that this file should have, but has not.",
            "%(n)s entries are here that this file should have, but has not.",
            count,
        ) % {"n": count}
    return _(
        "Line %(line)s may be here already (%(n)s such lines in all): say of each whether it is."
    ) % {"line": lines[0], "n": count}
