"""The facts that the books follow from, each kind read with one query."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from simpul.delivery.models import Load, PackageLine, Shipment
from simpul.insight.books.growing import Growing
from simpul.insight.chosen import Chosen, every
from simpul.lib import clock
from simpul.lib.quantities import MILLI, amount_of
from simpul.lib.workdays import DAY
from simpul.orders.models import Amendment, Order, OrderLine
from simpul.orders.models.revision import RevisionLine
from simpul.parties.models import Workshop
from simpul.payments.models import (
    Allocation,
    BankAccount,
    BankEntry,
    BankImport,
    CreditNote,
    DayClosing,
    Purpose,
    PurposeKind,
    Receipt,
    Refund,
)
from simpul.procurement.models import GoodsReceipt, ReceivedLine, SupplierBill, SupplierPrice
from simpul.procurement.models.bill import BilledReceipt
from simpul.production.models import Job, OwnPairs, StageLog
from simpul.stock.models import Item, Location, Movement
from simpul.workflow.models import Entry as JournalEntry


class Opening(NamedTuple):
    """What an account held before its first statement."""

    account: int
    imported: int
    on: date
    sen: int


class Closing(NamedTuple):
    """What a statement says an account held at the end of a day."""

    account: int
    on: date
    sen: int


class Entry(NamedTuple):
    """An entry of the bank: whose money it was taken for, and what it was for.

    `rest` is where the part stands of which nobody has said anything: not explained, or, of money
    that the bank took back, under way.
    """

    pk: int
    account: int
    on: date
    sen: int
    text: str
    rest: str
    recognised: tuple[tuple[int, int], ...]  # party, sen
    purposes: tuple[tuple[str, int | None, int], ...]  # kind, party, sen
    refunded: tuple[int, int] | None  # key of the refund, sen


class Received(NamedTuple):
    """Money of a buyer that no bank entry tells of by itself; negative where it was annulled."""

    pk: int
    on: date
    sen: int
    party: int
    name: str
    place: str  # where it lies: cash, gateway, courier; `rest` of its entry
    is_annulment: bool


class CashPurpose(NamedTuple):
    pk: int
    on: date
    sen: int
    kind: str
    party: int | None
    words: str


class Allocated(NamedTuple):
    """Money or a credit note of a party that counts for an order, or is kept by the workshop;
    negative where it was taken back."""

    pk: int
    on: date
    sen: int
    party: int
    order: int | None  # none: a forfeit
    source_kind: str
    source: int
    label: str


class Note(NamedTuple):
    """A credit note; negative where it was annulled."""

    pk: int
    on: date
    sen: int
    party: int
    number: str


class Refunded(NamedTuple):
    """Money that went back to a buyer: in cash, or by a transfer that the bank will tell of."""

    pk: int
    on: date
    sen: int
    party: int
    name: str
    is_cash: bool


class Terms(NamedTuple):
    """What was agreed on: the pairs and amount of each line, and the total with shipping."""

    order: int
    total: int
    lines: tuple[tuple[int, int, int], ...]  # line, pairs, amount
    before: tuple[tuple[int, int], ...] = ()  # line, and the most pairs before it was changed

    def sold(self, delivered: dict[int, int]) -> int:
        """Return the sen that were earned once so many pairs of each line are delivered.

        Shipping and discount go along with the goods; when all is delivered it is the total.
        """
        pairs = sum(count for _line, count, _amount in self.lines)
        if sum(delivered.values()) >= pairs:
            return self.total * 100
        goods = sum(amount for _line, _pairs, amount in self.lines)
        come = sum(
            amount * min(delivered.get(line, 0), count) // count
            for line, count, amount in self.lines
            if count
        )
        return self.total * come // goods * 100 if goods else 0


class Move(NamedTuple):
    """Material that came into the store or left it."""

    pk: int
    on: date
    item: int
    quantity: int
    goes_in: bool
    what: str
    subject_kind: str
    subject: int | str
    label: str
    worth: int | None = None  # sen, where a price was agreed on
    guess: int = 0  # sen at the price that was known on the day on which it came otherwise
    supplier: int | None = None
    line: int | None = None


class Log(NamedTuple):
    pk: int
    on: date
    line: int
    sen: int
    job: int
    number: str
    begun: int  # pairs; negative where they were spoiled later, or taken back


class Pairs(NamedTuple):
    """Finished pairs of a variant that are for no order any more; negative: for one, or gone.

    They come from a line of an order, or go to one; where that is none they were counted, or thrown
    away.
    """

    pk: int
    at: datetime
    on: date
    variant: int
    pairs: int
    line: int | None
    what: str
    label: str


class Delivery(NamedTuple):
    """What a shipment brought of one order."""

    pk: int
    number: str
    on: date
    order: int
    pairs: tuple[tuple[int, int], ...]  # line, pairs


class End(NamedTuple):
    """An order that was agreed on and came to nothing."""

    order: int
    number: str
    on: date
    lines: tuple[int, ...]


class Bill(NamedTuple):
    """What a supplier's bill asks for beyond the value of its goods."""

    pk: int
    number: str
    on: date
    supplier: int
    sen: int


class Count(NamedTuple):
    """What more (negative: less) lay in the cash box than should have; at first, what lay there
    before anybody wrote."""

    pk: int
    on: date
    sen: int
    is_first: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Money:
    """What was paid, by whom, and for what it counts."""

    banks: dict[int, str]
    openings: list[Opening]
    closings: list[Closing]
    entries: list[Entry]
    received: list[Received]
    cash_purposes: list[CashPurpose]
    counts: list[Count]
    allocations: list[Allocated]
    notes: list[Note]
    refunds: list[Refunded]


@dataclass(frozen=True, slots=True)
class Purchased:
    """What suppliers have delivered and billed, and what they asked for it."""

    deliveries: dict[int, tuple[datetime, int, str, int]]  # when, supplier, number, purchase
    worth: dict[tuple[int, int, str], int]  # sen of a delivery, material and size
    prices: dict[int, list[tuple[datetime, int]]]  # of a material
    bills: list[Bill]


@dataclass(frozen=True, slots=True)
class Worked:
    jobs: dict[int, tuple[int, str]]  # line of the order, and number
    logs: list[Log]
    own: list[Pairs]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies where, and how it came there."""

    carried: list[_Carried]
    house: set[int]  # places; what is scrap is worth nothing already
    items: dict[int, tuple[int, str]]  # material and size
    variants: dict[int, int]  # of finished goods


@dataclass(frozen=True, slots=True)
class Facts:
    money: Money
    purchased: Purchased
    worked: Worked
    shelf: Shelf
    moves: list[Move]
    pairs: list[Pairs]  # as they were counted on the shelf
    deliveries: list[Delivery]
    terms: list[Terms]
    ends: list[End]


# apps that know the one with the money, and the one with the shelf: see the import contracts.
# Production knows the money only to pay wages, by a step of payments, which has its own line.
HANDLE_MONEY = {"payments", "procurement", "delivery"}
HANDLE_GOODS = {"stock", "procurement", "production", "delivery"}


def load(
    workshop: Workshop, before: Facts | None = None, since: frozenset[str] | None = None
) -> Facts:
    """Read everything that the books of a workshop follow from.

    `since` are the apps of which a step was done since the facts `before` were read: what none of
    them can have changed is not read again. Nothing changes a table but a step of its own app, or of
    one that knows that app; what was agreed on of an order is written by its own app alone.
    """
    known = before if since is not None else None
    apps = since or frozenset()
    # the shelf first: what it speaks of is there when it is asked for
    is_still = known is not None and apps.isdisjoint(HANDLE_GOODS)
    shelf = known.shelf if known and is_still else _shelf(workshop, CARRIED.of(workshop))
    money = known.money if known and apps.isdisjoint(HANDLE_MONEY) else _money(workshop)
    purchased = known.purchased if known and "procurement" not in apps else _purchased(workshop)
    worked = known.worked if known and "production" not in apps else _worked(workshop)
    if known and shelf is not known.shelf and not _knows(shelf, purchased, worked):
        return load(workshop)  # something came between the journal and the shelf
    is_same = before is not None and (before.shelf, before.purchased, before.worked.jobs) == (
        shelf,
        purchased,
        worked.jobs,
    )
    return Facts(
        money=money,
        purchased=purchased,
        worked=worked,
        shelf=shelf,
        moves=before.moves if before and is_same else _moves(shelf, purchased, worked),
        pairs=before.pairs if before and is_same else _counted_pairs(shelf),
        deliveries=known.deliveries
        if known and "delivery" not in apps
        else brought(Shipment.objects.filter(workshop=workshop, delivered_at__isnull=False)),
        terms=known.terms if known and "orders" not in apps else terms_of(every(workshop)),
        ends=known.ends if known and "orders" not in apps else _ends(workshop, Q()),
    )


def goods(workshop: Workshop, first: date, last: date) -> Facts:
    """Read what happened to material, work and finished pairs from one day to another, with it.

    Nothing of money, nor of what was agreed on: see `agreed_on`.
    """
    begin, end = clock.begin_of(first), clock.begin_of(last + DAY)
    then = Q(at__gte=begin, at__lt=end)
    carried = _carried(Movement.objects.filter(then, workshop=workshop).order_by("pk"))
    shelf = _shelf(workshop, carried)
    came = GoodsReceipt.objects.filter(pk__in=_subjects(carried, GoodsReceipt))
    deliveries, worth = _received(came)
    # by their keys: for a subquery PostgreSQL would read all jobs there are, each week
    jobs = Job.objects.filter(pk__in=_subjects(carried, Job))
    logs = StageLog.objects.filter(then, stage__job__workshop=workshop).order_by("pk")
    own = OwnPairs.objects.filter(then, workshop=workshop).order_by("pk")
    purchased = Purchased(deliveries, worth, _prices(workshop), [])
    worked = Worked(_named(jobs), _logged_in_days(logs), _owned(own))
    return Facts(
        money=Money({}, [], [], [], [], [], [], [], [], []),
        purchased=purchased,
        worked=worked,
        shelf=shelf,
        moves=_moves(shelf, purchased, worked),
        pairs=_counted_pairs(shelf),
        deliveries=brought(
            Shipment.objects.filter(
                workshop=workshop, delivered_at__gte=begin, delivered_at__lt=end
            )
        ),
        terms=[],
        ends=_ends(workshop, then),
    )


# Money


def _money(workshop: Workshop) -> Money:
    booked = _booked(workshop)
    openings, closings = _statements(workshop, _days(booked))
    rests = {one.pk: one.rest for one in booked}
    recognised, received, counted_from = _receipts(workshop, rests)
    return Money(
        banks={one.pk: str(one) for one in BankAccount.objects.filter(workshop=workshop)},
        openings=openings,
        closings=closings,
        entries=_entries(workshop, booked, rests, recognised),
        received=received,
        cash_purposes=_cash_purposes(workshop),
        counts=_counts(workshop),
        allocations=_allocations(workshop, counted_from),
        notes=_notes(workshop),
        refunds=_refunds(workshop),
    )


def _counts(workshop: Workshop) -> list[Count]:
    rows = DayClosing.objects.filter(workshop=workshop).with_difference().order_by("pk")
    return [
        Count(pk, on, sen, previous is None, reason)
        for pk, on, sen, previous, reason in rows.values_list(
            "pk", "on", "difference_sen", "previous", "reason"
        )
    ]


type _Days = dict[int, tuple[date, date]]  # of an import: the first and the last of its entries


class _Booked(NamedTuple):
    """What the bank says of an entry, and not yet whose it is."""

    pk: int
    imported: int
    account: int
    on: date
    sen: int
    text: str
    status: str
    takes_back: int | None
    refund: int | None
    refunded: int | None  # rupiah

    @property
    def rest(self) -> str:
        is_gone = self.status == BankEntry.Status.REVERSED or self.takes_back is not None
        return "under way" if is_gone else "unexplained"


def _booked(workshop: Workshop) -> list[_Booked]:
    rows = BankEntry.objects.filter(workshop=workshop).order_by("pk").values_list(
        "pk", "imported", "account", "booked_on", "amount_sen", "text", "status", "takes_back",
        "refund", "refund__amount",
    )  # fmt: skip
    return [_Booked(*row) for row in rows]


def _days(booked: list[_Booked]) -> _Days:
    days: _Days = {}
    for one in booked:
        first, last = days.get(one.imported, (one.on, one.on))
        days[one.imported] = min(first, one.on), max(last, one.on)
    return days


def _statements(workshop: Workshop, days: _Days) -> tuple[list[Opening], list[Closing]]:
    """The opening balance of the statement that begins first, and the closing of the last one."""
    first: dict[int, Opening] = {}
    last: dict[int, Closing] = {}
    imports = BankImport.objects.filter(workshop=workshop).order_by("pk")
    for pk, account, opening, closing in imports.values_list(
        "pk", "account", "opening_sen", "closing_sen"
    ):
        if pk not in days:
            continue  # it brought nothing new
        begins, ends = days[pk]
        if opening is not None and (account not in first or begins < first[account].on):
            first[account] = Opening(account, pk, begins, opening)
        if closing is not None and (account not in last or ends >= last[account].on):
            last[account] = Closing(account, ends, closing)
    return list(first.values()), list(last.values())


type _Recognised = dict[int, list[tuple[int, int]]]


def _receipts(
    workshop: Workshop, rests: dict[int, str]
) -> tuple[_Recognised, list[Received], dict[int, date]]:
    """Whose an entry was taken to be first; what else came, and went again; and from which day on
    the parts of a receipt count."""
    recognised: _Recognised = defaultdict(list)
    received = []
    counted_from: dict[int, date] = {}
    rows = Receipt.objects.filter(workshop=workshop).order_by("pk")
    for pk, source, entry, amount, on, at, annulled_at, party, name in rows.values_list(
        "pk", "source", "entry", "amount", "received_on", "at", "annulled_at", "party",
        "party__name",
    ):  # fmt: skip
        sen, place = amount * 100, source
        counted_from[pk] = on
        if entry is not None:
            place = rests[entry]
            if entry in recognised:  # it was taken for somebody else's before
                counted_from[pk] = clock.day_of(at)
                received.append(Received(pk, clock.day_of(at), sen, party, name, place, False))
            else:
                recognised[entry].append((party, sen))
        else:
            received.append(Received(pk, on, sen, party, name, place, False))
        if annulled_at is not None:
            received.append(Received(pk, clock.day_of(annulled_at), -sen, party, name, place, True))
    return recognised, received, counted_from


def _entries(
    workshop: Workshop, booked: list[_Booked], rests: dict[int, str], recognised: _Recognised
) -> list[Entry]:
    """Say of each entry whose money it was taken for, and what it was for."""
    purposes: dict[int, list[tuple[str, int | None, int]]] = defaultdict(list)
    for entry, kind, party, sen in (
        Purpose.objects.standing()
        .filter(workshop=workshop, entry__isnull=False)
        .order_by("pk")
        .values_list("entry", "kind", "party", "amount_sen")
    ):
        purposes[entry].append((kind, party, sen))
    return [
        Entry(
            one.pk,
            one.account,
            one.on,
            one.sen,
            one.text,
            rests[one.pk],
            tuple(recognised.get(one.pk, ())),
            tuple(purposes.get(one.pk, ())),
            None if one.refund is None else (one.refund, -(one.refunded or 0) * 100),
        )
        for one in booked
    ]


def _cash_purposes(workshop: Workshop) -> list[CashPurpose]:
    rows = Purpose.objects.filter(workshop=workshop, entry=None).order_by("pk")
    return [
        CashPurpose(pk, on, sen, kind, party, words or str(PurposeKind(kind).label))
        for pk, on, sen, kind, party, words in rows.values_list(
            "pk", "on", "amount_sen", "kind", "party", "words"
        )
    ]


def _allocations(workshop: Workshop, counted_from: dict[int, date]) -> list[Allocated]:
    rows = Allocation.objects.filter(
        Q(receipt__workshop=workshop) | Q(credit_note__workshop=workshop), refund=None
    ).order_by("pk")
    found = []
    for (
        pk, amount, at, receipt, noted_at, payer, note, noted, number, order, order_number, kept
    ) in rows.values_list(
        "pk", "amount", "at", "receipt", "receipt__at", "receipt__party", "credit_note",
        "credit_note__party", "credit_note__number", "instalment__order",
        "instalment__order__number", "forfeit__order__number",
    ):  # fmt: skip
        on = clock.day_of(at)
        if receipt is not None and amount > 0 and on == clock.day_of(noted_at):
            on = counted_from[receipt]  # counted together with it: from the bank's day on
        source_kind, source = ("receipt", receipt) if note is None else ("credit note", note)
        label = order_number or kept or number or ""
        found.append(
            Allocated(pk, on, amount * 100, payer or noted, order, source_kind, source, label)
        )
    return found


def _notes(workshop: Workshop) -> list[Note]:
    found = []
    rows = CreditNote.objects.filter(workshop=workshop).order_by("pk")
    for pk, at, amount, party, number, annulled_at in rows.values_list(
        "pk", "at", "amount", "party", "number", "annulled_at"
    ):
        found.append(Note(pk, clock.day_of(at), amount * 100, party, number))
        if annulled_at is not None:
            found.append(Note(pk, clock.day_of(annulled_at), -amount * 100, party, number))
    return found


def _refunds(workshop: Workshop) -> list[Refunded]:
    rows = Refund.objects.gone().filter(workshop=workshop).order_by("pk")
    return [
        Refunded(pk, on, amount * 100, party, name, is_cash)
        for pk, on, amount, party, name, is_cash in rows.values_list(
            "pk", "sent_on", "amount", "party", "party__name", "is_cash"
        )
        if on is not None
    ]


def _bills(workshop: Workshop, values: dict[int, tuple[int, date]]) -> list[Bill]:
    spoken_of: dict[int, list[int]] = defaultdict(list)
    for bill, receipt in BilledReceipt.objects.filter(
        is_standing=True, bill__workshop=workshop
    ).values_list("bill", "receipt"):
        spoken_of[bill].append(receipt)
    found = []
    for pk, number, on, supplier, amount in (
        SupplierBill.objects.standing()
        .filter(workshop=workshop)
        .order_by("pk")
        .values_list("pk", "number", "billed_on", "supplier", "amount")
    ):
        goods = [values[receipt] for receipt in spoken_of[pk] if receipt in values]
        day = max([on, *(came_on for _value, came_on in goods)])
        more = amount * 100 - sum(value for value, _day in goods)
        found.append(Bill(pk, number, day, supplier, more))
    return found


# Goods


def _shelf(workshop: Workshop, carried: list[_Carried]) -> Shelf:
    places = Location.objects.filter(workshop=workshop).exclude(kind=Location.Kind.SCRAP)
    items = Item.objects.filter(workshop=workshop).values_list("pk", "material", "size", "variant")
    return Shelf(
        carried=carried,
        house=set(places.values_list("pk", flat=True)),
        items={pk: (one, size) for pk, one, size, _variant in items if one is not None},
        variants={pk: variant for pk, _one, _size, variant in items if variant is not None},
    )


def _knows(shelf: Shelf, purchased: Purchased, worked: Worked) -> bool:
    """Tell whether the deliveries and jobs that the moves speak of are among these."""
    came = ContentType.objects.get_for_model(GoodsReceipt).pk
    job = ContentType.objects.get_for_model(Job).pk
    known = {came: purchased.deliveries.keys(), job: worked.jobs.keys()}
    return all(one.subject in known[one.kind] for one in shelf.carried if one.kind in known)


def _subjects(carried: list[_Carried], model: type[GoodsReceipt | Job]) -> set[int]:
    kind = ContentType.objects.get_for_model(model).pk
    return {one.subject for one in carried if one.kind == kind}


def _moves(shelf: Shelf, purchased: Purchased, worked: Worked) -> list[Move]:
    """Every move of material into the house or out of it, with its worth."""
    came = ContentType.objects.get_for_model(GoodsReceipt).pk
    job = ContentType.objects.get_for_model(Job).pk
    moves = []
    for pk, at, on, item, quantity, source, target, what, kind, subject in shelf.carried:
        goes_in = target in shelf.house
        if item not in shelf.items or goes_in == (source in shelf.house):
            continue
        material, size = shelf.items[item]
        supplier = line = value = None
        name, key, label = "item", item, ""
        if kind == came:
            _at, supplier, label, key = purchased.deliveries[subject]
            name, value = "purchase", purchased.worth.get((subject, material, size), 0)
        elif kind == job:
            line, label = worked.jobs[subject]
            name, key = "job", subject
        guess = 0
        if goes_in and value is None:
            price = _price_on(purchased.prices.get(material, []), at)
            guess = amount_of(price, quantity) * 100
        moves.append(
            Move(
                pk, on, item, quantity, goes_in, what, name, key, label, value, guess, supplier,
                line,
            )
        )  # fmt: skip
    return moves


BY_HAND = {"count", "move"}  # steps on the shelf itself


def _counted_pairs(shelf: Shelf) -> list[Pairs]:
    """Free finished pairs that were found or missing at a count, or carried out of the house."""
    found = []
    for pk, at, on, item, quantity, source, target, what, _kind, _subject in shelf.carried:
        goes_in = target in shelf.house
        if item in shelf.variants and what in BY_HAND and goes_in != (source in shelf.house):
            pairs = quantity if goes_in else -quantity
            found.append(Pairs(pk, at, on, shelf.variants[item], pairs, None, what, ""))
    return found


class _Carried(NamedTuple):
    pk: int
    at: datetime
    on: date
    item: int
    quantity: int
    source: int | None
    target: int | None
    what: str  # the step without its app
    kind: int
    subject: int


def _carried(rows: QuerySet[Movement]) -> list[_Carried]:
    return [
        _Carried(
            pk, at, clock.day_of(at), item, quantity, source, target, reason.partition(".")[2],
            kind, subject,
        )
        for pk, at, item, quantity, source, target, reason, kind, subject in rows.values_list(
            "pk", "at", "item", "quantity", "source", "target", "reason", "subject_type",
            "subject_id",
        )
    ]  # fmt: skip


def _logged(rows: QuerySet[StageLog]) -> list[Log]:
    return [
        Log(
            pk,
            clock.day_of(at),
            line,
            good * rate * 100 if worker else 0,
            job,
            number,
            good if position == 1 else -reject,
        )
        for pk, at, line, good, reject, rate, worker, position, job, number in rows.values_list(
            "pk", "at", "stage__job__line", "good", "reject", "rate", "worker", "stage__position",
            "stage__job", "stage__job__number",
        )
    ]  # fmt: skip


def _logged_in_days(rows: QuerySet[StageLog]) -> list[Log]:
    """Return what was logged of a line on a day in one, whatever the job: the sums that `_logged` makes."""
    earned = Case(When(worker="", then=0), default=F("good") * F("rate") * 100)
    begun = Case(When(stage__position=1, then=F("good")), default=-F("reject"))
    days = rows.order_by().values_list("stage__job__line", TruncDate("at", tzinfo=clock.WIB))
    return [
        Log(0, on, line, sen, 0, "", pairs)
        for line, on, sen, pairs in days.annotate(sen=Sum(earned), n=Sum(begun))
    ]


def _owned(rows: QuerySet[OwnPairs]) -> list[Pairs]:
    return [
        Pairs(pk, at, clock.day_of(at), variant, pairs, line, "own", number)
        for pk, at, variant, pairs, line, number in rows.values_list(
            "pk", "at", "line_size__variant", "pairs", "line_size__line",
            "line_size__line__order__number",
        )
    ]  # fmt: skip


# most of all facts are of these two kinds
CARRIED = Growing(lambda workshop: Movement.objects.filter(workshop=workshop), _carried)
LOGS = Growing(lambda workshop: StageLog.objects.filter(stage__job__workshop=workshop), _logged)
OWN = Growing(lambda workshop: OwnPairs.objects.filter(workshop=workshop), _owned)


def _worked(workshop: Workshop) -> Worked:
    jobs = Job.objects.filter(workshop=workshop)
    return Worked(_named(jobs), LOGS.of(workshop), OWN.of(workshop))


def _named(jobs: QuerySet[Job]) -> dict[int, tuple[int, str]]:
    rows = jobs.values_list("pk", "line", "number")
    return {pk: (line, number) for pk, line, number in rows}


def _purchased(workshop: Workshop) -> Purchased:
    came, worth = _received(GoodsReceipt.objects.filter(purchase__workshop=workshop))
    values = {pk: (0, clock.day_of(at)) for pk, (at, *_facts) in came.items()}
    for (receipt, _material, _size), sen in worth.items():
        values[receipt] = (values[receipt][0] + sen, values[receipt][1])
    return Purchased(came, worth, _prices(workshop), _bills(workshop, values))


type _Came = dict[int, tuple[datetime, int, str, int]]
type _Worth = dict[tuple[int, int, str], int]


def _received(receipts: QuerySet[GoodsReceipt]) -> tuple[_Came, _Worth]:
    """Return what came, and the sen that it is worth, as `Purchased` has them."""
    worth: _Worth = defaultdict(int)
    lines = ReceivedLine.objects.filter(receipt__in=receipts)
    for receipt, material, size, good, price, per in lines.values_list(
        "receipt", "line__material", "line__size", "good", "line__price", "line__unit_size"
    ):
        worth[receipt, material, size] += amount_of(price, good, per) * 100
    rows = receipts.values_list("pk", "at", "purchase__supplier", "number", "purchase")
    return {pk: (at, supplier, no, purchase) for pk, at, supplier, no, purchase in rows}, worth


def _prices(workshop: Workshop) -> dict[int, list[tuple[datetime, int]]]:
    """What suppliers asked for each material, as the journal keeps it, oldest first."""
    known: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    lines = JournalEntry.objects.filter(
        workshop=workshop,
        subject_type=ContentType.objects.get_for_model(SupplierPrice),
        step="procurement.price",
    )
    for at, said in lines.order_by("pk").values_list("at", "facts"):
        price = amount_of(said["price"], MILLI, said.get("unit_size", MILLI))
        known[said["material"]].append((at, price))
    return known


def _price_on(prices: list[tuple[datetime, int]], at: datetime) -> int:
    """Return the price of a unit that was known then, or the first one that ever was."""
    known = bisect_right(prices, at, key=itemgetter(0))
    return prices[max(known - 1, 0)][1] if prices else 0


def brought(shipments: QuerySet[Shipment]) -> list[Delivery]:
    """Return what these shipments brought, which are all delivered, of each order in them."""
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    inside = (
        PackageLine.objects.filter(package__shipment__in=shipments)
        .order_by()
        .values_list("package__shipment", "package__order", "size__line")
        .annotate(n=Sum("pairs"))
    )
    for shipment, order, line, count in inside:
        pairs[shipment, order].append((line, count))
    loads = Load.objects.filter(shipment__in=shipments).order_by("shipment", "order")
    rows = loads.values_list("shipment", "shipment__number", "shipment__delivered_at", "order")
    return [
        Delivery(pk, number, clock.day_of(at), order, tuple(sorted(pairs[pk, order])))  # type: ignore[arg-type]
        for pk, number, at, order in rows
    ]


def terms_of(chosen: Chosen) -> list[Terms]:
    lines: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    totals: dict[int, int] = {}
    rows = RevisionLine.objects.filter(
        chosen("revision__order"), revision__number=F("revision__order__agreed_revision")
    ).order_by("pk")
    for order, total, line, pairs, amount in rows.values_list(
        "revision__order", "revision__total", "line", "pairs", "amount"
    ):
        totals[order] = total
        lines[order].append((line, pairs, amount))
    before: dict[int, dict[int, int]] = defaultdict(dict)
    changes = Amendment.objects.filter(chosen("order"), status=Amendment.Status.ACCEPTED).order_by(
        "pk"
    )
    for order, line, pairs in changes.values_list(
        "order", "before__lines__line", "before__lines__pairs"
    ):
        before[order][line] = max(before[order].get(line, 0), pairs)
    return [
        Terms(order, total, tuple(lines[order]), tuple(sorted(before[order].items())))
        for order, total in totals.items()
    ]


def agreed_on(lines: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return of lines of orders the pairs that were agreed on, and the most that ever were."""
    changes = Amendment.objects.filter(
        before=OuterRef("revision"), status=Amendment.Status.ACCEPTED
    )
    rows = RevisionLine.objects.filter(line__in=lines).order_by()
    found: dict[int, tuple[int, int]] = {}
    for line, pairs, number, agreed, was_agreed in rows.values_list(
        "line", "pairs", "revision__number", "revision__order__agreed_revision", Exists(changes)
    ):
        now, most = found.get(line, (0, 0))
        if number == agreed:
            found[line] = pairs, max(most, pairs)
        elif was_agreed:
            found[line] = now, max(most, pairs)
    return found


def _ends(workshop: Workshop, then: Q) -> list[End]:
    kind = ContentType.objects.get_for_model(Order)
    told = dict(
        JournalEntry.objects.filter(
            then, workshop=workshop, subject_type=kind, step="orders.cancel"
        ).values_list("subject_id", "at")
    )
    lines: dict[tuple[int, str], list[int]] = defaultdict(list)
    for order, number, line in (
        OrderLine.objects.filter(order__in=told)
        .order_by("pk")
        .values_list("order", "order__number", "pk")
    ):
        lines[order, number].append(line)
    return [
        End(order, number, clock.day_of(told[order]), tuple(keys))
        for (order, number), keys in lines.items()
    ]
