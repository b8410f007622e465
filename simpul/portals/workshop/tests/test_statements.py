"""Statements on the desk: what is read at once, by the worker, after asking, and after teaching."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.payments import importing, tasks
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    BankImport,
    ColumnMapping,
    ImportRefused,
    StatementFile,
)
from simpul.payments.tests.test_entry import statement
from simpul.payments.tests.test_importing import commas, kopra
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

DESK = "/ciomas/desk/payments/"
UNKNOWN = """Laporan Mutasi
Hari;Berita;Uang Masuk;Uang Keluar;Sisa
2/11/2026;DP CONTOH BUDI;5.840.217,00;;15.840.217,00
3/11/2026;KULIT 128 KAKI;;5.376.000,00;10.464.217,00
"""
MEANINGS = {
    "column-0": "day",
    "column-1": "text",
    "column-2": "credit",
    "column-3": "debit",
    "column-4": "balance",
    "thousands": ".",
    "month_first": "no",
    "newest_first": "no",
}


@pytest.fixture
def account(workshop: Workshop, owner: Person) -> BankAccount:
    made = testing.account(workshop)
    BankAccount.objects.filter(pk=made.pk).update(number="1060000000001")
    made.refresh_from_db()
    return made


@pytest.fixture
def desk(client: Client, fajar: Person, account: BankAccount) -> Client:
    testing.login(client, fajar)
    return client


def upload(desk: Client, account: BankAccount, text: str) -> Any:
    file = SimpleUploadedFile("mutasi.csv", text.encode())
    return desk.post(f"{DESK}statement/", {"account": account.pk, "file": file})


# Large files


def test_a_large_file_is_read_by_the_worker(
    desk: Client, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 3)
    text = kopra(*[(2, f"A{n}", 100) for n in range(9)])

    answer = upload(desk, account, text)

    file = StatementFile.objects.get()
    page = f"{DESK}files/{file.pk}/"
    assert answer["Location"] == page
    assert not BankEntry.objects.exists()
    assert "waits to be read" in desk.get(page).text
    assert "waits to be read" in desk.get(f"{page}progress/").text
    tasks.read_statement.func(file.pk)
    made = BankImport.objects.get()
    assert desk.get(page)["Location"] == f"{DESK}imports/{made.pk}/"
    assert made.added == 9
    piece = desk.get(f"{page}progress/", headers={"HX-Request": "true"})
    assert piece["HX-Redirect"] == page


def test_a_reading_that_stopped_is_begun_again(desk: Client, account: BankAccount) -> None:
    file = importing.hand_in(
        by=Person.objects.get(name="Fajar"), account=account, content=kopra((2, "A", 1)).encode()
    )
    assert file.claim()
    page = f"{DESK}files/{file.pk}/"
    assert "stopped" not in desk.get(page).text
    StatementFile.objects.update(touched_at=clock.now() - timedelta(minutes=2))
    assert "The reading has stopped" in desk.get(page).text

    answer = desk.post(f"{page}reading/")

    assert answer["Location"] == f"{DESK}imports/{BankImport.objects.get().pk}/"


def test_a_refused_file_says_why_on_its_page(desk: Client, account: BankAccount) -> None:
    answer = upload(desk, account, kopra((2, "A", 1), (2, "B", 1)).replace("1002", "1003"))

    file = StatementFile.objects.get()
    assert answer.status_code == 422
    assert "Line 3" in desk.get(f"{DESK}files/{file.pk}/").text


# Doubts


def test_what_is_doubtful_is_asked(desk: Client, account: BankAccount) -> None:
    upload(desk, account, kopra((2, "SETORAN", 100)))
    answer = upload(desk, account, commas((2, "CONTOH SITI", 100)))

    file = StatementFile.objects.latest("pk")
    page = f"{DESK}files/{file.pk}/"
    assert answer["Location"] == page
    text = desk.get(page).text
    assert "SETORAN" in text
    assert "CONTOH SITI" in text
    assert desk.post(f"{page}answers/", {}).status_code == 422
    assert BankEntry.objects.count() == 1
    answer = desk.post(f"{page}answers/", {"line-2": "other"})
    assert answer["Location"] == f"{DESK}imports/{BankImport.objects.latest('pk').pk}/"
    assert BankEntry.objects.count() == 2


def test_what_is_missing_is_shown(desk: Client, account: BankAccount) -> None:
    upload(desk, account, kopra((2, "A", 100), (3, "THE LOST ONE", 100), (4, "C", 100)))
    upload(desk, account, kopra((2, "A", 100), (4, "C2", 100), (5, "D", 100)))

    file = StatementFile.objects.latest("pk")
    page = f"{DESK}files/{file.pk}/"
    assert "THE LOST ONE" in desk.get(page).text


def test_a_gap_is_shown(desk: Client, account: BankAccount) -> None:
    upload(desk, account, kopra((2, "A", 100)))
    answer = upload(desk, account, kopra((6, "C", 100), opening=1_600))

    assert "A piece of the account is missing" in desk.get(answer["Location"]).text


# Teaching


def test_the_columns_of_an_unknown_file_are_taught_once(desk: Client, account: BankAccount) -> None:
    answer = upload(desk, account, UNKNOWN)
    file = StatementFile.objects.get()
    page = f"{DESK}files/{file.pk}/columns/"
    assert answer["Location"] == page
    text = desk.get(page).text
    assert "Uang Masuk" in text
    assert "5.840.217,00" in text
    assert 'value="2" selected' in text  # the header row

    looked = desk.post(page, {**MEANINGS, "look": "yes"})
    assert looked.status_code == 200
    assert "DP CONTOH BUDI" in looked.text
    assert not ColumnMapping.objects.exists()
    saved = desk.post(page, {**MEANINGS, "save": "yes"})

    assert saved["Location"] == f"{DESK}imports/{BankImport.objects.get().pk}/"
    amounts = BankEntry.objects.order_by("pk").values_list("amount_sen", flat=True)
    assert list(amounts) == [584_021_700, -537_600_000]
    again = upload(desk, account, UNKNOWN + "4/11/2026;QRIS;697.900,00;;11.162.117,00\n")
    assert "/imports/" in again["Location"]
    assert BankEntry.objects.count() == 3
    mapping = ColumnMapping.objects.get()
    assert [line.step for line in journal_of(mapping)] == ["payments.map_columns"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"column-0": ""}, "which columns are the day and the text"),
        ({"column-1": "day"}, "Only one column can be"),
        ({"column-3": ""}, "Choose either the amount"),
        ({"column-2": "amount"}, "Choose either the amount"),
        ({"thousands": ","}, "cannot be read"),
        ({"newest_first": "yes"}, "cannot be read"),
        ({"column-2": "debit", "column-3": "credit"}, "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_not_taught(
    desk: Client, account: BankAccount, changes: dict[str, str], reason: str
) -> None:
    upload(desk, account, UNKNOWN)
    page = f"{DESK}files/{StatementFile.objects.get().pk}/columns/"

    answer = desk.post(page, {**MEANINGS, **changes, "save": "yes"})

    assert answer.status_code == 422
    assert reason in answer.text
    assert not ColumnMapping.objects.exists()
    assert not BankEntry.objects.exists()


def test_a_column_is_guessed_by_a_word_of_its_name(desk: Client, account: BankAccount) -> None:
    names = "Tgl;Uraian Transaksi;Uang Keluar;Uang Masuk;Sisa Saldo"
    upload(desk, account, names + "\n22/11/2026;LANGKAH CONTOH;;1.250.000,00;2.250.000,00\n")
    page = desk.get(f"{DESK}files/{StatementFile.objects.get().pk}/columns/")
    for meaning in ("day", "text", "debit", "credit", "balance"):
        assert f'<option value="{meaning}" selected>' in page.text


def test_the_newest_may_come_first_and_the_month_too(desk: Client, account: BankAccount) -> None:
    text = (
        "Date,Narrative,Value,Left\n"
        '11/13/2026,C,"-1,000.00",300.00\n11/12/2026,B,200.00,"1,300.00"\n11/12/2026,A,1.00,"1,100.00"\n'
    )
    upload(desk, account, text)
    page = f"{DESK}files/{StatementFile.objects.get().pk}/columns/"
    meanings = {"column-0": "day", "column-1": "text", "column-2": "amount", "column-3": "balance"}
    how = {"thousands": ",", "month_first": "yes", "newest_first": "yes"}

    desk.post(page, {**meanings, **how, "save": "yes"})

    made = BankImport.objects.get()
    assert (made.opening_sen, made.closing_sen) == (109_900, 30_000)
    assert list(made.entries.order_by("pk").values_list("text", flat=True)) == ["A", "B", "C"]


def test_one_workshops_teaching_is_not_anothers(
    desk: Client, account: BankAccount, joko: Person
) -> None:
    upload(desk, account, UNKNOWN)
    page = f"{DESK}files/{StatementFile.objects.get().pk}/columns/"
    desk.post(page, {**MEANINGS, "save": "yes"})
    theirs = testing.account(joko.workshop)

    with pytest.raises(ImportRefused, match="no statement file"):
        importing.take(by=joko, account=theirs, content=UNKNOWN.encode())

    assert not ColumnMapping.objects.visible_to(joko).exists()
    with pytest.raises(NotAllowed):
        ColumnMapping.teach(by=joko, account=account, header=[], meanings=[])
    assert ColumnMapping.objects.count() == 1


def test_what_is_no_table_is_not_taught(desk: Client, account: BankAccount) -> None:
    assert upload(desk, account, "halo\nsemua\n").status_code == 422
    file = StatementFile.objects.get()
    assert desk.get(f"{DESK}files/{file.pk}/columns/").status_code == 404


@testing.counts_questions
def test_a_page_of_files_costs_the_same(
    desk: Client, account: BankAccount, django_assert_num_queries: Any
) -> None:
    upload(desk, account, statement(("A", 1), number=account.number).decode())
    made = BankImport.objects.get()
    desk.get(f"{DESK}imports/{made.pk}/")
    # session, user, workshop and person; import; sums in and out; before; entries; notices
    with django_assert_num_queries(8):
        desk.get(f"{DESK}imports/{made.pk}/")
