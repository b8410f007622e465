"""What a supplier may expect: needs of material by half month, with nothing of whom they are for.

Anonymous by what is left out and by how coarse it is: sizes are put together, and quantities are
rounded up to one or two digits, so that no order can be worked out from its pairs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models.functions import Coalesce

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.lib.quantities import MILLI
from simpul.parties.models import Party
from simpul.procurement import planning
from simpul.procurement.models import PurchaseLine, PurchaseOrder

PERIODS = 5  # half months: the one that runs, and two months more
MIDDLE = 15


@dataclass(frozen=True, slots=True)
class HalfMonth:
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Expected:
    """Thousandths of a material in a half month: about what orders need and nobody delivers yet,
    and exactly what this supplier is to deliver."""

    needed: int
    ordered: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """A material that the supplier sells, half month by half month."""

    material: Material
    expected: list[tuple[HalfMonth, Expected]]

    @property
    def is_wanted(self) -> bool:
        return any(one.needed or one.ordered for _half, one in self.expected)


def forecast(supplier: Party) -> list[Outlook]:
    """Return what the workshop is likely to need of each material that the supplier sells.

    A fixed number of queries. Needs that the store can cover are left out; what is due already
    counts for the half month that runs.
    """
    halves = half_months(clock.today())
    needed = _needed(supplier, halves)
    ordered = _ordered(supplier, halves)
    sold = Material.objects.filter(offers__supplier=supplier).order_by("code", "pk")
    return [
        Outlook(
            material,
            [
                (half, Expected(coarse(needed[material.pk, half]), ordered[material.pk, half]))
                for half in halves
            ],
        )
        for material in sold
    ]


def half_months(today: date) -> list[HalfMonth]:
    """Return the half month in which today lies, and those that follow."""
    halves = []
    first_on = today.replace(day=1 if today.day <= MIDDLE else MIDDLE + 1)
    for _number in range(PERIODS):
        if first_on.day == 1:
            last_on = first_on.replace(day=MIDDLE)
        else:
            last_on = (first_on + timedelta(days=MIDDLE + 1)).replace(day=1) - timedelta(days=1)
        halves.append(HalfMonth(first_on, last_on))
        first_on = last_on + timedelta(days=1)
    return halves


def coarse(quantity: int) -> int:
    """Round so many thousandths up: below ten units to whole ones, then to 5, 50, 500 …"""
    units = -(-quantity // MILLI)
    step = 1 if units < 10 else 5 * 10 ** (len(str(units)) - 2)
    return -(-units // step) * step * MILLI


# Inside

type _Cell = tuple[int, HalfMonth]  # a material and when


def _needed(supplier: Party, halves: list[HalfMonth]) -> dict[_Cell, int]:
    """Sum what orders lack and the store cannot give; it serves the earliest promises."""
    found: dict[_Cell, int] = defaultdict(int)
    for row in planning.wanted(supplier.workshop):
        free = row.free
        for asked in row.asked:
            from_store = min(free, asked.quantity)
            free -= from_store
            half = _half_of(asked.needed_on, halves)
            if half is not None:
                found[row.material.pk, half] += asked.quantity - from_store
    return found


def _ordered(supplier: Party, halves: list[HalfMonth]) -> dict[_Cell, int]:
    """Sum what this supplier was asked to deliver and has not."""
    found: dict[_Cell, int] = defaultdict(int)
    under_way = PurchaseOrder.objects.filter(supplier=supplier).under_way()
    lines = PurchaseLine.objects.missing().filter(purchase__in=under_way)
    for material, day, quantity, received in lines.annotate(
        day=Coalesce("expected_on", "wished_on")
    ).values_list("material", "day", "quantity", "received"):
        half = _half_of(day, halves)
        if half is not None:
            found[material, half] += quantity - received
    return found


def _half_of(day: date, halves: list[HalfMonth]) -> HalfMonth | None:
    """Return the half month of a day, the first for what is due already; none for what is far."""
    return next((half for half in halves if day <= half.last_on), None)
