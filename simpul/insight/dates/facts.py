"""What the days follow from, read with a fixed number of questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import F, Max
from django.db.models.functions import Coalesce

from simpul.catalog.models import Stage
from simpul.insight.dates.floor import Last, Shelf, Sizes, Task
from simpul.insight.dates.plan import Line, Plan
from simpul.lib import clock
from simpul.orders.models import Gate, Instalment, LineSize, Order, OrderNeed
from simpul.parties.models import Workshop
from simpul.procurement.models import Peg, PurchaseLine, SupplierPrice, work_days
from simpul.procurement.models.purchase import UNDER_WAY
from simpul.procurement.planning import comes_on, free_stock
from simpul.production.models import Capacity, Job, LastSet, LastUse, calendar_of
from simpul.production.models import Status as JobStatus
from simpul.production.queries import progress_of
from simpul.stock.models import Balance, Location

IN_ONE_GO = (
    Task("Produksi", 0),
)  # of a model without stages, as its job has it: how long, nobody knows

type _Finished = dict[tuple[int, str], int]
type _Used = dict[tuple[int, str], str]


class _Floor(NamedTuple):
    """How far the work on a line has come."""

    tasks: tuple[Task, ...]
    waiting: tuple[Sizes, ...]
    is_held: bool = False


class Otherwise(NamedTuple):
    """What is tried: a supplier whose material comes so many days later than is known, and other
    days for lines of purchases."""

    supplier: int = 0
    days: int = 0
    said: Mapping[int, date] = {}

    def after(self, supplier: int) -> timedelta:
        """Return how much later than known something of a supplier comes."""
        return timedelta(days=self.days if supplier == self.supplier else 0)


AS_IT_IS = Otherwise()


def plan_of(workshop: Workshop, tried: Otherwise = AS_IT_IS) -> Plan:
    """Read what a workshop has promised, has, waits for and can do; or as it would be otherwise."""
    today = clock.today()
    finished = _finished(workshop)
    return Plan(
        today=today,
        calendar=calendar_of(workshop),
        minutes={one.post: one.minutes for one in Capacity.objects.filter(workshop=workshop)},
        lasts=_lasts(workshop),
        free=free_stock(workshop),
        coming=_coming(workshop, tried),
        lead_days=_lead_days(workshop, tried),
        lines=_lines(workshop, today, finished, tried),
        finished=finished,
    )


def tasks_of(workshop: Workshop, lasts: _Used) -> dict[int, tuple[Task, ...]]:
    """Return by model the stages that a pair passes."""
    found: dict[int, list[Task]] = defaultdict(list)
    rows = Stage.objects.active().filter(product__workshop=workshop).order_by("product", "position")
    for product, name, minutes in rows.values_list("product", "name", "minutes"):
        found[product].append(Task(name, minutes, lasts.get((product, name), "")))
    return {product: tuple(tasks) for product, tasks in found.items()}


def lasts_used(workshop: Workshop) -> _Used:
    """Return by model and post the lasts that a pair needs there."""
    uses = LastUse.objects.filter(lasts__workshop=workshop).values_list(
        "product", "post", "lasts__name"
    )
    return {(product, post): lasts for product, post, lasts in uses}


def _lines(workshop: Workshop, today: date, finished: _Finished, tried: Otherwise) -> list[Line]:
    """Return what is to be made for the running orders. What lies finished for nobody is theirs, in
    their turn, as long as no job makes it."""
    missing = (
        LineSize.objects.of(Order.objects.filter(workshop=workshop).running())
        .filter(made__lt=F("pairs"))
        .annotate(rest=F("pairs") - F("made"))
    )
    rows = missing.order_by("line__order__turn", "line__order", "line", "pk").values_list(
        "line",
        "line__order",
        "line__order__turn",
        "line__order__promised_on",
        "line__colourway__product",
        "line__colourway__product__lead_days",
        "line__colourway",
        "variant__size",
        "rest",
    )
    sizes: dict[tuple[int, int, int, date, int, int, int], list[tuple[str, int]]] = defaultdict(
        list
    )
    for line, order, turn, promised_on, product, lead_days, colourway, size, rest in rows:
        assert turn is not None  # noqa: S101 - an agreed order has a turn
        assert promised_on is not None  # noqa: S101 - and a promise
        sizes[line, order, turn, promised_on, product, lead_days, colourway].append((size, rest))
    keys = [line[0] for line in sizes]
    lasts = lasts_used(workshop)
    tasks, jobs = tasks_of(workshop, lasts), _jobs(workshop, lasts)
    needs, opens = _needs(keys), _opens({one[1] for one in sizes})
    pegged = _pegged(workshop, keys, tried)
    found = []
    for (line, order, turn, promised_on, product, lead_days, colourway), missed in sizes.items():
        job = jobs.get(line)
        stages = tasks.get(product, IN_ONE_GO)
        sizes_left = {} if job else to_make(finished, colourway, missed)
        floor = job or _Floor(stages, (sizes_left, *[{}] * (len(stages) - 1)))
        found.append(
            Line(
                key=line,
                order=order,
                promised_on=promised_on,
                opens_on=opens.get(order, today),
                needs=tuple(needs.get(line, ())) if job or sizes_left else (),
                pegged=pegged.get(line) if job or sizes_left else None,
                tasks=floor.tasks,
                waiting=floor.waiting,
                is_held=floor.is_held,
                turn=turn,
                work_days=work_days(lead_days),
            )
        )
    return found


def _finished(workshop: Workshop) -> _Finished:
    """Return the finished pairs that lie there for nobody, by colourway and size."""
    lying = Balance.objects.filter(
        location__workshop=workshop,
        location__kind=Location.Kind.FINISHED,
        item__variant__isnull=False,
    )
    rows = lying.rests("item__variant__colourway", "item__variant__size")
    return {(colourway, size): rest for colourway, size, rest in rows}


def to_make(
    finished: _Finished, colourway: int, wanted: Iterable[tuple[str, int]]
) -> dict[str, int]:
    """Take what lies there of each size; return what is left to be made."""
    found = {}
    for size, pairs in wanted:
        taken = min(pairs, finished.get((colourway, size), 0))
        if taken:
            finished[colourway, size] -= taken
        if pairs > taken:
            found[size] = pairs - taken
    return found


def _jobs(workshop: Workshop, lasts: _Used) -> dict[int, _Floor]:
    """Return by line how far its work has come. A stage that has got another name or its minutes since
    the job was planned goes by what it is now."""
    jobs = Job.objects.open().filter(workshop=workshop).for_list().prefetch_related("stages__stage")
    found = {}
    for one in progress_of(jobs):
        tasks, waiting = [], []
        product = one.job.line.colourway.product_id
        for count in one.stages:
            now = count.stage.stage
            name = now.name if now is not None else count.stage.name
            minutes = count.stage.minutes or (now.minutes if now is not None else 0)
            tasks.append(Task(name, minutes, lasts.get((product, name), "")))
            pairs = [here + away for (_, here), away in zip(count.cells, count.away, strict=True)]
            waiting.append(dict(zip(one.sizes, pairs, strict=True)))
        is_held = one.job.status == JobStatus.HELD
        found[one.job.line_id] = _Floor(tuple(tasks), tuple(waiting), is_held)
    return found


def _lasts(workshop: Workshop) -> dict[Last, int]:
    """Return the pairs that the lasts of each size make a day."""
    sets = LastSet.objects.standing().filter(workshop=workshop)
    return {
        (name, size): count * turns
        for name, turns, sizes in sets.values_list("name", "turns", "sizes")
        for size, count in sizes.items()
    }


def _needs(lines: Iterable[int]) -> dict[int, list[tuple[Shelf, int]]]:
    found: dict[int, list[tuple[Shelf, int]]] = defaultdict(list)
    open_ones = OrderNeed.objects.filter(
        line__in=lines, quantity__gt=F("ordered") + F("ready") + F("issued")
    )
    rows = open_ones.annotate(rest=F("quantity") - F("ordered") - F("ready") - F("issued"))
    for line, material, size, rest in rows.order_by("pk").values_list(
        "line", "material", "size", "rest"
    ):
        found[line].append(((material, size), rest))
    return found


def _pegged(
    workshop: Workshop, lines: Iterable[int], tried: Otherwise
) -> dict[int, tuple[date, Shelf]]:
    """Return by line what comes last of all that was bought for it, and when. What should have come
    already may come tomorrow; what is only drafted takes as long as buying it now."""
    lead_days = _lead_days(workshop, tried)
    rows = Peg.objects.filter(
        need__line__in=lines, line__received__lt=F("line__quantity"), line__is_closed_short=False
    ).annotate(on=Coalesce("line__expected_on", "line__wished_on"))
    found: dict[int, tuple[date, Shelf]] = {}
    for line, bought, on, material, size, status, supplier in rows.order_by("pk").values_list(
        "need__line",
        "line",
        "on",
        "line__material",
        "line__size",
        "line__purchase__status",
        "line__purchase__supplier",
    ):
        on = tried.said.get(bought, on)
        if status in UNDER_WAY:
            there_on = comes_on(on, None) + tried.after(supplier)
        else:
            there_on = comes_on(on, lead_days.get(material, 0))
        if line not in found or there_on > found[line][0]:
            found[line] = there_on, (material, size)
    return found


def _opens(orders: Iterable[int]) -> dict[int, date]:
    """Return by order the day by which the money is to come that its work waits for."""
    held = Instalment.objects.unpaid().filter(
        order__in=orders, gate__lte=Gate.PRODUCTION, waived_at=None
    )
    return dict(held.order_by().values_list("order").annotate(on=Max("due_on")))


def _coming(workshop: Workshop, tried: Otherwise) -> dict[Shelf, list[tuple[date, int]]]:
    """Return what was sent for and has not come, as far as no order waits for it."""
    found: dict[Shelf, list[tuple[date, int]]] = defaultdict(list)
    lines = PurchaseLine.objects.filter(purchase__status__in=UNDER_WAY, purchase__workshop=workshop)
    for line, material, size, supplier, expected_on, wished_on, rest in lines.loose(
        "pk", "material", "size", "purchase__supplier", "expected_on", "wished_on"
    ):
        on = expected_on or wished_on
        there_on = comes_on(tried.said.get(line, on), None) + tried.after(supplier)
        found[material, size].append((there_on, rest))
    return found


def _lead_days(workshop: Workshop, tried: Otherwise) -> dict[int, int]:
    """Return how long it takes to buy each material, from the slowest of those who sell it: which of
    them it will be depends on the quantity and on prices that are not asked for yet."""
    found: dict[int, int] = {}
    rows = SupplierPrice.objects.filter(supplier__workshop=workshop)
    for material, days, supplier in rows.order_by().values_list(
        "material", "lead_days", "supplier"
    ):
        days += tried.after(supplier).days
        found[material] = max(days, found.get(material, 0))
    return found
