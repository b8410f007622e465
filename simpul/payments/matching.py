"""Whose money is this? Pure: an entry's amount, text and day are held against what is open.

By machine only where exactly one order comes into question and either its unique amount was paid,
or its code stands in the text and the amount fits. All else is a suggestion with its reasons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from simpul.lib import codes
from simpul.ui.jinja import rupiah

NEAR = timedelta(days=5)  # a claim's day and the bank's day lie no further apart
FEE = 6_500  # what a bank may keep of a transfer
ENOUGH = 25  # a weaker guess is not worth a look
MOST = 4  # suggestions shown
COMMON = {"TOKO", "SEPATU", "SHOES", "BAPAK", "IBU", "STORE", "DISTRIBUTOR"}


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry as far as it says anything."""

    rupiah: int
    text: str
    booked_on: date
    account_id: int


@dataclass(frozen=True, slots=True)
class Claimed:
    amount: int
    paid_on: date
    sender: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that money is open for: what is asked for, and what somebody says to have paid."""

    order_id: int
    number: str
    code: str
    names: tuple[str, ...]  # the buyer's, and those of its people
    since: date
    instalments: tuple[int, ...]  # the open amounts, the first one first
    account_id: int | None = None  # of the open instruction, and so on
    amount: int = 0
    base: int = 0
    is_unique: bool = False
    asked_on: date | None = None
    claims: tuple[Claimed, ...] = ()

    @property
    def balance(self) -> int:
        return sum(self.instalments)

    def fits(self, amount: int) -> bool:
        return amount in {self.amount, self.balance, *self.instalments}


@dataclass(frozen=True, slots=True)
class Guess:
    order_id: int
    score: int
    reasons: tuple[str, ...]


def certain(heard: Heard, asked: Sequence[Asked]) -> tuple[Asked, str] | None:
    """Return the one order this money is for beyond doubt, and by what it is known; or None."""
    known: dict[int, tuple[Asked, str]] = {}
    spoken_of = [one for one in asked if one.since <= heard.booked_on and _has_code(heard, one)]
    if len(spoken_of) > 1 or _has_unknown_code(heard, asked):
        return None
    for one in spoken_of:
        if not one.fits(heard.rupiah):
            return None  # the text speaks of another order than the amount, or of another amount
        known[one.order_id] = (one, "code")
    by_amount = [one for one in asked if _hits(heard, one)]
    for one in by_amount:
        if one.is_unique:
            known.setdefault(one.order_id, (one, "amount"))
    if len(known) != 1 or len({one.order_id for one in by_amount} | known.keys()) != 1:
        return None
    return next(iter(known.values()))


def named(text: str) -> tuple[set[str], set[str]]:
    """Return what may be codes of orders, and the numbers of orders, that stand in a text."""
    return _tokens(text), _numbers(text)


def guesses(heard: Heard, asked: Sequence[Asked]) -> list[Guess]:
    """Return the likeliest orders, each with its reasons in words."""
    found = []
    for one in asked:
        weighed = _weigh(heard, one)
        score = sum(weight for weight, _reason in weighed)
        if score >= ENOUGH:
            found.append(Guess(one.order_id, score, tuple(reason for _w, reason in weighed)))
    found.sort(key=lambda guess: (-guess.score, guess.order_id))
    return found[:MOST]


def _weigh(heard: Heard, one: Asked) -> list[tuple[int, str]]:
    weighed = []
    if _has_code(heard, one):
        weighed.append((60, _("The code or number of the order stands in the text.")))
    elif slip := _slip(heard.text, one.code):
        weighed.append(
            (30, _("“%(typed)s” is nearly the code %(code)s.") % {"typed": slip, "code": one.code})
        )
    weighed += _weigh_amount(heard, one)
    if any(_is_claim(heard, claim) for claim in one.claims):
        weighed.append((40, _("The buyer reported this amount on about this day.")))
    if any(names(heard.text, claim.sender) for claim in one.claims if claim.sender):
        weighed.append((20, _("The sender that the buyer named stands in the text.")))
    elif name := next((name for name in one.names if names(heard.text, name)), ""):
        weighed.append((20, _("The name %(name)s stands in the text.") % {"name": name}))
    return weighed


def _weigh_amount(heard: Heard, one: Asked) -> list[tuple[int, str]]:
    amount = heard.rupiah
    if one.amount and amount == one.amount:
        return [(50, _("Exactly the amount that was asked for."))]
    if one.base and amount == one.base:
        return [(30, _("The amount that was asked for, without its last three digits."))]
    if amount == one.balance:
        return [(30, _("Exactly the balance of the order."))]
    if amount in one.instalments:
        return [(30, _("Exactly an open instalment."))]
    if one.amount and 0 < one.amount - amount <= FEE:
        less = rupiah(one.amount - amount)
        return [(15, _("%(amount)s less than was asked for: a bank's fee?") % {"amount": less})]
    if one.amount and 0 < amount - one.amount <= FEE:
        more = rupiah(amount - one.amount)
        return [(15, _("%(amount)s more than was asked for.") % {"amount": more})]
    return []


def _hits(heard: Heard, one: Asked) -> bool:
    """Tell whether it is exactly what an open instruction of this account asks for, and later."""
    return (
        one.amount == heard.rupiah
        and one.account_id == heard.account_id
        and one.asked_on is not None
        and one.asked_on <= heard.booked_on
    )


def _has_code(heard: Heard, one: Asked) -> bool:
    return one.code in _tokens(heard.text) or one.number in _numbers(heard.text)


def _has_unknown_code(heard: Heard, asked: Sequence[Asked]) -> bool:
    """Tell whether the text names an order for which nothing is open (any more)."""
    return bool(_numbers(heard.text) - {one.number for one in asked})


def _is_claim(heard: Heard, claim: Claimed) -> bool:
    return claim.amount == heard.rupiah and abs(claim.paid_on - heard.booked_on) <= NEAR


def _tokens(text: str) -> set[str]:
    """Words that may be a code: as they stand, and as letters only where digits are glued on."""
    upper = text.upper()
    words = re.findall(r"[A-Z0-9]+", upper) + re.findall(r"[A-Z]+", upper)
    return {code for code in map(codes.tidy, words) if codes.is_spoken(code)}


def _numbers(text: str) -> set[str]:
    """Numbers of orders, however they are written: SO-2026-0017, SO2026/0017, SO 2026 0017."""
    found = re.findall(r"\bSO[-/ .]?(20\d\d)[-/ .]?(\d{4,6})\b", text.upper())
    return {f"SO-{year}-{number}" for year, number in found}


def _slip(text: str, code: str) -> str:
    """Return a word of the text that is the code with one letter wrong or two changed places."""
    words: list[str] = re.findall(r"[A-Z0-9]+", text.upper())
    return next((word for word in words if _is_slip(codes.tidy(word), code)), "")


def _is_slip(typed: str, code: str) -> bool:
    if len(typed) != len(code):
        return False
    wrong = [place for place, letter in enumerate(code) if typed[place] != letter]
    if len(wrong) == 2:
        first, second = wrong
        is_swap = typed[first] == code[second] and typed[second] == code[first]
        return second == first + 1 and is_swap
    return len(wrong) == 1


def names(text: str, name: str) -> bool:
    """Tell whether a name stands in the text: its long words, those everybody has left aside."""
    words = [word for word in re.findall(r"[A-Z]+", name.upper()) if len(word) > 3]
    telling = [word for word in words if word not in COMMON]
    return bool(telling) and set(telling) <= set(re.findall(r"[A-Z]+", text.upper()))
