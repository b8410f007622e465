"""How content somebody was: the question by link or login, and what the desk sees of it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import Rating, RatingRules
from simpul.insight.today import tasks
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person
from simpul.parties.roles import Role
from simpul.workflow.models import journal_of

DESK = "/ciomas/desk/customers/ratings/"


@pytest.fixture
def ticket(buyer: Party, dewi: Person, sari: Person) -> Ticket:
    ticket = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="Ukuran 44?")
    ticket.solve(by=sari, how="answered", reason="Ada.")
    return ticket


@pytest.fixture
def rating(ticket: Ticket, machine: Person) -> Rating:
    return Rating.ask(by=machine, about=ticket)


def test_by_a_link_without_a_login(client: Client, rating: Rating, dewi: Person) -> None:
    link = AccessLink.issue(dewi, rating)
    page = client.get(f"/l/{link.token}/", follow=True)
    here = page.redirect_chain[-1][0]
    assert here == f"/ciomas/my/ratings/{rating.pk}/"
    assert "Ukuran 44?" in page.text

    assert client.post(here, {"stars": "6"}).status_code == 422
    client.post(here, {"stars": "1", "words": "Dijawab terlambat"})

    rating.refresh_from_db()
    assert (rating.stars, rating.words) == (1, "Dijawab terlambat")
    client.post(here, {"stars": "4", "words": ""})
    rating.refresh_from_db()
    assert (rating.stars, rating.words) == (4, "")
    RatingRules.objects.create(workshop=rating.workshop, change_days=0)
    assert client.post(here, {"stars": "1"}).status_code == 409
    assert 'type="radio"' not in client.get(here).text


def test_the_same_form_sent_twice_is_answered_once(
    client: Client, rating: Rating, dewi: Person
) -> None:
    testing.login(client, dewi)
    here = f"/ciomas/my/ratings/{rating.pk}/"

    answers = [client.post(here, {"stars": "4", "key": "a" * 32}) for _n in range(2)]

    assert [one["Location"] for one in answers] == [here, here]
    rating.refresh_from_db()
    assert (rating.stars, rating.status) == (4, "answered")
    assert journal_of(rating).filter(step="crm.change_rating").count() == 0


def test_the_desk_sees_words_figures_and_who_waits(
    client: Client, rating: Rating, ticket: Ticket, dewi: Person, sari: Person
) -> None:
    testing.login(client, sari)
    assert "0" in client.get(DESK).text
    rating.reply(by=dewi, stars=2, words="Terlalu lama")
    assert [one.page for one in tasks(sari, clock.today()) if one.page == "ratings"] == ["ratings"]
    page = client.get(f"{DESK}?shown=waiting").text
    assert "Terlalu lama" in page
    assert f"{DESK}{rating.pk}/" in client.get(f"/ciomas/desk/tickets/{ticket.pk}/").text
    assert (
        f"{DESK}?party={dewi.party_id}" in client.get(f"/ciomas/desk/parties/{dewi.party_id}/").text
    )
    assert "Terlalu lama" not in client.get(f"{DESK}?q=xyz").text

    form = {"words": "Telepon", "due_on": "2026-12-01"}
    assert client.post(f"{DESK}{rating.pk}/next/", {"words": ""}).status_code == 422
    client.post(f"{DESK}{rating.pk}/next/", form)

    assert "Terlalu lama" not in client.get(f"{DESK}?shown=waiting").text


def test_the_owner_sets_the_rules(client: Client, rating: Rating, sari: Person) -> None:
    owner = testing.staff("Oma", rating.workshop, Role.OWNER)
    testing.login(client, owner)
    typed = {"is_on": "on", "days_after": "9", "quiet_days": "0", "change_days": "7"}
    assert client.post(f"{DESK}rules/", typed).status_code == 422
    client.post(f"{DESK}rules/", typed | {"quiet_days": "60"})
    rules = RatingRules.of(rating.workshop)
    assert (rules.is_on, rules.days_after, rules.quiet_days) == (True, 9, 60)


@testing.counts_questions
def test_a_fixed_number_of_queries(
    client: Client,
    rating: Rating,
    ticket: Ticket,
    buyer: Party,
    dewi: Person,
    sari: Person,
    machine: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    testing.login(client, sari)
    client.get(DESK)
    rating.reply(by=dewi, stars=2)
    for _turn in range(2):
        with django_assert_num_queries(9):
            client.get(DESK)
        more = Ticket.ask(by=dewi, kind="question", subject=buyer, party=buyer, body="x")
        Rating.ask(by=machine, about=more).reply(by=dewi, stars=3)
