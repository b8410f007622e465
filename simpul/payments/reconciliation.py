"""From the bank's file to money that counts: what is certain is matched by machine at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F

from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Person, Workshop
from simpul.payments import matching
from simpul.payments.matching import Asked, Claimed, Guess, Heard
from simpul.payments.models import BankAccount, BankEntry, BankImport, Instruction, PaymentClaim
from simpul.payments.models.receipt import spread
from simpul.workflow.steps import Refused


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An order that an entry may be for, and why."""

    order: Order
    score: int
    reasons: tuple[str, ...]


def take(
    *,
    by: Person,
    account: BankAccount,
    content: bytes,
    period: tuple[date, date] | None = None,
) -> tuple[BankImport, int]:
    """Import a statement and match what is certain; return the import and how many matched.

    Should the machine stop in between, the entries wait and are matched at the next import.
    """
    made = BankImport.take(by=by, account=account, content=content, period=period)
    return made, match_open(account.workshop)


def match_open(workshop: Workshop) -> int:
    """Match each waiting entry that is certain, oldest first; return how many were."""
    matched = 0
    entries = BankEntry.objects.open().filter(workshop=workshop).order_by("booked_on", "pk")
    asked = asked_of(workshop)
    for entry in entries:
        known = matching.certain(heard(entry), asked)
        if known is None:
            continue
        order = Order.objects.get(pk=known[0].order_id)
        try:
            entry.allocate(by=workshop.machine, parts=spread(order, entry.rupiah), how=known[1])
        except Refused:
            continue  # somebody was quicker: it stays for a person to look at
        matched += 1
        asked = asked_of(workshop)  # what was asked for has changed
    return matched


def allocate_to(entry: BankEntry, order: Order, *, by: Person) -> None:
    """Count an entry for an order, from its first open instalment on."""
    entry.allocate(by=by, parts=spread(order, entry.rupiah), how="hand")


def suggestions(workshop: Workshop, entries: list[BankEntry]) -> dict[int, list[Suggestion]]:
    """Return for each entry the likeliest orders, with a fixed number of queries."""
    asked = asked_of(workshop)
    guessed = {entry.pk: matching.guesses(heard(entry), asked) for entry in entries}
    orders = Order.objects.select_related("buyer").in_bulk(
        {guess.order_id for found in guessed.values() for guess in found}
    )
    return {pk: [_suggestion(guess, orders) for guess in found] for pk, found in guessed.items()}


def heard(entry: BankEntry) -> Heard:
    return Heard(entry.rupiah, entry.text, entry.booked_on, entry.account_id)


def asked_of(workshop: Workshop) -> list[Asked]:
    """Return every order of the workshop that money is open for."""
    orders = (
        Order.objects.filter(
            workshop=workshop, status__in=AGREED, instalments__paid__lt=F("instalments__amount")
        )
        .distinct()
        .select_related("buyer")
        .prefetch_related("instalments", "buyer__people")
        .order_by("pk")
    )
    open_ones = Instruction.objects.open().filter(workshop=workshop)
    instructions = {one.order_id: one for one in open_ones}
    claims: dict[int, list[Claimed]] = defaultdict(list)
    for claim in PaymentClaim.objects.open().filter(workshop=workshop).order_by("pk"):
        claims[claim.order_id].append(Claimed(claim.amount, claim.paid_on, claim.sender))
    return [_asked(order, instructions.get(order.pk), claims[order.pk]) for order in orders]


def _asked(order: Order, instruction: Instruction | None, claims: list[Claimed]) -> Asked:
    instalments = sorted(order.instalments.all(), key=lambda one: one.position)
    known = Asked(
        order_id=order.pk,
        number=order.number,
        code=order.code,
        names=(order.buyer.name, *(person.name for person in order.buyer.people.all())),
        since=_day(order.placed_at),
        instalments=tuple(one.open_amount for one in instalments if not one.is_paid),
        claims=tuple(claims),
    )
    if instruction is None:
        return known
    return replace(
        known,
        account_id=instruction.account_id,
        amount=instruction.amount,
        base=instruction.base,
        is_unique=instruction.is_unique,
        asked_on=_day(instruction.issued_at),
    )


def _suggestion(guess: Guess, orders: dict[int, Order]) -> Suggestion:
    return Suggestion(orders[guess.order_id], guess.score, guess.reasons)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.WIB).date()
