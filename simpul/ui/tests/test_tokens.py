"""The colors can be read, in light and in dark, and the style sheets stay small."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "ui" / "css"
COLOR = re.compile(r"--color-([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)")
TEXT, SHAPE = 4.5, 3.0  # WCAG 2: what is read, and what is only seen

type Rgb = tuple[float, float, float]


def colors(scheme: int) -> dict[str, Rgb]:
    tokens = (CSS / "tokens.css").read_text()
    return {name: linear(pair[scheme]) for name, *pair in COLOR.findall(tokens)}


def linear(oklch: str) -> Rgb:
    """Turn `0.48 0.105 45` into linear red, green and blue."""
    lightness, chroma, hue = (float(part) for part in oklch.split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        min(1, max(0, 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short)),
        min(1, max(0, -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short)),
        min(1, max(0, -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short)),
    )


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb: Rgb) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


GROUNDS = ["paper", "raised", "card", "field"]
READ = [
    *[(ink, ground) for ink in ("ink", "muted") for ground in [*GROUNDS, "accent-soft"]],
    *[(ink, ground) for ink in ("accent", "bad") for ground in GROUNDS],
    *[(state, f"{state}-soft") for state in ("accent", "good", "waiting", "bad")],
    *[("ink", f"{state}-soft") for state in ("accent", "good", "waiting", "bad")],
    ("accent-ink", "accent"),
    ("accent-ink", "bad"),
    ("paper", "ink"),
]
SEEN = [("edge", "field"), ("edge", "card"), ("faint", "paper"), ("faint", "card")]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: int) -> None:
    found = colors(scheme)
    weak = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in READ}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_edge_can_be_seen(scheme: int) -> None:
    found = colors(scheme)
    weak = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in SEEN}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < SHAPE} == {}


def test_the_style_sheets_are_small() -> None:
    """A first page is at most 60 kB with htmx (17 kB): the style sheets get 17 of them."""
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in CSS.glob("*.css")) < 17_000


def test_a_table_is_a_table_on_paper() -> None:
    """A sheet of A4 is as narrow as a phone to a browser; the cards are for screens only."""
    rules = (CSS / "table.css").read_text()
    assert "@media screen and (width < 48rem)" in rules
    assert "@media (width < 48rem)" not in rules


def test_raw_colors_stand_in_the_tokens_only() -> None:
    others = [sheet for sheet in CSS.glob("*.css") if sheet.name != "tokens.css"]
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsl\(|oklch\((?!from)")
    assert [sheet.name for sheet in others if raw.search(sheet.read_text())] == []


def test_nothing_shouts_important() -> None:
    assert [sheet.name for sheet in CSS.glob("*.css") if "!important" in sheet.read_text()] == []
