from __future__ import annotations

from typing import Any

import pytest

from simpul import testing
from simpul.conversations.models import Message
from simpul.crm.models import Lead, Status
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

FACTS: dict[str, Any] = {
    "name": "Toko Baru",
    "contact": "Ani",
    "telephone": "+6281234500001",
    "email": "Ani@Example.com",
    "password": "sangat-rahasia-1",
    "buys_as": Party.BuysAs.DISTRIBUTOR,
    "area": "Kota Bogor",
}


def register(workshop: Workshop, **facts: Any) -> Lead:
    return Lead.register(by=workshop.machine, **FACTS | facts)


def test_a_new_distributor_gets_a_login_and_waits_for_wholesale_prices(workshop: Workshop) -> None:
    address = Address(receiver="Ani", street="Jl. Baru 1", area="Kota Bogor")

    lead = register(workshop, address=address)

    assert lead.status == Status.NEW
    assert not lead.party.is_welcome
    assert not lead.party.buys_wholesale
    assert lead.person.user is not None
    assert lead.person.user.email == "ani@example.com"
    assert lead.person.user.check_password("sangat-rahasia-1")
    values = set(lead.person.identities.values_list("value", flat=True))
    assert values == {"+6281234500001", "ani@example.com"}
    assert lead.party.addresses.get().street == "Jl. Baru 1"


def test_a_consumer_is_welcome_at_once(workshop: Workshop) -> None:
    assert register(workshop, buys_as=Party.BuysAs.CONSUMER).party.is_welcome


def test_the_journal_keeps_no_name_number_or_password(workshop: Workshop) -> None:
    register(workshop)

    facts = str(Entry.objects.get(step="crm.register").facts)
    for secret in ("Ani", "Toko Baru", "+6281234500001", "example.com", "rahasia"):
        assert secret not in facts


def test_a_known_number_is_noted_and_nothing_new_is_opened(
    workshop: Workshop, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234500001"
    )

    lead = register(workshop, message="Saya lupa sandi")

    assert lead.was_known
    assert lead.party == dewi.party
    assert not User.objects.exists()
    assert Party.objects.count() == 1


def wrote(workshop: Workshop, source: str = "mail", sender: str = "ani@example.com") -> Lead:
    return Lead.meet(
        by=workshop.machine, source=source, sender=sender, name="Ani", body="Halo", foreign_id="1"
    )


@pytest.mark.parametrize(
    ("source", "sender"), [("mail", "ani@example.com"), ("whatsapp", "+6281234500001")]
)
def test_who_only_wrote_before_registers_like_anybody(
    workshop: Workshop, sari: Person, source: str, sender: str
) -> None:
    first = wrote(workshop, source, sender)
    first.lose(by=sari, why="nonsense")

    lead = register(workshop)

    assert not lead.was_known
    assert lead.wrote_as == first.person
    assert lead.person.user is not None
    assert not lead.party.is_welcome
    assert not Message.objects.visible_to(lead.person).exists()
    assert first.person.identities.get().value == sender  # a typed address proves nothing

    lead.welcome(by=sari)

    assert Party.objects.get(pk=lead.party.pk).buys_wholesale
    values = set(lead.person.identities.values_list("value", flat=True))
    assert values == {"+6281234500001", "ani@example.com"}
    assert not Message.objects.visible_to(lead.person).exists()


def test_who_wrote_and_was_welcomed_is_known(workshop: Workshop, sari: Person) -> None:
    first = wrote(workshop)
    first.welcome(by=sari, buys_as="distributor")

    lead = register(workshop)

    assert (lead.was_known, lead.person) == (True, first.person)
    assert not User.objects.exists()


def test_who_was_welcomed_meanwhile_keeps_the_address(workshop: Workshop, sari: Person) -> None:
    first = wrote(workshop)
    lead = register(workshop)
    first.welcome(by=sari, buys_as="distributor")

    lead.welcome(by=sari)

    assert first.person.identities.get().value == "ani@example.com"


def test_a_login_of_another_workshop_is_not_taken_over(workshop: Workshop) -> None:
    user = User.objects.create_user("ani@example.com", "kata-sandi-lama")

    lead = register(workshop)

    assert lead.person.user is None
    user.refresh_from_db()
    assert user.check_password("kata-sandi-lama")


def test_sales_welcomes(workshop: Workshop, sari: Person) -> None:
    lead = register(workshop)

    lead.welcome(by=sari)

    lead.refresh_from_db()
    lead.party.refresh_from_db()
    assert (lead.status, lead.welcomed_at is not None) == (Status.TALKING, True)
    assert lead.party.buys_wholesale
    entry = Entry.objects.get(step="crm.welcome")
    assert (entry.by, entry.subject) == (sari, lead)


def test_sales_lets_it_rest_with_a_reason(workshop: Workshop, sari: Person) -> None:
    lead = register(workshop)

    lead.lose(by=sari, why="area", reason="Terlalu jauh")

    lead.refresh_from_db()
    assert (lead.status, lead.why, lead.reason) == (Status.LOST, "area", "Terlalu jauh")
    assert not lead.party.is_welcome


@pytest.mark.parametrize("who", ["fajar", "joko"])
def test_others_may_not(who: str, workshop: Workshop, request: pytest.FixtureRequest) -> None:
    lead = register(workshop)
    person: Person = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        lead.welcome(by=person)

    lead.refresh_from_db()
    assert lead.status == Status.NEW
    assert not Party.objects.get(pk=lead.party_id).is_welcome


def test_not_twice(workshop: Workshop, sari: Person) -> None:
    lead = register(workshop)
    again = Lead.objects.get(pk=lead.pk)
    lead.welcome(by=sari)

    with pytest.raises(WrongState):
        again.welcome(by=sari)

    assert Entry.objects.filter(step="crm.welcome").count() == 1


def test_a_person_may_not_register_others(workshop: Workshop) -> None:
    dewi = testing.person("Dewi", testing.party(workshop))

    with pytest.raises(NotAllowed):
        Lead.register(by=dewi, **FACTS)

    assert not Lead.objects.exists()
    assert not User.objects.exists()
