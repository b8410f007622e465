"""Delivered goods come back through the workshop's count, and only then is the ticket made good."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.conversations.notices import audience_of
from simpul.crm.models import Counted, GoodsReturn, NothingCame, Remedy
from simpul.orders.models import LineSize, Order
from simpul.parties.models import Party, Person
from simpul.stock.models import Balance, Count
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.delivered_order(buyer)


@pytest.fixture
def ticket(order: Order, buyer: Party, dewi: Person) -> Ticket:
    return Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")


@pytest.fixture
def size(order: Order) -> LineSize:
    return LineSize.objects.filter(line__order=order, delivered__gt=2).order_by("pk")[0]


@pytest.fixture
def goods(ticket: Ticket, size: LineSize, sari: Person) -> GoodsReturn:
    return GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 3}, way="brought")


def credit(ticket: Ticket, sari: Person) -> Remedy:
    return Remedy.credit(by=sari, ticket=ticket, amount=10_000, kind="defect", note="x")


def shelved(size: LineSize) -> int:
    found = Balance.objects.filter(item__variant=size.variant, location__kind="finished")
    return sum(found.values_list("on_hand", flat=True))


def test_whole_pairs_go_into_stock_and_then_money_may_go(
    goods: GoodsReturn, ticket: Ticket, size: LineSize, sari: Person, rina: Person, dewi: Person
) -> None:
    with pytest.raises(WrongState):
        credit(ticket, sari)
    before = shelved(size)
    goods.send(by=sari)
    with pytest.raises(WrongState):
        credit(ticket, sari)

    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(1, 1, 0)})

    row = goods.pairs.get()
    assert (goods.status, row.whole, row.seconds, row.spoiled, row.missing) == ("back", 1, 1, 0, 1)
    assert shelved(size) == before + 1
    assert ticket.number in Count.objects.get().reason
    entry = journal_of(goods).get(step="crm.count_return")
    assert {dewi, sari} <= set(audience_of(entry))
    assert credit(ticket, sari).how == "credited"


def test_only_what_was_delivered_and_is_not_back(
    goods: GoodsReturn, ticket: Ticket, size: LineSize, sari: Person, rina: Person
) -> None:
    with pytest.raises(WrongState):  # its goods are on their way already
        GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 1}, way="brought")
    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(2, 0, 0)})

    left = size.delivered - 2
    for pairs in (left + 1, 0):
        with pytest.raises(WrongState):
            GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: pairs}, way="brought")
    assert GoodsReturn.objects.count() == 1
    assert GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: left}, way="sent").is_open


def test_goods_of_a_ticket_that_was_merged_are_waited_for_too(
    goods: GoodsReturn,
    ticket: Ticket,
    order: Order,
    size: LineSize,
    sari: Person,
    rina: Person,
    dewi: Person,
) -> None:
    other = Ticket.ask(by=dewi, kind="return", subject=order, party=order.buyer, body="Lagi.")
    ticket.merge(by=sari, into=other)

    with pytest.raises(WrongState, match="count them in first"):
        credit(other, sari)
    with pytest.raises(WrongState, match="on their way back already"):
        GoodsReturn.agree(by=sari, ticket=other, pairs={size: 1}, way="brought")
    assert not Remedy.objects.exists()

    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(3, 0, 0)})
    assert credit(other, sari).how == "credited"


def test_more_than_was_agreed_is_not_counted(
    goods: GoodsReturn, size: LineSize, rina: Person
) -> None:
    before = shelved(size)
    with pytest.raises(WrongState):
        goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(2, 2, 0)})
    goods.refresh_from_db()
    assert (goods.status, shelved(size)) == ("agreed", before)


def test_nothing_at_all_is_no_count(goods: GoodsReturn, ticket: Ticket, rina: Person) -> None:
    for counted in ({}, {goods.pairs.get().pk: Counted(0, 0, 0)}):
        with pytest.raises(NothingCame):
            goods.count_in(by=rina, counted=counted)
    goods.refresh_from_db()
    assert (goods.status, journal_of(goods).filter(step="crm.count_return").count()) == (
        "agreed",
        0,
    )


def fetched(ticket: Ticket, size: LineSize, sari: Person) -> GoodsReturn:
    """Three pairs that a courier is to fetch."""
    return GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 3}, way="courier")


def stage(goods: GoodsReturn) -> tuple[str, str, str]:
    found = GoodsReturn.objects.select_related("shipment").get(pk=goods.pk)
    assert found.shipment is not None
    return found.status, found.stands, found.shipment.status


def test_what_a_courier_fetches_is_a_shipment_the_other_way(
    ticket: Ticket, order: Order, size: LineSize, sari: Person, rina: Person, asep: Person
) -> None:
    goods = fetched(ticket, size, sari)
    shipment = goods.shipment
    assert shipment is not None
    assert (shipment.fetches, shipment.orders, shipment.buyer) == (3, [order], order.buyer)
    assert stage(goods) == ("agreed", "agreed", "open")
    with pytest.raises(WrongState, match="The courier says"):
        goods.send(by=sari)

    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    shipment.fetch(by=asep, giver="Dewi", count=3, pin=shipment.pin)
    assert stage(goods) == ("agreed", "under_way", "fetched")
    with pytest.raises(WrongState, match="The courier has them"):
        goods.cancel(by=sari)

    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(2, 0, 0)})
    assert stage(goods) == ("back", "back", "returned")
    assert [one.count for one in shipment.handovers.order_by("pk")] == [3, 2]
    assert asep in audience_of(journal_of(shipment).get(step="delivery.bring_in"))


def test_what_a_courier_has_lost_ends_with_a_ticket(
    ticket: Ticket, size: LineSize, sari: Person, rina: Person, asep: Person
) -> None:
    goods = fetched(ticket, size, sari)
    assert goods.shipment is not None
    testing.offer_to(goods.shipment, asep)
    goods.shipment.accept(by=asep)
    with pytest.raises(NothingCame):  # he is still on his way to the customer
        goods.count_in(by=rina, counted={})
    goods.shipment.fetch(by=asep, giver="Dewi", count=3, pin=goods.shipment.pin)

    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(0, 0, 0)})

    assert stage(goods) == ("back", "back", "returned")
    assert Ticket.objects.get(kind="door").facts["counted"] == 0


def test_the_desk_ends_it_on_the_ticket_alone(ticket: Ticket, size: LineSize, sari: Person) -> None:
    goods = fetched(ticket, size, sari)
    assert goods.shipment is not None
    with pytest.raises(WrongState, match="say on their ticket"):
        goods.shipment.cancel(by=sari)
    assert stage(goods) == ("agreed", "agreed", "open")


def test_its_number_is_drawn_before_sizes_are_locked(
    ticket: Ticket, size: LineSize, sari: Person
) -> None:
    """As where a delivery splits: otherwise each waits for the other."""
    with CaptureQueriesContext(connection) as asked:
        fetched(ticket, size, sari)
    said = [one["sql"] for one in asked.captured_queries]
    first = [
        next(at for at, sql in enumerate(said) if table in sql)
        for table in ("workflow_numberseries", 'FROM "orders_linesize"')
    ]
    assert first == sorted(first)


@pytest.mark.parametrize("how_far", ["open", "offered", "accepted"])
def test_nobody_fetches_what_does_not_come_or_came_by_itself(
    ticket: Ticket, size: LineSize, sari: Person, rina: Person, asep: Person, how_far: str
) -> None:
    def begun() -> GoodsReturn:
        goods = fetched(ticket, size, sari)
        assert goods.shipment is not None
        if how_far != "open":
            testing.offer_to(goods.shipment, asep)
        if how_far == "accepted":
            goods.shipment.accept(by=asep)
        return GoodsReturn.objects.get(pk=goods.pk)

    first = begun()
    first.cancel(by=sari)
    assert stage(first) == ("cancelled", "cancelled", "cancelled")

    second = begun()
    second.count_in(by=rina, counted={second.pairs.get().pk: Counted(3, 0, 0)})
    ended = (
        "returned" if how_far == "accepted" else "cancelled"
    )  # he brought it, and tapped nothing
    assert stage(second) == ("back", "back", ended)


def test_what_does_not_come_after_all_stands_in_nobodys_way(
    goods: GoodsReturn, ticket: Ticket, sari: Person, rina: Person
) -> None:
    goods.cancel(by=sari)
    assert credit(ticket, sari).how == "credited"
    with pytest.raises(WrongState):
        goods.count_in(by=rina, counted={})


def test_who_may(
    goods: GoodsReturn,
    ticket: Ticket,
    size: LineSize,
    sari: Person,
    dewi: Person,
    joko: Person,
    udin: Person,
) -> None:
    for other in (sari, dewi, joko, udin):
        with pytest.raises(NotAllowed):
            goods.count_in(by=other, counted={})
    for other in (dewi, joko, udin):
        with pytest.raises(NotAllowed):
            goods.cancel(by=other)
        with pytest.raises((NotAllowed, WrongState)):
            GoodsReturn.agree(by=other, ticket=ticket, pairs={size: 1}, way="sent")
    goods.refresh_from_db()
    assert (goods.status, GoodsReturn.objects.count()) == ("agreed", 1)
