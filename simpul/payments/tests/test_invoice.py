"""An invoice for each instalment when it is asked for; the last one deducts what was paid."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from simpul import testing
from simpul.lib import qris
from simpul.orders.models import Gate, Order, PlannedInstalment
from simpul.orders.models.instalment import Kind
from simpul.papers import chain
from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.payments.models import BankAccount, CreditNote, Instruction
from simpul.payments.papers import InvoiceFacts
from simpul.ui.jinja import rupiah

INVOICE, KUITANSI = Paper.Kind.INVOICE, Paper.Kind.KUITANSI


def invoices(order: Order) -> list[Paper]:
    return list(Paper.objects.about(order).filter(kind=INVOICE).order_by("position"))


def names(paper: Paper) -> list[str]:
    return [name for name, _value in paper.facts["sums"]]


def values(paper: Paper) -> list[str]:
    return [value for _name, value in paper.facts["sums"]]


def test_the_down_payment_is_invoiced_when_it_is_asked_for(
    order: Order, workshop: Workshop
) -> None:
    asked = Instruction.objects.open().get(order=order)

    [paper] = invoices(order)

    assert paper.number == "INV-2026-0001"
    assert paper.party == order.buyer
    assert paper.facts["words"]["title"] == "Faktur uang muka"
    assert paper.facts["asked"] == values(paper)[-1] == rupiah_of(asked.amount)
    assert values(paper)[:2] == [rupiah_of(2_000_000), rupiah_of(600_000)]
    assert paper.facts["pay_to"] == ["BCA", "0000012345", f"a.n. {workshop.name}"]
    assert paper.facts["lines"][0]["more"] == "40: 4 · 41: 6"
    assert (paper.facts["qris"], paper.facts["qris_note"]) == ("", "")
    assert paper.facts["taxes"] == []
    common = {"lang", "letterhead", "number", "code", "check_url"}
    assert paper.facts.keys() - common == get_type_hints(InvoiceFacts).keys()
    assert pdf_of(paper).startswith(b"%PDF-")


def test_the_last_one_deducts_each_payment_with_its_kuitansi(order: Order) -> None:
    testing.pay(order, 600_000)

    _first, last = invoices(order)

    kuitansi = Paper.objects.about(order).get(kind=KUITANSI)
    assert last.facts["words"]["title"] == "Faktur pelunasan"
    assert names(last)[1].endswith(f", kuitansi {kuitansi.number}")
    assert values(last) == [rupiah_of(2_000_000), rupiah_of(-600_000), rupiah_of(1_400_000)]
    assert last.facts["asked"] == rupiah_of(1_400_000)


def test_a_part_of_the_down_payment_makes_no_second_invoice(order: Order) -> None:
    testing.pay(order, 100_000)
    testing.pay(order, 100_000)

    assert len(invoices(order)) == 1
    testing.pay(order, 400_000)
    assert values(invoices(order)[1])[1:-1] == [
        rupiah_of(-100_000),
        rupiah_of(-100_000),
        rupiah_of(-400_000),
    ]


def test_money_that_was_taken_back_is_not_deducted(order: Order, fajar: Person) -> None:
    wrong = testing.pay(order, 100_000)
    wrong.allocations.get().reverse(by=fajar, reason="typed twice")
    testing.pay(Order.objects.get(pk=order.pk), 600_000)

    assert values(invoices(order)[1])[1:] == [rupiah_of(-600_000), rupiah_of(1_400_000)]


def test_an_order_that_is_paid_at_once_has_its_last_invoice_too(order: Order) -> None:
    testing.pay(order)

    last = invoices(order)[-1]
    assert len(invoices(order)) == 2
    assert last.facts["asked"] == values(last)[-1] == rupiah_of(0)
    assert last.facts["due"] == "Sudah lunas. Terima kasih."
    assert last.facts["pay_to"] == []
    assert pdf_of(last).startswith(b"%PDF-")


def test_nothing_is_invoiced_twice(order: Order, fajar: Person) -> None:
    receipt = testing.pay(order)
    for allocation in receipt.allocations.order_by("pk"):
        allocation.reverse(by=fajar, reason="bounced")
    testing.pay(Order.objects.get(pk=order.pk))

    assert len(invoices(order)) == 2
    assert list(chain.faults(order.workshop)) == []


def test_one_payment_at_once_is_a_plain_invoice(
    buyer: Party, account: BankAccount, sari: Person
) -> None:
    order = testing.order(buyer)
    testing.offer(order, plan=[testing.full(1_900_000)])
    agreement.accept(order, by=testing.contact_of(buyer), revision=2)

    [paper] = invoices(order)
    assert paper.facts["words"]["title"] == "Faktur"
    assert values(paper) == [rupiah_of(1_900_000), rupiah_of(1_900_000)]


def test_a_part_in_between_has_its_own(buyer: Party, account: BankAccount) -> None:
    plan = [
        PlannedInstalment(Kind.DOWN_PAYMENT, 500_000, Gate.PROCUREMENT),
        PlannedInstalment(Kind.INSTALMENT, 500_000, Gate.PACKING),
        PlannedInstalment(Kind.SETTLEMENT, 900_000, Gate.HAND_OVER),
    ]
    order = testing.order(buyer)
    testing.offer(order, plan=plan)
    agreement.accept(order, by=testing.contact_of(buyer), revision=2)
    testing.pay(order, 500_000)
    testing.pay(order, 500_000)

    titles = [paper.facts["words"]["title"] for paper in invoices(order)]
    assert titles == ["Faktur uang muka", "Faktur termin", "Faktur pelunasan"]
    assert values(invoices(order)[2])[1:-1] == [rupiah_of(-500_000)] * 2


def test_without_an_account_nothing_is_asked_and_nothing_invoiced(
    buyer: Party, sari: Person
) -> None:
    order = testing.order(buyer)
    agreement.confirm(order, by=sari)
    assert invoices(order) == []

    testing.account(buyer.workshop)
    agreement.ask_all(buyer.workshop, by=sari)
    assert len(invoices(order)) == 1


def test_the_qris_on_it_asks_for_exactly_that(
    buyer: Party, account: BankAccount, sari: Person
) -> None:
    testing.qris(buyer.workshop)
    order = testing.order(buyer)
    agreement.confirm(order, by=sari)
    asked = Instruction.objects.open().get(order=order)

    [paper] = invoices(order)
    assert qris.read(paper.facts["qris"]).amount == str(asked.amount)
    assert pdf_of(paper).startswith(b"%PDF-")


def test_above_the_limit_it_says_why_there_is_none(
    buyer: Party, account: BankAccount, sari: Person
) -> None:
    workshop = buyer.workshop
    workshop.qris_limit = 500_000
    workshop.save()
    testing.qris(workshop)
    order = testing.order(buyer)
    agreement.confirm(order, by=sari)

    [paper] = invoices(order)
    assert paper.facts["qris"] == ""
    assert rupiah_of(500_000) in paper.facts["qris_note"]


@pytest.mark.parametrize("is_pkp", [True, False])
def test_ppn_stands_there_only_of_a_pkp(
    buyer: Party, account: BankAccount, sari: Person, is_pkp: bool
) -> None:
    workshop = buyer.workshop
    workshop.is_pkp = is_pkp
    workshop.save()
    order = testing.order(buyer)
    agreement.confirm(order, by=sari)
    testing.pay(order, 600_000)

    first, last = invoices(order)
    if not is_pkp:
        assert (first.facts["taxes"], last.facts["taxes"]) == ([], [])
        return
    assert [value for _name, value in last.facts["taxes"]] == [
        rupiah_of(1_801_802),
        f"{rupiah_of(1_651_651)},83",
        rupiah_of(198_198),
    ]
    assert first.facts["taxes"][0][1] == rupiah_of(540_541)


def test_a_credit_note_is_deducted_by_its_number(order: Order, owner: Person) -> None:
    note = CreditNote.issue(
        by=owner, party=order.buyer, amount=100_000, kind="price", note="x", order=order
    )
    testing.pay(Order.objects.get(pk=order.pk), 600_000)

    last = invoices(order)[1]
    assert f"Nota kredit {note.number}" in names(last)
    assert values(last)[-1] == rupiah_of(1_300_000)


def rupiah_of(amount: int) -> str:
    """As it stands on a paper: Indonesian, whatever the test speaks."""
    return rupiah(amount).replace(",", ".")
