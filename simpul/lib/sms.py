"""What fits into an SMS: GSM 03.38 with seven bits a sign, or UCS-2 where one sign needs it.

A text of one part holds 160 signs of seven bits, or 70 of UCS-2; of a longer one each part gives
some room to the number of the part: 153, or 67. A sign of the extension table counts two, and so
does one outside of the basic plane; neither is ever split between two parts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("\f^{}\\[~]|€")

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−·•", "-"),
        **dict.fromkeys("\t\u00a0\u2002\u2003\u2009\u202f", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
        "…": "...",
        "×": "x",
    }
)

MOST_PARTS = 2
_CUT = "..."


@dataclass(frozen=True, slots=True)
class Measure:
    """How a text goes out: `units` are septets of GSM 03.38, or 16-bit units of UCS-2."""

    is_gsm: bool
    units: int
    parts: int


def measure(text: str) -> Measure:
    """Count the units and the parts of a text as it is; an empty one is one part."""
    is_gsm = _is_gsm(text)
    sizes = [_size(sign, is_gsm) for sign in text]
    units = sum(sizes)
    alone, joined = (160, 153) if is_gsm else (70, 67)
    if units <= alone:
        return Measure(is_gsm, units, 1)
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return Measure(is_gsm, units, parts)


def plain(text: str) -> str:
    """Return the text with plain quotes, dashes and spaces where it needs UCS-2 only for them."""
    composed = unicodedata.normalize("NFC", text)
    simple = composed.translate(_PLAIN)
    return simple if _is_gsm(simple) else composed


def fitted(words: str, end: str, *, most: int = MOST_PARTS) -> str:
    """Return the words and what stands behind them, made plain; the words are cut where both
    together would need more parts. The end, a link, is never cut."""
    whole = " ".join(plain(words).split())
    text = f"{whole} {end}"
    while measure(text).parts > most and whole:
        whole = whole[:-1].rstrip()
        text = f"{whole}{_CUT} {end}"
    return text


def _is_gsm(text: str) -> bool:
    return _BASIC.issuperset(set(text) - _EXTENDED)


def _size(sign: str, is_gsm: bool) -> int:
    if is_gsm:
        return 2 if sign in _EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1
