"""Both agree on a change of an order: everything that was done for it makes room, or follows."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext as _

from simpul.changes.pricetag import Room, room_for
from simpul.orders.amending import demand_makeable
from simpul.orders.models import Amendment, Gate, LineSize, Order, OrderLine
from simpul.parties.models import Person
from simpul.payments import agreement
from simpul.procurement import planning
from simpul.procurement.models import PurchaseOrder
from simpul.procurement.sparing import let_go
from simpul.production.amending import free
from simpul.production.models import Job
from simpul.workflow.reasons import Given, because
from simpul.workflow.steps import WrongState, step

type _Rows = models.QuerySet[PurchaseOrder] | models.QuerySet[Job]


@step(
    "orders.accept_change",
    source=Amendment.Status.PROPOSED,
    target=Amendment.Status.ACCEPTED,
)
def accept(amendment: Amendment, *, by: Person, in_parts: bool = False) -> None:
    """Agree to exactly the revision that was proposed; `in_parts` asks for what is ready to be sent
    before the rest.

    What is finished and not wanted any more is the workshop's own; material that falls away is let
    go of, the cheapest way first; work grows or shrinks, begun pairs are finished; what was paid
    above the new total is the buyer's credit. Raises WrongState where the order has moved on so far
    that it cannot be changed like this any more.
    """
    order = _held(amendment.order)
    revision = amendment.revision
    wishes = [line.wish for line in revision.lines.select_related("line__colourway__product")]
    demand_makeable(order, wishes, revision.shipping, revision.discount, revision.total)
    machine = order.workshop.machine
    room = room_for(order, {wish.colourway.pk: wish.sizes for wish in wishes})
    if room.finished:
        free(order, by=machine, pairs=room.finished)
    if room.less:
        let_go(order, by=machine, less=room.less)
    amounts = [item.amount for item in revision.instalments]
    parts = order.instalments.order_by("position")
    if any(part.paid > amount for part, amount in zip(parts, amounts, strict=False)):
        agreement.lower(order, by=machine, amounts=amounts)
    amendment.apply(coming=room.coming, in_parts=in_parts)
    _let_work_follow(room, by=machine)
    order = Order.objects.select_related("workshop").get(pk=order.pk)
    if room.more and order.is_open(Gate.PROCUREMENT):
        planning.reserve(order, by=machine)
    agreement.next_instruction(order, by=by)
    order.deliver_all()


def _held(order: Order) -> Order:
    """Lock all that a change may touch, from high to low, and read the order anew."""
    above: list[_Rows] = [
        PurchaseOrder.objects.filter(lines__pegs__need__line__order=order),
        Job.objects.filter(line__order=order),
    ]
    held = [_locked(rows) for rows in above]
    agreement.hold_money(order)
    Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    if [_keys(rows) for rows in above] != held:
        raise WrongState(_("Something of this order moves just now. Try it again in a moment."))
    return Order.objects.for_page().get(pk=order.pk)


def _locked(rows: _Rows) -> set[int]:
    keys = _keys(rows)
    list(rows.model._base_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    return keys


def _keys(rows: _Rows) -> set[int]:
    return set(rows.order_by().values_list("pk", flat=True))


def _let_work_follow(room: Room, *, by: Person) -> None:
    """Let the jobs that are planned or running make as many pairs as will come."""
    for line, more in room.jobs.items():
        job = Job.objects.filter(line=line).open().first()
        if job is None or not any(more.values()):
            continue
        job.adjust(by=by, more=_by_size(line, more))
        if not any(size.pairs for size in job.sizes.all()) and job.status != "done":
            job.cancel(by=by, reason=because(Given.ORDER_CHANGED))


def _by_size(line: OrderLine, more: Mapping[str, int]) -> dict[LineSize, int]:
    sizes = {size.variant.size: size for size in line.sizes.select_related("variant")}
    return {sizes[name]: count for name, count in more.items() if count}
