"""Parties that are one: asked about on entry, looked at side by side, merged, made two again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import looking
from simpul.crm.models import Duplicate, Lead, Merging, find_duplicates, note_duplicates
from simpul.lib import clock
from simpul.parties.models import Address, Identity, Party, Person, Workshop
from simpul.workflow.models import Entry

pytestmark = pytest.mark.django_db

QUEUE = "/ciomas/desk/customers/duplicates/"
NEW = "/ciomas/desk/parties/new/"
TYPED = {
    "kind": "distributor",
    "name": "CV. Soerja Djaja",
    "contact": "Ibu Ratna",
    "telephone": "",
    "email": "",
    "language": "id",
    "area": "Ciomas",
    "street": "Jalan Raya 12",
    "landmark": "Sebelah masjid",
    "vehicle": "",
}


def shop(workshop: Workshop, name: str, contact: str, street: str = "Jl. Raya No. 12") -> Party:
    party = testing.party(workshop, name, area="Ciomas")
    testing.person(contact, party)
    Address.objects.create(party=party, receiver=contact, street=street, area="Ciomas")
    return party


@pytest.fixture
def known(workshop: Workshop) -> Party:
    return shop(workshop, "Toko Surya Jaya", "Ratna")


@pytest.fixture
def twin(workshop: Workshop, known: Party) -> Party:
    return shop(workshop, "CV Soerja Djaja", "Bu Ratna", "Jalan Raya 12")


def test_whoever_is_there_already_is_shown_before_a_new_one_is_taken_in(
    client: Client, known: Party, sari: Person
) -> None:
    testing.login(client, sari)

    answer = client.post(NEW, TYPED)

    assert answer.status_code == 200
    assert "Toko Surya Jaya" in answer.text
    assert f"/desk/parties/{known.pk}/" in answer.text
    for word in ("Sebelah masjid", "Jalan Raya 12", "Ibu Ratna"):  # nothing typed is lost
        assert f'value="{word}"' in answer.text
    assert Party.objects.get() == known

    client.post(NEW, TYPED | {"is_new": "1"})

    assert Party.objects.filter(name="CV. Soerja Djaja").exists()


def test_on_the_telephone_it_leads_to_the_order_of_the_one_that_is_there(
    client: Client, known: Party, sari: Person
) -> None:
    testing.login(client, sari)

    answer = client.post(NEW + "?then=order", TYPED)

    assert f"/desk/orders/new/{known.pk}/" in answer.text


def test_somebody_else_is_taken_in_at_once(client: Client, known: Party, sari: Person) -> None:
    testing.login(client, sari)

    answer = client.post(NEW, TYPED | {"name": "UD Langgeng", "contact": "Wahyu", "street": ""})

    assert answer.status_code == 302
    assert Party.objects.filter(name="UD Langgeng").exists()


def test_whoever_registers_is_told_nothing_and_sales_sees_it(
    client: Client, workshop: Workshop, machine: Person, known: Party, sari: Person
) -> None:
    lead = Lead.register(
        by=machine,
        name="Tk. Surya Djaya",
        contact="Ratna",
        telephone="+6281311112222",
        email="ratna@example.com",
        password="unguessable words",
        buys_as="distributor",
        area="Ciomas",
        address=Address(receiver="Ratna", street="Jl Raya 12", area="Ciomas"),
    )
    assert not Duplicate.objects.exists()  # the worker looks, nobody waits for it
    note_duplicates(lead.party)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/leads/{lead.pk}/").text

    assert lead.party != known
    assert "This looks like Toko Surya Jaya." in page
    assert f"{QUEUE}{known.pk}/{lead.party_id}/" in page


def test_look_now_is_done_by_the_worker_and_once(
    client: Client, workshop: Workshop, known: Party, twin: Party, sari: Person
) -> None:
    testing.login(client, sari)
    assert client.post(f"{QUEUE}search/").status_code == 302
    assert "All parties are being looked through" in client.get(QUEUE).text
    client.post(f"{QUEUE}search/")
    assert DBTaskResult.objects.count() == 1
    assert not Duplicate.objects.exists()

    looking.run(workshop)

    page = client.get(QUEUE).text
    assert "All parties are being looked through" not in page
    assert known.name in page
    assert looking.begin(workshop)
    with clock.stopped(clock.now() + looking.LONGEST + timedelta(seconds=1)):
        assert not looking.is_under_way(workshop)  # who was at it was killed


def test_the_night_asks_the_same_for_any_number_of_mergings_that_lack_nothing(
    workshop: Workshop, known: Party, sari: Person
) -> None:
    asked = []
    for count in (1, 4):
        for n in range(count):
            Merging.merge(by=sari, kept=known, absorbed=shop(workshop, f"X{count}{n}", "Y", "Z"))
        with CaptureQueriesContext(connection) as queries:
            find_duplicates(workshop)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_night_finds_pairs_and_says_why(workshop: Workshop, known: Party, twin: Party) -> None:
    shop(workshop, "UD Langgeng", "Wahyu", "Jl. Pahlawan 3")

    assert find_duplicates(workshop) == 1

    pair = Duplicate.objects.get()
    assert (pair.one, pair.other) == (known, twin)
    assert set(pair.whys) == {"name", "address"} | set(pair.whys) & {"person"}
    assert find_duplicates(workshop) == 1
    assert Duplicate.objects.count() == 1


def test_two_that_are_two_are_never_proposed_again(
    client: Client, workshop: Workshop, known: Party, twin: Party, sari: Person
) -> None:
    find_duplicates(workshop)
    pair = Duplicate.objects.get()
    testing.login(client, sari)

    client.post(f"{QUEUE}{pair.pk}/apart/")

    assert find_duplicates(workshop) == 0
    assert not Duplicate.objects.waiting().exists()
    entry = Entry.objects.get(step="crm.part")
    assert (entry.subject, entry.by) == (pair, sari)


def test_two_are_two_also_where_one_was_merged_into_a_third(
    workshop: Workshop, known: Party, twin: Party, sari: Person
) -> None:
    find_duplicates(workshop)
    Duplicate.objects.get().part(by=sari)
    third = shop(workshop, "Surya Jaya", "Ratna")
    Merging.merge(by=sari, kept=third, absorbed=twin)

    assert find_duplicates(workshop) == 0


def test_a_pair_that_looks_alike_no_more_goes(
    workshop: Workshop, known: Party, twin: Party
) -> None:
    find_duplicates(workshop)
    Party.objects.filter(pk=twin.pk).update(name="UD Langgeng", area="Solo")
    Address.objects.filter(party=twin).update(street="Jl. Pahlawan 99", area="Solo")
    Person.objects.filter(party=twin).update(name="Wahyu")

    find_duplicates(workshop)

    assert not Duplicate.objects.exists()


def test_they_are_merged_and_the_old_address_leads_to_the_one_that_stays(
    client: Client, workshop: Workshop, known: Party, twin: Party, sari: Person
) -> None:
    order = testing.order(twin)
    testing.login(client, sari)
    page = client.get(f"{QUEUE}{known.pk}/{twin.pk}/")
    assert page.text.count("Ratna") >= 2

    answer = client.post(f"{QUEUE}{known.pk}/{twin.pk}/", {"kept": known.pk})

    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.buyer == known
    answer = client.get(f"/ciomas/desk/parties/{twin.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/ciomas/desk/parties/{known.pk}/", 302)]
    assert "CV Soerja Djaja is one with Toko Surya Jaya" in answer.text
    assert client.get("/ciomas/desk/parties/").text.count("Soerja") == 0

    client.post(f"/ciomas/desk/customers/mergings/{Merging.objects.get().pk}/undoing/")

    order.refresh_from_db()
    assert order.buyer == twin
    assert client.get(f"/ciomas/desk/parties/{twin.pk}/").status_code == 200


def test_what_must_be_decided_first_is_said_on_the_page(
    client: Client, workshop: Workshop, supplier: Party, budi: Person, sari: Person
) -> None:
    other = testing.party(workshop, "CV Kulit", is_supplier=True, buys_as="")
    testing.person("tatang", other)
    testing.inquiry(supplier, other)
    testing.login(client, sari)

    answer = client.post(f"{QUEUE}{supplier.pk}/{other.pk}/", {"kept": supplier.pk})

    assert answer.status_code == 422
    assert "asked for a price in the same inquiry" in answer.text


def test_another_workshops_pair_is_not_found(
    client: Client, workshop: Workshop, known: Party, twin: Party, joko: Person
) -> None:
    find_duplicates(workshop)
    testing.login(client, joko)
    there = f"/{joko.workshop.slug}/desk/customers/duplicates/"

    assert client.get(f"{there}{known.pk}/{twin.pk}/").status_code == 404
    assert client.post(f"{there}{Duplicate.objects.get().pk}/apart/").status_code == 404
    assert "Soerja" not in client.get(there).text


def test_a_number_of_an_address_is_known_again(workshop: Workshop, known: Party) -> None:
    other = testing.party(workshop, "Rumah Wahyu")
    wahyu = testing.person("wahyu", other)
    Identity.objects.create(workshop=workshop, person=wahyu, kind="phone", value="+6281399998888")
    Address.objects.filter(party=known).update(telephone="+6281399998888")

    find_duplicates(workshop)

    assert Duplicate.objects.get().reasons[0][::2] == ["number", "+6281399998888"]


@testing.counts_questions
@pytest.mark.parametrize("pairs", [1, 12])
def test_the_queue_costs_the_same_for_any_number_of_pairs(
    client: Client,
    workshop: Workshop,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    pairs: int,
) -> None:
    for number in range(pairs):
        one = shop(workshop, f"Toko {number}", "Ratna")
        other = shop(workshop, f"Tk {number}", "Ratna")
        Duplicate.objects.create(workshop=workshop, one=one, other=other, bits=9)
    testing.login(client, sari)
    client.get(QUEUE)  # content types

    # session, user, workshop, person, talk; pairs and two counts; of each side its addresses, its
    # people, and how they are reached
    with django_assert_num_queries(14):
        client.get(QUEUE)
