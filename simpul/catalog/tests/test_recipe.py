from __future__ import annotations

from collections.abc import Sequence

import pytest

from simpul import testing
from simpul.catalog.costing import Known, cost_of
from simpul.catalog.models import (
    Colourway,
    Material,
    Product,
    Recipe,
    RecipeWish,
    Stage,
    StageWish,
    Unchanged,
)
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import NotAllowed


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01")


@pytest.fixture
def leather(workshop: Workshop) -> Material:
    return testing.material(workshop, "LEATHER", price=42_000)


def write(product: Product, by: Person, *lines: RecipeWish) -> Recipe:
    return Recipe.write(by=by, product=product, lines=lines)


def stages(product: Product) -> list[tuple[int, str, int]]:
    rows = product.stages.active().order_by("position")
    return [(one.position, one.name, one.piece_rate) for one in rows]


def set_stages(product: Product, by: Person, wishes: Sequence[StageWish]) -> None:
    product.set_stages(by=by, stages=wishes)


# Recipes


def test_each_version_stays_as_it_was_written(
    derby: Product, leather: Material, udin: Person
) -> None:
    first = write(derby, udin, RecipeWish(leather, 3_200, waste_percent=15))
    second = write(derby, udin, RecipeWish(leather, 3_000, waste_percent=10))

    assert (first.version, second.version) == (1, 2)
    assert derby.recipe == second
    assert [(line.quantity, line.waste_percent) for line in first.lines.all()] == [(3_200, 15)]
    assert [(line.quantity, line.waste_percent) for line in second.lines.all()] == [(3_000, 10)]


def test_who_wrote_it_stands_in_the_journal(
    derby: Product, leather: Material, udin: Person
) -> None:
    made = write(derby, udin, RecipeWish(leather, 3_200))

    entry = made.journal.get()
    assert (entry.step, entry.by) == ("catalog.write_recipe", udin)
    assert entry.facts == {"product": derby.pk}


def test_who_sells_may_not_write_it(derby: Product, leather: Material, sari: Person) -> None:
    with pytest.raises(NotAllowed):
        write(derby, sari, RecipeWish(leather, 3_200))

    assert not derby.recipes.exists()


def test_the_same_again_is_no_version(derby: Product, leather: Material, udin: Person) -> None:
    write(derby, udin, RecipeWish(leather, 3_200))

    with pytest.raises(Unchanged):
        write(derby, udin, RecipeWish(leather, 3_200))

    assert derby.recipes.count() == 1


def test_an_order_keeps_what_it_was_confirmed_on(workshop: Workshop, udin: Person) -> None:
    order = testing.needy_order(testing.party(workshop))
    line = order.lines.get()
    before = sorted(line.needs.values_list("material__code", "size", "quantity"))
    leather = workshop.materials.get(code="LEATHER")

    write(line.colourway.product, udin, RecipeWish(leather, 9_999))

    assert sorted(line.needs.values_list("material__code", "size", "quantity")) == before


# Cost


def test_a_pair_costs_its_material_with_waste_and_its_piece_rates(
    derby: Product, leather: Material, udin: Person
) -> None:
    cutting, closing = testing.stages(derby, "Potong", "Jahit")  # 2.000 a pair each
    thread = testing.material(derby.workshop, "THREAD")
    write(
        derby,
        udin,
        RecipeWish(leather, 2_550, stage=cutting, waste_percent=15),
        RecipeWish(thread, 10, stage=closing),
    )
    prices = {leather.pk: Known(42_000, "UD Contoh")}

    cost = cost_of(derby.recipe, _black(derby), [cutting, closing], prices)

    [row] = cost.stages[0].materials
    assert (row.quantity, row.amount) == (3_000, 126_000)  # 2,55 net is 3 gross
    assert (cost.material, cost.labour, cost.total) == (126_000, 4_000, 130_000)
    assert [unknown.line.material for unknown in cost.unknown] == [thread]


def test_another_colour_has_another_leather(
    derby: Product, leather: Material, udin: Person
) -> None:
    black, brown = _black(derby), testing.colourway(derby, "Cokelat")
    pull_up = testing.material(derby.workshop, "PULLUP", price=46_000)
    write(
        derby,
        udin,
        RecipeWish(leather, 1_000, colourway=black),
        RecipeWish(pull_up, 1_000, colourway=brown),
    )
    prices = {leather.pk: Known(42_000), pull_up.pk: Known(46_000)}

    assert cost_of(derby.recipe, black, [], prices).total == 42_000
    assert cost_of(derby.recipe, brown, [], prices).total == 46_000


# Stages


def test_stages_are_written_in_their_order(derby: Product, udin: Person) -> None:
    cutting, closing, _finish = testing.stages(derby)

    set_stages(
        derby,
        udin,
        [
            StageWish("Jahit halus", piece_rate=3_000, stage=closing),
            StageWish("Potong", piece_rate=2_000, stage=cutting),
            StageWish("Semir", piece_rate=500),
        ],
    )

    assert stages(derby) == [(1, "Jahit halus", 3_000), (2, "Potong", 2_000), (3, "Semir", 500)]
    assert derby.stages.count() == 3  # what nothing names is gone


def test_a_stage_that_a_recipe_names_is_retired_and_work_that_runs_keeps_it(
    workshop: Workshop, udin: Person
) -> None:
    job = testing.released_job(testing.party(workshop))
    product = job.line.colourway.product
    before = list(job.stages.order_by("position").values_list("name", "piece_rate"))

    set_stages(product, udin, [StageWish("Semua", piece_rate=9_000)])

    assert stages(product) == [(1, "Semua", 9_000)]
    retired = product.stages.filter(is_active=False)
    assert [one.name for one in retired] == ["Potong"]  # the recipe names it
    assert list(job.stages.order_by("position").values_list("name", "piece_rate")) == before


def test_only_who_leads_the_work_writes_stages(derby: Product, sari: Person) -> None:
    testing.stages(derby)
    before = stages(derby)

    with pytest.raises(NotAllowed):
        set_stages(derby, sari, [StageWish("Semua")])

    assert stages(derby) == before
    assert Stage.objects.filter(product=derby).count() == 3


# Models and colours


def test_a_new_model_is_not_shown_yet_and_has_an_address_of_its_own(workshop: Workshop) -> None:
    category = testing.product(workshop, "OLD", name="Derby Raya", slug="derby-raya").category

    made = Product.begin(
        workshop,
        code="DRB-09",
        name="Derby Raya",
        category=category,
        colour="Hitam",
        swatch="#111111",
        sizes=["39", "40", "41"],
    )

    assert (made.slug, made.is_published, made.base_size) == ("derby-raya-2", False, 40)
    assert _black(made).size_span == "39–41"


def test_a_size_that_is_taken_out_stays_where_it_was_ordered(derby: Product) -> None:
    black = _black(derby)

    black.offer(["40", "41", "45"])

    offered = black.variants.filter(is_offered=True).values_list("size", flat=True)
    assert sorted(offered) == ["40", "41", "45"]
    assert set(black.variants.filter(is_offered=False).values_list("size", flat=True)) == {
        "39",
        "42",
        "43",
    }


def _black(product: Product) -> Colourway:
    return product.colourways.get(name="Hitam")
