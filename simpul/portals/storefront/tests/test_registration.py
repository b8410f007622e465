from __future__ import annotations

from typing import Any

from django.test import Client

from simpul.crm.models import Lead, Territory
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop

PAGE = "/ciomas/register/"
THANKS = "/ciomas/register/thanks/"


def register(client: Client, **words: str) -> Any:
    facts = {
        "buys_as": "distributor",
        "name": "Toko Baru",
        "contact": "Bu Ani",
        "telephone": "0812-3456-7890",
        "email": "ani@example.com",
        "password": "sepatu kulit asli",
        "street": "Jl. Raya 1",
        "area": "Ciomas, Kab. Bogor",
        "postcode": "16610",
        "landmark": "sebelah masjid",
        "message": "Mau derby",
    }
    return client.post(PAGE, facts | words)


def test_a_shop_registers_and_waits_for_its_prices(client: Client, workshop: Workshop) -> None:
    answer = register(client)

    assert answer["Location"] == THANKS
    party = Party.objects.get(name="Toko Baru")
    assert party.workshop == workshop
    assert not party.is_welcome
    assert Identity.objects.get(kind="phone").value == "+6281234567890"
    address = Address.objects.get(party=party)
    assert (address.receiver, address.landmark) == ("Bu Ani", "sebelah masjid")
    assert User.objects.get(email="ani@example.com").check_password("sepatu kulit asli")
    assert client.login(email="ani@example.com", password="sepatu kulit asli")
    assert client.get("/ciomas/my/").status_code == 200
    assert client.get("/ciomas/desk/").status_code == 403


def test_a_distributor_says_where_it_wants_to_sell(client: Client, workshop: Workshop) -> None:
    register(client, areas="kota bogor, jabar\nBanten")

    asked = Territory.objects.order_by("pk")
    assert [(str(one), one.status) for one in asked] == [
        ("Kota Bogor, Jawa Barat", "asked"),
        ("Banten", "asked"),
    ]


def test_a_consumer_is_welcome_at_once(client: Client, workshop: Workshop) -> None:
    register(client, buys_as="consumer")

    assert Party.objects.get(name="Toko Baru").is_welcome


def test_nobody_learns_who_is_a_customer(client: Client, buyer: Party, dewi: Person) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    parties = Party.objects.count()

    known = register(client)
    new = register(client, telephone="0813-1111-2222", email="other@example.com")

    assert known["Location"] == new["Location"] == THANKS
    assert known.status_code == new.status_code
    lead = Lead.objects.get(was_known=True)
    assert (lead.party, lead.person) == (buyer, dewi)
    assert dewi.user is None
    assert not User.objects.filter(email="ani@example.com").exists()
    assert Party.objects.count() == parties + 1


def test_what_was_typed_stays_but_the_password(client: Client, workshop: Workshop) -> None:
    answer = register(client, telephone="12", password="rahasia sekali 77")

    assert answer.status_code == 422
    assert 'value="Toko Baru"' in answer.text
    assert 'value="12"' in answer.text
    assert "rahasia sekali 77" not in answer.text
    assert not Party.objects.exists()


def test_a_weak_password_is_refused(client: Client, workshop: Workshop) -> None:
    for weak in ("short", "password12", "1234567890"):
        assert register(client, password=weak).status_code == 422
    assert not User.objects.exists()


def test_no_one_makes_customers_by_the_hundred(client: Client, workshop: Workshop) -> None:
    answers = [
        register(client, telephone=f"0812-0000-00{n}", email=f"a{n}@example.com")
        for n in range(10, 22)
    ]

    assert [answer.status_code for answer in answers] == [302] * 10 + [422] * 2
    assert Lead.objects.count() == 10


def test_the_pages_open(client: Client, workshop: Workshop) -> None:
    assert client.get(PAGE).status_code == 200
    assert "Sepatu Ciomas" in client.get(THANKS).text
