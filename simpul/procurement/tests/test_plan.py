from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Alternative, Material, Recipe, RecipeWish
from simpul.lib import clock
from simpul.orders.models import GateShut, Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement import planning
from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder
from simpul.stock.models import Balance, Item, Reservation
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


def leather(workshop: Workshop) -> Material:
    return Material.objects.get(workshop=workshop, code="LEATHER")


def test_needs_are_summed_by_material_and_size(workshop: Workshop, buyer: Party) -> None:
    testing.needy_order(buyer)
    testing.needy_order(buyer, paid=False)

    rows = planning.wanted(workshop)

    assert [(row.material.code, row.size, row.open_quantity, row.waiting) for row in rows] == [
        ("LEATHER", "", 32_000, 32_000),
        ("SOLE", "40", 4_000, 4_000),
        ("SOLE", "41", 6_000, 6_000),
    ]


def test_material_is_needed_when_half_of_the_time_is_left(workshop: Workshop, buyer: Party) -> None:
    testing.needy_order(buyer)

    assert {row.needed_on for row in planning.wanted(workshop)} == {clock.in_days(14 - 7)}


def test_what_is_made_already_needs_nothing(workshop: Workshop, buyer: Party) -> None:
    order = testing.needy_order(buyer)
    for size in order.lines.get().sizes.all():
        size.made = size.pairs
        size.save()

    assert planning.wanted(workshop) == []


def test_the_store_serves_the_earliest_promise_first(
    workshop: Workshop, buyer: Party, rina: Person
) -> None:
    later = testing.needy_order(buyer, wished_on=clock.in_days(30))
    sooner = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)

    planning.plan(workshop, by=rina)

    ready = OrderNeed.objects.filter(material__code="LEATHER")
    assert ready.get(line__order=sooner).ready == 32_000
    assert ready.get(line__order=later).ready == 8_000
    assert Balance.objects.get(item__material__code="LEATHER").reserved == 40_000


def test_whoever_was_put_first_by_hand_is_served_and_the_other_one_is_bought_for(
    workshop: Workshop, buyer: Party, rina: Person
) -> None:
    sooner = testing.needy_order(buyer)
    later = testing.needy_order(buyer, wished_on=clock.in_days(30))
    testing.stock_up(leather(workshop), 40_000)
    later.take_turn(by=rina, before=sooner.number)

    [row] = [row for row in planning.wanted(workshop) if row.material.code == "LEATHER"]
    assert [asked.order for asked in row.asked] == [later, sooner]
    assert [(asked.order, share) for asked, share in planning.pegs_for(row, 24_000)] == [
        (sooner, 24_000)
    ]
    assert planning.orders_for_store([row]) == [later, sooner]

    planning.plan(workshop, by=rina)

    ready = OrderNeed.objects.filter(material__code="LEATHER")
    assert ready.get(line__order=later).ready == 32_000
    assert ready.get(line__order=sooner).ready == 8_000


def test_what_is_set_aside_is_written_in_the_orders_journal(
    workshop: Workshop, buyer: Party, rina: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)

    planning.reserve(order, by=rina)

    entry = journal_of(order).last()
    assert entry is not None
    assert (entry.step, entry.by, entry.facts) == ("procurement.reserve", rina, {})


def test_nothing_is_set_aside_before_the_money(
    workshop: Workshop, buyer: Party, rina: Person
) -> None:
    order = testing.needy_order(buyer, paid=False)
    testing.stock_up(leather(workshop), 40_000)

    planning.plan(workshop, by=rina)
    with pytest.raises(GateShut):
        planning.reserve(order, by=rina)

    assert not Reservation.objects.exists()


def test_others_may_not_set_aside(
    workshop: Workshop, buyer: Party, sari: Person, dewi: Person, joko: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)

    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            planning.reserve(order, by=person)

    assert not Reservation.objects.exists()


def test_only_a_running_order_is_served(buyer: Party, rina: Person) -> None:
    order = testing.order(buyer)

    with pytest.raises(WrongState):
        planning.reserve(order, by=rina)


def test_setting_aside_twice_takes_no_more(workshop: Workshop, buyer: Party, rina: Person) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)

    planning.reserve(order, by=rina)
    planning.reserve(order, by=rina)

    assert Reservation.objects.get().quantity == 32_000


def test_what_is_set_aside_can_go_back(workshop: Workshop, buyer: Party, rina: Person) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)
    planning.reserve(order, by=rina)

    planning.release(order, by=rina)

    assert not Reservation.objects.exists()
    assert OrderNeed.objects.get(material__code="LEATHER").ready == 0
    assert [entry.step for entry in journal_of(order)][-1] == "procurement.release"


def test_others_may_not_give_it_back(
    workshop: Workshop, buyer: Party, rina: Person, udin: Person, dewi: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 40_000)
    planning.reserve(order, by=rina)

    for person in (udin, dewi):
        with pytest.raises(NotAllowed):
            planning.release(order, by=person)

    assert Reservation.objects.get().quantity == 32_000


def test_an_order_that_ended_gives_back_what_it_held(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person, owner: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 20_000)
    testing.sent_purchase(supplier, order)
    order.refresh_from_db()
    order.cancel(by=owner, reason="Gone")

    planning.plan(workshop, by=rina)
    planning.plan(workshop, by=rina)

    assert not Reservation.objects.exists()
    assert not Peg.objects.exists()
    assert set(OrderNeed.objects.values_list("ordered", "ready")) == {(0, 0)}
    assert journal_of(order).filter(step="procurement.release").count() == 1


def test_the_cheapest_for_the_quantity_gets_the_order(
    workshop: Workshop, buyer: Party, supplier: Party
) -> None:
    testing.needy_order(buyer)
    in_large = testing.party(workshop, "Grosir Kulit", is_supplier=True)
    testing.supplier_price(in_large, leather(workshop), 30_000, minimum=100_000)
    testing.supplier_price(supplier, leather(workshop), 42_000, pack=5_000, lead_days=10)

    (proposal,) = planning.proposals(workshop)

    assert proposal.supplier == supplier
    (line,) = proposal.lines
    assert (line.quantity, line.price, proposal.total) == (35_000, 42_000, 1_470_000)
    assert line.wished_on == clock.today() + timedelta(days=10)  # it cannot be sooner
    assert [quantity for _need, quantity in line.pegs] == [32_000]


def test_what_nobody_sells_is_left_out(workshop: Workshop, buyer: Party, rina: Person) -> None:
    testing.needy_order(buyer)

    assert planning.plan(workshop, by=rina) == []
    assert len(planning.wanted(workshop)) == 3


def test_planning_twice_buys_once(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person
) -> None:
    testing.draft_purchase(supplier)

    assert planning.plan(workshop, by=rina) == []
    assert PurchaseOrder.objects.count() == 1
    assert planning.wanted(workshop) == []


def test_other_workshops_are_not_served(workshop: Workshop, buyer: Party, joko: Person) -> None:
    testing.needy_order(buyer)

    assert planning.wanted(joko.workshop) == []


# What may be taken instead


@pytest.fixture
def choosy(buyer: Party) -> Order:
    """An order that needs 32 of leather, or as much suede, or a tenth more of canvas."""
    order = testing.needy_order(buyer)
    line = OrderNeed.objects.get(material__code="LEATHER").recipe_line
    testing.alternative(line, "SUEDE")
    testing.alternative(line, "CANVAS", 1_100)
    return order


def hides(order: Order) -> list[tuple[str, int, int]]:
    """What is needed of leather, or instead of it: which, how much, and covered."""
    rows = OrderNeed.objects.filter(line__order=order, size="").order_by("pk")
    return [
        (one.material.code, one.quantity, one.quantity - one.uncovered)
        for one in rows.select_related("material")
    ]


def hide(order: Order) -> int:
    return OrderNeed.objects.get(line__order=order, material__code="LEATHER").pk


def test_the_plan_says_what_may_be_taken_instead_and_what_lies_free_of_it(
    workshop: Workshop, choosy: Order, rina: Person
) -> None:
    suede = workshop.materials.get(code="SUEDE")
    canvas = workshop.materials.get(code="CANVAS")
    testing.stock_up(suede, 5_000)

    def instead(code: str) -> tuple[planning.Instead, ...]:
        rows = {row.material.code: row for row in planning.wanted(workshop)}
        return rows[code].asked[0].instead

    assert instead("LEATHER") == ((suede, 32_000, 5_000), (canvas, 35_200, 0))
    assert instead("SOLE") == ()
    planning.substitute(choosy, by=rina, need=hide(choosy), instead_of="LEATHER", taken="CANVAS")
    assert instead("CANVAS") == ((leather(workshop), 32_000, 0), (suede, 32_000, 5_000))


def test_the_other_material_is_needed_then_and_one_can_change_back(
    workshop: Workshop, choosy: Order, udin: Person, rina: Person
) -> None:
    testing.stock_up(workshop.materials.get(code="SUEDE"), 40_000)
    need = hide(choosy)

    planning.substitute(choosy, by=udin, need=need, instead_of="LEATHER", taken="SUEDE")
    assert hides(choosy) == [("SUEDE", 32_000, 0)]
    planning.substitute(choosy, by=udin, need=need, instead_of="SUEDE", taken="CANVAS")
    assert hides(choosy) == [("CANVAS", 35_200, 0)]
    planning.substitute(choosy, by=rina, need=need, instead_of="CANVAS", taken="LEATHER")
    assert hides(choosy) == [("LEATHER", 32_000, 0)]

    planning.substitute(choosy, by=rina, need=need, instead_of="LEATHER", taken="SUEDE")
    planning.plan(workshop, by=rina)
    assert hides(choosy) == [("SUEDE", 32_000, 32_000)]
    lines = [one.facts for one in journal_of(choosy) if one.step == "procurement.substitute"]
    assert [said["taken"] for said in lines] == ["SUEDE", "CANVAS", "LEATHER", "SUEDE"]


def test_what_is_set_aside_stays_and_the_rest_is_taken_of_the_other(
    workshop: Workshop, choosy: Order, rina: Person
) -> None:
    testing.stock_up(leather(workshop), 10_000)
    planning.plan(workshop, by=rina)

    planning.substitute(choosy, by=rina, need=hide(choosy), instead_of="LEATHER", taken="CANVAS")

    assert hides(choosy) == [("LEATHER", 10_000, 10_000), ("CANVAS", 24_200, 0)]


def test_nothing_is_taken_instead_of_what_is_covered_or_not_allowed(
    workshop: Workshop, buyer: Party, choosy: Order, rina: Person
) -> None:
    strict = testing.needy_order(buyer)
    testing.stock_up(leather(workshop), 32_000)
    planning.reserve(choosy, by=rina)
    sole = OrderNeed.objects.filter(line__order=choosy, size="40").get().pk

    for order, need, instead_of, taken in [
        (choosy, hide(choosy), "LEATHER", "SUEDE"),  # all of it is set aside
        (choosy, hide(choosy), "LEATHER", "LEATHER"),  # that is no other one
        (choosy, sole, "SOLE", "SUEDE"),  # the recipe allows nothing else
        (strict, hide(strict), "LEATHER", "SUEDE"),
        (strict, hide(strict), "LEATHER", ""),
    ]:
        with pytest.raises(WrongState):
            planning.substitute(order, by=rina, need=need, instead_of=instead_of, taken=taken)

    assert hides(choosy) == [("LEATHER", 32_000, 32_000)]


def test_an_order_keeps_the_choices_of_the_version_it_was_promised_on(
    workshop: Workshop, choosy: Order, udin: Person, rina: Person
) -> None:
    product = choosy.lines.get().colourway.product
    Recipe.write(by=udin, product=product, lines=[RecipeWish(leather(workshop), 3_200)])

    planning.substitute(choosy, by=rina, need=hide(choosy), instead_of="LEATHER", taken="CANVAS")

    assert hides(choosy) == [("CANVAS", 35_200, 0)]


def test_there_and_back_is_the_same_again(workshop: Workshop, choosy: Order, rina: Person) -> None:
    need = hide(choosy)
    for permille in (1_100, 1_333, 2_000):
        Alternative.objects.filter(material__code="CANVAS").update(permille=permille)
        OrderNeed.objects.filter(pk=need).update(quantity=31_997)
        for instead_of, taken in (("LEATHER", "CANVAS"), ("CANVAS", "LEATHER")):
            planning.substitute(choosy, by=rina, need=need, instead_of=instead_of, taken=taken)
        assert hides(choosy) == [("LEATHER", 31_997, 0)]


def test_of_the_least_that_is_open_something_is_needed_still(
    workshop: Workshop, choosy: Order, rina: Person
) -> None:
    need = hide(choosy)
    Alternative.objects.filter(material__code="CANVAS").update(permille=2_000)
    Alternative.objects.filter(material__code="SUEDE").update(permille=500)
    planning.substitute(choosy, by=rina, need=need, instead_of="LEATHER", taken="CANVAS")
    OrderNeed.objects.filter(pk=need).update(quantity=1)

    planning.substitute(choosy, by=rina, need=need, instead_of="CANVAS", taken="SUEDE")

    assert hides(choosy) == [("SUEDE", 1, 0)]


def test_only_who_keeps_the_store_or_leads_the_work_takes_another(
    choosy: Order, sari: Person, dewi: Person, joko: Person
) -> None:
    for person in (sari, dewi, joko):
        with pytest.raises(NotAllowed):
            planning.substitute(
                choosy, by=person, need=hide(choosy), instead_of="LEATHER", taken="SUEDE"
            )


def test_a_need_of_another_order_is_not_found(buyer: Party, choosy: Order, rina: Person) -> None:
    with pytest.raises(OrderNeed.DoesNotExist):
        planning.substitute(
            testing.needy_order(buyer),
            by=rina,
            need=hide(choosy),
            instead_of="LEATHER",
            taken="SUEDE",
        )


# The shelf


def filled(workshop: Workshop, rina: Person, quantity: int, supplier: Party) -> Item:
    """Leather of which 20 are to lie there at least, and 50 once it is bought; sold in packs of 5."""
    found = Material.objects.filter(workshop=workshop, code="LEATHER").first()
    item = testing.stock_up(found or testing.material(workshop, "LEATHER"), quantity)
    item.set_reorder_point(by=rina, below=20_000, up_to=50_000)
    testing.supplier_price(supplier, leather(workshop), 42_000, pack=5_000)
    return item


def test_what_is_below_its_reorder_point_is_filled_up_once(
    workshop: Workshop, supplier: Party, rina: Person
) -> None:
    filled(workshop, rina, 19_000, supplier)
    [row] = planning.wanted(workshop)
    assert (row.refill, row.needed_on, row.to_buy) == (31_000, None, 0)

    [purchase] = planning.plan(workshop, by=rina)
    line = purchase.lines.get()
    assert (line.quantity, line.pegs.count()) == (35_000, 0)  # whole packs, for no order
    assert planning.plan(workshop, by=rina) == []  # a draft is on its way

    purchase.cancel(by=rina, reason="Tidak jadi")
    assert [row.refill for row in planning.wanted(workshop)] == [31_000]


def test_at_its_reorder_point_nothing_is_bought(
    workshop: Workshop, supplier: Party, rina: Person
) -> None:
    filled(workshop, rina, 20_000, supplier)

    assert planning.wanted(workshop) == []


def test_what_orders_take_is_filled_up_in_the_same_purchase(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person
) -> None:
    testing.needy_order(buyer)  # 32
    filled(workshop, rina, 40_000, supplier)
    assert planning.proposals(workshop)[0].lines[0].quantity == 45_000  # of 40 eight are left

    planning.plan(workshop, by=rina)

    [line] = PurchaseLine.objects.filter(material__code="LEATHER")
    assert (line.quantity, line.pegs.count()) == (45_000, 0)  # the order got its own from the store


def test_what_orders_lack_is_pegged_and_the_rest_is_for_the_shelf(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person
) -> None:
    testing.needy_order(buyer)
    filled(workshop, rina, 10_000, supplier)

    planning.plan(workshop, by=rina)

    [line] = PurchaseLine.objects.filter(material__code="LEATHER")
    assert (line.quantity, line.pegs.get().quantity) == (75_000, 22_000)


def test_a_reorder_point_is_for_material_and_no_higher_than_what_is_bought(
    workshop: Workshop, rina: Person, sari: Person
) -> None:
    item = testing.stock_up(testing.material(workshop, "LEM"), 1_000)
    with pytest.raises(NotAllowed):
        item.set_reorder_point(by=sari, below=1_000, up_to=2_000)
    with pytest.raises(WrongState):
        item.set_reorder_point(by=rina, below=3_000, up_to=2_000)
    shoes = Item.of_variant(testing.product(workshop).colourways.get().variants.all()[0])
    with pytest.raises(WrongState):
        shoes.set_reorder_point(by=rina, below=1_000, up_to=2_000)

    item.set_reorder_point(by=rina, below=2_000, up_to=2_000)
    item.set_reorder_point(by=rina, below=0, up_to=2_000)
    assert (item.reorder_point, item.order_up_to) == (0, 0)
