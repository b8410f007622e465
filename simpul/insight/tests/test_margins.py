"""What is left of an order, and why it is less than planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from simpul import testing
from simpul.delivery import packing
from simpul.delivery.models import Shipment
from simpul.insight.books.margins import Margin, margins
from simpul.insight.books.postings import books_of
from simpul.insight.books.reports import Period
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments.models import CreditNote
from simpul.procurement.models import LineTerms
from simpul.production.models import Job

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


def made(order: Order) -> None:
    """Let Oman make the ten pairs in three stages, at 2.000 each."""
    udin = testing.foreman(order.workshop)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    for stage in job.stages.order_by("position"):
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6}, worker="Oman")


def delivered(order: Order, driver: Person, fee: int) -> None:
    rina = testing.keeper(order.workshop)
    packing.fill(order, by=rina, pairs=5)
    testing.pay(order)
    shipment = Shipment.open(by=rina, order=order, mode=Shipment.Mode.OJEK, route="Bogor", fee=fee)
    testing.offer_to(shipment, driver)
    shipment.accept(by=driver)
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=2)
    shipment.pick_up(by=driver, count=2)
    shipment.deliver(by=driver, receiver="X", count=2, pin=shipment.pin)


def of_this_month(order: Order) -> list[Margin]:
    return margins(books_of(order.workshop), Period.of("month", clock.today()))


def test_what_is_left_is_the_price_less_material_wages_and_freight(
    buyer: Party, supplier: Party, asep: Person
) -> None:
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    made(order)
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


def test_what_is_taken_from_the_shelf_has_no_cost_of_its_own(
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
    order = testing.needy_order(buyer)
    bought(order, supplier, 40_000)
    made(order)
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
