"""Sixty and more situations, and what must happen in each: the table of how money is recognised.

The world stands still on Monday 2 November 2026. Open are, at 2.000.000 each with 600.000 first:
`a` and `b` of Toko Contoh Maju (Budi Santoso), `p` of Grosir Padang, whose first part Rahmat Hidayat
has paid, and `s` of Siti Aminah, 250.000 at once. `x` of Toko Batal was cancelled, `l` of Toko Lunas
is paid. HENDRA WIJAYA is known as a payer of Toko Contoh Maju, ANI LESTARI of Toko Lunas, DUA TUAN
of Grosir Padang and of Toko Lunas, LUPA SEKALI was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import override

from simpul import testing
from simpul.lib import clock, codes, uploads
from simpul.orders.models import Order
from simpul.parties.models import Party, Workshop
from simpul.parties.roles import Role
from simpul.payments import agreement, booking, importing, reconciliation
from simpul.payments.models import (
    BankAccount,
    BankEntry,
    Instruction,
    Payer,
    PaymentClaim,
    Receipt,
)
from simpul.payments.models.receipt import spread
from simpul.payments.tests.test_entry import statement
from simpul.workflow.models import journal_of

NOW = datetime(2026, 11, 2, 9, tzinfo=clock.WIB)
CODE, SLIPS = "BSGTQ", "KRMWB"  # all but the check letters of a's and of b's code


class Asked:
    """An order of the world as a row of the table speaks of it."""

    def __init__(self, order: Order) -> None:
        self.order, self.code, self.number = order, order.code, order.number
        self.total = order.total
        self.parts = list(order.instalments.order_by("position"))
        instruction = Instruction.objects.filter(order=order).order_by("pk")[0]
        self.asked, self.base = instruction.amount, instruction.base


class Town:
    """The world of the table."""

    workshop: Workshop
    account: BankAccount
    other: BankAccount

    def __init__(self) -> None:
        self.workshop = testing.workshop("ciomas", name="Sepatu Ciomas")
        self.fajar = testing.accountant(self.workshop)
        self.account = testing.account(self.workshop)
        model = testing.product(self.workshop)
        maju, padang, siti, batal, lunas = (
            testing.party(self.workshop, name)
            for name in ("Toko Contoh Maju", "Grosir Padang", "Siti Aminah", "Toko Batal", "Toko Lunas")
        )  # fmt: skip
        testing.person("Budi Santoso", maju)
        self.parties = {"maju": maju, "padang": padang, "batal": batal, "lunas": lunas}
        for name, party in (("a", maju), ("b", maju), ("p", padang), ("x", batal), ("l", lunas)):
            self._order(name, party, testing.wish(model, price=200_000))
        self._order("s", siti, testing.wish(model, sizes={"40": 1}, price=250_000), kind="full")
        self.pay("TRANSFER DARI RAHMAT HIDAYAT", self.p.asked, order=self.p.order)
        self.pay("TRANSFER DARI ANI LESTARI", self.l.total, order=self.l.order)
        self.pay("TRANSFER DARI ANI LESTARI 1060000000001", 1, party=lunas)
        self.pay("TRANSFER DARI 1060000000009", 1, party=padang)
        self.pay("TRANSFER DARI HENDRA WIJAYA", 1, party=maju)
        self.pay("TRANSFER DARI DUA TUAN", 1, party=padang)
        self.pay("TRANSFER DARI DUA TUAN", 2, party=lunas)
        self.pay("TRANSFER DARI LUPA SEKALI", 1, party=padang)
        Payer.objects.get(value="LUPA SEKALI").forget(by=self.fajar)
        owner = testing.staff("Hadi", self.workshop, Role.OWNER)
        agreement.cancel(self.x.order, by=owner, reason="a test")
        self.other = testing.account(self.workshop, number="0000099999")

    a: Asked
    b: Asked
    p: Asked
    s: Asked
    x: Asked
    l: Asked  # noqa: E741

    def _order(self, name: str, party: Party, wish: Any, kind: str = "") -> None:
        order = testing.order(party, wishes=[wish])
        body = {"a": CODE, "b": SLIPS}.get(name)
        if body:
            order.code = next(body + end for end in codes.ALPHABET if codes.is_spoken(body + end))
            order.save(update_fields=["code"])
        if kind:
            testing.offer(order, price=250_000, wishes=[wish], plan=[testing.full(250_000)])
            agreement.accept(order, by=testing.contact_of(party), revision=2)
        else:
            agreement.confirm(order, by=testing.seller(self.workshop))
        order.refresh_from_db()
        setattr(self, name, Asked(order))

    def come(
        self, text: str, amount: int, day: date | None = None, other: bool = False
    ) -> BankEntry:
        account = self.other if other else self.account
        opening = 1_000_000_000 * (1 + BankEntry.objects.count())
        content = statement((text, amount), number=account.number, day=day, opening=opening)
        importing.take(by=self.fajar, account=account, content=content)
        return BankEntry.objects.order_by("-pk")[0]

    def pay(
        self, text: str, amount: int, order: Order | None = None, party: Party | None = None
    ) -> Receipt:
        """Money that finance counted by hand for an order, or as a party's credit."""
        entry = self.come(text, amount)
        parts = spread(order, amount) if order else []
        entry.allocate(by=self.fajar, parts=parts, party=party, how="hand")
        return Receipt.objects.order_by("-pk")[0]

    def claim(
        self, asked: Asked, amount: int, day: date | None = None, **said: str
    ) -> PaymentClaim:
        return PaymentClaim.submit(
            by=testing.contact_of(asked.order.buyer),
            order=asked.order,
            amount=amount,
            paid_on=day or clock.today(),
            proof=uploads.Admitted(b"x", "image/png", "png", f"{amount:064}"),
            **said,
        )


class Outcome(NamedTuple):
    """What must happen: matched by machine (`how`), or the first suggestion and its reason."""

    how: str = ""
    orders: str = ""  # their names in the world
    reason: str = ""
    party: str = ""
    left: int | None = None  # kept as credit
    lacking: int | None = None
    is_nothing: bool = False


class Case(NamedTuple):
    name: str
    text: str
    amount: Callable[[Town], int]
    outcome: Outcome
    before: Callable[[Town], Any] = lambda town: None
    day: date | None = None
    other: bool = False  # it came to the other account


def machine(order: str, how: str) -> Outcome:
    return Outcome(how=how, orders=order)


def first(orders: str, reason: str, left: int | None = None, lacking: int | None = None) -> Outcome:
    return Outcome(orders=orders, reason=reason, left=left, lacking=lacking)


def credit(party: str, reason: str) -> Outcome:
    return Outcome(party=party, reason=reason)


NOTHING = Outcome(is_nothing=True)
ASKED = "Exactly the amount that was asked for"
DIGITS = "other last digits"
BASE = "without its last three digits"
SLIP = "is nearly the code"

CASES = [
    # the unique amount
    Case("the unique amount alone", "BI-FAST CR", lambda t: t.a.asked, machine("a", "amount")),
    Case("the unique amount in cash", "SETORAN TUNAI", lambda t: t.b.asked, machine("b", "amount")),
    Case(
        "the unique amount from a third person",
        "TRANSFER DARI JOKO TINGKIR",
        lambda t: t.a.asked,
        machine("a", "amount"),
    ),
    Case(
        "the unique amount from a payer of another buyer",
        "TRANSFER DARI ANI LESTARI",
        lambda t: t.a.asked,
        machine("a", "amount"),
    ),
    Case(
        "the unique amount long after it was due",
        "BI-FAST CR",
        lambda t: t.a.asked,
        machine("a", "amount"),
        day=date(2026, 12, 24),
    ),
    Case(
        "the unique amount to another account",
        "BI-FAST CR",
        lambda t: t.a.asked,
        first("a", ASKED),
        other=True,
    ),
    Case(
        "the unique amount before it was asked for",
        "BI-FAST CR",
        lambda t: t.a.asked,
        first("a", ASKED),
        day=date(2026, 11, 1),
    ),
    Case(
        "the unique amount and half of another number",
        "DP SO 3",
        lambda t: t.a.asked,
        first("a", ASKED),
    ),
    Case(
        "the unique amount and a number that there is not",
        "SO-2026-0999",
        lambda t: t.a.asked,
        first("a", ASKED),
    ),
    Case(
        "wrong last digits, and the name",
        "TRANSFER DARI CONTOH MAJU",
        lambda t: t.a.asked + 1,
        first("a", DIGITS),
    ),
    Case(
        "wrong last digits from a stranger",
        "BI-FAST CR",
        lambda t: t.a.asked + 1,
        first("a", DIGITS),
    ),
    Case(
        "without the last digits, and the name",
        "DARI TOKO CONTOH MAJU",
        lambda t: t.a.base,
        first("a", BASE),
    ),
    Case(
        "without the last digits from a stranger",
        "BI-FAST CR",
        lambda t: t.a.base,
        first("a", BASE),
    ),
    Case(
        "less the bank's fee, and the name",
        "DARI CONTOH MAJU",
        lambda t: t.a.asked - 2_500,
        first("a", "a bank's fee", lacking=2_500),
    ),
    Case("less the bank's fee from a stranger", "BI-FAST CR", lambda t: t.a.asked - 2_500, NOTHING),
    # the code
    Case("code and what is asked for", "DP {a.code}", lambda t: t.a.asked, machine("a", "code")),
    Case("code and the round instalment", "DP {a.code}", lambda t: t.a.base, machine("a", "code")),
    Case("code and the whole order", "LUNAS {a.code}", lambda t: t.a.total, machine("a", "code")),
    Case(
        "code and the later instalment",
        "{a.code}",
        lambda t: t.a.total - t.a.base,
        machine("a", "code"),
    ),
    Case("code in small letters", "dp {low} budi", lambda t: t.a.base, machine("a", "code")),
    Case("code with a blank inside", "DP {halves}", lambda t: t.a.base, machine("a", "code")),
    Case("code letter by letter", "DP {spaced}", lambda t: t.a.base, machine("a", "code")),
    Case("code with a hyphen", "DP {hyphen}", lambda t: t.a.base, machine("a", "code")),
    Case(
        "digits for letters that look like them",
        "DP {digits}",
        lambda t: t.a.base,
        machine("a", "code"),
    ),
    Case("an O for the letter Q", "DP {o}", lambda t: t.a.base, machine("a", "code")),
    Case("code glued to the amount", "600000.00{a.code}", lambda t: t.a.base, machine("a", "code")),
    Case("code glued to other words", "DP{a.code}BUDI", lambda t: t.a.base, machine("a", "code")),
    Case(
        "code from a third person",
        "TRANSFER DARI JOKO TINGKIR {a.code}",
        lambda t: t.a.base,
        machine("a", "code"),
    ),
    Case("one letter wrong", "DP {wrong}", lambda t: t.b.base, first("b", SLIP)),
    Case("neighbours changed places", "DP {swapped}", lambda t: t.b.base, first("b", SLIP)),
    Case("a letter forgotten", "DP {short}", lambda t: t.b.base, first("b", SLIP)),
    Case("a letter too many", "DP {long}", lambda t: t.b.base, first("b", SLIP)),
    Case("a slip and too little", "DP {wrong}", lambda t: 100_000, first("b", SLIP)),
    Case(
        "code and too little",
        "DP {a.code}",
        lambda t: t.a.asked - 100_000,
        first("a", "is missing: what waits for this payment stays shut", lacking=100_000),
    ),
    Case(
        "code and too much for now",
        "DP {a.code}",
        lambda t: 900_000,
        first("a", "it goes to the next instalment", left=0),
    ),
    Case(
        "code, name and too much: the order that is named is meant",
        "DP {a.code} CONTOH MAJU",
        lambda t: 900_000,
        first("a", "it goes to the next instalment", left=0),
    ),
    Case(
        "code and more than the order",
        "DP {a.code}",
        lambda t: t.a.total + 50_000,
        first("a", "kept as the buyer's credit", left=50_000),
    ),
    Case(
        "the code of one and the amount of another",
        "DP {a.code}",
        lambda t: t.b.asked,
        first("a", "The code of the order"),
    ),
    Case(
        "two codes and both sums",
        "{a.code} {b.code}",
        lambda t: t.a.asked + t.b.asked,
        first("a b", "what is asked for of 2 orders", left=0),
    ),
    Case("two codes and one sum", "{a.code} {b.code}", lambda t: t.b.asked, first("b", ASKED)),
    Case(
        "the code of a cancelled order",
        "DP {x.code}",
        lambda t: 600_000,
        credit("batal", "was cancelled"),
    ),
    Case(
        "the code of a paid order",
        "DP {l.code}",
        lambda t: 75_000,
        credit("lunas", "Nothing is open for this order"),
    ),
    # the number
    Case(
        "number and the round instalment", "DP {a.number}", lambda t: t.a.base, machine("a", "code")
    ),
    Case("number with lost noughts", "DP SO-2026-1", lambda t: t.a.base, machine("a", "code")),
    Case("number with slashes", "DP SO/2026/0001", lambda t: t.a.base, machine("a", "code")),
    Case("number with blanks", "DP SO 2026 0001", lambda t: t.a.base, machine("a", "code")),
    Case(
        "number without anything between", "dp so20260001", lambda t: t.a.base, machine("a", "code")
    ),
    Case("an O for noughts", "DP S0-2O26-OOO1", lambda t: t.a.base, machine("a", "code")),
    Case("number glued to a name", "SO-2026-0001BUDI", lambda t: t.a.base, machine("a", "code")),
    Case("number without the year", "DP SO 1", lambda t: t.a.base, first("a", "Half of")),
    Case("number without SO", "DP 2026-0001", lambda t: t.a.base, first("a", "Half of")),
    Case(
        "number and the unique amount of another",
        "DP {a.number}",
        lambda t: t.b.asked,
        first("a", "The number of the order"),
    ),
    Case(
        "number, but the payer is another buyer's",
        "TRANSFER DARI ANI LESTARI {a.number}",
        lambda t: t.a.base,
        first("a", "The number of the order"),
    ),
    Case(
        "the number of a cancelled order",
        "DP {x.number}",
        lambda t: 600_000,
        credit("batal", "was cancelled"),
    ),
    # known payers and names
    Case(
        "a known payer and the settlement",
        "TRANSFER DARI RAHMAT HIDAYAT",
        lambda t: t.p.total - t.p.asked,
        machine("p", "amount"),
    ),
    Case(
        "a known payer and the settlement to another account",
        "TRANSFER DARI RAHMAT HIDAYAT",
        lambda t: t.p.total - t.p.asked,
        first("p", "Known payer", left=0),
        other=True,
    ),
    Case(
        "a known payer and too little",
        "TRANSFER DARI RAHMAT HIDAYAT",
        lambda t: 12_000,
        first("p", "is missing"),
    ),
    Case(
        "a known payer with a title",
        "TRANSFER DARI CV RAHMAT HIDAYAT",
        lambda t: 12_000,
        first("p", "Known payer"),
    ),
    Case(
        "a known payer in the dialect of BRI",
        "NBMB RAHMAT HIDAYAT TO SEPATU CIOMAS ESB:NBMB:01",
        lambda t: 12_000,
        first("p", "Known payer"),
    ),
    Case(
        "a known payer in the dialect of BCA",
        "TRSF E-BANKING CR 0211/FTSCY/WS95031 12000.00 TITIP RAHMAT HIDAYAT",
        lambda t: 12_000,
        first("p", "Known payer"),
    ),
    Case(
        "a known account",
        "TRANSFER DARI 1060000000009",
        lambda t: 12_000,
        first("p", "Known payer"),
    ),
    Case(
        "a known payer and a round sum for two orders",
        "TRANSFER DARI HENDRA WIJAYA",
        lambda t: 3_000_000,
        first("a b", "A round sum", left=0),
    ),
    Case(
        "a known payer and what is asked for two orders",
        "TRANSFER DARI HENDRA WIJAYA",
        lambda t: t.a.asked + t.b.asked,
        first("a b", "what is asked for of 2 orders", left=0),
    ),
    Case(
        "a known payer and all that two orders owe",
        "TRANSFER DARI HENDRA WIJAYA",
        lambda t: t.a.total + t.b.total,
        first("a b", "what is open for 2 orders", left=0),
    ),
    Case(
        "a known payer who owes nothing now",
        "TRANSFER DARI ANI LESTARI",
        lambda t: 12_000,
        credit("lunas", "Known payer"),
    ),
    Case(
        "one who has paid for two buyers",
        "TRANSFER DARI DUA TUAN",
        lambda t: t.p.total - t.p.asked - 1,
        first("p", "several buyers"),
    ),
    Case("a payer that was forgotten", "TRANSFER DARI LUPA SEKALI", lambda t: 12_000, NOTHING),
    Case(
        "the buyer's own name and the whole order",
        "DARI GROSIR PADANG",
        lambda t: t.p.total - t.p.asked,
        first("p", "The name Grosir Padang"),
        other=True,
    ),
    Case(
        "the name of the buyer's person",
        "BFST BUDI SANTOSO ESB:BFST:02",
        lambda t: t.a.base,
        first("a", "The name Budi Santoso"),
    ),
    # what buyers report
    Case(
        "reported, amount and day",
        "BI-FAST CR",
        lambda t: 123_456,
        first("s", "The buyer reported this amount"),
        before=lambda t: t.claim(t.s, 123_456),
    ),
    Case(
        "reported with its bank",
        "SWITCHING CR MANDIRI",
        lambda t: 123_456,
        first("s", "from this bank"),
        before=lambda t: t.claim(t.s, 123_456, bank="Mandiri"),
    ),
    Case(
        "reported for a third person's account",
        "TRANSFER DARI JOKO TINGKIR",
        lambda t: 123_456,
        first("s", "The sender that the buyer named"),
        before=lambda t: t.claim(t.s, 123_456, sender="Joko Tingkir"),
    ),
    Case(
        "reported, but of a day long ago",
        "BI-FAST CR",
        lambda t: 123_456,
        NOTHING,
        before=lambda t: t.claim(t.s, 123_456, day=date(2026, 10, 1)),
    ),
    Case(
        "reported twice by two buyers",
        "BI-FAST CR",
        lambda t: 123_456,
        first("a", "The buyer reported"),
        before=lambda t: [t.claim(one, 123_456) for one in (t.a, t.s)],
    ),
    # late, twice, in parts
    Case(
        "a deposit paid twice",
        "BI-FAST CR",
        lambda t: t.a.asked,
        first("a", "paid twice"),
        before=lambda t: t.pay("BI-FAST CR DARI", t.a.asked, order=t.a.order),
    ),
    Case(
        "what was asked for before the order was cancelled",
        "BI-FAST CR",
        lambda t: t.x.asked,
        credit("batal", "was cancelled"),
    ),
    Case(
        "half of what is asked for, the other half waits",
        "TRANSFER DARI RAHMAT HIDAYAT",
        lambda t: t.p.total - t.p.asked - 400_000,
        first("p", "that waits, too", lacking=400_000),
        before=lambda t: t.come("TRANSFER DARI RAHMAT HIDAYAT", 400_000),
    ),
    Case(
        "the second half, once the first was counted",
        "TRANSFER DARI CONTOH MAJU",
        lambda t: t.a.base - 200_000,
        first("a", BASE),
        before=lambda t: t.pay("TRANSFER", 200_000, order=t.a.order),
    ),
    # nobody's
    Case(
        "a round amount that many orders could be",
        "BI-FAST CR",
        lambda t: 250_000,
        first("s", ASKED),
    ),
    Case("interest", "BUNGA", lambda t: 1_234, NOTHING),
    Case(
        "a settlement of QRIS",
        "KR OTOMATIS MID : 017 SEPATU CIOMAS TGH: 700000.00",
        lambda t: 697_900,
        NOTHING,
    ),
    Case("a stranger's odd amount", "TRANSFER DARI JOKO TINGKIR", lambda t: 43_210, NOTHING),
]


def texts(town: Town) -> dict[str, Any]:
    """What the rows of the table call the parts of their texts."""
    a, b = town.a.code, town.b.code
    return {
        **{name: getattr(town, name) for name in "abpsxl"},
        "low": a.lower(),
        "halves": f"{a[:3]} {a[3:]}",
        "spaced": " ".join(a),
        "hyphen": f"{a[:3]}-{a[3:]}",
        "digits": a.replace("B", "8").replace("S", "5"),
        "o": a.replace("Q", "O"),
        "wrong": b[:2] + ("A" if b[2] != "A" else "C") + b[3:],
        "swapped": b[1] + b[0] + b[2:],
        "short": b[:3] + b[4:],
        "long": b[:3] + b[2:],
    }


def test_what_must_happen(db: None) -> None:
    """Each case begins in the same world; what it does there is undone."""
    wrong = {}
    with clock.stopped(NOW), codes.seeded(3), override("en"):
        town = Town()
        for case in CASES:
            with transaction.atomic():
                if problem := problem_of(case, town):
                    wrong[case.name] = problem
                transaction.set_rollback(True)
    assert wrong == {}, wrong


def problem_of(case: Case, town: Town) -> str:
    """Let a case happen; return what is not as the table says."""
    case.before(town)
    text = case.text.format(**texts(town))
    entry = town.come(text, case.amount(town), day=case.day, other=case.other)
    booking.match_open(town.workshop)
    entry.refresh_from_db()
    waiting = [entry] if entry.status == BankEntry.Status.NEW else []
    found = reconciliation.suggestions(town.workshop, waiting).get(entry.pk, [])
    seen = seen_of(case.outcome, town, entry, found[0] if found else None)
    return "" if seen == case.outcome else f"{text} {entry.rupiah}: {seen}"


def seen_of(
    wanted: Outcome, town: Town, entry: BankEntry, best: reconciliation.Suggestion | None
) -> Outcome:
    """Return what has happened, as far as the table speaks of it."""
    names = {getattr(town, name).order.pk: name for name in "abpsxl"}
    if entry.status == BankEntry.Status.ALLOCATED:
        counted = Receipt.objects.get(entry=entry).allocations.order_by("pk")
        orders = dict.fromkeys(names[one.target.order_id] for one in counted)
        how = journal_of(entry).get().facts["how"]
        return Outcome(how=how, orders=" ".join(orders))
    if best is None:
        return NOTHING
    reason = next((one for one in best.reasons if wanted.reason in one), "")
    reason = wanted.reason if reason and wanted.reason else str(best.reasons)
    if not best.parts:
        party = next(name for name, one in town.parties.items() if one == best.party)
        return Outcome(party=party, reason=reason)
    counted_sum = sum(amount for _part, amount in best.parts)
    assert counted_sum + best.left == entry.rupiah  # not a rupiah is lost
    return Outcome(
        orders=" ".join(names[one.pk] for one in best.orders),
        reason=reason,
        left=None if wanted.left is None else best.left,
        lacking=None if wanted.lacking is None else best.lacking,
    )


def test_the_table_has_sixty_cases_and_each_has_a_name() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
