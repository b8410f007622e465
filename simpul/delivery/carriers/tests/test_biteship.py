"""Biteship's formats: whose notice is believed, and what is read from it."""

from __future__ import annotations

import json

import pytest

from simpul.delivery.carriers import CARRIERS, State
from simpul.delivery.carriers.biteship import WORDS, _days
from simpul.delivery.carriers.tests.samples import biteship
from simpul.lib.providers import Call, Unreadable

BITESHIP = CARRIERS["biteship"]
KEYS = {"api_key": "api_key-CONTOH", "webhook_secret": "webhook_secret-CONTOH"}


def test_the_right_key_and_no_other() -> None:
    assert BITESHIP.is_genuine(biteship("picked"), KEYS)
    assert not BITESHIP.is_genuine(biteship("picked", key="of another"), KEYS)
    assert not BITESHIP.is_genuine(biteship("picked"), {})
    assert not BITESHIP.is_genuine(biteship("picked", key=""), {"webhook_secret": ""})
    assert not BITESHIP.is_genuine(Call(b"{}", {"x-simpul-key": "naïve"}), KEYS)


@pytest.mark.parametrize(("word", "state"), WORDS.items())
def test_every_word_is_read(word: str, state: State) -> None:
    told = BITESHIP.read(biteship(word).body)
    assert (told.reference, told.state, told.word) == ("bs-1", state, word)
    assert (told.number, told.url) == ("JP1234567890", "https://track.biteship.com/x")
    assert told.price is None


def test_an_order_as_it_is_looked_up_is_read_too() -> None:
    order = {
        "id": "bs-1",
        "status": "dropping_off",
        "price": 61_000,
        "courier": {"waybill_id": "JP1", "link": "https://track.biteship.com/y"},
    }
    told = BITESHIP.read(json.dumps(order).encode())
    assert (told.state, told.price, told.number) == (State.MOVING, 61_000, "JP1")


def test_a_parcel_that_was_weighed_again_costs_more() -> None:
    told = BITESHIP.read(biteship("confirmed", event="order.price", price=61_000).body)
    assert (told.state, told.price, told.word) == (None, 61_000, "order.price")


def test_a_word_that_nobody_knows_is_no_guess() -> None:
    assert BITESHIP.read(biteship("teleported").body).state is None


@pytest.mark.parametrize("url", ["http://track.biteship.com/x", "https://biteship.com.evil.id/x"])
def test_buyers_are_led_nowhere_else(url: str) -> None:
    assert BITESHIP.read(biteship("picked", courier_link=url).body).url == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"{}", b'{"order_id": 7}'])
def test_nonsense_is_no_notice(body: bytes) -> None:
    with pytest.raises(Unreadable):
        BITESHIP.read(body)


@pytest.mark.parametrize(
    ("row", "days"),
    [
        ({"shipment_duration_range": "2 - 3", "shipment_duration_unit": "days"}, 3),
        ({"shipment_duration_range": "1", "shipment_duration_unit": "days"}, 1),
        ({"shipment_duration_range": "6 - 8", "shipment_duration_unit": "hours"}, None),
        ({"duration": "1 - 2 days"}, 2),
        ({"duration": "2 hari"}, 2),
        ({}, None),
    ],
)
def test_days(row: dict[str, str], days: int | None) -> None:
    assert _days(row) == days
