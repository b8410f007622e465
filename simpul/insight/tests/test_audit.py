"""Each invariant is broken behind the program's back, and the audit names it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import F

from simpul import testing
from simpul.changes.agreeing import accept
from simpul.conversations.models import Ticket
from simpul.crm.models import GoodsReturn
from simpul.delivery.models import Load, Package, PackageLine, Shipment
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import Instalment, LineSize, Order, OrderNeed, OrderRevision
from simpul.papers.models import Paper
from simpul.papers.pdf import pdf_of
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement, online, reconciliation
from simpul.payments.gateways.tests.samples import PAID, midtrans
from simpul.payments.models import (
    Allocation,
    BankEntry,
    CashBox,
    CashHanding,
    Collection,
    CreditNote,
    DayClosing,
    Forfeit,
    GatewayNotice,
    Instruction,
    Purpose,
    Receipt,
    Refund,
)
from simpul.payments.models.receipt import spread
from simpul.procurement.models import Peg
from simpul.production.models import (
    OutworkMaterial,
    OutworkSize,
    WagePayment,
    WageSheet,
    WageSlip,
)
from simpul.production.outwork import give_out
from simpul.stock.models import Balance, Movement, Reservation
from simpul.tests.statement import statement
from simpul.workflow.models import Entry, NumberSeries


@pytest.fixture
def house(buyer: Party, supplier: Party, asep: Person) -> Workshop:
    """A bit of everything: paid and packed orders, purchases, stock, a shipment on its way."""
    testing.shipment_on_the_way(buyer, asep)
    testing.confirmed_purchase(supplier)
    return buyer.workshop


def broken(workshop: Workshop) -> set[int]:
    return {finding.invariant for finding in findings(workshop)}


def test_a_healthy_house_has_no_findings(house: Workshop) -> None:
    assert list(findings()) == []


def test_a_total_that_is_not_the_sum_of_its_lines(house: Workshop) -> None:
    Order.objects.update(total=F("total") + 1)
    assert 1 in broken(house)


def test_instalments_that_do_not_add_up(house: Workshop) -> None:
    Instalment.objects.filter(pk=Instalment.objects.latest("pk").pk).update(amount=F("amount") + 1)
    assert 1 in broken(house)


def test_more_counted_than_came(house: Workshop) -> None:
    Receipt.objects.update(amount=1)
    assert 2 in broken(house)


def test_paid_without_money(house: Workshop) -> None:
    Allocation.objects.all().delete()
    assert 3 in broken(house)


def test_a_credit_note_counted_twice(house: Workshop) -> None:
    note = testing.credit(testing.confirmed_order(house.parties.buyers()[0]), 50_000)
    assert broken(house) == set()
    CreditNote.objects.filter(pk=note.pk).update(amount=1)
    assert 2 in broken(house)


def test_a_refund_of_nothing(house: Workshop, buyer: Party, owner: Person) -> None:
    CreditNote.issue(by=owner, party=buyer, amount=90_000, kind="goodwill", note="x")
    asked = Refund.request(by=owner, party=buyer, amount=80_000)
    assert broken(house) == set()
    Refund.objects.filter(pk=asked.pk).update(amount=90_000)
    assert 2 in broken(house)
    Refund.objects.filter(pk=asked.pk).update(amount=80_000, status="refused")
    assert 2 in broken(house)


def test_more_forfeited_than_decided(house: Workshop, buyer: Party, owner: Person) -> None:
    Workshop.objects.update(forfeit_percent=50)
    order = testing.confirmed_order(Party.objects.get(pk=buyer.pk))
    testing.pay(order, 100_000)
    agreement.cancel(order, by=owner, reason="x", forfeit=50_000)
    assert broken(house) == set()
    Forfeit.objects.update(amount=1)
    assert 2 in broken(house)


def test_cash_counted_otherwise_than_it_pays(
    house: Workshop, buyer: Party, courier: Party, asep: Person, fajar: Person
) -> None:
    order = testing.confirmed_order(buyer)
    collection = Collection.ask(by=house.machine, order=order, courier=courier, amount=100_000)
    collection.collect(by=asep, amount=90_000)
    handing = CashHanding.hand(by=asep, courier=courier, said=90_000)
    handing.count(by=fajar, counted=80_000)
    assert broken(house) == set()
    CashHanding.objects.update(counted=85_000)
    assert 3 in broken(house)
    CashHanding.objects.update(counted=80_000)
    Ticket.objects.all().delete()
    assert {3, 9} <= broken(house)


def test_an_entry_that_bounced_and_still_counts(house: Workshop, fajar: Person) -> None:
    BankEntry.objects.all().delete()
    account = testing.account(house, number="0000077777")
    order = testing.confirmed_order(house.parties.buyers()[0])
    rows = [(clock.today(), 5_000, "X")]
    reconciliation.take(by=fajar, account=account, content=statement(rows, "0000077777"))
    entry = BankEntry.objects.get()
    entry.allocate(by=fajar, parts=[(order.instalments.get(position=1), 5_000)])
    assert broken(house) == set()
    BankEntry.objects.update(status=BankEntry.Status.REVERSED)
    assert 4 in broken(house)


def test_an_entry_matched_to_nothing(house: Workshop, fajar: Person) -> None:
    account = testing.account(house, number="0000099999")
    reconciliation.take(
        by=fajar, account=account, content=statement([(clock.today(), 5_000, "X")], "0000099999")
    )
    assert broken(house) == set()

    BankEntry.objects.update(status=BankEntry.Status.ALLOCATED)
    assert 4 in broken(house)


def test_money_counted_in_batches_and_by_hand_adds_up(
    house: Workshop, buyer: Party, fajar: Person
) -> None:
    account = testing.account(house, number="0000099999")
    orders = [testing.order(buyer) for _turn in range(3)]
    for order in orders:
        agreement.confirm(order, by=testing.seller(house))
    asked = list(Instruction.objects.open().order_by("pk").values_list("amount", flat=True))
    rows = [(clock.today(), amount, f"DARI ANI {amount}") for amount in (*asked[:2], 600_000)]
    _made, matched = reconciliation.take(
        by=fajar, account=account, content=statement(rows, "0000099999")
    )
    assert matched == 2
    waiting = BankEntry.objects.open().get()
    waiting.allocate(by=fajar, parts=spread(orders[2], 600_000), how="hand")
    assert broken(house) == set()

    reconciliation.undo(waiting, by=fajar, reason="a test")
    assert broken(house) == set()


def test_wages_paid_for_more_than_was_made_or_twice(buyer: Party, fajar: Person) -> None:
    job, workshop = testing.released_job(buyer), buyer.workshop
    job.tap(
        by=testing.foreman(workshop), stage=job.stages.get(position=1), good={"40": 2}, worker="U"
    )
    sheet = WageSheet.settle(by=testing.foreman(workshop), last_on=clock.today())
    slip = sheet.slips.get()
    sheet.pay(by=fajar, slips=[slip])
    assert broken(workshop) == set()

    WageSlip.objects.update(amount=5_000)
    assert broken(workshop) == {2}
    WageSlip.objects.update(amount=4_000)
    WagePayment.objects.create(slip=slip, purpose=Purpose.objects.get(), amount=4_000, by=fajar)
    assert broken(workshop) == {2}


def test_outwork_that_came_back_uncounted_or_lost_its_material(buyer: Party) -> None:
    job, workshop = testing.released_job(buyer), buyer.workshop
    first = job.stages.get(position=1)
    give_out(
        job, by=testing.foreman(workshop), stage=first, stage_name=first.name, pairs={"40": 3},
        worker="U", rate=2_000, due_on=clock.today(),
    )  # fmt: skip
    assert broken(workshop) == set()

    OutworkSize.objects.update(good=1)
    assert broken(workshop) == {7}
    OutworkSize.objects.update(good=0, given=5)  # four were asked for
    assert broken(workshop) == {7}
    OutworkSize.objects.update(given=3)
    OutworkMaterial.objects.update(used=1)
    assert broken(workshop) == {7}


def test_stock_without_movements(house: Workshop) -> None:
    Balance.objects.update(on_hand=F("on_hand") + 1)
    assert 5 in broken(house)


def test_a_movement_without_its_balance(house: Workshop) -> None:
    Movement.objects.filter(pk=Movement.objects.latest("pk").pk).update(quantity=F("quantity") + 1)
    assert 5 in broken(house)


def test_a_reservation_that_nobody_counted(house: Workshop) -> None:
    Reservation.objects.update(quantity=F("quantity") + 1)
    assert 5 in broken(house)


def test_a_need_that_is_ready_without_a_reservation(house: Workshop) -> None:
    OrderNeed.objects.filter(ordered__gt=0).update(ordered=F("ordered") - 1, ready=F("ready") + 1)
    assert 6 in broken(house)


def test_a_peg_for_more_than_is_on_its_way(house: Workshop) -> None:
    Peg.objects.update(quantity=F("quantity") + 10**9)
    assert 6 in broken(house)


def test_pairs_that_came_from_nowhere(house: Workshop) -> None:
    Reservation.objects.filter(subject_type__model="linesize").delete()
    assert 7 in broken(house)


def test_a_package_that_holds_more_than_was_packed(house: Workshop) -> None:
    PackageLine.objects.update(pairs=F("pairs") + 1)
    assert 7 in broken(house)


def test_a_state_that_no_step_has_made(house: Workshop) -> None:
    Entry.objects.filter(step="orders.confirm").delete()
    assert 8 in broken(house)


def test_a_gate_that_was_passed_without_money(house: Workshop) -> None:
    Instalment.objects.filter(order__lines__sizes__picked_up__gt=0).update(paid=0)
    assert 9 in broken(house)


def test_a_change_may_ask_for_money_behind_what_has_left(house: Workshop) -> None:
    order = Order.objects.get(loads__isnull=False)
    change = testing.amendment(order, s40=5, s41=6)
    accept(change, by=testing.seller(house))
    assert order.instalments.filter(paid=0, gate=4).exists()

    assert broken(house) == set()


def test_a_package_of_an_order_that_the_shipment_does_not_carry(
    house: Workshop, buyer: Party
) -> None:
    stray = testing.packed_order(buyer).packages.order_by("pk")[0]
    Package.objects.filter(pk=stray.pk).update(shipment=Shipment.objects.get())
    assert 7 in broken(house)


def test_a_shipment_to_two_doors(house: Workshop, buyer: Party) -> None:
    other = testing.packed_order(buyer)
    Load.objects.create(shipment=Shipment.objects.get(), order=other)
    assert broken(house) == set()
    Order.objects.filter(pk=other.pk).update(address="Jl. Lain 2")
    assert 7 in broken(house)


@pytest.mark.parametrize("days", [-1, 1])
def test_goods_that_arrived_before_they_left_or_after_it_was_noted(
    house: Workshop, asep: Person, days: int
) -> None:
    shipment = Shipment.objects.get()
    shipment.deliver(by=asep, receiver="Bu Dewi", count=2, pin=shipment.pin)
    assert broken(house) == set()

    Shipment.objects.update(arrived_on=clock.in_days(days))
    Order.objects.filter(arrived_on__isnull=False).update(arrived_on=clock.in_days(days))
    assert broken(house) == {7}


def test_an_order_that_arrived_on_another_day_than_its_packages(
    house: Workshop, asep: Person
) -> None:
    shipment = Shipment.objects.get()
    shipment.deliver(by=asep, receiver="Bu Dewi", count=2, pin=shipment.pin)
    Order.objects.filter(arrived_on__isnull=False).update(arrived_on=clock.in_days(-1))
    assert broken(house) == {7}


def test_goods_that_nobody_can_bring_any_more(buyer: Party, dewi: Person, sari: Person) -> None:
    order = testing.delivered_order(buyer)
    ticket = Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")
    size = LineSize.objects.filter(line__order=order, delivered__gt=0).order_by("pk")[0]
    goods = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 1}, way="courier")
    before = list(findings(buyer.workshop))
    assert ticket.number not in {one.subject for one in before}

    Shipment.objects.filter(goods=goods).update(status="cancelled")
    [found] = [one for one in findings(buyer.workshop) if one not in before]
    assert (found.invariant, found.subject) == (7, ticket.number)


def test_a_promise_that_moved_by_itself(house: Workshop) -> None:
    Order.objects.update(promised_on=clock.in_days(99))
    assert 10 in broken(house)


def test_a_gap_in_a_series(house: Workshop) -> None:
    NumberSeries.objects.filter(prefix="SO").update(last=F("last") + 1)
    assert 11 in broken(house)


def test_a_paper_that_was_changed(house: Workshop) -> None:
    Paper.objects.filter(workshop=house, kind=Paper.Kind.KUITANSI).update(number=F("code"))
    assert 13 in broken(house)


def test_annulled_money_of_a_gateway_that_nobody_is_asked_about(buyer: Party) -> None:
    testing.account(buyer.workshop)
    order = testing.order(buyer)
    agreement.confirm(order, by=testing.seller(buyer.workshop))
    link = testing.payment_link(order)
    told = midtrans(PAID, link.reference, link.amount).body
    notice, _is_new = GatewayNotice.store(link.account, told)
    online.apply(notice.pk)
    fajar, receipt = testing.accountant(buyer.workshop), Receipt.objects.get()
    for allocation in receipt.allocations.standing():
        allocation.reverse(by=fajar, reason="x")
    reconciliation.annul(receipt, by=fajar, reason="x")
    assert broken(buyer.workshop) == set()

    GatewayNotice.objects.update(status="applied")
    assert 2 in broken(buyer.workshop)


def test_a_count_that_does_not_follow_the_one_before(house: Workshop) -> None:
    fajar = testing.accountant(house)
    box = CashBox.of(house.pk)
    for _time in range(2):
        DayClosing.close(by=fajar, counted=box.expected_sen // 100, expected_sen=box.expected_sen)
    assert broken(house) == set()

    DayClosing.objects.filter(previous__isnull=False).update(
        opening_sen=F("opening_sen") + 100, went_sen=F("went_sen") + 100
    )
    assert broken(house) == {2, 14}  # the books post what is gone, too


def test_cash_that_is_gone_after_it_was_counted(house: Workshop) -> None:
    box = CashBox.of(house.pk)
    DayClosing.close(
        by=testing.accountant(house),
        counted=box.expected_sen // 100,
        expected_sen=box.expected_sen,
    )
    assert broken(house) == set()

    Receipt.objects.filter(source="cash").update(amount=F("amount") - 1)
    assert 2 in broken(house)


def test_a_paper_that_was_torn_off(house: Workshop) -> None:
    last = Paper.objects.filter(workshop=house).latest("position")
    last.mentions.all().delete()
    last.delete()
    assert 13 in broken(house)


def test_a_file_of_a_paper_that_is_gone(house: Workshop) -> None:
    paper = Paper.objects.filter(workshop=house)[0]
    pdf_of(paper)
    assert broken(house) == set()

    (Path(settings.UPLOADS) / paper.renderings.get().path).unlink()
    assert broken(house) == {13}


def test_the_command_names_what_is_broken(house: Workshop) -> None:
    OrderRevision.objects.update(promised_on=clock.in_days(99))

    said: Any = io.StringIO()
    with pytest.raises((CommandError, SystemExit)):
        call_command("audit", "--json", stdout=said)

    told = json.loads(said.getvalue())
    assert 10 in {finding["invariant"] for finding in told}


def test_the_command_is_content_with_a_healthy_house(house: Workshop) -> None:
    call_command("audit", stdout=io.StringIO())
