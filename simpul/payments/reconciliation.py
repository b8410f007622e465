"""From the bank's file to money that counts: what is certain is matched by machine at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models import Instalment, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import asked, booking, importing, matching
from simpul.payments.matching import Guess, Heard
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    BankImport,
    GatewayPayment,
    Receipt,
    StatementFile,
)
from simpul.payments.models.receipt import Part
from simpul.workflow.steps import WrongState


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an entry may be: this party's money, counted so, and why."""

    party: Party
    orders: tuple[Order, ...]
    parts: tuple[Part, ...]
    left: int  # kept as the party's credit
    lacking: int  # of what is asked for
    kept: tuple[Part, ...] | None  # the parts, where what is too much is rather kept as credit
    score: int
    reasons: tuple[str, ...]

    @property
    def kept_left(self) -> int:
        """What is credit if only `kept` is counted."""
        amount = self.left + sum(share for _part, share in self.parts)
        return amount - sum(share for _part, share in self.kept or ())


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
    return read(importing.hand_in(by=by, account=account, content=content, period=period))


def read(file: StatementFile, *, told: importing.Told | None = None) -> tuple[BankImport, int]:
    """Read a file that was handed in and match what is certain; return as `take` does.

    Raises ImportRefused; then nothing of the file is here.
    """

    def looked(done: int, of: int) -> None:
        StatementFile.objects.filter(pk=file.pk).update(
            touched_at=clock.now(), seen=done, expected=of
        )
        if told:
            told("matching", done, of)

    made = importing.read_in(file, told=told)
    matched = booking.match_open(file.account.workshop, told=looked)
    StatementFile.objects.filter(pk=file.pk, matched=None).update(matched=matched, phase="")
    return made, matched


def undo(entry: BankEntry, *, by: Person, reason: str) -> None:
    """Take back all that an entry was counted for, and its receipt: it waits again."""
    with transaction.atomic():
        BankEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        receipt = entry.receipt
        if receipt is None:
            raise WrongState(_("This money is not counted for anything."))
        standing = receipt.allocations.standing().order_by("pk")
        taken_back = list(standing.select_for_update(of=("self",)))
        Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        BankAccount.objects.lock(entry.workshop_id)
        for allocation in taken_back:
            allocation.reverse(by=by, reason=reason)
        receipt.annul(by=by, reason=reason)


def annul(receipt: Receipt, *, by: Person, reason: str) -> None:
    """Take a receipt back, locked after the entry or the payment that it recognises, as whoever
    begins with one of these does."""
    with transaction.atomic():
        if receipt.gateway_payment is not None:
            payments = GatewayPayment.objects.select_for_update(of=("self",), no_key=True)
            payments.get(pk=receipt.gateway_payment.pk)
        if receipt.entry is not None:
            BankEntry.objects.select_for_update(of=("self",)).get(pk=receipt.entry.pk)
        receipt.annul(by=by, reason=reason)


def suggestions(workshop: Workshop, entries: Sequence[BankEntry]) -> dict[int, list[Suggestion]]:
    """Return for each entry what it may be, the likeliest first, with a fixed number of queries."""
    heards = [heard(entry) for entry in entries]
    book = asked.book_for(workshop, heards)
    guessed = {one.pk: matching.guesses(one, book) for one in heards}
    return _told(guessed)


def heard(entry: BankEntry) -> Heard:
    return Heard(entry.rupiah, entry.text, entry.booked_on, entry.account_id, entry.pk)


def _told(guessed: dict[int, list[Guess]]) -> dict[int, list[Suggestion]]:
    """Return guesses with the parties, orders and instalments that they speak of."""
    every = [guess for found in guessed.values() for guess in found]
    parties = Party.objects.in_bulk({guess.party_id for guess in every})
    orders = Order.objects.select_related("buyer").in_bulk(
        {order_id for guess in every for order_id in guess.order_ids}
    )
    keys = {key for guess in every for key, _share in (*guess.parts, *(guess.kept or ()))}
    instalments = Instalment.objects.select_related("order__buyer").in_bulk(keys)

    def parts(shares: Iterable[tuple[int, int]]) -> tuple[Part, ...]:
        return tuple((instalments[key], share) for key, share in shares)

    return {
        pk: [
            Suggestion(
                party=parties[guess.party_id],
                orders=tuple(orders[order_id] for order_id in guess.order_ids),
                parts=parts(guess.parts),
                left=guess.left,
                lacking=guess.lacking,
                kept=None if guess.kept is None else parts(guess.kept),
                score=guess.score,
                reasons=guess.reasons,
            )
            for guess in found
        ]
        for pk, found in guessed.items()
    }
