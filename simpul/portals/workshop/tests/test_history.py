from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Channel, Conversation, Message
from simpul.crm.models import Visit, VisitDay
from simpul.insight.models import BuyerOutlook
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person

DESK = "/ciomas/desk/"


@pytest.fixture
def client(client: Client, sari: Person) -> Client:
    """A browser in which Sari, who sells, has logged in."""
    testing.login(client, sari)
    return client


def test_what_happened_stands_on_pages_each_with_its_link(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    order = testing.confirmed_order(buyer)
    talk = Conversation.of(order, buyer)
    for turn in range(45):
        Message.say(by=dewi, conversation=talk, body=f"Pesan nomor {turn}.")
    page = f"{DESK}parties/{buyer.pk}/history/"

    text = client.get(page).text
    assert f'href="{DESK}orders/{order.number}/"' in text
    assert "Pesan nomor 44." in text
    assert "Pesan nomor 4." not in text

    older = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    text = client.get(older).text
    assert "Pesan nomor 4." in text
    assert "Pesan nomor 44." not in text
    assert "Dewi placed the order." in text or "placed the order" in text

    assert "Pesan nomor 7." in client.get(f"{page}?q=nomor 7").text
    assert "Nothing found" in client.get(f"{page}?q=zzz").text
    assert "Pesan" not in client.get(f"{page}?kind=papers").text


def test_one_who_has_done_nothing_yet(client: Client, buyer: Party) -> None:
    assert "Nothing yet" in client.get(f"{DESK}parties/{buyer.pk}/history/").text


def test_the_party_page_begins_with_what_matters(
    client: Client, buyer: Party, dewi: Person, sari: Person
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    order = testing.confirmed_order(buyer)
    Message.call(
        by=sari,
        conversation=Conversation.of(order, buyer),
        channel=Channel.PHONE,
        direction="out",
        next_words="Tanya ukuran 43",
        next_on=clock.today(),
    )

    text = client.get(f"{DESK}parties/{buyer.pk}/").text

    head = text.split("What happened")[0]
    assert 'href="tel:+6281234567890"' in head
    assert "Still to be paid" in head
    assert "Tanya ukuran 43" in head
    assert text.count("Tanya ukuran 43") == 1
    assert "Sari telephoned Toko Dewi" in text


def test_the_party_page_says_since_when_what_is_agreed_and_what_is_at_risk(
    client: Client, buyer: Party, dewi: Person, supplier: Party, owner: Person, sari: Person
) -> None:
    since = datetime(2024, 3, 5, 9, tzinfo=clock.WIB)
    Party.objects.update(since=since, year_pairs=240, sends_in_own_name=True, supplier_days=21)
    order = testing.confirmed_order(buyer)
    VisitDay.plan(by=sari, rep=sari, on=clock.in_days(2), parties=[buyer])
    outlook = BuyerOutlook.objects.create(
        workshop=buyer.workshop, buyer=buyer, buys_as="distributor", last_on=clock.today(),
        orders=9, waited=61, usual=24, gaps=8, longer=0.04, stake=5_000_000,
    )  # fmt: skip
    page = f"{DESK}parties/{buyer.pk}/"

    text = " ".join(client.get(page).text.split())

    assert "since 5 March 2024" in text
    assert "of distributors" in text
    assert "30 % first within 3 days, the rest before the goods leave" in text
    assert f"down payment 30 %, settlement 70 % ({order.number})" in text
    assert "240 pairs" in text
    assert "also in their own name" in text
    assert f'href="{DESK}customers/visits/{Visit.objects.get().pk}/"' in text
    theirs = client.get(f"{DESK}parties/{supplier.pk}/").text
    assert "we pay 21 days after goods came" in theirs

    testing.login(client, owner)
    assert "4 of 100 such gaps are longer" in client.get(page).text
    outlook.alive, outlook.alive_low, outlook.alive_high = 0.4, 0.2, 0.6
    outlook.save()
    assert "between 20 and 60 %" in client.get(page).text


def test_a_telephone_number_in_the_box_leads_to_the_party(
    client: Client, buyer: Party, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234567890"
    )

    for typed in ("0812-3456-7890", "%2B62 812 3456 7890", "6281234567890"):
        text = client.get(f"{DESK}search/?q={typed}").text
        assert f'class="task__link" href="{DESK}parties/{buyer.pk}/"' in text, typed
