from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.catalog.models import Group, Price, PriceRule, Product
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.orders.forms import CounterForm, OrderForm
from simpul.orders.grid import pairs_of
from simpul.orders.models import Order
from simpul.parties.models import Address, Party, Person

ELSEWHERE = {
    "place": "new",
    "receiver": "Dewi",
    "telephone": "0812-3456-7890",
    "street": "Jl. Raya Ciomas 7",
    "area": "Ciomas, Bogor",
}


@pytest.fixture
def model(buyer: Party) -> Product:
    return testing.product(buyer.workshop, name="Derby")


def form(buyer: Party, data: dict[str, Any] | None = None, **options: Any) -> OrderForm:
    return OrderForm(
        data, buyer=buyer, products=Product.objects.order_by("pk").for_page(), **options
    )


def cell(model: Product, size: str) -> str:
    return f"pairs-{model.colourways.order_by('pk')[0].pk}-{size}"


def test_it_gives_all_that_placing_an_order_needs(
    buyer: Party, model: Product, dewi: Person
) -> None:
    data = {cell(model, "40"): "4", cell(model, "41"): " 6 ", **ELSEWHERE, "remarks": "Tanpa logo"}
    filled = form(buyer, {**data, "wished_on": clock.in_days(30).isoformat()})

    assert filled.is_valid(), filled.errors
    order = Order.place(by=dewi, buyer=buyer, **filled.cleaned_data)
    order.refresh_from_db()
    assert (order.total, order.channel) == (2_000_000, "web")
    assert (order.receiver, order.telephone) == ("Dewi", "+6281234567890")
    assert order.address == "Jl. Raya Ciomas 7\nCiomas, Bogor"
    assert (order.wished_on, order.remarks) == (clock.in_days(30), "Tanpa logo")


def test_an_order_carries_the_spot_of_its_address(
    buyer: Party, model: Product, dewi: Person
) -> None:
    spot = Spot(-6_600_123, 106_750_456)
    address = Address(party=buyer, receiver="Dewi", street="Jl. Mawar 1", area="Bogor")
    address.spot = spot
    address.save()
    pairs = {cell(model, "40"): "10"}

    for place in ({"place": str(address.pk)}, {**ELSEWHERE, "spot": str(spot)}):
        filled = form(buyer, {**pairs, **place})
        assert filled.is_valid(), filled.errors
        order = Order.place(by=dewi, buyer=buyer, **filled.cleaned_data)
        order.refresh_from_db()
        assert order.spot == spot
        assert "spot" not in order.journal.get(step="orders.place").facts


def test_lusin_and_kodi_are_counted_in_pairs(buyer: Party, model: Product) -> None:
    for unit, pairs in (("1", 2), ("12", 24), ("20", 40)):
        filled = form(buyer, {cell(model, "40"): "2", "unit": unit, **ELSEWHERE})
        assert filled.is_valid(), filled.errors
        assert filled.cleaned_data["wishes"][0].sizes == {"40": pairs}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("dua", "“dua” is no whole number."),
        ("-3", "“-3” is no whole number."),
        ("1,5", "“1,5” is no whole number."),
        ("²", "“²” is no whole number."),
        ("99999999999", "that is more than 20000 pairs."),
    ],
)
def test_a_slip_is_told_with_its_row_and_size_and_stays_as_typed(
    buyer: Party, model: Product, typed: str, why: str
) -> None:
    filled = form(buyer, {cell(model, "40"): typed, cell(model, "41"): "6", **ELSEWHERE})

    assert not filled.is_valid()
    assert filled.non_field_errors() == [f"Derby, Hitam, size 40: {why}"]
    typed_cells = {one.size: one.typed for one in filled.grid.tables[0].rows[0].cells}
    assert (typed_cells["40"], typed_cells["41"]) == (typed, "6")


def test_a_size_that_is_not_made_is_not_taken(buyer: Party, model: Product) -> None:
    testing.colourway(model, "Cokelat", sizes=("38",))

    filled = form(buyer, {cell(model, "38"): "5", **ELSEWHERE})

    assert filled.non_field_errors() == ["Derby, Hitam, size 38: this size is not made."]


def test_an_empty_grid_and_too_few_pairs_are_told(buyer: Party, model: Product) -> None:
    Product.objects.update(minimum_pairs=12)

    empty = form(buyer, {**ELSEWHERE})
    few = form(buyer, {cell(model, "40"): "11", **ELSEWHERE})

    assert empty.non_field_errors() == ["The order has no pairs yet: fill in at least one size."]
    assert few.non_field_errors() == ["At least 12 pairs of Derby, please."]


def test_the_goods_go_to_an_address_that_is_known(buyer: Party, model: Product) -> None:
    home = Address.objects.create(
        party=buyer,
        receiver="Toko Dewi",
        telephone="+622511234",
        street="Jl. Mawar 1",
        area="Bogor",
    )

    filled = form(buyer, {cell(model, "40"): "4", "place": str(home.pk)})

    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["address"] == "Jl. Mawar 1\nBogor"
    assert filled.cleaned_data["telephone"] == "+622511234"
    assert form(buyer)["place"].value() == str(home.pk)


def test_never_to_an_address_of_somebody_else(buyer: Party, model: Product, siti: Person) -> None:
    assert siti.party is not None
    hers = Address.objects.create(party=siti.party, receiver="Siti", street="Jl. 2", area="Bogor")

    filled = form(buyer, {cell(model, "40"): "4", "place": str(hers.pk)})

    assert set(filled.errors) == {"place"}  # what stands below another address is not asked yet


def test_another_address_needs_its_parts(buyer: Party, model: Product) -> None:
    filled = form(buyer, {cell(model, "40"): "4", "place": "new", "telephone": "halo"})

    assert set(filled.errors) == {"receiver", "street", "area", "telephone"}


def test_no_day_that_is_over(buyer: Party, model: Product) -> None:
    filled = form(
        buyer,
        {cell(model, "40"): "4", **ELSEWHERE, "wished_on": clock.today().isoformat()},
    )

    assert set(filled.errors) == {"wished_on"}


def test_staff_say_how_it_came(buyer: Party, model: Product) -> None:
    data = {cell(model, "40"): "4", **ELSEWHERE}

    assert form(buyer, {**data, "channel": "web"}, by_staff=True).errors.keys() == {"channel"}
    filled = form(buyer, {**data, "channel": "phone"}, by_staff=True)
    assert filled.is_valid()
    assert filled.cleaned_data["channel"] == "phone"
    assert "channel" not in form(buyer).fields


def test_an_older_order_fills_the_grid(buyer: Party, model: Product) -> None:
    order = testing.order(buyer, model)

    again = form(buyer, pairs=pairs_of(order))

    row = again.grid.tables[0].rows[0]
    assert [one.typed for one in row.cells] == ["", "4", "6", "", ""]


def test_the_grid_shows_the_buyers_own_price(buyer: Party, model: Product, siti: Person) -> None:
    PriceRule.objects.create(
        product=model,
        group=Group.WHOLESALE,
        from_pairs=40,
        amount=185_000,
        valid_from=testing.LONG_AGO,
    )
    assert siti.party is not None

    table = form(buyer).grid.tables[0]
    assert (table.price, table.steps) == (Price(200_000, 1), [(40, Price(185_000, 1))])
    assert table.list_of_prices == [(0, 200_000, 1), (40, 185_000, 1)]
    for typed, amount in (("39", 39 * 200_000), ("40", 40 * 185_000)):
        assert form(buyer, {cell(model, "40"): typed}).grid.amount == amount
    assert form(siti.party).grid.tables[0].price == Price(300_000, 1)
    buyer.is_welcome = False
    assert form(buyer).grid.tables[0].price is None


def test_an_answer_starts_from_the_offer(buyer: Party, model: Product, dewi: Person) -> None:
    order = testing.offered_order(buyer, model)
    products = Product.objects.for_page()

    empty = CounterForm(order=order, products=products)
    assert [one.typed for one in empty.grid.tables[0].rows[0].cells] == ["", "4", "6", "", ""]
    assert empty["promised_on"].value() == order.current.promised_on
    assert empty.grid.amount == 10 * 190_000

    filled = CounterForm(
        {cell(model, "40"): "5", "promised_on": clock.in_days(40).isoformat(), "note": "Ya"},
        order=order,
        products=products,
    )
    assert filled.is_valid(), filled.errors
    order.counter(by=dewi, **filled.cleaned_data)
    assert order.total == 5 * 190_000


@pytest.mark.parametrize("models", [1, 10])
def test_the_grid_costs_the_same_for_any_number_of_models(
    buyer: Party, models: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _model in range(models):
        testing.product(buyer.workshop)

    # models with categories; colourways, variants, prices, size runs; addresses
    with django_assert_num_queries(6):
        assert len(form(buyer).grid.tables) == models
