"""The tally: the same figures for both sides, by whichever way they are added up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typst
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.lib import clock, pdf
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.payments import agreement
from simpul.payments.models import CreditNote, Receipt, Refund, Tick, party_credit, ticks_of
from simpul.payments.models.receipt import spread
from simpul.payments.receivables import aged, owing
from simpul.payments.sheet import order_sheet, party_sheet
from simpul.payments.tally import PartyTally, months_of, order_tally, owed_by, party_tally
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

NOVEMBER = datetime(2026, 11, 2, 10, tzinfo=clock.WIB)
DECEMBER = datetime(2026, 12, 5, 10, tzinfo=clock.WIB)


@pytest.fixture
def order(buyer: Party, sari: Person) -> Order:
    """2.000.000 agreed on the second of November."""
    with clock.stopped(NOVEMBER):
        testing.account(buyer.workshop)
        made = testing.order(buyer)
        agreement.confirm(made, by=sari)
    return made


def seen(order: Order) -> Order:
    return Order.objects.for_page().get(pk=order.pk)


def november(party: Party) -> PartyTally:
    return party_tally(party, NOVEMBER.date().replace(day=1))


def terms(tally: PartyTally) -> list[int]:
    return [tally.before, tally.agreed, tally.paid, tally.credited, tally.returned, tally.kept]


def test_an_order_is_written_out(order: Order, buyer: Party) -> None:
    with clock.stopped(NOVEMBER + timedelta(days=1)):
        testing.pay(order, 600_217)
        testing.credit(order, 50_000)

    tally = order_tally(seen(order))
    assert tally is not None
    assert [(one.sign, one.amount) for one in tally.equation] == [
        ("", 2_000_000),
        ("−", 600_217),
        ("−", 50_000),
    ]
    assert tally.owed == order.balance_now() == 1_349_783
    assert (tally.pairs, tally.delivered_pairs, tally.delivered) == (10, 0, 0)
    assert tally.held == 650_217


def test_nothing_is_agreed_before_both_agree(buyer: Party) -> None:
    assert order_tally(seen(testing.order(buyer))) is None


def test_what_arrived_is_worth_its_share(buyer: Party, asep: Person) -> None:
    shipment = testing.shipment_on_the_way(buyer, asep)
    shipment.deliver(by=asep, count=2, receiver="X", pin=shipment.pin)

    tally = order_tally(seen(shipment.first_order))
    assert tally is not None
    assert (tally.pairs, tally.delivered_pairs) == (10, 10)
    assert tally.delivered == tally.goods
    assert tally.held == 0


def test_a_month_stands_between_before_and_after(order: Order, buyer: Party) -> None:
    with clock.stopped(NOVEMBER + timedelta(days=1)):
        testing.pay(order, 600_000)
    with clock.stopped(DECEMBER):
        testing.pay(order, 400_000)

    first = november(buyer)
    assert terms(first) == [0, 2_000_000, 600_000, 0, 0, 0]
    assert first.owed == 1_400_000
    second = party_tally(buyer, DECEMBER.date().replace(day=1))
    assert terms(second) == [1_400_000, 0, 400_000, 0, 0, 0]
    assert second.owed == 1_000_000 == owed_by(buyer)
    assert [one.owed for one in first.lines] == [2_000_000, 1_400_000]


def test_it_is_what_is_open_less_the_credit_by_both_ways(
    order: Order, buyer: Party, fajar: Person, owner: Person
) -> None:
    with clock.stopped(NOVEMBER + timedelta(days=1)):
        testing.pay(order, 2_300_000)
        testing.credit(order, 70_000)
    assert owed_by(buyer) == order.balance_now() - party_credit(buyer) == -370_000

    with clock.stopped(NOVEMBER + timedelta(days=2)):
        refund = Refund.request(by=fajar, party=buyer, amount=100_000)
        assert owed_by(buyer) == -370_000  # asked for, not gone
        assert party_credit(buyer) == 270_000
        refund.approve(by=owner)
        refund.pay_out(by=owner, paid_on=clock.today())
    assert owed_by(buyer) == -270_000 == -party_credit(buyer)
    assert november(buyer).returned == 100_000


def test_a_cancelled_order_is_owed_no_more(order: Order, buyer: Party, owner: Person) -> None:
    with clock.stopped(NOVEMBER + timedelta(days=1)):
        testing.pay(order, 600_000)
    with clock.stopped(DECEMBER):
        agreement.cancel(order, by=owner, reason="x", forfeit=0)
    assert november(buyer).owed == 1_400_000  # it stood then
    assert owed_by(buyer) == -600_000 == -party_credit(buyer)


def test_what_was_taken_back_is_owed_again(order: Order, buyer: Party, fajar: Person) -> None:
    with clock.stopped(NOVEMBER + timedelta(days=1)):
        receipt = testing.pay(order, 600_000)
    with clock.stopped(DECEMBER):
        receipt.bounce(by=fajar, reason="ditolak bank")
    assert november(buyer).owed == 1_400_000
    assert owed_by(buyer) == 2_000_000 == order.balance_now()


def test_both_sides_tick_the_same_figures(
    order: Order, buyer: Party, fajar: Person, dewi: Person
) -> None:
    with clock.stopped(DECEMBER):
        tally = november(buyer)
        for person in (fajar, dewi):
            Tick.give(by=person, party=buyer, month=tally.month, digest=tally.digest)

    ticks = ticks_of(buyer, tally.month, tally.digest)
    assert {side: (one.by, one.owed, one.is_old) for side, one in ticks.items()} == {
        "workshop": (fajar, 2_000_000, False),
        "buyer": (dewi, 2_000_000, False),
    }
    line = journal_of(Tick.objects.get(by=dewi)).get()
    assert (line.step, line.by, line.facts["month"]) == ("payments.tick", dewi, "2026-11-01")


def test_a_late_fact_makes_the_tick_old(order: Order, buyer: Party, dewi: Person) -> None:
    with clock.stopped(DECEMBER):
        tally = november(buyer)
        Tick.give(by=dewi, party=buyer, month=tally.month, digest=tally.digest)
        Receipt.take_cash(
            by=testing.accountant(buyer.workshop),
            order=order,
            amount=100_000,
            received_on=NOVEMBER.date(),
        )
        changed = november(buyer)
        assert ticks_of(buyer, tally.month, changed.digest)["buyer"].is_old
        with pytest.raises(WrongState):
            Tick.give(by=dewi, party=buyer, month=tally.month, digest=tally.digest)
        Tick.give(by=dewi, party=buyer, month=tally.month, digest=changed.digest)


def test_not_twice_and_not_before_the_month_is_over(
    order: Order, buyer: Party, dewi: Person
) -> None:
    tally = november(buyer)
    with clock.stopped(NOVEMBER), pytest.raises(WrongState):
        Tick.give(by=dewi, party=buyer, month=tally.month, digest=tally.digest)
    with clock.stopped(DECEMBER):
        Tick.give(by=dewi, party=buyer, month=tally.month, digest=tally.digest)
        with pytest.raises(WrongState):
            Tick.give(by=dewi, party=buyer, month=tally.month, digest=tally.digest)
    assert Tick.objects.count() == 1


def test_the_wrong_side_may_not(
    order: Order, buyer: Party, sari: Person, siti: Person, joko: Person
) -> None:
    tally = november(buyer)
    for person in (sari, siti, joko):
        with clock.stopped(DECEMBER), pytest.raises(NotAllowed):
            Tick.give(by=person, party=buyer, month=tally.month, digest=tally.digest)
    assert not Tick.objects.exists()


def test_a_month_costs_the_same_for_many(
    order: Order, buyer: Party, sari: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _turn in range(2):
        # orders and their ends, receipts, notes, refunds and their ends, forfeits
        with django_assert_num_queries(7):
            november(buyer)
        with clock.stopped(NOVEMBER):
            for _n in range(4):
                more = testing.order(buyer)
                agreement.confirm(more, by=sari)
                testing.pay(more, 100_000)
                testing.credit(more, 10_000)


def test_the_months_reach_back_to_the_first_fact(order: Order, buyer: Party, siti: Person) -> None:
    with clock.stopped(DECEMBER):
        assert [one.strftime("%Y-%m") for one in months_of(buyer)] == ["2026-12", "2026-11"]
        assert siti.party is not None
        assert [one.strftime("%Y-%m") for one in months_of(siti.party)] == ["2026-12"]


def test_the_sheets_are_rendered(order: Order, buyer: Party) -> None:
    tally = order_tally(seen(order))
    assert tally is not None
    assert order_sheet(tally).startswith(b"%PDF")
    assert party_sheet(november(buyer), {}).startswith(b"%PDF")


def test_the_result_of_a_sheet_is_no_heading(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    seen_by_typst: dict[str, Any] = {}

    def keep(template: Path, facts: Any) -> bytes:
        seen_by_typst.update(input=template, sys_inputs={"facts": json.dumps(facts)})
        return b""

    monkeypatch.setattr(pdf, "render", keep)
    tally = order_tally(seen(order))
    assert tally is not None
    order_sheet(tally)
    headings = json.loads(typst.query(**seen_by_typst, selector="heading", root=pdf.ROOT))
    assert [one["level"] for one in headings] == [1]  # the title alone


def test_receivables_grow_old(order: Order, buyer: Party, fajar: Person) -> None:
    first = order.instalments.get(position=1)  # 600.000, due on the fifth
    order.instalments.filter(position=2).update(due_on=first.due_on + timedelta(days=45))

    def sums(days: int) -> list[int]:
        found = aged(fajar, first.due_on + timedelta(days=days))
        row = owing(fajar, first.due_on + timedelta(days=days)).values(*found).get()
        assert row == found
        return [found[name] for name in ("not_due", "days_30", "days_60", "days_90", "older")]

    assert sums(0) == [2_000_000, 0, 0, 0, 0]
    assert sums(1) == [1_400_000, 600_000, 0, 0, 0]
    assert sums(30) == [1_400_000, 600_000, 0, 0, 0]
    assert sums(31) == [1_400_000, 0, 600_000, 0, 0]
    assert sums(61) == [0, 1_400_000, 0, 600_000, 0]
    assert sums(200) == [0, 0, 0, 0, 2_000_000]


def test_receivables_are_seen_by_ones_own_workshop(
    order: Order, buyer: Party, fajar: Person, joko: Person
) -> None:
    today = clock.today()
    assert [party.name for party in owing(fajar, today)] == [buyer.name]
    assert list(owing(joko, today)) == []
    assert aged(joko, today)["open_sum"] == 0


def test_what_a_buyer_has_over_stands_beside_what_is_owed(
    order: Order, buyer: Party, sari: Person, fajar: Person
) -> None:
    testing.pay(order, 2_100_000)
    other = testing.order(buyer)
    agreement.confirm(other, by=sari)
    CreditNote.issue(by=sari, party=buyer, amount=5_000, kind=CreditNote.Kind.PRICE, note="x")
    columns = ("open_sum", "credit")
    assert owing(fajar, clock.today()).values_list(*columns).get() == (2_000_000, 105_000)
    assert spread(other, 1)[0][1] == 1
