"""Hours of work: over nights, Sundays and closed days."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from simpul.lib.clock import WIB
from simpul.lib.workdays import WorkCalendar
from simpul.lib.workhours import WorkHours

HOURS = WorkHours(WorkCalendar(keeps_holidays=False), time(8), time(16))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026; the 27th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


def test_within_a_day() -> None:
    assert HOURS.after(at(27, 9), 120) == at(27, 11)
    assert HOURS.between(at(27, 9), at(27, 11)) == 120


def test_before_the_doors_open_it_counts_from_then() -> None:
    assert HOURS.after(at(27, 5), 60) == at(27, 9)
    assert HOURS.after(at(27, 19), 60) == at(28, 9)


def test_over_night_and_sunday() -> None:
    assert HOURS.after(at(28, 15), 120) == at(30, 9)  # Saturday to Monday
    assert HOURS.between(at(28, 15), at(30, 9)) == 120


def test_over_closed_days() -> None:
    closed = WorkCalendar(keeps_holidays=False, closed=((date(2026, 11, 28), date(2026, 11, 30)),))
    assert WorkHours(closed, time(8), time(16)).after(at(27, 15, 30), 60) == datetime(
        2026, 12, 1, 8, 30, tzinfo=WIB
    )


def test_the_wrong_way_round_is_nothing() -> None:
    assert HOURS.between(at(27, 11), at(27, 9)) == 0


@given(st.integers(0, 60 * 24 * 20), st.integers(1, 60 * 8 * 10))
def test_what_was_added_lies_between(start: int, minutes: int) -> None:
    moment = at(1, 0) + timedelta(minutes=start)
    assert HOURS.between(moment, HOURS.after(moment, minutes)) == minutes
