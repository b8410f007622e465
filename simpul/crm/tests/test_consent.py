from __future__ import annotations

import pytest

from simpul import testing
from simpul.crm import leaving
from simpul.crm.models import Consent, ConsentHow, Lead, Purpose, agreed_to, consents_of
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def address(dewi: Person) -> Identity:
    return Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@example.com"
    )


def give(identity: Identity, by: Person, purpose: str = Purpose.NEWS) -> Consent:
    return Consent.give(
        by=by,
        identity=identity,
        purpose=purpose,
        how=ConsentHow.STAFF,
        words="Boleh?",
        note="Telepon",
    )


def withdraw(identity: Identity, by: Person, purpose: str = Purpose.NEWS) -> Consent:
    return Consent.withdraw(
        by=by, identity=identity, purpose=purpose, how=ConsentHow.PORTAL, words="Boleh?"
    )


def test_the_last_word_counts_and_the_first_is_kept(
    address: Identity, sari: Person, dewi: Person
) -> None:
    give(address, sari)
    give(address, sari, Purpose.OFFERS)
    withdraw(address, dewi)

    assert consents_of([address]) == {(address.pk, "offers")}
    assert list(agreed_to(Purpose.OFFERS)) == [address]
    assert not agreed_to(Purpose.NEWS).exists()
    first = Consent.objects.order_by("pk")[0]
    assert (first.is_given, first.words, first.note, first.by) == (True, "Boleh?", "Telepon", sari)


def test_it_is_in_the_journal_without_what_was_said(address: Identity, sari: Person) -> None:
    give(address, sari)
    entry = Entry.objects.get()
    assert entry.step == "crm.give_consent"
    assert entry.facts == {"identity": address.pk, "purpose": "news", "how": "staff"}


@pytest.mark.parametrize("mark", ["bounced_at", "opted_out_at"])
def test_where_nothing_arrives_nothing_may_be_sent(
    address: Identity, sari: Person, mark: str
) -> None:
    give(address, sari)
    Identity.objects.update(**{mark: clock.now()})
    assert not agreed_to(Purpose.NEWS).exists()


@pytest.mark.parametrize("name", ["siti", "fajar", "joko"])
def test_nobody_agrees_for_others(
    address: Identity, name: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        give(address, request.getfixturevalue(name))
    assert not Consent.objects.exists()
    assert not Entry.objects.exists()


def test_ending_it_twice_is_ending_it_once(address: Identity, sari: Person) -> None:
    give(address, sari)
    for _turn in range(2):
        Consent.end(
            address, [*Purpose], how=ConsentHow.ONE_CLICK, words="x", by=sari.workshop.machine
        )
    assert Consent.objects.filter(is_given=False).count() == 1


def test_an_address_for_leaving_is_of_one_workshop_and_cannot_be_made_up(
    address: Identity, workshop: Workshop
) -> None:
    token = leaving.token_of(address, Purpose.NEWS)
    assert leaving.read(token, workshop) == (address, Purpose.NEWS, 0)
    assert leaving.read(token, testing.workshop("cibaduyut")) is None
    assert leaving.read(token.replace("news", "offers"), workshop) is None
    assert leaving.read("1.news", workshop) is None


def test_who_leaves_by_a_mail_is_not_written_to_by_whatsapp(
    address: Identity, sari: Person, dewi: Person
) -> None:
    number = Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="phone", value="+6281234500009"
    )
    for identity in (address, number):
        give(identity, sari)
        give(identity, sari, Purpose.OFFERS)
    found = leaving.Leaving(address, Purpose.NEWS, 0)
    leaving.leave(found, is_all=False, is_one_click=True)
    assert consents_of([address, number]) == {(address.pk, "offers"), (number.pk, "offers")}
    leaving.leave(found, is_all=True, is_one_click=False)
    assert consents_of([address, number]) == set()


def test_what_was_agreed_to_does_not_hold_for_another_address(
    address: Identity, sari: Person
) -> None:
    give(address, sari)
    address.correct("dewi@example.com")
    assert list(agreed_to(Purpose.NEWS)) == [address]
    address.correct("other@example.com")
    assert not agreed_to(Purpose.NEWS).exists()
    assert consents_of([address]) == set()
    assert Consent.objects.get().value == "dewi@example.com"
    give(address, sari)
    assert list(agreed_to(Purpose.NEWS)) == [address]


def register(workshop: Workshop, telephone: str, **more: object) -> Lead:
    return Lead.register(
        by=workshop.machine,
        name="Toko Baru",
        contact="Ani",
        telephone=telephone,
        email="ani@example.com",
        password="sepatu kulit",
        buys_as=Party.BuysAs.DISTRIBUTOR,
        area="Bogor",
        agreed={"news": "Kabari saya."},
    )


def test_a_tick_at_registration_counts_for_both_ways_to_reach_them(workshop: Workshop) -> None:
    lead = register(workshop, "+6281234567890")
    said = Consent.objects.filter(identity__person=lead.person)
    assert {(one.identity.kind, one.purpose, one.how, one.words) for one in said} == {
        ("phone", "news", "registration", "Kabari saya."),
        ("mail", "news", "registration", "Kabari saya."),
    }


def test_who_types_the_number_of_somebody_else_agrees_to_nothing_there(
    workshop: Workshop, dewi: Person
) -> None:
    theirs = Identity.objects.create(
        workshop=workshop, person=dewi, kind="phone", value="+6281234567890"
    )
    register(workshop, theirs.value)
    colleague = testing.staff("Sari", workshop, Role.SALES)
    ours = Identity.objects.create(
        workshop=workshop, person=colleague, kind="phone", value="+6281234567891"
    )
    register(workshop, ours.value)
    assert not Consent.objects.filter(identity__in=[theirs, ours]).exists()
