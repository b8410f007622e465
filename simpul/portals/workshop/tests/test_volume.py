"""The page of prices: what another price did, in words only where a test is behind them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product
from simpul.insight.models import ModelDay
from simpul.insight.spans import months_back
from simpul.lib import clock
from simpul.parties.models import Person, Workshop

PAGE = "/ciomas/desk/insight/prices/"
NOW = datetime(2026, 11, 20, 9, tzinfo=clock.WIB)


def sold(workshop: Workshop, code: str, before: int, after: int, *, dearer: bool) -> Product:
    """A model in so many orders a month, before March and since; dearer since then, perhaps."""
    product = testing.product(workshop, code)
    for n in range(1, 17):
        month = months_back(NOW.date(), n)
        orders = after if month >= date(2026, 3, 1) else before
        ModelDay.objects.create(
            workshop=workshop, day=month, product=product, orders=orders, pairs=10 * orders
        )
    if dearer:
        PriceRule.objects.create(
            product=product, group=Group.WHOLESALE, amount=230_000, valid_from=date(2026, 3, 1)
        )
    return product


def told(client: Client, person: Person, query: str = "") -> str:
    testing.login(client, person)
    with clock.stopped(NOW):
        return " ".join(client.get(PAGE + query).text.replace("\xa0", " ").split())


def test_it_begins_with_what_can_be_told(client: Client, workshop: Workshop, sari: Person) -> None:
    assert "Nothing was ordered in this time" in told(client, sari)
    sold(workshop, "OXF-01", 20, 20, dearer=False)
    assert "No price has changed in the last two years" in told(client, sari)
    sold(workshop, "BTS-01", 4, 4, dearer=True)
    page = told(client, sari)
    assert "of no model can it be told" in page
    assert "cannot tell" in page
    sold(workshop, "DRB-01", 9, 3, dearer=True)
    page = told(client, sari)
    assert "Since the price has changed: DRB-01 Model DRB-01 ordered more seldom." in page
    assert 'Rp 200,000</span> → <span class="nowrap">Rp 230,000' in page
    assert "24, before 72" in page
    assert "ordered more seldom" in page


def test_the_months_of_a_model_are_there_as_a_file(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    sold(workshop, "OXF-01", 20, 20, dearer=False)
    sold(workshop, "DRB-01", 9, 3, dearer=True)
    lines = told(client, sari, "?as=csv&list=months&model=drb-01")
    assert "2026-02-01,200000,90,9 2026-03-01,230000,30,3" in lines
    assert "DRB-01 Model DRB-01,200000,230000,2026-03-01,24,72,160,160," in told(
        client, sari, "?as=csv"
    )


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_for_any_number(
    client: Client,
    workshop: Workshop,
    sari: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for at in range(count):
        sold(workshop, f"DRB-0{at}", 9, 3, dearer=True)
    told(client, sari)
    # session, user, workshop and person; months, models, their prices; how old the figures are
    with clock.stopped(NOW), django_assert_num_queries(7):
        client.get(PAGE)
