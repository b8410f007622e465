"""Where a chart puts its lines and words."""

from __future__ import annotations

from itertools import pairwise

from simpul.ui import charts


def test_bars_are_as_long_as_their_figures_and_named() -> None:
    chart = charts.bars("t", "d", [charts.Bar("A", 100, 50), charts.Bar("B", 25, 0)], str)
    assert [(word.text, word.anchor) for word in chart.words] == [
        ("A", "start"),
        ("100", "end"),
        ("B", "start"),
        ("25", "end"),
    ]
    assert [(box.width, box.is_hatched) for box in chart.boxes] == [
        (400, False),
        (200, True),
        (100, False),
    ]
    assert chart.height == 100


def test_a_loss_goes_to_the_other_side_of_the_line() -> None:
    chart = charts.bars("t", "d", [charts.Bar("A", 300), charts.Bar("B", -100)], str)
    assert [(box.x, box.width) for box in chart.boxes] == [(100, 300), (0, 100)]
    assert chart.rules == [(100, 0, 100, chart.height)]


def test_lines_leave_out_what_is_not_known_and_name_few_places() -> None:
    names = [str(n) for n in range(20)]
    now: list[int | None] = [10] * 10 + [None] * 10
    chart = charts.lines("t", "d", names, [("now", now), ("then", [7] * 20)], str)
    assert [curve.is_dashed for curve in chart.curves] == [False, True]
    assert [len(curve.points.split()) for curve in chart.curves] == [10, 20]
    assert len([word for word in chart.words if word.anchor == "middle"]) == 7
    assert [word.text for word in chart.words if word.anchor == "end"] == ["0", "5", "10"]


def test_a_calendar_is_darker_where_there_is_more() -> None:
    chart = charts.calendar("t", "d", ["Jan", "Feb", "Mar"], [("2026", [0, 5, None])], str)
    assert [box.shade for box in chart.boxes] == [0, 0.45]
    assert [word.text for word in chart.words] == ["Jan", "Feb", "Mar", "2026", "0", "5"]


def test_a_calendar_marks_what_may_still_grow() -> None:
    rows: list[tuple[str, list[int | None]]] = [("A", [80, 40]), ("B", [40, None])]
    chart = charts.calendar("t", "d", ["1", "2"], rows, str, aside=100, growing={(0, 1)})
    assert [word.text for word in chart.words] == ["1", "2", "A", "80", "≥40", "B", "40"]
    assert [(box.x, box.width) for box in chart.boxes][:2] == [(101, 148), (251, 148)]


def test_a_scale_ends_with_its_last_name_where_that_can_be() -> None:
    steps = list(range(0, 101, 5))
    chart = charts.lines("t", "d", [f"{n}%" for n in steps], [("now", steps)], str)
    names = [word.text for word in chart.words if word.text.endswith("%")]
    assert names == ["0%", "20%", "40%", "60%", "80%", "100%"]


def test_no_mark_stands_where_its_figure_is_not() -> None:
    chart = charts.lines("t", "d", ["Jan", "Feb"], [("now", [1, 3])], str)
    marks = [(word.text, word.y) for word in chart.words if word.x < charts.LEFT]
    assert marks == [("0", 178), ("3", 18)]


def test_the_name_of_the_last_place_is_not_cut() -> None:
    chart = charts.lines("t", "d", ["Apr 26", "Jul 26"], [("now", [1, 2])], str)
    names = [(word.x, word.anchor) for word in chart.words if word.text.endswith("26")]
    assert names == [(46.0, "middle"), (400, "end")]


def test_long_figures_at_the_side_have_room() -> None:
    """Of "1.200 jt" nothing is cut off at the left, and the curve begins beside it."""
    chart = charts.lines("t", "s", ["A", "B"], [("a", [0, 1200])], lambda value: f"{value} jt")
    side = [word for word in chart.words if word.anchor == "end" and word.text.endswith("jt")]
    assert min(word.x - 9 * len(word.text) for word in side) >= 0
    assert float(chart.curves[0].points.partition(",")[0]) > max(word.x for word in side)


def test_long_labels_below_do_not_touch_each_other() -> None:
    labels = [f"Agus {year}" for year in range(10, 34)]
    chart = charts.lines("t", "s", labels, [("a", list(range(24)))], str)
    below = sorted(word.x for word in chart.words if word.text.startswith("Agus"))
    assert len(below) > 2
    assert min(right - left for left, right in pairwise(below)) > 9 * len("Agus 10")
