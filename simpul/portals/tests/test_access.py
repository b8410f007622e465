"""The door of an AccessLink: one document, one person, nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.portals import doors
from simpul.portals.entrance import look_path

pytestmark = pytest.mark.urls("simpul.portals.tests.urls")


@pytest.fixture
def link(dewi: Person, buyer: Party, monkeypatch: pytest.MonkeyPatch) -> AccessLink:
    """A link of Dewi to a thing of her shop; the shop itself stands for a document."""
    monkeypatch.setitem(doors.DOORS, "parties.party", {"buyer": ("buyer:thing", "pk")})
    return AccessLink.issue(dewi, buyer)


def path(link: AccessLink) -> str:
    return reverse("access", args=[link.token])


def page(link: AccessLink) -> str:
    return f"/ciomas/my/things/{link.subject_id}/"


def test_it_leads_to_its_document_and_leaves_the_token_behind(
    client: Client, link: AccessLink
) -> None:
    answer = client.get(path(link))
    assert (answer.status_code, answer["Location"]) == (302, page(link))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert client.get(page(link)).content.decode().startswith("ciomas: Dewi, link link")


def test_it_opens_nothing_else(client: Client, link: AccessLink, workshop: Workshop) -> None:
    client.get(path(link))
    for other in (
        "/ciomas/my/",
        f"/ciomas/my/things/{link.subject_id}1/",
        f"/ciomas/supply/things/{link.subject_id}/",
        f"/ciomas/desk/things/{link.subject_id}/",
    ):
        assert client.get(other).status_code == 302, other
        assert client.get(other)["Location"].startswith("/accounts/login/")
    assert client.get("/ciomas/").content.decode() == "ciomas: None, link None, {}"


def test_looking_uses_nothing_up(client: Client, link: AccessLink) -> None:
    before = AccessLink.objects.values_list("salt", "expires_at", "revoked_at").get()
    assert client.head(path(link)).status_code == 302
    assert client.get(path(link)).status_code == 302
    assert AccessLink.objects.values_list("salt", "expires_at", "revoked_at").get() == before
    assert client.post(path(link)).status_code == 405


@pytest.mark.parametrize("end", ["expired", "revoked", "left"])
def test_an_old_link_says_whom_to_phone(client: Client, link: AccessLink, end: str) -> None:
    Workshop.objects.update(telephone="+622518611111")
    client.get(path(link))
    if end == "expired":
        AccessLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    elif end == "revoked":
        link.revoke()
    else:
        Person.objects.filter(pk=link.person_id).update(is_active=False)

    for address in (path(link), page(link)):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "+622518611111" in answer.content.decode()


def test_a_guessed_token_opens_nothing(client: Client, link: AccessLink) -> None:
    answer = client.get(reverse("access", args=["a" * 22]))
    assert answer.status_code == 404
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "doors" not in client.session


def test_a_link_to_what_is_gone_opens_nothing(client: Client, link: AccessLink) -> None:
    AccessLink.objects.update(subject_id=0)
    assert client.get(path(link)).status_code == 404


def test_a_link_opens_no_page_that_shows_many_things(
    client: Client, link: AccessLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(doors.DOORS, "parties.party", {"buyer": ("buyer:home", "")})
    assert client.get(path(link)).status_code == 404
    assert client.get("/ciomas/my/").status_code == 302


def test_it_serves_whoever_is_logged_in_as_somebody_else(
    client: Client, link: AccessLink, sari: Person, joko: Person
) -> None:
    for person in (sari, joko):
        testing.login(client, person)
        client.get(path(link))
        assert client.get(page(link)).content.decode().startswith("ciomas: Dewi, link link")


def test_a_browser_keeps_the_last_links(client: Client, link: AccessLink, dewi: Person) -> None:
    session = client.session
    session["doors"] = {f"/ciomas/my/things/{number}/": 0 for number in range(100, 140)}
    session.save()
    client.get(path(link))
    kept = client.session["doors"]
    assert len(kept) == 20
    assert kept[page(link)] == link.pk


def test_a_new_key_is_given_with_the_new_right(
    client: Client, link: AccessLink, sari: Person
) -> None:
    testing.login(client, sari)
    before = client.session.session_key
    client.get(path(link))
    assert client.session.session_key != before


def test_the_same_link_is_shown_again_until_it_is_taken_back(
    link: AccessLink, dewi: Person, buyer: Party
) -> None:
    assert AccessLink.issue(dewi, buyer) == link
    link.revoke()
    assert AccessLink.issue(dewi, buyer) != link


def test_one_looks_around_in_the_demonstration_only(
    client: Client, sari: Person, settings: Settings
) -> None:
    testing.login(Client(), sari)
    address = look_path(sari)
    assert client.get(address).status_code == 404
    settings.DEMO = True
    assert client.get(address)["Location"] == "/ciomas/desk/"
    assert client.get("/ciomas/desk/").status_code == 200
    assert client.get(address[:-2] + "/").status_code == 404


def test_an_ended_link_offers_whom_to_call(client: Client, buyer: Party, dewi: Person) -> None:
    buyer.workshop.telephone = "+6281200000001"
    buyer.workshop.save()
    link = AccessLink.issue(dewi, testing.order(buyer))
    link.revoke()
    text = client.get(f"/l/{link.token}/").text
    assert 'href="tel:+6281200000001"' in text
    assert "0812-0000-0001" in text
