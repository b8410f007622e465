"""What a buyer says to have paid moves no money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from simpul import testing
from simpul.lib import clock, uploads
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person
from simpul.payments.models import PaymentClaim
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState

Status = PaymentClaim.Status


def proof(content: bytes = b"a picture") -> uploads.Admitted:
    return uploads.Admitted(content, "image/jpeg", "jpg", f"{hash(content) % 10**12:064}")


def claim(order: Order, by: Person, **facts: Any) -> PaymentClaim:
    given: dict[str, Any] = {
        "amount": 600_217,
        "paid_on": clock.today(),
        "bank": "BRI",
        "proof": proof(),
    } | facts
    return PaymentClaim.submit(by=by, order=order, **given)


def test_it_moves_no_money(order: Order, dewi: Person) -> None:
    made = claim(order, dewi)

    assert (made.status, made.instalment.position) == (Status.SUBMITTED, 1)
    assert made.proof.read() == b"a picture"
    assert order.balance_now() == 2_000_000


def test_it_is_written_in_the_journal_without_a_name(order: Order, dewi: Person) -> None:
    made = claim(order, dewi, sender="Contoh Budi")

    entry = journal_of(made).get()
    today = clock.today().isoformat()
    assert (entry.step, entry.by) == ("payments.claim", dewi)
    assert entry.facts == {"order": order.pk, "amount": 600_217, "paid_on": today}


def test_another_buyer_may_not(order: Order, siti: Person) -> None:
    with pytest.raises(NotAllowed):
        claim(order, siti)

    assert not PaymentClaim.objects.exists()
    assert not Upload.objects.exists()


def test_the_same_transfer_again_takes_the_first_ones_place(order: Order, dewi: Person) -> None:
    first, second = claim(order, dewi), claim(order, dewi, proof=proof(b"sharper"))
    other = claim(order, dewi, amount=1)

    first.refresh_from_db()
    assert (first.status, second.status) == (Status.SUPERSEDED, Status.SUBMITTED)
    assert other.status == Status.SUBMITTED


def test_the_same_file_twice_is_seen(order: Order, dewi: Person, buyer: Party) -> None:
    claim(order, dewi)
    other = testing.confirmed_order(buyer)
    claim(other, dewi, amount=5)
    claim(other, dewi, amount=6, proof=proof(b"another"))

    claims = PaymentClaim.objects.with_twins().order_by("pk")
    assert [claim.twins for claim in claims] == [1, 1, 0]


def test_a_day_to_come_is_refused(order: Order, dewi: Person) -> None:
    with pytest.raises(Refused):
        claim(order, dewi, paid_on=clock.in_days(1))

    assert not PaymentClaim.objects.exists()


def test_nothing_to_pay_nothing_to_claim(order: Order, dewi: Person, buyer: Party) -> None:
    testing.pay(order)
    with pytest.raises(WrongState):
        claim(order, dewi)
    with pytest.raises(WrongState):
        claim(testing.order(buyer), dewi)


def test_finance_rejects_with_a_reason(order: Order, dewi: Person, fajar: Person) -> None:
    made = claim(order, dewi)
    with pytest.raises(NotAllowed):
        made.reject(by=dewi, reason="no")

    made.reject(by=fajar, reason="The picture shows another account.")

    assert (made.status, made.reason) == (Status.REJECTED, "The picture shows another account.")
    entry = journal_of(made).last()
    assert entry is not None
    assert entry.facts == {"reason": "The picture shows another account."}
    with pytest.raises(WrongState):
        PaymentClaim.objects.get(pk=made.pk).reject(by=fajar, reason="again")


def test_money_that_comes_answers_the_claim(order: Order, dewi: Person) -> None:
    made = claim(order, dewi, amount=700_000, paid_on=clock.today() - timedelta(days=2))
    too_old = claim(order, dewi, amount=700_000, paid_on=date(2020, 1, 1))

    testing.pay(order, 700_000)

    made.refresh_from_db()
    too_old.refresh_from_db()
    assert (made.status, too_old.status) == (Status.MATCHED, Status.SUBMITTED)
