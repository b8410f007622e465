"""What followed from the tasks, shown or held out: asked of the facts each night, of nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Sum

from simpul.catalog.models import Group, Product
from simpul.insight.models import MorningKind, MorningTask
from simpul.lib import clock
from simpul.orders.models import Instalment, Order, Status
from simpul.parties.models import Workshop
from simpul.payments.models import PaymentClaim
from simpul.procurement.models import PurchaseOrder
from simpul.stock.models import Balance, Location

type _Tasks = Sequence[MorningTask]


def follow(workshop: Workshop, today: date) -> None:
    """Note of each task what was hoped for happened, or that its days are over; before that nothing."""
    waiting = MorningTask.objects.filter(workshop=workshop, followed=None).order_by("pk")
    by_kind: dict[MorningKind, list[MorningTask]] = defaultdict(list)
    for task in waiting.select_related("order", "claim"):
        by_kind[MorningKind(task.kind)].append(task)
    changed = []
    for kind, tasks in by_kind.items():
        happened = _HAPPENED[kind](tasks)
        for task in tasks:
            if task.pk in happened:
                task.followed, task.followed_on = True, today
            elif today > task.day + timedelta(days=kind.days):
                task.followed, task.followed_on = False, today
            else:
                continue
            changed.append(task)
    MorningTask.objects.bulk_update(changed, ["followed", "followed_on"], batch_size=500)


def _ordered(tasks: _Tasks) -> set[int]:
    """The buyer has agreed on an order within the days."""
    orders = Order.objects.bought().filter(
        buyer__in={task.party_id for task in tasks},
        confirmed_at__gte=clock.begin_of(min(task.day for task in tasks)),
    )
    return _within(tasks, orders.order_by("pk").values_list("buyer", "confirmed_at"))


def _within(tasks: _Tasks, rows: Iterable[tuple[int, datetime | None]]) -> set[int]:
    """Return of which tasks' parties something happened at one of these moments, in the days."""
    days: dict[int | None, list[date]] = defaultdict(list)
    for party, at in rows:
        if at is not None:
            days[party].append(clock.day_of(at))
    return {
        task.pk
        for task in tasks
        if any(
            task.day <= on <= task.day + timedelta(days=MorningKind(task.kind).days)
            for on in days[task.party_id]
        )
    }


def _kept(tasks: _Tasks) -> set[int]:
    """A later day was agreed on, or all was delivered by the promised one after all."""
    found = set()
    for task in tasks:
        promised_on, order = date.fromisoformat(task.facts["promised_on"]), task.order
        if order is None or order.promised_on is None:
            continue
        is_done = order.status in {Status.FULFILLED, Status.CLOSED}
        in_time = order.arrived_on and order.arrived_on <= promised_on
        if order.promised_on > promised_on or (is_done and in_time):
            found.add(task.pk)
    return found


def _bought(tasks: _Tasks) -> set[int]:
    """A purchase order was sent to this supplier."""
    sent = PurchaseOrder.objects.filter(
        supplier__in={task.party_id for task in tasks},
        sent_at__gte=clock.begin_of(min(task.day for task in tasks)),
    )
    return _within(tasks, sent.order_by("pk").values_list("supplier", "sent_at"))


def _checked(tasks: _Tasks) -> set[int]:
    """The reported payment was found, or refused, or reported anew."""
    waits = PaymentClaim.Status.SUBMITTED
    return {task.pk for task in tasks if task.claim is not None and task.claim.status != waits}


def _paid(tasks: _Tasks) -> set[int]:
    """All that was past its day on the last morning has come."""
    asked = {pk for task in tasks for pk in task.facts["instalments"]}
    open_ones = set(Instalment.objects.unpaid().filter(pk__in=asked).values_list("pk", flat=True))
    return {task.pk for task in tasks if open_ones.isdisjoint(task.facts["instalments"])}


def _priced(tasks: _Tasks) -> set[int]:
    """The price covers what a pair cost then."""
    today = clock.today()
    products = Product.objects.filter(pk__in={task.product_id for task in tasks})
    prices = {
        one.pk: one.price_for(Group.WHOLESALE, one.minimum_pairs, today)
        for one in products.prefetch_related("prices")
    }
    return {
        task.pk
        for task in tasks
        if (price := prices.get(task.product_id or 0)) is not None
        and price.of(1) >= task.facts["cost"]
    }


def _sold(tasks: _Tasks) -> set[int]:
    """Fewer pairs lie for nobody."""
    return _less(tasks, "product_id", "item__variant__colourway__product", Location.Kind.FINISHED)


def _used(tasks: _Tasks) -> set[int]:
    """Less of the material lies for nobody."""
    return _less(tasks, "material_id", "item__material", Location.Kind.STORE)


def _less(tasks: _Tasks, key: str, of: str, kind: str) -> set[int]:
    lying = Balance.objects.filter(
        **{f"{of}__in": {getattr(task, key) for task in tasks}},
        location__workshop=tasks[0].workshop_id,
        location__kind=kind,
    )
    rest = dict(lying.order_by().values_list(of).annotate(n=Sum(F("on_hand") - F("reserved"))))
    return {task.pk for task in tasks if rest.get(getattr(task, key), 0) < task.facts["quantity"]}


_HAPPENED: dict[MorningKind, Callable[[_Tasks], set[int]]] = {
    MorningKind.OVERDUE: _ordered,
    MorningKind.LATE: _kept,
    MorningKind.BUY: _bought,
    MorningKind.CLAIM: _checked,
    MorningKind.OWED: _paid,
    MorningKind.PRICE: _priced,
    MorningKind.DEAD: _sold,
    MorningKind.UNUSED: _used,
    MorningKind.THANK: _ordered,
}
