"""Agreeing on an order, and asking for its money in the same breath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Sum
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from simpul.catalog.models import Price
from simpul.conversations.models import LONGEST_NEXT, Conversation, FollowUp
from simpul.lib import clock
from simpul.orders.grid import Repriced
from simpul.orders.models import Instalment, Order, OrderQuerySet, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import (
    Allocation,
    BankAccount,
    Forfeit,
    Instruction,
    Moving,
    Refund,
    TooMuch,
    hold,
)
from simpul.payments.models.allocation import AllocationQuerySet
from simpul.ui.jinja import rupiah
from simpul.workflow.steps import step


def place(*, by: Person, **facts: Any) -> Order:
    """Place an order; money is asked for once both sides agree on it."""
    return Order.place(by=by, **facts)


@transaction.atomic
def take(*, by: Person, buyer: Party, repriced: Sequence[Repriced] = (), **facts: Any) -> Order:
    """Place the order that a buyer gave to one of ours. It costs what it costs now: of a model that
    cost something else when the buyer was told (`repriced`) `by` is reminded today to say so, once
    for an order that is sent again."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # as a creation does
    newest = Order.objects.filter(buyer=buyer).aggregate(pk=Max("pk"))["pk"] or 0
    order = place(by=by, buyer=buyer, **facts)
    if repriced and order.pk > newest:
        talk = Conversation.of(order, buyer)
        talk.begin()
        words = _("The price has changed since you took %(order)s, tell them: %(models)s")
        models = ", ".join(_told(one) for one in repriced)
        text = Truncator(words % {"order": order.number, "models": models}).chars(LONGEST_NEXT)
        FollowUp.set(by=by, conversation=talk, words=text, due_on=clock.today())
    return order


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
def cancel(
    order: Order, *, by: Person, reason: str, forfeit: int = 0, gives_back: bool = False
) -> None:
    """End an agreed order and decide on its money: what is kept by the rule, and what becomes of
    the rest: a refund, or the buyer's credit.

    A credit note that only lowered this order is annulled with it: nothing is owed any more.
    Raises TooMuch where more would be kept than both agreed on.
    """
    allocations = hold_money(order)
    order.cancel(by=by, reason=reason)
    for note in order.credit_notes.standing().order_by("pk"):
        if not note.is_used():
            note.annul(by=by, reason=reason)
    released = 0
    for allocation in allocations.order_by("pk"):
        allocation.reverse(by=by, reason=reason)
        released += allocation.amount if allocation.receipt_id is not None else 0
    if forfeit > most_kept(order, released):
        raise TooMuch(_("That is more than the agreed share of what was paid."))
    if forfeit:
        Forfeit.keep(by=by, order=order, amount=forfeit, reason=reason)
    if gives_back and released > forfeit:
        Refund.request(
            by=by, party=order.buyer, amount=released - forfeit, order=order, note=reason
        )
    next_instruction(order, by=by)


def hold_money(order: Order) -> AllocationQuerySet:
    """Lock what is counted for an order and all that its buyer has, before the order itself."""
    allocations = Allocation.objects.standing().filter(instalment__order=order)
    held = list(allocations.order_by("pk").select_for_update(of=("self",)))
    hold(order.buyer)
    if list(allocations.order_by("pk")) != held:
        raise Moving(_("Money is moving here just now. Try it again in a moment."))
    return allocations


@step("payments.lower", source=Status.CONFIRMED)
def lower(order: Order, *, by: Person, amounts: list[int]) -> None:
    """Let so much at most be paid of each instalment, in their order: what is more is credit again.

    Whoever calls holds the money, makes the order cost less, and asks for what is open then.
    """
    for part, amount in zip(order.instalments.order_by("position"), amounts, strict=False):
        counted = Allocation.objects.standing().filter(instalment=part)
        for allocation in counted.order_by("-pk"):
            excess = part.paid - amount
            if excess <= 0:
                break
            allocation.take_off(by=by, reason="")
            part.refresh_from_db(fields=["paid"])
            if allocation.amount > excess:
                allocation.locked_source().count([(part, allocation.amount - excess)], by=by)


def money_paid(order: Order) -> int:
    """Return what came for an order and is still counted for it, without its credit notes."""
    mine = Allocation.objects.filter(instalment__order=order, receipt__isnull=False)
    return mine.aggregate(n=Sum("amount"))["n"] or 0


def most_kept(order: Order, paid: int) -> int:
    """Return how much of what was paid the workshop may keep if the order is cancelled."""
    return paid * order.forfeit_percent // 100


def _told(one: Repriced) -> str:
    return f"{one.product.code} {_price(one.said)} → {_price(one.now)}"


def _price(price: Price | None) -> str:
    if price is None:
        return _("please quote")
    return _("%(amount)s a %(unit)s") % {"amount": rupiah(price.amount), "unit": price.unit}


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
    unpaid = Instalment.objects.asked_by_transfer().filter(
        order__workshop=workshop,
        order__status__in=(Status.CONFIRMED, Status.FULFILLED),  # for a closed one nothing is owed
    )
    asked = Instruction.objects.open().filter(order=OuterRef("pk"))
    return Order.objects.filter(pk__in=unpaid.values("order")).exclude(Exists(asked))
