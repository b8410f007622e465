from __future__ import annotations

from simpul import testing
from simpul.catalog.models import Price
from simpul.lib import clock
from simpul.orders.models import LineWish, Order
from simpul.orders.sheets import in_order
from simpul.parties.models import Party


def test_what_changed_is_told_line_by_line(buyer: Party) -> None:
    order = testing.order(buyer, testing.product(buyer.workshop, name="Derby"))
    colourway = order.lines.get().colourway

    testing.offer(
        order,
        wishes=[LineWish(colourway, {"40": 4, "41": 5, "42": 1}, Price(190_000, 1))],
        shipping=25_000,
        discount=0,
        plan=[testing.full(1_925_000)],
    )

    changes = Order.objects.for_page().get().changes
    assert [(one.what, one.kind, one.before, one.after) for one in changes[:6]] == [
        ("Derby, Hitam, size 41", "pairs", 6, 5),
        ("Derby, Hitam, size 42", "pairs", 0, 1),
        ("Derby, Hitam, price", "price", Price(200_000, 1), Price(190_000, 1)),
        ("Shipping", "rupiah", 0, 25_000),
        ("Total", "rupiah", 2_000_000, 1_925_000),
        ("Promised date", "day", clock.in_days(14), clock.in_days(21)),
    ]
    assert [one.kind for one in changes[6:]] == ["plan"]


def test_a_first_revision_changes_nothing(buyer: Party) -> None:
    assert testing.order(buyer).changes == []


def test_a_quote_tells_the_price_and_no_terms_changed(buyer: Party) -> None:
    buyer.is_welcome = False
    order = testing.order(buyer)

    testing.offer(order)

    changes = {one.kind: one for one in Order.objects.for_page().get().changes}
    assert (changes["price"].before, changes["price"].after) == (None, Price(190_000, 1))
    assert "plan" not in changes


def test_sheets_sum_by_size_and_by_model(buyer: Party) -> None:
    model = testing.product(buyer.workshop)
    brown = testing.colourway(model, "Cokelat")
    order = testing.order(
        buyer, model, wishes=[testing.wish(model), LineWish(brown, {"41": 2, "39": 1})]
    )

    sheet = order.current.sheets[0]

    assert (sheet.sizes, sheet.size_sums) == (["39", "40", "41"], [1, 4, 8])
    assert (sheet.pairs, sheet.amount) == (13, 2_600_000)


def test_sizes_stand_in_the_order_of_people() -> None:
    assert in_order({"10", "9", "XL", "38"}) == ["9", "10", "38", "XL"]
