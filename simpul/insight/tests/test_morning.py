"""The tasks of the morning: what is found, what it is worth, what is shown, and what followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Product
from simpul.conversations.models import Ticket
from simpul.crm.models import Rating
from simpul.insight.dates import outlook
from simpul.insight.keeping import keep
from simpul.insight.models import (
    BuyerFact,
    BuyerOutlook,
    MorningKind,
    MorningRules,
    MorningTask,
)
from simpul.insight.morning import finding, making, results, words
from simpul.insight.morning.finding import Found
from simpul.lib import clock, uploads
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import PaymentClaim
from simpul.workflow.steps import NotAllowed, WrongState

MONDAY = datetime(2026, 11, 2, 9, tzinfo=clock.WIB)


def found(workshop: Workshop, kind: MorningKind) -> list[Found]:
    others = [one.value for one in MorningKind if one != kind]
    return finding.find(workshop, others)


def silent(buyer: Party, *, alive: float | None = None, sold: int = 4_000_000) -> None:
    """Somebody who ordered four times, a million each, of which 300.000 were left, and is silent."""
    today = clock.today()
    BuyerFact.objects.create(
        buyer=buyer,
        workshop=buyer.workshop,
        first_on=today - timedelta(days=130),
        last_on=today - timedelta(days=61),
        orders=4,
        days=4,
        late=0,
        pairs=40,
        sold=sold,
        delivered=40,
        earned=sold,
        contribution=sold * 3 // 10,
    )
    BuyerOutlook.objects.create(
        buyer=buyer,
        workshop=buyer.workshop,
        buys_as=buyer.buys_as,
        last_on=today - timedelta(days=61),
        orders=4,
        waited=61,
        usual=24,
        gaps=3,
        longer=0.04,
        alive=alive,
        stake=sold,
    )


def claimed(order: Order, by: Person, amount: int = 600_000) -> PaymentClaim:
    return PaymentClaim.submit(
        by=by,
        order=order,
        amount=amount,
        paid_on=clock.today(),
        proof=uploads.Admitted(b"a picture", "image/jpeg", "jpg", "0" * 64),
    )


def on(day: date) -> datetime:
    return datetime.combine(day, time(5), clock.WIB)


def morning(workshop: Workshop, days: int = 0) -> int:
    """Make the tasks of a day at five in the morning, so many days from now."""
    with clock.stopped(on(clock.today() + timedelta(days=days))):
        return making.make(workshop)


def shows_all(workshop: Workshop) -> None:
    MorningRules.objects.create(workshop=workshop, holdout_percent=0)


# What is found, and what it is worth


def test_who_is_overdue_is_worth_what_an_order_of_his_leaves(buyer: Party) -> None:
    silent(buyer, alive=0.5)

    (one,) = found(buyer.workshop, MorningKind.OVERDUE)
    assert (one.party, one.gain, one.chance, one.expected) == (buyer.pk, 300_000, 10, 30_000)
    assert one.facts == {
        "order": 1_000_000,
        "left": 30,
        "usual": 24,
        "gaps": 3,
        "waited": 61,
        "longer": 4,
    }


def test_of_who_ordered_once_no_rhythm_of_his_own_is_told() -> None:
    facts = {"usual": 22, "gaps": 0, "waited": 293, "longer": 1}
    assert words._why_overdue(facts) == "Ordered once; others order every 22 days; now 293."


def test_who_has_just_asked_is_not_overdue(buyer: Party) -> None:
    silent(buyer)
    testing.order(buyer)
    assert found(buyer.workshop, MorningKind.OVERDUE) == []


def test_an_order_that_will_be_late(
    workshop: Workshop, buyer: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = testing.needy_order(buyer)
    silent(buyer)
    monkeypatch.setattr(outlook, "late_orders", lambda _workshop: [order.pk])

    (one,) = found(workshop, MorningKind.LATE)
    assert order.promised_on is not None
    assert (one.order, one.gain, one.chance) == (order.pk, 300_000, finding.TELLING)
    assert one.facts["promised_on"] == order.promised_on.isoformat()

    testing.amendment(order, None, **{"40": 5})  # the buyer and the workshop are talking already
    assert found(workshop, MorningKind.LATE) == []


def test_what_must_be_bought_today_because_of_paid_orders(supplier: Party, buyer: Party) -> None:
    order = testing.needy_order(buyer)
    for need in order.lines.get().needs.select_related("material").order_by("pk"):
        if not need.material.offers.exists():
            testing.supplier_price(supplier, need.material, lead_days=60)

    (one,) = found(supplier.workshop, MorningKind.BUY)
    assert (one.party, one.gain, one.chance) == (supplier.pk, 500_000, finding.BUYING)
    assert (one.facts["orders"], one.facts["total"]) == (1, 2_000_000)


def test_what_comes_in_time_anyway_need_not_be_bought_today(supplier: Party, buyer: Party) -> None:
    order = testing.needy_order(buyer, wished_on=clock.in_days(200))
    Order.objects.filter(pk=order.pk).update(promised_on=clock.in_days(200))
    for need in order.lines.get().needs.select_related("material").order_by("pk"):
        if not need.material.offers.exists():
            testing.supplier_price(supplier, need.material, lead_days=2)
    assert found(supplier.workshop, MorningKind.BUY) == []


def test_a_payment_that_was_reported_before_today_waits(buyer: Party, dewi: Person) -> None:
    claim = claimed(testing.confirmed_order(buyer), dewi)
    assert found(buyer.workshop, MorningKind.CLAIM) == []

    with clock.stopped(clock.now() + timedelta(days=2)):
        (one,) = found(buyer.workshop, MorningKind.CLAIM)
    assert (one.claim, one.gain, one.expected) == (claim.pk, 600_000, 12_000)
    assert one.facts == {"amount": 600_000, "days": 2}


def test_money_past_its_day_but_not_of_who_says_to_have_paid(buyer: Party, dewi: Person) -> None:
    order = testing.confirmed_order(buyer)
    first = order.instalments.order_by("position")[0]
    order.instalments.filter(pk=first.pk).update(due_on=clock.in_days(-3))

    (one,) = found(buyer.workshop, MorningKind.OWED)
    assert (one.party, one.gain, one.chance) == (buyer.pk, first.amount, finding.REMINDING)
    assert one.facts == {
        "amount": first.amount,
        "since": clock.in_days(-3).isoformat(),
        "payments": 1,
        "instalments": [first.pk],
    }

    claimed(order, dewi)
    assert found(buyer.workshop, MorningKind.OWED) == []


def test_a_model_that_is_sold_below_its_cost(buyer: Party) -> None:
    model = testing.product(buyer.workshop)
    testing.stages(model)
    testing.recipe(model)
    testing.confirmed_order(buyer, model)
    keep.rebuild(buyer.workshop)
    assert found(buyer.workshop, MorningKind.PRICE) == []

    model.prices.filter(group=Group.WHOLESALE).update(amount=1_000)
    (one,) = found(buyer.workshop, MorningKind.PRICE)
    assert (one.product, one.facts["price"], one.facts["pairs"]) == (model.pk, 1_000, 10)
    assert one.gain == 10 * (one.facts["cost"] - 1_000)

    model.prices.filter(group=Group.WHOLESALE).update(from_pairs=12)  # nobody buys a single pair
    Product.objects.filter(pk=model.pk).update(minimum_pairs=12)
    (one,) = found(buyer.workshop, MorningKind.PRICE)
    assert one.facts["price"] == 1_000


def test_pairs_and_material_that_nobody_touched_for_half_a_year(workshop: Workshop) -> None:
    model = testing.product(workshop)
    variant = model.colourways.get().variants.order_by("pk")[0]
    leather = testing.material(workshop, price=40_000)
    with clock.stopped(clock.now() - timedelta(days=200)):
        testing.lay_down(variant, 12)
        testing.stock_up(leather, 3_000)

    (pairs,) = found(workshop, MorningKind.DEAD)
    assert (pairs.product, pairs.gain) == (model.pk, 12 * 200_000)
    assert pairs.facts == {"quantity": 12, "days": 200, "price": 200_000}
    (unused,) = found(workshop, MorningKind.UNUSED)
    assert (unused.material, unused.gain) == (leather.pk, 120_000)

    testing.lay_down(variant, 1)  # something of it moved today
    testing.stock_up(leather, 1_000)
    assert found(workshop, MorningKind.DEAD) == []
    assert found(workshop, MorningKind.UNUSED) == []


def test_who_is_thanked_and_not_while_he_complains(
    buyer: Party, dewi: Person, machine: Person
) -> None:
    silent(buyer)
    order = testing.confirmed_order(buyer)
    Rating.ask(by=machine, about=order).reply(by=dewi, stars=5)

    (one,) = found(buyer.workshop, MorningKind.THANK)
    assert (one.party, one.facts["why"]) == (buyer.pk, "praise")
    assert one.expected == 300_000 * finding.THANKING // 100

    Ticket.ask(by=dewi, subject=order, party=buyer, kind="complaint", body="Lem lepas", facts={})
    assert found(buyer.workshop, MorningKind.THANK) == []


def test_a_round_number_of_orders_is_a_reason(buyer: Party) -> None:
    silent(buyer)
    BuyerFact.objects.update(orders=25, last_on=clock.today())
    (one,) = found(buyer.workshop, MorningKind.THANK)
    assert (one.facts["why"], one.facts["orders"]) == ("loyal", 25)


def test_what_is_worth_most_comes_first(workshop: Workshop, buyer: Party) -> None:
    silent(buyer)
    other = testing.party(workshop, "Toko Besar")
    silent(other, sold=40_000_000)
    assert [one.party for one in found(workshop, MorningKind.OVERDUE)] == [other.pk, buyer.pk]


# What is shown


def test_once_a_day_and_not_before_dawn(buyer: Party) -> None:
    workshop = buyer.workshop
    silent(buyer)
    shows_all(workshop)
    with clock.stopped(MONDAY.replace(hour=3)):
        assert not making.is_needed(workshop)
        assert making.make(workshop) == 0
    with clock.stopped(MONDAY):
        assert making.is_needed(workshop)
        assert making.make(workshop) == 1
        assert not making.is_needed(workshop)
        assert making.make(workshop) == 0
    assert MorningTask.objects.count() == 1


def test_seven_at_most_and_three_of_a_kind(workshop: Workshop) -> None:
    shows_all(workshop)
    for at in range(5):
        silent(testing.party(workshop, f"Toko {at}"), sold=4_000_000 + 100_000 * at)
    assert morning(workshop) == 3
    ranks = MorningTask.objects.order_by("rank").values_list("rank", "party__name")
    assert list(ranks) == [(1, "Toko 4"), (2, "Toko 3"), (3, "Toko 2")]


def test_the_owner_says_how_many_and_which_kinds(workshop: Workshop) -> None:
    for at in range(3):
        silent(testing.party(workshop, f"Toko {at}"))
    rules = MorningRules.objects.create(workshop=workshop, tasks=2, holdout_percent=0)
    assert morning(workshop) == 2
    rules.left_out = ["overdue"]
    rules.save()
    assert morning(workshop, 1) == 0


def test_what_nobody_answered_is_the_same_task_the_next_day(buyer: Party) -> None:
    shows_all(buyer.workshop)
    silent(buyer)
    morning(buyer.workshop)
    BuyerOutlook.objects.update(waited=62)
    morning(buyer.workshop, 1)

    task = MorningTask.objects.get()
    assert (task.day, task.last_on) == (clock.today(), clock.in_days(1))
    assert task.facts["waited"] == 62


@pytest.mark.parametrize(
    ("answer", "days"),
    [(MorningTask.finish, 28), (MorningTask.put_off, 7), (MorningTask.dismiss, 90)],
)
def test_what_was_answered_stays_away_for_its_days(
    buyer: Party, sari: Person, answer: Callable[..., None], days: int
) -> None:
    shows_all(buyer.workshop)
    silent(buyer)
    morning(buyer.workshop)
    answer(MorningTask.objects.get(), by=sari)

    assert morning(buyer.workshop, days - 1) == 0
    assert morning(buyer.workshop, days) == 1
    assert MorningTask.objects.count() == 2


def test_the_lot_can_be_drawn_again_and_holds_out_about_its_share() -> None:
    task = MorningTask(workshop=Workshop(pk=7), day=date(2026, 11, 2))
    lots = [
        making._is_held(task, Found(MorningKind.OVERDUE, 1, 1, {}, party=party), 10)
        for party in range(1000)
    ]
    assert sum(lots) == 99
    nobody = [Found(MorningKind.OVERDUE, 1, 1, {}, party=party) for party in range(1000)]
    assert not any(making._is_held(task, one, 0) for one in nobody)


def test_what_is_held_out_makes_room_for_the_next(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    MorningRules.objects.create(workshop=workshop, tasks=1)
    first = testing.party(workshop, "Toko Besar")
    silent(first, sold=40_000_000)
    second = testing.party(workshop, "Toko Kecil")
    silent(second)
    monkeypatch.setattr(making, "_is_held", lambda task, found, _percent: found.party == first.pk)

    assert morning(workshop) == 1
    drawn = MorningTask.objects.order_by("pk").values_list("party", "is_held")
    assert list(drawn) == [(first.pk, True), (second.pk, False)]


def test_what_is_held_out_is_shown_to_nobody_and_stays_away(buyer: Party, owner: Person) -> None:
    MorningRules.objects.create(workshop=buyer.workshop, holdout_percent=0)
    silent(buyer)
    morning(buyer.workshop)
    MorningTask.objects.update(is_held=True)

    assert not MorningTask.objects.visible_to(owner).exists()
    assert morning(buyer.workshop, 28) == 0
    assert morning(buyer.workshop, 29) == 1


# The answers


def test_an_answer_and_its_undoing(buyer: Party, sari: Person, rina: Person) -> None:
    shows_all(buyer.workshop)
    silent(buyer)
    morning(buyer.workshop)
    task = MorningTask.objects.get()
    with pytest.raises(NotAllowed):
        task.finish(by=rina)  # an order is none of hers
    task.finish(by=sari)
    assert (task.status, task.answered_on) == ("done", clock.today())
    with pytest.raises(WrongState):
        task.dismiss(by=sari)
    task.reopen(by=sari)
    task.refresh_from_db()
    assert (task.status, task.answered_on) == ("open", None)


def test_each_sees_the_tasks_of_his_own_work(
    workshop: Workshop, owner: Person, sari: Person, fajar: Person, rina: Person, viewer: Person
) -> None:
    for kind in MorningKind:
        MorningTask.objects.create(
            workshop=workshop,
            kind=kind,
            day=clock.today(),
            last_on=clock.today(),
            rank=1,
            gain=1,
            chance=1,
            is_held=False,
        )

    def sees(person: Person) -> set[str]:
        return set(MorningTask.objects.visible_to(person).values_list("kind", flat=True))

    assert sees(owner) == sees(viewer) == set(MorningKind.values)
    assert sees(sari) == {"overdue", "late", "owed", "dead", "thank"}
    assert sees(fajar) == {"claim", "owed", "price"}
    assert sees(rina) == {"buy", "unused"}


# What followed


def followed(workshop: Workshop, days: int) -> tuple[bool | None, date | None]:
    """Return what is known of the first task after so many more days."""
    morning(workshop, days)
    task = MorningTask.objects.order_by("pk")[0]
    return task.followed, task.followed_on


def test_an_order_within_the_days_has_followed(buyer: Party) -> None:
    shows_all(buyer.workshop)
    silent(buyer)
    morning(buyer.workshop)
    assert followed(buyer.workshop, 1) == (None, None)
    with clock.stopped(clock.now() + timedelta(days=2)):
        testing.confirmed_order(buyer)
    assert followed(buyer.workshop, 3) == (True, clock.in_days(3))


def test_without_one_nothing_has_followed_when_the_days_are_over(buyer: Party) -> None:
    shows_all(buyer.workshop)
    silent(buyer)
    morning(buyer.workshop)
    assert followed(buyer.workshop, 28) == (None, None)
    assert followed(buyer.workshop, 29) == (False, clock.in_days(29))


def test_money_that_came_has_followed(buyer: Party) -> None:
    shows_all(buyer.workshop)
    order = testing.confirmed_order(buyer)
    order.instalments.update(due_on=clock.in_days(-3))
    morning(buyer.workshop)
    assert followed(buyer.workshop, 1) == (None, None)
    testing.pay(order)
    assert followed(buyer.workshop, 2) == (True, clock.in_days(2))


def test_a_claim_that_was_answered_has_followed(buyer: Party, dewi: Person, fajar: Person) -> None:
    shows_all(buyer.workshop)
    claim = claimed(testing.confirmed_order(buyer), dewi)
    morning(buyer.workshop, 1)
    assert followed(buyer.workshop, 2) == (None, None)
    claim.reject(by=fajar, reason="Belum masuk")
    assert followed(buyer.workshop, 3) == (True, clock.in_days(3))


def test_a_price_that_covers_its_cost_has_followed(buyer: Party) -> None:
    shows_all(buyer.workshop)
    model = testing.product(buyer.workshop)
    testing.stages(model)
    testing.recipe(model)
    testing.confirmed_order(buyer, model)
    keep.rebuild(buyer.workshop)
    rules = PriceRule.objects.filter(product=model, group=Group.WHOLESALE)
    rules.update(amount=1_000)
    morning(buyer.workshop)
    assert MorningTask.objects.get().kind == MorningKind.PRICE
    assert followed(buyer.workshop, 1) == (None, None)
    rules.update(amount=2_000_000)
    assert followed(buyer.workshop, 2) == (True, clock.in_days(2))


def test_pairs_that_went_have_followed(workshop: Workshop) -> None:
    shows_all(workshop)
    variant = testing.product(workshop).colourways.get().variants.order_by("pk")[0]
    with clock.stopped(clock.now() - timedelta(days=200)):
        testing.lay_down(variant, 12)
    morning(workshop)
    assert followed(workshop, 1) == (None, None)
    testing.lay_down(variant, -2)
    assert followed(workshop, 2) == (True, clock.in_days(2))


def test_a_purchase_that_was_sent_has_followed(supplier: Party, buyer: Party) -> None:
    shows_all(supplier.workshop)
    order = testing.needy_order(buyer)
    for need in order.lines.get().needs.select_related("material").order_by("pk"):
        if not need.material.offers.exists():
            testing.supplier_price(supplier, need.material, lead_days=60)
    morning(supplier.workshop)
    assert MorningTask.objects.filter(kind=MorningKind.BUY).count() == 1
    testing.sent_purchase(supplier, order)
    morning(supplier.workshop, 1)
    assert MorningTask.objects.get(kind=MorningKind.BUY).followed is True


def test_a_day_that_was_agreed_on_anew_has_followed(
    workshop: Workshop, buyer: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_all(workshop)
    order = testing.needy_order(buyer)
    silent(buyer)
    monkeypatch.setattr(outlook, "late_orders", lambda _workshop: [order.pk])
    morning(workshop)
    late = MorningTask.objects.get(kind=MorningKind.LATE)
    monkeypatch.setattr(outlook, "late_orders", lambda _workshop: [])
    assert order.promised_on is not None
    later = order.promised_on + timedelta(days=5)
    Order.objects.filter(pk=order.pk).update(promised_on=later)
    morning(workshop, 1)
    late.refresh_from_db()
    assert late.followed is True


def test_a_task_counts_only_once_its_days_are_over(buyer: Party) -> None:
    """Of young tasks only good news is known: counted at once it would make every share too high."""
    known: list[tuple[int, bool | None]] = [(-40, True), (-29, False), (-28, True), (-3, True)]
    for days, has_followed in [*known, (-3, None)]:
        MorningTask.objects.create(
            workshop=buyer.workshop,
            kind=MorningKind.OVERDUE,
            party=buyer,
            day=clock.in_days(days),
            last_on=clock.in_days(days),
            rank=1,
            gain=1,
            chance=1,
            is_held=False,
            followed=has_followed,
        )
    (found,) = results.results(buyer.workshop)
    assert found.shown == results.Group(tasks=2, followed=1)
    assert (found.waiting, found.all_shown) == (3, 5)
