"""The CDNOW sample: one buyer in ten of those who first bought in the first quarter of 1997; and another book.

Read from the package `lifetimes` (MIT licence), which ships it as Bruce Hardie published it
(brucehardie.com/datasets); nothing of the package is run, and nothing of it is copied here.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from simpul.insight.methods.gamma_gamma import Values
from simpul.insight.methods.histories import Array, Histories, histories_of

SPLIT, END = 272 / 7, 545 / 7  # 30 September 1997 and 30 June 1998, in weeks from 1 January 1997


@cache
def histories() -> Histories:
    """Return the 2,357 buyers up to 30 September 1997, in weeks."""
    rows = _rows("cdnow_customers_summary.csv")
    return Histories(
        *(np.array([row[name] for row in rows]) for name in ("frequency", "recency", "T"))
    )


@cache
def values() -> Values:
    """Return the 946 of them who bought again, with the mean of their repeat orders in dollars."""
    rows = [row for row in _rows("cdnow_customers_summary_with_transactions.csv") if row["x"] > 0]
    return Values(np.array([row["x"] for row in rows]), np.array([row["zbar"] for row in rows]))


@cache
def orders() -> tuple[Array, Array]:
    """Return buyer and time (weeks from 1 January 1997) of each of the 6,919 orders until June 1998."""
    table = np.array([line.split() for line in _path("CDNOW_sample.txt").read_text().splitlines()])
    days = table[:, 2].astype("U8")
    whole = np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in days], dtype="datetime64[D]")
    weeks = (whole - np.datetime64("1997-01-01")).astype(np.float64) / 7
    return table[:, 1].astype(np.float64), weeks


@cache
def other_histories() -> Histories:
    """Return the 5,000 buyers of the package's example of single orders, in days, on the last of 2014."""
    with _path("example_transactions.csv").open() as file:
        lines = [(float(line["id"]), line["date"][:10]) for line in csv.DictReader(file)]
    buyers, days = zip(*lines, strict=True)
    since = np.array(days, dtype="datetime64[D]") - np.datetime64("2014-12-31")
    return histories_of(np.array(buyers), since.astype(np.float64), 0.0)[0]


def _rows(name: str) -> list[dict[str, float]]:
    with _path(name).open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def _path(name: str) -> Path:
    spec = find_spec("lifetimes")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "datasets" / name
