"""How many parts a text takes as SMS, and what is made of it so that it takes few."""

from __future__ import annotations

import pytest

from simpul.lib.sms import Measure, fitted, measure, plain

LINK = "https://simpul.example/l/0123456789abcdef/"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", Measure(True, 0, 1)),
        ("a" * 160, Measure(True, 160, 1)),
        ("a" * 161, Measure(True, 161, 2)),
        ("a" * 306, Measure(True, 306, 2)),
        ("a" * 307, Measure(True, 307, 3)),
        ("@£$¥èéùìòÇØøÅåΔΩ", Measure(True, 16, 1)),
        ("[€]", Measure(True, 6, 1)),
        ("a" * 158 + "€", Measure(True, 160, 1)),
        ("a" * 159 + "€", Measure(True, 161, 2)),
        # 306 septets, but the one that counts two does not stand across the border
        ("a" * 152 + "{" + "a" * 152, Measure(True, 306, 3)),
        ("a" * 151 + "{" + "a" * 153, Measure(True, 306, 2)),
        ("ç", Measure(False, 1, 1)),  # only the large one is in the table
        ("`", Measure(False, 1, 1)),
        ("Ж" * 70, Measure(False, 70, 1)),
        ("Ж" * 71, Measure(False, 71, 2)),
        ("Ж" * 134, Measure(False, 134, 2)),
        ("Ж" * 135, Measure(False, 135, 3)),
        ("👞" * 35, Measure(False, 70, 1)),
        ("👞" * 67, Measure(False, 134, 3)),  # 33 a part: neither half is left alone
        ("👞" * 66, Measure(False, 132, 2)),
    ],
)
def test_a_text_is_counted(text: str, told: Measure) -> None:
    assert measure(text) == told


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Ja’far – “besok”…", 'Ja\'far - "besok"...'),
        ("Rp\u00a0150.000 · 2\u200b × 40", "Rp 150.000 - 2 x 40"),
        ("Rene\u0301", "René"),
        ("it's - ok", "it's - ok"),
        ("Жанна – ‘ok’", "Жанна – ‘ok’"),  # it needs UCS-2 all the same
    ],
)
def test_what_needs_ucs2_only_for_typography_is_made_plain(text: str, made: str) -> None:
    assert plain(text) == made


def test_the_words_are_cut_and_never_the_link() -> None:
    assert fitted("Di jalan –\nPIN 4711", LINK) == f"Di jalan - PIN 4711 {LINK}"
    for sign in ("a", "Ж", "{"):
        text = fitted(sign * 400, LINK)
        assert text.endswith(f"... {LINK}")
        assert measure(text).parts == 2
        assert measure(sign + text).parts == 3
