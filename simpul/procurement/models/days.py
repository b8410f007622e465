"""When material must be there."""

from __future__ import annotations

from datetime import date, timedelta

from simpul.orders.models import OrderLine


def work_days(lead_days: int) -> int:
    """Return how long the work takes once the material is there: half of the model's days to make.

    The first half is for buying. A plain rule that everybody in the workshop can compute in mind.
    """
    return (lead_days + 1) // 2


def last_day(line: OrderLine, promised_on: date, today: date) -> date:
    """Return the last day on which material keeps the promise of a line; never a day that is past."""
    return max(promised_on - timedelta(days=work_days(line.colourway.product.lead_days)), today)
