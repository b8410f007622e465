"""What money that is no buyer's payment was for: said once, corrected by a second row."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from simpul.lib import clock, uploads
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import importing, purposes
from simpul.payments.models import BankAccount, BankEntry, Purpose, PurposeKind
from simpul.payments.models.purpose import TooMuch
from simpul.payments.tests.test_entry import entry, statement, take
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState


def spent(
    account: BankAccount, by: Person, amount: int = 10_000, text: str = "BIAYA ADM"
) -> BankEntry:
    take(account, by, (text, -amount))
    return BankEntry.objects.order_by("-pk")[0]


def rows() -> list[tuple[str, int]]:
    return list(Purpose.objects.order_by("pk").values_list("kind", "amount_sen"))


# An entry of the bank


def test_it_says_what_the_money_was_for(account: BankAccount, fajar: Person) -> None:
    one = spent(account, fajar)
    one.explain(by=fajar, kind="fee")

    purpose = Purpose.objects.get()
    assert (purpose.kind, purpose.amount_sen, purpose.on) == ("fee", -1_000_000, one.booked_on)
    assert not BankEntry.objects.unexplained().exists()


def test_it_is_written_in_the_journal(account: BankAccount, fajar: Person) -> None:
    one = spent(account, fajar)
    one.explain(by=fajar, kind="cost", words="Bu Ani, kopi")

    line = journal_of(one)[0]
    assert (line.step, line.by) == ("payments.explain", fajar)
    assert line.facts == {"kind": "cost"}  # what was typed may name somebody


def test_sales_may_not(account: BankAccount, fajar: Person, sari: Person) -> None:
    one = spent(account, fajar)
    with pytest.raises(NotAllowed):
        one.explain(by=sari, kind="fee")

    assert rows() == []


def test_nothing_is_explained_twice(account: BankAccount, fajar: Person) -> None:
    one = spent(account, fajar)
    one.explain(by=fajar, kind="fee")
    with pytest.raises(TooMuch):
        one.explain(by=fajar, kind="fee")

    assert rows() == [("fee", -1_000_000)]


def test_an_entry_may_be_for_several_things(
    account: BankAccount, supplier: Party, fajar: Person
) -> None:
    one = spent(account, fajar)
    one.explain(by=fajar, kind="supplier", party=supplier, amount_sen=900_000)
    assert BankEntry.objects.unexplained().get().explained == -900_000

    with pytest.raises(TooMuch):
        one.explain(by=fajar, kind="fee", amount_sen=100_001)
    one.explain(by=fajar, kind="fee")

    assert rows() == [("supplier", -900_000), ("fee", -100_000)]


def test_money_out_cannot_be_interest(account: BankAccount, fajar: Person) -> None:
    one = spent(account, fajar)
    with pytest.raises(WrongState):
        one.explain(by=fajar, kind="interest")

    assert rows() == []


def test_a_supplier_is_named_and_is_one(account: BankAccount, fajar: Person, buyer: Party) -> None:
    one = spent(account, fajar)
    for party in (None, buyer):
        with pytest.raises(WrongState):
            one.explain(by=fajar, kind="supplier", party=party)

    assert rows() == []


def test_other_costs_need_words(account: BankAccount, fajar: Person) -> None:
    with pytest.raises(Refused):
        spent(account, fajar).explain(by=fajar, kind="cost")

    assert rows() == []


def test_a_buyers_money_is_not_explained_so(account: BankAccount, fajar: Person) -> None:
    with pytest.raises(WrongState):
        entry(account, fajar, 100_000).explain(by=fajar, kind="income", words="x")

    assert rows() == []


def test_what_is_set_aside_says_what_it_is(account: BankAccount, fajar: Person) -> None:
    one = entry(account, fajar, 1_234, "BUNGA")
    one.set_aside(by=fajar, reason="Bunga Oktober", kind="interest")

    assert rows() == [("interest", 123_400)]


def test_opened_again_its_purpose_is_taken_back(account: BankAccount, fajar: Person) -> None:
    one = entry(account, fajar, 1_234, "BUNGA")
    one.set_aside(by=fajar, reason="Bunga", kind="interest")
    one.reopen(by=fajar)

    assert rows() == [("interest", 123_400), ("interest", -123_400)]
    assert not Purpose.objects.standing().exists()


def test_set_aside_without_a_kind_waits_to_be_explained(
    account: BankAccount, fajar: Person
) -> None:
    one = entry(account, fajar, 1_234, "BUNGA")
    one.set_aside(by=fajar, reason="?")

    assert list(BankEntry.objects.unexplained()) == [one]


# Cash


def test_cash_is_taken_for_something(workshop: Workshop, supplier: Party, fajar: Person) -> None:
    slip = uploads.Admitted(b"%PDF-1.4 %%EOF", "application/pdf", "pdf", "0" * 64)
    made = Purpose.of_cash(
        by=fajar, kind="supplier", amount=-250_000, party=supplier, document=slip
    )

    assert (made.amount_sen, made.on, made.is_cash) == (-25_000_000, clock.today(), True)
    assert made.document is not None
    assert made.document.read() == b"%PDF-1.4 %%EOF"
    assert journal_of(made)[0].step == "payments.use_cash"


def test_sales_takes_no_cash(workshop: Workshop, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        Purpose.of_cash(by=sari, kind="wages", amount=-1)

    assert rows() == []


def test_cash_is_taken_today_or_before(workshop: Workshop, fajar: Person) -> None:
    with pytest.raises(Refused):
        Purpose.of_cash(by=fajar, kind="wages", amount=-1, on=clock.in_days(1))

    assert rows() == []


def test_the_banks_own_fee_is_no_cash(workshop: Workshop, fajar: Person) -> None:
    with pytest.raises(WrongState):
        Purpose.of_cash(by=fajar, kind="fee", amount=-1)

    assert rows() == []


def test_the_database_knows_which_way_money_goes(workshop: Workshop, fajar: Person) -> None:
    with pytest.raises(IntegrityError, match="purpose_in_or_out"), transaction.atomic():
        Purpose.objects.create(
            workshop=workshop, kind="rent", amount_sen=100, on=clock.today(), by=fajar
        )


# Taking back


def test_a_mistake_is_taken_back_by_a_second_row(account: BankAccount, fajar: Person) -> None:
    one = spent(account, fajar)
    one.explain(by=fajar, kind="rent")
    Purpose.objects.get().retract(by=fajar, reason="Salah")

    assert rows() == [("rent", -1_000_000), ("rent", 1_000_000)]
    one.explain(by=fajar, kind="fee")
    assert list(Purpose.objects.standing().values_list("kind", flat=True)) == ["fee"]


def test_it_is_not_taken_back_twice(account: BankAccount, fajar: Person) -> None:
    spent(account, fajar).explain(by=fajar, kind="rent")
    first = Purpose.objects.get()
    first.retract(by=fajar, reason="Salah")
    second = Purpose.objects.get(reverses=first)

    for one in (first, second):
        with pytest.raises(WrongState):
            one.retract(by=fajar, reason="Lagi")

    assert len(rows()) == 2


def test_taking_back_stands_in_the_journal(workshop: Workshop, fajar: Person) -> None:
    made = Purpose.of_cash(by=fajar, kind="wages", amount=-1)
    made.retract(by=fajar, reason="Salah")

    assert [line.step for line in journal_of(made)] == ["payments.use_cash", "payments.retract"]


def test_the_viewer_takes_nothing_back(workshop: Workshop, fajar: Person, viewer: Person) -> None:
    made = Purpose.of_cash(by=fajar, kind="wages", amount=-1)
    with pytest.raises(NotAllowed):
        made.retract(by=viewer, reason="x")

    assert len(rows()) == 1


# Who sees it


def test_a_supplier_sees_what_was_paid_to_it(
    supplier: Party, budi: Person, fajar: Person, dewi: Person, sari: Person, viewer: Person
) -> None:
    made = Purpose.of_cash(by=fajar, kind="supplier", amount=-1, party=supplier)
    Purpose.of_cash(by=fajar, kind="wages", amount=-1)

    assert list(Purpose.objects.visible_to(budi)) == [made]
    assert Purpose.objects.visible_to(viewer).count() == 2
    assert not Purpose.objects.visible_to(dewi).exists()
    assert not Purpose.objects.visible_to(sari).exists()


# What is proposed

TEXTS = [
    ("BIAYA ADM", -1, PurposeKind.FEE),
    ("BY TRANSFER BI-FAST", -1, PurposeKind.FEE),
    ("PAJAK BUNGA", -1, PurposeKind.INTEREST_TAX),
    ("PPH ATAS JASA GIRO", -1, PurposeKind.INTEREST_TAX),
    ("BUNGA", 1, PurposeKind.INTEREST),
    ("TARIKAN ATM 04/11", -1, PurposeKind.CASH_BOX),
    ("SETORAN TUNAI CDM", 1, PurposeKind.CASH_BOX),
    ("PLN PREPAID 5378", -1, PurposeKind.POWER),
    ("MPN G3 411128", -1, PurposeKind.TAX),
    ("BAYAR SEWA RUKO", -1, PurposeKind.RENT),
    ("UPAH BORONGAN MINGGU 2", -1, PurposeKind.WAGES),
    ("PAYROLL", -1, PurposeKind.SALARY),
    ("CICILAN KUR", -1, PurposeKind.LOAN),
    ("XENDIT PAYOUT", 1, PurposeKind.GATEWAY),
    ("TRSF E-BANKING DB SOMEBODY", -1, None),
    ("TRSF E-BANKING CR BUNGAWATI", 1, None),
]


@pytest.mark.parametrize(("text", "sign", "kind"), TEXTS)
def test_words_of_the_bank_say_what_it_was(
    account: BankAccount, fajar: Person, text: str, sign: int, kind: PurposeKind | None
) -> None:
    take(account, fajar, (text, sign * 1_000))
    one = BankEntry.objects.get()
    if sign > 0:
        one.set_aside(by=fajar, reason="x")

    found = purposes.proposals(account.workshop, [one]).get(one.pk)
    assert (found.kind if found else None) == kind


def test_the_name_of_a_supplier_says_whose_bill_it_was(
    account: BankAccount, supplier: Party, fajar: Person
) -> None:
    one = spent(account, fajar, text="TRSF E-BANKING DB 0411 KULIT JAYA")

    found = purposes.proposals(account.workshop, [one])[one.pk]
    assert (found.kind, found.party) == ("supplier", supplier)
    assert found.reason == "The name Kulit Jaya stands in the text."


def test_what_was_said_before_is_said_again(account: BankAccount, fajar: Person) -> None:
    first = spent(account, fajar, text="TRSF 0411/111 PAK OMAN")
    first.explain(by=fajar, kind="rent")
    second = spent(account, fajar, 20_000, text="TRSF 0512/987 PAK OMAN")
    third = spent(account, fajar, 30_000, text="TRSF 0601/222 PAK OMAN")

    found = purposes.proposals(account.workshop, [second])[second.pk]
    assert (found.kind, found.alike) == ("rent", 1)
    assert found.reason.startswith("As on ")
    assert purposes.alike(second) == [third]


def test_what_was_taken_back_teaches_nothing(account: BankAccount, fajar: Person) -> None:
    first = spent(account, fajar, text="TRSF PAK OMAN")
    first.explain(by=fajar, kind="rent")
    Purpose.objects.get().retract(by=fajar, reason="Salah")

    assert purposes.proposals(account.workshop, [first]) == {}


def test_several_at_once_or_none(account: BankAccount, fajar: Person, sari: Person) -> None:
    importing.take(by=fajar, account=account, content=_three_fees())
    found = list(BankEntry.objects.order_by("pk"))
    assert purposes.explain_all(found, by=fajar, kind="fee", party=None) == 3
    with pytest.raises(TooMuch):
        purposes.explain_all(found, by=fajar, kind="fee", party=None)

    assert Purpose.objects.count() == 3


def _three_fees() -> bytes:
    return statement(("BIAYA ADM", -1_000), ("BIAYA ADM", -2_000), ("BIAYA ADM", -3_000))
