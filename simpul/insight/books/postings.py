"""Double entry, derived: every posting follows from facts that stand elsewhere.

Nothing is stored. Facts are read with a fixed number of queries, put into the order in which they
happened, and told; whoever wants the books of a day tells them up to that day. Who has told them
before goes on from where the facts are still the same. All amounts are sen, debit is positive, and
each posting adds up to zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from simpul.insight.books import facts
from simpul.insight.books.chart import Account
from simpul.insight.books.turnover import Rule, month_ends, tax_due
from simpul.lib import clock
from simpul.parties.models import Workshop
from simpul.payments.models import PurposeKind as Kind


class Source(NamedTuple):
    """The document that a posting follows from: what kind of thing, its key, and how it is called."""

    kind: str
    key: int | str
    label: str


class Line(NamedTuple):
    """So many sen in debit (positive) or credit of an account. The detail says of whom or what."""

    account: Account
    sen: int
    detail: int | str = 0


class Posting(NamedTuple):
    on: date
    what: str  # a word of WORDS
    source: Source
    lines: tuple[Line, ...]

    @property
    def label(self) -> str:
        return str(WORDS.get(self.what, self.what))


WORDS = {
    "opening": _("balance before the first statement"),
    "bank": _("bank entry"),
    "cash": _("cash box"),
    "received": _("money of a buyer"),
    "annulled": _("annulled"),
    "counted": _("counted"),
    "uncounted": _("taken back"),
    "note": _("credit note"),
    "refund": _("refund"),
    "receive": _("goods received"),
    "bill": _("bill differs from the goods"),
    "tap": _("material used"),
    "work": _("piece wages earned"),
    "own": _("pairs for no order"),
    "own wages": _("piece wages of pairs for no order"),
    "given back": _("cost of pairs for no order taken back"),
    "given up": _("material that no pair came of"),
    "cash count": _("cash counted"),
    "count": _("stock counted"),
    "move": _("stock moved"),
    "delivery": _("delivery"),
    "end": _("order cancelled"),
    "tax": _("tax on turnover"),
}


# What a purpose of money is posted to: account, and whether its kind is the detail.
PURPOSES: dict[str, Account] = {
    Kind.SUPPLIER: Account.PAYABLES,
    Kind.BACK: Account.PAYABLES,
    Kind.WAGES: Account.WAGES_OWED,
    Kind.SALARY: Account.WAGES,
    Kind.TAX: Account.TAX_OWED,
    Kind.DRAWING: Account.DRAWINGS,
    Kind.CAPITAL: Account.EQUITY,
    Kind.LOAN: Account.LOANS,
    Kind.TRANSFER: Account.UNDER_WAY,
    Kind.CASH_BOX: Account.CASH,
    Kind.GATEWAY: Account.GATEWAY,
    Kind.INTEREST: Account.OTHER_INCOME,
    Kind.INCOME: Account.OTHER_INCOME,
    Kind.COURIER: Account.OTHER_COSTS,
    Kind.FEE: Account.OTHER_COSTS,
    Kind.INTEREST_TAX: Account.OTHER_COSTS,
    Kind.RENT: Account.OTHER_COSTS,
    Kind.POWER: Account.OTHER_COSTS,
    Kind.TOOLS: Account.OTHER_COSTS,
    Kind.COST: Account.OTHER_COSTS,
}
BY_PARTY = {Account.PAYABLES}
BY_KIND = {Account.OTHER_COSTS, Account.OTHER_INCOME}

# Where money lies of which nobody has said whose it is.
RESTS = {"unexplained": Account.UNEXPLAINED, "under way": Account.UNDER_WAY}
PLACES = {"cash": Account.CASH, "gateway": Account.GATEWAY, **RESTS}
NOTHING: frozenset[str] = frozenset()  # has happened
RECENT = timedelta(days=100)  # most of what is new happened since: here one can go on

type Part = tuple[Account, int, int | str]  # an account, sen, and of whom or what


@dataclass(slots=True)
class _Order:
    """How an order stands while the facts are told."""

    net: int = 0  # sen the buyer owes; negative: held for the order
    sold: int = 0
    delivered: dict[int, int] = field(default_factory=dict)  # line -> pairs

    def copy(self) -> _Order:
        return _Order(self.net, self.sold, self.delivered.copy())


@dataclass(slots=True)
class Work:
    """What a line of an order has cost and not given on yet: material and wages."""

    material: int = 0
    wages: int = 0
    left: int = 0  # pairs that are to be delivered
    is_over: bool = False
    most: int = 0  # pairs that material was taken for
    begun: int = 0  # pairs that it has: made, taken from the shelf, or in work
    gone: int = 0  # of these, what was delivered
    own: int = 0  # pairs of it that are for no order
    spent_material: int = 0  # sen that counted as cost already
    spent_wages: int = 0
    agreed: int = 0  # pairs that were agreed on when it was first told of
    took_material: int = 0  # sen in all, less what went along to the shelf
    took_wages: int = 0

    def copy(self) -> Work:
        return replace(self)

    @property
    def here(self) -> int:
        """Pairs that are begun and not delivered: wages were paid for these."""
        return self.begun - self.gone

    @property
    def of_material(self) -> int:
        """Pairs that its material is for: a stage takes it for all, not only for those begun."""
        return max(self.here, self.most - self.gone - self.own)

    def give(self, pairs: int) -> tuple[int, int]:
        """Take what so many pairs have cost: sen of material, and of wages."""
        material = _part(self.material, pairs, self.of_material)
        wages = _part(self.wages, pairs, self.here if self.here > 0 else self.left)
        self.material -= material
        self.wages -= wages
        return material, wages

    def give_all(self) -> tuple[int, int]:
        material, wages = self.material, self.wages
        self.material = self.wages = 0
        return material, wages


# day, rank of the day (money first, then stock, work, deliveries, and what ends), place in the rank,
# key; then who tells it, and the fact: a plain tuple, for there are thousands
type _Event = tuple[date, int, int, int, str, Any]

MONEY, COUNTED, STOCK, WORK, SHELF, DELIVERED, ENDED = range(7)


class Shelved(NamedTuple):
    """So many finished pairs that are for no order, and the sen that they have cost."""

    pairs: int = 0
    material: int = 0
    wages: int = 0


@dataclass(slots=True)
class State:
    """How everything stands after so many events have led to so many postings."""

    events: int = 0
    postings: int = 0
    orders: dict[int, _Order] = field(default_factory=dict)
    work: dict[int, Work] = field(default_factory=dict)
    stock: dict[int, tuple[int, int]] = field(default_factory=dict)  # item -> quantity, sen
    pairs: dict[int, Shelved] = field(default_factory=dict)  # by variant, for no order
    sales: dict[tuple[int, int], int] = field(default_factory=dict)  # year, month -> sen

    def copy(self) -> State:
        return State(
            self.events,
            self.postings,
            {key: order.copy() for key, order in self.orders.items()},
            {line: work.copy() for line, work in self.work.items()},
            self.stock.copy(),
            self.pairs.copy(),
            self.sales.copy(),
        )


@dataclass(slots=True)
class _Past:
    """What some books were told from, and how they stood at the beginning of the last weeks."""

    events: list[_Event] = field(default_factory=list)
    terms: dict[int, facts.Terms] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)

    def shared_with(self, other: _Past) -> list[State]:
        """Return the states that the other one has come through as well."""
        changed = [
            terms
            for order in self.terms.keys() | other.terms.keys()
            if self.terms.get(order) != other.terms.get(order)
            for terms in (self.terms.get(order), other.terms.get(order))
            if terms is not None
        ]
        found = self.states.copy()
        while found and not self._is_shared(found[-1], other, changed):
            found.pop()
        return found

    def _is_shared(self, state: State, other: _Past, changed: list[facts.Terms]) -> bool:
        has_used = any(
            one.order in state.orders or any(line in state.work for line, _pairs, _sum in one.lines)
            for one in changed
        )
        return not has_used and self.events[: state.events] == other.events[: state.events]


@dataclass(slots=True)
class Books:
    """The postings of a workshop up to a day, and where orders and stock stood then."""

    workshop: Workshop
    until: date
    facts: facts.Facts
    postings: list[Posting] = field(default_factory=list)
    state: State = field(default_factory=State)
    past: _Past = field(default_factory=_Past)

    @property
    def stock(self) -> dict[int, tuple[int, int]]:
        """Of each item the quantity, and the sen that it is worth."""
        return self.state.stock

    @property
    def banks(self) -> dict[int, str]:
        return self.facts.money.banks

    def order(self, key: int) -> _Order:
        return self.state.orders.setdefault(key, _Order())

    # Telling

    def post(self, on: date, what: str, source: Source, lines: Iterable[Part]) -> None:
        kept = tuple([Line(*part) for part in lines if part[1]])
        if kept:
            self.postings.append(Posting(on, what, source, kept))

    def owe(self, order: int, sen: int) -> list[Part]:
        """Let a buyer owe so much more (less, if negative): what was held is used up first."""
        mine = self.order(order)
        before, mine.net = mine.net, mine.net + sen
        return [
            (Account.RECEIVABLES, max(mine.net, 0) - max(before, 0), order),
            (Account.ADVANCES, min(mine.net, 0) - min(before, 0), order),
        ]


class _Unwritten(Books):
    """Books of which only the state is asked for in the end."""

    def post(self, on: date, what: str, source: Source, lines: Iterable[Part]) -> None:
        """Write nothing."""


def books_of(
    workshop: Workshop,
    until: date | None = None,
    before: Books | None = None,
    since: frozenset[str] | None = None,
) -> Books:
    """Tell all facts of a workshop up to the end of a day.

    As far as they are the facts that other books were told from `before`, these are gone on with:
    the same comes out sooner, and the others stay as they are. `since` are the apps of which a step
    was done after that, as `facts.load` wants them.
    """
    if before is not None and since == NOTHING:
        known = before.facts
    else:
        known = facts.load(workshop, before.facts if before else None, since)
    books = Books(workshop, until or clock.today(), known)
    _Teller(books).tell(before)
    return books


def goods_told_on(workshop: Workshop, known: facts.Facts, state: State) -> None:
    """Let material, work and finished pairs stand as they do once these facts have happened as well:
    those of a span of days, as `facts.goods` reads them. `state` is how they stood before it, with
    all lines of orders that the facts speak of."""
    teller = _Teller(_Unwritten(workshop, date.max, known, state=state))
    for event in sorted(teller.events(), key=itemgetter(0, 1, 2, 3)):
        getattr(teller, event[4])(event[5])


class _Teller:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.terms = {one.order: one for one in books.facts.terms}
        self.pairs = {line: pairs for one in books.facts.terms for line, pairs, _sum in one.lines}
        self.most = {line: pairs for one in books.facts.terms for line, pairs in one.before}

    def tell(self, before: Books | None) -> None:
        events = [event for event in self.events() if event[0] <= self.books.until]
        events.sort(key=itemgetter(0, 1, 2, 3))
        past = self.books.past = _Past(events, self.terms)
        is_same = before is not None and before.banks == self.books.banks
        if before is not None and is_same and (shared := before.past.shared_with(past)):
            past.states = shared
            self.books.state = shared[-1].copy()
            self.books.postings = before.postings[: shared[-1].postings]
        self._go_on(past)
        self.accrue_tax()

    def _go_on(self, past: _Past) -> None:
        state, postings = self.books.state, self.books.postings
        recent = self.books.until - RECENT
        week = None
        tellers = {what: getattr(self, what) for what in {event[4] for event in past.events}}
        for at, (on, _rank, _place, _key, what, fact) in enumerate(
            past.events[state.events :], start=state.events
        ):
            if on > recent and on.toordinal() // 7 != week:
                week = on.toordinal() // 7
                state.events, state.postings = at, len(postings)
                if not past.states or past.states[-1].events < at:  # else we went on from there
                    past.states.append(state.copy())
            tellers[what](fact)

    def events(self) -> Iterator[_Event]:
        known, money = self.books.facts, self.books.facts.money
        for opening in money.openings:
            yield opening.on, MONEY, 0, 0, "opening", opening
        for entry in money.entries:
            yield entry.on, MONEY, 1, entry.pk, "entry", entry
        for one in money.received:
            yield one.on, MONEY, 2, one.pk, "received", one
        for purpose in money.cash_purposes:
            yield purpose.on, MONEY, 3, purpose.pk, "purpose", purpose
        for count in money.counts:
            yield count.on, MONEY, 4, count.pk, "count", count
        for note in money.notes:
            yield note.on, COUNTED, 0, note.pk, "note", note
        for refund in money.refunds:
            yield refund.on, COUNTED, 2, refund.pk, "refund", refund
        for part in money.allocations:
            yield part.on, COUNTED, 1, part.pk, "allocation", part
        for move in known.moves:
            yield move.on, STOCK, 0, move.pk, "move", move
        for log in known.worked.logs:
            yield log.on, WORK, 0, log.pk, "log", log
        for pairs in (*known.worked.own, *known.pairs):
            yield pairs.on, SHELF, 0, _moment(pairs.at), "own", pairs
        for shipment in known.deliveries:
            yield shipment.on, DELIVERED, 0, shipment.pk, "delivery", shipment
        for end in known.ends:
            yield end.on, ENDED, 0, end.order, "end", end
        for bill in known.purchased.bills:
            yield bill.on, ENDED, 1, bill.pk, "bill", bill

    # Money

    def opening(self, fact: facts.Opening) -> None:
        source = Source("import", fact.imported, self.books.banks[fact.account])
        lines: list[Part] = [
            (Account.BANK, fact.sen, fact.account),
            (Account.EQUITY, -fact.sen, "opening"),
        ]
        self.books.post(fact.on, "opening", source, lines)

    def entry(self, fact: facts.Entry) -> None:
        source = Source("entry", fact.pk, fact.text[:60])
        rest = fact.sen
        lines: list[Part] = [(Account.BANK, fact.sen, fact.account)]
        for party, sen in fact.recognised:
            lines.append((Account.CREDIT, -sen, party))
            rest -= sen
        for kind, whose, sen in fact.purposes:
            lines.append(_against(kind, whose, sen))
            rest -= sen
        if fact.refunded is not None:
            refund, sen = fact.refunded
            lines.append((Account.UNDER_WAY, -sen, f"refund {refund}"))
            rest -= sen
        if fact.recognised and abs(rest) < 100:  # a receipt is of whole rupiah
            lines.append((Account.OTHER_INCOME, -rest, "rounding"))
        else:
            lines.append((RESTS[fact.rest], -rest, 0))
        self.books.post(fact.on, "bank", source, lines)

    def received(self, fact: facts.Received) -> None:
        """Cash, a gateway's payment, an entry that is somebody else's now, or what was annulled."""
        account = PLACES.get(fact.place, Account.COURIERS)
        lines = [(account, fact.sen, 0), (Account.CREDIT, -fact.sen, fact.party)]
        what = "annulled" if fact.is_annulment else "received"
        self.books.post(fact.on, what, Source("receipt", fact.pk, fact.name), lines)

    def note(self, fact: facts.Note) -> None:
        self._sell(fact.on, -fact.sen)
        lines: list[Part] = [
            (Account.SALES, fact.sen, "credit note"),
            (Account.CREDIT, -fact.sen, fact.party),
        ]
        source = Source("credit note", fact.pk, fact.number)
        self.books.post(fact.on, "note" if fact.sen > 0 else "annulled", source, lines)

    def refund(self, fact: facts.Refunded) -> None:
        goes: Part = (Account.CASH, -fact.sen, 0)
        if not fact.is_cash:
            goes = (Account.UNDER_WAY, -fact.sen, f"refund {fact.pk}")
        lines: list[Part] = [(Account.CREDIT, fact.sen, fact.party), goes]
        self.books.post(fact.on, "refund", Source("refund", fact.pk, fact.name), lines)

    def purpose(self, fact: facts.CashPurpose) -> None:
        lines = [(Account.CASH, fact.sen, 0), _against(fact.kind, fact.party, fact.sen)]
        self.books.post(fact.on, "cash", Source("purpose", fact.pk, fact.words), lines)

    def count(self, fact: facts.Count) -> None:
        """Cash that was missing or too much when it was counted; at first, what lay there before."""
        detail = "cash difference"
        against: Part = (Account.OTHER_INCOME, -fact.sen, detail)
        if fact.is_first:
            against = (Account.EQUITY, -fact.sen, "opening")
        elif fact.sen < 0:
            against = (Account.OTHER_COSTS, -fact.sen, detail)
        source = Source("closing", fact.pk, fact.reason[:60])
        self.books.post(fact.on, "cash count", source, [(Account.CASH, fact.sen, 0), against])

    def allocation(self, fact: facts.Allocated) -> None:
        kept: list[Part] = [(Account.OTHER_INCOME, -fact.sen, "forfeit")]
        against = kept if fact.order is None else self.books.owe(fact.order, -fact.sen)
        source = Source(fact.source_kind, fact.source, fact.label)
        lines: list[Part] = [(Account.CREDIT, fact.sen, fact.party), *against]
        self.books.post(fact.on, "counted" if fact.sen > 0 else "uncounted", source, lines)

    # Material and work

    def move(self, fact: facts.Move) -> None:
        """Material is worth what it cost on average; what leaves takes its share along."""
        stock = self.books.stock
        is_new = fact.item not in stock
        quantity, value = stock.get(fact.item, (0, 0))
        if fact.goes_in:
            # found by a count, or come back: at the average, or at the price that was known
            found = value * fact.quantity // quantity if quantity else fact.guess
            worth: int = found if fact.worth is None else fact.worth
            stock[fact.item] = (quantity + fact.quantity, value + worth)
            lines = self._other_side(fact, worth, is_first=is_new)
        else:
            worth = value if fact.quantity >= quantity else value * fact.quantity // quantity
            stock[fact.item] = (quantity - fact.quantity, value - worth)
            lines = self._other_side(fact, -worth, is_first=False)
            worth = -worth
        source = Source(fact.subject_kind, fact.subject, fact.label)
        self.books.post(fact.on, fact.what, source, [(Account.MATERIAL, worth, fact.item), *lines])

    def _other_side(self, fact: facts.Move, worth: int, *, is_first: bool) -> list[Part]:
        if fact.supplier is not None:
            return [(Account.PAYABLES, -worth, fact.supplier)]
        if fact.line is not None:
            return self._work(fact.line, -worth, 0)
        if is_first and fact.what == "count":  # it lay there before anybody wrote
            return [(Account.EQUITY, -worth, "opening")]
        return [(Account.MATERIAL_COST, -worth, "count")]

    def log(self, fact: facts.Log) -> None:
        self._of(fact.line).begun += fact.begun
        lines = [*self._work(fact.line, 0, fact.sen), (Account.WAGES_OWED, -fact.sen, 0)]
        self.books.post(fact.on, "work", Source("job", fact.job, fact.number), lines)

    def _work(self, line: int, material: int, wages: int) -> list[Part]:
        """Let a line of an order cost so much more; what is over costs at once."""
        work = self._of(line)
        if work.is_over:
            work.spent_material += material
            work.spent_wages += wages
            return [(Account.MATERIAL_COST, material, ""), (Account.WAGES, wages, "")]
        work.material += material
        work.wages += wages
        work.took_material += material
        work.took_wages += wages
        return [(Account.WORK, material + wages, line)]

    def _of(self, line: int) -> Work:
        known = self.books.state.work
        if line not in known:
            pairs = self.pairs.get(line, 0)
            most = max(pairs, self.most.get(line, 0))
            known[line] = Work(left=pairs, most=most, agreed=pairs)
        return known[line]

    # Finished pairs for no order

    def own(self, fact: facts.Pairs) -> None:
        """Pairs take along what they have cost on average: from their line to the shelf, or back."""
        shelf = self.books.state.pairs
        lies = shelf.get(fact.variant, Shelved())
        if fact.pairs < 0:
            material, wages = _share(lies, min(-fact.pairs, lies.pairs))
            self._off_the_shelf(fact, material, wages)
            material, wages = -material, -wages
        elif fact.line is None:  # found by a count: at the average
            material, wages = _share(lies, fact.pairs)
            self._post_pairs(fact, fact.what, material + wages, Account.MATERIAL_COST, "count")
        else:
            material, wages = self._onto_the_shelf(fact, fact.line)
        shelf[fact.variant] = Shelved(
            lies.pairs + fact.pairs, lies.material + material, lies.wages + wages
        )

    def _onto_the_shelf(self, fact: facts.Pairs, line: int) -> tuple[int, int]:
        """Return what pairs of a line have cost; where that counted as cost already, it is taken back."""
        work = self._of(line)
        if work.is_over:
            material = _part(work.spent_material, fact.pairs, max(work.begun, work.most - work.own))
            wages = _part(work.spent_wages, fact.pairs, work.begun)
            work.spent_material -= material
            work.spent_wages -= wages
            self.books.post(
                fact.on,
                "given back",
                Source("order", fact.label, fact.label),
                [
                    (Account.WORK, material + wages, line),
                    (Account.MATERIAL_COST, -material, ""),
                    (Account.WAGES, -wages, ""),
                ],
            )
        else:
            material, wages = work.give(fact.pairs)
        work.begun -= fact.pairs
        work.own += fact.pairs
        work.took_material -= material
        work.took_wages -= wages
        self._post_pairs(fact, "own", material, Account.WORK, line)
        self._post_pairs(fact, "own wages", wages, Account.WORK, line)
        if not work.left and work.here <= 0 and not work.is_over:
            self._give_up(fact, line, work)
        return material, wages

    def _give_up(self, fact: facts.Pairs, line: int, work: Work) -> None:
        """Material that no pair comes of any more is lost."""
        work.is_over = True
        material, wages = work.give_all()
        work.spent_material += material
        work.spent_wages += wages
        lines: list[Part] = [
            (Account.WORK, -material - wages, line),
            (Account.MATERIAL_COST, material, ""),
            (Account.WAGES, wages, ""),
        ]
        self.books.post(fact.on, "given up", Source("order", fact.label, fact.label), lines)

    def _off_the_shelf(self, fact: facts.Pairs, material: int, wages: int) -> None:
        """Let a line have pairs from the shelf; or they are missing, or were thrown away."""
        if fact.line is None:
            self._post_pairs(fact, fact.what, -material - wages, Account.MATERIAL_COST, "count")
            return
        work = self._of(fact.line)
        work.begun -= fact.pairs
        work.own += fact.pairs
        off: Part = (Account.FINISHED, -material, fact.variant)
        source = Source("order", fact.label, fact.label)
        self.books.post(fact.on, "own", source, [off, *self._work(fact.line, material, 0)])
        off = (Account.FINISHED, -wages, fact.variant)
        self.books.post(fact.on, "own wages", source, [off, *self._work(fact.line, 0, wages)])

    def _post_pairs(
        self, fact: facts.Pairs, what: str, sen: int, against: Account, detail: int | str
    ) -> None:
        kind, key = ("order", fact.label) if fact.line else ("variant", fact.variant)
        self.books.post(
            fact.on,
            what,
            Source(kind, key, fact.label),
            [(Account.FINISHED, sen, fact.variant), (against, -sen, detail)],
        )

    # Sales

    def delivery(self, fact: facts.Delivery) -> None:
        order = self.books.order(fact.order)
        costs: list[Part] = []
        for line, pairs in fact.pairs:
            order.delivered[line] = order.delivered.get(line, 0) + pairs
            costs += self._cost_of(line, pairs)
        terms = self.terms.get(fact.order)
        if terms is not None:
            sold = terms.sold(order.delivered)
            more, order.sold = sold - order.sold, sold
            self._sell(fact.on, more)
            costs = [*self.books.owe(fact.order, more), (Account.SALES, -more, fact.order), *costs]
        self.books.post(fact.on, "delivery", Source("shipment", fact.number, fact.number), costs)

    def _sell(self, on: date, sen: int) -> None:
        sales = self.books.state.sales
        sales[on.year, on.month] = sales.get((on.year, on.month), 0) + sen

    def _cost_of(self, line: int, pairs: int) -> list[Part]:
        """Let delivered pairs take their share of what the line has cost so far."""
        work = self._of(line)
        share = min(pairs, work.left)
        material, wages = work.give(share) if share < work.left else work.give_all()
        work.spent_material += material
        work.spent_wages += wages
        work.left -= share
        work.gone += pairs
        work.is_over = not work.left
        return [
            (Account.WORK, -material - wages, line),
            (Account.MATERIAL_COST, material, ""),
            (Account.WAGES, wages, ""),
        ]

    def end(self, fact: facts.End) -> None:
        """An order that ends leaves pairs that nobody has paid for: what they cost is lost, until
        somebody buys them."""
        lines = []
        for line in fact.lines:
            work = self._of(line)
            lines += self._cost_of(line, work.left)
            work.is_over = True
        self.books.post(fact.on, "end", Source("order", fact.number, fact.number), lines)

    def bill(self, fact: facts.Bill) -> None:
        """What a bill asks for beyond the value of its goods."""
        lines: list[Part] = [
            (Account.PAYABLES, -fact.sen, fact.supplier),
            (Account.MATERIAL_COST, fact.sen, "bill"),
        ]
        self.books.post(fact.on, "bill", Source("bill", fact.pk, fact.number), lines)

    # Tax

    def accrue_tax(self) -> None:
        """At the end of each month that is over, owe the tax on its turnover."""
        if not self.books.workshop.taxed_as:
            return
        sales = self.books.state.sales
        for year in sorted({year for year, _month in sales}):
            months = [sales.get((year, month), 0) // 100 for month in range(1, 13)]
            taxes = tax_due(months, Rule.on(date(year, 12, 31)), self.books.workshop.taxed_as)
            for month, tax in enumerate(taxes, start=1):
                on = month_ends(year, month)
                if tax and on <= self.books.until:
                    source = Source("turnover", year, f"{year}-{month:02}")
                    lines = [(Account.TAX, tax * 100, ""), (Account.TAX_OWED, -tax * 100, "")]
                    self.books.post(on, "tax", source, lines)


def _part(sen: int, pairs: int, of: int) -> int:
    """Return the part of an amount that some of its pairs take; all of it where there are no others."""
    return sen * pairs // of if pairs < of else sen


def _share(lies: Shelved, pairs: int) -> tuple[int, int]:
    """Return what so many pairs of the shelf have cost on average."""
    of = max(lies.pairs, 1)
    return lies.material * pairs // of, lies.wages * pairs // of


def _moment(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _against(kind: str, party: int | None, sen: int) -> Part:
    account = PURPOSES[kind]
    detail: int | str = 0
    if account in BY_PARTY:
        detail = party or 0
    elif account in BY_KIND:
        detail = kind
    return account, -sen, detail
