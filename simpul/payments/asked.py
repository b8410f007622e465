"""What money is open for, read into a `Book`: all of a workshop, or what a few entries may be for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Window
from django.db.models.functions import Cast, RowNumber

from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.orders.models.order import Status
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import traces
from simpul.payments.matching import (
    DIGITS,
    FEE,
    MOST,
    NEAR,
    Asked,
    Book,
    Claimed,
    Due,
    Heard,
    Once,
    telling_words,
)
from simpul.payments.models import BankEntry, Instruction, PaymentClaim
from simpul.payments.models.instruction import RESERVED
from simpul.payments.models.payer import learned

SAME = MOST + 1  # orders of one amount that are looked at: more of them tell nothing
OFTEN = 12  # open orders of one party that are looked at


def book_of(workshop: Workshop) -> Book:
    """Return everything money is open for: what the machine may match by itself."""
    book = Book.of(asked_of(workshop))
    book.payers = learned(workshop.pk)
    return book


def book_for(workshop: Workshop, heards: Sequence[Heard], parties: Collection[int] = ()) -> Book:
    """Return what these entries may be for, found by their amounts and texts, or of these parties.

    It asks a fixed number of questions, each answered by an index, and never for every order.
    """
    if not heards:
        return Book()
    payers = learned(workshop.pk, _values_in(heards))
    names = _names_in(workshop, heards)
    named = _named_by_text(workshop, heards) | _claimed(workshop, heards)
    buyers = Order.objects.filter(pk__in=named).values_list("buyer", flat=True)
    payees = {party_id for known in payers.values() for party_id in known}
    parties = {*parties, *names, *payees, *buyers}
    rank = Window(RowNumber(), partition_by="buyer", order_by="pk")
    unpaid = Instalment.objects.unpaid().filter(order__buyer__in=parties).values("order")
    open_ones = Order.objects.filter(buyer__in=parties, status__in=AGREED, pk__in=unpaid)
    first = open_ones.annotate(rank=rank).filter(rank__lte=OFTEN)
    named |= set(first.values_list("pk", flat=True))
    named |= _of_amount(workshop, heards) | _asked_before(workshop, heards)
    book = Book.of(asked_of(workshop, named))
    book.payers = payers
    book.names = names
    book.waiting = _waiting(workshop, heards, book)
    return book


def open_of(workshop: Workshop, order_ids: Collection[int]) -> list[Asked]:
    """Return those of these orders that money is open for, as the machine looks at them."""
    return [one for one in asked_of(workshop, order_ids, is_for_machine=True) if one.dues]


def asked_of(
    workshop: Workshop, order_ids: Collection[int] | None = None, *, is_for_machine: bool = False
) -> list[Asked]:
    """Return the orders that money is open for; of those named here also the others, as they are.

    Only the named ones come with their claims and with what was asked for before, of which the
    machine makes nothing.
    """
    orders = Order.objects.filter(workshop=workshop)
    dues = Instalment.objects.unpaid()
    asked = Instruction.objects.open().filter(workshop=workshop)
    claims: dict[int, list[Claimed]] = {}
    once: dict[int, list[Once]] = {}
    if order_ids is None:
        dues = dues.filter(order__workshop=workshop, order__status__in=AGREED)
        orders = orders.filter(status__in=AGREED, pk__in=dues.values("order"))
    else:
        orders = orders.filter(pk__in=order_ids)
        dues, asked = dues.filter(order__in=order_ids), asked.filter(order__in=order_ids)
        if not is_for_machine:
            claims, once = _claims(order_ids), _once(order_ids)
    open_ones: dict[int, list[Due]] = defaultdict(list)
    rows = dues.order_by("order", "position")
    for order_id, pk, amount, paid, due_on in rows.values_list(
        "order", "pk", "amount", "paid", "due_on"
    ):
        open_ones[order_id].append(Due(pk, amount - paid, due_on))
    facts = ("account", "qris", "amount", "base", "is_unique", "issued_at")
    instructions = {row[0]: row[1:] for row in asked.values_list("order", *facts)}
    known = orders.order_by("pk")
    return [
        _asked(
            row,
            open_ones.get(row[0], ()) if row[5] in AGREED else (),
            instructions.get(row[0]),
            claims,
            once,
        )
        for row in known.values_list("pk", "buyer", "number", "code", "placed_at", "status")
    ]


def _asked(
    row: tuple[int, int, str, str, datetime, str],
    dues: Iterable[Due],
    instruction: tuple[int, int | None, int, int, bool, datetime] | None,
    claims: dict[int, list[Claimed]],
    once: dict[int, list[Once]],
) -> Asked:
    pk, buyer_id, number, code, placed_at, status = row
    nothing = (None, None, 0, 0, False, None)
    account_id, qris_id, amount, base, is_unique, asked_at = instruction or nothing
    return Asked(
        order_id=pk,
        party_id=buyer_id,
        number=number,
        code=code,
        since=clock.day_of(placed_at),
        dues=tuple(dues),
        account_id=account_id,
        qris_id=qris_id,
        amount=amount,
        base=base,
        is_unique=is_unique,
        asked_on=clock.day_of(asked_at) if asked_at else None,
        claims=tuple(claims.get(pk, ())),
        once=tuple(once.get(pk, ())),
        is_cancelled=status == Status.CANCELLED,
    )


def _claims(order_ids: Collection[int]) -> dict[int, list[Claimed]]:
    found: dict[int, list[Claimed]] = defaultdict(list)
    for claim in PaymentClaim.objects.open().filter(order__in=order_ids).order_by("pk"):
        said = Claimed(claim.amount, claim.paid_on, claim.sender, claim.bank)
        found[claim.order_id].append(said)
    return found


def _once(order_ids: Collection[int]) -> dict[int, list[Once]]:
    """Return what these orders were asked for lately and are not any more."""
    found: dict[int, list[Once]] = defaultdict(list)
    closed = Instruction.objects.filter(order__in=order_ids, closed_at__gt=clock.now() - RESERVED)
    rows = closed.order_by("-pk").values_list("order", "amount", "account", "closed_at")
    for order_id, amount, account_id, closed_at in rows:
        if closed_at is not None:
            found[order_id].append(Once(amount, account_id, clock.day_of(closed_at)))
    return found


# What the entries point at


def _values_in(heards: Sequence[Heard]) -> set[str]:
    """Return what in the texts may be a payer that we know."""
    values: set[str] = set()
    for one in heards:
        values.update(traces.names_in(one.text), traces.accounts_in(one.text))
    return values


def _names_in(workshop: Workshop, heards: Sequence[Heard]) -> dict[int, tuple[str, ...]]:
    """Return the buyers whose name, or that of one of their people, stands in one of the texts."""
    texts = [set(traces.plain_name(one.text).split()) for one in heards]
    words = set().union(*texts)
    found: dict[int, list[str]] = defaultdict(list)
    parties = Party.objects.filter(workshop=workshop).buyers()
    people = Person.objects.active().filter(workshop=workshop, party__isnull=False)
    for rows in (parties.values_list("pk", "name"), people.values_list("party", "name")):
        for party_id, name in rows.order_by("pk"):
            telling = None if words.isdisjoint(_split(name)) else telling_words(name)
            if telling and any(telling <= text for text in texts):
                found[party_id].append(name)
    return {party_id: tuple(names) for party_id, names in found.items()}


def _split(name: str) -> list[str]:
    return name.upper().replace(".", " ").replace(",", " ").split()


def _named_by_text(workshop: Workshop, heards: Sequence[Heard]) -> set[int]:
    """Return the orders whose code or number may be meant, whatever has become of them."""
    spoken: set[str] = set()
    numbers: set[str] = set()
    for one in heards:
        spoken |= traces.codes_in(one.text) | traces.slips(one.text).keys()
        half = traces.half_numbers_in(one.text)
        years = (one.booked_on.year - 1, one.booked_on.year)
        meant = traces.numbers_in(one.text) | {
            (year, place) for said, place in half for year in ([said] if said else years)
        }
        numbers |= {f"SO-{year}-{place:04}" for year, place in meant}
    orders = Order.objects.filter(workshop=workshop)
    by_code = orders.filter(code__in=spoken)
    by_number = orders.filter(number__in=numbers)
    return {*by_code.values_list("pk", flat=True), *by_number.values_list("pk", flat=True)}


def _of_amount(workshop: Workshop, heards: Sequence[Heard]) -> set[int]:
    """Return the orders that such an amount is open for, of each amount a few."""
    amounts = _amounts(heards)
    if not amounts:
        return set()
    asked = Instruction.objects.open().filter(workshop=workshop)
    agreed = Order.objects.filter(workshop=workshop, status__in=AGREED)
    unpaid = Instalment.objects.unpaid().filter(order__workshop=workshop, order__status__in=AGREED)
    near = asked.annotate(thousands=Cast(F("amount") / DIGITS, IntegerField()))
    return {
        *_few(asked.filter(amount__in=amounts), "amount", "order"),
        *_few(asked.filter(base__in=amounts), "base", "order"),
        *_few(near.filter(thousands__in={n // DIGITS for n in amounts}), "thousands", "order"),
        *_few(asked.filter(_less_a_fee(amounts)), "amount", "order"),
        *_few(agreed.filter(total__in=amounts), "total", "pk"),
        *_few(unpaid.filter(amount__in=amounts), "amount", "order"),
    }


def _amounts(heards: Sequence[Heard]) -> set[int]:
    """Return the sums they speak of; a letter need not name one."""
    return {one.rupiah for one in heards if one.rupiah}


def _few(rows: QuerySet[Any], by: str, wanted: str) -> Iterable[int]:
    """Return what is wanted of the first rows of each amount."""
    rank = Window(RowNumber(), partition_by=by, order_by="pk")
    ranked = rows.annotate(rank=rank).filter(rank__lte=SAME)
    found: Iterable[int] = ranked.values_list(wanted, flat=True)
    return found


def _claimed(workshop: Workshop, heards: Sequence[Heard]) -> set[int]:
    """Return the orders of which a buyer reports such an amount on about such a day."""
    days = [one.booked_on for one in heards]
    amounts = _amounts(heards)
    if not amounts:
        return set()
    claims = PaymentClaim.objects.open().filter(
        workshop=workshop,
        amount__in=amounts,
        paid_on__range=(min(days) - NEAR, max(days) + NEAR),
    )
    return set(claims.values_list("order", flat=True))


def _asked_before(workshop: Workshop, heards: Sequence[Heard]) -> set[int]:
    """Return the orders that were asked for such an amount and are not any more."""
    amounts = _amounts(heards)
    if not amounts:
        return set()
    closed = Instruction.objects.filter(
        workshop=workshop,
        status=Instruction.Status.CLOSED,
        amount__in=amounts,
        closed_at__gt=clock.now() - RESERVED,
    )
    return set(_few(closed, "amount", "order"))


def _waiting(workshop: Workshop, heards: Sequence[Heard], book: Book) -> dict[int, list[Heard]]:
    """Return waiting entries that make up what one of these lacks of what is asked for."""
    lacking = {one.first - heard.rupiah for one in book.orders.values() for heard in heards}
    entries = BankEntry.objects.open().filter(
        workshop=workshop, amount_sen__in={n * 100 for n in lacking if n > 0}
    )
    found: dict[int, list[Heard]] = defaultdict(list)
    for entry in entries.order_by("pk")[:200]:
        other = Heard(entry.rupiah, entry.text, entry.booked_on, entry.account_id, entry.pk)
        found[other.rupiah].append(other)
    return found


def _less_a_fee(amounts: Iterable[int]) -> Q:
    near = Q(pk=None)
    for amount in amounts:
        near |= Q(amount__range=(amount, amount + FEE))
    return near
