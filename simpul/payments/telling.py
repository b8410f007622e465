"""What somebody writes about a transfer: how much, on which day, from which bank.

Only what stands plainly is read. Where two amounts or two days could be meant, nothing is: the
caller then takes what was asked for and says that it is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from simpul.lib import money

LONGEST_AGO = timedelta(days=90)  # an older day in the text is some other day

_NUMBER = r"([0-9][0-9.,]{0,18}(?:,-)?(?: ?(?:jt|juta|rb|ribu)\b)?)"
_RUPIAH = re.compile(rf"(?:\brp\.?|\bidr)\s?{_NUMBER}", re.I)
_NAMED = re.compile(
    rf"\b(?:sebesar|senilai|nominal|jumlah|total|transfer|amount|bayar|dp) ?:? ?{_NUMBER}", re.I
)
_LEAST = 1_000  # smaller numbers beside such a word are pairs, days or parts

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb peb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt ags aug",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2})([/.-])(\d{1,2})\2(20\d\d|\d\d)(?![\d/-])")
_IN_WORDS = re.compile(
    rf"\b(\d{{1,2}}) ?[- ]({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?[ -]?(20\d\d)?",
    re.I,
)
_TODAY = re.compile(r"\b(hari ini|barusan|today)\b", re.I)
_YESTERDAY = re.compile(r"\b(kemarin|yesterday)\b", re.I)

_BANKS = {
    "BCA": r"bca|klikbca|mybca",
    "Mandiri": r"mandiri|livin",
    "BRI": r"bri|brimo",
    "BNI": r"bni",
    "BSI": r"bsi|bank syariah indonesia|byond",
    "BTN": r"btn",
    "CIMB Niaga": r"cimb(?: niaga)?|octo",
    "Permata": r"permata(?:bank)?",
    "Danamon": r"danamon",
    "OCBC": r"ocbc",
    "Jago": r"bank jago",
    "SeaBank": r"seabank",
    "GoPay": r"gopay",
    "OVO": r"ovo",
    "ShopeePay": r"shopeepay",
}
_FROM = re.compile(
    rf"\b(?:dari|via|lewat|pakai|from)(?: bank| rekening| rek\.?| m-banking)*:? "
    rf"({'|'.join(_BANKS.values())})\b",
    re.I,
)


def amount_in(text: str, fitting: Collection[int] = ()) -> int:
    """Return the one amount that the text states, or 0.

    Of several it is the one that fits what is asked for, if exactly one does.
    """
    stated = set(_amounts(_RUPIAH, text)) or {
        amount for amount in _amounts(_NAMED, text) if amount >= _LEAST
    }
    if len(stated) > 1:
        stated &= set(fitting)
    return stated.pop() if len(stated) == 1 else 0


def day_in(text: str, written_on: date) -> date | None:
    """Return the one day that the text states, if it lies in the weeks before it was written."""
    found = {
        day
        for day in _days(text, written_on)
        if day is not None and written_on - LONGEST_AGO <= day <= written_on
    }
    return found.pop() if len(found) == 1 else None


def bank_in(text: str) -> str:
    """Return the one bank that the text speaks of, or the one that the money came from."""
    if said := _FROM.search(text):
        text = said.group(1)
    named = [name for name, words in _BANKS.items() if re.search(rf"\b(?:{words})\b", text, re.I)]
    return named[0] if len(named) == 1 else ""


def _amounts(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    for typed in pattern.findall(text):
        try:
            amount = money.parse_rupiah(typed.rstrip(".,"))
        except ValueError:
            continue  # what can be read in two ways is not read
        if amount:
            yield amount


def _days(text: str, written_on: date) -> Iterator[date | None]:
    for year, month, day in _ISO.findall(text):
        yield _day(int(year), int(month), int(day))
    for day, _sign, month, year in _DAY_FIRST.findall(text):
        yield _day(int(year) % 100 + 2000, int(month), int(day))
    for day, name, year in _IN_WORDS.findall(text):
        month = _MONTHS[name.lower()]
        if year:
            yield _day(int(year), month, int(day))
        else:
            this = _day(written_on.year, month, int(day))
            is_past = this is not None and this <= written_on
            yield this if is_past else _day(written_on.year - 1, month, int(day))
    if _TODAY.search(text):
        yield written_on
    if _YESTERDAY.search(text):
        yield written_on - timedelta(days=1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
