"""Tax on turnover (PPh final, PP 55/2022): a calculation to check with a tax adviser.

Individuals pay nothing on the first 500 million of a calendar year, counted from January; the month
that crosses the line is taxed on the excess only. Above 4.8 billion a year the normal rates follow
in the next year. What changes by law stands in RULES, with the day from which it is valid.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rule:
    valid_from: date
    rate: tuple[int, int]  # a fraction
    free: int  # rupiah of a calendar year that an individual pays nothing on
    limit: int  # rupiah a year up to which this tax is for
    law: str

    @staticmethod
    def on(day: date) -> Rule:
        """Return what is valid on a day; the earliest rule for all days before it."""
        valid = [one for one in RULES if one.valid_from <= day]
        return valid[-1] if valid else RULES[0]


RULES = (
    Rule(date(2018, 7, 1), (5, 1000), 0, 4_800_000_000, "PP 23/2018"),
    Rule(date(2022, 1, 1), (5, 1000), 500_000_000, 4_800_000_000, "UU 7/2021, PP 55/2022"),
)


def tax_due(months: Sequence[int], rule: Rule, taxed_as: str) -> list[int]:
    """Return the tax of each month of a calendar year, from January, by the turnover of each."""
    free = rule.free if taxed_as == "individual" else 0
    above, upper = rule.rate
    taxes, turnover = [], 0
    for sold in months:
        before, turnover = turnover, turnover + sold
        taxed = max(turnover - free, 0) - max(before - free, 0)
        taxes.append(max(taxed, 0) * above // upper)
    return taxes


def month_ends(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
