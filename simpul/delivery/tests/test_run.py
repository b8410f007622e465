from __future__ import annotations

from functools import cache
from itertools import pairwise, permutations
from math import cos, sin, tau

from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.delivery import run
from simpul.lib import places
from simpul.lib.places import Spot

WORKSHOP = Spot(-6_600_000, 106_750_000)
FACTOR = 1.25  # the worst of 12,780 runs of up to seven stops was 1.12

metres = cache(places.metres)

spots = st.builds(
    Spot,
    st.integers(-6_700_000, -6_500_000),
    st.integers(106_600_000, 106_900_000),
)


def in_order(stops: list[Spot]) -> list[Spot]:
    return [stops[place] for place in run.propose(WORKSHOP, stops)]


def tour(points: list[Spot]) -> int:
    return sum(metres(one, other) for one, other in pairwise([*points, points[0]]))


@given(st.lists(spots, max_size=20))
def test_every_stop_is_visited_once(stops: list[Spot]) -> None:
    assert sorted(run.propose(WORKSHOP, stops)) == list(range(len(stops)))


@given(st.lists(spots, max_size=20))
def test_it_is_never_longer_than_always_going_to_the_nearest(stops: list[Spot]) -> None:
    left, nearest = list(stops), [WORKSHOP]
    while left:
        here = nearest[-1]
        nearest.append(min(left, key=lambda stop: metres(here, stop)))
        left.remove(nearest[-1])

    assert run.length(WORKSHOP, in_order(stops)) <= tour(nearest)


@given(st.lists(spots, max_size=12))
def test_turning_any_part_around_makes_it_no_shorter(stops: list[Spot]) -> None:
    way = [WORKSHOP, *in_order(stops)]
    for first in range(1, len(way)):
        for last in range(first + 1, len(way)):
            turned = way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
            assert tour(turned) >= tour(way)


@settings(max_examples=25)
@given(st.lists(spots, min_size=1, max_size=7))
def test_few_stops_are_near_the_shortest_of_all_rounds(stops: list[Spot]) -> None:
    shortest = min(tour([WORKSHOP, *way]) for way in permutations(stops))

    assert run.length(WORKSHOP, in_order(stops)) <= shortest * FACTOR


def test_sixty_stops_around_a_ring_are_visited_around() -> None:
    ring = [on_a_ring(hour) for hour in range(60)]
    mixed = [ring[hour * 7 % 60] for hour in range(60)]

    found = in_order(mixed)

    steps = {(ring.index(other) - ring.index(one)) % 60 for one, other in pairwise(found)}
    assert steps in ({1}, {59})


def test_the_nearer_end_comes_first() -> None:
    near, far = Spot(-6_600_000, 106_760_000), Spot(-6_620_000, 106_760_000)
    assert in_order([far, near]) == [near, far]
    assert in_order([near, far]) == [near, far]
    assert in_order([]) == []


def test_the_length_is_there_and_back() -> None:
    there = Spot(-6_600_000, 106_760_000)
    assert run.length(WORKSHOP, [there]) == 2 * places.metres(WORKSHOP, there) == 2210
    assert run.length(WORKSHOP, []) == 0


def on_a_ring(hour: int) -> Spot:
    angle = hour * tau / 60
    return Spot(-6_600_000 + round(50_000 * sin(angle)), 106_750_000 + round(50_000 * cos(angle)))
