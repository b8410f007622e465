from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.delivery import rounds
from simpul.delivery.models import Shipment
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import AccessLink, Address, Identity, Party, Person, Workshop

DESK = "/ciomas/desk/"
PARTIES = f"{DESK}parties/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def make(client: Client, query: str = "", **words: str) -> Any:
    facts = {
        "kind": "distributor",
        "name": "Toko Baru",
        "contact": "Bu Ani",
        "telephone": "0812-3456-7890",
        "language": "id",
    }
    return client.post(f"{PARTIES}new/{query}", facts | words)


def test_the_list_is_searched_and_filtered(
    client: Client, buyer: Party, dewi: Person, supplier: Party
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )

    def seen(query: str) -> list[bool]:
        text = client.get(f"{PARTIES}?{query}").text
        return [party.name in text for party in (buyer, supplier)]

    assert seen("") == [True, True]
    assert seen("kind=buyers") == [True, False]
    assert seen("kind=suppliers") == [False, True]
    assert seen("q=0812-3456") == [True, False]
    assert seen("q=zzz") == [False, False]


def test_a_new_party_with_its_person_and_address(client: Client, workshop: Workshop) -> None:
    answer = make(client, street="Jl. Raya 1", area="Ciomas")

    party = Party.objects.get()
    assert answer["Location"] == f"{PARTIES}{party.pk}/"
    assert (party.workshop, party.buys_as, party.is_welcome) == (workshop, "distributor", True)
    assert Identity.objects.get().value == "+6281234567890"
    assert Address.objects.get().street == "Jl. Raya 1"
    text = client.get(answer["Location"]).text
    assert "Bu Ani" in text
    assert "0812-3456-7890" in text
    assert "Jl. Raya 1" in text


def test_one_who_calls_for_the_first_time_orders_at_once(client: Client) -> None:
    text = client.get(f"{PARTIES}new/?then=order&q=0812999").text
    assert 'value="0812999"' in text

    answer = make(client, "?then=order")
    assert answer["Location"] == f"{DESK}orders/new/{Party.objects.get().pk}/"

    answer = make(client, "?then=order", kind="supplier", telephone="", name="Kulit Baru")
    supplier = Party.objects.get(is_supplier=True)
    assert answer["Location"] == f"{PARTIES}{supplier.pk}/"


def test_a_number_that_is_known_names_its_owner(client: Client, buyer: Party, dewi: Person) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )

    answer = make(client)

    assert answer.status_code == 422
    assert "Toko Dewi" in answer.text
    assert 'value="Toko Baru"' in answer.text
    assert Party.objects.count() == 1


def test_the_same_number_may_be_known_in_another_workshop(client: Client, joko: Person) -> None:
    Identity.objects.create(
        workshop=joko.workshop, person=joko, kind="phone", value="+6281234567890"
    )

    assert make(client).status_code == 302


def test_another_contact_person(client: Client, buyer: Party) -> None:
    page = f"{PARTIES}{buyer.pk}/people/"
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"contact": "Rudi", "telephone": "1", "language": "id"})
    assert wrong.status_code == 422
    assert 'value="Rudi"' in wrong.text

    answer = client.post(page, {"contact": "Rudi", "email": "R@x.id", "language": "en"})

    assert answer["Location"] == f"{PARTIES}{buyer.pk}/"
    rudi = buyer.people.get()
    assert (rudi.name, rudi.language) == ("Rudi", "en")
    assert Identity.objects.get().value == "r@x.id"


def test_a_link_is_taken_back(client: Client, buyer: Party, dewi: Person, sari: Person) -> None:
    order = testing.order(buyer)
    link = AccessLink.issue(dewi, order)
    page = f"{PARTIES}{buyer.pk}/links/{link.pk}/revocation/"
    assert page in client.get(f"{PARTIES}{buyer.pk}/").text

    assert client.post(page)["Location"] == f"{PARTIES}{buyer.pk}/"

    assert not AccessLink.objects.alive(clock.now()).filter(pk=link.pk).exists()
    assert page not in client.get(f"{PARTIES}{buyer.pk}/").text


# Doors


def test_a_party_of_another_workshop_is_not_there(client: Client, joko: Person) -> None:
    other = testing.party(joko.workshop, "Toko Lain")
    contact = testing.person("Lain", other)
    order = testing.order(other)
    link = AccessLink.issue(contact, order)

    assert "Toko Lain" not in client.get(PARTIES).text
    assert client.get(f"{PARTIES}{other.pk}/").status_code == 404
    answer = client.post(f"{PARTIES}{other.pk}/people/", {"contact": "X", "language": "id"})
    assert answer.status_code == 404
    revocation = f"{PARTIES}{other.pk}/links/{link.pk}/revocation/"
    assert client.post(revocation).status_code == 404
    assert other.people.count() == 1
    assert AccessLink.objects.alive(clock.now()).filter(pk=link.pk).exists()


@pytest.mark.parametrize("role", ["fajar", "udin", "viewer"])
def test_the_wrong_role_reads_and_changes_nothing(
    client: Client, request: pytest.FixtureRequest, buyer: Party, dewi: Person, role: str
) -> None:
    link = AccessLink.issue(dewi, testing.order(buyer))
    testing.login(client, request.getfixturevalue(role))

    assert client.get(f"{PARTIES}{buyer.pk}/").status_code == 200
    assert f"{PARTIES}new/" not in client.get(PARTIES).text
    assert make(client).status_code == 403
    page = f"{PARTIES}{buyer.pk}/people/"
    assert client.post(page, {"contact": "X", "language": "id"}).status_code == 403
    assert client.post(f"{PARTIES}{buyer.pk}/links/{link.pk}/revocation/").status_code == 403
    assert Party.objects.count() == buyer.people.count() == 1
    assert AccessLink.objects.alive(clock.now()).filter(pk=link.pk).exists()


def test_the_page_of_a_distributor_leads_to_his_dealers_and_to_a_visit(
    client: Client, buyer: Party, siti: Person, supplier: Party
) -> None:
    assert siti.party is not None
    plan = f"/ciomas/desk/customers/visits/plan/?q={quote(buyer.name)}"
    text = client.get(f"{PARTIES}{buyer.pk}/").text
    assert f"/ciomas/desk/customers/dealers/{buyer.pk}/" in text
    assert f'href="{plan}"' in text
    assert f'value="{buyer.pk}"' in client.get(plan).text
    consumer = client.get(f"{PARTIES}{siti.party.pk}/").text
    assert "/customers/dealers/" not in consumer.split("<main")[1]
    assert "Plan a visit" not in client.get(f"{PARTIES}{supplier.pk}/").text


def test_the_other_sides_do_not_enter(client: Client, dewi: Person, budi: Person) -> None:
    for person in (dewi, budi):
        testing.login(client, person)
        assert client.get(PARTIES).status_code == 403


@testing.counts_questions
def test_the_number_of_queries_is_fixed(
    client: Client, buyer: Party, dewi: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    testing.order(buyer)
    Address.objects.create(party=buyer, receiver="Dewi")
    pages = {PARTIES: 10, f"{PARTIES}{buyer.pk}/": 59}
    for page in pages:
        client.get(page)  # the kinds of things are asked for once
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
    for n in range(29):
        testing.party(buyer.workshop, f"Toko {n}")
        testing.person(f"Orang {n}", buyer)
        testing.order(buyer)
        Address.objects.create(party=buyer, receiver="Dewi")
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)


def test_a_distributor_alone_may_be_allowed_to_send_in_its_own_name(
    client: Client, buyer: Party, supplier: Party, sari: Person
) -> None:
    testing.login(client, sari)
    for party in (buyer, supplier):
        path = f"/ciomas/desk/parties/{party.pk}/tone/"
        assert ("sends_in_own_name" in client.get(path).text) == (party == buyer)
        client.post(path, {"prefers": "", "sends_in_own_name": "on"})

    buyer.refresh_from_db()
    supplier.refresh_from_db()
    assert (buyer.sends_in_own_name, supplier.sends_in_own_name) == (True, False)


def test_the_run_of_a_courier_is_seen_in_his_order(
    client: Client, buyer: Party, courier: Party, asep: Person
) -> None:
    first, second, ahead = (testing.shipment_on_the_way(buyer, asep) for _one in range(3))
    rounds.put(second.number, by=asep, before=first.number)
    tomorrow = clock.today() + timedelta(days=1)
    Shipment.objects.filter(pk=ahead.pk).update(next_on=tomorrow)

    page = client.get(f"{PARTIES}{courier.pk}/").text
    run = page[page.index("Today's run") : page.index("put the stops in this order")]
    assert [run.find(one.number) > 0 for one in (first, second, ahead)] == [True, True, False]
    assert run.index(second.number) < run.index(first.number)
    assert "Today's run" not in client.get(f"{PARTIES}{buyer.pk}/").text


def test_what_was_agreed_last_is_no_sample(
    client: Client, workshop: Workshop, buyer: Party, dewi: Person
) -> None:
    order, sample = testing.confirmed_order(buyer), testing.confirmed_order(buyer)
    Order.objects.filter(pk=sample.pk).update(is_sample=True)

    page = client.get(f"{PARTIES}{buyer.pk}/").text

    assert f"({order.number})</dd>" in page
    assert f"({sample.number})</dd>" not in page


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (0, "all of it first, within 3 days"),
        (50, "50 % first within 3 days, the rest before the goods leave"),
        (100, "all of it first, within 3 days"),
    ],
)
def test_how_one_pays_is_said_as_it_is_proposed(
    client: Client, workshop: Workshop, buyer: Party, percent: int, said: str
) -> None:
    Workshop.objects.filter(pk=workshop.pk).update(down_payment_percent=percent)

    assert f"<dd>{said}</dd>" in client.get(f"{PARTIES}{buyer.pk}/").text
