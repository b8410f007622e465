"""A list of models that is handed in: verdicts, what is written down, and its undoing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from simpul import testing
from simpul.catalog.models import Category, Colourway, PriceRule, Product
from simpul.crm import listing
from simpul.crm.models import ListImport
from simpul.crm.tables import read_table
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.workflow.steps import NotAllowed, Refused

HEAD = "Kode,Model,Kategori,Warna,Ukuran,Grosir,Eceran,Hari pembuatan\n"
NEW = (
    f"{HEAD}"
    "pnt-07,Pantofel Rama,Pria,Hitam,39-43,185.000,250000,10\n"
    'PNT-07,,,Cokelat,"40, 42",,,\n'
    "LOF-01,Loafer Wulan,Loafer,Hitam,38-40,3.700.000 / kodi,,\n"
)


def handed_in(by: Person, text: str = NEW) -> ListImport:
    made = ListImport.read(by=by, table=read_table(text.encode()), name="model.csv", of="product")
    listing.judge(made)
    return made


def imported(by: Person, text: str = NEW) -> ListImport:
    made = handed_in(by, text)
    made.begin(by=by)
    listing.run(made)
    return made


def verdicts(made: ListImport) -> list[tuple[str, str]]:
    return [(row.verdict, row.reason) for row in made.rows.order_by("line")]


@pytest.fixture
def derby(sari: Person) -> Product:
    """DRB-01 in black, 38 to 43, at 200.000 and 300.000, made in 14 days."""
    return testing.product(sari.workshop, "DRB-01", name="Derby Jaya")


def sizes_of(colourway: Colourway) -> list[str]:
    return sorted(colourway.variants.filter(is_offered=True).values_list("size", flat=True))


def test_new_models_are_written_down_with_colours_sizes_and_prices(sari: Person) -> None:
    made = imported(sari)

    assert made.status == ListImport.Status.DONE
    rama = Product.objects.get(code="PNT-07")
    assert (rama.name, rama.category.name, rama.lead_days) == ("Pantofel Rama", "Pria", 10)
    assert rama.is_published is False  # the list does not say that it is shown
    black, brown = rama.colourways.order_by("position")
    assert (black.name, sizes_of(black)) == ("Hitam", ["39", "40", "41", "42", "43"])
    assert (brown.name, sizes_of(brown)) == ("Cokelat", ["40", "42"])
    rules = rama.prices.order_by("group").values_list("group", "amount", "per", "valid_from")
    assert list(rules) == [
        ("retail", 250_000, 1, clock.today()),
        ("wholesale", 185_000, 1, clock.today()),
    ]
    wulan = Product.objects.get(code="LOF-01").prices.get()
    assert (wulan.amount, wulan.per) == (3_700_000, 20)


def test_what_is_so_already_is_known_and_what_differs_is_named(
    sari: Person, derby: Product
) -> None:
    made = handed_in(
        sari,
        f"{HEAD}DRB-01,Derby Jaya,men,Hitam,38-42,200000,310.000,14\n"
        "drb-01,,,hitam,,,,\nDRB-01,,,Merah,,,,\nDRB-01,,,Merah Tua,40,,,15\n",
    )

    assert verdicts(made)[1:] == [
        ("known", "Same model and colour as line 2"),
        ("bad", "A new colour needs its sizes."),
        ("bad", "Line 2 says something else of this model: Days to make."),
    ]
    verdict, why = verdicts(made)[0]
    assert verdict == "change"
    assert "Retail: Rp\xa0300,000 → Rp\xa0310,000" in why
    assert "Wholesale" not in why
    only = handed_in(sari, "Code,Colour,Wholesale\nDRB-01,Hitam,200.000\n")
    assert verdicts(only) == [("known", "It is so already.")]


def test_each_reader_reads_the_reasons_in_their_own_language(sari: Person, derby: Product) -> None:
    made = handed_in(
        sari,
        f"{HEAD}DRB-01,Derby Jaya,men,Hitam,38-42,200000,3.700.000 / kodi,15\n"
        "DRB-01,,,Merah,40,,,\nA-1,Derby,,Hitam,39,,,\nA-2,Derby,Pria,Hitam,besar,,,\n",
    )
    assert verdicts(made) == [
        (
            "change",
            "Sizes: 39–43 → 38–42; Days to make: 14 → 15; Retail: Rp\xa0300,000 → Rp\xa03,700,000/kodi",
        ),
        ("new", "A new colour of DRB-01"),
        ("bad", "A new model needs more: Category."),
        ("bad", "“besar”: Write sizes like 38–43, or 39, 41, 43."),
    ]
    with override("id"):
        assert verdicts(made) == [
            (
                "change",
                "Ukuran: 39–43 → 38–42; Hari pembuatan: 14 → 15; Eceran: Rp\xa0300.000 → Rp\xa03.700.000/kodi",
            ),
            ("new", "Warna baru untuk DRB-01"),
            ("bad", "Model baru masih perlu: Kategori."),
            ("bad", "“besar”: Tulis ukuran seperti 38–43, atau 39, 41, 43."),
        ]


def test_a_price_is_a_new_line_of_the_price_list_and_the_old_one_stays(
    sari: Person, derby: Product
) -> None:
    soon = clock.today() + timedelta(days=7)
    imported(sari, f"Kode,Grosir,Harga mulai\nDRB-01,210.000,{soon:%Y-%m-%d}\n")

    derby = Product.objects.for_page().get()
    rules = derby.prices.filter(group="wholesale").order_by("valid_from")
    assert [(rule.amount, rule.valid_to) for rule in rules] == [(200_000, None), (210_000, None)]
    now, then = (derby.price_for("wholesale", 1, day) for day in (clock.today(), soon))
    assert (now.amount, then.amount) == (200_000, 210_000)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Derby,Pria,Hitam,39,1000,,", "No code stands here."),
        ("A-1,Derby,,Hitam,39,,,", "A new model needs more: Category."),
        ("A-1,Derby,Pria,,,,,", "A new model needs more: Colour, Sizes."),
        ("A-1,Derby,Pria,Hitam,besar,,,", "“besar”: Write sizes like 38–43, or 39, 41, 43."),
        ("A-1,Derby,Pria,Hitam,39,1000 / ton,,", "“ton” is no unit that prices are for."),
        ("A-1,Derby,Pria,Hitam,39,0,,", "A price is more than zero."),
        ("A-1,Derby,Pria,Hitam,39,,,400", "“400” is no number from 0 to 365."),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(sari: Person, row: str, why: str) -> None:
    made = handed_in(sari, f"{HEAD}{row}\n")

    assert verdicts(made)[0][0] == "bad"
    assert why in verdicts(made)[0][1]
    with pytest.raises(Refused):
        made.begin(by=sari)
    assert not Product.objects.exists()


def test_a_day_that_is_over_is_no_day_for_a_price(sari: Person, derby: Product) -> None:
    made = handed_in(sari, "Kode,Grosir,Harga mulai\nDRB-01,210.000,2020-01-31\n")
    assert verdicts(made)[0][1].startswith("“2020-01-31” is over")


def test_a_model_of_the_same_name_is_left_out_unless_it_is_wanted(
    sari: Person, derby: Product
) -> None:
    made = handed_in(sari, f"{HEAD}NEW-9,Derby jaya,Pria,Hitam,39,,,\n")
    assert verdicts(made) == [("probable", "DRB-01 has the same name.")]
    made.begin(by=sari, takes_probable=True)
    listing.run(made)
    assert Product.objects.filter(code="NEW-9").exists()


def test_what_was_new_is_taken_back_with_its_prices_and_its_category(sari: Person) -> None:
    testing.product(sari.workshop)  # brings the category that is not new
    before = set(Category.objects.values_list("pk", flat=True))
    made = imported(sari)
    made.undo(by=sari)

    assert Product.objects.count() == 1
    assert PriceRule.objects.count() == 2
    assert set(Category.objects.values_list("pk", flat=True)) == before
    assert not made.rows.taken().exists()


def test_what_was_changed_is_as_it_was_before(sari: Person, derby: Product) -> None:
    made = imported(
        sari,
        f"{HEAD}DRB-01,Derby Jaya Baru,Pesta,Hitam,40-41,210000,,20\nDRB-01,,,Merah,39,,,\n",
    )
    changed = Product.objects.get()
    assert (changed.name, changed.category.name, changed.lead_days) == (
        "Derby Jaya Baru",
        "Pesta",
        20,
    )
    assert sizes_of(changed.colourways.get(name="Hitam")) == ["40", "41"]

    made.undo(by=sari)

    derby.refresh_from_db()
    assert (derby.name, derby.category.name, derby.lead_days) == ("Derby Jaya", "Pria", 14)
    black = derby.colourways.get()
    assert sizes_of(black) == list(testing.SIZES)
    assert list(derby.prices.values_list("amount", flat=True).order_by("amount")) == [
        200_000,
        300_000,
    ]
    assert not Category.objects.filter(name="Pesta").exists()


def test_what_somebody_has_used_since_stays_and_says_why(
    sari: Person, buyer: Party, derby: Product
) -> None:
    made = imported(
        sari,
        f"{HEAD}DRB-01,,,,,210000,,\n"
        "PNT-07,Pantofel Rama,Pria,Hitam,39-43,185.000,,\nPNT-07,,,Cokelat,40,,,\n"
        "LOF-01,Loafer Wulan,Pria,Hitam,38-40,,,\nSLP-01,Selop Ayu,Pria,Hitam,38-40,,,\n",
    )
    testing.order(buyer, derby)
    Product.objects.filter(code="LOF-01").update(lead_days=30)
    testing.order(buyer, Product.objects.get(code="PNT-07"))

    made.undo(by=sari)

    stays = made.rows.taken().order_by("line")
    assert [(row.line, row.reason) for row in stays] == [
        (2, "It was ordered at this price."),
        (3, "There is an order."),
        (5, "It was changed since: Days to make."),
    ]
    assert sorted(Product.objects.values_list("code", flat=True)) == ["DRB-01", "LOF-01", "PNT-07"]
    assert Colourway.objects.filter(name="Cokelat").count() == 0
    assert made.status == ListImport.Status.UNDONE


def test_a_colour_that_is_called_otherwise_meanwhile_holds_up_no_import(
    sari: Person, derby: Product
) -> None:
    made = handed_in(sari, f"{HEAD}DRB-01,,,Hitam,,210000,,\nDRB-01,,,Merah,40,,,\n")
    derby.colourways.update(name="Arang", name_en="")
    made.begin(by=sari)

    listing.run(made)

    made.refresh_from_db()
    assert made.status == ListImport.Status.DONE
    assert verdicts(made)[0] == ("bad", "A new colour needs its sizes.")
    names = derby.colourways.order_by("position", "pk").values_list("name", flat=True)
    assert list(names) == ["Arang", "Merah"]


def test_a_model_that_has_another_colour_by_now_stays_with_its_prices(sari: Person) -> None:
    made = imported(sari, f"{HEAD}PNT-07,Pantofel Rama,Pria,Hitam,39-43,185.000,,\n")
    rama = Product.objects.get(code="PNT-07")
    Colourway.objects.create(product=rama, name="Cokelat", swatch="#8a5a34", position=1)

    made.undo(by=sari)

    assert rama.prices.get().amount == 185_000
    assert rama.colourways.filter(name="Hitam").exists()
    assert [(row.line, row.reason) for row in made.rows.taken()] == [
        (2, "It has another colour by now.")
    ]


def test_a_row_without_a_colour_is_of_the_first_one(sari: Person, derby: Product) -> None:
    derby.colourways.update(position=1)
    red = Colourway.objects.create(product=derby, name="Merah", swatch="#8a5a34", position=0)

    made = imported(sari, f"{HEAD}DRB-01,,,,,210000,,\n")

    assert [str(row.colourway) for row in made.rows.all()] == [str(red)]


def test_an_import_that_was_stopped_goes_on_where_it_was(
    sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "A_BATCH", 1)
    made = handed_in(sari)
    made.begin(by=sari)
    listing._take_some(made)
    assert Colourway.objects.count() == 1

    listing.run(made)
    listing.run(made)

    assert (Product.objects.count(), Colourway.objects.count()) == (2, 3)
    assert PriceRule.objects.count() == 3


def test_who_keeps_no_catalogue_imports_no_models(sari: Person, workshop_stock: Person) -> None:
    with pytest.raises(NotAllowed):
        handed_in(workshop_stock)
    made = handed_in(sari)
    with pytest.raises(NotAllowed):
        made.begin(by=workshop_stock)
    assert not ListImport.objects.visible_to(workshop_stock).exists()
    assert ListImport.objects.visible_to(sari).get() == made
    assert not Product.objects.exists()


@pytest.fixture
def workshop_stock(sari: Person) -> Person:
    return testing.staff("rina", sari.workshop, Role.STOCK)


def test_another_workshops_models_are_not_touched(sari: Person, joko: Person) -> None:
    theirs = testing.product(joko.workshop, "PNT-07", name="Milik Joko")
    made = imported(sari)
    assert made.counts()["new"] == 3
    theirs.refresh_from_db()
    assert theirs.name == "Milik Joko"
    assert Product.objects.filter(code="PNT-07").count() == 2
