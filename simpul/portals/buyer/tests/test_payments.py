from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock, qr
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import AccessLink, Party, Person
from simpul.payments import agreement
from simpul.payments.models import Instruction, PaymentClaim


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(buffer, "PNG")
    return SimpleUploadedFile("screen.png", buffer.getvalue())


def confirmed(buyer: Party) -> Order:
    order = testing.order(buyer)
    agreement.confirm(order, by=testing.seller(buyer.workshop))
    return order


@pytest.fixture
def order(buyer: Party) -> Order:
    testing.account(buyer.workshop)
    return confirmed(buyer)


@pytest.fixture
def foreign(order: Order, siti: Person) -> Order:
    assert siti.party is not None
    return confirmed(siti.party)


def page_of(order: Order, rest: str = "payment/") -> str:
    return f"/ciomas/my/orders/{order.number}/{rest}"


def report(client: Client, order: Order, **facts: object) -> int:
    data = {"amount": "600.217", "paid_on": clock.today().isoformat(), "bank": "BRI"}
    answer = client.post(page_of(order, "claim/"), {**data, "proof": picture(), **facts})
    return answer.status_code


def test_it_shows_a_qris_of_exactly_the_amount(client: Client, buyer: Party, dewi: Person) -> None:
    testing.account(buyer.workshop)
    testing.qris(buyer.workshop)
    order = confirmed(buyer)
    testing.login(client, dewi)
    asked = Instruction.objects.open().get(order=order)

    text = client.get(page_of(order)).text
    assert qr.svg(asked.qris_code, label="QRIS with the exact amount", ink="black") in text
    assert "counts once the workshop has seen it" in text

    answer = client.get(page_of(order, "payment/qris.png"))
    assert answer["Content-Type"] == "image/png"
    assert qr.texts_in(answer.content) == [asked.qris_code]


def test_above_the_limit_it_says_why_there_is_no_qris(
    client: Client, buyer: Party, dewi: Person
) -> None:
    workshop = buyer.workshop
    workshop.qris_limit = 500_000
    workshop.save()
    testing.account(workshop)
    testing.qris(workshop)
    order = confirmed(buyer)
    testing.login(client, dewi)

    text = client.get(page_of(order)).text
    assert "<svg" not in text or "QRIS with the exact amount" not in text
    assert "at most Rp\u00a0500,000" in text
    assert client.get(page_of(order, "payment/qris.png")).status_code == 404


def test_it_says_where_and_exactly_how_much(client: Client, order: Order) -> None:
    text = client.get(page_of(order)).text

    asked = Instruction.objects.open().get(order=order)
    assert f"Rp\u00a0{asked.amount:,}" in text
    assert f'value="{asked.amount}"' in text
    assert "0000012345" in text
    assert order.code in text


def test_before_agreement_nothing_is_to_pay(client: Client, buyer: Party) -> None:
    order = testing.order(buyer)

    answer = client.get(page_of(order))

    assert answer.status_code == 200
    assert "pay__amount" not in answer.text


def test_without_an_account_it_says_that_we_will_tell(client: Client, buyer: Party) -> None:
    answer = client.get(page_of(confirmed(buyer)))

    assert answer.status_code == 200
    assert "pay__amount" not in answer.text


def test_a_transfer_is_reported_with_its_proof(client: Client, order: Order, dewi: Person) -> None:
    assert report(client, order) == 302

    claim = PaymentClaim.objects.get()
    assert (claim.order, claim.amount, claim.bank, claim.by) == (order, 600_217, "BRI", dewi)
    assert claim.proof.kind == "image/jpeg"
    assert "Rp\u00a0600,217" in client.get(page_of(order)).text


def test_what_is_wrong_with_a_report_is_said(client: Client, order: Order) -> None:
    for facts in (
        {"amount": "banyak"},
        {"paid_on": clock.in_days(1).isoformat()},
        {"proof": SimpleUploadedFile("proof.jpg", b"<html><script>1</script>")},
        {"proof": ""},
    ):
        assert report(client, order, **facts) == 422

    assert not PaymentClaim.objects.exists()


def test_the_proof_is_given_back_harmless(client: Client, order: Order) -> None:
    report(client, order)
    claim = PaymentClaim.objects.get()

    answer = client.get(page_of(order, f"claims/{claim.pk}/proof/"))

    assert answer.content.startswith(b"\xff\xd8")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_kuitansi_is_a_pdf(client: Client, order: Order) -> None:
    testing.pay(order, 600_000)
    paper = Paper.objects.get(kind="KW")
    assert f"papers/{paper.code}.pdf" in client.get(page_of(order)).text

    answer = client.get(page_of(order, f"papers/{paper.code}.pdf"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_paid_order_says_thanks(client: Client, order: Order) -> None:
    testing.pay(order)

    text = client.get(page_of(order)).text
    assert "pay__amount" not in text
    assert "Rp\u00a00" in text


def test_the_roll_lies_beside_the_sheet(client: Client, order: Order) -> None:
    testing.pay(order, 600_000)
    paper = Paper.objects.about(order).get(kind="KW")
    address = page_of(order, f"papers/{paper.code}.pdf?sheet=roll")
    assert address in client.get(page_of(order)).text

    roll = client.get(address)

    assert roll.content.startswith(b"%PDF-")
    assert roll["Content-Disposition"] == f'inline; filename="{paper.number}-80mm.pdf"'
    assert roll.content != client.get(page_of(order, f"papers/{paper.code}.pdf")).content


def test_a_kuitansi_above_the_limit_asks_for_a_duty_stamp(client: Client, order: Order) -> None:
    workshop = order.workshop
    workshop.stamp_duty_above = 500_000
    workshop.save()
    testing.pay(Order.objects.get(pk=order.pk), 500_000)
    assert "duty stamp" not in client.get(page_of(order)).text

    testing.pay(Order.objects.get(pk=order.pk), 500_001)
    assert "needs a duty stamp (meterai)" in client.get(page_of(order)).text


def test_somebody_elses_is_not_there(client: Client, order: Order, foreign: Order) -> None:
    testing.pay(foreign, 5)
    paper = Paper.objects.get(kind="KW")
    assert foreign.buyer.people.first() is not None
    for rest in ("payment/", "claim/", f"papers/{paper.code}.pdf"):
        assert client.get(page_of(foreign, rest)).status_code == 404
    assert client.get(page_of(order, f"papers/{paper.code}.pdf")).status_code == 404
    assert report(client, foreign) == 404
    assert not PaymentClaim.objects.exists()


def test_somebody_elses_proof_is_not_there(
    client: Client, order: Order, foreign: Order, siti: Person
) -> None:
    other = Client()
    testing.login(other, siti)
    assert report(other, foreign) == 302
    claim = PaymentClaim.objects.get()

    assert client.get(page_of(foreign, f"claims/{claim.pk}/proof/")).status_code == 404
    assert client.get(page_of(order, f"claims/{claim.pk}/proof/")).status_code == 404


def test_a_link_opens_it_without_a_login(order: Order, dewi: Person) -> None:
    link = AccessLink.issue(dewi, order)
    visitor = Client()
    visitor.get(f"/l/{link.token}/")

    assert visitor.get(page_of(order)).status_code == 200
    assert report(visitor, order) == 302


@pytest.mark.parametrize("reports", [1, 15])
def test_it_costs_the_same_for_any_number_of_reports(
    client: Client, order: Order, reports: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(reports):
        assert report(client, order, amount=str(1_000 + number)) == 302
        testing.pay(order, 1_000 + number)
    client.get(page_of(order))

    # session, user, person; the order as its page loads it, its instruction with account and QRIS,
    # its account, the link to pay online; what the buyer has left over (receipts, notes,
    # allocations); reports, papers; how far the journal was written, for the day
    with django_assert_num_queries(27):
        client.get(page_of(order))


def test_the_form_works_without_javascript(client: Client, order: Order) -> None:
    text = client.get(page_of(order, "claim/")).text

    assert re.search(r'<form[^>]*method="post"[^>]*enctype="multipart/form-data"', text)
