"""What a lock screen shows."""

from __future__ import annotations

import pytest

from simpul.conversations.brief import brief


@pytest.mark.parametrize("label", ["SO-2026-0017", "SO-2026-0017, SO-2026-0018"])
def test_the_numbers_of_papers_are_shown(label: str) -> None:
    assert brief("delivery.deliver", label) == f"{label}: delivered"


@pytest.mark.parametrize("label", ["Toko Dewi", "SO-2026-0017, Toko Dewi", "SO-2026-0017,"])
def test_a_name_is_not(label: str) -> None:
    assert brief("delivery.deliver", label) == "delivered"
