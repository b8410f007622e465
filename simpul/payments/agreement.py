"""Agreeing on an order, and asking for its money in the same breath."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from simpul.orders.models import AGREED, Instalment, Order, OrderQuerySet
from simpul.parties.models import Person, Workshop
from simpul.payments.models import Allocation, BankAccount, Instruction, Receipt


def place(*, by: Person, **facts: Any) -> Order:
    """Place an order; money is asked for once both sides agree on it."""
    return Order.place(by=by, **facts)


@transaction.atomic
def confirm(order: Order, *, by: Person) -> None:
    """Confirm the order as it was asked for, and tell the buyer what to pay first."""
    BankAccount.objects.lock(order.workshop_id)
    order.confirm(by=by)
    next_instruction(order, by=by)


@transaction.atomic
def accept(order: Order, *, by: Person, revision: int) -> None:
    """Accept the offer that was read, and learn what to pay first."""
    BankAccount.objects.lock(order.workshop_id)
    order.accept(by=by, revision=revision)
    next_instruction(order, by=by)


@transaction.atomic
def cancel(order: Order, *, by: Person, reason: str) -> None:
    """End an agreed order: nothing more is asked for, and what was paid is the buyer's credit."""
    allocations = Allocation.objects.standing().filter(instalment__order=order)
    list(allocations.order_by("pk").select_for_update(of=("self",)))
    Receipt.objects.lock(allocations)
    BankAccount.objects.lock(order.workshop_id)
    order.cancel(by=by, reason=reason)
    for allocation in allocations.order_by("pk"):
        allocation.reverse(by=by, reason=reason)
    next_instruction(order, by=by)


def next_instruction(order: Order, *, by: Person) -> Instruction | None:
    """Ask for the first instalment that is open, unless that is what is asked for already."""
    return Instruction.renew(order, by=by)


def ask_all(workshop: Workshop, *, by: Person) -> int:
    """Ask for what nobody was asked for, because there was no account; return for how many."""
    asked = 0
    for order in unasked(workshop).order_by("pk"):
        asked += next_instruction(order, by=by) is not None
    return asked


def unasked(workshop: Workshop) -> OrderQuerySet:
    """Return the orders that money is open for and whose buyers do not know where to pay."""
    orders = Order.objects.filter(workshop=workshop, status__in=AGREED)
    unpaid = Instalment.objects.unpaid().filter(order=OuterRef("pk"))
    asked = Instruction.objects.open().filter(order=OuterRef("pk"))
    return orders.filter(Exists(unpaid)).exclude(Exists(asked))
