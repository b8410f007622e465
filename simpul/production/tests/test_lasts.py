"""Lasts by size: what there is, for which models, at which stage."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.catalog.models import Product
from simpul.parties.models import Person, Workshop
from simpul.production.models import LastSet, LastUse
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    made = testing.product(workshop)
    testing.stages(made)
    return made


def test_they_stand_with_their_sizes_and_models(derby: Product, udin: Person) -> None:
    made = testing.lasts(derby, {"40": 4, "41": 0, "42": 2}, turns=2)

    made.refresh_from_db()
    assert (made.name, made.post, made.turns) == ("Acuan derby", "Jahit", 2)
    assert made.by_size == [("40", 4), ("42", 2)]
    assert [(use.product, use.post) for use in made.uses.all()] == [(derby, "Jahit")]
    entry = Entry.objects.get(step="production.add_lasts")
    assert (entry.by, entry.facts["sizes"], entry.facts["products"]) == (
        udin,
        {"40": 4, "41": 0, "42": 2},
        [derby.pk],
    )


def test_what_is_said_anew_takes_the_place_of_what_was_known(
    derby: Product, udin: Person, workshop: Workshop
) -> None:
    made = testing.lasts(derby)
    loafer = testing.product(workshop)
    made.change(by=udin, name="Acuan 12", post="Sol", turns=1, sizes={"43": 1}, products=[loafer])

    made.refresh_from_db()
    assert (made.name, made.post, made.by_size) == ("Acuan 12", "Sol", [("43", 1)])
    assert [(use.product, use.post) for use in LastUse.objects.all()] == [(loafer, "Sol")]


def test_a_model_is_made_on_one_set_at_a_stage_and_on_others_elsewhere(
    derby: Product, udin: Person
) -> None:
    made = testing.lasts(derby)
    with pytest.raises(WrongState, match="made on other lasts at this stage already: Acuan derby"):
        testing.lasts(derby, name="Acuan lain")
    with pytest.raises(WrongState, match="lasts of this name already"):
        testing.lasts(derby, post="Potong")
    assert LastSet.objects.get() == made

    testing.lasts(derby, name="Pisau derby", post="Potong")
    assert LastSet.objects.standing().count() == 2


def test_without_sizes_or_models_and_for_models_of_others_they_are_refused(
    derby: Product, udin: Person
) -> None:
    made = testing.lasts(derby)
    elsewhere = testing.product(testing.workshop("cibaduyut"))
    said = {"name": "Baru", "post": "Jahit", "turns": 1, "sizes": {"40": 1}}
    for wrong, why in (
        ({"sizes": {"40": 0}, "products": [derby]}, "how many there are of each size"),
        ({"products": []}, "which models"),
        ({"products": [derby, elsewhere]}, "which models"),
    ):
        with pytest.raises(WrongState, match=why):
            made.change(by=udin, **(said | wrong))  # type: ignore[arg-type]

    made.refresh_from_db()
    assert (made.name, made.by_size) == ("Acuan derby", [("40", 4), ("41", 6)])
    assert LastUse.objects.get().product == derby


def test_lasts_that_are_put_away_are_free_for_another_set(derby: Product, udin: Person) -> None:
    made = testing.lasts(derby)
    made.drop(by=udin)
    assert not LastSet.objects.standing().exists()
    assert not LastUse.objects.exists()

    with pytest.raises(WrongState, match="not used any more"):
        made.drop(by=udin)
    testing.lasts(derby)
    assert LastSet.objects.standing().count() == 1


def test_sales_may_not_count_them(derby: Product, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        testing.lasts(derby, by=sari)
    made = testing.lasts(derby)
    with pytest.raises(NotAllowed):
        made.drop(by=sari)

    assert LastSet.objects.standing().get() == made
    assert Entry.objects.filter(step__endswith="_lasts").count() == 1
