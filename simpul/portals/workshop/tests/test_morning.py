"""The tasks of the morning on the desk: shown, answered, drafted, and judged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.insight.models import MorningKind, MorningRules, MorningTask
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry

DESK = "/ciomas/desk/"
MORNING = f"{DESK}insight/morning/"
OVERDUE = {"order": 1_000_000, "left": 30, "usual": 24, "waited": 61, "longer": 4}


def task(party: Party, kind: MorningKind = MorningKind.OVERDUE, **fields: Any) -> MorningTask:
    given: dict[str, Any] = {
        "day": clock.today(),
        "last_on": clock.today(),
        "rank": 1,
        "gain": 300_000,
        "chance": 20,
        "facts": OVERDUE,
        "is_held": False,
    } | fields
    return MorningTask.objects.create(workshop=party.workshop, kind=kind, party=party, **given)


def judged(party: Party, shown: int, followed: int, *, is_held: bool = False) -> None:
    MorningTask.objects.bulk_create(
        MorningTask(
            workshop=party.workshop,
            kind=MorningKind.OVERDUE,
            party=party,
            day=clock.in_days(-60),
            last_on=clock.in_days(-60),
            rank=1,
            gain=1,
            chance=1,
            facts=OVERDUE,
            is_held=is_held,
            followed=at < followed,
        )
        for at in range(shown)
    )


def test_today_begins_with_them_and_says_why(client: Client, buyer: Party, owner: Person) -> None:
    one = task(buyer)
    task(testing.party(buyer.workshop, "Toko Rahasia"), is_held=True)
    task(testing.party(buyer.workshop, "Toko Kemarin"), last_on=clock.in_days(-1))
    testing.login(client, owner)
    page = client.get(DESK).text

    assert "Ask Toko Dewi for an order" in page
    assert "Orders every 24 days; now 61; of 100 such gaps only 4 would be this long." in page
    assert "20 of 100 cases" in page
    assert f"{DESK}parties/{buyer.pk}/?task={one.pk}#body" in page
    assert f"{DESK}orders/new/{buyer.pk}/" in page
    assert "Toko Rahasia" not in page
    assert "Toko Kemarin" not in page


def test_who_does_not_see_the_books_is_not_told_what_is_left(
    client: Client, buyer: Party, sari: Person, rina: Person
) -> None:
    task(buyer)
    testing.login(client, sari)
    page = client.get(DESK).text
    assert "Orders every 24 days" in page
    assert "of 100 cases" not in page
    testing.login(client, rina)
    assert "Worth doing first" not in client.get(DESK).text


def test_an_answer_is_kept_and_undone(client: Client, buyer: Party, sari: Person) -> None:
    one = task(buyer)
    testing.login(client, sari)
    answer = client.post(f"{MORNING}{one.pk}/outcome/", {"outcome": "later"})
    assert answer.headers["Location"] == DESK
    one.refresh_from_db()
    assert one.status == MorningTask.Status.LATER
    assert Entry.objects.filter(step="insight.put_task_off", by=sari).count() == 1
    assert f"{MORNING}{one.pk}/reopening/" in client.get(DESK).text

    client.post(f"{MORNING}{one.pk}/reopening/")
    one.refresh_from_db()
    assert one.status == MorningTask.Status.OPEN

    client.post(f"{MORNING}{one.pk}/outcome/", {"outcome": "nonsense"})
    one.refresh_from_db()
    assert one.status == MorningTask.Status.OPEN


def test_a_task_that_is_held_out_or_of_others_is_not_found(
    client: Client, buyer: Party, sari: Person, owner: Person
) -> None:
    hidden = task(buyer, is_held=True)
    testing.login(client, owner)
    assert client.post(f"{MORNING}{hidden.pk}/outcome/", {"outcome": "done"}).status_code == 404
    claims = task(buyer, MorningKind.CLAIM)
    testing.login(client, sari)
    assert client.post(f"{MORNING}{claims.pk}/outcome/", {"outcome": "done"}).status_code == 404


def test_the_message_is_drafted_in_the_reader_s_language(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    one = task(buyer)
    Person.objects.filter(pk=dewi.pk).update(language="en")
    testing.login(client, sari)
    at = f"{DESK}parties/{buyer.pk}/"
    assert "Hello Dewi, it has been a while" in client.get(f"{at}?task={one.pk}").text
    other = task(testing.party(buyer.workshop, "Toko Lain"))
    assert "it has been a while" not in client.get(f"{at}?task={other.pk}").text
    assert "it has been a while" not in client.get(at).text


def test_before_anything_is_known_the_page_says_so(
    client: Client, buyer: Party, owner: Person
) -> None:
    testing.login(client, owner)
    assert "There was no task yet" in client.get(MORNING).text
    judged(buyer, 19, 10)
    judged(buyer, 19, 1, is_held=True)
    page = client.get(MORNING).text
    assert "It cannot be told yet" in page
    assert "cannot tell yet" in page


def test_what_helps_is_told_with_its_interval(client: Client, buyer: Party, owner: Person) -> None:
    judged(buyer, 200, 80)
    judged(buyer, 40, 4, is_held=True)
    task(buyer)  # of this nothing is known yet
    testing.login(client, owner)
    page = client.get(MORNING).text
    assert "Helps: of 100 tasks 15 to 39 more" in page
    assert "80 of 200" in page
    assert "4 of 40" in page
    (row,) = [
        line for line in client.get(f"{MORNING}?as=csv").text.splitlines() if "overdue" in line
    ]
    assert row.split(",")[1:] == ["201", "0", "0", "0", "201", "200", "80", "40", "4"]


def test_the_figures_lead_to_the_tasks(client: Client, buyer: Party, owner: Person) -> None:
    done = task(buyer)
    done.finish(by=owner)
    task(testing.party(buyer.workshop, "Toko Terbuka"))
    testing.login(client, owner)
    page = client.get(f"{MORNING}?kind=overdue&outcome=done").text
    assert "Ask Toko Dewi for an order" in page
    assert "Ask Toko Terbuka for an order" not in page
    assert "Nothing fits" in client.get(f"{MORNING}?kind=price").text


def test_the_owner_sets_the_rules(client: Client, workshop: Workshop, owner: Person) -> None:
    testing.login(client, owner)
    wrong = {"tasks": "8", "holdout_percent": "10", "kinds": ["overdue"]}
    assert client.post(f"{MORNING}rules/", wrong).status_code == 422
    client.post(f"{MORNING}rules/", wrong | {"tasks": "3"})
    rules = MorningRules.of(workshop)
    assert (rules.tasks, rules.holdout_percent) == (3, 10)
    assert "overdue" not in rules.left_out
    assert len(rules.left_out) == len(MorningKind) - 1


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 7])
def test_the_pages_cost_the_same_for_any_number(
    client: Client,
    buyer: Party,
    owner: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for rank in range(count):
        task(testing.party(buyer.workshop, f"Toko {rank}"), rank=rank)
    testing.login(client, owner)
    client.get(MORNING)
    with django_assert_num_queries(7):
        client.get(MORNING)
