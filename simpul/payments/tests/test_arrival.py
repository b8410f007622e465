"""The steps of what came by mail or message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from simpul import testing
from simpul.conversations.models import Channel
from simpul.lib import clock, uploads
from simpul.lib.mails import Letter
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.payments.models import Arrival, ArrivalFile, PaymentClaim
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState

Status = Arrival.Status
PICTURE = uploads.Admitted(b"a picture", "image/jpeg", "jpg", "0" * 64)


def letter(name: str = "1@toko.example") -> Letter:
    return Letter(name, "dewi@toko.example", "Dewi", "Bukti", "Rp 600.000", "", clock.now())


def take_in(by: Person, name: str = "1@toko.example", status: str = Status.WAITING) -> Arrival:
    return Arrival.take_in(
        by=by,
        channel=Channel.MAIL,
        letter=letter(name),
        status=status,
        files=[Handed("bukti.jpg", PICTURE)],
        refused=["a.exe"],
        original=b"From: dewi",
    )


@pytest.fixture
def arrival(machine: Person) -> Arrival:
    return take_in(machine)


def last_facts(arrival: Arrival) -> tuple[str, Person, dict[str, object]]:
    entry = journal_of(arrival).last()
    assert entry is not None
    return entry.step, entry.by, entry.facts


def become(arrival: Arrival, by: Person, order: Order) -> None:
    arrival.become_claim(
        by=by,
        order=order,
        file=arrival.files.get(),
        amount=600_000,
        paid_on=date(2026, 11, 20),
        bank="BRI",
        guessed=["paid_on"],
    )


# take in


def test_it_keeps_what_came(arrival: Arrival) -> None:
    assert (arrival.sender, arrival.subject, arrival.status) == (
        "dewi@toko.example",
        "Bukti",
        Status.WAITING,
    )
    assert arrival.files.get().upload.read() == b"a picture"
    assert arrival.original is not None
    assert arrival.original.read() == b"From: dewi"
    assert arrival.refused == ["a.exe"]


def test_the_journal_keeps_no_name_and_no_text(arrival: Arrival, machine: Person) -> None:
    assert last_facts(arrival) == (
        "payments.take_in",
        machine,
        {"channel": "mail", "status": "waiting"},
    )


def test_no_person_takes_in(owner: Person) -> None:
    with pytest.raises(NotAllowed):
        take_in(owner)
    assert not Arrival.objects.exists()
    assert not Upload.objects.exists()


# become a claim


def test_it_becomes_a_claim_of_whoever_saw_it(arrival: Arrival, order: Order, sari: Person) -> None:
    become(arrival, sari, order)

    claim = PaymentClaim.objects.get()
    assert (arrival.status, arrival.claim, arrival.guessed) == (
        Status.CLAIMED,
        claim,
        ["paid_on"],
    )
    assert (claim.by, claim.order, claim.amount, claim.bank) == (sari, order, 600_000, "BRI")
    assert claim.proof.read() == b"a picture"
    assert order.balance_now() == 2_000_000


def test_that_stands_in_the_journal(arrival: Arrival, order: Order, fajar: Person) -> None:
    become(arrival, fajar, order)
    assert last_facts(arrival) == (
        "payments.claim_arrival",
        fajar,
        {
            "order": order.pk,
            "file": arrival.files.get().pk,
            "amount": 600_000,
            "paid_on": "2026-11-20",
            "guessed": ["paid_on"],
        },
    )


def test_neither_the_store_nor_the_buyer_nor_another_workshop_may(
    arrival: Arrival, order: Order, rina: Person, dewi: Person, joko: Person
) -> None:
    for person in (rina, dewi, joko):
        with pytest.raises(NotAllowed):
            become(arrival, person, order)
    arrival.refresh_from_db()
    assert arrival.status == Status.WAITING
    assert not PaymentClaim.objects.exists()


def test_not_for_an_order_of_another_workshop(
    arrival: Arrival, joko: Person, fajar: Person
) -> None:
    theirs = testing.confirmed_order(testing.party(joko.workshop))
    with pytest.raises(NotAllowed):
        become(arrival, fajar, theirs)
    assert not PaymentClaim.objects.exists()


def test_not_twice(arrival: Arrival, order: Order, fajar: Person) -> None:
    seen_by_another_tab = Arrival.objects.get(pk=arrival.pk)
    become(arrival, fajar, order)
    with pytest.raises(WrongState):
        become(seen_by_another_tab, fajar, order)
    assert PaymentClaim.objects.count() == 1


def test_a_file_of_another_letter_is_no_proof(
    arrival: Arrival, order: Order, fajar: Person, machine: Person
) -> None:
    other = take_in(machine, "2@toko.example")
    with pytest.raises(Refused):
        arrival.become_claim(
            by=fajar, order=order, file=other.files.get(), amount=1, paid_on=clock.today()
        )
    assert not PaymentClaim.objects.exists()


# fetch


def test_a_picture_comes_later(machine: Person, fajar: Person) -> None:
    arrival = take_in(machine, status=Status.FETCHING)
    ArrivalFile.objects.all().delete()
    with pytest.raises(NotAllowed):
        arrival.fetch(by=fajar, files=[], refused=[], why="")
    arrival.fetch(by=machine, files=[Handed("", PICTURE)], refused=[], why="stranger")

    assert (arrival.status, arrival.why, arrival.files.count()) == (Status.WAITING, "stranger", 1)
    assert last_facts(arrival) == ("payments.fetch_arrival", machine, {"why": "stranger"})
    with pytest.raises(WrongState):
        arrival.fetch(by=machine, files=[], refused=[], why="")


# set aside and open again


def test_it_is_set_aside_with_a_reason(arrival: Arrival, sari: Person) -> None:
    arrival.set_aside(by=sari, reason="An old proof.")
    assert (arrival.status, arrival.reason) == (Status.ASIDE, "An old proof.")
    assert last_facts(arrival) == (
        "payments.set_arrival_aside",
        sari,
        {"reason": "An old proof."},
    )
    with pytest.raises(WrongState):
        arrival.set_aside(by=sari, reason="again")


def test_it_waits_again(arrival: Arrival, sari: Person, fajar: Person) -> None:
    arrival.set_aside(by=sari, reason="An old proof.")
    arrival.reopen(by=fajar)
    assert (arrival.status, arrival.reason) == (Status.WAITING, "")
    assert last_facts(arrival) == ("payments.reopen_arrival", fajar, {})
    with pytest.raises(WrongState):
        arrival.reopen(by=fajar)


@pytest.mark.parametrize("deed", ["set_aside", "reopen"])
def test_others_may_neither(
    arrival: Arrival, udin: Person, dewi: Person, fajar: Person, deed: str
) -> None:
    if deed == "reopen":
        arrival.set_aside(by=fajar, reason="x")
    before = arrival.status
    facts = {"reason": "x"} if deed == "set_aside" else {}
    step: Callable[..., None] = getattr(arrival, deed)
    for person in (udin, dewi):
        with pytest.raises(NotAllowed):
            step(by=person, **facts)
    arrival.refresh_from_db()
    assert arrival.status == before


# Who sees it


def test_it_is_for_those_who_sell_and_who_keep_the_money(
    arrival: Arrival,
    owner: Person,
    sari: Person,
    fajar: Person,
    rina: Person,
    dewi: Person,
    joko: Person,
) -> None:
    seen = {
        person.name: Arrival.objects.visible_to(person).exists()
        for person in (owner, sari, fajar, rina, dewi, joko)
    }
    assert seen == {
        "Hadi": True, "Sari": True, "Fajar": True, "Rina": False, "Dewi": False, "Joko": False,
    }  # fmt: skip


def test_a_day_to_come_is_never_the_day_of_writing(arrival: Arrival, workshop: Workshop) -> None:
    arrival.sent_at = clock.now().replace(year=2099)
    assert arrival.written_on == clock.today()
