"""Whose money is this? Pure: an entry's amount, text and day are held against what is open.

By machine only where exactly one order comes into question and either its unique amount was paid,
or its code stands in the text and the amount fits. All else is a suggestion with its reasons, and
with what it would count: so much for this instalment, so much kept as credit.

What is open is kept in a `Book`, found by what an entry may say: its amount, a code, a number, a
name. No entry is ever held against every order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.payments import traces
from simpul.ui.jinja import day, rupiah

NEAR = timedelta(days=5)  # a claim's day and the bank's day lie no further apart
FEE = 6_500  # what a bank may keep of a transfer
DIGITS = 1_000  # the last three digits tell instructions apart
ROUND = 100_000  # who owes for several orders pays a round sum
TOGETHER = 8  # orders of one party that may be paid at once
ENOUGH = 25  # a weaker guess is not worth a look
MOST = 4  # suggestions shown
COMMON = {
    "SEPATU",
    "SHOES",
    "STORE",
    "DISTRIBUTOR",
    "GROSIR",
    "SANDAL",
    "KULIT",
}  # words of many names

type Share = tuple[int, int]  # an instalment's key and what is counted for it
type Weighed = tuple[int, str]  # how much a reason weighs, and its words


class Heard(NamedTuple):
    """An entry as far as it says anything."""

    rupiah: int
    text: str
    booked_on: date
    account_id: int
    pk: int = 0


class Claimed(NamedTuple):
    """What the buyer says to have paid."""

    amount: int
    paid_on: date
    sender: str
    bank: str = ""


class Due(NamedTuple):
    """What is open of an instalment."""

    instalment_id: int
    amount: int
    due_on: date


class Once(NamedTuple):
    """What was asked for before, and is not any more."""

    amount: int
    account_id: int
    until: date


class Asked(NamedTuple):
    """An order that money is open for, or was: what is asked for, and what the buyer reports."""

    order_id: int
    party_id: int
    number: str
    code: str
    since: date
    dues: tuple[Due, ...]  # the first one first; none of an order that is paid or has ended
    account_id: int | None = None  # of the open instruction, and so on
    qris_id: int | None = None
    amount: int = 0
    base: int = 0
    is_unique: bool = False
    asked_on: date | None = None
    claims: tuple[Claimed, ...] = ()
    once: tuple[Once, ...] = ()
    is_cancelled: bool = False

    @property
    def account_ids(self) -> list[int]:
        """Where the money may come in: the bank account and the QRIS of the instruction."""
        return [pk for pk in (self.account_id, self.qris_id) if pk is not None]

    @property
    def balance(self) -> int:
        return sum(due.amount for due in self.dues)

    @property
    def first(self) -> int:
        """What is to be paid now: what is asked for, or else what is open first."""
        return self.amount or (self.dues[0].amount if self.dues else 0)

    def was_asked(self, heard: Heard) -> bool:
        """Tell whether it was asked for, to this account, when the entry was booked."""
        is_later = self.asked_on is not None and self.asked_on <= heard.booked_on
        return is_later and heard.account_id in self.account_ids

    def fits(self, amount: int) -> bool:
        return amount in (self.amount, self.balance) or any(
            due.amount == amount for due in self.dues
        )


@dataclass(frozen=True, slots=True)
class Guess:
    """What an entry may be: whose money, counted for what, and what is left as credit."""

    party_id: int
    parts: tuple[Share, ...]
    left: int
    score: int
    reasons: tuple[str, ...]
    order_ids: tuple[int, ...]
    lacking: int = 0  # of what is asked for
    kept: tuple[Share, ...] | None = None  # the parts, where more is rather kept as credit


@dataclass(slots=True)
class Book:
    """What money is open for in one workshop, found by what an entry may say."""

    orders: dict[int, Asked] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)  # of a party and its people
    payers: Mapping[str, Mapping[int, int]] = field(default_factory=dict)  # learned, how often
    waiting: Mapping[int, list[Heard]] = field(default_factory=dict)  # other entries, by amount

    by_code: dict[str, int] = field(default_factory=dict)
    by_number: dict[traces.Number, int] = field(default_factory=dict)
    by_amount: dict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_party: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Book:
        book = cls()
        for one in asked:
            book.put(one)
        return book

    def put(self, one: Asked) -> None:
        """Let the book know this of an order, and nothing else any more."""
        self.drop(one.order_id)
        self.orders[one.order_id] = one
        self.by_code[one.code] = one.order_id
        self.by_number[traces.number_of(one.number)] = one.order_id
        self.by_party[one.party_id].add(one.order_id)
        for account_id in one.account_ids:
            self.by_amount[account_id, one.amount].add(one.order_id)

    def drop(self, order_id: int) -> None:
        """Forget an order: nothing is open for it any more."""
        one = self.orders.pop(order_id, None)
        if one is None:
            return
        self.by_code.pop(one.code, None)
        self.by_number.pop(traces.number_of(one.number), None)
        self.by_party[one.party_id].discard(order_id)
        for account_id in one.account_ids:
            self.by_amount[account_id, one.amount].discard(order_id)

    def pointed_at(self, heard: Heard) -> Pointed:
        """Return the orders that an entry points at, as far as `certain` looks at them."""
        codes = traces.codes_in(heard.text, self.by_code.keys())
        numbers = traces.numbers_in(heard.text)
        of_amount = self.by_amount.get((heard.account_id, heard.rupiah))
        if not (codes or numbers or of_amount):
            return NOWHERE
        numbered = {self.by_number.get(one, 0) for one in numbers}
        return Pointed(
            coded=frozenset(self.by_code[code] for code in codes),
            numbered=frozenset(numbered - {0}),
            of_amount=frozenset(of_amount or ()),
            is_strange=0 in numbered,
        )


class Pointed(NamedTuple):
    """The orders that an entry points at by code, number and amount."""

    coded: frozenset[int] = frozenset()
    numbered: frozenset[int] = frozenset()
    of_amount: frozenset[int] = frozenset()
    is_strange: bool = False  # it names one for which nothing is open (any more)

    @property
    def all(self) -> frozenset[int]:
        return self.coded | self.numbered | self.of_amount


NOWHERE = Pointed()


def certain(heard: Heard, book: Book, pointed: Pointed | None = None) -> tuple[Asked, str] | None:
    """Return the one order this money is for beyond doubt, and by what it is known; or None."""
    pointed = pointed or book.pointed_at(heard)
    named = [book.orders[one] for one in pointed.coded | pointed.numbered]
    if pointed.is_strange or len(named) > 1 or not (named or pointed.of_amount):
        return None
    hits = [one for one in map(book.orders.__getitem__, pointed.of_amount) if one.was_asked(heard)]
    if named:
        one = named[0]
        if not one.fits(heard.rupiah) or heard.booked_on < one.since:
            return None  # the text speaks of another order than the amount, or of another amount
        others = [hit for hit in hits if hit is not one]
        if one.order_id in pointed.coded:  # the check letter vouches for it
            others = [other for other in others if other.is_unique]
        elif _is_known_of_another(heard, one, book):
            return None
        return None if others else (one, "code")
    if len(hits) != 1 or not hits[0].is_unique or _half_named(heard, book) - {hits[0].order_id}:
        return None
    return hits[0], "amount"


def guesses(heard: Heard, book: Book) -> list[Guess]:
    """Return the likeliest ways to count an entry, each with its reasons in words."""
    said = _said_of_orders(heard, book)
    payers = _said_of_parties(heard, book)
    amounts = {one.order_id for one in book.orders.values() if _weigh_amount(heard, one)}
    parties = {book.orders[order_id].party_id for order_id in said.keys() | amounts}
    found: list[Guess] = []
    for party_id in sorted(parties | payers.keys()):
        found += _of_party(heard, book, party_id, said, payers.get(party_id, []))
    best: dict[tuple[int, tuple[Share, ...]], Guess] = {}
    for guess in sorted(found, key=lambda guess: -guess.score):
        best.setdefault((guess.party_id, guess.parts), guess)
    likely = [guess for guess in best.values() if guess.score >= ENOUGH]
    likely.sort(key=lambda guess: (-guess.score, guess.party_id, guess.parts))
    return likely[:MOST]


# What an entry says


def _said_of_orders(heard: Heard, book: Book) -> dict[int, list[Weighed]]:
    """Return for each order that the text or a claim points at why, and how much that weighs."""
    said: dict[int, list[Weighed]] = defaultdict(list)
    for code in traces.codes_in(heard.text, book.by_code.keys()):
        said[book.by_code[code]].append((60, _("The code of the order stands in the text.")))
    for number in traces.numbers_in(heard.text):
        if (order_id := book.by_number.get(number)) and order_id not in said:
            said[order_id].append((55, _("The number of the order stands in the text.")))
    if not said:
        for order_id in _half_named(heard, book):
            said[order_id].append((25, _("Half of the order's number stands in the text.")))
        for code, typed in traces.slips(heard.text).items():
            if code in book.by_code:
                words = _("“%(typed)s” is nearly the code %(code)s.")
                said[book.by_code[code]].append((30, words % {"typed": typed, "code": code}))
    for one in book.orders.values():
        said_so = [claim for claim in one.claims if _is_claim(heard, claim)]
        if said_so:
            said[one.order_id].append((40, _reported(heard, said_so[0])))
        if any(claim.sender and names(heard.text, claim.sender) for claim in one.claims):
            words = _("The sender that the buyer named stands in the text.")
            said[one.order_id].append((20, words))
    return said


def _learned(heard: Heard, book: Book) -> Mapping[int, int]:
    """Return whose money this payer's was so far, and how many times; nothing of who is not known."""
    if not book.payers:
        return {}
    values = [*traces.accounts_in(heard.text), *traces.names_in(heard.text)]
    return next((book.payers[value] for value in values if value in book.payers), {})


def _said_of_parties(heard: Heard, book: Book) -> dict[int, list[Weighed]]:
    """Return for each party that the text names why: learned from earlier money, or by its name."""
    said: dict[int, list[Weighed]] = {}
    learned = _learned(heard, book)
    for party_id, times in learned.items():
        if len(learned) > 1:
            words = _("This payer has paid for several buyers, this one among them.")
            said[party_id] = [(15, words)]
        else:
            words = ngettext(
                "Known payer: money from there was this buyer's once before.",
                "Known payer: money from there was this buyer's %(n)s times before.",
                times,
            )
            said[party_id] = [(35 + min(times, 5), words % {"n": times})]
    for party_id, known in book.names.items():
        name = next((name for name in known if names(heard.text, name)), "")
        if name and (party_id not in said or len(learned) > 1):
            words = _("The name %(name)s stands in the text.") % {"name": name}
            said.setdefault(party_id, []).append((20, words))
    return said


def _half_named(heard: Heard, book: Book) -> set[int]:
    """Return the orders of which half a number stands in the text."""
    found = set()
    for year, place in traces.half_numbers_in(heard.text):
        years = [year] if year else range(heard.booked_on.year - 1, heard.booked_on.year + 1)
        found |= {book.by_number.get((one, place), 0) for one in years}
    return found - {0}


def _is_known_of_another(heard: Heard, one: Asked, book: Book) -> bool:
    """Tell whether the payer is known, and as that of other buyers."""
    learned = _learned(heard, book)
    return bool(learned) and one.party_id not in learned


# What it would be counted for


def _of_party(
    heard: Heard,
    book: Book,
    party_id: int,
    said: Mapping[int, list[Weighed]],
    payer: list[Weighed],
) -> Iterator[Guess]:
    """Yield the ways to count an entry as this party's money."""
    orders = sorted(
        (book.orders[one] for one in book.by_party.get(party_id, ())),
        key=lambda one: (one.dues[0].due_on if one.dues else date.max, one.order_id),
    )
    open_ones = [one for one in orders if one.dues]
    named = [one for one in open_ones if one.order_id in said]
    found = []
    for one in orders:
        why = [*said.get(one.order_id, []), *_weigh_amount(heard, one)]
        if why and _is_known_of_another(heard, one, book):
            why.append((-15, _("But this payer is known as that of another buyer.")))
        if why:
            found.append(_for_order(heard, book, one, [*why, *payer]))
    if len(open_ones) > 1 and (payer or len(named) > 1):
        wanted = named if len(named) > 1 else open_ones
        several = named[:2] if len(named) > 1 else []  # one that is named alone is meant alone
        reasons = [*(said[one.order_id][0] for one in several), *payer]
        found += _for_several(heard, wanted[:TOGETHER], reasons)
    if payer and open_ones and not found:
        found.append(_for_order(heard, book, open_ones[0], payer))
    elif payer and not orders:
        words = _("Nothing is open for this buyer: it is kept as credit, for a later order.")
        found.append(_guess(party_id, heard.rupiah, (), [*payer, (10, words)]))
    yield from found


def _for_order(heard: Heard, book: Book, one: Asked, why: list[Weighed]) -> Guess:
    amount = heard.rupiah
    if not one.dues:
        words = (
            _("The order was cancelled: it is kept as the buyer's credit, or paid back.")
            if one.is_cancelled
            else _("Nothing is open for this order any more: it is kept as credit, or paid back.")
        )
        return _guess(one.party_id, amount, (one,), [*why, (0, words)], shares=())
    if not amount:  # a letter that states none: nothing is too little or too much
        return _guess(one.party_id, amount, (one,), why, shares=())
    lacking = max(one.first - amount, 0)
    more = max(amount - one.first, 0)
    fits = one.fits(amount) or amount == one.base
    if lacking and not fits:
        other = _other_half(heard, book, one, lacking)
        if other is not None:
            words = _("With the %(amount)s of %(day)s that waits, too, exactly what is asked for.")
            facts = {"amount": rupiah(other.rupiah), "day": day(other.booked_on)}
            why = [*why, (30, words % facts)]
        words = _("%(amount)s is missing: what waits for this payment stays shut.")
        why = [*why, (0, words % {"amount": rupiah(lacking)})]
    over = amount - one.balance
    if over > 0:
        words = _("%(amount)s more than is open for the order: it is kept as the buyer's credit.")
        why = [*why, (0, words % {"amount": rupiah(over)})]
    elif more and not fits:
        words = _("%(amount)s more than was asked for: it goes to the next instalment.")
        why = [*why, (0, words % {"amount": rupiah(more)})]
    late = (heard.booked_on - one.dues[0].due_on).days
    if late > 0:
        words = ngettext(
            "It came a day after it was due.", "It came %(n)s days after it was due.", late
        )
        why = [*why, (0, words % {"n": late})]
    guess = _guess(one.party_id, amount, (one,), why)
    kept = _spread([one], min(amount, one.first)) if more > max(over, 0) else None
    if fits:
        kept = None  # it is what the terms speak of: nothing to choose
    if any(amount == past.amount for past in one.once) and amount not in (one.amount, one.balance):
        kept = ()  # paid twice? then all of it may be kept
    return replace(guess, lacking=lacking if not fits else 0, kept=kept)


def _for_several(heard: Heard, orders: list[Asked], why: list[Weighed]) -> Iterator[Guess]:
    """Yield what one transfer for several orders of a party may be."""
    party_id = orders[0].party_id
    sums = (
        ("first", _("Exactly what is asked for of %(n)s orders together.")),
        ("balance", _("Exactly what is open for %(n)s orders together.")),
    )
    for attribute, words in sums:
        chosen = _adding_up(orders, attribute, heard.rupiah)
        if chosen:
            wanted = ((one, int(getattr(one, attribute))) for one in chosen)
            parts = [share for one, amount in wanted for share in _spread([one], amount)]
            why = [*why, (45, words % {"n": len(chosen)})]
            yield _guess(party_id, heard.rupiah, chosen, why, tuple(parts))
            return
    if heard.rupiah % ROUND == 0:
        words = _("A round sum: it goes to what is due first of %(n)s orders.")
        shares = _spread_by_day(orders, heard.rupiah)
        touched = [
            one for one in orders if {due.instalment_id for due in one.dues} & dict(shares).keys()
        ]
        if len(touched) > 1:
            why = [*why, (15, words % {"n": len(touched)})]
            yield _guess(party_id, heard.rupiah, touched, why, shares)


def _adding_up(orders: list[Asked], attribute: str, amount: int) -> list[Asked]:
    """Return two or more of the orders whose sums make exactly this amount, the most urgent first."""
    reached: dict[int, tuple[Asked, ...]] = {0: ()}
    for one in orders:
        for total, chosen in list(reached.items()):
            more = total + int(getattr(one, attribute))
            if more <= amount:
                reached.setdefault(more, (*chosen, one))
    found = reached.get(amount, ())
    return list(found) if len(found) > 1 else []


def _guess(
    party_id: int,
    amount: int,
    orders: Iterable[Asked],
    why: list[Weighed],
    shares: tuple[Share, ...] | None = None,
) -> Guess:
    chosen = list(orders)
    parts = _spread(chosen, amount) if shares is None else shares
    return Guess(
        party_id,
        parts,
        amount - sum(share for _instalment, share in parts),
        sum(weight for weight, _reason in why),
        tuple(dict.fromkeys(reason for _weight, reason in why)),
        tuple(one.order_id for one in chosen),
    )


def _spread(orders: Iterable[Asked], amount: int) -> tuple[Share, ...]:
    """Divide an amount over what is open, from the first instalment of the first order on."""
    return _poured((due for one in orders for due in one.dues), amount)


def _spread_by_day(orders: list[Asked], amount: int) -> tuple[Share, ...]:
    """Divide an amount over what is open of several orders, what is due first at first."""
    dues = [
        (due.due_on, one.order_id, place, due)
        for one in orders
        for place, due in enumerate(one.dues)
    ]
    return _poured(
        (due for _day, _order, _place, due in sorted(dues, key=lambda row: row[:3])), amount
    )


def _poured(dues: Iterable[Due], amount: int) -> tuple[Share, ...]:
    shares = []
    for due in dues:
        share = min(amount, due.amount)
        if share:
            shares.append((due.instalment_id, share))
        amount -= share
    return tuple(shares)


# What the amount says


def _weigh_amount(heard: Heard, one: Asked) -> list[Weighed]:
    amount = heard.rupiah
    if one.amount and amount == one.amount:
        return [(50 if one.is_unique else 40, _("Exactly the amount that was asked for."))]
    if one.base and amount == one.base:
        return [(30, _("The amount that was asked for, without its last three digits."))]
    if one.dues and amount == one.balance:
        return [(30, _("Exactly the balance of the order."))]
    if any(due.amount == amount for due in one.dues):
        return [(30, _("Exactly an open instalment."))]
    for past in one.once:
        if past.amount == amount and past.account_id == heard.account_id:
            words = _("Exactly what was asked for until %(day)s: paid twice, or late?")
            return [(35, words % {"day": day(past.until)})]
    if one.amount and amount // DIGITS == one.amount // DIGITS:
        words = _("The amount that was asked for with other last digits: %(amount)s.")
        return [(25, words % {"amount": rupiah(one.amount)})]
    if one.amount and 0 < one.amount - amount <= FEE:
        less = rupiah(one.amount - amount)
        return [(15, _("%(amount)s less than was asked for: a bank's fee?") % {"amount": less})]
    return []


def _other_half(heard: Heard, book: Book, one: Asked, lacking: int) -> Heard | None:
    """Return a waiting entry that makes up what this one lacks, from the same payer or order."""
    payer = traces.payer_name(heard.text)
    for other in book.waiting.get(lacking, ()):
        is_near = abs(other.booked_on - heard.booked_on) <= NEAR
        is_same = payer and traces.payer_name(other.text) == payer
        if other.pk != heard.pk and is_near and (is_same or one.code in other.text.upper()):
            return other
    return None


def _is_claim(heard: Heard, claim: Claimed) -> bool:
    return claim.amount == heard.rupiah and abs(claim.paid_on - heard.booked_on) <= NEAR


def _reported(heard: Heard, claim: Claimed) -> str:
    if claim.bank and claim.bank.upper() in heard.text.upper():
        return _("The buyer reported this amount, on about this day and from this bank.")
    return _("The buyer reported this amount on about this day.")


def names(text: str, name: str) -> bool:
    """Tell whether a name stands in the text: its long words, those everybody has left aside."""
    telling = telling_words(name)
    return bool(telling) and telling <= set(traces.plain_name(text).split())


def telling_words(name: str) -> set[str]:
    """Return the words of a name that tell it from others: the long ones, and a short first name
    before them, which tells Ani from Umi of the same family."""
    words = traces.plain_name(name).split()
    telling = {word for word in words if len(word) > 3} - COMMON
    return telling | {words[0]} if telling and len(words[0]) == 3 else telling
