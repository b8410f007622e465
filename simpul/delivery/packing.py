"""Filling cartons."""

from __future__ import annotations

from django.utils.translation import gettext as _

from simpul.delivery.models import Package
from simpul.orders.models import LineSize, Order, Status
from simpul.parties.models import Person
from simpul.workflow.steps import WrongState, step


@step("delivery.fill", source=Status.CONFIRMED)
def fill(order: Order, *, by: Person, pairs: int) -> None:
    """Pack all that is ready, so many pairs in each carton; the last one holds the rest."""
    if pairs < 1:
        raise WrongState(_("A carton holds at least one pair."))
    cartons = cartons_of(ready(order), pairs)
    if not cartons:
        raise WrongState(_("No pair is ready to be packed."))
    for contents in cartons:
        Package.pack(by=by, order=order, contents=contents)


def ready(order: Order) -> list[tuple[LineSize, int]]:
    """Return the finished pairs of the order that are in no carton yet, line by line."""
    sizes = LineSize.objects.filter(line__order=order)
    rows = sizes.select_related("line", "variant__colourway__product")
    return [
        (size, size.made - size.packed)
        for size in rows.order_by("line", "variant__size", "pk")
        if size.made > size.packed
    ]


def cartons_of(pairs: list[tuple[LineSize, int]], most: int) -> list[dict[LineSize, int]]:
    """Divide pairs into cartons that hold so many, in the order in which they stand."""
    cartons: list[dict[LineSize, int]] = []
    room = 0
    for size, count in pairs:
        while count:
            if not room:
                cartons.append({})
                room = most
            taken = min(count, room)
            cartons[-1][size] = taken
            count -= taken
            room -= taken
    return cartons
