from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, GuestEntry, Message
from simpul.crm.models import Lead
from simpul.delivery.models import Shipment
from simpul.insight import today
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import CashBox, DayClosing
from simpul.production.models import Job


def asked(person: Person) -> dict[tuple[str, str], int]:
    """Return how many wait, by the page where it is done."""
    return {(task.page, task.query): task.count for task in today.tasks(person, clock.today())}


@pytest.fixture
def account(workshop: Workshop) -> None:
    testing.account(workshop)


@pytest.mark.usefixtures("account")
def test_an_empty_house_lets_everybody_rest(
    owner: Person, sari: Person, fajar: Person, rina: Person, udin: Person, viewer: Person
) -> None:
    for person in (owner, sari, fajar, rina, udin, viewer):
        assert today.tasks(person, clock.today()) == []
        figures = today.figures(person, clock.today())
        assert [figure.value for figure in figures] == [0, 0, 0, 0]


def test_new_orders_wait_for_sales(buyer: Party, sari: Person, udin: Person) -> None:
    testing.order(buyer)

    assert asked(sari) == {("orders", "?status=placed"): 1}
    assert asked(udin) == {}


def test_an_offer_that_ran_out_is_pointed_out(buyer: Party, sari: Person) -> None:
    order = testing.offered_order(buyer)
    assert asked(sari) == {}

    order.revisions.filter(number=2).update(valid_until=clock.in_days(-1))
    assert asked(sari) == {("orders", "?status=offered"): 1}

    testing.offer(Order.objects.get())  # a fresh offer: the old one no longer matters
    assert asked(sari) == {}


def test_a_late_order_is_told_to_sales_and_the_floor(
    buyer: Party, sari: Person, udin: Person
) -> None:
    order = testing.confirmed_order(buyer)
    Order.objects.filter(pk=order.pk).update(promised_on=clock.in_days(-1))

    late = ("orders", "?status=late&sort=promised")
    assert asked(sari) == {late: 1}
    assert asked(udin)[late] == 1


def test_who_was_asked_to_answer_finds_it(
    buyer: Party, dewi: Person, sari: Person, fajar: Person, udin: Person
) -> None:
    for person in (fajar, udin):
        talk = Conversation.of(testing.order(buyer), buyer)
        Message.say(by=dewi, conversation=talk, body="Kapan siap?")
        talk.assign(by=sari, to=person)
        assert asked(person)["conversations", "?shown=unread"] == 1


@pytest.mark.usefixtures("account")
def test_guests_and_registrations_wait_for_sales(
    machine: Person, sari: Person, fajar: Person
) -> None:
    GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    Lead.register(
        by=machine,
        name="Toko Baru",
        contact="Bu Ani",
        telephone="+6281200000099",
        email="ani@example.com",
        password="sepatu kulit asli",
        buys_as="distributor",
        area="Ambon",
    )

    assert asked(sari) == {("leads", ""): 1, ("guestbook", ""): 1}
    assert asked(fajar) == {}


def test_without_an_account_finance_is_told(fajar: Person, sari: Person) -> None:
    assert asked(fajar) == {("accounts", ""): 0}
    assert asked(sari) == {}
    testing.account(fajar.workshop)
    assert asked(fajar) == {}


@pytest.mark.usefixtures("account")
def test_a_day_on_which_cash_moved_wants_to_be_closed(
    buyer: Party, fajar: Person, sari: Person, viewer: Person
) -> None:
    order = testing.confirmed_order(buyer)
    with clock.stopped(clock.now() - timedelta(days=1)):
        testing.pay(order, 300_000)
    assert ("closings", "") in asked(viewer)  # who only looks is led to what may be looked at
    assert ("new-closing", "") in asked(fajar)
    assert ("new-closing", "") not in asked(sari)

    box = CashBox.of(fajar.workshop_id)
    DayClosing.close(by=fajar, counted=300_000, expected_sen=box.expected_sen)
    testing.pay(order, 100_000)  # of today: it has time until the evening
    assert ("new-closing", "") not in asked(fajar)


def test_what_a_supplier_answers_waits_for_the_store(
    supplier: Party, budi: Person, rina: Person, udin: Person
) -> None:
    purchase = testing.draft_purchase(supplier)
    assert asked(rina) == {("purchases", ""): 1}

    purchase.send(by=rina)
    assert asked(rina) == {}
    assert ("purchases", "") not in asked(udin)


def test_work_waits_for_the_floor(buyer: Party, udin: Person, rina: Person) -> None:
    order = testing.needy_order(buyer)
    assert asked(udin) == {("orders", "?status=confirmed"): 1}

    testing.fetch_material(order)
    job = Job.plan(by=udin, line=order.lines.get())
    assert asked(udin) == {("jobs", "?status=planned"): 1}

    job.release(by=udin)
    assert asked(udin) == {}

    testing.run_through(job, {"40": 1})
    job.hold(by=udin, reason="no glue")
    assert asked(udin) == {("jobs", "?status=held"): 1}
    assert asked(rina) == {("deliveries", ""): 1}  # a pair is ready to be packed


def test_shipments_wait_for_the_store(buyer: Party, asep: Person, rina: Person) -> None:
    shipment = testing.shipment(buyer)
    assert asked(rina) == {("deliveries", "?status=open"): 1}

    Shipment.objects.filter(pk=shipment.pk).update(status="failed")
    assert asked(rina) == {("deliveries", "?status=failed"): 1}


def test_goods_that_a_courier_is_to_fetch_wait_for_a_courier_too(
    buyer: Party, sari: Person, rina: Person, asep: Person
) -> None:
    shipment = Shipment.call_for(by=sari, order=testing.delivered_order(buyer), pairs=2)
    [task] = today.tasks(rina, clock.today())
    assert (task.title, task.query) == ("1 return to fetch", "?status=open")

    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    shipment.fail(by=asep, reason="nobody", next_on=clock.today())
    assert asked(rina) == {}
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert asked(rina) == {("deliveries", "?status=running"): 1}


def test_a_planned_attempt_whose_day_has_passed(buyer: Party, rina: Person, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    shipment.fail(by=asep, reason="nobody", next_on=clock.today())
    assert asked(rina) == {}
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert asked(rina) == {("deliveries", "?status=running"): 1}


def test_what_is_urgent_stands_first(buyer: Party, machine: Person, owner: Person) -> None:
    testing.account(owner.workshop)
    GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    testing.confirmed_order(buyer)
    testing.order(buyer)

    found = today.tasks(owner, clock.today())

    assert [task.page for task in found] == ["orders", "orders", "guestbook"]
    assert [task.urgency for task in found] == ["high", "middle", "low"]


def test_figures_are_exact(buyer: Party, owner: Person) -> None:
    order = testing.confirmed_order(buyer)
    testing.order(buyer)
    testing.pay(order, 100_000)

    values = [figure.value for figure in today.figures(owner, clock.today())]
    assert values == [1, 10, 1_900_000, 0]

    order.instalments.filter(position=1).update(due_on=clock.today())
    assert today.figures(owner, clock.today())[3].value == 500_000


def test_a_price_inquiry_is_decided_once_its_day_is_over(supplier: Party, rina: Person) -> None:
    inquiry = testing.inquiry(supplier)
    assert ("inquiries", "") not in asked(rina)

    with clock.stopped(clock.now() + timedelta(days=4)):
        assert asked(rina)["inquiries", ""] == 1
        inquiry.close(by=rina)
        assert ("inquiries", "") not in asked(rina)


def test_another_workshop_is_no_business_of_mine(joko: Person, owner: Person) -> None:
    testing.account(owner.workshop)
    testing.order(testing.party(joko.workshop, "Toko Lain"))
    testing.confirmed_order(testing.party(joko.workshop, "Toko Lain Lagi"))

    assert asked(owner) == {}
    assert [figure.value for figure in today.figures(owner, clock.today())] == [0, 0, 0, 0]


def test_the_number_of_queries_is_fixed(
    buyer: Party, owner: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for orders in (1, 29):
        for _n in range(orders):
            testing.order(buyer)
        with django_assert_num_queries(58):
            today.tasks(owner, clock.today())
        with django_assert_num_queries(4):
            today.figures(owner, clock.today())
