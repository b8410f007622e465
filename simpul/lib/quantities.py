"""Quantities of material: whole thousandths of a unit, read as people write them."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

MILLI = 1000


def parse_quantity(text: str) -> int:
    """Read `3,2` or `1.250` as it is meant in the reader's language, in thousandths.

    A point before exactly three digits groups thousands in Indonesian, a comma does in English;
    any other point or comma begins the decimals. Raises ValueError with a sentence.
    """
    typed = "".join(text.replace("\xa0", " ").split())
    grouping, decimal = (",", ".") if _is_english() else (".", ",")
    if re.fullmatch(rf"\d{{1,3}}(\{grouping}\d{{3}})+(\{decimal}\d{{1,3}})?", typed):
        typed = typed.replace(grouping, "")
    if not re.fullmatch(r"\d+([.,]\d{1,3})?", typed):
        raise ValueError(_("Write a number with at most three decimals."))
    whole, _point, decimals = typed.replace(",", ".").partition(".")
    return int(whole) * MILLI + int(decimals.ljust(3, "0"))


def write_quantity(milli: int) -> str:
    """Write a quantity so that `parse_quantity` reads the same again: no thousands are grouped."""
    whole, rest = divmod(milli, MILLI)
    decimals = f"{rest:03}".rstrip("0")
    mark = "." if _is_english() else ","
    return f"{whole}{mark}{decimals}" if decimals else str(whole)


def amount_of(price: int, quantity: int, per: int = MILLI) -> int:
    """Return the rupiah for so many thousandths, rounded once, half up.

    The price is that of a unit, or of `per` thousandths: of a tin of 15 kg where per is 15,000.
    """
    return (2 * price * quantity + per) // (2 * per)


def _is_english() -> bool:
    return (get_language() or "id").startswith("en")
