"""What is on its way comes for whose turn is first, as far as it comes in time for it."""

from __future__ import annotations

from datetime import date

import pytest

from simpul import testing
from simpul.catalog.models import Material
from simpul.insight import audit
from simpul.insight.dates import outlook
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement import planning
from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder, SupplierPrice
from simpul.procurement.overtaking import swap, swaps
from simpul.procurement.planning import Wanted
from simpul.procurement.queries import unclaimed
from simpul.production import shelf
from simpul.stock.models import Item
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

pytestmark = pytest.mark.django_db


def need_of(order: Order) -> OrderNeed:
    return OrderNeed.objects.get(line__order=order, material__code="LEATHER")


def line_of(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def row_of(workshop: Workshop) -> Wanted:
    [row] = [row for row in planning.wanted(workshop) if row.material.code == "LEATHER"]
    return row


def expect(purchase: PurchaseOrder, day: date) -> None:
    for line in purchase.lines.all():
        purchase.expect(by=testing.keeper(purchase.workshop), line=line, day=day)


def pegs() -> dict[str, dict[str, int]]:
    """By order: of which purchase how much leather comes for it."""
    found: dict[str, dict[str, int]] = {}
    for peg in Peg.objects.filter(need__material__code="LEATHER"):
        mine = found.setdefault(peg.need.line.order.number, {})
        mine[str(peg.line.purchase)] = peg.quantity
    return found


@pytest.fixture
def bought(supplier: Party, buyer: Party) -> PurchaseOrder:
    """All for an order promised in two weeks, confirmed by the supplier."""
    return testing.confirmed_purchase(supplier, testing.needy_order(buyer))


@pytest.fixture
def left_over(bought: PurchaseOrder, rina: Person, owner: Person) -> PurchaseOrder:
    """It comes in five days for nobody: its order was cancelled."""
    expect(bought, clock.in_days(5))
    order = Order.objects.get()
    order.cancel(by=owner, reason="Toko tutup")
    planning.plan(bought.workshop, by=rina)
    assert not Peg.objects.exists()
    return bought


# What comes for nobody


def test_what_comes_for_nobody_is_for_the_next_order_instead_of_buying_it_again(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    order = testing.needy_order(buyer)
    row = row_of(workshop)
    assert (row.claimed, row.to_buy, row.coming) == (32_000, 0, 32_000)
    assert planning.claimants([row]) == [(order, [left_over])]

    assert planning.plan(workshop, by=rina) == []

    assert pegs() == {order.number: {left_over.number: 32_000}}
    assert need_of(order).ordered == 32_000
    assert planning.wanted(workshop) == []
    assert not list(audit.pegs(workshop))
    entry = journal_of(left_over).last()
    assert entry is not None
    assert (entry.step, entry.by, entry.facts["quantity"]) == ("procurement.hand", rina, 6_000)


def test_when_it_comes_it_is_set_aside_for_it(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    order = testing.needy_order(buyer)
    planning.plan(workshop, by=rina)

    goods = {line: (line.quantity, 0) for line in left_over.lines.all()}
    left_over.receive(by=rina, goods=goods)

    assert need_of(order).ready == 32_000


def test_whose_turn_is_first_has_it_and_for_the_other_one_is_bought(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    second = testing.needy_order(buyer)
    first = testing.needy_order(buyer)
    first.take_turn(by=rina, before=second.number)
    testing.stock_up(need_of(first).material, 10_000)
    row = row_of(workshop)
    assert [(asked.order, rest) for asked, rest in row.lacking] == [(second, 22_000)]

    [draft] = planning.plan(workshop, by=rina)

    assert need_of(first).ready == 10_000
    assert pegs() == {
        first.number: {left_over.number: 22_000},
        second.number: {left_over.number: 10_000, str(draft): 22_000},
    }


def test_what_comes_too_late_is_left_to_others_where_buying_is_quicker(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    """Needed in seven days, bought within two; it comes in nine."""
    expect(left_over, clock.in_days(9))
    order = testing.needy_order(buyer)
    late = testing.needy_order(buyer, wished_on=clock.in_days(30))

    [draft] = planning.plan(workshop, by=rina)

    assert pegs() == {
        order.number: {str(draft): 32_000},
        late.number: {left_over.number: 32_000},
    }


@pytest.mark.parametrize(("lead_days", "waits"), [(8, False), (9, True), (None, True)])
def test_it_is_waited_for_where_nothing_new_comes_sooner(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, supplier: Party,
    lead_days: int | None, waits: bool,
) -> None:  # fmt: skip
    expect(left_over, clock.in_days(9))
    offer = Material.objects.get(code="LEATHER").offers.get()
    if lead_days is None:
        offer.delete()
    else:
        testing.supplier_price(supplier, offer.material, lead_days=lead_days)
    testing.needy_order(buyer)

    assert row_of(workshop).claimed == (32_000 if waits else 0)


def test_an_unpaid_order_claims_nothing(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    testing.needy_order(buyer, paid=False)

    planning.plan(workshop, by=rina)

    assert not Peg.objects.exists()


def test_a_shelf_that_waits_for_it_is_filled_by_something_else(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    leather = Material.objects.get(code="LEATHER")
    Item.of_material(leather).set_reorder_point(by=rina, below=20_000, up_to=32_000)
    assert planning.wanted(workshop) == []
    order = testing.needy_order(buyer)
    assert row_of(workshop).refill == 32_000

    [draft] = planning.plan(workshop, by=rina)

    assert pegs() == {order.number: {left_over.number: 32_000}}
    assert line_of(draft).quantity == 32_000


# What comes for an order further back


@pytest.fixture
def second(bought: PurchaseOrder) -> Order:
    """Its leather comes in five days."""
    expect(bought, clock.in_days(5))
    return Order.objects.get()


@pytest.fixture
def first(second: Order, buyer: Party, rina: Person) -> Order:
    """An order that was put before it, and has nothing."""
    order = testing.needy_order(buyer)
    order.take_turn(by=rina, before=second.number)
    return Order.objects.get(pk=order.pk)


def deal(workshop: Workshop, *keeping: Order) -> list[tuple[str, str, int]]:
    """Swap all; return of leather who got how much from whom."""
    rows = planning.wanted(workshop)
    done = list(swaps(workshop, rows, {order.pk for order in keeping}))
    for one in done:
        swap(one, by=testing.keeper(workshop))
    leather = Material.objects.get(code="LEATHER").pk
    return [
        (one.order.number, one.holder.number, one.quantity)
        for one in done
        if one.shelf[0] == leather
    ]


def test_who_lacks_it_takes_it_from_who_comes_later(
    workshop: Workshop, bought: PurchaseOrder, first: Order, second: Order
) -> None:
    assert deal(workshop) == [(first.number, second.number, 32_000)]

    assert pegs() == {first.number: {bought.number: 32_000}}
    assert (need_of(first).ordered, need_of(second).ordered) == (32_000, 0)
    assert deal(workshop) == []
    assert not list(audit.pegs(workshop))


def test_who_waits_too_long_changes_places(
    workshop: Workshop, bought: PurchaseOrder, first: Order, second: Order, supplier: Party
) -> None:
    """It is needed in seven days and comes in twelve; the other one has it in five."""
    other = testing.confirmed_purchase(supplier, first)
    expect(other, clock.in_days(12))

    assert deal(workshop) == [(first.number, second.number, 32_000)]

    assert pegs() == {
        first.number: {bought.number: 32_000},
        second.number: {other.number: 32_000},
    }
    assert [journal.step for journal in journal_of(other)][-1] == "procurement.hand"
    assert deal(workshop) == []
    assert not list(audit.pegs(workshop))


def test_who_gave_way_takes_from_whoever_comes_after_it(
    workshop: Workshop, bought: PurchaseOrder, second: Order, supplier: Party, buyer: Party,
    rina: Person,
) -> None:  # fmt: skip
    third = testing.needy_order(buyer, wished_on=clock.in_days(40))
    other = testing.confirmed_purchase(supplier, third)
    expect(other, clock.in_days(6))
    first = testing.needy_order(buyer)
    first.take_turn(by=rina, before=second.number)

    assert deal(workshop) == [
        (first.number, second.number, 32_000),
        (second.number, third.number, 32_000),
    ]

    assert pegs() == {
        first.number: {bought.number: 32_000},
        second.number: {other.number: 32_000},
    }
    assert not list(audit.pegs(workshop))


def test_what_comes_in_time_stays_where_it_is(
    workshop: Workshop, first: Order, second: Order, supplier: Party
) -> None:
    other = testing.confirmed_purchase(supplier, first)
    expect(other, clock.in_days(7))

    assert deal(workshop) == []


@pytest.mark.parametrize("is_lacking", [False, True])
def test_an_order_that_keeps_its_own_gives_nothing(
    workshop: Workshop, first: Order, second: Order, supplier: Party, is_lacking: bool
) -> None:
    if not is_lacking:
        expect(testing.confirmed_purchase(supplier, first), clock.in_days(12))
    before = pegs()

    assert deal(workshop, second) == []

    assert pegs() == before


def test_a_part_of_it_is_enough(
    workshop: Workshop, bought: PurchaseOrder, first: Order, second: Order, rina: Person
) -> None:
    testing.stock_up(need_of(first).material, 20_000)
    planning.reserve(first, by=rina)

    assert deal(workshop) == [(first.number, second.number, 12_000)]

    assert pegs() == {
        first.number: {bought.number: 12_000},
        second.number: {bought.number: 20_000},
    }


def test_what_has_gone_meanwhile_is_refused_and_nothing_changes(
    workshop: Workshop, bought: PurchaseOrder, first: Order, second: Order, rina: Person
) -> None:
    [one] = [
        one
        for one in swaps(workshop, planning.wanted(workshop), ())
        if one.shelf[0] == need_of(first).material_id
    ]
    swap(one, by=rina)
    before = pegs()

    with pytest.raises(WrongState, match="quicker"):
        swap(one, by=rina)
    with pytest.raises(WrongState, match="quicker"):
        bought.hand(by=rina, line=line_of(bought), need=need_of(second), quantity=1)

    assert pegs() == before
    assert not list(audit.pegs(workshop))


def test_others_may_not_hand_it_on(
    bought: PurchaseOrder, second: Order, first: Order, sari: Person, budi: Person, joko: Person
) -> None:
    before = pegs()
    for person in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            bought.hand(
                by=person, line=line_of(bought), need=need_of(first), quantity=1_000,
                holder=need_of(second),
            )  # fmt: skip
    assert pegs() == before


def test_an_order_that_is_not_paid_any_more_takes_nothing(
    workshop: Workshop, bought: PurchaseOrder, first: Order, second: Order, supplier: Party
) -> None:
    """The bank took its money back."""
    expect(testing.confirmed_purchase(supplier, first), clock.in_days(60))
    before = pegs()
    first.instalments.update(paid=0)

    assert deal(workshop) == []
    assert pegs() == before


def test_a_draft_is_no_sooner_than_it_can_be_bought(
    workshop: Workshop, first: Order, supplier: Party, buyer: Party
) -> None:
    """What was to come tomorrow was not sent for; it takes seven days from today."""
    expect(testing.confirmed_purchase(supplier, first), clock.in_days(9))
    third = testing.needy_order(buyer, wished_on=clock.in_days(40))
    draft = testing.draft_purchase(supplier, third)
    draft.lines.update(wished_on=clock.in_days(1))
    SupplierPrice.objects.update(lead_days=12)

    assert [one for one in deal(workshop) if one[1] == third.number] == []


# What nobody waits for


@pytest.fixture
def served(bought: PurchaseOrder, rina: Person) -> PurchaseOrder:
    """Its order took finished pairs from the shelf instead."""
    order = Order.objects.get()
    for size in order.lines.get().sizes.select_related("variant"):
        testing.lay_down(size.variant, size.pairs)
    taken = {size: size.pairs for size in LineSize.objects.filter(line__order=order)}
    shelf.take_from_stock(order, by=testing.foreman(order.workshop), pairs=taken)
    expect(bought, clock.in_days(5))
    return bought


@pytest.mark.parametrize("is_delivered", [False, True])
def test_what_comes_for_pairs_that_lay_there_is_for_the_next_order(
    workshop: Workshop, served: PurchaseOrder, buyer: Party, rina: Person, is_delivered: bool
) -> None:
    if is_delivered:
        Order.objects.update(status="fulfilled")
    assert unclaimed(served) == {line.pk: line.quantity for line in served.lines.all()}
    order = testing.needy_order(buyer)
    coming = outlook.of(workshop).plan.coming
    assert sum(much for _on, much in coming[need_of(order).material_id, ""]) == 32_000

    assert planning.plan(workshop, by=rina) == []

    assert pegs() == {order.number: {served.number: 32_000}}
    assert not list(audit.pegs(workshop))


def test_when_it_comes_before_anybody_looked_it_is_free(
    workshop: Workshop, served: PurchaseOrder, rina: Person
) -> None:
    served.receive(by=rina, goods={line: (line.quantity, 0) for line in served.lines.all()})

    assert need_of(Order.objects.get()).ready == 0
    assert planning.free_stock(workshop)[Material.objects.get(code="LEATHER").pk, ""] == 32_000


def test_what_the_supplier_is_asked_to_leave_out_is_for_nobody(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person
) -> None:
    left_over.ask_less(by=rina, line=line_of(left_over), quantity=12_000)
    testing.needy_order(buyer)

    assert (row_of(workshop).claimed, row_of(workshop).to_buy) == (12_000, 20_000)


def test_who_claims_what_was_claimed_is_told_in_words_and_the_rest_is_planned(
    workshop: Workshop, left_over: PurchaseOrder, buyer: Party, rina: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Two plan at once: the second one read what the first had not given away yet."""
    order = testing.needy_order(buyer)
    testing.needy_order(buyer)
    old = planning.wanted(workshop)
    planning.claim(workshop, by=rina)
    before = pegs()

    with pytest.raises(WrongState, match="quicker"):
        left_over.hand(by=rina, line=line_of(left_over), need=need_of(order), quantity=1_000)
    monkeypatch.setattr(planning, "wanted", lambda _workshop: old)
    planning.claim(workshop, by=rina)

    assert pegs() == before
