"""Whole rupiah: read as people write them, shared without losing one, and written in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

STAMP_DUTY_ABOVE = 5_000_000  # UU 10/2020

_UNITS = [
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
]
_GROUPS = (
    (1_000_000_000_000, "triliun"),
    (1_000_000_000, "miliar"),
    (1_000_000, "juta"),
    (1_000, "ribu"),
)

_TIMES = {"jt": 1_000_000, "juta": 1_000_000, "rb": 1_000, "ribu": 1_000}
_SHORT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]+))? ?(jt|juta|rb|ribu)")
_WHOLE = re.compile(
    r"[0-9]{1,15}(?:,00|,-)?"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4}(?:,00|,-)?"
    r"|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?:\.00)?"
    r"|[0-9]{4,15}\.00"
)


def in_words(amount: int) -> str:
    """Write an amount in Indonesian words (terbilang), without `rupiah`, from nol to triliun.

    Raises ValueError for a negative number and from a thousand triliun up.
    """
    if not 0 <= amount < 1000 * _GROUPS[0][0]:
        raise ValueError(f"{amount} cannot be written in words")
    if amount < 1000:
        return _below_a_thousand(amount)
    words = []
    for size, name in _GROUPS:
        group, amount = divmod(amount, size)
        if group == 1 and name == "ribu":
            words.append("seribu")
        elif group:
            words.append(f"{_below_a_thousand(group)} {name}")
    if amount:
        words.append(_below_a_thousand(amount))
    return " ".join(words)


def parse_rupiah(text: str) -> int:
    """Read `1250000`, `1.250.000`, `Rp 1.250.000,-`, `Rp1.250.000,00`, `1,25 jt` or `250rb`.

    Raises ValueError with a sentence. What can be read in two ways (`100.00`, `1.250 jt`) is
    asked about, never guessed; nothing unreadable is ever taken as a number.
    """
    typed = " ".join(text.lower().split())
    typed = re.sub(r"^rp\.? ?", "", typed)
    if short := _SHORT.fullmatch(typed):
        return _in_short(short.group(1), short.group(2) or "", _TIMES[short.group(3)])
    if not _WHOLE.fullmatch(typed):
        raise ValueError(_("Write the rupiah as 1.250.000, without sen."))
    return int(re.sub(r"[.,]", "", re.sub(r"(,-|,00|\.00)$", "", typed)))


def stamp_duty_due(amount: int, *, above: int = STAMP_DUTY_ABOVE) -> bool:
    """Tell whether a paper that states the receipt of this amount needs a meterai."""
    return amount > above


@dataclass(frozen=True, slots=True)
class Ppn:
    """Value added tax on a price: 12 % of eleven twelfths of it (PMK 131/2024)."""

    price: int
    base_sen: int
    amount: int


def ppn(price: int) -> Ppn:
    """Return base (to the sen) and tax (to the rupiah) of a price without tax; halves go up."""
    base_sen = (2 * 1100 * price + 12) // 24
    return Ppn(price, base_sen, (22 * price + 100) // 200)


def ppn_within(total: int) -> Ppn:
    """Return the tax that is in a total which includes it; price and tax add up to the total."""
    price = (200 * total + 111) // 222
    found = ppn(price)
    return Ppn(price, found.base_sen, total - price)


def share(amount: int, percent: int | Decimal) -> int:
    """Return so many per cent of an amount, to the nearest rupiah; half a rupiah goes up."""
    if amount < 0 or percent < 0:
        raise ValueError("a share is not negative")
    part = int(Decimal(percent) * 1_000_000)
    if Decimal(part) != Decimal(percent) * 1_000_000:
        raise ValueError("a per cent has at most six decimals")
    return (2 * amount * part + 100_000_000) // 200_000_000


def split_exactly(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights; the parts add up to it, each within a rupiah of its exact share.

    The running sum is rounded (half goes up) and the last part is the rest: split by (30, 70),
    the first part is `share(amount, 30)`.
    """
    total = sum(weights)
    if amount < 0 or total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("an amount is split by weights that are not negative, one above zero")
    parts = []
    weighed = given = 0
    for weight in weights:
        weighed += weight
        so_far = (2 * amount * weighed + total) // (2 * total)
        parts.append(so_far - given)
        given = so_far
    return parts


def _below_a_thousand(number: int) -> str:
    if number < 12:
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    size, name = (10, "puluh") if number < 100 else (100, "ratus")
    group, rest = divmod(number, size)
    words = f"se{name}" if group == 1 else f"{_UNITS[group]} {name}"
    return f"{words} {_below_a_thousand(rest)}" if rest else words


def _in_short(whole: str, decimals: str, times: int) -> int:
    if len(decimals) == 3 or len(decimals) > 6:
        raise ValueError(_("This can be read in two ways: write the rupiah as 1.250.000."))
    one: int = 10 ** len(decimals)
    value, rest = divmod(int(whole + decimals) * times, one)
    if rest:
        raise ValueError(_("This is no whole number of rupiah."))
    return value
