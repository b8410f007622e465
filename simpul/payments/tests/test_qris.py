"""The shop's QRIS is an account among others: two people, a day, and a code for each payment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Notice
from simpul.lib import clock, qr, qris
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, reconciliation
from simpul.payments.cards import qris_card
from simpul.payments.models import BankAccount, Instruction, Receipt
from simpul.payments.models.account import NeedsAnother
from simpul.tests.statement import statement
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused

QRIS = BankAccount.Kind.QRIS


def opened(by: Person) -> BankAccount:
    return BankAccount.open_qris(by=by, payload=f" {testing.QRIS}\n")


def asked(buyer: Party, price: int = 200_000) -> Instruction:
    order = testing.offered_order(buyer, price=price)
    agreement.accept(order, by=testing.contact_of(buyer), revision=order.revision)
    return Instruction.objects.open().get(order=order)


def test_it_is_entered_as_it_says_itself(fajar: Person) -> None:
    made = opened(fajar)

    assert (made.kind, made.payload) == (QRIS, testing.QRIS)
    assert (made.bank, made.number, made.holder) == (
        "EXAMPLE",
        "ID1099900000017",
        "BENGKEL SEPATU CONTOH",
    )
    assert str(made) == "QRIS EXAMPLE ID1099900000017"


def test_it_stands_in_the_journal_without_its_payload(fajar: Person) -> None:
    entry = journal_of(opened(fajar)).get()

    assert (entry.step, entry.facts) == ("payments.open_account", {"bank": "EXAMPLE"})


@pytest.mark.parametrize(
    "payload", [testing.QRIS[:-1] + "6", "https://contoh.example", qris.dynamic(testing.QRIS, 5)]
)
def test_a_broken_one_is_refused(fajar: Person, payload: str) -> None:
    with pytest.raises(Refused):
        BankAccount.open_qris(by=fajar, payload=payload)

    assert not BankAccount.objects.exists()


def test_sales_may_not(sari: Person) -> None:
    with pytest.raises(NotAllowed):
        opened(sari)

    assert not BankAccount.objects.exists()


def test_not_twice(fajar: Person) -> None:
    opened(fajar)
    with pytest.raises(Refused):
        opened(fajar)

    assert BankAccount.objects.count() == 1


def test_it_waits_for_a_second_person_and_a_day(
    workshop: Workshop, fajar: Person, owner: Person
) -> None:
    made = opened(fajar)
    with pytest.raises(NeedsAnother):
        made.confirm(by=fajar)
    made.confirm(by=owner)
    assert BankAccount.objects.newest(workshop.pk, QRIS) is None

    with clock.stopped(clock.now() + timedelta(hours=25)):
        assert BankAccount.objects.newest(workshop.pk, QRIS) == made
        assert BankAccount.objects.newest(workshop.pk, BankAccount.Kind.BANK) is None


def test_a_code_of_exactly_the_amount(buyer: Party, account: BankAccount) -> None:
    testing.qris(buyer.workshop)

    instruction = asked(buyer)

    read = qris.read(instruction.qris_code)
    assert (read.amount, read.is_static) == (str(instruction.amount), False)
    assert (read.merchant, read.nmid) == ("BENGKEL SEPATU CONTOH", "ID1099900000017")
    assert read.bill_number == f"{instruction.order.number} {instruction.order.code}"
    assert "55" not in dict(qris._root(instruction.qris_code))


def test_without_a_qris_there_is_no_code(order: Order) -> None:
    assert Instruction.objects.get(order=order).qris_code == ""


def test_the_limit_is_the_workshops(buyer: Party, account: BankAccount) -> None:
    testing.qris(buyer.workshop)
    instruction = asked(buyer)
    workshop = instruction.workshop

    workshop.qris_limit = instruction.amount
    assert instruction.qris_code
    workshop.qris_limit = instruction.amount - 1
    assert instruction.is_above_qris
    assert instruction.qris_code == ""


def test_what_was_asked_keeps_its_qris(buyer: Party, account: BankAccount, owner: Person) -> None:
    first = testing.qris(buyer.workshop)
    instruction = asked(buyer)
    first.close(by=owner)

    assert Instruction.objects.get(pk=instruction.pk).qris == first
    assert instruction.qris_code
    assert asked(testing.party(buyer.workshop, "Toko Toni")).qris is None


def test_the_picture_can_be_scanned(buyer: Party, account: BankAccount) -> None:
    testing.qris(buyer.workshop)
    instruction = asked(buyer)

    assert qr.texts_in(qris_card(instruction)) == [instruction.qris_code]


def test_whoever_is_asked_for_money_hears_of_a_change(
    order: Order, owner: Person, fajar: Person
) -> None:
    """And nobody else: what was asked already keeps its account, says the notice."""
    dewi = testing.contact_of(order.buyer)
    testing.person("Toni", testing.party(order.workshop, "Toko Toni"))
    new = BankAccount.open(by=fajar, bank="BRI", number="0000099999", holder="W")
    notices.tell()
    Notice.objects.all().delete()

    new.confirm(by=owner)
    assert notices.audience_of(journal_of(new).last()) == [dewi]  # type: ignore[arg-type]
    new.close(by=owner)
    assert notices.audience_of(journal_of(new).last()) == [dewi]  # type: ignore[arg-type]


def test_the_owner_hears_of_it_too(order: Order, fajar: Person, owner: Person) -> None:
    own = opened(owner)
    own.confirm(by=fajar)

    audience = notices.audience_of(journal_of(own).last())  # type: ignore[arg-type]
    assert owner in audience


def test_the_providers_list_of_payments_is_matched_by_amount(
    buyer: Party, account: BankAccount, fajar: Person
) -> None:
    """It is a statement of the QRIS: one line a payment, where the bank's has one a batch."""
    printed = testing.qris(buyer.workshop)
    instruction = asked(buyer)
    rows = [(clock.today(), instruction.amount, "PEMBAYARAN QRIS")]

    _made, matched = reconciliation.take(
        by=fajar, account=printed, content=statement(rows, "1099900000017")
    )

    assert matched == 1
    assert Receipt.objects.get().amount == instruction.amount
    assert Instruction.objects.get(pk=instruction.pk).status == "closed"
