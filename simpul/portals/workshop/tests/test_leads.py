from __future__ import annotations

import re

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import GuestEntry
from simpul.crm.models import Lead, LeadOffer, LeadRules, Territory, note_duplicates
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop

LEADS = "/ciomas/desk/leads/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def register(workshop: Workshop, number: int = 0, name: str = "Toko Baru") -> Lead:
    return Lead.register(
        by=workshop.machine,
        name=name,
        contact="Bu Ani",
        telephone=f"+62812000000{number:02}",
        email=f"ani{number}@example.com",
        password="sepatu kulit asli",
        buys_as="distributor",
        area="Ambon",
        message="Mau derby",
    )


@pytest.fixture
def lead(workshop: Workshop) -> Lead:
    return register(workshop)


def test_who_registered_is_welcomed(client: Client, lead: Lead) -> None:
    page = f"{LEADS}{lead.pk}/"
    assert "Toko Baru" in client.get(LEADS).text
    text = client.get(page).text
    assert "Bu Ani" in text
    assert "Mau derby" in text
    assert "0812-0000-0000" in text

    answer = client.post(f"{page}welcome/")

    assert answer["Location"] == page
    assert Party.objects.get().is_welcome
    assert "Toko Baru" not in client.get(f"{LEADS}list/?status=new").text
    assert "Toko Baru" in client.get(f"{LEADS}list/?status=talking").text
    assert client.post(f"{page}welcome/").status_code == 409


def test_or_let_go_with_a_reason(client: Client, lead: Lead) -> None:
    page = f"{LEADS}{lead.pk}/loss/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"why": "", "reason": ""}).status_code == 422
    assert client.post(page, {"why": "other", "reason": ""}).status_code == 422

    assert (
        client.post(page, {"why": "other", "reason": "Palsu."})["Location"] == f"{LEADS}{lead.pk}/"
    )

    lead.refresh_from_db()
    assert (lead.status, lead.why, lead.reason) == ("lost", "other", "Palsu.")
    assert not Party.objects.get().is_welcome
    client.post(f"{LEADS}{lead.pk}/reopening/")
    assert Lead.objects.get().status == "talking"


def test_a_card_is_moved_on_the_board(client: Client, lead: Lead) -> None:
    stage = f"{LEADS}{lead.pk}/stage/"

    answer = client.post(stage, {"stage": "quoted", "from_board": "1"})

    assert answer["Location"] == f"{LEADS}?stage=quoted"
    lead.refresh_from_db()
    assert lead.status == "quoted"
    assert 'data-here="yes"' in client.get(answer["Location"]).text  # what a phone shows
    assert client.post(stage, {"stage": "quoted"}).status_code == 409


def test_one_after_the_other_is_noted_at_a_fair(client: Client, sari: Person) -> None:
    typed = {"source": "fair", "name": "Toko Garut", "buys_as": "distributor"}
    wrong = client.post(f"{LEADS}new/", {**typed, "telephone": "12"})
    assert wrong.status_code == 422
    assert "Toko Garut" in wrong.text
    assert not Lead.objects.exists()

    answer = client.post(f"{LEADS}new/", {**typed, "telephone": "0815 1111 2222", "again": "1"})

    assert answer["Location"] == f"{LEADS}new/?source=fair"
    assert "Toko Garut is noted" in client.get(answer["Location"]).text
    noted = Lead.objects.get()
    assert (noted.owner, noted.person.identities.get().value) == (sari, "+6281511112222")


def test_who_looks_like_somebody_is_asked_about_before_a_new_one_is_made(
    client: Client, sari: Person, workshop: Workshop
) -> None:
    known = testing.party(workshop, "CV. Soerja Djaja Ciamis", area="Garut")
    testing.person("Neneng", known)
    typed = {
        "source": "fair", "name": "Toko Surya Jaya Ciamis", "buys_as": "distributor",
        "area": "Kab. Garut", "telephone": "0815 1111 2222", "open": "1",
    }  # fmt: skip

    asked = client.post(f"{LEADS}new/", typed)

    assert "Is it one of these?" in asked.text
    assert "CV. Soerja Djaja Ciamis" in asked.text
    assert "similar name" in asked.text
    assert 'value="Toko Surya Jaya Ciamis"' in asked.text  # what was typed is kept
    assert not Lead.objects.exists()

    answer = client.post(f"{LEADS}new/", typed | {"known": str(known.pk)})

    noted = Lead.objects.get()
    assert answer["Location"] == f"{LEADS}{noted.pk}/"
    assert (noted.party, noted.was_known, Party.objects.count()) == (known, True, 1)
    assert noted.person.identities.get().value == "+6281511112222"  # reached there from now on
    assert known.people.count() == 2  # nobody said that it is Neneng's
    assert noted.person.name == known.name

    client.post(f"{LEADS}new/", typed | {"telephone": "", "is_new": "1"})
    assert Party.objects.count() == 2


def test_whoever_is_named_gets_the_number_and_without_one_it_is_the_first(
    client: Client, workshop: Workshop
) -> None:
    known = testing.party(workshop, "Toko Neneng")
    first, second = testing.person("Neneng", known), testing.person("Asih", known)
    typed = {"source": "fair", "name": "Neneng", "buys_as": "distributor", "known": str(known.pk)}

    client.post(f"{LEADS}new/", typed)
    client.post(f"{LEADS}new/", typed | {"contact": "asih", "telephone": "0815 1111 2222"})

    assert [one.person for one in Lead.objects.order_by("pk")] == [first, second]
    assert second.identities.get().value == "+6281511112222"


def test_who_only_supplies_so_far_becomes_a_customer_who_is_not_welcomed_yet(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    supplier = testing.party(workshop, "Kulit Jaya", buys_as="", is_supplier=True)
    testing.person("Kulit", supplier)

    client.post(
        f"{LEADS}new/",
        {
            "source": "fair", "name": "Kulit Jaya", "buys_as": "distributor",
            "known": str(supplier.pk),
        },
    )  # fmt: skip

    supplier.refresh_from_db()
    assert (supplier.buys_as, supplier.is_welcome, supplier.is_supplier) == (
        "distributor",
        False,
        True,
    )
    Lead.objects.get().welcome(by=sari)
    supplier.refresh_from_db()
    assert supplier.buys_wholesale


def test_who_was_merged_meanwhile_is_not_chosen(client: Client, workshop: Workshop) -> None:
    kept, gone = testing.party(workshop, "Toko A"), testing.party(workshop, "Toko B")
    Party.objects.filter(pk=gone.pk).update(merged_into=kept)

    client.post(
        f"{LEADS}new/",
        {"source": "fair", "name": "Kios", "buys_as": "distributor", "known": str(gone.pk)},
    )

    assert Lead.objects.get().party not in {kept, gone}


def test_a_number_that_is_known_is_no_question(client: Client, lead: Lead) -> None:
    typed = {"source": "phone", "name": "Toko Baru", "buys_as": "distributor", "open": "1"}

    client.post(f"{LEADS}new/", typed | {"telephone": "0812-0000-0000"})

    assert [one.party for one in Lead.objects.order_by("pk")] == [lead.party, lead.party]


def test_another_workshops_party_is_nobody_whom_one_knows(
    client: Client, sari: Person, joko: Person
) -> None:
    other = testing.party(joko.workshop, "Toko Lain")

    client.post(
        f"{LEADS}new/",
        {"source": "fair", "name": "Kios", "buys_as": "distributor", "known": str(other.pk)},
    )

    assert Lead.objects.get().party.workshop == sari.workshop


def test_of_a_guest_who_looks_like_somebody_the_page_of_the_prospect_says_so(
    client: Client, workshop: Workshop
) -> None:
    testing.party(workshop, "CV. Soerja Djaja Ciamis")
    guest = GuestEntry.sign(by=workshop.machine, name="Toko Surya Jaya Ciamis", body="Halo")

    page = client.post(f"/ciomas/desk/guestbook/{guest.pk}/lead/")["Location"]
    assert DBTaskResult.objects.get().task_path.endswith("look_at_new")
    note_duplicates(Lead.objects.get().party)  # what the worker does

    assert "This looks like CV. Soerja Djaja Ciamis" in client.get(page).text


def test_the_next_step_stands_on_the_board_and_on_today(client: Client, lead: Lead) -> None:
    page = f"{LEADS}{lead.pk}/"
    assert client.post(f"{page}next/", {"words": "", "due_on": ""}).status_code == 422

    client.post(f"{page}next/", {"words": "Kirim katalog", "due_on": str(clock.today())})

    assert "Kirim katalog" in client.get(LEADS).text
    assert "Kirim katalog" in client.get(page).text
    assert "1 next step" in client.get("/ciomas/desk/").text
    assert "Toko Baru" in client.get("/ciomas/desk/conversations/?shown=due").text
    assert "Toko Baru" not in client.get("/ciomas/desk/conversations/").text


def test_a_guest_becomes_a_prospect(client: Client, workshop: Workshop) -> None:
    guest = GuestEntry.sign(
        by=workshop.machine, name="Agus", body="Ada ukuran 46?", contact="0813 2222 3333"
    )

    answer = client.post(f"/ciomas/desk/guestbook/{guest.pk}/lead/")

    noted = Lead.objects.get()
    assert answer["Location"] == f"{LEADS}{noted.pk}/"
    assert (noted.source, noted.message, str(noted)) == ("guestbook", "Ada ukuran 46?", "Agus")
    assert noted.person.identities.get().value == "+6281322223333"
    assert answer["Location"] in client.get("/ciomas/desk/guestbook/").text
    assert client.post(f"/ciomas/desk/guestbook/{guest.pk}/lead/").status_code == 409


def test_the_list_is_searched_and_filtered(client: Client, lead: Lead, sari: Person) -> None:
    Lead.note(by=sari, source="fair", name="Toko Garut", telephone="+6281511112222")
    found = f"{LEADS}list/?"

    def names(query: str) -> list[str]:
        text = client.get(found + query).text
        return [name for name in ("Toko Baru", "Toko Garut") if name in text]

    assert names("") == ["Toko Baru", "Toko Garut"]
    assert names("source=fair") == ["Toko Garut"]
    assert names(f"owner={sari.pk}") == ["Toko Garut"]
    assert names("q=1511112222") == ["Toko Garut"]
    assert names("status=new&q=baru") == ["Toko Baru"]
    assert names("status=won") == []


def test_a_known_number_is_pointed_out(client: Client, lead: Lead) -> None:
    register(lead.workshop, name="Orang Lain")

    known = Lead.objects.order_by("-pk")[0]
    assert 'data-kind="info"' in client.get(f"{LEADS}{known.pk}/").text


def test_a_lead_of_another_workshop_is_not_there(client: Client, joko: Person) -> None:
    other = register(joko.workshop, name="Toko Lain")

    assert "Toko Lain" not in client.get(LEADS).text
    assert client.post(f"{LEADS}{other.pk}/welcome/").status_code == 404
    assert client.get(f"{LEADS}{other.pk}/").status_code == 404
    assert client.post(f"{LEADS}{other.pk}/loss/", {"why": "price"}).status_code == 404
    other.refresh_from_db()
    assert other.status == "new"


@pytest.mark.parametrize("role", ["fajar", "rina", "udin", "viewer"])
def test_the_wrong_role_changes_nothing(
    client: Client, request: pytest.FixtureRequest, lead: Lead, role: str
) -> None:
    testing.login(client, request.getfixturevalue(role))

    assert f"{LEADS}{lead.pk}/welcome/" not in client.get(f"{LEADS}{lead.pk}/").text
    assert client.post(f"{LEADS}{lead.pk}/welcome/").status_code == 403
    assert client.post(f"{LEADS}{lead.pk}/loss/", {"why": "price"}).status_code == 403
    lead.refresh_from_db()
    assert (lead.status, lead.party.is_welcome) == ("new", False)


@testing.counts_questions
@pytest.mark.parametrize(("page", "queries"), [("", 5), ("list/", 7)])
def test_the_number_of_queries_is_fixed(
    client: Client,
    lead: Lead,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
) -> None:
    client.get(LEADS + page)
    with django_assert_num_queries(queries):
        client.get(LEADS + page)
    for number in range(1, 30):
        register(lead.workshop, number)
    with django_assert_num_queries(queries):
        client.get(LEADS + page)


def test_a_prospect_is_handed_on_and_taken_back(
    client: Client, sari: Person, buyer: Party, dewi: Person
) -> None:
    Territory.give(by=sari, party=buyer, regency="Kota Bogor", since=clock.today())
    lead = Lead.note(by=sari, source="fair", name="Kios Ani", area="Kota Bogor")
    testing.login(client, sari)
    page = f"/ciomas/desk/leads/{lead.pk}/"
    assert "Toko Dewi" in client.get(page).content.decode()

    assert client.post(f"{page}handing/").status_code == 409
    client.post(f"{page}handing/", {"agreed": "on"})
    offer = LeadOffer.objects.get()
    assert "waiting for an answer" in client.get(page).content.decode()
    offer.take(by=dewi)
    assert "Toko Dewi" in client.get("/ciomas/desk/leads/list/").content.decode()

    client.post(f"{page}offers/{offer.pk}/recall/")
    assert LeadOffer.objects.get().status == "withdrawn"
    testing.login(client, dewi)
    assert "no longer open" in client.get(f"/ciomas/my/prospects/{offer.pk}/").content.decode()


def test_the_owner_says_how_long_a_distributor_has(client: Client, owner: Person) -> None:
    testing.login(client, owner)
    page = "/ciomas/desk/customers/leads/rules/"
    assert client.post(page, {"answer_hours": "0", "like_days": "4"}).status_code == 422

    client.post(page, {"answer_hours": "6", "like_days": "4"})

    assert LeadRules.objects.get().answer_hours == 6


def test_a_sample_is_sent_from_the_page_of_a_prospect(client: Client, sari: Person) -> None:
    colour = testing.product(sari.workshop, minimum_pairs=10).colourways.get()
    lead = Lead.note(by=sari, source="fair", name="Kios Ani", area="Kota Bogor")
    page = f"/ciomas/desk/leads/{lead.pk}/sample/"
    where = {"receiver": "Ani", "street": "Jl. Raya 1", "area": "Kota Bogor"}
    assert "please quote" not in client.get(page).text  # here one says what it costs
    assert client.post(page, where).status_code == 422
    assert client.post(page, where | {f"pairs-{colour.pk}-40": "13"}).status_code == 422

    sent = client.post(page, where | {f"pairs-{colour.pk}-40": "1"})

    order = Order.objects.get()
    assert sent["Location"] == f"/ciomas/desk/orders/{order.number}/"
    assert "sample" in client.get(sent["Location"]).content.decode()
    assert order.number in client.get(f"/ciomas/desk/leads/{lead.pk}/").content.decode()
    [dewi] = lead.party.people.all()
    testing.login(client, dewi)
    assert client.get(f"/ciomas/my/orders/{order.number}/").status_code == 200


def test_a_sample_of_a_quotation_proposes_a_pair_of_each_line(client: Client, sari: Person) -> None:
    lead = Lead.note(by=sari, source="fair", name="Kios Ani", area="Kota Bogor")
    quotation = testing.quotation(lead, sari)
    line = quotation.current.lines.get()
    field = f"pairs-{line.colourway_id}-{min(line.sizes)}"

    shown = client.get(f"/ciomas/desk/leads/{lead.pk}/sample/?of={quotation.pk}")

    cell = re.search(rf'<input[^>]*name="{field}"[^>]*>', shown.content.decode())
    assert cell is not None
    assert 'value="1"' in cell[0]
