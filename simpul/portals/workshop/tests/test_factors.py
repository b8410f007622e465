"""The page of the four factors and of the way of customers."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.models import BuyerFact
from simpul.parties.models import Person, Workshop
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
    assert "as=csv" not in client.get(HERE + "?step=loyal").text
    assert client.get(HERE + "?step=loyal&as=csv").status_code == 403


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
