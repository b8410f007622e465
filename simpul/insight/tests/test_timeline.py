"""One timeline over everything that happened with a party, and what the party is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.conversations.models import Channel, Conversation, InternalNote, Message
from simpul.crm.models import (
    Bulletin,
    BulletinReader,
    Campaign,
    Lead,
    LeadOffer,
    PointLot,
    PointRules,
    Post,
    Recipient,
    Recommender,
    Referral,
    Segment,
    Territory,
    Visit,
    VisitDay,
    Voucher,
    VoucherUse,
    Wish,
)
from simpul.insight.timeline import KINDS, Happening, Place, timeline
from simpul.insight.worth import worth_of
from simpul.lib import clock
from simpul.orders.models import Instalment, Order
from simpul.parties.models import Party, Person


def say(by: Person, party: Party, body: str, channel: str = Channel.WHATSAPP) -> Message:
    talk = Conversation.of(party, party)
    return Message.say(by=by, conversation=talk, body=body, channel=channel)


def kinds_of(found: list[Happening]) -> set[str]:
    return {one.kind for one in found}


def all_pages(person: Person, party: Party, size: int) -> list[Happening]:
    found, before = timeline(person, party, size=size)
    while before is not None:
        more, before = timeline(person, party, before=before, size=size)
        found += more
    return found


def test_everything_stands_in_one_list_the_newest_first(
    buyer: Party, dewi: Person, sari: Person, asep: Person
) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    order = shipment.first_order
    Message.call(
        by=sari,
        conversation=Conversation.of(order, buyer),
        channel=Channel.PHONE,
        direction="out",
        with_whom=dewi,
        body="Kapan dikirim?",
    )
    InternalNote.write(by=sari, subject=order, body="Hati-hati, pernah salah ukuran")
    say(dewi, buyer, "Terima kasih")

    found, older = timeline(sari, buyer, size=200)

    assert older is None
    assert [one.told.title for one in found[:3]] == [
        "Dewi · WhatsApp",
        f"Note for us only · {order.number}",
        "Sari telephoned Dewi",
    ]
    assert {"orders", "money", "deliveries", "messages", "calls", "notes", "papers"} == (
        kinds_of(found)
    )
    assert asep.party is not None
    assert kinds_of(timeline(sari, asep.party)[0]) == {"deliveries"}
    steps = [one.entry.step for one in reversed(found) if one.kind == "orders" and one.entry]
    assert steps[:2] == ["orders.place", "orders.confirm"]
    assert [one.place for one in found] == sorted((one.place for one in found), reverse=True)


def test_what_the_crm_gave_and_sent_stands_in_it(
    buyer: Party, dewi: Person, sari: Person, owner: Person
) -> None:
    PointRules.decide(by=owner, is_on=True)
    PointLot.give(by=owner, party=buyer, points=9, expires_on=None, note="Lebaran")
    Voucher.issue(by=sari, code="LEBARAN", amount=150_000)
    order = testing.order(buyer)
    VoucherUse.make(by=dewi, order=order, code="LEBARAN")
    recommender = Recommender.objects.create(workshop=buyer.workshop, party=buyer)
    friend = testing.party(buyer.workshop, "Toko Teman")
    Referral.objects.create(
        workshop=buyer.workshop, recommender=recommender, friend=friend, how="link"
    )
    campaign = Campaign.objects.create(
        workshop=buyer.workshop,
        segment=Segment.objects.create(workshop=buyer.workshop, name="Semua"),
        name="Model baru",
        purpose="news",
        subject="x",
        body="x",
    )
    for party, outcome, at in ((buyer, "sent", clock.now()), (friend, "held_out", None)):
        Recipient.objects.create(
            campaign=campaign, party=party, kind="mail", outcome=outcome, sent_at=at
        )

    told = {(one.kind, one.told.title) for one in timeline(sari, buyer, size=200)[0]}

    assert told >= {
        ("points", "9 points · gift"),
        ("points", f"Voucher LEBARAN: Rp\xa0150,000 off {order.number}"),
        ("points", "Toko Dewi recommended us to Toko Teman"),
        ("campaigns", "Model baru · e-mail"),
    }
    assert kinds_of(timeline(sari, friend)[0]) == {"points"}  # who was held out got nothing


def test_areas_prospects_handed_on_and_news_that_was_opened_stand_in_it(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    area = Territory.ask_further(by=dewi, regency="Kota Bogor", province="Jawa Barat")
    friend = testing.party(buyer.workshop, "Toko Teman", is_welcome=False)
    lead = Lead.objects.create(
        workshop=buyer.workshop, party=friend, person=testing.person("Adi", friend)
    )
    LeadOffer.objects.create(
        workshop=buyer.workshop, lead=lead, distributor=buyer, territory=area,
        expires_at=clock.now(),
    )  # fmt: skip
    for title, seen_at in (("Warna baru", clock.now()), ("Libur", None)):
        bulletin = Bulletin.write(by=sari, title=title, body="x")
        BulletinReader.objects.create(bulletin=bulletin, party=buyer, seen_at=seen_at)

    told = {(one.kind, one.told.title) for one in timeline(sari, buyer)[0]}

    assert told == {
        ("interest", "Area Kota Bogor, Jawa Barat"),
        ("interest", "Prospect Toko Teman handed on to them"),
        ("campaigns", "Opened the news “Warna baru”"),
    }
    words = timeline(sari, buyer, words="teman")[0]
    assert [one.told.title for one in words] == ["Prospect Toko Teman handed on to them"]


def test_visits_wishes_and_what_is_said_in_the_room_stand_in_it(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    for turn in range(2):
        VisitDay.plan(by=sari, rep=sari, on=clock.in_days(turn), parties=[buyer])
    there, missed = Visit.objects.order_by("pk")
    there.note(by=sari, body="Minta contoh", pairs_seen=12, seen="Etalase depan", rival="Merek X")
    missed.miss(by=sari, reason="Toko tutup")
    Wish.make(by=dewi, words="Sol putih")
    Post.write(by=dewi, body="Derby laku di mana?")

    found = timeline(sari, buyer)[0]

    assert [(one.kind, one.told.title, one.told.text) for one in found] == [
        ("messages", "Dewi in the distributors' room", "Derby laku di mana?"),
        ("interest", "Wish: Sol putih", "not answered"),
        ("calls", "Not visited · Toko tutup", ""),
        (
            "calls",
            "Sari visited Toko Dewi",
            "Minta contoh\n12 pairs of ours there\nEtalase depan\nof others: Merek X",
        ),
    ]
    assert [one.told.title for one in timeline(sari, buyer, words="tutup")[0]] == [
        "Not visited · Toko tutup"
    ]


def test_pages_follow_each_other_without_gap_or_double(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    testing.delivered_order(buyer)
    for turn in range(7):
        say(dewi, buyer, f"Pesan {turn}")
    same = clock.now()
    Message.objects.update(at=same)  # of one moment: the place tells them apart

    whole, _older = timeline(sari, buyer, size=200)

    for size in (1, 3, 10):
        assert [one.place for one in all_pages(sari, buyer, size)] == [one.place for one in whole]


def test_a_full_last_page_leads_nowhere(buyer: Party, dewi: Person, sari: Person) -> None:
    for turn in range(4):
        say(dewi, buyer, f"Pesan {turn}")

    first, before = timeline(sari, buyer, size=2)
    second, older = timeline(sari, buyer, size=2, before=before)

    assert [one.told.text for one in first + second] == [f"Pesan {turn}" for turn in (3, 2, 1, 0)]
    assert older is None


def test_it_is_filtered_by_kind_and_searched_by_words_number_and_amount(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    order = testing.confirmed_order(buyer)
    receipt = testing.pay(order)
    say(dewi, buyer, "Warna tan masih ada?")
    InternalNote.write(by=sari, subject=buyer, body="Suka warna tan")
    InternalNote.write(by=sari, subject=order, body="Ukuran 39 habis")

    def titles(words: str = "", *kinds: str) -> list[str]:
        return [one.told.title for one in timeline(sari, buyer, words=words, kinds=kinds)[0]]

    assert titles("tan", "messages") == ["Dewi · WhatsApp"]
    assert sorted(titles("tan")) == ["Dewi · WhatsApp", "Note for us only"]
    assert titles("39") == [f"Note for us only · {order.number}"]
    assert kinds_of(timeline(sari, buyer, words=order.number)[0]) == {"orders"}
    by_amount = timeline(sari, buyer, words=f"{receipt.amount:,}".replace(",", "."))[0]
    assert [one.subject for one in by_amount] == [receipt]
    assert titles("tidak ada") == []
    for kind in KINDS:
        assert kinds_of(timeline(sari, buyer, kinds=[kind])[0]) <= {kind}


def test_what_is_of_another_party_or_workshop_is_not_in_it(
    buyer: Party, dewi: Person, sari: Person, siti: Person, joko: Person
) -> None:
    say(dewi, buyer, "Halo")
    assert siti.party is not None

    assert timeline(sari, siti.party) == ([], None)
    assert timeline(joko, buyer) == ([], None)


def test_a_supplier_has_one_too(supplier: Party, budi: Person, sari: Person) -> None:
    purchase = testing.sent_purchase(supplier)

    found = timeline(sari, supplier)[0]

    assert kinds_of(found) == {"purchases"}
    assert found[-1].told.title == purchase.number


def test_it_asks_as_much_for_many_as_for_one(buyer: Party, dewi: Person, sari: Person) -> None:
    first = testing.delivered_order(buyer)
    say(dewi, buyer, "Halo")
    InternalNote.write(by=sari, subject=first, body="Catatan")
    timeline(sari, buyer)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            timeline(sari, buyer, size=200)
        return len(asked)

    few = questions()
    for _turn in range(3):
        order = testing.delivered_order(buyer)
        say(dewi, buyer, "Halo lagi")
        InternalNote.write(by=sari, subject=order, body="Catatan")
        Message.say(by=dewi, conversation=Conversation.of(order, buyer), body="Pesanan ini")

    assert (
        questions() == few + 1
    )  # the thing that a message is about is an order for the first time


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "~~", "2026-01-01~1~2~3", "2026-01-01T00:00:00~1~2"),
        *("0001-01-01T00:00:00+14:00~0~1", "9999-12-31T23:00:00-14:00~0~1"),
    ],
)
def test_a_place_that_is_none_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(clock.now(), 3, 17)
    assert Place.read(str(place)) == place


def test_a_buyer_is_told_in_figures(buyer: Party, dewi: Person) -> None:
    today = clock.today()
    nothing = worth_of(buyer, today)
    assert (nothing.orders, nothing.bought, nothing.last_on, nothing.days_late) == (
        0,
        0,
        None,
        None,
    )

    paid = testing.delivered_order(buyer)
    open_now = testing.confirmed_order(buyer)
    Instalment.objects.filter(order=paid).update(due_on=today - timedelta(days=4))
    Instalment.objects.filter(order=open_now).update(due_on=today - timedelta(days=2))
    worth = worth_of(buyer, today)

    assert worth.orders == 2
    assert worth.bought == paid.total + open_now.total
    assert worth.last_on == today
    assert (worth.owed, worth.overdue) == (open_now.total, open_now.total)
    assert worth.overdue_since == today - timedelta(days=2)
    assert worth.days_late == 4
    assert worth.late == worth.payments == paid.instalments.count()


def test_what_is_longer_ago_than_a_year_does_not_count(buyer: Party, dewi: Person) -> None:
    old = testing.delivered_order(buyer)
    Order.objects.filter(pk=old.pk).update(confirmed_at=clock.now() - timedelta(days=400))
    Instalment.objects.filter(order=old).update(due_on=clock.today() - timedelta(days=380))

    worth = worth_of(buyer, clock.today())

    assert (worth.orders, worth.bought, worth.payments) == (0, 0, 0)
    assert worth.last_on == clock.today() - timedelta(days=400)


def test_a_sample_is_nothing_that_was_bought(buyer: Party) -> None:
    testing.confirmed_order(buyer)
    Order.objects.update(is_sample=True)

    worth = worth_of(buyer, clock.today())

    assert (worth.orders, worth.bought, worth.last_on) == (0, 0, None)
