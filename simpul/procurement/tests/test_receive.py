from __future__ import annotations

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import Party, Person
from simpul.procurement.models import (
    GoodsReceipt,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Status,
    SupplierPrice,
    TooMuch,
)
from simpul.stock.models import Balance, Movement, Reservation
from simpul.workflow.steps import NotAllowed, WrongState, keyed


@pytest.fixture
def purchase(supplier: Party) -> PurchaseOrder:
    return testing.confirmed_purchase(supplier)


@pytest.fixture
def leather(purchase: PurchaseOrder) -> PurchaseLine:
    return purchase.lines.get(material__code="LEATHER")


def receive(line: PurchaseLine, good: int, by: Person, rejected: int = 0) -> None:
    PurchaseOrder.objects.get(pk=line.purchase_id).receive(by=by, goods={line: (good, rejected)})


def in_store() -> tuple[int, int]:
    balance = Balance.objects.get(item__material__code="LEATHER")
    return balance.on_hand, balance.reserved


def test_a_part_is_reserved_for_what_it_was_bought_for(leather: PurchaseLine, rina: Person) -> None:
    receive(leather, 20_000, by=rina)

    need = OrderNeed.objects.get(material__code="LEATHER")
    assert (need.ordered, need.ready) == (12_000, 20_000)
    assert in_store() == (20_000, 20_000)
    assert Reservation.of(need).get().quantity == 20_000
    leather.refresh_from_db()
    assert (leather.received, leather.open_quantity) == (20_000, 12_000)
    receipt = GoodsReceipt.objects.get()
    assert (receipt.number, receipt.lines.get().good) == (f"GR-{clock.today().year}-0001", 20_000)
    assert Movement.objects.get().subject == receipt


def test_rejected_goods_do_not_enter_the_store(leather: PurchaseLine, rina: Person) -> None:
    receive(leather, 30_000, rejected=2_000, by=rina)

    leather.refresh_from_db()
    assert (leather.received, leather.rejected, leather.open_quantity) == (30_000, 2_000, 2_000)
    assert in_store() == (30_000, 30_000)


def test_a_little_more_is_taken_and_free(leather: PurchaseLine, rina: Person) -> None:
    receive(leather, 33_600, by=rina)  # 5 % above

    assert in_store() == (33_600, 32_000)
    assert OrderNeed.objects.get(material__code="LEATHER").is_ready


def test_much_more_is_not_taken(leather: PurchaseLine, rina: Person) -> None:
    with pytest.raises(TooMuch):
        receive(leather, 33_601, by=rina)

    leather.refresh_from_db()
    assert leather.received == 0
    assert not GoodsReceipt.objects.exists()
    assert not Movement.objects.exists()


def test_the_earliest_promise_is_served_first(supplier: Party, buyer: Party, rina: Person) -> None:
    later = testing.needy_order(buyer, wished_on=clock.in_days(30))
    sooner = testing.needy_order(buyer)
    purchase = testing.confirmed_purchase(supplier, sooner)
    line = purchase.lines.get(material__code="LEATHER")
    assert line.quantity == 64_000

    receive(line, 40_000, by=rina)

    ready = OrderNeed.objects.filter(material__code="LEATHER")
    assert ready.get(line__order=sooner).ready == 32_000
    assert ready.get(line__order=later).ready == 8_000


def test_whoever_was_put_first_by_hand_is_served_first(
    supplier: Party, buyer: Party, rina: Person
) -> None:
    later = testing.needy_order(buyer, wished_on=clock.in_days(30))
    sooner = testing.needy_order(buyer)
    line = testing.confirmed_purchase(supplier, sooner).lines.get(material__code="LEATHER")
    later.take_turn(by=rina, before=sooner.number)

    receive(line, 40_000, by=rina)

    ready = OrderNeed.objects.filter(material__code="LEATHER")
    assert ready.get(line__order=later).ready == 32_000
    assert ready.get(line__order=sooner).ready == 8_000


def test_what_came_for_a_cancelled_order_is_free(
    leather: PurchaseLine, rina: Person, owner: Person
) -> None:
    Order.objects.get().cancel(by=owner, reason="Gone")

    receive(leather, 32_000, by=rina)

    assert in_store() == (32_000, 0)
    need = OrderNeed.objects.get(material__code="LEATHER")
    assert (need.ordered, need.ready) == (0, 0)


def test_the_last_part_closes_it(purchase: PurchaseOrder, rina: Person) -> None:
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})

    purchase.refresh_from_db()
    assert purchase.status == Status.CLOSED
    assert purchase.closed_at is not None
    assert [entry.step for entry in purchase.journal.order_by("pk")][-2:] == [
        "procurement.receive",
        "procurement.close",
    ]
    assert purchase.journal.get(step="procurement.close").by == purchase.workshop.machine
    assert not Peg.objects.exists()


def test_its_price_is_remembered(leather: PurchaseLine, supplier: Party, rina: Person) -> None:
    SupplierPrice.objects.filter(material=leather.material).update(price=1)

    receive(leather, 1_000, by=rina)

    assert SupplierPrice.objects.get(supplier=supplier, material=leather.material).price == 40_000


def test_goods_that_come_before_the_answer_are_taken(supplier: Party, rina: Person) -> None:
    purchase = testing.sent_purchase(supplier)

    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in purchase.lines.all()})

    purchase.refresh_from_db()
    assert purchase.status == Status.CLOSED


def test_it_is_written_in_the_journal(leather: PurchaseLine, rina: Person) -> None:
    receive(leather, 20_000, rejected=1_000, by=rina)

    entry = leather.purchase.journal.get(step="procurement.receive")
    assert entry.by == rina
    assert entry.facts == {"goods": {str(leather.pk): [20_000, 1_000]}}


def test_others_may_not(leather: PurchaseLine, budi: Person, sari: Person, joko: Person) -> None:
    for person in (budi, sari, joko):
        with pytest.raises(NotAllowed):
            receive(leather, 20_000, by=person)

    assert not GoodsReceipt.objects.exists()
    assert not Movement.objects.exists()


def test_the_same_form_counts_once(leather: PurchaseLine, rina: Person) -> None:
    for _time in range(2):
        with keyed("a"):
            receive(leather, 10_000, by=rina)

    assert in_store() == (10_000, 10_000)


def test_nothing_is_no_receipt(leather: PurchaseLine, rina: Person) -> None:
    with pytest.raises(WrongState):
        receive(leather, 0, by=rina)

    assert not GoodsReceipt.objects.exists()


def test_what_is_closed_takes_nothing_more(purchase: PurchaseOrder, rina: Person) -> None:
    lines = list(purchase.lines.all())
    purchase.receive(by=rina, goods={line: (line.quantity, 0) for line in lines})

    with pytest.raises(WrongState):
        purchase.receive(by=rina, goods={lines[0]: (1_000, 0)})

    assert GoodsReceipt.objects.count() == 1
