from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.crm.models import Dealing, Lead, LeadOffer, Territory
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person

NUMBER = "0812-9999-0001"


@pytest.fixture
def offer(sari: Person, dewi: Person, buyer: Party) -> LeadOffer:
    """Somebody in Bogor, whom Dewi is asked to look after."""
    Territory.give(by=sari, party=buyer, regency="Kota Bogor", since=clock.today())
    lead = Lead.note(
        by=sari,
        source="fair",
        name="Kios Ani",
        telephone="+6281299990001",
        area="Kota Bogor",
        message=f"Mau 20 pasang, {NUMBER}",
    )
    return LeadOffer.hand_on(by=sari, lead=lead, agreed=True)


def test_the_number_is_seen_once_it_is_taken(
    client: Client, dewi: Person, offer: LeadOffer
) -> None:
    testing.login(client, dewi)
    page = f"/ciomas/my/prospects/{offer.pk}/"
    assert "Kios Ani" in client.get("/ciomas/my/").content.decode()

    before = client.get(page).content.decode()
    assert "Mau 20 pasang" in before
    assert "99990001" not in before
    assert "9999-0001" not in before
    client.post(f"{page}taking/")

    assert "tel:+6281299990001" in client.get(page).content.decode()
    assert client.post(f"{page}taking/").status_code == 409
    assert "Kios Ani" in client.get("/ciomas/my/prospects/").content.decode()


def test_he_tells_what_became_of_it(client: Client, dewi: Person, offer: LeadOffer) -> None:
    testing.login(client, dewi)
    page = f"/ciomas/my/prospects/{offer.pk}/"
    client.post(f"{page}taking/")
    assert client.post(f"{page}loss/", {"why": "other"}).status_code == 422
    assert "You look after Kios Ani" in client.get("/ciomas/my/").text

    client.post(f"{page}won/")

    assert "Kios Ani" not in client.get("/ciomas/my/").text.split("Your dealers")[0]
    assert Dealing.objects.get().dealer == offer.lead.party
    assert client.post(f"{page}loss/", {"why": "price"}).status_code == 409


def test_who_passes_sees_nothing_more(client: Client, dewi: Person, offer: LeadOffer) -> None:
    testing.login(client, dewi)
    page = f"/ciomas/my/prospects/{offer.pk}/"

    client.post(f"{page}passing/")

    assert "Kios Ani" not in client.get(page).content.decode()
    assert LeadOffer.objects.get().was_last
    assert client.post(f"{page}taking/").status_code == 409


def test_it_is_answered_by_link_and_somebody_elses_is_not_found(
    client: Client, sari: Person, buyer: Party, dewi: Person, offer: LeadOffer
) -> None:
    rival = testing.person("Toni", testing.party(buyer.workshop, "Toko Lain"))
    testing.login(client, rival)
    assert client.get(f"/ciomas/my/prospects/{offer.pk}/").status_code == 404
    client.logout()
    link = AccessLink.issue(testing.person("Rani", buyer), offer)

    opened = client.get(f"/l/{link.token}/", follow=True)

    assert "I take it" in opened.content.decode()
    client.post(f"/ciomas/my/prospects/{offer.pk}/taking/")
    assert LeadOffer.objects.get().status == "taken"


def test_of_whom_nothing_came_he_knows_no_number_any_more(
    client: Client, dewi: Person, buyer: Party, offer: LeadOffer
) -> None:
    link = AccessLink.issue(testing.person("Rani", buyer), offer)
    Party.objects.filter(pk=offer.lead.party_id).update(name=f"Kios Ani {NUMBER}")
    page = f"/ciomas/my/prospects/{offer.pk}/"
    client.logout()
    client.get(f"/l/{link.token}/")
    client.post(f"{page}taking/")
    assert "tel:+6281299990001" in client.get(page).text

    answer = client.post(f"{page}loss/", {"why": "price"})
    assert answer["Location"] == "/ciomas/"
    assert client.get(page).status_code != 200
    testing.login(client, dewi)
    for path in (page, "/ciomas/my/prospects/"):
        shown = client.get(path).text
        assert "Kios Ani" in shown
        assert "tel:+6281299990001" not in shown
        assert NUMBER not in shown
    assert "Whom to call" not in client.get(page).text
