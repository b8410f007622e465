"""What is owed to suppliers, on the desk and in the supplier's own pages."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.payments.models import Purpose
from simpul.procurement.models import BillPayment, GoodsReceipt, SupplierBill, value_of

DESK = "/ciomas/desk/payments/"


@pytest.fixture
def receipt(supplier: Party, buyer: Party, rina: Person) -> GoodsReceipt:
    purchase = testing.confirmed_purchase(supplier, testing.needy_order(buyer))
    goods = {line: (line.quantity, 0) for line in purchase.lines.all()}
    purchase.receive(by=rina, goods=goods)
    return GoodsReceipt.objects.get()


def facts(amount: int, **more: str) -> dict[str, str]:
    given = {
        "number": "F-7",
        "billed_on": clock.today().isoformat(),
        "due_on": clock.in_days(7).isoformat(),
        "amount": str(amount),
    }
    return given | more


def record(by: Person, supplier: Party, amount: int = 50_000) -> SupplierBill:
    return SupplierBill.record(
        by=by, supplier=supplier, number="F-1", billed_on=clock.today(), due_on=clock.today(),
        amount=amount, why="Ongkos kirim",
    )  # fmt: skip


def test_the_list_says_what_is_owed_and_how_old_it_is(
    client: Client, supplier: Party, receipt: GoodsReceipt, fajar: Person
) -> None:
    testing.login(client, fajar)
    page = client.get(f"{DESK}suppliers/").text

    assert "Kulit Jaya" in page
    assert "Not due yet" in page
    assert "Kulit Jaya" not in client.get(f"{DESK}suppliers/?shown=late").text
    assert "Kulit Jaya" not in client.get(f"{DESK}suppliers/?q=sol").text


def test_a_bill_is_recorded_against_goods(
    client: Client, supplier: Party, receipt: GoodsReceipt, fajar: Person
) -> None:
    testing.login(client, fajar)
    value = value_of([receipt])[receipt.pk]
    path = f"{DESK}suppliers/{supplier.pk}/bills/new/"

    refused = client.post(path, facts(value + 1_000, receipts=str(receipt.pk)))
    assert refused.status_code == 422
    assert "Rp\xa01,000 less than the bill" in refused.text

    answer = client.post(path, facts(value + 1_000, receipts=str(receipt.pk), why="Ongkos"))
    bill = SupplierBill.objects.get()
    assert answer["Location"] == f"{DESK}bills/{bill.pk}/"
    page = client.get(answer["Location"]).text
    assert "The bill is Rp\xa01,000 more than the value of the goods." in page
    assert receipt.number in page


def test_a_payment_is_counted_for_a_bill_and_back(
    client: Client, supplier: Party, fajar: Person
) -> None:
    bill = record(fajar, supplier)
    paid = Purpose.of_cash(by=fajar, kind="supplier", amount=-20_000, party=supplier)
    testing.login(client, fajar)
    client.post(f"{DESK}bills/{bill.pk}/", {"purpose": str(paid.pk), "amount": "15.000"})

    counted = BillPayment.objects.get()
    assert counted.amount == 15_000
    client.post(f"{DESK}bills/{bill.pk}/payments/{counted.pk}/uncounting/")
    assert not BillPayment.objects.standing().exists()


def test_a_wrong_bill_is_taken_back(client: Client, supplier: Party, fajar: Person) -> None:
    bill = record(fajar, supplier)
    testing.login(client, fajar)
    client.post(f"{DESK}bills/{bill.pk}/voiding/", {"reason": "Salah"})

    assert not SupplierBill.objects.standing().exists()
    assert "taken back" in client.get(f"{DESK}suppliers/{supplier.pk}/").text


def test_the_term_of_a_supplier_is_kept(client: Client, supplier: Party, rina: Person) -> None:
    testing.login(client, rina)
    client.post(f"{DESK}suppliers/{supplier.pk}/term/", {"days": "30"})

    supplier.refresh_from_db()
    assert supplier.supplier_days == 30


def test_the_sums_by_age_stand_above_and_in_the_sheet(
    client: Client, supplier: Party, fajar: Person
) -> None:
    old = clock.today() - timedelta(days=45)
    record(fajar, supplier, 50_000)
    SupplierBill.record(
        by=fajar, supplier=supplier, number="F-2", billed_on=old, due_on=old, amount=20_000, why="x"
    )
    testing.login(client, fajar)

    page = client.get(f"{DESK}suppliers/").text
    head = page[page.index("Owed in all") : page.index("<table")]
    rows = list(csv.reader(client.get(f"{DESK}suppliers/?as=csv").text.splitlines()))

    assert head.index("70,000") < head.index("50,000") < head.index("20,000")
    assert rows[1] == ["Kulit Jaya", "50000", "0", "20000", "0", "0", "70000"]


def test_sales_sees_no_amounts(
    client: Client, supplier: Party, fajar: Person, sari: Person
) -> None:
    bill = record(fajar, supplier)
    testing.login(client, sari)

    assert "Kulit Jaya" not in client.get(f"{DESK}suppliers/?shown=all").text
    assert "F-1" not in client.get(f"{DESK}suppliers/{supplier.pk}/").text
    assert client.get(f"{DESK}bills/{bill.pk}/").status_code == 404


def test_the_payments_to_a_supplier_have_pages(
    client: Client, supplier: Party, fajar: Person
) -> None:
    for amount in range(1_001, 1_032):
        Purpose.of_cash(by=fajar, kind="supplier", amount=-amount, party=supplier)
    testing.login(client, fajar)
    page = f"{DESK}suppliers/{supplier.pk}/"

    latest, first = client.get(page).text, client.get(f"{page}?page=2").text

    assert "Page 1 of 2" in latest
    assert ("Rp\xa01,002" in latest, "Rp\xa01,001" in latest) == (True, False)
    assert ("Rp\xa01,002" in first, "Rp\xa01,001" in first) == (False, True)


def test_the_supplier_sees_its_own_account(
    client: Client, supplier: Party, budi: Person, fajar: Person
) -> None:
    record(fajar, supplier)
    other = testing.party(supplier.workshop, "Sol Abadi", is_supplier=True)
    Purpose.of_cash(by=fajar, kind="supplier", amount=-20_000, party=supplier)
    Purpose.of_cash(by=fajar, kind="supplier", amount=-77_000, party=other)
    testing.login(client, budi)
    page = client.get("/ciomas/supply/payments/").text

    assert "Rp\xa030,000" in page  # 50.000 owed, 20.000 paid
    assert "Rp\xa020,000" in page
    assert "77,000" not in page
