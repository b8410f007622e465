from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.parties.models import Party, Person

DESK = "/ciomas/desk/"


def test_what_waits_leads_to_where_it_is_done(client: Client, buyer: Party, owner: Person) -> None:
    testing.order(buyer)
    testing.planned_job(buyer)
    testing.shipment(buyer)
    testing.login(client, owner)

    text = client.get(DESK).text

    tasks = re.findall(r'class="task__link" href="([^"]+)"', text)
    stats = re.findall(r'class="stat" href="([^"]+)"', text)
    assert f"{DESK}orders/?status=placed" in tasks
    assert len(stats) == 4
    for address in [*tasks, *stats]:
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


@pytest.mark.parametrize("role", ["owner", "sari", "fajar", "rina", "udin", "viewer"])
def test_everybody_of_the_workshop_has_a_day(
    client: Client, request: pytest.FixtureRequest, role: str
) -> None:
    person = request.getfixturevalue(role)
    testing.account(person.workshop)
    testing.login(client, person)

    text = client.get(DESK).text

    assert person.name in text
    assert 'class="empty"' in text


@pytest.mark.parametrize(
    ("role", "is_trusted"), [("owner", True), ("fajar", True), ("udin", False)]
)
def test_what_is_asked_of_a_monday_is_one_tap_away(
    client: Client, request: pytest.FixtureRequest, role: str, is_trusted: bool
) -> None:
    person = request.getfixturevalue(role)
    testing.account(person.workshop)
    testing.login(client, person)
    [card] = re.findall("Look further</h2>.*?</ul>", client.get(DESK).text, re.DOTALL)
    links = re.findall('href="([^"]+)"', card)
    assert ("When will money be short?" in card) == is_trusted
    assert len(links) == (10 if is_trusted else 8)
    for link in links:
        assert client.get(link).status_code == 200, link


def test_nobody_else_has(client: Client, dewi: Person, joko: Person) -> None:
    assert client.get(DESK).status_code == 302
    testing.login(client, dewi)
    assert client.get(DESK).status_code == 403
    testing.login(client, joko)
    assert client.get(DESK).status_code == 404


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, buyer: Party, owner: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.login(client, owner)
    client.get(DESK)
    for orders in (1, 29):
        for _n in range(orders):
            testing.order(buyer)
        with django_assert_num_queries(66):
            client.get(DESK)
