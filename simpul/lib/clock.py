"""What time it is: the one clock of the program.

Everything that stamps a moment asks here, so that a test, the demonstration's history and a
property test can move time without touching the machine's clock.
"""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

WIB = ZoneInfo("Asia/Jakarta")

_stopped_at: contextvars.ContextVar[datetime | None] = contextvars.ContextVar(
    "stopped_at", default=None
)


def now() -> datetime:
    """Return this moment, aware."""
    return _stopped_at.get() or timezone.now()


def today() -> date:
    """Return the day it is in the workshop (WIB): days of papers, dues and statements."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the workshop (WIB)."""
    return moment.astimezone(WIB).date()


def begin_of(day: date) -> datetime:
    """Return the moment at which a day begins in the workshop (WIB)."""
    return datetime.combine(day, time(), WIB)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def awake_from(at: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """Return the first moment from `at` on outside of a quiet time of each day (WIB), which may
    last over night. Where both ends are the same there is none."""
    local = at.astimezone(WIB)
    over_night = quiet_from > quiet_until
    is_late = over_night and local.time() >= quiet_from
    is_early = local.time() < quiet_until and (over_night or local.time() >= quiet_from)
    if not (is_late or is_early):
        return at
    return datetime.combine(local.date() + timedelta(days=int(is_late)), quiet_until, tzinfo=WIB)


@contextmanager
def stopped(moment: datetime) -> Iterator[None]:
    """Let it be `moment` for everything inside the block."""
    token = _stopped_at.set(moment)
    try:
        yield
    finally:
        _stopped_at.reset(token)
