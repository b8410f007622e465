"""In which order a courier visits his stops: from the workshop through all of them and back.

Pure. The shortest round trip is too dear to compute; what a person would draw is near enough. First the
nearest neighbour: from each stop to the nearest one that is left (Rosenkrantz, Stearns and Lewis, 1977).
Then 2-opt: while two legs can be replaced by two shorter ones, the way between them is turned around
(Croes, 1958), which also undoes every crossing. Distances are as the crow flies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from simpul.lib import places
from simpul.lib.places import Spot

WIDE, HIGH, EDGE = 320, 200, 18  # of the drawing, and what stays free around it

type Table = list[list[int]]  # metres from each point to each; the workshop is point 0


def propose(workshop: Spot, stops: Sequence[Spot]) -> list[int]:
    """Return the stops, as indices of what was given, in a sensible order; the nearer end comes first."""
    far = _table([workshop, *stops])
    tour = untangled(nearest(far), far)
    if len(tour) > 1 and far[0][tour[1]] > far[0][tour[-1]]:
        tour[1:] = tour[:0:-1]
    return [point - 1 for point in tour[1:]]


def length(workshop: Spot, stops: Sequence[Spot]) -> int:
    """Return the metres from the workshop through the stops as they stand and back, as the crow flies."""
    way = [workshop, *stops, workshop]
    return sum(places.metres(one, other) for one, other in pairwise(way))


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing of a run, north up: where the workshop is, and each stop with its number."""

    workshop: tuple[int, int]
    stops: list[tuple[str, int, int]]  # its number, or several that stand too close together
    line: str  # the points of the way there and back
    size: tuple[int, int] = (WIDE, HIGH)


def sketch(workshop: Spot, stops: Sequence[tuple[int, Spot]]) -> Sketch:
    """Draw a run through numbered stops, as large as the sheet allows and true to scale."""
    spots = [workshop, *(spot for _number, spot in stops)]
    squeeze = cos(radians(workshop.latitude / places.SCALE))
    east = [spot.longitude * squeeze for spot in spots]
    south = [-spot.latitude for spot in spots]
    wide, high = max(east) - min(east), max(south) - min(south)
    scale = min(
        (WIDE - 2 * EDGE) / wide if wide else 1.0, (HIGH - 2 * EDGE) / high if high else 1.0
    )
    left = (WIDE - wide * scale) / 2 - min(east) * scale
    top = (HIGH - high * scale) / 2 - min(south) * scale
    points = [
        (round(left + x * scale), round(top + y * scale)) for x, y in zip(east, south, strict=True)
    ]
    return Sketch(
        workshop=points[0],
        stops=_labelled([number for number, _spot in stops], points[1:]),
        line=" ".join(f"{x},{y}" for x, y in [*points, points[0]]),
    )


def _labelled(numbers: list[int], points: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Write the numbers of stops that would hide each other side by side."""
    groups: list[tuple[list[int], int, int]] = []
    for number, (x, y) in zip(numbers, points, strict=True):
        for together, at_x, at_y in groups:
            if abs(x - at_x) < EDGE and abs(y - at_y) < EDGE:
                together.append(number)
                break
        else:
            groups.append(([number], x, y))
    return [(", ".join(map(str, together)), x, y) for together, x, y in groups]


def nearest(far: Table) -> list[int]:
    """Return the tour that begins at point 0 and always goes on to the nearest point that is left."""
    tour, left = [0], set(range(1, len(far)))
    while left:
        here = far[tour[-1]]
        tour.append(min(left, key=lambda point: (here[point], point)))
        left.remove(tour[-1])
    return tour


def untangled(tour: list[int], far: Table) -> list[int]:
    """Return the tour after 2-opt: no two of its legs can be replaced by shorter ones any more.

    It ends, because each change makes a sum of whole metres smaller.
    """
    tour = list(tour)
    while change := _shortcut(tour, far):
        first, last = change
        tour[first : last + 1] = reversed(tour[first : last + 1])
    return tour


def _shortcut(tour: list[int], far: Table) -> tuple[int, int] | None:
    """Return between which places the way is to be turned around, which shortens it most."""
    best, found = 0, None
    for first in range(1, len(tour) - 1):
        for last in range(first + 1, len(tour)):
            before, after = tour[first - 1], tour[(last + 1) % len(tour)]
            gain = (
                far[before][tour[first]]
                + far[tour[last]][after]
                - far[before][tour[last]]
                - far[tour[first]][after]
            )
            if gain > best:
                best, found = gain, (first, last)
    return found


def _table(points: list[Spot]) -> Table:
    return [[places.metres(one, other) for other in points] for one in points]
