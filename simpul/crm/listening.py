"""What a text sounds like, by its words: a guess that calls a person, never more."""

from __future__ import annotations

import re

# beginnings of words; what is said of bad work, bad service and disappointment
_COMPLAINING = (
    "bau", "bocor", "bohong", "cacat", "copot", "goyang", "jebol", "jelek", "kapok", "kecewa",
    "keluh", "komplain", "lecet", "lepas", "luntur", "mangap", "mengecewakan", "mengelupas",
    "menyesal", "nyesal", "parah", "patah", "payah", "pecah", "protes", "robek", "rugi", "rusak",
    "salah kirim", "salah ukuran", "sobek", "telat", "terkelupas", "terlambat", "tipu",
    "bad", "broke", "complain", "defect", "disappoint", "fell apart", "late again", "peel",
    "poor quality", "refund", "ruined", "torn", "unhappy", "wrong size",
)  # fmt: skip
_SIGN = re.compile(rf"\b(?:{'|'.join(map(re.escape, _COMPLAINING))})", re.IGNORECASE)


def sounds_like_a_complaint(text: str) -> bool:
    """Tell whether a text has a word that those use who are not content."""
    return _SIGN.search(text) is not None
