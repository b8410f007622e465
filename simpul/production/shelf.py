"""Finished pairs that need not be made, and those that nobody waits for any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from simpul.orders.models import Gate, LineSize, Order, OrderLine, OrderNeed, Status, Track
from simpul.parties.models import Person
from simpul.production.amending import make_own
from simpul.production.models import Job, OwnPairs
from simpul.production.models.job import demand_no_job
from simpul.stock.models import Item, Location, Reservation
from simpul.workflow.steps import WrongState, step


@step("production.take_from_stock", source=Status.CONFIRMED)
def take_from_stock(order: Order, *, by: Person, pairs: dict[LineSize, int]) -> None:
    """Keep finished pairs that lie free for the order; the material for them is needed no more.

    Raises NotEnough where fewer lie free, and nothing was taken.
    """
    order.demand_open(Gate.PRODUCTION)
    finished = Location.of(order.workshop_id, Location.Kind.FINISHED)
    taken = _mine(order, pairs)
    for line in OrderLine.objects.select_for_update().filter(order=order).order_by("pk"):
        here = {size: count for size, count in taken.items() if size.line_id == line.pk}
        if here:
            demand_no_job(line)
            _spare_material(line, here)
    for size, count in taken.items():
        Reservation.make(Item.of_variant(size.variant), finished, count, size)
        size.advance(Track.MADE, count)
        OwnPairs.note(size, -count)


@step("production.give_back", source=Status.CANCELLED)
def give_back(order: Order, *, by: Person) -> None:
    """Free the finished pairs of an order that has ended, and stop what is still in work for it."""
    for job in Job.objects.filter(line__order=order).open().order_by("pk"):
        job.cancel(by=by, reason=order.reason)
    finished = Location.of(order.workshop_id, Location.Kind.FINISHED)
    for size in _sizes(order):
        if size.made:
            count = size.made
            Reservation.release(Item.of_variant(size.variant), finished, count, size)
            size.advance(Track.MADE, -count)
            make_own(size, count)


def _mine(order: Order, pairs: dict[LineSize, int]) -> dict[LineSize, int]:
    wanted = {size.pk: count for size, count in pairs.items() if count}
    sizes = {size: wanted.pop(size.pk) for size in _sizes(order) if size.pk in wanted}
    if wanted or not sizes:
        raise WrongState(_("Say how many pairs of which size are taken."))
    for size, count in sizes.items():
        if not 0 < count <= size.pairs - size.made:
            raise WrongState(
                _("Only %(pairs)s pairs of size %(size)s are still missing.")
                % {"pairs": size.pairs - size.made, "size": size.variant.size}
            )
    return sizes


def _sizes(order: Order) -> list[LineSize]:
    sizes = LineSize.objects.filter(line__order=order)
    return list(sizes.select_related("line", "variant__colourway__product").order_by("pk"))


def _spare_material(line: OrderLine, taken: dict[LineSize, int]) -> None:
    """Let go of the share of the material that the taken pairs would have eaten.

    What is on its way stays ordered: it comes into the store for others.
    """
    store = Location.of(line.order.workshop_id, Location.Kind.STORE)
    missing = {
        size.variant.size: size.pairs - size.made for size in line.sizes.select_related("variant")
    }
    spared = {size.variant.size: count for size, count in taken.items()}
    needs = OrderNeed.objects.filter(line=line).select_related("material")
    found = list(needs.order_by("material_id", "size", "pk"))
    lies = Reservation.kept(found, store)
    for need in found:
        sizes = [need.size] if need.size else list(missing)
        before = sum(missing.get(size, 0) for size in sizes)
        after = before - sum(spared.get(size, 0) for size in sizes)
        if not before or before == after:
            continue
        open_quantity = need.quantity - need.issued
        less = open_quantity - -(-open_quantity * after // before)
        surplus = min(lies.get(need.pk, 0), max(less - need.uncovered, 0))
        if surplus:
            Reservation.release(Item.of_material(need.material, need.size), store, surplus, need)
            need.shift(ready=-surplus)
        need.spare(min(less, need.uncovered))
