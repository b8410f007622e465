"""What the program tells PostgreSQL when it connects."""

from __future__ import annotations

from typing import Any

from simpul.settings import PLANNER, _database


def options_of(url: str) -> Any:
    return _database(url)["OPTIONS"]


def test_the_planner_is_told_of_disks_without_heads() -> None:
    assert options_of("postgres://sari:x@db/simpul") == {"pool": True, "options": PLANNER}


def test_an_address_may_say_it_otherwise() -> None:
    told = options_of("postgres://sari:x@db/simpul?options=-c%20jit%3Don&sslmode=require")
    assert told == {"pool": True, "options": "-c jit=on", "sslmode": "require"}
