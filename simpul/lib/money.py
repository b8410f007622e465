"""Whole rupiah: read as people write them, and written in words."""

import re

from django.utils.translation import gettext as _

_TIMES = {"jt": 1_000_000, "juta": 1_000_000, "rb": 1_000, "ribu": 1_000}
_PLAIN = re.compile(r"\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+")
_SHORT = re.compile(r"(\d+(?:[.,]\d+)?) ?(jt|juta|rb|ribu)")


def parse_rupiah(text: str) -> int:
    """Read `1250000`, `1.250.000`, `Rp 1.250.000,-`, `Rp1.250.000,00`, `1,25 jt` or `250rb`.

    Raises ValueError with a sentence: nothing unreadable is ever taken as a number.
    """
    typed = " ".join(text.lower().replace("\xa0", " ").split())
    typed = re.sub(r"^rp\.? ?", "", typed)
    if short := _SHORT.fullmatch(typed):
        whole, times = short.group(1).replace(",", "."), _TIMES[short.group(2)]
        digits, _dot, decimals = whole.partition(".")
        value = int(digits + decimals) * times
        if value % 10 ** len(decimals):
            raise ValueError(_("This is no whole number of rupiah."))
        return value // 10 ** len(decimals)
    typed = re.sub(r"(,-|,00|\.00)$", "", typed) if not re.fullmatch(r"\d{1,3}\.00", typed) else typed
    if not _PLAIN.fullmatch(typed):
        raise ValueError(_("Write the rupiah as 1.250.000, without sen."))
    return int(re.sub(r"[.,]", "", typed))
