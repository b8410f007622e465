from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.lib import places
from simpul.lib.places import NotAPlace, Spot

CIOMAS = Spot(-6_600_123, 106_750_456)


@pytest.mark.parametrize(
    "text",
    [
        "-6.600123, 106.750456",
        "  -6.600123,106.750456 ",
        "(-6.600123 106.750456)",
        "-6.600123°, 106.750456°",
        "\u22126.600123; 106.750456",
        "-6,600123, 106,750456",
        "-6,600123 106,750456",
        "6.600123°S 106.750456°E",
        "6.600123° LS, 106.750456° BT",
        "geo:-6.600123,106.750456",
        "geo:-6.600123,106.750456;u=35",
        "geo:-6.600123,106.750456?z=17",
        "geo:0,0?q=-6.600123,106.750456(Bengkel)",
        "https://www.google.com/maps/@-6.600123,106.750456,17z",
        "https://www.google.com/maps/place/Ciomas/@-6.61,106.76,15z/data=!4m6!3d-6.600123!4d106.750456",
        "https://www.google.com/maps/search/?api=1&query=-6.600123%2C106.750456",
        "https://www.google.com/maps/search/-6.600123,+106.750456?entry=tts",
        "https://www.google.com/maps/dir//-6.600123,106.750456/@-6.61,106.76,15z",
        "https://maps.google.com/?q=-6.600123,106.750456",
        "https://maps.google.com/maps?q=loc:-6.600123,106.750456&z=17",
        "https://maps.google.com/?ll=-6.600123,106.750456&z=17",
        "https://maps.apple.com/?ll=-6.600123,106.750456",
        "https://www.openstreetmap.org/#map=17/-6.600123/106.750456",
        "https://www.openstreetmap.org/?mlat=-6.600123&mlon=106.750456#map=12/-6.5/106.7",
    ],
)
def test_links_and_numbers_say_where_it_is(text: str) -> None:
    assert places.read(text) == CIOMAS


def test_minutes_and_seconds_are_read() -> None:
    assert places.read("6°36'00.4\"S 106°45'01.6\"E") == Spot(-6_600_111, 106_750_444)
    assert places.read("0°30′ LU 101°27′ BT") == Spot(500_000, 101_450_000)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Paste a link"),
        ("behind the mosque", "Paste a link"),
        ("-6.6", "Paste a link"),
        ("-6.6, 106.7, 17", "Paste a link"),
        ("https://www.google.com/maps/place/Ciomas", "Paste a link"),
        ("geo:0,0?q=Ciomas", "Paste a link"),
        ("https://maps.app.goo.gl/AbCdEf", "short link"),
        ("https://goo.gl/maps/AbCdEf", "short link"),
        ("106.750456, -6.600123", "not in Indonesia"),
        ("6.600123, 106.750456", "not in Indonesia"),
        ("52.52, 13.40", "not in Indonesia"),
        ("-11.100001, 120", "not in Indonesia"),
        ("-6, 141.100001", "not in Indonesia"),
    ],
)
def test_what_names_no_place_here_is_refused(text: str, says: str) -> None:
    with pytest.raises(NotAPlace, match=says):
        places.read(text)


@given(
    st.integers(places.SOUTH, places.NORTH),
    st.integers(places.WEST, places.EAST),
)
def test_what_is_written_is_read_again(latitude: int, longitude: int) -> None:
    spot = Spot(latitude, longitude)

    assert places.read(str(spot)) == spot
    assert places.read(places.map_link(spot)) == spot


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_refused(text: str) -> None:
    for typed in (text, "https://" + text, "geo:" + text):
        try:
            places.read(typed)
        except NotAPlace:
            continue


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert places.metres(Spot(-6_000_000, 106_000_000), Spot(-7_000_000, 106_000_000)) == 111_195
    assert places.metres(CIOMAS, CIOMAS) == 0


def test_a_map_looks_for_words_where_no_place_is_known() -> None:
    assert places.map_link("Jl. Raya 1 & 2\nBogor") == (
        "https://www.google.com/maps/search/?api=1&query=Jl.%20Raya%201%20%26%202%2C%20Bogor"
    )
