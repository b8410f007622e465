"""Which days of the year before a span is compared with."""

from __future__ import annotations

from datetime import date

import pytest

from simpul.insight.spans import Compared, Span, feasts, last_months, months_back, year_before


def test_whole_months_up_to_the_last_one() -> None:
    assert last_months(3, date(2026, 1, 1)) == Span(date(2025, 10, 1), date(2025, 12, 31))
    assert last_months(12, date(2024, 3, 31)) == Span(date(2023, 3, 1), date(2024, 2, 29))
    assert months_back(date(2026, 2, 28), 14) == date(2024, 12, 1)


def test_the_feast_is_found_in_each_year() -> None:
    found = feasts(date(2025, 1, 1), date(2026, 12, 31))
    assert found == [date(2025, 3, 31), date(2026, 3, 21)]


@pytest.mark.parametrize(
    ("span", "compared"),
    [
        (  # a year: the year before
            last_months(12, date(2025, 3, 5)),
            Compared(Span(date(2023, 3, 1), date(2024, 2, 29))),
        ),
        (  # far from the feast: the same weekdays
            last_months(3, date(2026, 11, 10)),
            Compared(Span(date(2025, 8, 2), date(2025, 11, 1))),
        ),
        (  # near it: as many days from the feast
            last_months(3, date(2026, 4, 10)),
            Compared(
                Span(date(2025, 1, 11), date(2025, 4, 10)), date(2026, 3, 21), date(2025, 3, 31)
            ),
        ),
        (  # the weeks before it count too
            last_months(3, date(2026, 2, 10)),
            Compared(
                Span(date(2024, 11, 11), date(2025, 2, 10)), date(2026, 3, 21), date(2025, 3, 31)
            ),
        ),
    ],
)
def test_the_year_before(span: Span, compared: Compared) -> None:
    assert year_before(span) == compared
