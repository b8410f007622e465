"""A file on its way in: overlaps, doubts, gaps, and what happens when somebody pulls the plug."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from simpul.lib import clock
from simpul.parties.models import Person
from simpul.payments import importing
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    BankImport,
    ImportRefused,
    Outrun,
    StagedEntry,
    StatementFile,
)
from simpul.payments.readers.tests import samples
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
KOPRA_HEAD = samples.MANDIRI_KOPRA.splitlines()[0]
WITHOUT = samples.MANDIRI_WITH_COMMAS.splitlines()[0]


@pytest.fixture
def mandiri(account: BankAccount) -> BankAccount:
    BankAccount.objects.filter(pk=account.pk).update(bank="Mandiri", number="1060000000001")
    account.refresh_from_db()
    return account


def hand_in(account: BankAccount, by: Person, text: str) -> StatementFile:
    return importing.hand_in(by=by, account=account, content=text.encode(), period=NOVEMBER)


def take(account: BankAccount, by: Person, text: str) -> BankImport:
    return importing.read_in(hand_in(account, by, text))


def sums() -> tuple[int, int]:
    amounts = list(BankEntry.objects.values_list("amount_sen", flat=True))
    return len(amounts), sum(amounts)


def kopra(*rows: tuple[int, str, int], opening: int = 1_000) -> str:
    """A file of Kopra: day of November, text, rupiah."""
    lines, balance = [KOPRA_HEAD], opening
    for day, text, amount in rows:
        balance += amount
        credit, debit = max(amount, 0), max(-amount, 0)
        lines.append(
            f"1060000000001;IDR;{day:02} November 2026 11:27:10;{text};;{credit}.00;{debit}.00;{balance}.00"
        )
    return "\n".join(lines)


def commas(*rows: tuple[int, str, int]) -> str:
    lines = [WITHOUT]
    for day, text, amount in rows:
        credit, debit = max(amount, 0), max(-amount, 0)
        lines.append(
            f'1060000000001,{day:02}/11/26,{day:02}/11/26,7820,"{text}",,,"{debit}.00","{credit}.00"'
        )
    return "\n".join(lines)


MANDIRI = {
    "Kopra": samples.MANDIRI_KOPRA,
    "commas": samples.MANDIRI_WITH_COMMAS,
    "Livin'": samples.LIVIN,
    "MT940": samples.MT940,
    "short MT940": samples.MT940_OF_MANDIRI,
    "camt.053": samples.CAMT,
}


@pytest.mark.parametrize("first", MANDIRI)
@pytest.mark.parametrize("second", MANDIRI)
def test_the_same_days_in_two_layouts_are_added_once(
    mandiri: BankAccount, fajar: Person, first: str, second: str
) -> None:
    take(mandiri, fajar, MANDIRI[first])

    try:
        made = take(mandiri, fajar, MANDIRI[second])
    except ImportRefused:
        assert "commas" in (first, second)  # without balances a text may say too little
        assert StatementFile.objects.latest("pk").doubts
    else:
        assert made.added == 0
    assert sums() == (4, 148_696_200)
    assert not StagedEntry.objects.exists()


def test_a_second_file_of_another_layout_adds_what_is_new(
    mandiri: BankAccount, fajar: Person
) -> None:
    take(mandiri, fajar, kopra((2, "DARI CONTOH BUDI", 100), (3, "DARI CONTOH SITI", 100)))

    made = take(
        mandiri,
        fajar,
        commas(
            (2, "CONTOH BUDI", 100), (3, "CONTOH SITI", 100), (3, "JAYA ABADI", 100), (4, "X", 5)
        ),
    )

    assert made.added == 2
    assert sums() == (4, 30_500)


def test_what_cannot_be_told_apart_is_asked(mandiri: BankAccount, fajar: Person) -> None:
    take(mandiri, fajar, kopra((2, "SETORAN", 100)))
    file = hand_in(mandiri, fajar, commas((2, "CONTOH SITI", 100)))

    with pytest.raises(ImportRefused, match="Line 2 may be here"):
        importing.read_in(file)

    assert sums() == (1, 10_000)
    assert file.doubts[0]["here"] == ["SETORAN"]
    file.tell_apart(by=fajar, answers={"2": "other"})
    assert importing.read_in(file).added == 1
    assert sums() == (2, 20_000)
    assert file.refusal == ""


def test_the_answer_may_be_that_it_is_the_same(mandiri: BankAccount, fajar: Person) -> None:
    take(mandiri, fajar, kopra((2, "SETORAN", 100)))
    file = hand_in(mandiri, fajar, commas((2, "CONTOH SITI", 100)))
    file.tell_apart(by=fajar, answers={"2": "same"})

    assert importing.read_in(file).added == 0
    assert sums() == (1, 10_000)
    [line] = [one for one in journal_of(file) if one.step == "payments.tell_apart"]
    assert line.facts == {"answers": {"2": "same"}}


def test_only_finance_hands_in_and_decides(
    mandiri: BankAccount, fajar: Person, sari: Person, viewer: Person
) -> None:
    for person in (sari, viewer):
        with pytest.raises(NotAllowed):
            hand_in(mandiri, person, samples.MANDIRI_KOPRA)
    assert not StatementFile.objects.exists()
    file = hand_in(mandiri, fajar, samples.MANDIRI_KOPRA)
    with pytest.raises(NotAllowed):
        file.tell_apart(by=sari, answers={"2": "same"})
    file.refresh_from_db()
    assert file.answers == {}
    assert [one.step for one in journal_of(file)] == ["payments.hand_in"]


def test_nothing_is_decided_after_it_was_read(mandiri: BankAccount, fajar: Person) -> None:
    file = hand_in(mandiri, fajar, samples.MANDIRI_KOPRA)
    made = importing.read_in(file)

    with pytest.raises(WrongState):
        file.tell_apart(by=fajar, answers={"2": "same"})

    assert importing.read_in(file) == made
    assert BankImport.objects.count() == 1


def test_an_entry_that_the_file_should_have_is_missed(mandiri: BankAccount, fajar: Person) -> None:
    take(mandiri, fajar, kopra((2, "A", 100), (3, "B", 100), (4, "C", 100)))
    file = hand_in(mandiri, fajar, kopra((2, "A", 100), (4, "C", 100), (5, "D", 100)))

    with pytest.raises(ImportRefused):
        importing.read_in(file)

    assert sums() == (3, 30_000)


def test_a_day_that_was_covered_takes_nothing_new(mandiri: BankAccount, fajar: Person) -> None:
    take(mandiri, fajar, kopra((2, "A", 100), (3, "B", 100), (4, "C", 100)))

    with pytest.raises(ImportRefused, match="Line 2"):
        take(mandiri, fajar, commas((3, "OF ANOTHER ACCOUNT", 777)))

    assert sums() == (3, 30_000)


def test_a_gap_is_seen_and_closes(mandiri: BankAccount, fajar: Person) -> None:
    first = take(mandiri, fajar, kopra((2, "A", 100)))
    later = take(mandiri, fajar, kopra((6, "C", 100), opening=1_600))
    assert first.missing_before() is None
    assert later.missing_before() == (110_000, 160_000)

    take(mandiri, fajar, kopra((4, "B", 500), opening=1_100))

    assert later.missing_before() is None


def test_a_refused_file_keeps_its_reason_and_leaves_nothing(
    mandiri: BankAccount, fajar: Person
) -> None:
    file = hand_in(mandiri, fajar, samples.MANDIRI_KOPRA.replace("16165062.00", "16165063.00"))

    with pytest.raises(ImportRefused, match="Line 3"):
        importing.read_in(file)

    assert file.refusal.startswith("Line 3")
    assert not BankEntry.objects.exists()
    assert not StagedEntry.objects.exists()


def test_a_file_that_somebody_reads_is_not_read_twice(mandiri: BankAccount, fajar: Person) -> None:
    file = hand_in(mandiri, fajar, samples.MANDIRI_KOPRA)
    run = file.claim()
    assert run

    with pytest.raises(ImportRefused, match="being read"):
        importing.read_in(StatementFile.objects.get(pk=file.pk))

    StatementFile.objects.filter(pk=file.pk).update(touched_at=clock.now() - timedelta(minutes=2))
    assert importing.read_in(StatementFile.objects.get(pk=file.pk)).added == 4
    assert not file.touch(run)


def test_who_is_outrun_compares_again_with_all_rows(
    mandiri: BankAccount, fajar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(1 + n // 3, f"R{n}", 100) for n in range(12)] + [(5, "SAME", 7), (5, "SAME", 7)]
    take(mandiri, fajar, kopra(*rows[:6]))
    book, outrun = BankImport.book, iter([True, True])

    def slow(**facts: object) -> BankImport:
        if next(outrun, False):
            raise Outrun("another one came in between")
        return book(**facts)  # type: ignore[arg-type]

    monkeypatch.setattr(BankImport, "book", slow)
    whole = take(mandiri, fajar, kopra(*rows))

    assert (whole.rows, whole.added) == (14, 8)
    assert sums() == (14, 1_214 * 100)


def test_rows_of_one_batch_after_the_other(
    mandiri: BankAccount, fajar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    monkeypatch.setattr(importing, "SWEPT", 2)
    rows = [(1 + n // 4, f"R{n}", 100 if n % 3 else -50) for n in range(40)]
    half = take(mandiri, fajar, kopra(*rows[:22]))
    whole = take(mandiri, fajar, kopra(*rows))

    assert (half.added, whole.added) == (22, 18)
    assert sums() == (40, sum(sen for _day, _text, sen in rows) * 100)
    assert not StagedEntry.objects.exists()


CHILD = """
import os, sys, django
django.setup()
from simpul.payments import importing
from simpul.payments.models import StatementFile
importing.read_in(StatementFile.objects.get(pk=int(sys.argv[1])), told=print)
"""
LOADED = """
import sys, django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
from simpul import testing
from simpul.parties.roles import Role
from simpul.payments import importing
workshop = testing.workshop("ciomas")
fajar = testing.staff("Fajar", workshop, Role.FINANCE)
testing.staff("Hadi", workshop, Role.OWNER)
account = testing.account(workshop)
file = importing.hand_in(by=fajar, account=account, content=open(sys.argv[1], "rb").read())
print(file.pk)
"""
COUNTED = """
import sys, django
django.setup()
from simpul.payments.models import *
file = StatementFile.objects.get()
print(BankEntry.objects.count(), BankImport.objects.count(), StagedEntry.objects.count(), file.seen)
StatementFile.objects.update(touched_at=None, run="")
"""


@pytest.mark.skipif(
    connection.vendor == "postgresql", reason="brings a database of its own: the same in each suite"
)
def test_whoever_is_killed_half_way_leaves_nothing(tmp_path: Path) -> None:
    """With a process of its own and a real kill: nothing is half in, and the next reading is whole."""
    rows = 20_000
    lines = [WITHOUT]
    lines += [f'0000012345,02/11/26,02/11/26,1,"R {n}",,,".00","{n + 1}.00"' for n in range(rows)]
    file = tmp_path / "mutasi.csv"
    file.write_text("\n".join(lines))
    environment = {
        **os.environ,
        "SIMPUL_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "simpul.settings",
        "DATABASE_URL": "",
    }

    def run(code: str, *arguments: str) -> list[str]:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)  # noqa: S603
        return done.stdout.split()

    [pk] = run(LOADED, str(file))
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-u", "-c", CHILD, pk], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    for said in child.stdout:  # it has staged a few thousand rows
        if said.startswith("reading") and int(said.split()[1]) > rows // 4:
            break
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()

    entries, imports, staged, seen = map(int, run(COUNTED))
    assert (entries, imports) == (0, 0)
    assert 0 < staged < rows
    assert 0 < seen < rows
    run(CHILD, pk)
    entries, imports, staged, seen = map(int, run(COUNTED))
    assert (entries, imports, staged, seen) == (rows, 1, 0, rows)
