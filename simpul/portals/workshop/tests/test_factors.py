"""The page of the four factors and of the way of customers."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import Lead
from simpul.insight.keeping import keep
from simpul.insight.models import BuyerFact
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.workshop.tests.test_gateways import freshly

HERE = "/ciomas/desk/insight/factors/"


def bought(workshop: Workshop, name: str, days: int) -> None:
    BuyerFact.objects.create(
        buyer=testing.party(workshop, name),
        workshop=workshop,
        first_on=date(2026, 3, 1),
        last_on=date(2026, 9, 1),
        orders=days,
        days=days,
        late=0,
        sold=5_000_000,
    )


def test_a_click_on_a_step_shows_who_stands_there(
    client: Client, sari: Person, workshop: Workshop
) -> None:
    bought(workshop, "Toko Setia", 5)
    bought(workshop, "Toko Baru", 1)
    testing.login(client, sari)
    shown = client.get(HERE).text
    assert "Loyal buyers: 1; silent for too long: 0." in shown
    assert "Toko Setia" not in shown
    shown = client.get(HERE + "?step=loyal").text
    assert "Toko Setia" in shown
    assert "Toko Baru" not in shown
    freshly(client, sari)
    assert (
        "Toko Baru,2026-03-01,2026-09-01,1,5000000" in client.get(HERE + "?step=first&as=csv").text
    )


def test_the_list_of_buyers_is_carried_away_by_whom_it_is_trusted_to(
    client: Client, viewer: Person, workshop: Workshop
) -> None:
    bought(workshop, "Toko Setia", 5)
    testing.login(client, viewer)
    assert "?step=loyal&as=csv" not in client.get(HERE + "?step=loyal").text
    assert client.get(HERE + "?step=loyal&as=csv").status_code == 403


def test_a_figure_opens_just_what_it_counts(client: Client, owner: Person, buyer: Party) -> None:
    product = testing.product(buyer.workshop)
    noon = clock.now().replace(hour=5, minute=0)
    for days in (40, 10, 10, 3):
        with clock.stopped(noon - timedelta(days=days)):
            testing.confirmed_order(buyer, product)
    late = Order.objects.order_by("pk")[0]
    Order.objects.filter(pk=late.pk).update(promised_on=clock.in_days(-1))
    Order.objects.exclude(pk=late.pk).update(promised_on=clock.in_days(9))
    keep.bring_up_to_date(buyer.workshop)
    for name, stage in (
        ("A", "new"),
        ("B", "talking"),
        ("C", "quoted"),
        ("D", "sample"),
        ("E", "lost"),
    ):
        party = testing.party(owner.workshop, f"Calon {name}")
        person = testing.person(name, party)
        Lead.objects.create(workshop=owner.workshop, party=party, person=person, status=stage)
    freshly(client, owner)
    links = [unescape(one) for one in re.findall('href="([^"]+)"', client.get(HERE).text)]

    def opened(part: str) -> list[list[str]]:
        [link] = [one.partition("#")[0] for one in links if part in one]
        _heading, *rows = csv.reader(io.StringIO(client.get(f"{link}&as=csv").text))
        return rows

    agreed = opened("measure=orders")
    assert [row[1] for row in agreed] == ["3", "3"]  # of the one buyer, and of all
    assert [row[0] for row in opened("desk/orders/?status=late")] == [late.number]
    assert [row[0] for row in opened("status=on-prospect")] == ["Calon B", "Calon A"]
    assert [row[0] for row in opened("status=on-quoted")] == ["Calon D", "Calon C"]
    _heading, *steps = csv.reader(io.StringIO(client.get(f"{HERE}?list=steps&as=csv").text))
    assert [row[1] for row in steps] == ["2", "2", "0", "1", "0", "0"]


def test_a_workshop_that_has_just_begun_is_told_so(client: Client, owner: Person) -> None:
    testing.login(client, owner)
    shown = client.get(HERE).text
    assert "Nobody has asked or ordered yet." in shown
    assert "Orders agreed in four weeks" in shown


@pytest.mark.parametrize("buyers", [1, 10])
def test_it_asks_a_fixed_number_of_questions(
    client: Client,
    owner: Person,
    workshop: Workshop,
    buyers: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for at in range(buyers):
        bought(workshop, f"Toko {at}", 5)
    testing.login(client, owner)
    client.get(HERE + "?step=loyal")
    # session, person and workshop; prospects, buyers; agreed, late, purchases, pairs, deliveries and
    # what is kept; how old both are; who stands there, and how many
    with django_assert_num_queries(3 + 2 + 7 + 2 + 2):
        client.get(HERE + "?step=loyal")
