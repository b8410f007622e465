"""A change both agree on: pairs, money, material and work follow it, and nothing is lost."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.changes.agreeing import accept
from simpul.delivery.models import Shipment
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Amendment, LineSize, LineWish, Order, OrderNeed, Track
from simpul.parties.models import Party, Person
from simpul.payments.models import Instruction, party_credit
from simpul.procurement import planning
from simpul.procurement.models import PurchaseOrder
from simpul.production.models import Job, JobSize, MaterialMissing, Outwork
from simpul.production.outwork import give_out, take_in
from simpul.stock.models import Balance
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def order(buyer: Party) -> Order:
    """Ten pairs, 4 of 40 and 6 of 41, of which the first part is paid; no material is there."""
    return testing.needy_order(buyer)


def agree(order: Order, by: Person, **sizes: int) -> Amendment:
    """Let the buyer ask for these pairs, and sales agree."""
    amendment = testing.amendment(order, None, **sizes)
    accept(amendment, by=by)
    return amendment


def pairs_of(order: Order) -> dict[str, int]:
    sizes = LineSize.objects.filter(line__order=order, pairs__gt=0)
    return dict(sizes.order_by("variant__size").values_list("variant__size", "pairs"))


def deliver(order: Order, rina: Person, asep: Person) -> None:
    """Pack what is ready, four pairs in a carton, and bring it to the buyer."""
    testing.fill(order, pairs=4)
    shipment = Shipment.open(
        by=rina, orders=[order], mode="ojek", route="Ciomas – Bogor", fee=35_000
    )
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    shipment.issue_note(by=rina)
    shipment.hand_over(by=rina, count=1)
    shipment.pick_up(by=asep, count=1)
    shipment.deliver(by=asep, receiver="Bu Dewi", count=1, pin=shipment.pin)


def need(order: Order, code: str, size: str = "") -> OrderNeed:
    return OrderNeed.objects.get(line__order=order, material__code=code, size=size)


def test_both_agree_on_the_same_revision(order: Order, sari: Person, dewi: Person) -> None:
    amendment = agree(order, sari, s40=4, s41=4, s42=3)

    order = Order.objects.for_page().get(pk=order.pk)
    assert (order.revision, order.agreed_revision, order.total) == (2, 2, 2_200_000)
    assert order.current.digest == amendment.revision.digest
    assert pairs_of(order) == {"40": 4, "41": 4, "42": 3}
    assert (amendment.status, amendment.answered_at is None) == ("accepted", False)
    entry = amendment.journal.get(step="orders.accept_change")
    assert (entry.by, entry.facts) == (sari, {})
    assert not list(findings(order.workshop))


def test_the_buyer_answers_what_the_workshop_proposes(
    order: Order, sari: Person, dewi: Person
) -> None:
    amendment = testing.amendment(order, by=sari, s40=4)

    accept(amendment, by=dewi)

    assert pairs_of(order) == {"40": 4}


@pytest.mark.parametrize("who", ["dewi", "siti", "rina", "joko"])
def test_whoever_asked_does_not_answer(
    order: Order, who: str, request: pytest.FixtureRequest
) -> None:
    amendment = testing.amendment(order, s40=4)

    with pytest.raises(NotAllowed):
        accept(amendment, by=request.getfixturevalue(who))

    assert pairs_of(order) == {"40": 4, "41": 6}
    assert Amendment.objects.get().status == "proposed"
    assert Order.objects.get().agreed_revision == 1


def test_it_is_agreed_on_once(order: Order, sari: Person) -> None:
    amendment = testing.amendment(order, s40=5, s41=6)
    seen_before = Amendment.objects.get(pk=amendment.pk)
    accept(amendment, by=sari)

    with pytest.raises(WrongState):
        accept(seen_before, by=sari)

    assert need(order, "LEATHER").quantity == 35_200


def test_the_same_form_again_gets_the_first_answer(order: Order, sari: Person) -> None:
    amendment = testing.amendment(order, s40=5, s41=6)
    for _turn in range(2):
        with keyed("f" * 32):
            accept(Amendment.objects.get(pk=amendment.pk), by=sari)

    assert pairs_of(order) == {"40": 5, "41": 6}
    assert amendment.journal.count() == 2


def test_packed_meanwhile(order: Order, sari: Person) -> None:
    amendment = testing.amendment(order, s40=4, s41=2)
    testing.shelve(order)
    testing.fill(order, pairs=10)

    with pytest.raises(WrongState, match="packed already"):
        accept(amendment, by=sari)

    assert pairs_of(order) == {"40": 4, "41": 6}
    assert need(order, "LEATHER").quantity == 32_000


def test_an_order_that_was_cancelled_meanwhile(order: Order, sari: Person, owner: Person) -> None:
    amendment = testing.amendment(order, s40=4)
    order.cancel(by=owner, reason="x")

    with pytest.raises(WrongState, match="order that runs"):
        accept(amendment, by=sari)

    assert not Amendment.objects.open().exists()


# Material


def test_what_nobody_bought_yet_is_not_bought(order: Order, sari: Person) -> None:
    agree(order, sari, s40=4, s41=1)

    assert need(order, "LEATHER").quantity == 16_000
    assert need(order, "SOLE", "40").quantity == 4_000
    assert need(order, "SOLE", "41").quantity == 1_000


def test_more_pairs_need_more_and_take_what_is_free(order: Order, sari: Person) -> None:
    testing.stock_up(need(order, "LEATHER").material, 40_000)
    testing.fetch_material(order)

    agree(order, sari, s40=4, s41=6, s42=5)

    leather = need(order, "LEATHER")
    assert (leather.quantity, leather.ready, leather.uncovered) == (48_000, 48_000, 0)
    soles = need(order, "SOLE", "42")
    assert (soles.quantity, soles.uncovered) == (5_000, 5_000)
    assert not list(findings(order.workshop))


def test_it_takes_nothing_before_the_money_has_come(buyer: Party, sari: Person) -> None:
    order = testing.needy_order(buyer, paid=False)
    testing.stock_up(need(order, "LEATHER").material, 90_000)

    agree(order, sari, s40=4, s41=8)

    assert need(order, "LEATHER").ready == 0


def test_a_cancelled_pairs_leather_lies_free_in_the_store(order: Order, sari: Person) -> None:
    testing.fetch_material(order)

    agree(order, sari, s40=4, s41=1)

    leather = need(order, "LEATHER")
    assert (leather.quantity, leather.ready) == (16_000, 16_000)
    balance = Balance.objects.get(item__material__code="LEATHER")
    assert (balance.on_hand, balance.reserved) == (32_000, 16_000)
    assert not list(findings(order.workshop))


def test_a_draft_asks_for_less(order: Order, supplier: Party, sari: Person) -> None:
    purchase = testing.draft_purchase(supplier, order)

    agree(order, sari, s40=4, s42=1)

    lines = {
        (line.material.code, line.size): line.quantity
        for line in purchase.lines.select_related("material")
    }
    assert lines == {("LEATHER", ""): 16_000, ("SOLE", "40"): 4_000}
    assert need(order, "LEATHER").ordered == 16_000
    assert not list(findings(order.workshop))


def test_a_draft_that_is_for_nothing_any_more_ends(
    order: Order, supplier: Party, sari: Person
) -> None:
    another = testing.product(order.workshop)
    testing.draft_purchase(supplier, order)
    order = Order.objects.for_page().get(pk=order.pk)
    amendment = Amendment.propose(
        by=testing.contact_of(order.buyer),
        order=order,
        wishes=[LineWish(another.colourways.get(), {"40": 5})],
        promised_on=order.promised_on or clock.today(),
        shipping=0,
        discount=0,
    )

    accept(amendment, by=sari)

    assert PurchaseOrder.objects.get().status == "cancelled"
    assert {one.quantity for one in OrderNeed.objects.filter(line__order=order)} == {0}


def test_what_is_on_its_way_comes_for_the_store(
    order: Order, supplier: Party, sari: Person, rina: Person
) -> None:
    purchase = testing.confirmed_purchase(supplier, order)

    agree(order, sari, s40=4, s41=1)

    line = purchase.lines.get(material__code="LEATHER")
    assert (line.quantity, sum(peg.quantity for peg in line.pegs.all())) == (32_000, 16_000)
    goods = {one: (one.open_quantity, 0) for one in purchase.lines.all()}
    purchase.receive(by=rina, goods=goods)
    balance = Balance.objects.get(item__material__code="LEATHER")
    assert (balance.on_hand, balance.reserved) == (32_000, 16_000)
    assert not list(findings(order.workshop))


def test_a_material_that_the_recipe_names_twice_is_counted_twice(
    buyer: Party, sari: Person
) -> None:
    """Vamp and quarter are cut from the same leather at the same stage: 3.2 and 0.8 a pair."""
    model = testing.product(buyer.workshop)
    stage = testing.stages(model)[0]
    recipe = testing.recipe(model, leather=3_200)
    recipe.lines.create(material=recipe.lines.get().material, stage=stage, quantity=800)
    order = testing.confirmed_order(buyer, model)

    agree(order, sari, s40=2, s41=3)
    needs = OrderNeed.objects.filter(line__order=order)
    assert sum(need.quantity for need in needs) == 20_000

    agree(order, sari, s40=4, s41=6)
    assert sum(need.quantity for need in needs.all()) == 40_000


def test_what_may_be_taken_instead_of_another_is_no_need_for_it(buyer: Party, sari: Person) -> None:
    """Lining is of suede, and leather may be replaced by suede: fewer pairs need less of each."""
    model = testing.product(buyer.workshop)
    testing.stages(model)
    recipe = testing.recipe(model, leather=3_000, suede=1_000)
    testing.alternative(recipe.lines.get(material__code="LEATHER"), "SUEDE")
    order = testing.confirmed_order(buyer, model)

    agree(order, sari, s40=2, s41=3)

    assert need(order, "LEATHER").quantity == 15_000
    assert need(order, "SUEDE").quantity == 5_000


def test_of_what_is_taken_instead_less_is_needed_as_the_recipe_counts_it(
    order: Order, sari: Person, rina: Person
) -> None:
    """Of 32 of leather 10 are there; the rest is suede, of which a tenth more is needed."""
    leather = need(order, "LEATHER")
    testing.alternative(leather.recipe_line, "CANVAS")
    testing.alternative(leather.recipe_line, "SUEDE", 1_100)
    testing.stock_up(leather.material, 10_000)
    planning.reserve(order, by=rina)
    planning.substitute(order, by=rina, need=leather.pk, instead_of="LEATHER", taken="SUEDE")
    assert need(order, "SUEDE").quantity == 24_200

    agree(order, sari, s40=2, s41=3)  # half of the pairs: 16 of leather less

    assert need(order, "LEATHER").quantity == 0
    assert need(order, "SUEDE").quantity == 17_600  # 6 less of the leather's count
    assert not list(findings(order.workshop))

    agree(order, sari, s40=2, s41=4)  # what comes on top is of the first choice
    assert need(order, "LEATHER").quantity == 3_200
    assert need(order, "SUEDE").quantity == 17_600


# Money


def test_the_buyer_is_asked_for_what_is_left(order: Order, sari: Person) -> None:
    testing.account(order.workshop)
    agree(order, sari, s40=4, s41=1)

    asked = Instruction.objects.open().get(order=order)
    assert (asked.base, order.balance_now()) == (400_000, 400_000)


def test_what_was_paid_above_it_is_credit(order: Order, sari: Person, buyer: Party) -> None:
    testing.pay(order)

    agree(order, sari, s40=4, s41=1)

    parts = list(order.instalments.order_by("position").values_list("amount", "paid"))
    assert parts == [(600_000, 600_000), (400_000, 400_000)]
    assert party_credit(buyer) == 1_000_000
    assert not list(findings(order.workshop))


def test_what_comes_on_top_is_asked_for(order: Order, sari: Person, buyer: Party) -> None:
    testing.account(order.workshop)
    testing.pay(order)

    agree(order, sari, s40=4, s41=8)

    asked = Instruction.objects.open().get(order=order)
    assert (asked.base, asked.instalment.position) == (400_000, 3)


# Work


def test_planned_work_makes_other_pairs(buyer: Party, sari: Person) -> None:
    job = testing.planned_job(buyer)

    agree(job.line.order, sari, s40=4, s42=2)

    assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 4, "42": 2}


def test_work_that_nothing_is_left_of_ends(buyer: Party, sari: Person) -> None:
    job = testing.planned_job(buyer)
    order = Order.objects.for_page().get(pk=job.line.order_id)
    another = testing.product(order.workshop)
    amendment = Amendment.propose(
        by=testing.contact_of(order.buyer),
        order=order,
        wishes=[LineWish(another.colourways.get(), {"40": 5})],
        promised_on=order.promised_on or clock.today(),
        shipping=0,
        discount=0,
    )

    accept(amendment, by=sari)

    assert Job.objects.get().status == "cancelled"
    assert not list(findings(order.workshop))


def test_begun_pairs_are_finished_and_are_our_own(buyer: Party, sari: Person, udin: Person) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    first = job.stages.get(position=1)
    job.tap(by=udin, stage=first, good={"41": 5})

    agree(order, sari, s40=4, s41=2)

    assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 4, "41": 5}
    assert need(order, "SOLE", "41").issued == 6_000  # taken out with the first pair
    job = Job.objects.get()
    job.tap(by=udin, stage=first, good={"40": 4})
    for stage in job.stages.filter(position__gt=1).order_by("position"):
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 5})
    job.refresh_from_db()
    assert job.status == "done"
    size = LineSize.objects.get(line__order=order, variant__size="41")
    assert (size.pairs, size.made) == (2, 2)
    balance = Balance.objects.get(item__variant=size.variant)
    assert (balance.on_hand, balance.free) == (5, 3)
    assert not list(findings(order.workshop))


@pytest.mark.parametrize("is_closed", [False, True])
def test_begun_pairs_are_finished_after_the_order(
    buyer: Party, sari: Person, udin: Person, rina: Person, asep: Person, is_closed: bool
) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    first, second, last = job.stages.order_by("position")
    for stage in (first, second):
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 3})
    job.tap(by=udin, stage=last, good={"40": 4})
    agree(order, sari, s40=4)
    give_out(
        job, by=udin, stage=last, stage_name=last.name, pairs={"41": 1},
        worker="Bu Tini", rate=2_500, due_on=clock.today(),
    )  # fmt: skip
    testing.pay(Order.objects.get())
    deliver(order, rina, asep)
    order = Order.objects.get()
    if is_closed:
        order.close(by=sari)
    assert order.status == ("closed" if is_closed else "fulfilled")

    job.tap(by=udin, stage=last, good={"41": 2})
    take_in(job, by=udin, outwork=Outwork.objects.get(), good={"41": 1}, reject={})

    job.refresh_from_db()
    assert job.status == "done"
    size = LineSize.objects.get(line__order=order, variant__size="41")
    balance = Balance.objects.get(item__variant=size.variant)
    assert (size.made, balance.on_hand, balance.free) == (0, 3, 3)
    assert not list(findings(order.workshop))


def test_a_wrong_count_takes_our_own_pairs_first(buyer: Party, sari: Person, udin: Person) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    first, second, last = job.stages.order_by("position")
    for stage in (first, second):
        job.tap(by=udin, stage=stage, good={"41": 5})
    agree(order, sari, s40=4, s41=2)
    job = Job.objects.get()
    for _turn in range(2):
        job.tap(by=udin, stage=last, good={"41": 2})
    size = LineSize.objects.get(line__order=order, variant__size="41")
    testing.fill(order, pairs=2)

    job.correct(by=udin, log=last.logs.order_by("pk")[0], reason="salah hitung")

    size.refresh_from_db()
    assert (size.made, size.packed) == (2, 2)
    assert not list(findings(order.workshop))


def test_finished_pairs_that_nobody_wants_are_our_own(buyer: Party, sari: Person) -> None:
    job = testing.released_job(buyer)
    testing.run_through(job)
    order = job.line.order

    agree(order, sari, s40=4, s41=1)

    size = LineSize.objects.get(line__order=order, variant__size="41")
    assert (size.pairs, size.made) == (1, 1)
    assert Balance.objects.get(item__variant=size.variant).free == 5
    assert not list(findings(order.workshop))


def test_a_count_of_pairs_that_were_let_go_can_be_taken_back(
    buyer: Party, sari: Person, udin: Person
) -> None:
    job = testing.released_job(buyer)
    order, last = job.line.order, job.stages.get(is_last=True)
    for stage in job.stages.order_by("position"):
        job.tap(by=udin, stage=stage, good={"40": 4, "41": 6})
    agree(order, sari, s40=4, s41=2)
    made = JobSize.objects.get(line_size__variant__size="41")
    assert (made.own, made.line_size.made) == (4, 2)

    job.correct(by=udin, log=last.logs.get(size=made), reason="salah hitung")

    made = JobSize.objects.get(line_size__variant__size="41")
    assert (made.own, made.line_size.made) == (0, 0)
    assert Balance.objects.get(item__variant=made.line_size.variant).on_hand == 0
    assert not list(findings(order.workshop))


def test_let_go_pairs_are_of_the_latest_job(buyer: Party, sari: Person, udin: Person) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    testing.run_through(job, {"40": 4, "41": 4})
    job.cancel(by=udin, reason="rusak")
    job = Job.plan(by=udin, line=job.line)
    job.release(by=udin)
    testing.run_through(job)
    assert Job.objects.latest("pk").status == "done"

    agree(order, sari, s40=4, s41=3)  # three less: the two of the second job, and one of the first

    own = JobSize.objects.filter(line_size__variant__size="41").order_by("job")
    assert list(own.values_list("own", flat=True)) == [1, 2]
    log = job.stages.get(is_last=True).logs.get()
    job.correct(by=udin, log=log, reason="salah hitung")
    size = LineSize.objects.get(line__order=order, variant__size="41")
    assert (size.made, Balance.objects.get(item__variant=size.variant).on_hand) == (3, 4)
    assert not list(findings(order.workshop))


def test_a_size_added_after_cutting_waits_for_its_material(
    buyer: Party, sari: Person, udin: Person
) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    first = job.stages.get(position=1)
    job.tap(by=udin, stage=first, good={"40": 4, "41": 2})

    agree(order, sari, s40=4, s41=6, s42=2)

    job = Job.objects.get()
    assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 4, "41": 6, "42": 2}
    job.tap(by=udin, stage=first, good={"41": 4})  # whose material is there
    with pytest.raises(MaterialMissing):
        job.tap(by=udin, stage=first, good={"42": 1})
    testing.fetch_material(order)
    job.tap(by=udin, stage=first, good={"42": 2})
    leather = need(order, "LEATHER")
    assert (leather.quantity, leather.issued) == (38_400, 38_400)
    assert not list(findings(order.workshop))


def test_less_than_what_is_left_to_deliver_fulfils_it(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    order = testing.needy_order(buyer)
    for size in LineSize.objects.filter(line__order=order, variant__size="40"):
        for track in Track:
            size.advance(track, 4)

    agree(order, sari, s40=4)

    order.refresh_from_db()
    assert order.status == "fulfilled"


def test_begun_pairs_are_wanted_again(buyer: Party, sari: Person, udin: Person) -> None:
    """Six of 41 are cut; two are wanted, then six again, then none: what is begun is counted once."""
    job = testing.released_job(buyer)
    order = job.line.order
    job.tap(by=udin, stage=job.stages.get(position=1), good={"41": 6})

    for wanted in (2, 6, 0, 3):
        agree(order, sari, s40=4, s41=wanted)
        assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 4, "41": 6}
        assert (need(order, "LEATHER").quantity, need(order, "SOLE", "41").quantity) == (
            32_000,
            6_000,
        )
    assert not list(findings(order.workshop))


def test_own_pairs_in_work_serve_an_order_that_grows_again(
    buyer: Party, sari: Person, udin: Person
) -> None:
    job = testing.released_job(buyer)
    order = job.line.order
    for stage in job.stages.order_by("position"):
        job.tap(by=udin, stage=stage, good={"41": 3} if stage.is_last else {"41": 6})
    agree(order, sari, s40=4, s41=2)  # three are made, one of them is free; three are in work

    agree(order, sari, s40=4, s41=4)

    job = Job.objects.get()
    assert {size.name: size.pairs for size in job.sizes.for_work()} == {"40": 4, "41": 6}
    job.tap(by=udin, stage=job.stages.get(is_last=True), good={"41": 3})
    size = LineSize.objects.get(line__order=order, variant__size="41")
    assert (size.pairs, size.made) == (4, 4)
    assert Balance.objects.get(item__variant=size.variant).free == 2
    assert not list(findings(order.workshop))


def test_a_part_that_was_cut_to_nothing_grows_again(order: Order, sari: Person) -> None:
    agree(order, sari, s40=1)
    last = order.instalments.order_by("position").last()
    assert last is not None
    assert last.amount == 0
    gate = last.gate

    agree(order, sari, s40=4, s41=6)

    parts = list(order.instalments.order_by("position").values_list("amount", "gate"))
    assert len(parts) == 2
    assert (sum(amount for amount, _gate in parts), parts[-1][1]) == (2_000_000, gate)


def test_what_nobody_answered_before_the_end_lapses(
    order: Order, sari: Person, owner: Person
) -> None:
    amendment = testing.amendment(order, s40=4)
    order.cancel(by=owner, reason="x")

    assert Amendment.objects.get(pk=amendment.pk).label == "lapsed"
