"""What the days follow from, read with a fixed number of questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce

from simpul.catalog.models import Stage
from simpul.insight.dates.floor import Shelf, Task
from simpul.insight.dates.plan import Line, Plan
from simpul.lib import clock
from simpul.lib.workdays import DAY
from simpul.orders.models import Gate, Instalment, LineSize, OrderNeed, Status
from simpul.parties.models import Workshop
from simpul.procurement.models import Peg, PurchaseLine, SupplierPrice
from simpul.procurement.models.purchase import UNDER_WAY
from simpul.procurement.planning import free_stock
from simpul.production.models import Capacity, Job, calendar_of
from simpul.production.queries import progress_of

IN_ONE_GO = (
    Task("Produksi", 0),
)  # of a model without stages, as its job has it: how long, nobody knows

type _Floor = tuple[tuple[Task, ...], tuple[int, ...]]  # tasks, and the pairs waiting before each


def plan_of(workshop: Workshop) -> Plan:
    """Read what a workshop has promised, has, waits for and can do."""
    today = clock.today()
    return Plan(
        today=today,
        calendar=calendar_of(workshop),
        minutes={one.post: one.minutes for one in Capacity.objects.filter(workshop=workshop)},
        free=free_stock(workshop),
        coming=_coming(workshop),
        lead_days=_lead_days(workshop),
        lines=_lines(workshop, today),
    )


def tasks_of(workshop: Workshop) -> dict[int, tuple[Task, ...]]:
    """Return by model the stages that a pair passes."""
    found: dict[int, list[Task]] = defaultdict(list)
    rows = Stage.objects.active().filter(product__workshop=workshop).order_by("product", "position")
    for product, name, minutes in rows.values_list("product", "name", "minutes"):
        found[product].append(Task(name, minutes))
    return {product: tuple(tasks) for product, tasks in found.items()}


def _lines(workshop: Workshop, today: date) -> list[Line]:
    missing = LineSize.objects.filter(
        line__order__workshop=workshop, line__order__status=Status.CONFIRMED, made__lt=F("pairs")
    )
    rows = (
        missing.order_by("line__order__promised_on", "line__order", "line")
        .values_list("line", "line__order", "line__colourway__product")
        .annotate(pairs=Sum(F("pairs") - F("made")))
    )
    lines = list(rows)
    keys = [row[0] for row in lines]
    tasks, jobs = tasks_of(workshop), _jobs(workshop)
    needs, pegged, opens = _needs(keys), _pegged(keys), _opens({row[1] for row in lines})
    found = []
    for line, order, product, pairs in lines:
        stages = tasks.get(product, IN_ONE_GO)
        known, waiting = jobs.get(line) or (stages, (pairs, *[0] * (len(stages) - 1)))
        found.append(
            Line(
                key=line,
                order=order,
                opens_on=opens.get(order, today),
                needs=tuple(needs.get(line, ())),
                pegged=pegged.get(line),
                tasks=known,
                waiting=waiting,
            )
        )
    return found


def _jobs(workshop: Workshop) -> dict[int, _Floor]:
    """Return by line how far its work has come."""
    jobs = Job.objects.open().filter(workshop=workshop).for_list()
    found = {}
    for one in progress_of(jobs):
        tasks = tuple(Task(count.stage.name, count.stage.minutes) for count in one.stages)
        found[one.job.line_id] = tasks, tuple(count.waiting for count in one.stages)
    return found


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


def _pegged(lines: Iterable[int]) -> dict[int, tuple[date, Shelf]]:
    """Return by line what comes last of all that was bought for it, and when. What should have come
    already may come tomorrow."""
    tomorrow = clock.today() + DAY
    rows = Peg.objects.filter(
        need__line__in=lines, line__received__lt=F("line__quantity"), line__is_closed_short=False
    ).annotate(on=Coalesce("line__expected_on", "line__wished_on"))
    return {
        line: (max(on, tomorrow), (material, size))
        for line, on, material, size in rows.order_by("on", "pk").values_list(
            "need__line", "on", "line__material", "line__size"
        )
    }


def _opens(orders: Iterable[int]) -> dict[int, date]:
    """Return by order the day by which the money is to come that its work waits for."""
    held = Instalment.objects.unpaid().filter(
        order__in=orders, gate__lte=Gate.PRODUCTION, waived_at=None
    )
    return dict(held.order_by().values_list("order").annotate(on=Max("due_on")))


def _coming(workshop: Workshop) -> dict[Shelf, list[tuple[date, int]]]:
    """Return what was sent for and has not come, as far as no order waits for it."""
    found: dict[Shelf, list[tuple[date, int]]] = defaultdict(list)
    tomorrow = clock.today() + DAY
    lines = PurchaseLine.objects.missing().filter(
        purchase__status__in=UNDER_WAY, purchase__workshop=workshop
    )
    rows = lines.annotate(
        pegged=Coalesce(Sum("pegs__quantity"), 0), on=Coalesce("expected_on", "wished_on")
    )
    for material, size, quantity, received, pegged, on in rows.values_list(
        "material", "size", "quantity", "received", "pegged", "on"
    ):
        if quantity > received + pegged:
            found[material, size].append((max(on, tomorrow), quantity - received - pegged))
    return found


def _lead_days(workshop: Workshop) -> dict[int, int]:
    """Return how long it takes to buy each material, from whoever is cheapest."""
    rows = SupplierPrice.objects.filter(supplier__workshop=workshop)
    known = rows.order_by("-price", "-lead_days", "-pk").values_list("material", "lead_days")
    return dict(known)
