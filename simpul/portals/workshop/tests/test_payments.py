from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock, qr, qris, uploads
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Party, Person
from simpul.payments import agreement, reconciliation
from simpul.payments.models import (
    Allocation,
    BankAccount,
    BankEntry,
    BankImport,
    Instruction,
    Payer,
    PaymentClaim,
    Receipt,
)
from simpul.payments.tests.test_entry import statement

DESK = "/ciomas/desk/"


@pytest.fixture
def client(client: Client, fajar: Person) -> Client:
    """A browser in which Fajar, who keeps the money, has logged in."""
    testing.login(client, fajar)
    return client


@pytest.fixture
def account(fajar: Person, owner: Person) -> BankAccount:
    return testing.account(fajar.workshop)


@pytest.fixture
def order(buyer: Party, account: BankAccount) -> Order:
    made = testing.order(buyer)
    agreement.confirm(made, by=testing.seller(buyer.workshop))
    return made


def entry_of(account: BankAccount, *rows: tuple[str, int]) -> BankEntry:
    fajar = testing.accountant(account.workshop)
    reconciliation.take(by=fajar, account=account, content=statement(*rows))
    return BankEntry.objects.open().order_by("pk")[0]


def claim_of(order: Order, amount: int = 600_000, shade: str = "white") -> PaymentClaim:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), shade).save(buffer, "PNG")
    picture = SimpleUploadedFile("proof.png", buffer.getvalue())
    return PaymentClaim.submit(
        by=testing.contact_of(order.buyer),
        order=order,
        amount=amount,
        paid_on=clock.today(),
        proof=uploads.admit(picture, uploads.PROOF),
    )


def paid(order: Order) -> list[int]:
    return list(order.instalments.order_by("position").values_list("paid", flat=True))


# Statements


def upload(client: Client, account: BankAccount, content: bytes) -> Any:
    file = SimpleUploadedFile("mutasi.csv", content)
    data = {"account": account.pk, "file": file}
    return client.post(f"{DESK}payments/statement/", data)


def test_a_statement_is_imported_and_matched(
    client: Client, order: Order, account: BankAccount
) -> None:
    asked = Instruction.objects.open().get(order=order)
    answer = upload(client, account, statement(("TRSF", asked.amount), ("BIAYA ADM", -2_500)))

    made = BankImport.objects.get()
    assert answer["Location"] == f"{DESK}payments/imports/{made.pk}/"
    assert paid(order)[0] == 600_000
    assert "BIAYA ADM" in client.get(answer["Location"]).text


def test_a_bad_file_is_refused_with_its_line(client: Client, account: BankAccount) -> None:
    wrong = statement(("A", 100), ("B", 100)).replace(b'50,000,200.00"\n', b'50,000,201.00"\n', 1)
    answer = upload(client, account, wrong)

    assert answer.status_code == 422
    assert "50,000,201.00" in answer.text
    assert upload(client, account, b"\x89PNG\r\n\x1a\n").status_code == 422
    assert not BankEntry.objects.exists()


# Matching


def test_a_suggestion_is_accepted_with_one_post_and_undone_with_another(
    client: Client, order: Order, account: BankAccount
) -> None:
    entry = entry_of(account, ("TRSF TOKO DEWI", 600_000))
    first = order.instalments.get(position=1)
    text = client.get(f"{DESK}payments/").text
    target = f"{DESK}payments/entries/{entry.pk}/"
    assert f"{target}matching/" in text
    assert f'name="parts" value="{first.pk}:600000"' in text

    answer = client.post(
        f"{target}matching/", {"party": order.buyer_id, "parts": f"{first.pk}:600000"}
    )

    assert answer["Location"] == f"{DESK}payments/?accepted={entry.pk}"
    assert paid(order) == [600_000, 0]
    assert f"{target}unmatching/" in client.get(answer["Location"]).text

    client.post(f"{target}unmatching/")

    assert paid(order) == [0, 0]
    entry.refresh_from_db()
    assert entry.status == BankEntry.Status.NEW
    assert client.post(f"{target}unmatching/").status_code == 409


def test_what_is_too_much_is_the_next_instalment_or_credit(
    client: Client, order: Order, account: BankAccount
) -> None:
    entry = entry_of(account, (f"TRSF TOKO DEWI {order.code}", 800_000))
    first, second = order.instalments.order_by("position")
    page = f"{DESK}payments/entries/{entry.pk}/"
    text = client.get(page).text
    assert f'value="{first.pk}:600000,{second.pk}:200000"' in text
    amount = Instruction.objects.open().get(order=order).amount
    kept = f"{first.pk}:600000,{second.pk}:{amount - 600_000}"
    assert f'value="{kept}"' in text

    client.post(f"{page}matching/", {"party": order.buyer_id, "parts": kept})

    assert paid(order) == [600_000, amount - 600_000]
    assert Receipt.objects.get().credit_now() == 800_000 - amount


@pytest.mark.parametrize("parts", ["x", "1", "0:5", "999999:5", "{first}:0", "{first}:600001"])
def test_a_suggestion_that_does_not_fit_any_more_changes_nothing(
    client: Client, order: Order, account: BankAccount, parts: str
) -> None:
    entry = entry_of(account, ("TRSF TOKO DEWI", 600_000))
    typed = parts.format(first=order.instalments.get(position=1).pk)
    target = f"{DESK}payments/entries/{entry.pk}/matching/"
    assert client.post(target, {"party": order.buyer_id, "parts": typed}).status_code == 409
    assert client.post(target, {"party": 999_999, "parts": ""}).status_code == 409
    assert paid(order) == [0, 0]
    assert not Receipt.objects.exists()


def test_money_is_kept_as_credit_of_a_known_payer(
    client: Client, order: Order, account: BankAccount
) -> None:
    testing.pay(order)
    entry = entry_of(account, ("TRSF TOKO DEWI", 50_000))
    client.post(
        f"{DESK}payments/entries/{entry.pk}/matching/", {"party": order.buyer_id, "parts": ""}
    )
    assert Receipt.objects.order_by("-pk")[0].credit_now() == 50_000
    assert client.get(f"{DESK}payments/?accepted={entry.pk}").status_code == 200


def test_a_known_payer_is_looked_at_and_forgotten(
    client: Client, order: Order, account: BankAccount
) -> None:
    asked = Instruction.objects.open().get(order=order)
    entry_of_a_friend = ("BI-FAST CR TRANSFER DARI CV ANI LESTARI", asked.amount)
    reconciliation.take(
        by=testing.accountant(account.workshop),
        account=account,
        content=statement(entry_of_a_friend),
    )
    page = f"{DESK}payments/payers/"
    payer = Payer.objects.get()
    assert "ANI LESTARI" in client.get(f"{page}?q=lestari").text
    assert "ANI LESTARI" not in client.get(f"{page}?q=somebody").text

    client.post(f"{page}{payer.pk}/forgetting/")

    assert "ANI LESTARI" not in client.get(page).text
    assert "ANI LESTARI" in client.get(f"{page}?shown=forgotten").text
    assert client.post(f"{page}{payer.pk}/forgetting/").status_code == 409


def test_an_entry_is_divided_by_hand(client: Client, order: Order, account: BankAccount) -> None:
    entry = entry_of(account, ("SETORAN", 700_000))
    page = f"{DESK}payments/entries/{entry.pk}/?q={order.number}"
    first, second = order.instalments.order_by("position")
    assert f'name="part-{first.pk}" value="600,000"' in client.get(page).text

    too_much = {f"part-{first.pk}": "600.000", f"part-{second.pk}": "100.001"}
    assert client.post(page, too_much).status_code == 422
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {f"part-{first.pk}": "650.000"}).status_code == 422
    assert paid(order) == [0, 0]

    client.post(page, {f"part-{first.pk}": "500.000", f"part-{second.pk}": "150rb"})

    assert paid(order) == [500_000, 150_000]
    assert Receipt.objects.get().credit_now() == 50_000


def test_what_is_no_payment_is_set_aside(client: Client, account: BankAccount) -> None:
    entry = entry_of(account, ("BUNGA", 100))
    page = f"{DESK}payments/entries/{entry.pk}/"

    client.post(page + "aside/", {"reason": "Interest"})
    assert "Interest" in client.get(page).text
    client.post(page + "reopening/")

    entry.refresh_from_db()
    assert entry.status == BankEntry.Status.NEW


# Reports, cash, receipts


def test_a_report_is_rejected_with_a_reason(client: Client, order: Order) -> None:
    claim = claim_of(order)
    page = f"{DESK}payments/claims/{claim.pk}/"
    assert f"{page}proof/" in client.get(page).text
    assert client.get(page + "proof/")["Content-Type"] == "image/jpeg"

    assert client.post(page + "rejection/", {"reason": ""}).status_code == 422
    client.post(page + "rejection/", {"reason": "Another account"})

    assert "Another account" in client.get(page).text


def test_the_same_picture_twice_is_a_warning(client: Client, order: Order) -> None:
    claim_of(order, 1_000)
    second = claim_of(order, 2_000)

    assert 'data-kind="bad"' in client.get(f"{DESK}payments/claims/{second.pk}/").text


def test_cash_is_counted_from_the_order(client: Client, order: Order) -> None:
    page = f"{DESK}orders/{order.number}/cash/"
    assert 'value="600,000"' in client.get(page).text
    assert client.post(page, {"amount": "0"}).status_code == 422

    today = clock.today().isoformat()
    answer = client.post(page, {"amount": "600.000", "received_on": today})

    assert paid(order) == [600_000, 0]
    text = client.get(answer["Location"]).text
    paper = Paper.objects.get(kind="KW")
    assert f"{DESK}papers/{paper.code}.pdf" in text
    assert client.get(f"{DESK}papers/{paper.code}.pdf").content.startswith(b"%PDF-")


def test_a_payment_is_taken_back_used_again_and_annulled(client: Client, order: Order) -> None:
    receipt = testing.pay(order, 600_000)
    page = f"{DESK}payments/receipts/{receipt.pk}/"
    back = f"{DESK}payments/allocations/{receipt.allocations.get().pk}/reversal/"
    assert back in client.get(page).text

    client.post(back, {"reason": "wrong order"})
    assert paid(order) == [0, 0]
    first = order.instalments.get(position=1)
    client.post(f"{DESK}parties/{order.buyer_id}/credit/", {f"part-{first.pk}": "100.000"})
    assert paid(order) == [100_000, 0]
    assert client.post(page + "annulment/", {"reason": "x"}).status_code == 409

    client.post(
        f"{DESK}payments/allocations/{Allocation.objects.latest('pk').pk}/reversal/",
        {"reason": "wrong again"},
    )
    client.post(page + "annulment/", {"reason": "typed twice"})
    assert "typed twice" in client.get(page).text


def test_a_receipt_above_the_limit_asks_for_a_duty_stamp(client: Client, order: Order) -> None:
    workshop = order.workshop
    workshop.stamp_duty_above = 500_000
    workshop.save()
    small, large = (
        testing.pay(Order.objects.get(pk=order.pk), amount) for amount in (500_000, 500_001)
    )

    assert "duty stamp" not in client.get(f"{DESK}payments/receipts/{small.pk}/").text
    page = client.get(f"{DESK}payments/receipts/{large.pk}/").text
    assert "The kuitansi needs a duty stamp" in page
    assert ".pdf?sheet=roll" in page


# Accounts


def test_an_account_needs_two_people_who_type_its_number(
    client: Client, fajar: Person, owner: Person
) -> None:
    page = f"{DESK}payments/accounts/"
    data = {"bank": "BCA", "number": "123-456 7890", "holder": "Sepatu Ciomas"}
    client.post(page + "new/", data)
    account = BankAccount.objects.get()
    assert account.number == "1234567890"
    confirming = f"{page}{account.pk}/confirmation/"
    own = {"number": "1234567890", "reason": "x"}
    assert client.post(confirming, own).status_code == 409

    testing.login(client, owner)
    assert client.post(confirming, {"number": "1234567891"}).status_code == 422
    client.post(confirming, {"number": "1234567890"})
    client.post(f"{page}{account.pk}/haste/", {"reason": "the old one is closed"})

    account.refresh_from_db()
    assert account.is_usable
    client.post(f"{page}{account.pk}/closing/")
    account.refresh_from_db()
    assert account.status == BankAccount.Status.CLOSED


def test_a_qris_is_read_from_its_photo_and_looked_at_before_it_is_entered(
    client: Client, fajar: Person, owner: Person
) -> None:
    page = f"{DESK}payments/accounts/"
    photo = SimpleUploadedFile("qris.png", qr.png(testing.QRIS))

    text = client.post(page + "new-qris/", {"picture": photo}).text

    for said in ("BENGKEL SEPATU CONTOH", "BOGOR 16610", "ID1099900000017", "COM.EXAMPLE.WWW"):
        assert said in text
    assert not BankAccount.objects.exists()

    client.post(page + "new-qris/", {"text": testing.QRIS, "looked": "yes"})
    account = BankAccount.objects.get()
    assert account.payload == testing.QRIS

    testing.login(client, owner)
    confirming = f"{page}{account.pk}/confirmation/"
    assert "ID1099900000017" in client.get(confirming).text
    other = testing.QRIS.replace("CONTOH", "PALSU.")[:-4]
    forged = other + qris.crc(other)
    assert client.post(confirming, {"text": forged}).status_code == 422
    assert client.post(confirming, {"text": testing.QRIS}).status_code == 302
    account.refresh_from_db()
    assert account.status == BankAccount.Status.CONFIRMED


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": testing.QRIS[:-1] + "6"},
        {"text": "https://contoh.example"},
        {"picture": SimpleUploadedFile("menu.png", qr.png("https://contoh.example"))},
        {"picture": SimpleUploadedFile("code.svg", b"<svg></svg>")},
    ],
)
def test_what_is_no_qris_is_refused_with_a_sentence(client: Client, sent: dict[str, Any]) -> None:
    if "picture" in sent:
        sent["picture"].seek(0)
    answer = client.post(f"{DESK}payments/accounts/new-qris/", sent | {"looked": "yes"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not BankAccount.objects.exists()


def test_buyers_who_could_not_be_told_are_told_now(client: Client, buyer: Party) -> None:
    order = testing.confirmed_order(buyer)
    assert f"{DESK}payments/asking/" not in client.get(f"{DESK}payments/").text
    testing.account(buyer.workshop)
    assert f"{DESK}payments/asking/" in client.get(f"{DESK}payments/").text

    client.post(f"{DESK}payments/asking/")

    assert Instruction.objects.open().get().order == order


# Doors


PAGES = [
    "payments/entries/{entry}/",
    "payments/imports/{made}/",
    "payments/claims/{claim}/",
    "payments/claims/{claim}/proof/",
    "payments/claims/{claim}/rejection/",
    "payments/receipts/{receipt}/",
    "payments/receipts/{receipt}/annulment/",
    "payments/allocations/{allocation}/reversal/",
    "payments/accounts/{account}/confirmation/",
    "payments/accounts/{account}/haste/",
    "papers/{paper}.pdf",
    "orders/{order}/cash/",
]


@pytest.mark.parametrize("page", PAGES)
def test_another_workshop_finds_nothing(
    order: Order, account: BankAccount, joko: Person, page: str
) -> None:
    entry = entry_of(account, ("X", 5))
    receipt = testing.pay(order, 5)
    address = page.format(
        entry=entry.pk,
        made=entry.imported_id,
        claim=claim_of(order).pk,
        receipt=receipt.pk,
        allocation=receipt.allocations.get().pk,
        account=account.pk,
        paper=Paper.objects.get(kind="KW").code,
        order=order.number,
    )
    visitor = Client()
    testing.login(visitor, joko)

    assert visitor.get(f"/cibaduyut/desk/{address}").status_code == 404
    assert visitor.get(f"{DESK}{address}").status_code == 404


def test_the_bank_is_for_those_who_keep_the_money(
    order: Order, account: BankAccount, sari: Person, udin: Person
) -> None:
    entry = entry_of(account, ("X", 5))
    for person in (sari, udin):
        visitor = Client()
        testing.login(visitor, person)
        page = f"{DESK}payments/entries/{entry.pk}/"
        assert visitor.get(page).status_code == 404
        assert visitor.post(f"{page}matching/{order.number}/").status_code == 404
        assert upload(visitor, account, statement(("Y", 5))).status_code == 403
        cash = visitor.post(
            f"{DESK}orders/{order.number}/cash/",
            {"amount": "5", "received_on": clock.today().isoformat()},
        )
        assert cash.status_code == 403
    assert paid(order) == [0, 0]
    assert BankEntry.objects.count() == 1


# Queries


@testing.counts_questions
@pytest.mark.parametrize("rows", [1, 10])
@pytest.mark.parametrize(
    ("tab", "queries"),
    [("entries", 33), ("claims", 13), ("due", 13), ("receipts", 13), ("refunds", 12)],
)
def test_a_list_costs_the_same_for_any_number(
    client: Client,
    buyer: Party,
    account: BankAccount,
    rows: int,
    tab: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    seller, shoe = testing.seller(buyer.workshop), testing.product(buyer.workshop)
    for number in range(rows):
        order = testing.order(buyer, shoe)
        agreement.confirm(order, by=seller)
        claim_of(order, 1_000 + number)
        testing.pay(order, 5)
    entry_of(account, *((f"TOKO DEWI {n}", 599_995) for n in range(rows)))
    page = f"{DESK}payments/?tab={tab}"
    client.get(page)

    with django_assert_num_queries(queries):
        assert client.get(page).status_code == 200
