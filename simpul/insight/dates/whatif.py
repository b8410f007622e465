"""What would happen to the days of all orders if something were otherwise. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from simpul.insight.dates import outlook
from simpul.insight.dates.facts import Otherwise, plan_of
from simpul.insight.dates.outlook import Outlook
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.procurement.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from simpul.procurement.queries import touched_by


@dataclass(frozen=True, slots=True)
class Moved:
    """A running order that would be ready on another day; none where that could not be told."""

    order: Order
    now: date | None
    then: date | None

    @property
    def days(self) -> int | None:
        """So many days later; negative where it would be sooner."""
        return (self.then - self.now).days if self.now and self.then else None

    @property
    def is_newly_late(self) -> bool:
        promised = self.order.promised_on
        return (
            promised is not None
            and not _is_late(self.now, promised)
            and _is_late(self.then, promised)
        )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The orders that would move, in their turn, and when the new one would be ready."""

    moved: list[Moved]
    running: int
    ready_on: date | None = None
    promised_on: date | None = None

    @property
    def newly_late(self) -> int:
        return sum(one.is_newly_late for one in self.moved)


@dataclass(frozen=True, slots=True)
class Effect:
    """An order, the day it is expected on, the day it would be, and what it would still lack."""

    order: Order
    expected_on: date | None
    would_be_on: date | None
    missing: list[tuple[PurchaseLine, int]]  # thousandths

    @property
    def is_later(self) -> bool:
        return bool(self.expected_on and self.would_be_on and self.would_be_on > self.expected_on)


def if_agreed(person: Person, purchase: PurchaseOrder, revision: PurchaseRevision) -> list[Effect]:
    """Tell what agreeing to a supplier's answer would mean for each order that waits for it."""
    now = outlook.of(person.workshop)
    said = {answer.line_id: answer.on for answer in revision.lines.all()}
    plan = plan_of(person.workshop, Otherwise(said=said))
    then = Outlook.of_plan(plan, now.unknown)
    return [
        Effect(order, now.expected_on(order), then.expected_on(order), missing)
        for order, missing in touched_by(purchase, revision)
    ]


def if_late(person: Person, supplier: Party, days: int) -> WhatIf:
    """Tell what it does if all that a supplier is to bring comes so many days later than is known."""
    now = outlook.of(person.workshop)
    plan = plan_of(person.workshop, Otherwise(supplier.pk, days))
    then = Outlook.of_plan(plan, now.unknown)
    return WhatIf(*_compared(person, now, then.of_order))


def if_taken(person: Person, order: Order) -> WhatIf:
    """Tell what it does to the others if an order is agreed on as it stands, and paid in time.

    Reads what `OrderQuerySet.for_page` loads of the order.
    """
    now = outlook.of(person.workshop)
    promised_on = order.current.promised_on
    wishes = [line.wish for line in order.current.lines.all()]
    paid_on = clock.in_days(person.workshop.payment_days)
    lines = outlook.wished(now.plan, person.workshop, wishes, paid_on)
    if lines is None or not now.is_known:
        return WhatIf([], len(now.outcome.orders), None, promised_on)
    plan = now.plan.with_more(lines, promised_on)
    then = Outlook.of_plan(plan, now.unknown)
    ready_on = then.packed(then.outcome.of_order(0)) if lines else plan.calendar.next_open(paid_on)
    return WhatIf(*_compared(person, now, then.of_order), ready_on, promised_on)


def _compared(
    person: Person, now: Outlook, then: Callable[[Order], date | None]
) -> tuple[list[Moved], int]:
    running = [row.order for row in outlook.rows(person, now, outlook.in_turn(person, now))]
    days = [Moved(order, now.of_order(order), then(order)) for order in running]
    return [one for one in days if one.now != one.then], len(running)


def _is_late(on: date | None, promised_on: date) -> bool:
    return on is None or on > promised_on
