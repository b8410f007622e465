"""The page of one's own question: what is asked by its address, and who may see what of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Product
from simpul.insight.keeping import keep
from simpul.insight.models import CountedAnswer
from simpul.insight.questions import answer as answering
from simpul.insight.questions import long
from simpul.insight.questions.forms import QuestionForm
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

HERE = "/ciomas/desk/insight/questions/"
NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)


@pytest.fixture
def product(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01", name="Derby")


@pytest.fixture
def ordered(buyer: Party, product: Product) -> None:
    Party.objects.filter(pk=buyer.pk).update(area="Sirimau, Kota Ambon")
    with clock.stopped(datetime(2026, 9, 1, 9, tzinfo=clock.WIB)):
        testing.confirmed_order(buyer, product, sizes={"40": 10, "41": 20})
    with clock.stopped(NOW):
        keep.bring_up_to_date(buyer.workshop)


def page_of(client: Client, person: Person, query: str = "", *, status: int = 200) -> str:
    testing.login(client, person)
    with clock.stopped(NOW):
        answer = client.get(HERE + query)
    assert answer.status_code == status
    return answer.text.replace("\xa0", " ")


@pytest.mark.usefixtures("ordered")
def test_an_empty_page_offers_questions_that_are_answered(client: Client, sari: Person) -> None:
    page = page_of(client, sari)
    assert "Which sizes sell in Kota Ambon?" in page
    assert "Which models leave the most?" not in page
    query = "?measure=pairs&by=size&days=m12&on1=area&how1=is&what1=Kota+Ambon"
    assert query.replace("&", "&amp;") in page
    page = page_of(client, sari, query)
    assert "Pairs, all together: 30. The most is 41: 20. That is 67% of all." in page
    assert "Only: Area is Kota Ambon" in page


@pytest.mark.usefixtures("ordered")
def test_an_answer_is_taken_away_as_a_file(client: Client, sari: Person) -> None:
    csv = page_of(client, sari, "?measure=sold&beside=pairs_an_order&by=size&days=m12&as=csv")
    assert csv.splitlines() == [
        "Size,Revenue,Pairs an order",
        "40,2000000,10.0",
        "41,4000000,20.0",
        "All together,6000000,30.0",
    ]


@pytest.mark.usefixtures("ordered")
def test_a_list_of_buyers_is_carried_away_by_whom_it_is_trusted_to(
    client: Client, owner: Person, viewer: Person
) -> None:
    query = "?measure=pairs&by=buyer&days=m12"
    assert "as=csv" not in page_of(client, viewer, query)
    page_of(client, viewer, f"{query}&as=csv", status=403)
    page = page_of(client, owner, f"{query}&as=csv", status=403)
    assert "This page asks for your password or passkey once more" in page


def test_what_is_odd_is_said_and_nothing_typed_is_lost(client: Client, sari: Person) -> None:
    page = page_of(
        client, sari, "?measure=pairs&days=m12&on1=size&what1=99+or+1%3D1&most=7", status=422
    )
    assert 'value="99 or 1=1"' in page
    assert "There is nothing yet that one could ask for here." in page
    assert "7 is not one of the available choices" in page
    page = page_of(client, sari, "?measure=days_late&by=size&days=m12", status=422)
    assert "“Days late” can be told by: Area, Kind of buyer" in page


@pytest.mark.usefixtures("ordered")
def test_what_is_left_is_for_those_who_see_the_books(
    client: Client, sari: Person, fajar: Person
) -> None:
    query = "?measure=contribution&by=model&days=m12"
    page_of(client, fajar, query)
    assert "Contribution" not in page_of(client, sari, query, status=422)


@pytest.mark.usefixtures("ordered")
def test_what_a_page_may_not_count_the_worker_does(
    client: Client, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "AT_ONCE", 0)
    query = "?measure=pairs&by=buyer&days=m12"
    page = page_of(client, sari, query, status=422)
    assert "For this 1 orders have to be looked at one by one" in page
    assert "counting/?measure=pairs" in page
    with clock.stopped(NOW):
        row = CountedAnswer.objects.create(
            workshop=sari.workshop, person=sari, mark=_mark(sari, query), done=3, of=9
        )
    assert "3 / 9" in page_of(client, sari, query, status=422)
    row.delete()
    with clock.stopped(NOW):
        answer = client.post(f"{HERE}counting/{query}")
        assert answer["Location"] == HERE + query
        long.count(CountedAnswer.objects.get())
    assert "Pairs, all together: 30." in page_of(client, sari, query)
    assert client.post(f"{HERE}counting/?measure=secrets")["Location"] == HERE
    with clock.stopped(NOW + timedelta(days=1)):  # tomorrow it is counted anew
        assert client.get(HERE + query).status_code == 422


def _mark(person: Person, query: str) -> str:
    form = QuestionForm(QueryDict(query[1:]), person=person)
    assert form.is_valid()
    return long.mark_of(form)


@pytest.mark.parametrize("orders", [1, 6])
def test_an_answer_costs_the_same_for_any_number_of_orders(
    client: Client,
    sari: Person,
    buyer: Party,
    product: Product,
    django_assert_num_queries: DjangoAssertNumQueries,
    orders: int,
) -> None:
    for n in range(orders):
        with clock.stopped(datetime(2026, 9, 1 + n, 9, tzinfo=clock.WIB)):
            testing.confirmed_order(buyer, product, sizes={f"{40 + n % 3}": 10})
    with clock.stopped(NOW):
        keep.bring_up_to_date(buyer.workshop)
    query = "?measure=buyers&beside=orders&by=size&days=m12&compare=on"
    page_of(client, sari, query)
    # session, user, person; how many orders (2); within a limit (2 to begin and end): rows (2) and
    # their sums (4); since when; how old; values to type (5); PostgreSQL is told the limit (2)
    limit = 2 if connection.vendor == "postgresql" else 0
    with clock.stopped(NOW), django_assert_num_queries(20 + limit):
        client.get(HERE + query)
