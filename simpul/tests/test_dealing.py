"""Material is dealt again: two orders fight for one sole, and the turn decides."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from simpul import testing
from simpul.catalog.models import Material
from simpul.changes.agreeing import accept
from simpul.changes.dealing import deal, misdealt
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Amendment, Order, OrderNeed
from simpul.orders.turns import own_turn
from simpul.parties.models import Party, Person, Workshop
from simpul.procurement import planning
from simpul.procurement.models import Peg, SupplierPrice
from simpul.production.models import Job
from simpul.stock.models import Balance
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(buyer: Party, rina: Person) -> Order:
    """An order for which all of its material is set aside."""
    with transaction.atomic():
        made = testing.needy_order(buyer)
        testing.fetch_material(made)
    return made


@pytest.fixture
def first(buyer: Party, holder: Order, udin: Person) -> Order:
    """A paid order that was put before it, and has nothing."""
    made = testing.needy_order(buyer)
    made.take_turn(by=udin, before=holder.number)
    return Order.objects.get(pk=made.pk)


def ready(order: Order) -> dict[str, int]:
    needs = OrderNeed.objects.filter(line__order=order).order_by("material__code", "size")
    return {f"{code} {size}".strip(): ready for code, size, ready in needs.values_list(
        "material__code", "size", "ready"
    )}  # fmt: skip


ALL = {"LEATHER": 32_000, "SOLE 40": 4_000, "SOLE 41": 6_000}
NOTHING = dict.fromkeys(ALL, 0)


def shown(order: Order) -> str:
    return f'<span class="nowrap">{order}</span>'


def steps_after(entry: Entry | None) -> list[tuple[str, int]]:
    assert entry is not None
    return list(
        Entry.objects.filter(pk__gt=entry.pk).order_by("pk").values_list("step", "subject_id")
    )


def test_the_turn_decides_who_gets_what_lies_there(
    workshop: Workshop, holder: Order, first: Order, rina: Person
) -> None:
    before = Entry.objects.order_by("pk").last()
    assert (ready(holder), ready(first)) == (ALL, NOTHING)

    assert deal(workshop, by=rina) == [first]

    assert (ready(holder), ready(first)) == (NOTHING, ALL)
    assert steps_after(before) == [
        ("procurement.release", holder.pk), ("procurement.reserve", first.pk),
    ]  # fmt: skip
    assert not list(findings(workshop))


def test_what_is_left_over_goes_to_the_next_one(
    workshop: Workshop, holder: Order, first: Order, rina: Person
) -> None:
    """One pair of soles of size 40 is missing for both of them."""
    sole = Material.objects.get(workshop=workshop, code="SOLE")
    testing.stock_up(Material.objects.get(workshop=workshop, code="LEATHER"), 32_000)
    testing.stock_up(sole, 3_000, "40")
    testing.stock_up(sole, 6_000, "41")
    planning.reserve(first, by=rina)
    assert ready(first) == {**ALL, "SOLE 40": 3_000}

    assert deal(workshop, by=rina) == [first, holder]

    assert ready(first) == ALL
    assert ready(holder) == {**ALL, "SOLE 40": 3_000}
    assert not list(findings(workshop))


def test_where_everything_lies_in_turn_nothing_is_written(
    workshop: Workshop, holder: Order, buyer: Party, rina: Person
) -> None:
    testing.needy_order(buyer)
    before = Entry.objects.order_by("pk").last()

    assert misdealt(workshop, planning.wanted(workshop)) == []
    assert deal(workshop, by=rina) == []

    assert steps_after(before) == []
    assert ready(holder) == ALL


def test_what_lies_free_is_no_reason_to_take_from_anybody(
    workshop: Workshop, holder: Order, first: Order, rina: Person
) -> None:
    sole = Material.objects.get(workshop=workshop, code="SOLE")
    testing.stock_up(Material.objects.get(workshop=workshop, code="LEATHER"), 32_000)
    testing.stock_up(sole, 4_000, "40")
    testing.stock_up(sole, 6_000, "41")

    assert misdealt(workshop, planning.wanted(workshop)) == []
    assert deal(workshop, by=rina) == []
    assert ready(holder) == ALL


def test_what_lies_for_an_order_that_lost_its_money_can_be_dealt(
    workshop: Workshop, holder: Order, first: Order, rina: Person
) -> None:
    """The bank took the money of the one behind back; it gets nothing of what is left over."""
    testing.stock_up(Material.objects.get(workshop=workshop, code="LEATHER"), 22_000)
    planning.reserve(first, by=rina)
    holder.instalments.update(paid=0)

    assert deal(workshop, by=rina) == [first]

    assert ready(first) == ALL
    assert ready(holder)["LEATHER"] == 0


def test_what_comes_too_late_for_who_is_first_does_not_keep_the_store_shut(
    workshop: Workshop, buyer: Party, supplier: Party, rina: Person, udin: Person, owner: Person
) -> None:
    gone = testing.needy_order(buyer)
    purchase = testing.confirmed_purchase(supplier, gone)
    gone.refresh_from_db()
    gone.cancel(by=owner, reason="Toko tutup")
    planning.release(gone, by=rina)
    SupplierPrice.objects.update(lead_days=30)
    for line in purchase.lines.all():
        purchase.expect(by=rina, line=line, day=clock.in_days(25))
    holder = testing.needy_order(buyer)
    testing.fetch_material(holder)
    first = testing.needy_order(buyer)
    first.take_turn(by=udin, before=holder.number)

    assert first in deal(workshop, by=rina)

    assert (ready(first), ready(holder)) == (ALL, NOTHING)


def test_an_order_that_is_not_paid_gets_nothing(
    workshop: Workshop, holder: Order, buyer: Party, rina: Person
) -> None:
    unpaid = testing.needy_order(buyer, paid=False)
    unpaid.take_turn(by=rina, before=holder.number)

    assert deal(workshop, by=rina) == []
    assert (ready(holder), ready(unpaid)) == (ALL, NOTHING)


@pytest.mark.parametrize("is_released", [False, True])
def test_an_order_whose_work_is_released_keeps_its_own(
    workshop: Workshop, holder: Order, first: Order, rina: Person, udin: Person, is_released: bool
) -> None:
    job = Job.plan(by=udin, line=holder.lines.get())
    if is_released:
        job.release(by=udin)

    served = deal(workshop, by=rina)

    assert served == ([] if is_released else [first])
    assert ready(holder) == (ALL if is_released else NOTHING)
    assert not list(findings(workshop))


def test_somebody_elses_material_is_not_dealt(
    workshop: Workshop, holder: Order, first: Order, rina: Person, joko: Person
) -> None:
    foreign = testing.needy_order(testing.party(joko.workshop, "Lain"))
    testing.fetch_material(foreign)
    lies = Balance.objects.filter(location__workshop=joko.workshop).order_by("pk")
    before = list(lies.values_list("reserved", flat=True))

    with pytest.raises(NotAllowed):
        deal(workshop, by=joko)
    deal(workshop, by=rina)

    assert list(lies.values_list("reserved", flat=True)) == before
    assert ready(foreign) == ALL


def test_a_refusal_in_the_middle_changes_nothing(
    workshop: Workshop, holder: Order, first: Order, rina: Person, sari: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = Entry.objects.order_by("pk").last()

    def refuse(order: Order, *, by: Person) -> None:
        raise WrongState("Somebody was quicker.")

    with pytest.raises(NotAllowed):
        deal(workshop, by=sari)
    monkeypatch.setattr(planning, "reserve", refuse)
    with pytest.raises(WrongState):
        deal(workshop, by=rina)

    assert (ready(holder), ready(first)) == (ALL, NOTHING)
    assert steps_after(before) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_deal_at_once_deal_once(
    workshop: Workshop, holder: Order, first: Order, rina: Person, owner: Person
) -> None:
    before = Entry.objects.order_by("pk").last()

    testing.at_once(lambda: deal(workshop, by=rina), lambda: deal(workshop, by=owner))

    assert (ready(holder), ready(first)) == (NOTHING, ALL)
    assert steps_after(before) == [
        ("procurement.release", holder.pk), ("procurement.reserve", first.pk),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_who_deal_at_once_while_a_third_plans(
    workshop: Workshop, holder: Order, first: Order, supplier: Party, rina: Person, owner: Person
) -> None:
    """It lies ready for one of the two and is bought for the other, and nobody has lost it between them."""
    for need in OrderNeed.objects.filter(line__order=first).select_related("material"):
        testing.supplier_price(supplier, need.material)
    before = Entry.objects.order_by("pk").last()

    ends = testing.at_once(
        lambda: deal(workshop, by=rina),
        lambda: deal(workshop, by=owner),
        lambda: planning.plan(workshop, by=rina),
    )

    steps = [step for step, _subject in steps_after(before)]
    assert steps.count("procurement.release") <= 1
    assert ends.count("done") >= 2
    has, lacks = (first, holder) if ready(first) == ALL else (holder, first)
    assert (ready(has), ready(lacks)) == (ALL, NOTHING)
    planning.plan(workshop, by=rina)  # whoever was refused looks again
    bought = Peg.objects.values_list("need__line__order", "quantity").order_by("-quantity")
    assert list(bought) == [(lacks.pk, quantity) for quantity in (32_000, 6_000, 4_000)]
    assert ready(has) == ALL
    assert not list(findings(workshop))


def test_the_list_of_needs_says_it_and_does_it_once(
    client: Client, workshop: Workshop, holder: Order, first: Order, rina: Person
) -> None:
    testing.login(client, rina)
    page = client.get("/ciomas/desk/purchases/").text
    sole, leather = (str(Material.objects.get(code=code)) for code in ("SOLE", "LEATHER"))
    words = f"{shown(first)} goes before {shown(holder)} and lacks: "
    assert words + f"{leather}, {sole} 40, {sole} 41." in page

    dealing = "/ciomas/desk/purchases/dealing/"
    answer = client.post(dealing, {"key": "a" * 36}, follow=True).text
    assert f"Dealt anew, in turn: {shown(first)}." in answer
    assert words not in answer
    assert "Everything is in turn already." in client.post(dealing, follow=True).text
    assert ready(first) == ALL


def test_what_is_on_its_way_is_dealt_with_it(
    client: Client, workshop: Workshop, buyer: Party, supplier: Party, rina: Person, udin: Person
) -> None:
    """Leather and soles come for an order that another one goes before; the store has nothing."""
    second = testing.needy_order(buyer)
    purchase = testing.confirmed_purchase(supplier, second)
    first = testing.needy_order(buyer)
    first.take_turn(by=udin, before=second.number)
    testing.login(client, rina)
    sole, leather = (str(Material.objects.get(code=code)) for code in ("SOLE", "LEATHER"))
    words = f"is on its way for {shown(second)}: {leather}, {sole} 40, {sole} 41."
    page = client.get("/ciomas/desk/purchases/").text
    assert f"{shown(first)} goes before {shown(second)}" in page
    assert words in page
    assert misdealt(workshop, planning.wanted(workshop)) == []

    answer = client.post("/ciomas/desk/purchases/dealing/", follow=True).text

    assert f"Dealt anew, in turn: {shown(first)}." in answer
    assert words not in answer
    bought_for = client.get(f"/ciomas/desk/purchases/{purchase.pk}/").text
    assert f"32 sq ft for {shown(first)}" in " ".join(bought_for.split())
    assert second.number not in bought_for
    assert not list(findings(workshop))


def test_what_comes_for_nobody_is_offered_to_who_lacks_it(
    client: Client, workshop: Workshop, buyer: Party, supplier: Party, rina: Person, owner: Person
) -> None:
    gone = testing.needy_order(buyer)
    purchase = testing.confirmed_purchase(supplier, gone)
    gone.refresh_from_db()
    gone.cancel(by=owner, reason="Toko tutup")
    planning.release(gone, by=rina)
    order = testing.needy_order(buyer)
    testing.login(client, rina)
    words = f"Let {shown(order)} have what is on its way for none: {purchase.number}"
    page = client.get("/ciomas/desk/purchases/").text
    assert words in page
    assert "Draft a purchase order" not in page

    answer = client.post("/ciomas/desk/purchases/plan/", follow=True).text

    assert words not in answer
    assert "All material is covered" in answer


def test_who_may_not_set_aside_sees_it_without_the_button(
    client: Client, holder: Order, first: Order, sari: Person
) -> None:
    testing.login(client, sari)
    page = client.get("/ciomas/desk/purchases/").text

    assert f"{shown(first)} goes before {shown(holder)} and lacks" in page
    assert "Deal the material again" not in page
    assert client.post("/ciomas/desk/purchases/dealing/").status_code == 403
    assert ready(holder) == ALL


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_new_promise_moves_the_turn_unless_somebody_chose_it(
    buyer: Party, sari: Person, by_hand: bool
) -> None:
    order, other = testing.needy_order(buyer), testing.needy_order(buyer)
    if by_hand:
        order.take_turn(by=sari, after=other.number)
    order = Order.objects.for_page().get(pk=order.pk)
    later, chosen = clock.in_days(40), order.turn
    wishes = [line.wish for line in order.current.lines.all()]
    amendment = Amendment.propose(
        by=testing.contact_of(buyer), order=order, wishes=wishes, promised_on=later,
        shipping=0, discount=0,
    )  # fmt: skip

    accept(amendment, by=sari)

    order = Order.objects.get(pk=order.pk)
    assert order.promised_on == later
    assert order.turn == (chosen if by_hand else own_turn(later, order.pk))
