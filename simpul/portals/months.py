"""A month in an address: `2026-11`."""

from __future__ import annotations

from datetime import date

from django.http import Http404

from simpul.lib import clock


def month_of(text: str) -> date:
    """Return the first day of a month that has begun. Raises Http404 for anything else."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    if month > clock.today() or month.year < 2000:
        raise Http404
    return month
