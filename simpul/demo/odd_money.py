"""What goes wrong or back with money now and then, so that the demonstration shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simpul.lib import clock
from simpul.orders.models import Gate, Order, proposed_plan
from simpul.payments import agreement
from simpul.payments.models import BankEntry, CashHanding, CreditNote, Refund
from simpul.workflow.steps import Refused

if TYPE_CHECKING:
    from simpul.delivery.models import Shipment
    from simpul.demo.history import Story

MISSING = 20_000  # what the ojek's envelope lacks, once


def cancelled_and_given_back(story: Story, order: Order) -> None:
    """The owner ends a paid order and gives the money back; finance agrees to it."""
    order = _fresh(order)
    if order.status != "confirmed" or not order.paid:
        return
    staff = story.cast.staff
    agreement.cancel(order, by=staff["hadi"], reason="Kulit warna ini habis.", gives_back=True)
    refund = Refund.objects.get(order=order)
    story.later(lambda: refund.approve(by=staff["fajar"]))  # the second person: Hadi asked for it
    story.later(lambda: _send(story, refund), days=1)


def _send(story: Story, refund: Refund) -> None:
    refund.refresh_from_db()
    if story.account is None or refund.status != Refund.Status.APPROVED:
        return
    refund.send(
        by=story.cast.staff["hadi"], account=story.account, sent_on=clock.today(), bank="BRI", number="0023010101",
        holder=refund.party.name,
    )  # fmt: skip
    story.bank.book(clock.today(), -refund.amount, f"TRSF E-BANKING DB {refund.party.name.upper()}")
    story.later(lambda: _see(story, refund), days=1)


def _see(story: Story, refund: Refund) -> None:
    entry = BankEntry.objects.going_out().filter(
        workshop=story.cast.workshop, amount_sen=-refund.amount * 100
    )
    found = entry.order_by("-pk").first()
    if found is not None:
        refund.refresh_from_db()
        refund.see(by=story.cast.staff["fajar"], entry=found)
    else:
        story.later(lambda: _see(story, refund), days=1)


def credit_note(story: Story, order: Order) -> None:
    """A few pairs with crooked seams: the buyer keeps them and pays less."""
    order = _fresh(order)
    if order.status == "confirmed":
        CreditNote.issue(
            by=story.cast.staff["sari"], party=order.buyer, order=order, amount=150_000,
            kind=CreditNote.Kind.DEFECT, note="Tiga pasang jahitan miring, disepakati potong harga.",
        )  # fmt: skip


def bounced(story: Story, order: Order) -> None:
    """The bank takes a transfer back by a correction of its own."""
    order = _fresh(order)
    entries = BankEntry.objects.filter(
        status=BankEntry.Status.ALLOCATED, receipts__allocations__instalment__order=order
    )
    entry = entries.order_by("pk").first()
    if entry is None:
        return
    story.bank.book(clock.today(), -entry.rupiah, f"KOREKSI KREDIT {entry.text[:60]}")
    story.later(lambda: _note_bounce(story, entry), days=1)


def _note_bounce(story: Story, entry: BankEntry) -> None:
    out = BankEntry.objects.going_out().filter(
        account=entry.account_id, amount_sen=-entry.amount_sen, booked_on__gte=entry.booked_on
    )
    correction = out.order_by("-pk").first()
    if correction is None:  # the statement has not been read yet
        story.later(lambda: _note_bounce(story, entry), days=1)
        return
    entry.refresh_from_db()
    entry.bounce(
        by=story.cast.staff["fajar"],
        reason="Bank: koreksi, rekening pengirim diblokir.",
        correction=correction,
    )


def offer_at_the_door(story: Story, order: Order) -> None:
    """Offer what was asked for, the rest to be paid to the courier; the buyer accepts."""
    order = _fresh(order)
    revision = order.current
    wishes = [line.wish for line in revision.lines.all()]
    plan = proposed_plan(revision.total, order.buyer, revision.promised_on)
    plan[-1] = replace(plan[-1], gate=Gate.COURIER)
    order.offer(
        by=story.cast.staff["sari"], wishes=wishes, promised_on=revision.promised_on, plan=plan,
        valid_until=clock.in_days(7), note="Pelunasan tunai ke kurir, seperti diminta.",
    )  # fmt: skip
    contact = order.buyer.people.order_by("pk")[0]
    agreement.accept(_fresh(order), by=contact, revision=order.revision)


def bring_cash(story: Story, shipment: Shipment) -> None:
    """The courier brings what he collected; finance counts, and a note is missing."""
    courier = shipment.courier
    if courier is None or not shipment.asked:
        return
    driver = courier.people.order_by("pk")[0]
    try:
        handing = CashHanding.hand(by=driver, courier=courier, said=shipment.held)
    except Refused:
        return  # brought with another job's money already
    story.later(
        lambda: handing.count(by=story.cast.staff["fajar"], counted=handing.said - MISSING), days=1
    )


def _fresh(order: Order) -> Order:
    return Order.objects.for_page().get(pk=order.pk)
