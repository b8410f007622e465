"""What programs of others say, read into what can be kept."""

from __future__ import annotations

import pytest

from simpul.lib.providers import rupiah_of, text_of


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (5_840_217, 5_840_217), ("5840217", 5_840_217), ("5840217.00", 5_840_217), ("1.0", 1),
        ("5840217.50", None), (-5, None), ("-5", None), ("", None), (None, None), (True, None),
        ("1e6", None), ("5.840.217", None), ("5,840,217", None), ("٣", None), (1.5, None),
        ("9" * 14, None), ([5], None),
    ],
)  # fmt: skip
def test_whole_rupiah_or_nothing(value: object, amount: int | None) -> None:
    assert rupiah_of(value) == amount


@pytest.mark.parametrize("value", [None, 7, ["a"], "a\0b", "\ud800"])
def test_what_cannot_be_kept_is_no_text(value: object) -> None:
    assert text_of({"first": value, "second": "Müller ✓"}, "first", "second") == "Müller ✓"
