"""When orders are ready, told from what stands in the database. It is Wednesday, 25 November 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.catalog.models import Material, Product
from simpul.changes.agreeing import accept
from simpul.insight import recent
from simpul.insight.dates import outlook
from simpul.insight.dates.plan import Line
from simpul.lib import clock
from simpul.orders.models import Amendment, Order, OrderNeed
from simpul.parties.models import Party, Person, Workshop
from simpul.production.models import Capacity, ClosedDays, Job, WorkWeek
from simpul.ui.jinja import day

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with clock.stopped(datetime(2026, 11, 25, 9, tzinfo=clock.WIB)):
        yield


@pytest.fixture
def model(workshop: Workshop) -> Product:
    """Ten pairs a day pass each of its three stages."""
    made = testing.product(workshop)
    testing.stages(made)
    testing.recipe(made)
    testing.hands(workshop)
    return made


def leather(workshop: Workshop) -> Material:
    return Material.objects.get(workshop=workshop, code="LEATHER")


def stock_up(workshop: Workshop, pairs: int = 100) -> None:
    testing.stock_up(leather(workshop), 3_200 * pairs)
    sole = Material.objects.get(workshop=workshop, code="SOLE")
    for size in ("40", "41"):
        testing.stock_up(sole, 1_000 * pairs, size)


def earliest(model: Product, paid_on: date = TODAY) -> outlook.Earliest | None:
    """Ask for ten pairs of it: four of 40, six of 41."""
    return outlook.earliest(model.workshop, [testing.wish(model)], paid_on)


# A basket


def schedule(person: Person) -> list[outlook.Row]:
    found = outlook.of(person.workshop)
    return outlook.rows(person, found, outlook.in_turn(person, found))


def test_with_material_in_the_store_it_takes_a_day_for_each_stage(model: Product) -> None:
    stock_up(model.workshop)

    assert earliest(model) == outlook.Earliest(  # Thursday to Saturday; packed on Monday
        date(2026, 11, 30), [], []
    )


def test_nothing_begins_before_the_money_is_there(model: Product) -> None:
    stock_up(model.workshop)
    found = earliest(model, paid_on=date(2026, 11, 28))

    assert found is not None
    assert found.on == date(2026, 12, 3)  # Monday to Wednesday; packed on Thursday


def test_what_lacks_is_bought_from_the_slowest_and_named(model: Product, supplier: Party) -> None:
    stock_up(model.workshop)
    testing.stock_up(leather(model.workshop), -3_200 * 95)
    dear = testing.party(model.workshop, "Kulit Cepat", is_supplier=True)
    testing.supplier_price(supplier, leather(model.workshop), 40_000, lead_days=5)
    testing.supplier_price(dear, leather(model.workshop), 50_000, lead_days=1)

    assert earliest(model) == outlook.Earliest(
        date(2026, 12, 4),  # it comes on Monday: Tuesday to Thursday
        [f"Bahan LEATHER comes on {day(date(2026, 11, 30))}."],
        ["Material has to come first."],
    )


def test_it_comes_behind_everything_that_is_promised(
    model: Product, buyer: Party, rina: Person
) -> None:
    stock_up(model.workshop)
    first = testing.confirmed_order(buyer, model, sizes={"40": 30})
    testing.pay(first, first.instalments.order_by("position")[0].amount)
    found = earliest(model)

    assert found is not None
    assert outlook.of(model.workshop).of_order(first) == date(2026, 12, 2)
    assert found.on == date(2026, 12, 3)  # its ten pairs are cut once thirty others are
    assert found.reasons == ["Pairs wait 3 days at Potong."]
    assert found.hints == ["The workshop is busy."]


def test_what_lies_finished_is_not_made_again(model: Product) -> None:
    stock_up(model.workshop)
    for variant in model.colourways.get().variants.filter(size__in=["40", "41"]):
        testing.lay_down(variant, 50)

    assert earliest(model) == outlook.Earliest(date(2026, 11, 26), ["It lies in stock."], [])


def test_on_closed_days_nothing_is_made(model: Product, udin: Person) -> None:
    stock_up(model.workshop)
    ClosedDays.close(
        by=udin, first_on=date(2026, 11, 26), last_on=date(2026, 12, 4), words="Hajatan"
    )
    WorkWeek.kept_of(model.workshop).set(by=udin, weekdays=[0, 1, 2, 3, 4], keeps_holidays=True)
    found = earliest(model)

    assert found is not None
    assert found.on == date(2026, 12, 10)  # Monday 7 to Wednesday 9


def test_what_is_not_known_has_no_day(model: Product, supplier: Party) -> None:
    assert earliest(model) is None  # nobody is known to sell leather
    stock_up(model.workshop)
    assert earliest(model) is not None

    model.stages.filter(position=2).update(minutes=0)
    assert earliest(model) is None
    model.stages.filter(position=2).update(minutes=10)
    Capacity.objects.filter(post="Jahit").delete()
    recent.forget()
    assert earliest(model) is None


def test_a_model_without_stages_has_no_day(model: Product, buyer: Party) -> None:
    other = testing.product(model.workshop)
    assert earliest(other) is None

    order = testing.confirmed_order(buyer, other)
    assert outlook.of(model.workshop).of_order(order) is None
    assert earliest(model) is None  # nobody knows how long its hands are busy


def test_where_running_work_is_not_known_nothing_is_promised(model: Product, buyer: Party) -> None:
    stock_up(model.workshop)
    other = testing.product(model.workshop)
    testing.stages(other, "Sulam")
    order = testing.confirmed_order(buyer, other)

    assert earliest(model) is None
    assert outlook.of(model.workshop).unknown == ["Sulam"]
    assert outlook.of(model.workshop).of_order(order) is None


def test_it_makes_nobody_late_whose_promise_comes_after_it(
    model: Product, buyer: Party, supplier: Party
) -> None:
    """At its own place among the promises it would take the leather that another order rests on."""
    stock_up(model.workshop)
    testing.stock_up(leather(model.workshop), -3_200 * 90)
    testing.supplier_price(supplier, leather(model.workshop), lead_days=9)
    other = testing.confirmed_order(buyer, model, wished_on=date(2026, 12, 10))
    assert outlook.of(model.workshop).of_order(other) == date(2026, 12, 3)  # paid on the 28th

    found = earliest(model)
    assert found is not None
    assert found.on == date(2026, 12, 10)  # on the 9th it would go first, and the other be late
    placed = testing.confirmed_order(buyer, model, earliest_on=found.on)
    testing.pay(placed, placed.instalments.order_by("position")[0].amount)
    assert outlook.of(model.workshop).of_order(other) == date(2026, 12, 3)


def test_what_lies_finished_is_promised_once(model: Product, buyer: Party) -> None:
    stock_up(model.workshop)
    for variant in model.colourways.get().variants.filter(size__in=["40", "41"]):
        testing.lay_down(variant, 6)
    order = running(buyer, model)  # four of 40, six of 41: nobody has taken them from the shelf yet
    found = earliest(model)

    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 27)
    assert found is not None
    assert found.reasons == []  # eight are to be made: two of 40 are left
    assert found.on == date(2026, 11, 30)


def test_a_model_without_a_recipe_has_no_day(model: Product) -> None:
    other = testing.product(model.workshop)
    testing.stages(other)

    assert earliest(other) is None


# In parts


def in_parts(order: Order) -> outlook.Parts | None:
    """Ask as if the buyer had wanted what is ready first."""
    Order.objects.filter(pk=order.pk).update(in_parts=True)
    return outlook.parts_of(Order.objects.for_page().get(pk=order.pk))


def test_what_is_ready_first_is_half_of_it_and_the_rest_has_its_day(
    model: Product, buyer: Party
) -> None:
    stock_up(model.workshop)
    order = testing.confirmed_order(buyer, model, sizes={"40": 25})
    testing.pay(order, order.instalments.order_by("position")[0].amount)

    # ten are finished on Saturday, ten on Monday, five on Tuesday; each packed a day later
    assert in_parts(order) == outlook.Parts(20, date(2026, 12, 1), 5, date(2026, 12, 9))
    assert order.promised_on == date(2026, 12, 9)  # nobody is told another day for all of it
    Order.objects.filter(pk=order.pk).update(in_parts=False)
    assert outlook.parts_of(Order.objects.for_page().get(pk=order.pk)) is None


def test_pairs_that_are_made_can_go_tomorrow(model: Product, buyer: Party, udin: Person) -> None:
    order = running(buyer, model)
    testing.fetch_material(order)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4, "41": 6})
    for position in (2, 3):
        job.tap(by=udin, stage=job.stages.get(position=position), good={"41": 6})

    # four of 40 are sewn on Thursday and finished on Friday
    assert in_parts(order) == outlook.Parts(6, date(2026, 11, 26), 4, date(2026, 12, 9))
    for position in (2, 3):
        job.tap(by=udin, stage=job.stages.get(position=position), good={"40": 4})
    assert in_parts(order) is None  # all of it at once


def test_parts_whose_days_cannot_be_told_are_not_told(model: Product, buyer: Party) -> None:
    stock_up(model.workshop)
    other = testing.product(model.workshop)
    order = testing.confirmed_order(buyer, model, other)

    assert in_parts(order) is None  # nobody knows how long the other one takes


# Lasts


def test_a_day_makes_no_more_pairs_of_a_size_than_there_are_lasts(model: Product) -> None:
    stock_up(model.workshop)
    testing.lasts(model, {"40": 4, "41": 2})

    assert earliest(model) == outlook.Earliest(
        # six of 41 are cut on Thursday, two a day sewn from Friday to Monday, the last then finished
        date(2026, 12, 2),
        ["Pairs wait 2 days for lasts of size 41 (Acuan derby)."],
        ["The workshop is busy."],
    )


def test_lasts_are_shared_by_whoever_is_made_on_them_and_put_away_they_stop_nobody(
    model: Product, buyer: Party, udin: Person
) -> None:
    stock_up(model.workshop)
    made = testing.lasts(model, {"40": 4, "41": 6})
    order = running(buyer, model)
    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 30)
    testing.hands(model.workshop, minutes=200)
    found = earliest(model)
    assert found is not None
    assert found.on == date(2026, 12, 1)  # there are hands for twenty, and lasts for ten

    made.drop(by=udin)
    found = earliest(model)
    assert found is not None
    assert found.on == date(2026, 11, 30)


def test_a_size_without_a_last_has_no_day_and_keeps_its_hands(
    model: Product, buyer: Party, udin: Person
) -> None:
    stock_up(model.workshop)
    order = running(buyer, model)
    testing.lasts(model, {"40": 4})
    other = testing.product(model.workshop)
    testing.stages(other)
    testing.recipe(other)
    [row] = schedule(udin)
    found = earliest(other)

    assert (row.order, row.ready_on) == (order, None)
    assert row.reasons == ["There are no lasts of size 41 (Acuan derby)."]
    assert earliest(model) is None
    assert found is not None
    assert found.on == date(2026, 12, 1)


def test_what_was_counted_needs_its_lasts_no_more(
    model: Product, buyer: Party, udin: Person
) -> None:
    order = running(buyer, model)
    testing.fetch_material(order)
    testing.lasts(model, {"40": 2, "41": 2})
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4, "41": 6})
    assert outlook.of(model.workshop).of_order(order) == date(2026, 12, 1)  # three days for 41

    job.tap(by=udin, stage=job.stages.get(position=2), good={"41": 4})
    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 30)  # two of 40, then two


# Running orders


def running(buyer: Party, model: Product, *, paid: bool = True, **facts: Any) -> Order:
    made = testing.confirmed_order(buyer, model, **facts)
    if paid:
        testing.pay(made, made.instalments.order_by("position")[0].amount)
    return made


def test_an_order_that_is_not_paid_waits_until_its_money_is_due(
    model: Product, buyer: Party
) -> None:
    stock_up(model.workshop)
    order = running(buyer, model, paid=False)
    due_on = order.instalments.order_by("position")[0].due_on
    assert due_on == date(2026, 11, 28)
    found = outlook.of(model.workshop)

    assert found.of_order(order) == date(2026, 12, 3)
    assert order.promised_on == date(2026, 12, 9)
    assert found.if_paid(order, date(2026, 12, 5)) == date(2026, 12, 10)
    assert found.if_paid(order, TODAY) == date(2026, 12, 9)  # never before it was promised
    assert found.of_order(order) == date(2026, 12, 3)  # asking changes nothing


def test_what_was_counted_is_behind_it(model: Product, buyer: Party, udin: Person) -> None:
    order = running(buyer, model)
    testing.fetch_material(order)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 4, "41": 6})
    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 28)

    job.tap(by=udin, stage=job.stages.get(position=2), good={"40": 4}, reject={"41": 1})
    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 30)  # one is cut once more


def test_a_job_on_hold_has_no_day_and_keeps_its_hands(
    model: Product, buyer: Party, udin: Person
) -> None:
    order = running(buyer, model)
    testing.fetch_material(order)
    job = Job.plan(by=udin, line=order.lines.get())
    job.release(by=udin)
    job.tap(by=udin, stage=job.stages.get(position=1), good={"40": 1})
    job.hold(by=udin, reason="cetakan patah")

    assert outlook.of(model.workshop).of_order(order) is None
    stock_up(model.workshop)
    found = earliest(model)
    assert found is not None
    assert found.on == date(2026, 12, 1)  # nine pairs of the other one go first


def test_a_job_from_before_the_minutes_were_known_goes_by_them_now(
    model: Product, buyer: Party, udin: Person
) -> None:
    model.stages.update(minutes=0)
    order = running(buyer, model)
    testing.fetch_material(order)
    Job.plan(by=udin, line=order.lines.get())
    model.stages.update(minutes=10)
    model.stages.filter(position=2).update(name="Jahit upper")
    testing.hands(model.workshop, "Jahit upper")

    assert outlook.of(model.workshop).unknown == []
    assert outlook.of(model.workshop).of_order(order) == date(2026, 11, 30)


def test_a_draft_that_was_never_sent_takes_as_long_as_buying(
    model: Product, buyer: Party, supplier: Party
) -> None:
    order = running(buyer, model)
    for material in Material.objects.filter(workshop=model.workshop):
        testing.supplier_price(supplier, material, lead_days=6)
    testing.draft_purchase(supplier, order)
    with clock.stopped(clock.now() + timedelta(days=12)):  # Monday, 7 December
        # it would come on Sunday the 13th: Monday to Wednesday, and packed on Thursday
        assert outlook.of(model.workshop).of_order(order) == date(2026, 12, 17)


def test_it_waits_for_what_was_bought_for_it(
    model: Product, buyer: Party, supplier: Party, rina: Person
) -> None:
    order = running(buyer, model)
    purchase = testing.confirmed_purchase(supplier, order)
    line = purchase.lines.get(material=leather(model.workshop))
    purchase.expect(by=rina, line=line, day=date(2026, 12, 7), reason="hujan")
    [row] = schedule(rina)

    assert row.ready_on == date(2026, 12, 11)
    assert row.reasons == [f"Bahan LEATHER comes on {day(date(2026, 12, 7))}."]
    assert row.order.promised_on is not None
    assert row.slack == (row.order.promised_on - date(2026, 12, 11)).days


def test_what_is_late_already_may_come_tomorrow(
    model: Product, buyer: Party, supplier: Party
) -> None:
    order = running(buyer, model)
    testing.confirmed_purchase(supplier, order)
    with clock.stopped(clock.now() + timedelta(days=12)):  # Monday, 7 December
        assert outlook.of(model.workshop).of_order(order) == date(2026, 12, 12)  # Wed to Fri


def test_free_material_goes_to_whoever_was_promised_first(
    model: Product, buyer: Party, supplier: Party
) -> None:
    stock_up(model.workshop)
    testing.stock_up(leather(model.workshop), -3_200 * 85)
    testing.supplier_price(supplier, leather(model.workshop), lead_days=9)
    later = testing.confirmed_order(buyer, model, wished_on=date(2027, 1, 15))
    sooner = testing.confirmed_order(buyer, model)
    found = outlook.of(model.workshop)
    assert OrderNeed.objects.filter(line__order=later).exists()

    assert found.of_order(sooner) == date(2026, 12, 3)
    assert found.of_order(later) == date(2026, 12, 11)  # five pairs' leather is bought on the 28th


def test_whoever_was_put_first_by_hand_goes_first_and_is_late_by_his_promise(
    model: Product, buyer: Party, supplier: Party, udin: Person
) -> None:
    stock_up(model.workshop)
    testing.stock_up(leather(model.workshop), -3_200 * 85)
    testing.supplier_price(supplier, leather(model.workshop), lead_days=9)
    later = testing.confirmed_order(buyer, model, wished_on=date(2027, 1, 15))
    sooner = testing.confirmed_order(buyer, model, wished_on=date(2026, 12, 10))
    later.take_turn(by=udin, before=sooner.number)
    found = outlook.of(model.workshop)

    assert found.of_order(later) == date(2026, 12, 3)
    assert found.of_order(sooner) == date(2026, 12, 11)  # the same as above, the other way round
    assert [row.order for row in schedule(udin)] == [later, sooner]
    assert outlook.late_orders(model.workshop) == [sooner.pk]


def test_a_delay_is_promised_for_a_day_that_is_kept_behind_those_it_lets_pass(
    model: Product, buyer: Party, supplier: Party, sari: Person, rina: Person
) -> None:
    """Leather for both comes on the 9th: where it stays, ten pairs are packed on the 14th; promised
    for that, they stand behind thirty pairs that are promised for the 13th."""
    order = running(buyer, model, wished_on=date(2026, 12, 9))
    others = running(buyer, model, sizes={"40": 30}, wished_on=date(2026, 12, 13))
    for one in (order, others):
        for need in OrderNeed.objects.filter(line__order=one).select_related("material"):
            testing.supplier_price(supplier, need.material)
    purchase = testing.confirmed_purchase(supplier, order)
    for line in purchase.lines.all():
        purchase.expect(by=rina, line=line, day=date(2026, 12, 9), reason="hujan")
    assert outlook.of(model.workshop).of_order(order) == date(2026, 12, 14)

    found = outlook.delay_of(Order.objects.get(pk=order.pk))
    assert found is not None
    assert found[0] == date(2026, 12, 17)

    amendment = Amendment.propose(
        by=sari,
        order=order,
        wishes=[line.wish for line in order.current.lines.all()],
        promised_on=found[0],
        shipping=0,
        discount=0,
    )
    accept(amendment, by=testing.contact_of(buyer))
    assert outlook.of(model.workshop).of_order(order) == date(2026, 12, 17)


def test_a_basket_does_not_go_before_a_promise_that_was_put_behind_a_later_one(
    model: Product, buyer: Party, supplier: Party, udin: Person
) -> None:
    """It is promised before the basket could be, and stands behind: it would lose its leather."""
    stock_up(model.workshop)
    testing.stock_up(leather(model.workshop), -3_200 * 80)
    testing.supplier_price(supplier, leather(model.workshop), lead_days=9)
    put_off = testing.confirmed_order(buyer, model, wished_on=date(2026, 12, 9))
    far = testing.confirmed_order(buyer, model, sizes={"40": 10}, wished_on=date(2026, 12, 20))
    put_off.take_turn(by=udin, after=far.number)
    before = outlook.of(model.workshop).of_order(put_off)

    found = earliest(model)
    assert found is not None
    assert found.on == date(2026, 12, 20)
    placed = testing.confirmed_order(buyer, model, earliest_on=found.on)
    testing.pay(placed, placed.instalments.order_by("position")[0].amount)
    assert outlook.of(model.workshop).of_order(put_off) == before


# The day on which an order can be expected


def expected(order: Order) -> date | None:
    row = Order.objects.get(pk=order.pk)
    outlook.expect(order.workshop, [row])
    return row.expected_on


def test_it_is_the_promise_until_the_plan_says_a_later_day(
    model: Product, buyer: Party, supplier: Party, rina: Person
) -> None:
    order = running(buyer, model)
    purchase = testing.confirmed_purchase(supplier, order)
    line = purchase.lines.get(material=leather(model.workshop))
    assert expected(order) == order.promised_on == date(2026, 12, 9)

    purchase.expect(by=rina, line=line, day=date(2026, 12, 12), reason="hujan")
    assert expected(order) == date(2026, 12, 17)  # Monday to Wednesday, and packed on Thursday
    purchase.expect(by=rina, line=line, day=date(2026, 12, 3), reason="terang")
    assert expected(order) == date(2026, 12, 9)


def test_where_the_plan_cannot_tell_it_goes_by_the_days_of_the_catalogue(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person
) -> None:
    order = testing.needy_order(buyer)  # nobody is known to work
    assert expected(order) == order.promised_on == date(2026, 12, 9)
    purchase = testing.confirmed_purchase(supplier, order)
    line = purchase.lines.get(material=leather(workshop))
    purchase.expect(by=rina, line=line, day=date(2026, 12, 5), reason="hujan")

    assert outlook.of(workshop).of_order(order) is None
    assert expected(order) == date(2026, 12, 12)  # half of the fourteen days that it takes to make


class GoneThrough(list[Line]):
    """Lines that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[Line]:
        self.times += 1
        return super().__iter__()


def test_the_lines_are_not_gone_through_for_each_order(buyer: Party, supplier: Party) -> None:
    orders = [testing.needy_order(buyer) for _one in range(3)]
    testing.confirmed_purchase(supplier, orders[0])
    known = outlook.of(buyer.workshop)
    lines = GoneThrough(known.plan.lines)
    found = outlook.Outlook.of_plan(replace(known.plan, lines=lines), known.unknown)
    made = lines.times

    days = [found.expected_on(order) for order in orders]

    assert days == [known.expected_on(order) for order in orders]
    assert lines.times == made


def test_an_order_that_is_not_agreed_on_is_expected_on_no_day(buyer: Party) -> None:
    assert expected(testing.order(buyer)) is None


# What is kept


def test_it_is_told_once_for_as_long_as_the_journal_stands_still(
    model: Product, buyer: Party, udin: Person
) -> None:
    stock_up(model.workshop)
    first = outlook.of(model.workshop)
    with CaptureQueriesContext(connection) as queries:
        assert outlook.of(model.workshop) is first
    assert len(queries) == 2

    Capacity.set(by=udin, post="Jahit", people=2, minutes_each=100)
    assert outlook.of(model.workshop) is not first


def test_tomorrow_it_is_told_anew(model: Product) -> None:
    stock_up(model.workshop)
    first = outlook.of(model.workshop)
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert outlook.of(model.workshop) is not first


def test_many_orders_need_no_more_questions_than_one(model: Product, buyer: Party) -> None:
    stock_up(model.workshop, 1_000)

    def asked() -> int:
        recent.forget()
        with CaptureQueriesContext(connection) as queries:
            schedule(testing.foreman(model.workshop))
            earliest(model)
        return len(queries)

    running(buyer, model)
    one = asked()
    for _order in range(4):
        running(buyer, model)
    assert asked() == one


# Lebaran: Idul Fitri is on 10 and 11 March 2027


def test_the_last_day_to_order_before_lebaran(workshop: Workshop, udin: Person) -> None:
    assert outlook.before_lebaran(workshop, 14) is None  # nobody has said when it is closed
    ClosedDays.close(by=udin, first_on=date(2026, 12, 24), last_on=date(2027, 1, 2), words="Libur")
    ClosedDays.close(by=udin, first_on=date(2027, 3, 6), last_on=date(2027, 3, 20), words="Lebaran")

    assert outlook.before_lebaran(workshop, 14) == (date(2027, 2, 19), date(2027, 3, 6))
    assert outlook.before_lebaran(workshop, 200) is None
    with clock.stopped(datetime(2026, 7, 1, 9, tzinfo=clock.WIB)):
        assert outlook.before_lebaran(workshop, 14) is None  # far off


def test_the_days_of_the_stages_are_those_of_the_plan(buyer: Party) -> None:
    job = testing.released_job(buyer)
    testing.hands(buyer.workshop)
    assert outlook.stage_days(job) == {
        1: date(2026, 11, 26),
        2: date(2026, 11, 27),
        3: date(2026, 11, 28),
    }
    Capacity.objects.filter(workshop=buyer.workshop, post="Jahit").delete()
    recent.forget()
    assert outlook.stage_days(job) == {}
