from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm.models import MarketingRules, Segment
from simpul.parties.models import Party, Person

HERE = "/ciomas/desk/customers/segments/"


@pytest.fixture
def desk(client: Client, sari: Person, buyer: Party) -> Client:
    Party.objects.update(area="Kota Bogor")
    testing.party(sari.workshop, "Toko Toni", area="Bandung")
    testing.login(client, sari)
    return client


def test_a_segment_is_built_counted_and_found_again(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    facts = {"name": "Bogor", "areas": "Bogor", "least": "", "kind": "distributor"}
    counted = desk.get(f"{HERE}preview/", facts | {"name": ""}).content.decode()
    assert "1 customer fits" in counted
    assert "Toko Dewi" in counted
    by_button = desk.get(f"{HERE}new/", facts | {"name": ""}).text  # without JavaScript
    assert "form__errors" not in by_button
    assert "1 customer fits" in by_button
    assert not Segment.objects.exists()

    answer = desk.post(f"{HERE}new/", facts)
    made = Segment.objects.get()
    assert answer["Location"] == f"{HERE}{made.pk}/"
    assert made.conditions == {"areas": "Bogor", "kind": "distributor"}
    assert "distributor · from Bogor" in desk.get(HERE).content.decode()
    # session, user, who it is; the segment, the rules, how many, who
    with django_assert_num_queries(7):
        page = desk.get(f"{HERE}{made.pk}/").content.decode()
    assert "1 customer today" in page

    desk.post(f"{HERE}{made.pk}/conditions/", facts | {"areas": "Bandung"})
    assert "Toko Toni" in desk.get(f"{HERE}{made.pk}/").content.decode()


def test_not_since_says_since_when(desk: Client) -> None:
    facts = {"name": "Berhenti", "bought": "not_since", "days": ""}
    refused = desk.post(f"{HERE}new/", facts)
    assert refused.status_code == 422
    assert "Say for how many days" in refused.text
    assert "Berhenti" in refused.text

    made = desk.post(f"{HERE}new/", facts | {"days": "60"})["Location"]

    assert Segment.objects.get().conditions == {"bought": "not_since", "days": 60}
    assert "has bought anything, but not in the last 60 days" in desk.get(made).text


def test_margins_are_offered_to_who_sees_the_books(
    desk: Client, owner: Person, sari: Person
) -> None:
    facts = {"name": "Terbaik", "left_least": "100.000", "months": "12", "phase": "enhance"}
    assert "left_least" not in desk.get(f"{HERE}new/").text
    desk.post(f"{HERE}new/", facts)
    assert Segment.objects.get().conditions == {"months": 12, "phase": "enhance"}
    testing.login(desk, owner)
    assert desk.post(f"{HERE}new/", facts | {"months": ""}).status_code == 422
    made = desk.post(f"{HERE}new/", facts)["Location"]

    assert "100,000 in 12 months" in desk.get(made).text
    assert "0 customers today" in desk.get(made).text
    testing.login(desk, sari)
    assert desk.get(made).status_code == 404


@testing.counts_questions
def test_the_list_of_segments_asks_the_same_for_any_number(
    desk: Client, sari: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    derby = testing.product(sari.workshop)
    for count in (1, 9):
        for n in range(count):
            conditions = {"bought": "did", "product": derby.pk, "category": derby.category_id}
            Segment.objects.create(workshop=sari.workshop, name=f"S{n}", conditions=conditions)
        desk.get(HERE)
        # session, user, who it is; how many, the segments, models, categories, the rules
        with django_assert_num_queries(8):
            desk.get(HERE)


def test_half_a_condition_is_refused_and_kept_as_typed(desk: Client) -> None:
    answer = desk.post(f"{HERE}new/", {"name": "X", "days": "30", "most": "5.000.000"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say whether they have bought it or not." in page
    assert "Say for how many months the orders count." in page
    assert 'value="5.000.000"' in page
    assert not Segment.objects.exists()


def test_a_list_is_chosen_one_by_one(desk: Client, buyer: Party) -> None:
    desk.post(f"{HERE}list/", {"name": "VIP"})
    page = f"{HERE}{Segment.objects.get().pk}/"
    assert "Toko Dewi" in desk.get(page, {"q": "dewi"}).content.decode()
    desk.post(f"{page}choice/", {"party": buyer.pk})
    assert "1 customer today" in desk.get(page).content.decode()
    desk.post(f"{page}choice/", {"party": buyer.pk, "how": "out"})
    assert "0 customers today" in desk.get(page).content.decode()
    desk.post(f"{page}removal/")
    assert ">VIP<" not in desk.get(HERE).content.decode()


def test_the_owner_says_what_lost_is(desk: Client) -> None:
    facts = {
        "new_days": 30, "sleeping_days": 90, "lost_days": 80, "most_messages": 1, "in_days": 7,
        "visit_days": 45,
    }  # fmt: skip
    assert desk.post(f"{HERE}words/", facts).status_code == 422
    for name in ("most_messages", "in_days"):  # with none, nobody would ever be written to
        nothing = facts | {"lost_days": 200, name: 0}
        assert desk.post(f"{HERE}words/", nothing).status_code == 422
    assert not MarketingRules.objects.exists()
    desk.post(f"{HERE}words/", facts | {"lost_days": 200})
    assert MarketingRules.objects.get().lost_days == 200
    assert "no order for 200 days" in desk.get(HERE).content.decode()


def test_another_workshop_finds_nothing(desk: Client, joko: Person) -> None:
    desk.post(f"{HERE}list/", {"name": "VIP"})
    theirs = Client()
    testing.login(theirs, joko)
    pk = Segment.objects.get().pk
    assert theirs.get(f"/cibaduyut/desk/customers/segments/{pk}/").status_code == 404
    assert theirs.post(f"/cibaduyut/desk/customers/segments/{pk}/removal/").status_code == 404


def test_a_search_that_finds_no_campaign_says_so(desk: Client) -> None:
    campaigns = "/ciomas/desk/customers/campaigns/"
    assert "No campaigns yet" in desk.get(campaigns).text
    assert "No campaign fits this search." in desk.get(f"{campaigns}?q=toko").text
