"""Charts as SVG: where each line and each word stands. Pure; `ui/charts.html` draws them.

A chart is 400 wide and as high as it must be; it is read without colours, by its words, by full and
hatched bars, by whole and dashed lines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

WIDTH = 400
ROW, THIN_ROW = 50, 38  # a bar with the one before below it, and one alone
LINES_HIGH, LEFT, RIGHT, TOP, BOTTOM = 200, 46, 12, 14, 26
GAP, A_SIGN = 6, 9.5  # beside the figures at the side, and how wide a sign of them is
CELL, HEAD, ASIDE = 26, 20, 40
SHADES = 5

type Shown = Callable[[int], str]


class Word(NamedTuple):
    x: float
    y: float
    text: str
    anchor: str = "start"


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    is_hatched: bool = False
    shade: float = 1.0


class Curve(NamedTuple):
    name: str
    points: str  # as a polyline wants them; empty parts are left out
    dots: list[tuple[float, float]]
    is_dashed: bool


@dataclass(slots=True)
class Chart:
    """What `charts.draw` draws; `title` says what it is, `says` what is to be seen in it."""

    title: str
    says: str
    height: float
    words: list[Word] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    keys: tuple[str, ...] = ()  # what full or whole, and what hatched or dashed means
    bands: list[str] = field(default_factory=list)  # hatched fields, as a polygon wants them

    @property
    def width(self) -> int:
        return WIDTH


class Bar(NamedTuple):
    label: str
    value: int
    before: int | None = None


def bars(
    title: str, says: str, rows: Sequence[Bar], shown: Shown, keys: tuple[str, ...] = ()
) -> Chart:
    """One bar below the other, each named above it with its figure; what is below zero begins left of
    the line."""
    values = [one for row in rows for one in (row.value, row.before or 0)]
    most, least = max([*values, 1]), min([*values, 0])
    scale = WIDTH / (most - least)
    zero = -least * scale
    has_before = any(row.before is not None for row in rows)
    each = ROW if has_before else THIN_ROW
    chart = Chart(title, says, each * len(rows), keys=keys)
    for at, row in enumerate(rows):
        top = at * each
        chart.words.append(Word(0, top + 13, row.label))
        chart.words.append(Word(WIDTH, top + 13, shown(row.value), "end"))
        for value, y, height in ((row.value, 18, 13), (row.before, 33, 7)):
            if value:
                begins, wide = min(zero, zero + value * scale), abs(value) * scale
                chart.boxes.append(Box(round(begins, 1), top + y, round(wide, 1), height, y == 33))
    if least < 0:
        chart.rules.append((round(zero, 1), 0, round(zero, 1), chart.height))
    return chart


def lines(
    title: str,
    says: str,
    labels: Sequence[str],
    curves: Sequence[tuple[str, Sequence[int | None]]],
    shown: Shown,
    band: tuple[str, Sequence[tuple[int, int] | None]] | None = None,
    through: int = 0,
) -> Chart:
    """Curves over the same places, the first one whole, the second dashed; a few of the labels stand
    below, that of the place `through` among them. `band`: its name, and between which limits each
    place lies."""
    limits = [one for one in band[1] if one] if band else []
    values = [one for _name, curve in curves for one in curve if one is not None]
    values += [high for _low, high in limits]
    most, least = _round_up(max([*values, 1])), min([*values, 0])
    marks = _marks(most) if least >= 0 else [least, *_marks(most)]
    left = _aside(map(shown, marks))
    high, wide = LINES_HIGH - TOP - BOTTOM, WIDTH - left - RIGHT
    step = wide / max(len(labels) - 1, 1)

    def across(at: int) -> float:
        return round(left + at * step, 1)

    def down(value: float) -> float:
        return round(TOP + high * (most - value) / (most - least), 1)

    chart = Chart(title, says, LINES_HIGH, keys=tuple(name for name, _curve in curves))
    for mark in marks:
        chart.rules.append((left, down(mark), WIDTH - RIGHT, down(mark)))
        chart.words.append(Word(left - GAP, down(mark) + 4, shown(mark), "end"))
    every = _apart(len(labels), min(7, int(wide // _room(labels))))
    for at in range(through % every, len(labels), every):
        is_last = 0 < at == len(labels) - 1  # else what is long would be cut at the edge
        x, anchor = (WIDTH, "end") if is_last else (across(at), "middle")
        chart.words.append(Word(x, LINES_HIGH - 8, labels[at], anchor))
    for place, (name, curve) in enumerate(curves):
        dots = [(across(at), down(one)) for at, one in enumerate(curve) if one is not None]
        points = " ".join(f"{x},{y}" for x, y in dots)
        chart.curves.append(Curve(name, points, dots if len(dots) <= 24 else [], place > 0))
    if band and limits:
        inside = [(across(at), one) for at, one in enumerate(band[1]) if one]
        around = [(x, down(high)) for x, (_low, high) in inside]
        around += [(x, down(low)) for x, (low, _high) in reversed(inside)]
        chart.bands.append(" ".join(f"{x},{y}" for x, y in around))
        chart.keys += (band[0],)
    return chart


def points(
    title: str,
    says: str,
    rows: Sequence[tuple[int, int]],
    shown: tuple[Shown, Shown],
    names: tuple[str, str],
) -> Chart:
    """A point for each pair of figures: the first to the right, the second up; `names` of both."""
    right, up = [x for x, _y in rows], [y for _x, y in rows]
    first, last = min(right, default=0), max(right, default=0)
    room = max((last - first) // 10, last // 20, 1)
    first, last, most = first - room, last + room, _round_up(max([*up, 1]))
    left = _aside(map(shown[1], _marks(most)))
    high, wide = LINES_HIGH - TOP - BOTTOM, WIDTH - left - RIGHT

    def across(value: float) -> float:
        return round(left + wide * (value - first) / (last - first), 1)

    def down(value: float) -> float:
        return round(TOP + high * (most - value) / most, 1)

    chart = Chart(title, says, LINES_HIGH + 14)
    for mark in _marks(most):
        chart.rules.append((left, down(mark), WIDTH - RIGHT, down(mark)))
        chart.words.append(Word(left - GAP, down(mark) + 4, shown[1](mark), "end"))
    for value in sorted({min(right, default=0), max(right, default=0)}):
        chart.words.append(Word(across(value), LINES_HIGH - 8, shown[0](value), "middle"))
    chart.words.append(Word(WIDTH - RIGHT, LINES_HIGH + 8, names[0], "end"))
    chart.words.append(Word(left + GAP, TOP - 4, names[1]))
    dots = [(across(x), down(y)) for x, y in rows]
    chart.curves.append(Curve("", "", dots, is_dashed=False))
    return chart


def calendar(
    title: str,
    says: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int | None]]],
    shown: Shown,
    *,
    aside: int = ASIDE,
    growing: Collection[tuple[int, int]] = (),
) -> Chart:
    """A field for each figure, the darker the larger, with the figure in it; empty where there is
    none. `aside` is the room for the names of the rows; `growing`: the fields (row and column) whose
    figure is only a least one yet."""
    most = max([one or 0 for _name, row in rows for one in row] + [1])
    wide = (WIDTH - aside) / len(columns)
    chart = Chart(title, says, HEAD + CELL * len(rows))
    for at, name in enumerate(columns):
        chart.words.append(Word(round(aside + (at + 0.5) * wide, 1), 13, name, "middle"))
    for line, (name, row) in enumerate(rows):
        top = HEAD + line * CELL
        chart.words.append(Word(0, top + 17, name))
        for at, value in enumerate(row):
            if value is not None:
                left = round(aside + at * wide, 1)
                shade = round(0.45 * -(-SHADES * value // most) / SHADES, 2)
                chart.boxes.append(
                    Box(left + 1, top + 1, round(wide - 2, 1), CELL - 2, shade=max(shade, 0))
                )
                middle = round(left + wide / 2, 1)
                mark = "≥" if (line, at) in growing else ""
                chart.words.append(Word(middle, top + 17, f"{mark}{shown(value)}", "middle"))
    return chart


def _marks(most: int) -> list[int]:
    """Return what is named at the side: a half only where it is whole, so that its name is true."""
    return [0, most // 2, most] if most % 2 == 0 else [0, most]


def _aside(figures: Iterable[str]) -> float:
    """Return how much room the figures at the side take."""
    return max([LEFT, *(GAP + A_SIGN * len(figure) for figure in figures)])


def _room(labels: Sequence[str]) -> float:
    """Return how much room the longest of these takes below, with a gap to the next one."""
    return GAP + A_SIGN * max(map(len, labels), default=0)


def _apart(places: int, most: int) -> int:
    """Return how far the named ones of so many places stand apart: at most so many of them, and the last
    one named where that takes no more than twice the room."""
    least = max(1, -(-places // max(most, 1)))
    return next((one for one in range(least, 2 * least + 1) if (places - 1) % one == 0), least)


def _round_up(value: int) -> int:
    """Return the next plain figure, as 1, 1.2, 1.6, 2, 3 and so on, with zeros, that is whole."""
    step = int(10 ** (len(str(value)) - 1))
    plain = (step * tenths for tenths in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100))
    return next(ten // 10 for ten in plain if ten % 10 == 0 and ten >= 10 * value)
