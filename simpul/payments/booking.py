"""What is certain is counted by the machine, some hundreds of entries at a time.

A batch does to each entry exactly what `BankEntry.allocate` does, in the same order, with the same
locks and lines of the journal; only rows of one table are written together. A test holds both ways
against each other, table by table. Should the machine be stopped, each batch is whole or not there.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Max, Prefetch

from simpul.conversations.models import Notice
from simpul.lib import clock, rows
from simpul.orders.models import AGREED, Instalment, Order
from simpul.papers import issuing
from simpul.papers.models import Paper
from simpul.parties.models import Person, Workshop
from simpul.payments import asked, invoices, kuitansi, matching
from simpul.payments.matching import DIGITS, Asked, Book, Heard, Pointed
from simpul.payments.models import (
    Allocation,
    BankAccount,
    BankEntry,
    Instruction,
    Payer,
    PaymentClaim,
    Receipt,
)
from simpul.payments.models.instruction import reserved, told_apart
from simpul.payments.models.payer import Seen
from simpul.payments.models.receipt import NEAR, Part
from simpul.workflow.models import Entry
from simpul.workflow.steps import done

A_BATCH = 400  # entries of one transaction: writers of other things wait a third of a second
A_LOOK = 2_000  # entries that are read at once

type Told = Callable[[int, int], None]  # how many were looked at, of how many


@dataclass(frozen=True, slots=True)
class Certain:
    """An entry and the one order that it pays, as it was when it was looked at."""

    heard: Heard
    one: Asked
    how: str


def match_open(workshop: Workshop, *, told: Told | None = None) -> int:
    """Match each waiting entry that is certain, oldest first; return how many were."""
    waiting = BankEntry.objects.open().filter(workshop=workshop)
    count = waiting.count()
    if not count:
        return 0
    book = asked.book_of(workshop)
    with _collecting_by_hand():
        return _match(workshop, book, lambda looked: told(looked, count) if told else None)


@contextmanager
def _collecting_by_hand() -> Iterator[None]:
    """Look for garbage after each batch, and only through what came with it.

    Left to itself the collector walks through the whole book again and again: a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _match(workshop: Workshop, book: Book, told: Callable[[int], None]) -> int:
    desk = Desk(workshop)
    batch = Batch()
    matched = looked = 0
    for looked, heard in enumerate(_heard(workshop), start=1):
        pointed = book.pointed_at(heard)
        if batch.touches(heard, pointed):
            matched += _close(batch, desk, book)
            pointed = book.pointed_at(heard)
        known = matching.certain(heard, book, pointed)
        if known is not None:
            batch.add(Certain(heard, *known))
        if len(batch.certain) >= A_BATCH:
            matched += _close(batch, desk, book)
        if looked % A_LOOK == 0:
            told(looked)
    matched += _close(batch, desk, book)
    told(looked)
    return matched


def _heard(workshop: Workshop) -> Iterator[Heard]:
    """Yield the waiting entries, oldest first, a piece at a time.

    A file's entries stand in the order of their days: a piece is nearly always a range of keys.
    """
    rows = BankEntry.objects.open().filter(workshop=workshop)
    keys = list(rows.order_by("booked_on", "pk").values_list("pk", flat=True))
    for at in range(0, len(keys), A_LOOK):
        piece = keys[at : at + A_LOOK]
        wanted = set(piece)
        facts = rows.filter(pk__range=(min(piece), max(piece))).values_list(
            "pk", "amount_sen", "text", "booked_on", "account"
        )
        found = {
            pk: Heard(abs(sen) // 100, text, booked_on, account_id, pk)
            for pk, sen, text, booked_on, account_id in facts.iterator(A_LOOK)
            if pk in wanted
        }
        yield from (found[pk] for pk in piece if pk in found)


def _close(batch: Batch, desk: Desk, book: Book) -> int:
    """Book a batch, and let the book know what is open of its orders now; begin the next one."""
    if not batch.certain:
        return 0
    matched = desk.book(batch.certain)
    for order_id in batch.orders:
        book.drop(order_id)
    for one in asked.open_of(desk.workshop, batch.orders):
        book.put(one)
    batch.clear()
    gc.collect(0)
    return matched


@dataclass(slots=True)
class Batch:
    """Certain entries of different orders that wait to be booked together."""

    certain: list[Certain] = field(default_factory=list)
    orders: set[int] = field(default_factory=set)
    soon: set[int] = field(default_factory=set)  # thousands of what will be asked for next

    def add(self, one: Certain) -> None:
        self.certain.append(one)
        self.orders.add(one.one.order_id)
        left = one.heard.rupiah
        for due in one.one.dues:
            if due.amount > left:
                base = due.amount - left
                self.soon |= {base // DIGITS, base // DIGITS + 1}
                return
            left -= due.amount

    def touches(self, heard: Heard, pointed: Pointed) -> bool:
        """Tell whether an entry may be for what this batch changes: then it must wait for it."""
        if not self.certain:
            return False
        if heard.booked_on >= clock.today() and heard.rupiah // DIGITS in self.soon:
            return True
        return not self.orders.isdisjoint(pointed.all)

    def clear(self) -> None:
        self.certain, self.orders, self.soon = [], set(), set()


class Desk:
    """Where the machine of a workshop books batches."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.machine: Person = workshop.machine
        self.taken: dict[int, set[int]] = {}  # amounts that are asked for, by account
        self.newest: dict[int, int] = {}  # the last instruction that `taken` knows

    @transaction.atomic
    def book(self, certain: Iterable[Certain]) -> int:
        """Count each entry for its order, all at one moment; return how many were.

        One that has changed since it was looked at, or its order, is left for the next time.
        """
        held = _Held.of(self.workshop, list(certain))
        with clock.stopped(clock.now()):
            sheet = _Sheet(self, held)
            for one in held.standing():
                sheet.count(one)
            sheet.save()
        return len(sheet.receipts)

    def amounts(self, account: BankAccount) -> set[int]:
        """Return the amounts that no new instruction of an account may have; under its lock."""
        if account.pk not in self.taken:
            self.taken[account.pk] = set(reserved(account).values_list("amount", flat=True))
            self.newest[account.pk] = account.instructions.aggregate(n=Max("pk"))["n"] or 0
        fresh = account.instructions.filter(pk__gt=self.newest[account.pk]).order_by("pk")
        for pk, amount in fresh.values_list("pk", "amount"):
            self.taken[account.pk].add(amount)
            self.newest[account.pk] = pk
        return self.taken[account.pk]


@dataclass(slots=True)
class _Held:
    """The rows of a batch, fresh and locked from high to low as a single step locks them."""

    certain: list[Certain]
    entries: dict[int, BankEntry]
    account: BankAccount | None
    qris: BankAccount | None
    claims: dict[int, list[PaymentClaim]]
    orders: dict[int, Order]
    dues: dict[int, list[Instalment]]
    asked: dict[int, Instruction]

    @classmethod
    def of(cls, workshop: Workshop, certain: list[Certain]) -> _Held:
        order_ids = [one.one.order_id for one in certain]
        entries = BankEntry.objects.open().filter(pk__in=[one.heard.pk for one in certain])
        entries = entries.order_by("pk").select_for_update(of=("self",))
        held = {entry.pk: entry for entry in entries}
        BankAccount.objects.lock(workshop.pk)
        claims: dict[int, list[PaymentClaim]] = defaultdict(list)
        reported = PaymentClaim.objects.open().filter(order__in=order_ids).order_by("pk")
        for claim in reported.select_for_update(of=("self",)):
            claims[claim.order_id].append(claim)
        parts = Prefetch("instalments", Instalment.objects.order_by("position"))
        rows = Order.objects.filter(pk__in=order_ids).prefetch_related("buyer", parts)
        locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        orders = {order.pk: order for order in locked}
        open_ones = Instruction.objects.open().filter(order__in=order_ids).order_by("pk")
        instructions = open_ones.select_for_update(of=("self",))
        return cls(
            certain=certain,
            entries=held,
            account=BankAccount.objects.newest(workshop.pk, BankAccount.Kind.BANK),
            qris=BankAccount.objects.newest(workshop.pk, BankAccount.Kind.QRIS),
            claims=claims,
            orders=orders,
            dues={
                order.pk: [part for part in order.instalments.all() if not part.is_paid]
                for order in orders.values()
            },
            asked={one.order_id: one for one in instructions},
        )

    def standing(self) -> Iterator[Certain]:
        """Yield those of which nothing has changed since they were looked at."""
        for one in self.certain:
            order = self.orders[one.one.order_id]
            dues = tuple((due.pk, due.open_amount) for due in self.dues[order.pk])
            seen = tuple((due.instalment_id, due.amount) for due in one.one.dues)
            instruction = self.asked.get(order.pk)
            amount = instruction.amount if instruction else 0
            is_same = order.status in AGREED and dues == seen and amount == one.one.amount
            if is_same and one.heard.pk in self.entries:
                yield one


class _Sheet:
    """The rows that a batch writes, table by table, in the order in which single steps would."""

    def __init__(self, desk: Desk, held: _Held) -> None:
        self.held = held
        self.workshop = desk.workshop
        self.machine = desk.machine
        self.taken = desk.amounts(held.account) if held.account else set()
        self.receipts: list[tuple[Receipt, list[Part]]] = []
        self.allocations: list[Allocation] = []
        self.claims: list[PaymentClaim] = []
        self.closed: list[Instruction] = []
        self.next: dict[int, Instruction] = {}  # what is asked for now, by its order
        self.journal: list[Entry | Instruction] = []  # the line of an instruction needs its key
        self.seen: list[Seen] = []

    def count(self, one: Certain) -> None:
        """Do to one entry what `BankEntry.allocate` does."""
        entry = self.held.entries[one.heard.pk]
        order = self.held.orders[one.one.order_id]
        parts = self._parts(order, entry.rupiah)
        facts = {"parts": parts, "how": one.how}
        self.journal.append(done(entry, "payments.allocate", by=self.machine, facts=facts))
        receipt = Receipt(
            workshop_id=entry.workshop_id,
            party=order.buyer,
            source=Receipt.Source.BANK,
            entry=entry,
            amount=entry.rupiah,
            received_on=entry.booked_on,
            by=self.machine,
        )
        self._answer_claim(order, receipt)
        for part, amount in sorted(parts, key=lambda share: share[0].pk):
            made = Allocation(receipt=receipt, instalment=part, amount=amount, by=self.machine)
            self.allocations.append(made)
            part.paid += amount
        self._renew(order)
        self.receipts.append((receipt, parts))
        self.seen.append(Seen(receipt, entry.text, frozenset({order.code})))

    def save(self) -> None:
        """Write everything, each table at once."""
        if not self.receipts:
            return
        entries = [seen.receipt.entry for seen in self.seen]
        BankEntry.objects.filter(pk__in=[one.pk for one in entries if one]).update(
            status=BankEntry.Status.ALLOCATED
        )
        rows.insert([receipt for receipt, _parts in self.receipts])
        claims = [claim.pk for claim in self.claims]
        PaymentClaim.objects.filter(pk__in=claims).update(status=PaymentClaim.Status.MATCHED)
        rows.insert(self.allocations)
        self._save_instalments()
        Instruction.objects.filter(pk__in=[one.pk for one in self.closed]).update(
            status=Instruction.Status.CLOSED, closed_at=clock.now()
        )
        for one in self.closed:
            if one.reminded_at is not None:
                Notice.objects.drop(one, "payments.remind")
        rows.insert(list(self.next.values()))
        rows.insert([self._line(one) for one in self.journal])
        self._issue_papers()
        Payer.learn(self.seen)

    def _issue_papers(self) -> None:
        """Issue what single steps do: each kuitansi, and the invoice of what is asked for next."""
        kind = Paper.Kind.KUITANSI
        drawn = Paper.draw_numbers(kind, len(self.receipts), by=self.machine)
        numbers = {
            receipt.pk: number
            for (receipt, _parts), number in zip(self.receipts, drawn, strict=True)
        }
        order_ids = [parts[0][0].order_id for _receipt, parts in self.receipts]
        wanted = {
            key: self.next.get(key)
            for key in order_ids
            if key in self.next or not any(due.open_amount for due in self.held.dues[key])
        }
        invoiced = invoices.drafts(wanted, self.held.orders, kuitansi=numbers)
        drafts = []
        for (receipt, parts), order_id in zip(self.receipts, order_ids, strict=True):
            number = numbers[receipt.pk]
            drafts.append(kuitansi.draft(receipt, parts, by=self.machine, number=number))
            if order_id in invoiced:
                drafts.append(invoiced[order_id])
        issuing.issue_all(drafts, by=self.machine)

    def _parts(self, order: Order, amount: int) -> list[Part]:
        """Divide an amount over what is open, as `spread` does."""
        parts: list[Part] = []
        for due in self.held.dues[order.pk]:
            share = min(amount, due.open_amount)
            if share:
                parts.append((due, share))
            amount -= share
        return parts

    def _answer_claim(self, order: Order, receipt: Receipt) -> None:
        for claim in self.held.claims[order.pk]:
            is_near = abs(claim.paid_on - receipt.received_on) <= NEAR
            if claim.amount == receipt.amount and is_near:
                self.journal.append(done(claim, "payments.match_claim", by=self.machine))
                self.claims.append(claim)
                return

    def _renew(self, order: Order) -> None:
        """Let exactly what is due next be asked for, as `Instruction.renew` does."""
        left = [due for due in self.held.dues[order.pk] if due.open_amount]
        now = self.held.asked.get(order.pk)
        if now is not None:
            if left and (now.instalment_id, now.base) == (left[0].pk, left[0].open_amount):
                return
            self.journal.append(done(now, "payments.close_instruction", by=self.machine))
            self.closed.append(now)
        account = self.held.account
        if not left or account is None:
            return
        due = left[0]
        balance = sum(one.open_amount for one in left)
        suffix, is_unique = told_apart(order.pk, due.open_amount, balance, self.taken)
        made = Instruction(
            workshop=self.workshop,
            order=order,
            instalment=due,
            account=account,
            qris=self.held.qris,
            base=due.open_amount,
            suffix=suffix,
            amount=due.open_amount + suffix,
            is_unique=is_unique,
            due_on=due.due_on,
        )
        self.taken.add(made.amount)
        self.next[order.pk] = made
        self.journal.append(made)

    def _save_instalments(self) -> None:
        """Count what was paid: most instalments are paid in full."""
        touched = {part.pk: part for _receipt, parts in self.receipts for part, _amount in parts}
        full = [part.pk for part in touched.values() if part.is_paid]
        Instalment.objects.filter(pk__in=full).update(paid=F("amount"))
        rest = [part for part in touched.values() if not part.is_paid]
        Instalment.objects.bulk_update(rest, ["paid"], batch_size=200)

    def _line(self, one: Entry | Instruction) -> Entry:
        if isinstance(one, Entry):
            return one
        facts = {"instalment": one.instalment_id}
        return done(one, "payments.instruct", by=self.machine, facts=facts)
