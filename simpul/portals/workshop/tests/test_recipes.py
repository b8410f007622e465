from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Colourway, Material, Product
from simpul.parties.models import Party, Person, Workshop

CATALOGUE = "/ciomas/desk/catalogue/"
DERBY = f"{CATALOGUE}drb-01/"
MATERIALS = "/ciomas/desk/purchases/materials/"
MODEL = {
    "name": "Chukka Rintis",
    "code": "chk-09",
    "category": "",
    "new_category": "Bot",
    "sizes": "39-41",
    "colour": "Cokelat",
    "swatch": "#6b4226",
    "lead_days": "12",
    "minimum_pairs": "10",
}


@pytest.fixture
def client(client: Client, owner: Person) -> Client:
    testing.login(client, owner)
    return client


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, "DRB-01")


def lines(*rows: dict[str, Any], prefix: str = "line") -> dict[str, Any]:
    """A table of rows as the browser sends it."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for at, row in enumerate(rows):
        sent |= {f"{prefix}-{at}-{name}": value for name, value in row.items()}
    return sent


def test_a_workshop_adds_its_first_model_material_stages_and_recipe(
    client: Client, workshop: Workshop
) -> None:
    """From nothing to a model that can be ordered, planned and made."""
    assert "No models yet" in client.get(CATALOGUE).text

    client.post(f"{CATALOGUE}new/", MODEL)
    model = Product.objects.get()
    page = f"{CATALOGUE}{model.slug}/"
    facts = {"code": "klt-1", "name": "Kulit", "unit": "kaki", "price": "40000"}
    client.post(f"{MATERIALS}new/", facts)
    leather = Material.objects.get()
    client.post(
        f"{page}stages/",
        lines(
            {"position": "2", "name": "Jahit", "piece_rate": "15.000"},
            {"position": "1", "name": "Potong", "piece_rate": "4.000"},
            {"name": ""},
            prefix="stage",
        ),
    )
    cutting = model.stages.get(name="Potong")
    client.post(
        f"{page}recipe/new/",
        lines(
            {
                "material": leather.pk,
                "quantity": "2,5",
                "waste": "20",
                "step": "3",
                "stage": cutting.pk,
            },
            {"material": "", "quantity": ""},
        ),
    )

    assert (model.code, str(model.category), model.slug) == ("CHK-09", "Bot", "chukka-rintis")
    assert [(one.position, one.name) for one in model.stages.order_by("position")] == [
        (1, "Potong"),
        (2, "Jahit"),
    ]
    line = model.recipes.get().lines.get()
    assert (line.quantity, line.waste_percent, line.size_step_permille) == (2_500, 20, 30)
    text = client.get(f"{page}recipe/").text
    assert "3.125 sq ft" in text  # 2.5 net with a fifth of waste
    assert "Rp\xa0125,000" in text
    assert "Rp\xa0144,000" in text  # and 19,000 of piece rates


def test_what_is_wrong_with_a_line_stands_at_the_line_and_nothing_is_lost(
    client: Client, derby: Product
) -> None:
    leather = testing.material(derby.workshop, "LEATHER")

    answer = client.post(
        f"{DERBY}recipe/new/",
        lines(
            {"material": leather.pk, "quantity": "drei"},
            {"material": "", "quantity": "7,25"},
        ),
    )

    assert answer.status_code == 422
    assert "drei" in answer.text
    assert "7,25" in answer.text
    assert 'href="#id_line-0-quantity"' in answer.text
    assert 'href="#id_line-1-material"' in answer.text
    assert not derby.recipes.exists()


def test_an_empty_recipe_is_refused(client: Client, derby: Product) -> None:
    answer = client.post(f"{DERBY}recipe/new/", lines({"material": "", "quantity": ""}))

    assert answer.status_code == 422
    assert not derby.recipes.exists()


def test_the_form_begins_with_the_recipe_in_force(client: Client, derby: Product) -> None:
    testing.recipe(derby, leather=3_200)

    text = client.get(f"{DERBY}recipe/new/").text

    assert 'value="3.2"' in text


def test_the_form_may_begin_with_the_recipe_of_a_similar_model(
    client: Client, derby: Product
) -> None:
    chukka = testing.product(derby.workshop, "CHK-02")
    testing.stages(chukka, "Potong", "Jahit")
    [mine, _other] = testing.stages(derby, "Potong", "Semir")
    testing.recipe(chukka, leather=3_700)

    text = client.get(f"{DERBY}recipe/new/?like={chukka.slug}").text

    assert 'value="3.7"' in text
    assert f'<option value="{mine.pk}" selected>' in text  # its own stage of that name
    assert "Jahit" in client.get(f"{DERBY}stages/?like={chukka.slug}").text


def test_lines_from_a_sheet_fill_the_table(client: Client, derby: Product) -> None:
    cutting, _closing, _finish = testing.stages(derby)
    leather = testing.material(derby.workshop, "LEATHER")
    sole = testing.material(derby.workshop, "SOLE", name="Sol karet")
    sheet = "Bahan\tBersih\tSisa\nleather\t2,24\t30%\t3\tHitam\tPotong\n\nSol Karet\t1"

    text = client.post(f"{DERBY}recipe/new/", {"lines": sheet}).text

    assert not derby.recipes.exists()  # nothing is kept before it is saved
    for value in ("2.24", "30", "3"):
        assert f'value="{value}"' in text
    for chosen in (leather, sole, cutting, derby.colourways.get()):
        assert f'<option value="{chosen.pk}" selected>' in text


def test_a_line_says_what_may_be_taken_instead(client: Client, derby: Product) -> None:
    leather = testing.material(derby.workshop, "LEATHER")
    suede = testing.material(derby.workshop, "SUEDE", name="Suede pasir", price=40_000)
    canvas = testing.material(derby.workshop, "CANVAS", name="Kanvas", price=0)
    line = {"material": leather.pk, "quantity": "3"}
    others = {
        "alternatives_0": suede.pk,
        "alternatives_1": "10",
        "alternatives_2": canvas.pk,
        "alternatives_3": "-2.5",
    }

    client.post(f"{DERBY}recipe/new/", lines(line | others))

    [_own, *choices] = derby.recipes.get().lines.get().choices
    assert choices == [(suede, 1_100), (canvas, 975)]
    text = " ".join(client.get(f"{DERBY}recipe/").text.replace("\xa0", " ").split())
    assert 'or Suede pasir · <span class="nowrap">3.3 sq ft, Rp 132,000<' in text
    assert 'or Kanvas · <span class="nowrap">2.925 sq ft<' in text
    form = client.get(f"{DERBY}recipe/new/").text
    assert form.count(f'value="{suede.pk}" selected') == 1
    assert 'name="line-0-alternatives_1" value="10"' in form
    assert 'name="line-0-alternatives_3" value="-2.5"' in form
    client.post(f"{DERBY}recipe/new/", lines(line | others))
    assert derby.recipes.count() == 1  # it says the same
    dropped = {"alternatives_1": "", "alternatives_2": "", "alternatives_3": ""}
    client.post(f"{DERBY}recipe/new/", lines(line | others | dropped))
    [_own, *choices] = derby.recipes.get(version=2).lines.get().choices
    assert choices == [(suede, 1_000)]


def test_a_similar_model_brings_its_alternatives_along(client: Client, derby: Product) -> None:
    chukka = testing.product(derby.workshop, "CHK-02")
    suede = testing.alternative(testing.recipe(chukka, leather=3_700).lines.get(), "SUEDE", 1_250)

    text = client.get(f"{DERBY}recipe/new/?like={chukka.slug}").text

    assert text.count(f'value="{suede.pk}" selected') == 1
    assert 'name="line-0-alternatives_1" value="25"' in text


def test_a_sheet_names_what_may_be_taken_instead_in_its_order(
    client: Client, derby: Product
) -> None:
    testing.material(derby.workshop, "LEATHER")
    suede = testing.material(derby.workshop, "SUEDE", name="Suede pasir")
    canvas = testing.material(derby.workshop, "CANVAS")
    sheet = "LEATHER;3;;;;;canvas;Suede pasir +12,5%"

    text = client.post(f"{DERBY}recipe/new/", {"lines": sheet}).text

    first, second = (
        text.index(f'value="{canvas.pk}" selected'),
        text.index(f'value="{suede.pk}" selected'),
    )
    assert first < second
    assert 'name="line-0-alternatives_3" value="12.5"' in text
    assert "CANVAS, Suede pasir +12.5%</summary>" in text
    client.cookies["django_language"] = "id"
    text = client.post(f"{DERBY}recipe/new/", {"lines": sheet}).text
    assert 'name="line-0-alternatives_3" value="12,5"' in text  # and it is read so again
    client.cookies["django_language"] = "en"
    for cells, reason in [
        ("SUEDE;SUEDE", "Suede pasir stands there twice."),
        ("SUEDE;CANVAS;SUEDE +1%;CANVAS", "At most 3 others may be taken instead."),
        ("SUEDE +101%", "“+101%” is no percentage."),
        ("LEATHER", "That is the same material."),
    ]:
        refused = client.post(f"{DERBY}recipe/new/", {"lines": f"LEATHER;3;;;;;{cells}"})
        assert refused.status_code == 422
        assert reason in refused.text


def test_a_percentage_of_no_material_is_asked_about(client: Client, derby: Product) -> None:
    line = {"material": testing.material(derby.workshop, "LEATHER").pk, "quantity": "3"}

    answer = client.post(f"{DERBY}recipe/new/", lines(line | {"alternatives_3": "12.5"}))

    assert answer.status_code == 422
    assert "Or instead</a>: Say of what, or take the percentage away." in answer.text
    assert 'name="line-0-alternatives_3" value="12.5"' in answer.text
    assert not derby.recipes.exists()


def test_only_what_is_counted_alike_stands_in(client: Client, derby: Product) -> None:
    leather = testing.material(derby.workshop, "LEATHER")
    glue = testing.material(derby.workshop, "GLUE", name="Lem", unit="kaleng")
    line = {"material": leather.pk, "quantity": "3"}

    for other, reason in [(glue, "counted otherwise"), (leather, "the same material")]:
        answer = client.post(f"{DERBY}recipe/new/", lines(line | {"alternatives_2": other.pk}))
        assert answer.status_code == 422
        assert reason in answer.text
    pasted = client.post(f"{DERBY}recipe/new/", {"lines": "LEATHER;3;;;;;GLUE"})
    assert "counted otherwise" in pasted.text
    assert not derby.recipes.exists()


def test_an_older_version_can_be_looked_at(client: Client, derby: Product) -> None:
    testing.recipe(derby, leather=3_200)
    testing.recipe(derby, suede=2_500)
    colour = derby.colourways.get().pk

    now = client.get(f"{DERBY}recipe/").text
    before = client.get(f"{DERBY}recipe/?version=1&colour={colour}").text

    assert "2.5 " in now
    assert "An older version" not in now
    assert "3.2 " in before
    assert "Version 2 is in force" in before
    assert client.get(f"{DERBY}recipe/?version=3").status_code == 404
    assert client.get(f"{DERBY}recipe/?version=x").status_code == 404


def test_an_order_says_by_which_version_it_is_made(
    client: Client, derby: Product, buyer: Party, sari: Person
) -> None:
    testing.recipe(derby, leather=3_200)
    order = testing.confirmed_order(buyer, derby)
    testing.recipe(derby, leather=3_000)

    text = client.get(f"/ciomas/desk/orders/{order.number}/").text
    assert "recipe version 1" in text
    assert f"{DERBY}recipe/?version=1&amp;colour=" in text

    seller = Client()
    testing.login(seller, sari)
    assert "recipe version" not in seller.get(f"/ciomas/desk/orders/{order.number}/").text


def test_a_sheet_with_a_wrong_line_is_refused_whole(client: Client, derby: Product) -> None:
    testing.material(derby.workshop, "LEATHER")
    sheet = "LEATHER;2,24;30\nGLUE;0,5\nLEATHER;viel;99"

    answer = client.post(f"{DERBY}recipe/new/", {"lines": sheet})

    assert answer.status_code == 422
    assert "Line 2: “GLUE” is not known here." in answer.text
    assert "Line 3: Write a number with at most three decimals." in answer.text
    assert sheet.splitlines()[0] in answer.text  # what was pasted stays
    assert 'value="2.24"' not in answer.text


def test_a_line_below_pasted_ones_is_kept_even_where_the_recipe_in_force_has_it(
    client: Client, derby: Product
) -> None:
    """The pasted line stood in the first row; the second was filled in by hand."""
    testing.recipe(derby, glue=100, leather=3_200)
    glue, leather = Material.objects.order_by("code")
    rows = lines(
        {"material": glue.pk, "quantity": "0.2"}, {"material": leather.pk, "quantity": "3.2"}
    )

    client.post(f"{DERBY}recipe/new/", rows | {"line-INITIAL_FORMS": 1})

    made = derby.recipes.get(version=2)
    assert sorted(made.lines.values_list("material__code", "quantity")) == [
        ("GLUE", 200),
        ("LEATHER", 3_200),
    ]


def test_waste_is_whole_percents_and_nothing_is_cut_off(client: Client, derby: Product) -> None:
    testing.material(derby.workshop, "LEATHER")

    answer = client.post(f"{DERBY}recipe/new/", {"lines": "LEATHER;2.24;2.5"})

    assert answer.status_code == 422
    assert "Line 1: “2.5” is no whole percentage." in answer.text


def test_stages_without_a_place_come_last(client: Client, derby: Product) -> None:
    client.post(
        f"{DERBY}stages/",
        lines(
            {"name": "Semir"},
            {"name": "Jahit", "position": "90"},
            {"name": "Potong", "position": "1"},
            prefix="stage",
        ),
    )

    names = derby.stages.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Potong", "Jahit", "Semir"]


@pytest.mark.parametrize("typed", ["40.000", "Rp 40.000,-", "40000"])
def test_the_price_of_a_material_is_typed_as_people_write(
    client: Client, workshop: Workshop, typed: str
) -> None:
    facts = {"code": "KLT-1", "name": "Kulit", "unit": "kaki", "price": typed}

    client.post(f"{MATERIALS}new/", facts)

    assert Material.objects.get().price == 40_000


def test_a_colour_is_added_and_its_sizes_change(client: Client, derby: Product) -> None:
    facts = {"name": "Cokelat", "name_en": "Brown", "swatch": "#6B4226", "sizes": "39-40"}

    client.post(f"{DERBY}colours/new/", facts)
    brown = Colourway.objects.get(name="Cokelat")
    client.post(f"{DERBY}colours/{brown.pk}/", facts | {"sizes": "40-41"})

    assert (brown.swatch, brown.position) == ("#6b4226", 1)
    assert {one.size: one.is_offered for one in brown.variants.all()} == {
        "39": False,
        "40": True,
        "41": True,
    }
    again = client.post(f"{DERBY}colours/new/", facts)
    assert again.status_code == 422


def test_a_code_is_given_once(client: Client, derby: Product) -> None:
    answer = client.post(f"{CATALOGUE}new/", MODEL | {"code": "drb-01"})

    assert answer.status_code == 422
    assert "Chukka Rintis" in answer.text
    assert Product.objects.get() == derby


def test_the_unit_of_a_material_that_is_used_is_fixed(client: Client, derby: Product) -> None:
    testing.recipe(derby, leather=3_200)
    leather = Material.objects.get()

    client.post(
        f"{MATERIALS}{leather.pk}/",
        {"code": "LEATHER", "name": "Kulit box", "unit": "meter", "price": "41000"},
    )

    leather.refresh_from_db()
    assert (leather.name, leather.unit, leather.price) == ("Kulit box", "kaki", 41_000)


def test_who_sells_sees_no_recipe(client: Client, derby: Product, sari: Person) -> None:
    testing.recipe(derby)
    testing.login(client, sari)

    assert client.get(f"{DERBY}recipe/").status_code == 403
    assert f"{DERBY}recipe/" not in client.get(DERBY).text


def test_who_leads_the_work_hears_the_cost_but_not_whose_price_it_is(
    client: Client, derby: Product, supplier: Party, udin: Person
) -> None:
    testing.recipe(derby, leather=1_000)
    testing.supplier_price(supplier, Material.objects.get(), price=39_000)

    assert supplier.name in client.get(f"{DERBY}recipe/").text
    testing.login(client, udin)
    text = client.get(f"{DERBY}recipe/").text
    assert "Rp\xa039,000" in text
    assert supplier.name not in text


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 12])
def test_the_page_costs_the_same_for_any_recipe(
    client: Client,
    derby: Product,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    testing.stages(derby)
    recipe = testing.recipe(derby, stage=None, **{f"m{at}": 1_000 for at in range(count)})
    for line in recipe.lines.all():
        testing.alternative(line, "SUEDE")
    client.get(f"{DERBY}recipe/")

    with django_assert_num_queries(18):
        client.get(f"{DERBY}recipe/")


def test_the_columns_are_named_in_the_readers_language(client: Client, derby: Product) -> None:
    client.cookies["django_language"] = "id"

    text = client.get(f"{DERBY}stages/").text

    assert "Urutan" in text
    assert ">Place<" not in text
