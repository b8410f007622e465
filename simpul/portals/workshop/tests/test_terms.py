from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Voucher, VoucherUse
from simpul.lib import clock
from simpul.orders.models import Gate, Order, Status
from simpul.parties.models import Party, Person
from simpul.payments.models import Instruction


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    return testing.order(buyer)


def page(order: Order, step: str = "") -> str:
    return f"/ciomas/desk/orders/{order.number}/{step}"


def state(order: Order) -> tuple[str, int, int]:
    order.refresh_from_db()
    return order.status, order.revision, order.journal.count()


def offer(client: Client, order: Order, **words: str) -> Any:
    line = Order.objects.get(pk=order.pk).current.lines.get()
    facts = {
        f"pairs-{line.pk}-40": "4",
        f"pairs-{line.pk}-41": "6",
        f"price-{line.pk}": "190.000",
        f"per-{line.pk}": "1",
        "shipping": "50rb",
        "discount": "",
        "promised_on": clock.in_days(20).isoformat(),
        "down_payment": "600.000",
        "settle": str(Gate.HAND_OVER.value),
        "settle_on": clock.in_days(20).isoformat(),
        "valid_until": clock.in_days(7).isoformat(),
        "note": "Kulit naik.",
    }
    changed = {name.replace("LINE", str(line.pk)): text for name, text in words.items()}
    return client.post(page(order, "offer/"), facts | changed)


# Confirm and offer


def test_an_offer_with_a_part_of_a_voucher_has_used_that_part(
    client: Client, order: Order, sari: Person, dewi: Person
) -> None:
    Voucher.issue(by=sari, code="X", amount=150_000)
    use = VoucherUse.make(by=dewi, order=order, code="X")

    offer(client, order, discount="149.000")

    order.refresh_from_db()
    use.refresh_from_db()
    assert (order.total, use.amount, use.given_back_at) == (1_801_000, 149_000, None)


def test_it_is_confirmed_and_the_buyer_told_what_to_pay(
    client: Client, order: Order, owner: Person
) -> None:
    testing.account(order.workshop)
    assert "Rp\u00a0600,000" in client.get(page(order, "confirmation/")).text

    answer = client.post(page(order, "confirmation/"))

    assert answer["Location"] == page(order)
    order.refresh_from_db()
    assert (order.status, order.total) == (Status.CONFIRMED, 2_000_000)
    assert Instruction.objects.get(order=order).base == 600_000


def test_it_is_not_confirmed_twice(client: Client, order: Order) -> None:
    client.post(page(order, "confirmation/"))
    before = state(order)

    assert client.post(page(order, "confirmation/")).status_code == 409
    assert state(order) == before


# Offer


def test_an_offer_changes_what_it_says(client: Client, order: Order) -> None:
    line = order.current.lines.get()
    text = client.get(page(order, "offer/")).text
    assert 'value="200,000"' in text
    assert f'name="pairs-{line.pk}-40" value="4"' in text

    answer = offer(client, order, **{"pairs-LINE-41": "8"})

    assert answer["Location"] == page(order)
    order.refresh_from_db()
    assert (order.status, order.revision) == (Status.OFFERED, 2)
    assert (order.total, order.current.shipping) == (12 * 190_000 + 50_000, 50_000)
    assert [part.amount for part in order.current.instalments] == [600_000, 1_730_000]
    assert order.current.note == "Kulit naik."
    assert "Kulit naik." in client.get(page(order)).text


def test_all_at_once_and_on_credit_are_plans_too(client: Client, order: Order) -> None:
    offer(client, order, down_payment="1.950.000")
    order = Order.objects.get()
    assert [part.amount for part in order.current.instalments] == [1_950_000]

    offer(client, order, down_payment="", settle=str(Gate.NONE.value))
    order = Order.objects.get()
    assert [(part.amount, part.gate) for part in order.current.instalments] == [
        (1_950_000, Gate.NONE)
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"price-LINE": "mahal"},
        {"price-LINE": ""},
        {"pairs-LINE-40": "-1"},
        {"pairs-LINE-40": "", "pairs-LINE-41": ""},
        {"discount": "9.000.000"},
        {"down_payment": "9.000.000"},
        {"promised_on": "2020-01-01"},
        {"valid_until": "2020-01-01"},
        {"settle": "77"},
        {"settle_on": ""},
    ],
)
def test_what_was_typed_stays_and_nothing_is_offered(
    client: Client, order: Order, wrong: dict[str, str]
) -> None:
    before = state(order)

    answer = offer(client, order, **wrong)

    assert answer.status_code == 422
    assert "Kulit naik." in answer.text
    assert state(order) == before


@testing.counts_questions
def test_the_form_costs_the_same_for_thirty_lines(
    client: Client, buyer: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, many = testing.order(buyer), testing.order(buyer, lines=30)
    client.get(page(one, "offer/"))
    for made in (one, many):
        with django_assert_num_queries(
            24
        ):  # five for the day on which it can be ready, one for its voucher
            client.get(page(made, "offer/"))


# The other steps


def test_it_is_declined_with_a_reason(client: Client, order: Order) -> None:
    assert client.post(page(order, "refusal/"), {"reason": ""}).status_code == 422
    assert state(order) == (Status.PLACED, 1, 1)

    answer = client.post(page(order, "refusal/"), {"reason": "Terlalu banyak."})

    assert answer["Location"] == page(order)
    assert state(order)[0] == Status.DECLINED
    assert "Terlalu banyak." in client.get(page(order)).text


def test_an_offer_without_an_answer_is_closed(client: Client, buyer: Party) -> None:
    order = testing.offered_order(buyer)
    assert client.post(page(order, "expiry/")).status_code == 409
    assert state(order)[0] == Status.OFFERED

    order.revisions.filter(number=2).update(valid_until=clock.in_days(-1))
    client.post(page(order, "expiry/"))

    assert state(order)[0] == Status.EXPIRED


def test_the_owner_lets_work_go_on(client: Client, buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    testing.login(client, owner)
    text = client.get(page(order)).text
    assert page(order, "waivers/1/") in text
    assert page(order, "waivers/2/") not in text  # one after the other
    assert "down payment, Rp\N{NO-BREAK SPACE}600,000" in client.get(page(order, "waivers/1/")).text
    assert client.post(page(order, "waivers/1/"), {"reason": ""}).status_code == 422
    assert client.get(page(order, "waivers/9/")).status_code == 404

    client.post(page(order, "waivers/1/"), {"reason": "Sudah lama kenal."})

    first = order.instalments.get(position=1)
    assert first.is_waived
    assert first.open_amount == 600_000
    assert page(order, "waivers/2/") in client.get(page(order)).text


def test_the_owner_cancels(client: Client, buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    testing.login(client, owner)

    client.post(page(order, "cancellation/"), {"reason": "Toko tutup."})

    assert state(order)[0] == Status.CANCELLED


def test_what_is_delivered_and_paid_is_closed(client: Client, buyer: Party, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    order = shipment.first_order
    assert client.post(page(order, "closing/")).status_code == 409
    shipment.deliver(by=asep, receiver="Dewi", count=2, pin=shipment.pin)
    if Order.objects.get(pk=order.pk).status == Status.FULFILLED:
        assert client.post(page(order, "closing/"))["Location"] == page(order)
    assert state(order)[0] == Status.CLOSED


# Doors


STEPS = {
    "confirmation/": ["fajar", "rina", "udin", "viewer"],
    "offer/": ["fajar", "rina", "udin", "viewer"],
    "refusal/": ["fajar", "rina", "udin", "viewer"],
    "cancellation/": ["sari", "fajar", "viewer"],
    "waivers/1/": ["sari", "fajar", "viewer"],
}


@pytest.mark.parametrize(("step", "role"), [(step, one) for step in STEPS for one in STEPS[step]])
def test_the_wrong_role_does_nothing(
    client: Client, request: pytest.FixtureRequest, buyer: Party, step: str, role: str
) -> None:
    is_agreed = step in {"cancellation/", "waivers/1/"}
    order = testing.confirmed_order(buyer) if is_agreed else testing.order(buyer)
    before = state(order)
    testing.login(client, request.getfixturevalue(role))

    answer = (
        offer(client, order)
        if step == "offer/"
        else client.post(page(order, step), {"reason": "x"})
    )

    assert answer.status_code == 403
    assert state(order) == before
