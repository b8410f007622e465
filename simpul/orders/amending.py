"""What of an agreed order can still be otherwise, and what its terms are then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from simpul.lib import clock
from simpul.orders.models.instalment import Gate, Kind, PlannedInstalment
from simpul.workflow.steps import WrongState

if TYPE_CHECKING:
    from simpul.orders.models.order import Order
    from simpul.orders.models.revision import LineWish, OrderRevision


def demand_makeable(
    order: Order, wishes: Sequence[LineWish], shipping: int, discount: int, total: int
) -> None:
    """Raise WrongState unless the order runs and all of it can still be made otherwise; reads what
    `for_page` loads."""
    if order.status != "confirmed":
        raise WrongState(_("Only an order that runs can be changed."))
    wanted = {wish.colourway.pk: wish for wish in wishes}
    if not any(wish.pairs for wish in wishes):
        raise WrongState(_("Nothing would be left: cancel the order instead."))
    if any(wish.price is None for wish in wishes):
        raise WrongState(_("Every line needs a price."))
    if total <= 0:
        raise WrongState(_("The total of an order is more than zero."))
    agreed = {line.line_id: line for line in order.current.lines.all()}
    has_arrived = False
    for line in order.lines.all():
        wish = wanted.get(line.colourway_id)
        sizes = {size.variant.size: size for size in line.sizes.all()}
        for name, size in sizes.items():
            if (wish.sizes.get(name, 0) if wish else 0) < size.packed:
                raise WrongState(
                    _("%(pairs)s pairs of %(line)s, size %(size)s are packed already.")
                    % {"pairs": size.packed, "line": line, "size": name}
                )
        is_here = any(size.delivered for size in sizes.values())
        has_arrived = has_arrived or is_here
        if is_here and wish is not None and wish.price != agreed[line.pk].unit_price:
            raise WrongState(_("What is delivered already keeps its price."))
    for wish in wishes:
        _demand_made(order, wish)
    charges = (order.current.shipping, order.current.discount)
    if has_arrived and (shipping, discount) != charges:
        raise WrongState(_("What is delivered already keeps its price."))


def _demand_made(order: Order, wish: LineWish) -> None:
    """Raise WrongState where more is wanted of a size that is not made any more."""
    agreed = {
        size.variant.size: size.pairs
        for line in order.lines.all()
        if line.colourway_id == wish.colourway.pk
        for size in line.sizes.all()
    }
    made = {variant.size for variant in wish.colourway.variants.all() if variant.is_offered}
    for name, pairs in wish.sizes.items():
        if pairs > agreed.get(name, 0) and name not in made:
            raise WrongState(
                _("%(product)s is not made in size %(size)s.")
                % {"product": wish.colourway.product, "size": name}
            )


def amended_plan(order: Order, total: int, promised_on: date) -> list[PlannedInstalment]:
    """Propose the terms of the order at another total: what is more is paid with the last part that
    is still open (or was cut to nothing), what is less comes off from the last part back; reads `instalments`.

    What was due on the promised day is due on the new one.
    """
    parts = sorted(order.instalments.all(), key=lambda part: part.position)
    plan = [
        PlannedInstalment(
            part.kind,
            part.amount,
            part.gate,
            promised_on if part.due_on == order.promised_on else part.due_on,
        )
        for part in parts
    ]
    more = total - sum(item.amount for item in plan)
    if more > 0 and not (parts[-1].amount and parts[-1].is_paid):
        plan[-1] = replace(plan[-1], amount=plan[-1].amount + more)
    elif more > 0:
        due_on = max(promised_on, clock.today())
        plan.append(PlannedInstalment(Kind.INSTALMENT, more, Gate.HAND_OVER, due_on))
    for place in range(len(plan) - 1, -1, -1):
        less = min(-more, plan[place].amount) if more < 0 else 0
        plan[place] = replace(plan[place], amount=plan[place].amount - less)
        more += less
    return plan


def sizes_of(revision: OrderRevision) -> dict[int, dict[str, int]]:
    """Return the pairs by size of each line of a revision."""
    return {line.line_id: line.sizes for line in revision.lines.all()}
