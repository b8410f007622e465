"""A mail becomes a claim where sender and order are beyond doubt; else a person looks at it."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Notice
from simpul.lib import clock, mails
from simpul.lib.mails import Attached, Letter
from simpul.lib.tests.samples import NAMES, mail
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Identity, Person, Workshop
from simpul.payments import agreement, inbox
from simpul.payments.models import Arrival, BankAccount, Instruction, PaymentClaim
from simpul.workflow.models import Entry

Status, Why = Arrival.Status, Arrival.Why
MORNING = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _that_morning() -> Any:
    with clock.stopped(MORNING):
        yield


@pytest.fixture
def dewi(dewi: Person) -> Person:
    """Dewi is known under her address."""
    return known(dewi, "dewi@toko.example")


def known(person: Person, value: str, kind: str = Identity.Kind.MAIL) -> Person:
    Identity.objects.create(workshop_id=person.workshop_id, person=person, kind=kind, value=value)
    return person


def take(order: Order, name: str = "gmail.eml") -> Arrival:
    return inbox.take_mail(mail(name, order.number), workshop=order.workshop)


def another(order: Order) -> Order:
    made = testing.order(order.buyer)
    agreement.confirm(made, by=testing.seller(order.workshop))
    return made


def asked(order: Order) -> int:
    return Instruction.objects.open().get(order=order).amount


# Beyond doubt


def test_a_mail_with_a_proof_and_a_number_becomes_a_claim(order: Order, dewi: Person) -> None:
    another(order)
    arrival = take(order)

    claim = PaymentClaim.objects.get()
    assert (arrival.status, arrival.claim, arrival.why) == (Status.CLAIMED, claim, "")
    assert (claim.order, claim.by, claim.bank) == (order, dewi, "BRI")
    assert (claim.amount, claim.paid_on) == (600_000, date(2026, 11, 23))
    assert arrival.guessed == []
    assert claim.proof.is_image
    assert order.balance_now() == 2_000_000


def test_the_code_names_it_too(order: Order, dewi: Person) -> None:
    another(order)
    content = mail("gmail.eml").replace(b"SO-2026-0001", order.code.lower().encode())
    assert inbox.take_mail(content, workshop=order.workshop).claim is not None


def test_without_a_number_the_only_open_instruction_is_meant(order: Order, dewi: Person) -> None:
    arrival = take(order, "iphone.eml")

    claim = PaymentClaim.objects.get()
    assert arrival.claim == claim
    assert (claim.amount, claim.paid_on) == (asked(order), date(2026, 11, 24))
    assert arrival.guessed == ["amount"]


def test_of_two_open_instructions_none_is_meant(order: Order, dewi: Person) -> None:
    another(order)
    arrival = take(order, "iphone.eml")
    assert (arrival.status, arrival.why, arrival.person) == (Status.WAITING, Why.NO_ORDER, dewi)


def test_the_number_may_stand_in_what_is_answered(order: Order, dewi: Person) -> None:
    another(order)
    content = re.sub(rb"_SO-\d+-\d+\?=", b"?=", mail("outlook.eml", order.number))
    arrival = inbox.take_mail(content, workshop=order.workshop)

    assert arrival.claim is not None
    assert arrival.claim.amount == 600_000  # what is written now, not what we asked for
    assert arrival.claim.proof.kind == "application/pdf"


def test_a_forwarded_mail_of_the_bank_is_read(order: Order, dewi: Person) -> None:
    arrival = take(order, "forwarded.eml")

    assert arrival.claim is not None
    assert (arrival.claim.amount, arrival.claim.paid_on) == (600_000, date(2026, 11, 22))
    assert arrival.guessed == []


def test_broken_and_marked_up_mails_count_too(order: Order, dewi: Person) -> None:
    assert take(order, "html_only.eml").claim is not None
    assert take(order, "broken.eml").claim is not None


def test_the_buyer_hears_that_it_arrived(order: Order, dewi: Person, fajar: Person) -> None:
    Entry.objects.update(told_at=clock.now())
    take(order)
    notices.tell()

    told = {(one.person, one.entry.step) for one in Notice.objects.all()}
    assert (dewi, "payments.claim_arrival") in told
    assert {person for person, _step in told} <= {dewi, fajar}


# A sender is a claim


def test_a_strangers_mail_waits_and_tells_nobody(order: Order) -> None:
    Entry.objects.update(told_at=clock.now())
    arrival = take(order)
    notices.tell()

    assert (arrival.status, arrival.why, arrival.person) == (Status.WAITING, Why.STRANGER, None)
    assert arrival.files.count() == 1
    assert not PaymentClaim.objects.exists()
    assert not Notice.objects.exists()


def test_a_number_of_another_buyer_waits(order: Order, siti: Person) -> None:
    known(siti, "dewi@toko.example")
    arrival = take(order)
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.FOREIGN)
    assert not PaymentClaim.objects.exists()


def test_an_address_known_to_another_workshop_is_a_strangers(
    order: Order, dewi: Person, joko: Person
) -> None:
    arrival = inbox.take_mail(mail("gmail.eml", order.number), workshop=joko.workshop)
    assert (arrival.why, arrival.workshop) == (Why.STRANGER, joko.workshop)


def test_our_own_people_suppliers_and_those_who_left_are_strangers(
    order: Order, sari: Person, budi: Person, dewi: Person
) -> None:
    for person in (sari, budi):
        Identity.objects.filter(value="dewi@toko.example").update(person=person)
        assert inbox.owner_of("dewi@toko.example", Channel.MAIL, order.workshop) is None
    Identity.objects.filter(value="dewi@toko.example").update(person=dewi)
    Person.objects.filter(pk=dewi.pk).update(is_active=False)
    assert inbox.owner_of("dewi@toko.example", Channel.MAIL, order.workshop) is None


# What waits, and why


def test_text_alone_waits(order: Order, dewi: Person) -> None:
    arrival = take(order, "text_only.eml")
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.NO_PROOF)


def test_two_numbers_wait(order: Order, dewi: Person) -> None:
    content = mail("gmail.eml", f"{order.number} {another(order).number}")
    assert inbox.take_mail(content, workshop=order.workshop).why == Why.SEVERAL


def test_a_number_that_there_is_not_waits(order: Order, dewi: Person) -> None:
    content = mail("gmail.eml", "SO-2026-9999")
    assert inbox.take_mail(content, workshop=order.workshop).why == Why.NO_ORDER


def test_a_paid_order_waits(order: Order, dewi: Person) -> None:
    testing.pay(order)
    assert take(order).why == Why.NOTHING_DUE


def test_a_banks_own_mail_waits_for_a_person(order: Order) -> None:
    arrival = take(order, "bank_app.eml")
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.MACHINE)
    found = inbox.suggestions(order.workshop, [arrival])[arrival.pk]
    assert [one.order for one in found] == [order]


def test_what_the_step_refuses_waits(
    order: Order, dewi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simpul.payments.models.claim.A_DAY", 0)
    arrival = take(order)
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.LIMIT)
    assert not PaymentClaim.objects.exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [("bounce.eml", Why.BOUNCE), ("autoreply.eml", Why.REPLY), ("list.eml", Why.LIST)],
)
def test_what_nobody_wrote_is_set_aside(order: Order, dewi: Person, name: str, why: str) -> None:
    arrival = take(order, name)
    assert (arrival.status, arrival.why) == (Status.ASIDE, why)
    assert arrival.original is None
    assert not PaymentClaim.objects.exists()


def test_the_unreadable_waits_as_a_note(order: Order) -> None:
    content = b"Content-Type: multipart/mixed; boundary=a\n\n" * 100
    arrival = inbox.take_mail(content, workshop=order.workshop)
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.UNREADABLE)
    assert inbox.take_mail(content, workshop=order.workshop) == arrival


# Nothing twice


def test_the_same_mail_again_changes_nothing(order: Order, dewi: Person) -> None:
    first = take(order)
    count = Upload.objects.count()
    assert take(order) == first
    assert PaymentClaim.objects.count() == 1
    assert Upload.objects.count() == count


def test_the_same_mail_without_a_name_is_known_by_what_it_says(order: Order, dewi: Person) -> None:
    assert take(order, "broken.eml") == take(order, "broken.eml")
    assert PaymentClaim.objects.count() == 1


def test_the_same_file_in_another_mail_is_set_aside(order: Order, dewi: Person) -> None:
    take(order)
    content = mail("gmail.eml", order.number).replace(b"CAF3b9example01", b"CAF3b9example02")
    arrival = inbox.take_mail(content, workshop=order.workshop)
    assert (arrival.status, arrival.why) == (Status.ASIDE, Why.REPEATED)
    assert PaymentClaim.objects.count() == 1


def test_a_file_that_was_handed_in_on_the_page_makes_no_second_claim(
    order: Order, dewi: Person
) -> None:
    files, _refused = inbox.admit(mails.read(mail("gmail.eml")).attached)
    PaymentClaim.submit(
        by=dewi, order=order, amount=600_000, paid_on=clock.today(), proof=files[0].file
    )
    arrival = take(order)
    assert (arrival.status, arrival.why) == (Status.ASIDE, Why.REPEATED)
    assert PaymentClaim.objects.count() == 1


def test_a_file_of_another_order_waits(order: Order, dewi: Person) -> None:
    take(order)
    other = another(order)
    content = mail("gmail.eml", other.number).replace(b"example01", b"example02")
    Arrival.objects.filter(claim__order=order).update(sender="other@toko.example")
    arrival = inbox.take_mail(content, workshop=order.workshop)
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.SAME_FILE)


# Floods


def test_of_one_sender_so_many_a_day(
    order: Order, dewi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "OF_ONE", 1)
    take(order, "text_only.eml")
    arrival = take(order)
    assert (arrival.status, arrival.why, arrival.text) == (Status.ASIDE, Why.MANY, "")
    assert not arrival.files.exists()
    assert take(order, "windows1252.eml").why == Why.STRANGER  # another sender
    with clock.stopped(MORNING + timedelta(days=1)):
        assert take(order, "iphone.eml").claim is not None


def test_of_all_senders_so_many_a_day(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "OF_ALL", 1)
    take(order, "text_only.eml")
    with pytest.raises(inbox.Flood):
        take(order)
    assert Arrival.objects.count() == 1


# Which of the files is the proof


def test_logos_are_no_proofs_and_our_own_papers_come_last(order: Order, dewi: Person) -> None:
    letter = Letter(
        "x", "", "", "", "", "", None,
        (
            Attached("logo.png", picture(100, 40)),
            Attached("Invoice SO-2026-0001.png", picture(900, 900)),
            Attached("IMG_0001.png", picture(300, 400), is_inline=True),
            Attached("virus.exe", b"MZ"),
            Attached("broken.jpg", b"\xff\xd8\xff"),
        ),
    )  # fmt: skip
    files, refused = inbox.admit(letter.attached)
    assert [one.name for one in files] == ["IMG_0001.png", "Invoice SO-2026-0001.png"]
    assert refused == ["virus.exe", "broken.jpg"]


def picture(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return buffer.getvalue()


def test_only_the_first_files_are_looked_at(order: Order) -> None:
    letter = [Attached(f"{turn}.png", picture(200, 200 + turn)) for turn in range(9)]
    files, refused = inbox.admit(letter)
    assert len(files) == inbox.MOST_FILES
    assert refused == ["6.png", "7.png", "8.png"]


# Suggestions


def test_the_senders_orders_are_suggested_with_reasons(
    order: Order, dewi: Person, workshop: Workshop, siti: Person
) -> None:
    other = another(order)
    arrival = take(order, "iphone.eml")
    found = inbox.suggestions(workshop, [arrival])[arrival.pk]
    assert [one.order for one in found] == [order, other]
    assert found[0].reasons == ("The sender is the buyer.",)


def test_a_strangers_letter_is_weighed_like_an_entry(order: Order, workshop: Workshop) -> None:
    arrival = take(order)
    found = inbox.suggestions(workshop, [arrival])[arrival.pk]
    assert found[0].order == order
    assert "The number of the order stands in the text." in found[0].reasons


def test_without_an_amount_nothing_is_said_to_be_missing(order: Order) -> None:
    content = mail("windows1252.eml").replace(b"pesanan saya", order.number.encode())
    arrival = inbox.take_mail(content, workshop=order.workshop)
    (found,) = inbox.suggestions(order.workshop, [arrival])[arrival.pk]
    assert found.order == order
    assert not any("missing" in reason for reason in found.reasons)


@pytest.mark.parametrize("many", [1, 6])
def test_suggestions_cost_the_same_for_many(
    order: Order, dewi: Person, many: int, django_assert_max_num_queries: Any
) -> None:
    for _turn in range(many):
        another(order)
    arrivals = [take(order, name) for name in ("iphone.eml", "text_only.eml", "windows1252.eml")]
    rows = list(
        Arrival.objects.filter(pk__in=[one.pk for one in arrivals]).select_related("person")
    )
    with django_assert_max_num_queries(24):
        inbox.suggestions(order.workshop, rows)


# Messages whose picture is fetched later


def message(order: Order, sender: str = "+6281234567890") -> Letter:
    return Letter("wamid.1", sender, "Dewi", "", f"Bukti {order.number}", "", clock.now())


def expect(order: Order, letter: Letter) -> Arrival:
    return inbox.expect(letter, channel=Channel.WHATSAPP, workshop=order.workshop, media="123")


def test_a_message_waits_for_its_picture_and_becomes_a_claim(order: Order, dewi: Person) -> None:
    known(dewi, "+6281234567890", Identity.Kind.PHONE)
    arrival = expect(order, message(order))
    assert (arrival.status, arrival.person) == (Status.FETCHING, dewi)
    again = expect(order, message(order))
    assert again == arrival

    inbox.complete(arrival, [Attached("", picture(300, 400))])

    arrival.refresh_from_db()
    assert arrival.status == Status.CLAIMED
    assert arrival.claim is not None
    assert (arrival.claim.by, arrival.claim.order) == (dewi, order)


def test_a_picture_that_never_came_leaves_the_message_waiting(order: Order, dewi: Person) -> None:
    known(dewi, "+6281234567890", Identity.Kind.PHONE)
    arrival = expect(order, message(order))
    inbox.complete(arrival, [])
    arrival.refresh_from_db()
    assert (arrival.status, arrival.why) == (Status.WAITING, Why.NO_PROOF)


def test_the_same_picture_again_is_set_aside(order: Order, dewi: Person) -> None:
    known(dewi, "+6281234567890", Identity.Kind.PHONE)
    for name in ("wamid.1", "wamid.2"):
        letter = Letter(name, "+6281234567890", "Dewi", "", order.number, "", clock.now())
        arrival = expect(order, letter)
        inbox.complete(arrival, [Attached("", picture(300, 400))])
    arrival.refresh_from_db()
    assert (arrival.status, arrival.why) == (Status.ASIDE, Why.REPEATED)
    assert PaymentClaim.objects.count() == 1


# Torn mails, one after the other: never a crash, never two claims of one file


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_torn_mails_never_make_two_claims(
    order: Order, dewi: Person, account: BankAccount, data: st.DataObject
) -> None:
    content = bytearray(mail(data.draw(st.sampled_from(NAMES)), order.number))
    for _tear in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 200))
        content[at : at + gone] = data.draw(st.binary(max_size=30))
    try:
        first = inbox.take_mail(bytes(content), workshop=order.workshop)
        assert inbox.take_mail(bytes(content), workshop=order.workshop) == first
    except inbox.Flood:
        return
    marks = list(PaymentClaim.objects.values_list("proof__sha256", flat=True))
    assert len(marks) == len(set(marks))
    assert order.balance_now() == 2_000_000


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_one_mail_from_several_doors_at_once_is_one_claim(order: Order, dewi: Person) -> None:
    if connection.vendor != "postgresql":  # in SQLite's memory there is one writer anyway
        assert take(order) == take(order)
        return
    gate = Barrier(4)
    found: list[int] = []

    def knock() -> None:
        try:
            gate.wait()
            with clock.stopped(MORNING):
                found.append(take(order).pk)
        finally:
            connection.close()

    threads = [Thread(target=knock) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == PaymentClaim.objects.count() == Arrival.objects.count() == 1
