from datetime import UTC, date, datetime, timedelta

from simpul.lib import clock


def test_the_day_changes_at_midnight_in_the_workshop() -> None:
    with clock.stopped(datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 24)
    with clock.stopped(datetime(2026, 11, 24, 17, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 25)


def test_days_are_counted_from_today() -> None:
    with clock.stopped(datetime(2026, 12, 30, 3, 0, tzinfo=UTC)):
        assert clock.in_days(3) == date(2027, 1, 2)


def test_it_runs_on_after_the_block() -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    with clock.stopped(moment), clock.stopped(moment + timedelta(days=1)):
        assert clock.now() == moment + timedelta(days=1)
    assert clock.now() > moment + timedelta(days=365)
