from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement.models import Bid, Inquiry, PurchaseOrder, SupplierPrice, Terms

HOME = "/ciomas/desk/purchases/inquiries/"


@pytest.fixture
def desk(client: Client, rina: Person) -> Client:
    testing.login(client, rina)
    return client


def typed(*suppliers: Party, **others: str) -> dict[str, Any]:
    fields = {
        "suppliers": [supplier.pk for supplier in suppliers],
        "answer_by": clock.in_days(2).isoformat(),
        "note": "Mohon harga terbaik",
        "line-TOTAL_FORMS": "2",
        "line-INITIAL_FORMS": "0",
        "line-0-quantity": "30",
        "line-0-wished_on": clock.in_days(9).isoformat(),
    }
    return fields | others


def answered(supplier: Party, price: int = 40_000) -> Bid:
    bid = testing.inquiry(supplier).bids.get()
    terms = [Terms(bid.inquiry.lines.get(), price, 2)]
    bid.answer(by=testing.contact_of(supplier), terms=terms)
    return bid


def test_it_begins_with_what_is_missing_and_who_sells_it(
    desk: Client, buyer: Party, supplier: Party, workshop: Workshop
) -> None:
    order = testing.needy_order(buyer)
    leather = order.lines.get().needs.get(material__code="LEATHER").material
    testing.supplier_price(supplier, leather)
    other = testing.party(workshop, "Kulit Baru", is_supplier=True)

    form = desk.get(f"{HOME}new/?material={leather.pk}").content.decode()

    assert 'value="32"' in form
    asked = {
        party.pk: "checked" in tag
        for tag in re.findall(r"<input[^>]*suppliers[^>]*>", form)
        for party in (supplier, other)
        if f'value="{party.pk}"' in tag
    }
    assert asked == {supplier.pk: True, other.pk: False}


def test_what_is_ticked_among_the_needs_is_asked_for(
    desk: Client, buyer: Party, supplier: Party
) -> None:
    order = testing.needy_order(buyer)
    sole = order.lines.get().needs.filter(material__code="SOLE")[0].material
    needs = desk.get("/ciomas/desk/purchases/").content.decode()
    assert needs.count(f'name="material" value="{sole.pk}"') == 1  # for both of its sizes

    form = desk.get(f"{HOME}new/?material={sole.pk}&material=x").content.decode()

    assert re.findall(r'name="line-\d-size" value="(\d+)"', form) == ["40", "41"]


def test_several_are_asked_at_once(desk: Client, supplier: Party, workshop: Workshop) -> None:
    leather = testing.material(workshop, "LEATHER")
    other = testing.party(workshop, "Kulit Baru", is_supplier=True)

    desk.post(f"{HOME}new/", typed(supplier, other, **{"line-0-material": str(leather.pk)}))

    inquiry = Inquiry.objects.get()
    assert {bid.supplier for bid in inquiry.bids.all()} == {supplier, other}
    line = inquiry.lines.get()
    assert (line.material, line.quantity, line.wished_on) == (leather, 30_000, clock.in_days(9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"line-0-quantity": ""},
        {"line-0-material": ""},
        {"line-0-size": "41"},
        {"line-0-wished_on": ""},
        {"answer_by": "2020-01-01"},
        {"suppliers": ""},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    desk: Client, supplier: Party, workshop: Workshop, wrong: dict[str, str]
) -> None:
    leather = testing.material(workshop, "LEATHER")
    fields = typed(supplier, **({"line-0-material": str(leather.pk)} | wrong))

    answer = desk.post(f"{HOME}new/", fields)

    assert answer.status_code == 422
    assert "Mohon harga terbaik" in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_answers_stand_side_by_side(desk: Client, supplier: Party, workshop: Workshop) -> None:
    other = testing.party(workshop, "Kulit Baru", is_supplier=True)
    inquiry = testing.inquiry(supplier, other)
    for bid, price in zip(inquiry.bids.order_by("pk"), (41_000, 39_000), strict=True):
        terms = [Terms(inquiry.lines.get(), price, 2)]
        bid.answer(by=testing.contact_of(bid.supplier), terms=terms)

    text = desk.get(f"{HOME}{inquiry.pk}/").content.decode()

    assert text.index("39,000") < text.index("41,000")
    assert text.count("cheapest") == 1


def test_it_is_taken_over_and_bought(desk: Client, supplier: Party) -> None:
    bid = answered(supplier)
    page = f"{HOME}answers/{bid.pk}/"
    assert "checked" in desk.get(page).content.decode()

    fields = {"lines": [bid.inquiry.lines.get().pk], "answer": bid.answers.get().pk}
    desk.post(page, fields | {"is_bought": "on"})

    assert SupplierPrice.objects.get().price == 40_000
    assert PurchaseOrder.objects.get().total == 1_200_000


def test_it_is_taken_over_and_not_bought(desk: Client, supplier: Party) -> None:
    bid = answered(supplier)
    fields = {"lines": [bid.inquiry.lines.get().pk], "answer": bid.answers.get().pk}

    desk.post(f"{HOME}answers/{bid.pk}/", fields)

    assert SupplierPrice.objects.get().price == 40_000
    assert not PurchaseOrder.objects.exists()


def test_no_line_chosen_takes_nothing(desk: Client, supplier: Party) -> None:
    bid = answered(supplier)

    answer = desk.post(f"{HOME}answers/{bid.pk}/", {"answer": bid.answers.get().pk})

    assert answer.status_code == 422
    assert not SupplierPrice.objects.exists()


def test_it_is_closed(desk: Client, supplier: Party) -> None:
    inquiry = testing.inquiry(supplier)

    desk.post(f"{HOME}{inquiry.pk}/closing/", {"key": "a"})

    inquiry.refresh_from_db()
    assert inquiry.status == Inquiry.Status.CLOSED


def test_who_may_not_see_prices_is_kept_out(client: Client, supplier: Party, sari: Person) -> None:
    bid = answered(supplier)
    testing.login(client, sari)

    for page in (HOME, f"{HOME}new/", f"{HOME}{bid.inquiry_id}/"):
        assert client.get(page).status_code == 403
    assert client.get(f"{HOME}answers/{bid.pk}/").status_code == 404


def test_another_workshop_finds_nothing(client: Client, supplier: Party, joko: Person) -> None:
    bid = answered(supplier)
    testing.login(client, joko)
    theirs = HOME.replace("ciomas", joko.workshop.slug)

    for page in (f"{theirs}{bid.inquiry_id}/", f"{theirs}answers/{bid.pk}/"):
        assert client.get(page).status_code == 404
    assert client.post(f"{theirs}{bid.inquiry_id}/closing/", {}).status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("number", [1, 8])
def test_the_page_costs_the_same_for_any_number_of_answers(
    desk: Client,
    workshop: Workshop,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    asked = [testing.party(workshop, f"Kulit {n}", is_supplier=True) for n in range(number)]
    inquiry = testing.inquiry(*asked)
    for bid in inquiry.bids.all()[1:]:
        terms = [Terms(inquiry.lines.get(), 40_000, 2)]
        bid.answer(by=testing.contact_of(bid.supplier), terms=terms)
    bid = inquiry.bids.order_by("pk")[0]

    # session, user, person; inquiry, once more with its people; lines, bids, answers, their lines;
    # links; journal
    with django_assert_num_queries(11 if number > 1 else 10):
        assert desk.get(f"{HOME}{inquiry.pk}/").status_code == 200


@testing.counts_questions
@pytest.mark.parametrize("number", [1, 8])
def test_the_list_costs_the_same_for_any_length(
    desk: Client,
    supplier: Party,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(number):
        answered(supplier)

    # session, user, person; how many, the page, its lines
    with django_assert_num_queries(6):
        assert desk.get(HOME).status_code == 200
