"""What stands in one cell. Raises ValueError with a sentence; nothing is ever zero by default."""

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

Period = tuple[date, date]

_BEFORE_SERIAL_1 = date(1899, 12, 30)  # Excel counts a 29 February 1900 that never was

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb peb februari pebruari february",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agt ags agustus aug august",
            "sep sept september",
            "okt oct oktober october",
            "nov nop november nopember",
            "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}

_CLOCK = r"(?:[ T][0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?)?"
_NUMBERED = re.compile(rf"([0-9]{{1,2}})([/.-])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){_CLOCK}")
_NAMED = re.compile(rf"([0-9]{{1,2}})[ -]([A-Za-z]+)[ -]([0-9]{{4}}|[0-9]{{2}}){_CLOCK}")
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_CLOCK}")
_YEARLESS = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_SERIAL = re.compile(r"([0-9]{5})")

_AMOUNTS = {
    ",": re.compile(r"([+-]?) ?([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{0,15})(?:\.([0-9]{1,2}))?"),
    ".": re.compile(r"([+-]?) ?([0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{0,15})(?:,([0-9]{1,2}))?"),
}


_ONE_GROUP = re.compile(r"[+-]? ?[0-9]{1,3}[.,][0-9]{3}")

CR_DB = {"CR": 1, "DB": -1}
K_D = {"K": 1, "D": -1}
ANY_SIGN = {
    **{word: 1 for word in ("CR", "K", "C", "KREDIT", "CREDIT", "+")},
    **{word: -1 for word in ("DB", "D", "DR", "DEBET", "DEBIT", "-")},
}


class Figure(str):
    """A number that a sheet keeps as a number: plain digits, a point before the decimals."""


def bare(cell: str) -> str:
    """Drop blanks and the apostrophe with which a bank guards a cell against spreadsheets."""
    return " ".join(cell.split()).removeprefix("'").strip()


@functools.lru_cache(maxsize=4096)
def usual(cell: str) -> str:
    """Do as `bare` does to a cell of which a file has few: a day, a sign, the name of a total."""
    return bare(cell)


def sen(cell: str, *, thousands: str) -> int | None:
    """Read an amount in sen; the layout says what parts the thousands. Empty and `-` are None.

    Where `thousands` is empty the cell itself must tell, as 1,234.00 does and 1,234 does not.
    """
    written = bare(cell)
    if "Rp" in written:
        written = re.sub(r"^([+-]? ?)Rp\.? ?", r"\1", written)
    if written in ("", "-"):
        return None
    if isinstance(cell, Figure):
        return _sen(written, ",", cell)
    if thousands:
        return _sen(written, thousands, cell)
    if _ONE_GROUP.fullmatch(written):
        raise ValueError(
            _("“%(cell)s” may be thousands or a fraction: nothing tells.") % {"cell": cell.strip()}
        )
    style = "," if _AMOUNTS[","].fullmatch(written) else "."
    return _sen(written, style, cell)


def _sen(written: str, thousands: str, cell: str) -> int:
    found = _AMOUNTS[thousands].fullmatch(written)
    sign, whole, decimals = found.groups(default="") if found else ("", "", "")
    if not whole and not decimals:
        raise ValueError(_("“%(cell)s” is no amount.") % {"cell": cell.strip()})
    value = int(whole.replace(thousands, "") or "0") * 100 + int(decimals.ljust(2, "0"))
    return -value if sign == "-" else value


def amount(cell: str, *, thousands: str) -> int:
    """Read an amount that must be there and above zero: its direction is said elsewhere."""
    value = sen(cell, thousands=thousands)
    if value is None or value <= 0:
        raise ValueError(_("“%(cell)s” is no amount.") % {"cell": cell.strip()})
    return value


def balance(cell: str, *, thousands: str) -> int:
    """Read a balance, which must be there."""
    value = sen(cell, thousands=thousands)
    if value is None:
        raise ValueError(_("The balance is missing."))
    return value


def direction(cell: str, signs: Mapping[str, int] = CR_DB) -> int:
    """Read whether money came (1) or went (-1)."""
    try:
        return signs[usual(cell).rstrip(".").upper()]
    except KeyError:
        raise ValueError(_("“%(cell)s” says neither credit nor debit.") % {"cell": cell}) from None


def one_of(credit: str, debit: str, *, thousands: str) -> int:
    """Return the one of the two that is not zero; both must be readable, and neither negative."""
    money_in = sen(credit, thousands=thousands) or 0
    money_out = sen(debit, thousands=thousands) or 0
    if min(money_in, money_out) != 0 or money_in == money_out:
        raise ValueError(_("Exactly one of credit and debit must have an amount."))
    return money_in - money_out


def count(cell: str) -> int:
    """Read how many."""
    if not re.fullmatch(r"[0-9]{1,6}", bare(cell)):
        raise ValueError(_("“%(cell)s” is no number.") % {"cell": cell.strip()})
    return int(bare(cell))


def account(cell: str) -> str:
    """Read an account number: its digits."""
    written = re.sub(r"[ .-]", "", bare(cell))
    if not re.fullmatch(r"[0-9]{6,20}", written):
        raise ValueError(_("“%(cell)s” is no account number.") % {"cell": cell.strip()})
    return written


def rupiah(cell: str) -> None:
    """Refuse another currency."""
    if bare(cell).rstrip(".").upper() not in ("IDR", "RP"):
        raise ValueError(
            _("The account is not in rupiah but in “%(cell)s”.") % {"cell": cell.strip()}
        )


def day(cell: str, period: Period | None = None, *, month_first: bool = False) -> date:
    """Read a day in any of the banks' forms; without a year, it is the one within the period."""
    written = usual(cell)
    if found := _YEARLESS.fullmatch(written):
        day, month = found.groups()[::-1] if month_first else found.groups()
        return _within(period, int(day), int(month), _no_date(cell))
    known = _known_day(written, month_first)
    if known is None:
        raise _no_date(cell)
    return known


@functools.lru_cache(maxsize=4096)  # a file has many entries of one day
def _known_day(written: str, month_first: bool) -> date | None:
    for form, read in _FORMS:
        if found := form.fullmatch(written):
            parts = found.groups()
            if form is _NUMBERED:
                first, _sign, second, year = parts
                parts = (second, first, year) if month_first else (first, second, year)
            try:
                return read(*parts)
            except (ValueError, KeyError, OverflowError):
                return None
    return None


def _no_date(cell: str) -> ValueError:
    return ValueError(_("“%(cell)s” is no date.") % {"cell": cell.strip()})


def _within(period: Period | None, day: int, month: int, unreadable: ValueError) -> date:
    if period is None:
        raise ValueError(_("The days in this file have no year: say which period it covers."))
    first, last = period
    fitting = []
    exists = False
    for year in range(first.year, last.year + 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        exists = True
        if first <= candidate <= last:
            fitting.append(candidate)
    if not exists:
        raise unreadable
    if len(fitting) != 1:
        raise ValueError(
            _("The day %(day)s does not lie once in the period %(first)s to %(last)s.")
            % {"day": f"{day:02}/{month:02}", "first": first, "last": last}
        )
    return fitting[0]


def _full_year(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., date]], ...] = (
    (_NUMBERED, lambda day, month, year: date(_full_year(year), int(month), int(day))),
    (_NAMED, lambda day, month, year: date(_full_year(year), _MONTHS[month.lower()], int(day))),
    (_ISO, lambda year, month, day: date(int(year), int(month), int(day))),
    (_SERIAL, lambda days: _BEFORE_SERIAL_1 + timedelta(int(days))),
)
