"""The one box: what it finds, for whom, and how it may be typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from simpul import testing
from simpul.conversations.models import Conversation, InternalNote, Message, MessageWord, word
from simpul.conversations.models import message as messages
from simpul.conversations.models.word import looked_for, words_of
from simpul.insight.search import excerpt, found, numbered, rows_of, tidy
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person


@pytest.fixture
def order(buyer: Party, dewi: Person) -> Order:
    return testing.order(buyer)


def say(by: Person, party: Party, body: str) -> Message:
    return Message.say(by=by, conversation=Conversation.of(party, party), body=body)


def hits(person: Person, side: str, typed: str) -> dict[str, list[str]]:
    """What is found, by kind."""
    groups = found(person, side, tidy(typed))
    return {group.kind: [hit.title for hit in group.hits] for group in groups}


def test_a_text_is_found_by_its_words_and_numbers_with_and_without_dashes() -> None:
    assert words_of("Kulit, KULIT; SO-2026-0017 di 0812-3456") == {
        b"kulit", b"so", b"2026", b"0017", b"so20260017", b"di", b"0812", b"3456", b"08123456",
    }  # fmt: skip
    assert words_of("") == set()
    assert looked_for("di Kulit!") == [b"kulit", b"di"]
    assert len(looked_for(" ".join("abcdefghij"))) == 6


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("kulit", True),
        ("KUL", True),
        ("cokelat kul", True),  # all of them, in any order, by their beginnings
        ("ulit", False),
        ("kulit merah", False),
        ("so20260017", True),
        ("SO-2026-0017", True),
        ("0017", True),
        ("!?", False),
        ("%", False),
    ],
)
@pytest.mark.parametrize(("rare", "soon"), [(word.RARE, 4_000), (0, 4_000), (0, 0)])
def test_messages_are_found_by_the_beginnings_of_words(
    buyer: Party, dewi: Person, sari: Person, typed: str, is_found: bool, rare: int, soon: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whether the words are rare, soon found together or looked for in each."""
    monkeypatch.setattr(word, "RARE", rare)
    monkeypatch.setattr(messages, "SOON", soon)
    message = say(dewi, buyer, "Kulit cokelat untuk SO-2026-0017?")
    say(dewi, buyer, "Baik.")
    for person in (sari, dewi):
        shown = Message.objects.visible_to(person).search(typed, person.workshop_id)
        assert list(shown) == ([message] if is_found else [])


@pytest.mark.parametrize(
    ("typed", "found"), [("kulit cokelat", ["b"]), ("kul cok b", ["b"]), ("kulit merah", [])]
)
def test_common_words_that_are_seldom_together_name_their_messages(
    buyer: Party, dewi: Person, typed: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word, "RARE", 1)
    monkeypatch.setattr(messages, "SOON", 0)
    for text in ("Kulit hitam a", "Kulit cokelat b", "Cokelat merah a", "Merah b"):
        say(dewi, buyer, text)
    shown = Message.objects.visible_to(dewi).search(typed, dewi.workshop_id)
    assert [message.body[-1] for message in shown.order_by("pk")] == found


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it plans by what its tables hold")
def test_what_is_common_is_looked_for_from_the_newest_on(
    sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word, "RARE", -1)
    plan = rows_of("messages", sari, "kulit")[:5].explain()
    assert "CORRELATED SCALAR SUBQUERY" in plan
    assert "ORDER BY" not in plan  # all of them, put in order


def test_a_message_that_was_refused_leaves_no_words(buyer: Party, siti: Person) -> None:
    with pytest.raises(Exception, match="does not include"):
        say(siti, buyer, "Halo")
    assert not MessageWord.objects.exists()


def test_nobody_finds_what_he_may_not_open(
    buyer: Party, order: Order, dewi: Person, siti: Person, budi: Person, joko: Person, sari: Person
) -> None:
    say(dewi, buyer, "Rahasia dagang")
    InternalNote.write(by=sari, subject=order, body="Rahasia dapur")
    assert set(hits(sari, "workshop", "rahasia")) == {"messages", "notes"}
    assert set(hits(dewi, "buyer", "rahasia")) == {"messages"}
    for stranger, side in ((siti, "buyer"), (budi, "supplier"), (joko, "workshop")):
        assert hits(stranger, side, "rahasia") == {}
        assert hits(stranger, side, order.number) == {}
        assert hits(stranger, side, "Toko Dewi") == {}
        assert numbered(stranger, order.number) is None


def test_everything_of_a_party_is_found_by_its_name(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    paid = testing.confirmed_order(buyer)
    testing.pay(paid, 600_000)
    testing.shipment(buyer)
    kinds = set(hits(sari, "workshop", "toko dewi"))
    assert kinds == {"orders", "parties", "shipments", "papers", "receipts"}
    assert hits(sari, "workshop", "600.000")["receipts"]


@pytest.mark.parametrize("short", [False, True])
def test_a_number_is_typed_with_or_without_its_dashes(
    order: Order, sari: Person, dewi: Person, short: bool
) -> None:
    typed = order.number.replace("-", "").lower() if short else order.number
    assert numbered(sari, tidy(typed)) == numbered(dewi, tidy(typed)) == order
    assert hits(dewi, "buyer", typed)["orders"] == [order.number]
    assert hits(sari, "workshop", order.number[-4:])["orders"] == [order.number]


def test_the_end_of_a_telephone_number_finds_its_party(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    Identity.objects.create(
        workshop=buyer.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    for typed in ("7890", "567890", "0812-3456-7890", "081234567890"):
        assert hits(sari, "workshop", typed)["parties"] == ["Toko Dewi"], typed
    assert "parties" not in hits(sari, "workshop", "890 1")


def test_a_courier_finds_his_jobs_but_no_buyer(
    buyer: Party, asep: Person, courier: Party, sari: Person
) -> None:
    shipment = testing.shipment(buyer)
    assert hits(asep, "courier", shipment.number) == {}
    shipment.offer(by=sari, couriers=[courier], expires_at=clock.now() + timedelta(hours=1))
    assert hits(asep, "courier", shipment.number) == {"jobs": [shipment.number]}
    assert hits(asep, "courier", "Toko Dewi") == {}
    assert hits(asep, "courier", shipment.first_order.number) == {}


def test_the_newest_comes_first_and_only_a_few(buyer: Party, dewi: Person, sari: Person) -> None:
    for number in range(6):
        say(dewi, buyer, f"Halo {number}")
    [group] = found(sari, "workshop", "halo")
    assert [hit.text for hit in group.hits] == ["Halo 5", "Halo 4", "Halo 3", "Halo 2"]
    assert group.has_more


def test_a_long_message_is_shown_around_what_was_found() -> None:
    body = "awal " * 40 + "kulit " + "akhir " * 40
    assert excerpt(body, "KULIT").startswith("… ")
    assert "kulit akhir" in excerpt(body, "KULIT")
    assert excerpt("Kulit", "kul") == "Kulit"
