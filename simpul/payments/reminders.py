"""Speaking of what is due: some days before, on the day, and after; never to one who says to have paid.

The days are the workshop's. What was to be said while the program stood still is said once, not
for each day that was missed.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.payments.models import BankEntry, Instruction, PaymentClaim
from simpul.payments.models.instruction import InstructionQuerySet
from simpul.workflow.steps import Refused


def remind_due(workshop: Workshop) -> int:
    """Remind every buyer of this workshop whose day has come; return how many. Quiet at night."""
    if workshop.awake_from(clock.now()) > clock.now():
        return 0
    reminded, today, machine = 0, clock.today(), workshop.machine
    for one in waiting_for_nobody(workshop, today):
        days = day_to_speak(one, workshop.reminder_days, today)
        if days is None:
            continue
        try:
            one.remind(by=machine, days=days, amount=one.amount, due_on=one.due_on)
        except Refused:
            continue  # the money came in this moment, or somebody spoke of it
        reminded += 1
    return reminded


def day_to_speak(one: Instruction, days: list[int], today: date) -> int | None:
    """Return which of the days (after it was due) it is time for, or None.

    The days up to the one on which it was asked for are over: the asking was the reminder.
    """
    asked_on = clock.day_of(one.issued_at)
    come = [day for day in days if asked_on < one.due_on + timedelta(days=day) <= today]
    if not come or (one.reminded_for is not None and come[-1] <= one.reminded_for):
        return None
    return come[-1]


def waiting_for_nobody(workshop: Workshop, today: date) -> InstructionQuerySet:
    """Return what is asked for and soon due, but for whoever reported a payment, whose money may
    lie among the entries that are not matched yet, or who wants no reminders."""
    claims = PaymentClaim.objects.open().filter(order=OuterRef("order"))
    entries = BankEntry.objects.open().filter(
        Q(amount_sen=OuterRef("amount") * 100) | Q(amount_sen=OuterRef("base") * 100),
        workshop=workshop,
        booked_on__gte=OuterRef("issued_at__date"),
    )
    soon = today + timedelta(days=workshop.remind_before)
    asked = Instruction.objects.open().filter(workshop=workshop, due_on__lte=soon)
    return (
        asked.filter(order__buyer__is_reminded=True)
        .exclude(Exists(claims))
        .exclude(Exists(entries))
        .select_related("order")
        .order_by("pk")
    )
