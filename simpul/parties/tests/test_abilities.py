"""The rules of the matrix: which side, which role, and nobody else."""

from types import SimpleNamespace
from typing import Any

import pytest

from simpul import testing
from simpul.parties import abilities
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role


def thing(workshop: Workshop, **sides: Any) -> Any:
    return SimpleNamespace(workshop_id=workshop.pk, **sides)


@pytest.fixture(autouse=True)
def _matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = {
        "tests.sell": abilities.workshop(Role.SALES),
        "tests.own": abilities.owner(),
        "tests.run": abilities.machine(),
        "tests.buy": abilities.buyer(),
        "tests.deliver": abilities.either(abilities.supplier(), abilities.courier()),
    }
    monkeypatch.setattr(abilities, "ABILITIES", lines)
    monkeypatch.setattr("simpul.parties.models.ABILITIES", lines)


def test_the_owner_may_what_any_role_may(workshop: Workshop, owner: Person, sari: Person) -> None:
    assert owner.may("tests.sell", thing(workshop))
    assert sari.may("tests.sell", thing(workshop))
    assert owner.may("tests.own", thing(workshop))
    assert not sari.may("tests.own", thing(workshop))


def test_only_the_machine_is_the_machine(
    workshop: Workshop, owner: Person, machine: Person
) -> None:
    assert machine.may("tests.run", thing(workshop))
    assert not owner.may("tests.run", thing(workshop))
    assert not machine.may("tests.sell", thing(workshop))


def test_a_side_is_the_party_that_the_thing_names(
    workshop: Workshop, buyer: Party, dewi: Person, siti: Person, sari: Person
) -> None:
    order = thing(workshop, buyer_id=buyer.pk)
    assert dewi.may("tests.buy", order)
    assert not siti.may("tests.buy", order)
    assert not sari.may("tests.buy", order)


def test_a_thing_without_that_side_is_nobodys(
    workshop: Workshop, sari: Person, dewi: Person
) -> None:
    for person in (sari, dewi):
        assert not person.may("tests.buy", thing(workshop))
        assert not person.may("tests.buy", thing(workshop, buyer_id=None))


def test_either_side_is_enough(
    workshop: Workshop, supplier: Party, budi: Person, courier: Party, asep: Person
) -> None:
    both = thing(workshop, supplier_id=supplier.pk, courier_id=courier.pk)
    assert budi.may("tests.deliver", both)
    assert asep.may("tests.deliver", both)


def test_another_workshops_thing_is_out_of_reach(
    workshop: Workshop, sari: Person, joko: Person
) -> None:
    assert not joko.may("tests.sell", thing(workshop))
    assert not sari.may("tests.sell", thing(joko.workshop))


def test_who_left_may_nothing(workshop: Workshop, sari: Person) -> None:
    sari.is_active = False
    assert not sari.may("tests.sell", thing(workshop))


def test_what_is_not_in_the_matrix_cannot_be_asked(workshop: Workshop, owner: Person) -> None:
    with pytest.raises(KeyError):
        owner.may("tests.nothing", thing(workshop))


def test_the_viewer_may_nothing_at_all(workshop: Workshop, viewer: Person) -> None:
    assert not any(
        viewer.may(ability, thing(workshop)) for ability in ("tests.sell", "tests.own", "tests.run")
    )


def test_a_prospect_is_a_buyer_too(workshop: Workshop) -> None:
    shop = testing.party(workshop, "Calon", is_welcome=False, buys_as="distributor")
    person = testing.person("Calon", shop)
    assert person.may("tests.buy", thing(workshop, buyer_id=shop.pk))
    assert not shop.buys_wholesale
