import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from simpul import testing
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.parties.roles import Role


def refused(model: type, **fields: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**fields)  # type: ignore[attr-defined]


def test_a_person_is_staff_or_of_a_party_never_both_or_neither(
    workshop: Workshop, buyer: Party
) -> None:
    refused(Person, workshop=workshop, name="?", party=buyer, role=Role.SALES)
    refused(Person, workshop=workshop, name="?")


def test_a_workshop_has_one_machine(workshop: Workshop) -> None:
    refused(Person, workshop=workshop, name="Simpul 2", role=Role.MACHINE)


def test_a_user_is_one_person_in_a_workshop_and_may_be_others_elsewhere(
    workshop: Workshop, joko: Person
) -> None:
    user = User.objects.create_user("sari@example.com")
    testing.staff("Sari", workshop, Role.SALES, user=user)
    refused(Person, workshop=workshop, name="Sari", role=Role.STOCK, user=user)
    testing.staff("Sari", joko.workshop, Role.SALES, user=user)
    assert user.people.count() == 2


def test_a_number_is_known_once_in_a_workshop(dewi: Person, siti: Person, joko: Person) -> None:
    number = {"kind": Identity.Kind.PHONE, "value": "+6281234567890"}
    Identity.objects.create(workshop=dewi.workshop, person=dewi, **number)
    refused(Identity, workshop=siti.workshop, person=siti, **number)
    Identity.objects.create(workshop=joko.workshop, person=joko, **number)


def test_everybody_sees_the_own_party_and_staff_see_all(
    sari: Person, dewi: Person, budi: Person, joko: Person
) -> None:
    seen = {person: Party.objects.visible_to(person) for person in (sari, dewi, budi, joko)}
    assert seen[sari].count() == 2
    assert seen[dewi].get() == dewi.party
    assert seen[budi].get() == budi.party
    assert not seen[joko].exists()
    assert Person.objects.visible_to(dewi).get() == dewi
    assert not Person.objects.visible_to(joko).exclude(workshop=joko.workshop).exists()


def test_parties_are_found_by_what_they_do(
    buyer: Party, supplier: Party, courier: Party, siti: Person
) -> None:
    assert set(Party.objects.buyers()) == {buyer, siti.party}
    assert Party.objects.suppliers().get() == supplier
    assert Party.objects.couriers().get() == courier


def test_staff_are_not_the_machine(workshop: Workshop, sari: Person, dewi: Person) -> None:
    assert Person.objects.staff().get() == sari


def test_a_login_is_known_by_its_address_in_small_letters(db: None) -> None:
    assert str(User.objects.create_user("Sari@Example.COM")) == "sari@example.com"


def test_an_address_is_one_text() -> None:
    address = Address(
        street="Jl. Raya 1 RT 02/RW 03",
        area="Ciomas, Bogor",
        province="Jawa Barat",
        postcode="16610",
        landmark="pagar biru",
    )
    assert address.in_one_text == (
        "Jl. Raya 1 RT 02/RW 03\nCiomas, Bogor\nJawa Barat 16610\npagar biru"
    )


def test_a_workshop_speaks_the_readers_language() -> None:
    ours = Workshop(tagline="Sepatu kulit", tagline_en="Leather shoes", story="Cerita")
    with override("en"):
        assert (ours.tagline_here, ours.story_here) == ("Leather shoes", "Cerita")
    with override("id"):
        assert ours.tagline_here == "Sepatu kulit"
