"""What a customer lets be shown: chosen with the answer, approved by the desk, gone when taken back."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.crm.models import Rating, RatingRules, Voice
from simpul.parties.models import AccessLink, Party, Person
from simpul.portals.jinja import sentence
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

SHOP = "/ciomas/"
WORDS = "Jahitannya rapi, pembeli saya senang"


@pytest.fixture
def rating(buyer: Party, dewi: Person, machine: Person) -> Rating:
    return Rating.ask(by=machine, about=testing.order(buyer))


@pytest.fixture
def offered(rating: Rating, dewi: Person) -> Voice:
    rating.reply(by=dewi, stars=5, words=WORDS)
    return Voice.offer(by=dewi, rating=rating, shown_as="named", consent="x")


def test_from_the_answer_by_a_link_to_the_shop_window_and_away(
    client: Client, rating: Rating, dewi: Person, sari: Person
) -> None:
    Party.objects.filter(pk=rating.party_id).update(area="Kota Bandung")
    token = AccessLink.issue(dewi, rating).token
    page = client.get(f"/l/{token}/", follow=True)
    here = page.redirect_chain[-1][0]
    assert "Yes, as Dewi, Kota Bandung" in page.text

    refused = client.post(here, {"stars": "5", "words": "", "shown_as": "first"})
    assert "Write a few words that we may show" in refused.text
    assert refused.status_code == 422
    client.post(here, {"stars": "5", "words": WORDS, "shown_as": "first"})
    said = Voice.objects.get()
    assert (said.words, said.name, said.status) == (WORDS, "Dewi, Kota Bandung", "offered")
    assert said.consent == ("May we show your words to everybody? Yes, as Dewi, Kota Bandung")
    assert WORDS not in client.get(SHOP).text

    desk = Client()
    testing.login(desk, sari)
    row = f"/ciomas/desk/customers/ratings/{rating.pk}/"
    assert rating.number in desk.get("/ciomas/desk/customers/ratings/?shown=shown").text
    assert said.consent in desk.get(row).text
    desk.post(f"{row}words/", {"how": "show"})
    shop = client.get(SHOP).text
    assert WORDS in shop
    assert "Dewi, Kota Bandung" in shop

    RatingRules.objects.create(workshop=rating.workshop, change_days=0)
    assert "May we show your words" in client.get(here).text
    client.post(f"{here}words/", {"shown_as": ""})
    assert WORDS not in client.get(SHOP).text
    said.refresh_from_db()
    assert said.status == "withdrawn"
    assert desk.post(f"{row}words/", {"how": "show"}).status_code == 404


def test_other_words_or_another_name_wait_for_the_desk_again(
    client: Client, offered: Voice, rating: Rating, dewi: Person, sari: Person
) -> None:
    offered.show(by=sari)
    testing.login(client, dewi)
    here = f"/ciomas/my/ratings/{rating.pk}/"
    same = {"stars": "5", "words": WORDS, "shown_as": "named"}
    client.post(here, same)
    assert list(Voice.objects.values_list("status", flat=True)) == ["shown"]

    client.post(here, same | {"words": "Terlambat sehari"})
    client.post(here, same | {"words": "Terlambat sehari", "shown_as": "unnamed"})
    lines = Voice.objects.order_by("pk").values_list("words", "name", "status")
    assert list(lines) == [
        (WORDS, "Toko Dewi", "withdrawn"),
        ("Terlambat sehari", "Toko Dewi", "withdrawn"),
        ("Terlambat sehari", "", "offered"),
    ]


def test_the_desk_may_show_only_what_may_be_shown(
    offered: Voice, dewi: Person, sari: Person
) -> None:
    with pytest.raises(NotAllowed):
        offered.show(by=dewi)
    with pytest.raises(NotAllowed):
        offered.withdraw(by=sari)
    offered.refresh_from_db()
    assert offered.status == "offered"
    offered.hide(by=sari)
    offered.show(by=sari)
    offered.withdraw(by=dewi)
    with pytest.raises(WrongState):
        offered.show(by=sari)
    last = journal_of(offered).order_by("-pk")[0]
    assert sentence(last) == "Dewi took back that what they said may be shown."


def test_without_words_there_is_nothing_to_show(rating: Rating, dewi: Person) -> None:
    rating.reply(by=dewi, stars=5)
    with pytest.raises(WrongState):
        Voice.offer(by=dewi, rating=rating, shown_as="named", consent="x")
    assert not Voice.objects.exists()


def test_another_customer_changes_nothing(client: Client, offered: Voice, rating: Rating) -> None:
    testing.login(client, testing.person("Toni", testing.party(rating.workshop, "Toko Toni")))
    here = f"/ciomas/my/ratings/{rating.pk}/words/"
    assert client.post(here, {"shown_as": ""}).status_code == 404
    offered.refresh_from_db()
    assert offered.status == "offered"
