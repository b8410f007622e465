"""What is left of an order, and why it is less than planned."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.catalog.models import Product
from simpul.changes.agreeing import accept
from simpul.delivery import packing
from simpul.delivery.models import Package, Shipment
from simpul.insight.books.chart import Account
from simpul.insight.books.checks import disagreements
from simpul.insight.books.margins import Margin, margins
from simpul.insight.books.postings import books_of
from simpul.insight.books.reports import Period, balances, by_detail
from simpul.insight.keeping import keep
from simpul.insight.worth import contribution_of, left_of
from simpul.lib import clock
from simpul.orders.models import Amendment, LineSize, LineWish, Order, OrderLine
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import CreditNote
from simpul.procurement.models import LineTerms
from simpul.production import shelf
from simpul.production.models import Job, StageLog
from simpul.stock.models import Count, Item, Location

pytestmark = pytest.mark.usefixtures("courier")


def bought(order: Order, supplier: Party, price: int) -> None:
    """Let its material come (32 of leather, 10 soles), all at one price and not at 40.000."""
    rina = testing.keeper(supplier.workshop)
    purchase = testing.draft_purchase(supplier, order)
    terms = [LineTerms(line, line.quantity, price, line.wished_on) for line in purchase.lines.all()]
    purchase.change(by=rina, terms=terms)
    purchase.send(by=rina)
    purchase.confirm(by=testing.contact_of(supplier), revision=1)
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})


def made(order: Order, good: dict[str, int] | None = None) -> Job:
    """Let Oman make pairs (all ten) in three stages, at 2.000 each."""
    udin = testing.foreman(order.workshop)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    for stage in job.stages.order_by("position"):
        job.tap(by=udin, stage=stage, good=good or {"40": 4, "41": 6}, worker="Oman")
    return job


def ten_made(buyer: Party, supplier: Party) -> Order:
    """An order of which all ten pairs are made, of material for 40.000 each."""
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    made(order)
    return order


def delivered(order: Order, driver: Person, fee: int, *, count: int = 2) -> None:
    """Let it go in so many packages of five pairs."""
    rina = testing.keeper(order.workshop)
    packing.fill(order, by=rina, pairs=5)
    if rest := Order.objects.get(pk=order.pk).balance_now():
        testing.pay(order, rest)
    gone(order, driver, fee, count=count)


def gone(order: Order, driver: Person, fee: int, *, count: int) -> None:
    """Let what is packed go, in so many packages."""
    rina = testing.keeper(order.workshop)
    shipment = Shipment.open(
        by=rina, orders=[order], mode=Shipment.Mode.OJEK, route="Bogor", fee=fee
    )
    testing.offer_to(shipment, driver)
    shipment.accept(by=driver)
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=count)
    shipment.pick_up(by=driver, count=count)
    shipment.deliver(by=driver, receiver="X", count=count, pin=shipment.pin)


def of_this_month(order: Order) -> list[Margin]:
    return margins(books_of(order.workshop), Period.of("month", clock.today()))


def test_what_is_left_is_the_price_less_material_wages_and_freight(
    client: Client, buyer: Party, supplier: Party, asep: Person
) -> None:
    order = ten_made(buyer, supplier)
    assert of_this_month(order) == []  # nothing was delivered yet
    delivered(order, asep, 35_000)

    [margin] = of_this_month(order)
    assert (margin.sold, margin.material, margin.wages, margin.freight) == (
        2_000_000,
        42 * 40_000,
        60_000,
        35_000,
    )
    assert (margin.left, margin.percent) == (225_000, 11)
    assert (margin.planned, margin.planned_percent) == (225_000, 11)
    assert margin.reasons == ["It went as planned: the price itself leaves 11 %."]
    books = books_of(order.workshop)
    assert margins(books, Period.of("month", clock.today() - timedelta(days=60))) == []
    keep.bring_up_to_date(order.workshop)
    assert contribution_of(buyer, clock.today()) == 225_000
    assert left_of(buyer.workshop)(12) == {buyer.pk: 225_000}
    page = f"/ciomas/desk/parties/{buyer.pk}/"
    testing.login(client, testing.accountant(order.workshop))
    assert "Left of it for us" in client.get(page).text
    testing.login(client, testing.seller(order.workshop))
    assert "Left of it for us" not in client.get(page).text
    assert contribution_of(supplier, clock.today()) is None


def test_what_a_courier_gets_who_fetches_pairs_back_is_freight_of_their_order(
    buyer: Party, supplier: Party, courier: Party, asep: Person, sari: Person, rina: Person
) -> None:
    order = ten_made(buyer, supplier)
    delivered(order, asep, 35_000)
    back = Shipment.call_for(by=sari, order=order, pairs=2)
    back.offer(by=sari, couriers=[courier], expires_at=clock.now() + timedelta(hours=2), fee=25_000)
    back.accept(by=asep)
    assert [(one.freight, one.left) for one in of_this_month(order)] == [(35_000, 225_000)]

    back.fetch(by=asep, giver="Dewi", count=2, pin=back.pin)
    assert [(one.freight, one.left) for one in of_this_month(order)] == [(60_000, 200_000)]
    back.bring_in(by=rina, count=2)
    assert [(one.freight, one.left) for one in of_this_month(order)] == [(60_000, 200_000)]
    assert list(disagreements(order.workshop)) == []


def test_dear_material_and_a_long_way_are_named(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = testing.needy_order(buyer)
    bought(order, supplier, 45_000)
    made(order)
    delivered(order, asep, 200_000)

    [margin] = of_this_month(order)
    assert margin.left == 2_000_000 - 42 * 45_000 - 60_000 - 200_000
    assert margin.reasons == [
        "Material cost Rp\N{NO-BREAK SPACE}210,000 more than planned.",
        "Freight took 10 % of the price.",
    ]


def asked_for_less(order: Order, sizes: dict[str, int], model: Product | None = None) -> None:
    """Let the buyer want so many pairs only (of another model), and the workshop agree."""
    look = model.colourways.get() if model else order.lines.get().colourway
    amendment = Amendment.propose(
        by=testing.contact_of(order.buyer),
        order=Order.objects.get(pk=order.pk),
        wishes=[LineWish(look, sizes)],
        promised_on=order.promised_on or clock.today(),
        shipping=0,
        discount=0,
    )
    accept(amendment, by=testing.seller(order.workshop))


def own(order: Order) -> dict[int, int]:
    """Rupiah that finished pairs for no order have cost, by size."""
    return own_of(order.lines.get())


def own_of(line: OrderLine) -> dict[int, int]:
    workshop = line.order.workshop
    assert list(disagreements(workshop)) == []
    found = by_detail(books_of(workshop), Account.FINISHED)
    sizes = {one.pk: one.size for one in line.colourway.variants.all()}
    return {int(sizes[int(key)]): sen // 100 for key, sen in found.items() if sen}


ALL_IN_ALL = 42 * 40_000 + 60_000  # of ten pairs
FOUR = ALL_IN_ALL * 4 // 10


def in_days(count: int) -> AbstractContextManager[None]:
    return clock.stopped(clock.now() + timedelta(days=count))


def costs(order: Order) -> dict[Account, int]:
    """Rupiah of material and wages that counted as cost."""
    found = balances(books_of(order.workshop), clock.today())
    kinds = (Account.MATERIAL_COST, Account.WAGES)
    return {kind: found[kind] // 100 for kind in kinds if found.get(kind)}


def test_pairs_that_nobody_wants_any_more_take_their_cost_along_to_who_takes_them(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = ten_made(buyer, supplier)
    asked_for_less(order, {"40": 2, "41": 3})
    assert own(order) == {40: ALL_IN_ALL * 2 // 10, 41: ALL_IN_ALL * 3 // 10}

    other = testing.confirmed_order(
        buyer, order.lines.get().colourway.product, sizes={"40": 2, "41": 3}
    )
    testing.pay(other)
    taken = {size: size.pairs for size in LineSize.objects.filter(line__order=other)}
    shelf.take_from_stock(other, by=testing.foreman(other.workshop), pairs=taken)
    assert own(order) == {}

    delivered(order, asep, 0, count=1)
    delivered(other, asep, 0, count=1)
    assert [(margin.order, margin.material, margin.wages) for margin in of_this_month(order)] == [
        (order, 21 * 40_000, 30_000),
        (other, 21 * 40_000, 30_000),
    ]
    assert list(disagreements(order.workshop)) == []


def test_begun_pairs_become_own_with_all_that_they_cost_until_they_are_finished(
    buyer: Party, supplier: Party
) -> None:
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    udin = testing.foreman(order.workshop)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    first, *others = job.stages.order_by("position")
    job.tap(by=udin, stage=first, good={"40": 4, "41": 6}, worker="Oman")
    asked_for_less(order, {"40": 4, "41": 4})
    assert own(order) == {}

    for stage in others:
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6}, worker="Oman")

    assert own(order) == {41: ALL_IN_ALL * 2 // 10}


def test_finished_pairs_of_a_size_bear_their_own_cost_and_not_that_of_what_is_not_begun(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    job = made(order, {"40": 4})

    asked_for_less(order, {"41": 6})  # the material of all ten is on the floor

    assert own(order) == {40: FOUR}
    with in_days(2):
        for stage in job.stages.order_by("position"):
            job.refresh_from_db()
            job.tap(by=testing.foreman(order.workshop), stage=stage, good={"41": 6}, worker="Oman")
        delivered(order, asep, 0)
        [margin] = of_this_month(order)
        assert (margin.material, margin.wages) == (42 * 40_000 * 6 // 10, 36_000)
        assert own(order) == {40: FOUR}


def test_what_is_cut_after_a_part_was_delivered_changes_nothing_of_that(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = ten_made(buyer, supplier)
    rina = testing.keeper(order.workshop)
    testing.pay(order, Order.objects.get(pk=order.pk).balance_now())
    size = LineSize.objects.get(line__order=order, variant__size="40")
    Package.pack(by=rina, order=order, contents={size: 4})
    gone(order, asep, 0, count=1)
    cost = {Account.MATERIAL_COST: 42 * 40_000 * 4 // 10, Account.WAGES: 24_000}
    assert costs(order) == cost

    with in_days(2):
        asked_for_less(order, {"40": 4, "41": 2})
        assert costs(order) == cost
        assert own(order) == {41: FOUR}


def test_own_pairs_that_were_counted_wrongly_leave_no_work_that_never_ends(
    buyer: Party, supplier: Party, owner: Person
) -> None:
    order = ten_made(buyer, supplier)
    order.refresh_from_db()
    agreement.cancel(order, by=owner, reason="Toko tutup")
    udin = testing.foreman(order.workshop)
    shelf.give_back(order, by=udin)
    with in_days(3):
        job = Job.objects.get()
        last = StageLog.objects.get(stage__is_last=True, size__line_size__variant__size="40")
        job.correct(by=udin, log=last, reason="salah hitung")

        assert own(order) == {41: ALL_IN_ALL * 6 // 10}
        assert balances(books_of(order.workshop), clock.today()).get(Account.WORK, 0) == 0
        assert costs(order) == {Account.MATERIAL_COST: 42 * 40_000 * 4 // 10, Account.WAGES: 16_000}


def test_material_that_no_pair_comes_of_is_lost(buyer: Party, supplier: Party) -> None:
    """Four of ten are made when the order wants another model instead."""
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    made(order, {"40": 4})
    other = testing.product(order.workshop)
    testing.stages(other)
    testing.recipe(other)
    line = order.lines.get()
    asked_for_less(order, {"40": 3}, other)

    assert own_of(line) == {40: FOUR}
    assert costs(order) == {Account.MATERIAL_COST: 42 * 40_000 * 6 // 10}


def test_what_a_cancelled_order_leaves_is_worth_what_it_cost(
    buyer: Party, supplier: Party, owner: Person
) -> None:
    """First all is lost, then the finished pairs are the workshop's own."""
    order = ten_made(buyer, supplier)
    order.refresh_from_db()
    agreement.cancel(order, by=owner, reason="Toko tutup")
    assert own(order) == {}

    shelf.give_back(order, by=testing.foreman(order.workshop))

    assert own(order) == {40: ALL_IN_ALL * 4 // 10, 41: ALL_IN_ALL * 6 // 10}
    stands = balances(books_of(order.workshop), clock.today())
    assert stands.get(Account.MATERIAL_COST, 0) == stands.get(Account.WAGES, 0) == 0


def test_own_pairs_that_are_thrown_away_or_missing_cost(
    buyer: Party, supplier: Party, rina: Person
) -> None:
    order = ten_made(buyer, supplier)
    asked_for_less(order, {"41": 6})
    item = Item.of_variant(order.lines.get().colourway.variants.get(size="40"))
    place = Location.of(order.workshop_id, Location.Kind.FINISHED)

    Count.take(by=rina, item=item, location=place, counted=3, reason="satu hilang")

    assert own(order) == {40: ALL_IN_ALL * 3 // 10}
    stands = balances(books_of(order.workshop), clock.today())
    assert stands[Account.MATERIAL_COST] == ALL_IN_ALL // 10 * 100


def test_pairs_that_were_counted_onto_the_shelf_have_cost_nothing(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.shelve(order)
    delivered(order, asep, 0)

    [margin] = of_this_month(order)
    assert (margin.material, margin.wages, margin.percent) == (0, 0, 100)
    assert margin.planned_wages == 0
    assert margin.reasons == ["Better than planned: the recipe promised 16 %."]


def test_what_was_credited_is_not_left(buyer: Party, supplier: Party, asep: Person) -> None:
    order = ten_made(buyer, supplier)
    delivered(order, asep, 0)
    testing.credit(order, 300_000)

    [margin] = of_this_month(order)
    assert (margin.sold, margin.left) == (1_700_000, 1_700_000 - 42 * 40_000 - 60_000)
    assert margin.planned == 2_000_000 - 42 * 40_000 - 60_000  # as it was sold at first
    assert margin.reasons == ["Credit notes took Rp\N{NO-BREAK SPACE}300,000."]


def test_an_order_that_was_credited_whole_has_a_page(
    client: Client, buyer: Party, asep: Person, owner: Person
) -> None:
    order = testing.needy_order(buyer)
    testing.shelve(order)
    delivered(order, asep, 35_000)
    CreditNote.issue(
        by=owner,
        party=buyer,
        order=order,
        amount=2_000_000,
        kind=CreditNote.Kind.PRICE,
        note="Semua lepas sol",
    )

    [margin] = of_this_month(order)
    assert (margin.sold, margin.percent) == (0, 0)
    testing.login(client, owner)
    assert order.number in client.get("/ciomas/desk/books/margins/").text


def test_only_pairs_that_were_made_were_to_be_paid_for(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    testing.shelve(order, {"40": 4})
    udin = testing.foreman(order.workshop)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    for stage in job.stages.order_by("position"):
        job.tap(by=udin, stage=stage, good={"41": 6}, worker="Oman")
    delivered(order, asep, 0)

    [margin] = of_this_month(order)
    assert (margin.wages, margin.planned_wages) == (36_000, 36_000)


def test_the_price_of_the_day_is_the_best_that_was_known(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    first = testing.needy_order(buyer)
    bought(first, supplier, 45_000)  # quoted at 40.000
    dear = testing.party(buyer.workshop, "Kulit Makmur", is_supplier=True)
    leather = first.lines.get().needs.get(material__code="LEATHER").material
    testing.supplier_price(dear, leather, 90_000)
    order = testing.needy_order(buyer)
    bought(order, supplier, 45_000)
    made(order)
    delivered(order, asep, 0)

    [margin] = of_this_month(order)
    assert margin.planned_material == margin.material == 42 * 45_000
