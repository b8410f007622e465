"""Places on the map: what people paste, kept as whole millionths of a degree. Nothing is asked of the network."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

from django.utils.translation import gettext as _

SCALE = 1_000_000
EARTH = 6_371_008.8  # mean radius in metres
SOUTH, NORTH, WEST, EAST = -11_100_000, 6_200_000, 94_700_000, 141_100_000  # Indonesia

_DEGREES = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = rf"({_DEGREES})\s*,\s*({_DEGREES})"
_IN_A_LINK = [  # what marks the place itself stands before what only says where one looks
    re.compile(rf"!3d({_DEGREES})!4d({_DEGREES})"),
    re.compile(rf"[?&#](?:q|query|destination|daddr|ll)=(?:loc:)?\s*{_PAIR}"),
    re.compile(rf"[?&]mlat=({_DEGREES})&mlon=({_DEGREES})"),
    re.compile(rf"^geo:{_PAIR}"),
    re.compile(rf"/(?:place|search|dir/[^/]*)/{_PAIR}"),
    re.compile(rf"/@{_PAIR}"),
    re.compile(rf"#map=[\d.]+/({_DEGREES})/({_DEGREES})"),
]
_PLAIN = re.compile(rf"\(?\s*({_DEGREES})\s*°?\s*[,;\s]\s*({_DEGREES})\s*°?\s*\)?")
_COMMAS = re.compile(r"([-+]?\d{1,3},\d+)\s*°?\s*[,;\s]\s*([-+]?\d{1,3},\d+)\s*°?")
_ANGLE = r"(\d{1,3}(?:\.\d+)?)°\s*(?:(\d{1,2}(?:\.\d+)?)'\s*)?(?:(\d{1,2}(?:\.\d+)?)\"\s*)?"
_SPOKEN = re.compile(rf"{_ANGLE}(LS|LU|[SNU])\s*,?\s*{_ANGLE}(BT|[ET])", re.IGNORECASE)
_SHORT = re.compile(r"https?://(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly|s\.id)/", re.IGNORECASE)


class NotAPlace(ValueError):
    """The text names no place that we know; the message is a sentence for whoever typed it."""


class Spot(NamedTuple):
    """A place on the map, in millionths of a degree; south and west are below zero."""

    latitude: int
    longitude: int

    def __str__(self) -> str:
        return f"{self.latitude / SCALE:.6f},{self.longitude / SCALE:.6f}"


def read(text: str) -> Spot:
    """Return the place that two numbers or a link to a map name. Raises NotAPlace."""
    typed = unquote_plus(text.strip()) if "://" in text or text.startswith("geo:") else text.strip()
    typed = typed.translate({0x2212: "-", 0x2013: "-", 0x2032: "'", 0x2019: "'", 0x2033: '"'})
    typed = typed.replace("\u201d", '"').replace("''", '"')
    if _SHORT.match(typed):
        raise NotAPlace(
            _(
                "A short link does not say where it leads. Open it, hold your finger on the place,"
                " and paste the two numbers that the map shows."
            )
        )
    pair = _from_link(typed) if "://" in typed or typed.startswith("geo:") else _from_text(typed)
    if pair is None:
        raise NotAPlace(_("Paste a link to a map, or two numbers such as -6.600000, 106.750000."))
    spot = Spot(*(round(degrees * SCALE) for degrees in pair))
    if not (SOUTH <= spot.latitude <= NORTH and WEST <= spot.longitude <= EAST):
        raise NotAPlace(
            _(
                "This place is not in Indonesia. The first number says how far north (south is"
                " below zero), the second how far east: -6.600000, 106.750000."
            )
        )
    return spot


def metres(one: Spot, other: Spot) -> int:
    """Return how far it is as the crow flies (the haversine formula, on a round earth)."""
    north, south = radians(one.latitude / SCALE), radians(other.latitude / SCALE)
    across = radians((other.longitude - one.longitude) / SCALE)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return round(2 * EARTH * asin(min(1.0, sqrt(half))))


def map_link(where: Spot | str) -> str:
    """Return the address at which a telephone opens its own map: at a place, or looking for words."""
    words = ", ".join(str(where).splitlines())
    return f"https://www.google.com/maps/search/?api=1&query={quote(words, safe='')}"


def _from_link(link: str) -> tuple[float, float] | None:
    for form in _IN_A_LINK:
        if found := form.search(link):
            latitude, longitude = (float(number) for number in found.groups())
            if latitude or longitude:  # geo:0,0?q=... says nothing by its zeros
                return latitude, longitude
    return None


def _from_text(text: str) -> tuple[float, float] | None:
    if found := _PLAIN.fullmatch(text):
        return float(found[1]), float(found[2])
    if found := _COMMAS.fullmatch(text):
        return float(found[1].replace(",", ".")), float(found[2].replace(",", "."))
    if found := _SPOKEN.fullmatch(text):
        south = -1 if found[4].upper() in ("S", "LS") else 1
        return south * _degrees(*found.group(1, 2, 3)), _degrees(*found.group(5, 6, 7))
    return None


def _degrees(whole: str, minutes: str | None, seconds: str | None) -> float:
    return float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
