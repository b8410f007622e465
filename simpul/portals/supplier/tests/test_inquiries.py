from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.procurement.models import Bid, BidAnswer, Terms

HOME = "/ciomas/supply/inquiries/"


@pytest.fixture
def rival(workshop: Workshop) -> Person:
    return testing.person("Rival", testing.party(workshop, "Kulit Saing", is_supplier=True))


@pytest.fixture
def bid(supplier: Party, budi: Person, rival: Person) -> Bid:
    assert rival.party is not None
    return Bid.objects.get(inquiry=testing.inquiry(supplier, rival.party), supplier=supplier)


@pytest.fixture
def portal(client: Client, budi: Person) -> Client:
    testing.login(client, budi)
    return client


def path(bid: Bid, page: str = "") -> str:
    return f"{HOME}{bid.pk}/{page}"


def typed(bid: Bid, **others: Any) -> dict[str, Any]:
    line = bid.inquiry.lines.get()
    said = {"price": "41.500", "lead_days": "3"} | others
    return {f"{name}_{line.pk}": value for name, value in said.items()}


def test_it_is_answered_line_by_line(portal: Client, bid: Bid) -> None:
    until = clock.in_days(20)
    answer = portal.post(
        path(bid, "answer/"),
        typed(bid, minimum="10", pack="2.5", valid_until=until.isoformat(), remark="Grade A")
        | {"note": "Harga naik"},
    )

    assert answer["Location"] == path(bid)
    said = BidAnswer.objects.get().lines.get()
    assert (said.price, said.lead_days, said.minimum, said.pack) == (41_500, 3, 10_000, 2_500)
    assert (said.valid_until, said.note) == (until, "Grade A")
    assert "Grade A" in portal.get(path(bid)).content.decode()


def test_it_may_be_changed_and_begins_with_what_was_said(portal: Client, bid: Bid) -> None:
    portal.post(path(bid, "answer/"), typed(bid))
    assert 'value="41,500"' in portal.get(path(bid, "answer/")).content.decode()

    portal.post(path(bid, "answer/"), typed(bid, price="40.000"))

    assert BidAnswer.objects.latest("pk").lines.get().price == 40_000


def test_a_price_may_be_that_of_a_tin(portal: Client, bid: Bid) -> None:
    wrong = portal.post(path(bid, "answer/"), typed(bid, unit="kaleng"))
    assert wrong.status_code == 422

    portal.post(path(bid, "answer/"), typed(bid, unit="kaleng", unit_size="2.5"))

    said = BidAnswer.objects.get().lines.get()
    assert (said.price, said.unit, said.unit_size) == (41_500, "kaleng", 2_500)


def test_it_begins_with_the_unit_that_this_supplier_sells_in(
    portal: Client, bid: Bid, supplier: Party
) -> None:
    leather = bid.inquiry.lines.get().material
    testing.supplier_price(supplier, leather, 90_000, unit="kaleng", unit_size=2_500)

    form = portal.get(path(bid, "answer/")).content.decode()

    assert "Price per kaleng" in form
    assert 'value="kaleng"' in form
    assert 'value="2.5"' in form
    assert "90,000" not in form  # what it costs today is for the supplier to say


def test_cannot_needs_no_price(portal: Client, bid: Bid) -> None:
    portal.post(path(bid, "answer/"), typed(bid, price="", lead_days="x", cannot="on"))

    assert BidAnswer.objects.get().lines.get().price == 0


@pytest.mark.parametrize("wrong", [{"price": ""}, {"price": "0"}, {"lead_days": ""}])
def test_a_price_and_days_are_asked_for_and_what_was_typed_stays(
    portal: Client, bid: Bid, wrong: dict[str, str]
) -> None:
    answer = portal.post(path(bid, "answer/"), typed(bid, remark="Grade A", **wrong))

    assert answer.status_code == 422
    assert "Grade A" in answer.content.decode()
    assert not BidAnswer.objects.exists()


def test_after_the_day_nothing_can_be_said(portal: Client, bid: Bid) -> None:
    with clock.stopped(clock.now() + timedelta(days=4)):
        assert portal.get(path(bid)).status_code == 200
        assert portal.get(path(bid, "answer/")).status_code == 409
        assert portal.post(path(bid, "answer/"), typed(bid)).status_code == 409

    assert not BidAnswer.objects.exists()


def test_nothing_tells_who_else_was_asked_or_what_they_said(
    portal: Client, bid: Bid, rival: Person
) -> None:
    other = bid.inquiry.bids.exclude(pk=bid.pk).get()
    other.answer(by=rival, terms=[Terms(bid.inquiry.lines.get(), 38_765, 2, note="Rahasia")])

    for page in (HOME, path(bid), path(bid, "answer/")):
        text = portal.get(page).content.decode()
        assert bid.inquiry.number in text
        for secret in ("Kulit Saing", "Rival", "38.765", "38,765", "Rahasia"):
            assert secret not in text


def test_a_rival_finds_nothing(client: Client, bid: Bid, rival: Person) -> None:
    testing.login(client, rival)

    assert path(bid) not in client.get(HOME).content.decode()
    for page in ("", "answer/"):
        assert client.get(path(bid, page)).status_code == 404
    assert client.post(path(bid, "answer/"), typed(bid)).status_code == 404
    assert not BidAnswer.objects.exists()


def test_a_link_opens_this_one_and_answers_it(client: Client, bid: Bid, budi: Person) -> None:
    other = Bid.objects.get(inquiry=testing.inquiry(bid.supplier))
    link = next(link for link in AccessLink.objects.filter(person=budi) if link.subject == bid)

    assert client.get(f"/l/{link.token}/")["Location"] == path(bid)
    assert client.get(path(bid)).status_code == 200
    assert client.get(HOME).status_code != 200
    client.post(path(bid, "answer/"), typed(bid))
    client.post(path(other, "answer/"), typed(other))

    assert BidAnswer.objects.get().bid == bid


@testing.counts_questions
@pytest.mark.parametrize("number", [1, 10])
def test_the_list_costs_the_same_for_any_length(
    portal: Client,
    supplier: Party,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(number):
        testing.inquiry(supplier)

    # session, user, person; how many, the page
    with django_assert_num_queries(5):
        assert portal.get(HOME).status_code == 200


@testing.counts_questions
@pytest.mark.parametrize("times", [1, 10])
def test_the_page_costs_the_same_however_often_it_was_answered(
    portal: Client,
    bid: Bid,
    budi: Person,
    times: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _time in range(times):
        bid.answer(by=budi, terms=[Terms(bid.inquiry.lines.get(), 40_000, 2)])

    # session, user, person; bid, lines, answers, their lines
    with django_assert_num_queries(7):
        assert portal.get(path(bid)).status_code == 200
