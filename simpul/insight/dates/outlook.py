"""The days of a workshop's orders as they stand now, told once for as long as its journal stands still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.catalog.models import Material, Recipe, Stage
from simpul.insight.books.kept import Journal, journal_of
from simpul.insight.dates.facts import IN_ONE_GO, lasts_used, plan_of, tasks_of, to_make
from simpul.insight.dates.floor import Last, Task
from simpul.insight.dates.plan import Line, Outcome, Plan, Ready
from simpul.insight.recent import Recent
from simpul.lib import clock
from simpul.lib.workdays import DAY, IDUL_FITRI, next_feast
from simpul.orders.models import LineWish, Order, Status
from simpul.orders.turns import day_of, last_turn, own_turn
from simpul.parties.models import Person, Workshop, in_this_language
from simpul.production.models import Capacity, ClosedDays, Job
from simpul.ui.jinja import day

WEEK = timedelta(days=7)
SEASON = timedelta(days=120)  # before Lebaran people begin to ask


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the plan of a workshop says, and what it does not know."""

    plan: Plan
    outcome: Outcome
    unknown: list[str]  # the posts of running work that lack minutes or people
    by_catalogue: Mapping[int, date]  # by order: the last of what was bought for it, and the work

    @classmethod
    def of_plan(cls, plan: Plan, unknown: list[str]) -> Outlook:
        """Run a plan, and go once through its lines for what the catalogue says of each order."""
        by_catalogue: dict[int, date] = {}
        for line in plan.lines:
            if line.pegged is not None:
                on = line.pegged[0] + line.work_days * DAY
                by_catalogue[line.order] = max(on, by_catalogue.get(line.order, on))
        return cls(plan, plan.run(), unknown, by_catalogue)

    @property
    def is_known(self) -> bool:
        """Tell whether every stage of running work says how long it takes, and who does it."""
        return not self.unknown

    def of_order(self, order: Order) -> date | None:
        """Return when an order is made and packed by the plan; None where that cannot be told."""
        return self.packed(self.outcome.of_order(order.pk))

    def expected_on(self, order: Order) -> date | None:
        """Return on which day a running order can be expected: that of the plan; where that cannot be
        told, the days that the catalogue gives the work after the last of what was bought for it
        comes. Never before its promise."""
        if order.promised_on is None:
            return None
        if (ready_on := self.of_order(order)) is not None:
            return max(ready_on, order.promised_on)
        return max(self.by_catalogue.get(order.pk, order.promised_on), order.promised_on)

    def if_paid(self, order: Order, on: date) -> date | None:
        """Return on which day an order can be expected if its money comes on a day; None where that
        cannot be told. Never before its promise."""
        ready_on = self.packed(self.plan.run({order.pk: on}).of_order(order.pk))
        return max(ready_on, order.promised_on or ready_on) if ready_on else None

    def packed(self, made_on: date | None) -> date | None:
        """Packing takes the day of work after the last pair was made."""
        return self.plan.calendar.next_open(made_on) if self.is_known and made_on else None

    def weeks(self, count: int) -> list[tuple[date, date]]:
        """Return the first and the last days of the weeks to come, from tomorrow on."""
        first = self.plan.today + DAY
        monday = first - timedelta(days=first.weekday())
        starts = [monday + at * WEEK for at in range(count)]
        return [(max(start, first), start + WEEK - DAY) for start in starts]


class Parts(NamedTuple):
    """What of an order can go first, and when the rest: pairs, and the days on which they are packed."""

    first: int
    first_on: date
    rest: int
    rest_on: date


class Post(NamedTuple):
    """A post with the minutes taken, and the minutes there are, week by week."""

    name: str
    weeks: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Earliest:
    """When something that is not ordered yet can be made and packed, and what decides it: with names
    for the desk, and as much of it as is a buyer's business."""

    on: date
    reasons: list[str]
    hints: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A running order beside what the plan says of it."""

    order: Order
    ready_on: date | None
    reasons: list[str]

    @property
    def slack(self) -> int | None:
        """Days between the plan and the promise; negative where it will be late."""
        if self.ready_on is None or self.order.promised_on is None:
            return None
        return (self.order.promised_on - self.ready_on).days


_told: Recent[tuple[Journal, date, Outlook]] = Recent()


def of(workshop: Workshop) -> Outlook:
    """Return the outlook of a workshop; nobody may change it.

    Every fact comes with a line of the journal: the same lines on the same day, the same days.
    """
    now, today = journal_of(workshop), clock.today()
    known = _told.get(workshop)
    if known is None or known[:2] != (now, today):
        plan = plan_of(workshop)
        known = (now, today, Outlook.of_plan(plan, _unknown(plan)))
    return _told.keep(workshop, known)[2]


def earliest(workshop: Workshop, wishes: Sequence[LineWish], paid_on: date) -> Earliest | None:
    """Return when a basket can be made and packed, if its money comes on a day: behind everything that
    is promised, and so that at its own place among the promises it makes nobody else late.

    None where it cannot be told: a stage that does not say how long it takes, a post where nobody is
    known to work, a model without a recipe, a material that nobody is known to sell.
    """
    outlook = of(workshop)
    plan = outlook.plan
    lines = wished(plan, workshop, wishes, paid_on)
    if lines is None or not outlook.is_known:
        return None
    if not _is_known(plan, [task for line in lines for task in line.tasks]):
        return None
    if not lines:
        on = plan.calendar.next_open(max(paid_on, plan.today))
        return Earliest(on, [_("It lies in stock.")] if wishes else [], [])
    tried = Outcome({}, outlook.outcome.floor.copy(), outlook.outcome.store.copy())
    found = [tried.and_then(line, plan.today) for line in lines]
    ready = [one for one in found if one is not None]
    if len(ready) < len(found):
        return None
    last = max(ready, key=lambda one: one.on)
    on = _so_that_nobody_is_late(outlook, lines, plan.calendar.next_open(last.on))
    return Earliest(on, reasons_of(last, *_names(workshop, [last])), _hints(last))


def _so_that_nobody_is_late(outlook: Outlook, lines: list[Line], on: date) -> date:
    """Put a promise behind those that it would break by going before them.

    Whoever was put behind a later promise by hand is passed where that one is.
    """
    promised = {line.order: (line.promised_on, line.turn) for line in outlook.plan.lines}
    before = outlook.outcome
    for _round in range(len(promised) + 1):
        after = outlook.plan.with_more(lines, on).run()
        broken = [
            day_of(turn)
            for order, (day, turn) in promised.items()
            if turn > last_turn(on)
            and (then := after.of_order(order)) != (now := before.of_order(order))
            and now is not None
            and (then is None or outlook.plan.calendar.next_open(then) > day)
        ]
        if not broken:
            break
        on = min(broken)
    return on


def expect(workshop: Workshop, orders: Iterable[Order]) -> None:
    """Say on the rows of orders when they can be expected: the one day that all pages show."""
    running = [order for order in orders if order.status == Status.CONFIRMED]
    if not running:
        return
    outlook = of(workshop)
    for order in running:
        if (on := outlook.expected_on(order)) is not None:
            order.expect(on)


def delay_of(order: Order) -> tuple[date, list[str], list[str]] | None:
    """Return of a running order that misses its promise by the plan which day can be promised instead,
    and why: with names for the desk, and as much of it as is a buyer's business. None where it keeps
    its promise, or where its day cannot be told."""
    outlook = of(order.workshop)
    on = outlook.of_order(order)
    last = _last(outlook.outcome.orders.get(order.pk, []))
    if on is None or last is None or order.promised_on is None or on <= order.promised_on:
        return None
    on = _at_its_new_place(outlook, order, on)
    return on, reasons_of(last, *_names(order.workshop, [last])), _hints(last)


def _at_its_new_place(outlook: Outlook, order: Order, on: date) -> date:
    """Return the day, from one on, that an order keeps if it is promised for that: it stands behind
    those then that are promised for sooner."""
    for _round in range(len(outlook.outcome.orders) if order.has_own_turn else 0):
        plan = outlook.plan.with_turn(order.pk, own_turn(on, order.pk))
        then = outlook.packed(plan.run().of_order(order.pk))
        if then is None or then <= on:
            break
        on = then
    return on


def parts_of(order: Order) -> Parts | None:
    """Return of a running order whose buyer wants what is ready first when half of what is not packed
    can go, and when the rest: on the day on which the order can be expected.

    None where that is one day, and where it cannot be told. Reads what `OrderQuerySet.for_page` loads
    of the order.
    """
    if not order.in_parts or order.status != Status.CONFIRMED:
        return None
    outlook = of(order.workshop)
    days: Counter[date] = Counter()
    for ready in outlook.outcome.orders.get(order.pk, []):
        if ready is None or not outlook.is_known:
            return None
        for on, pairs in ready.made:
            days[outlook.plan.calendar.next_open(on)] += pairs
    left = sum(size.pairs - size.packed for line in order.lines.all() for size in line.sizes.all())
    if (there := left - days.total()) > 0:
        days[outlook.plan.calendar.next_open(outlook.plan.today)] += there
    rest_on, first = outlook.expected_on(order), 0
    for on, pairs in sorted(days.items()):
        first += pairs
        if first * 2 >= left:
            if rest_on is None or first == left or on >= rest_on:
                break
            return Parts(first, on, left - first, rest_on)
    return None


def stage_days(job: Job) -> dict[int, date]:
    """Return by when each stage of a job that still has work is done by the plan, by its position;
    nothing where that cannot be told."""
    ready = of(job.workshop).outcome.ready.get(job.line_id)
    ends = enumerate(ready.ends, start=1) if ready is not None else ()
    return {position: on for position, on in ends if on is not None}


def late_orders(workshop: Workshop) -> list[int]:
    """Return the running orders that miss their promises by the plan."""
    outlook = of(workshop)
    promised = {line.order: line.promised_on for line in outlook.plan.lines}
    days = {order: outlook.packed(outlook.outcome.of_order(order)) for order in promised}
    return [order for order, on in days.items() if on is not None and on > promised[order]]


def earliest_on(workshop: Workshop, wishes: Sequence[LineWish]) -> date | None:
    """Return the day on which a basket can be ready that is ordered now and paid for in time."""
    found = earliest(workshop, wishes, clock.in_days(workshop.payment_days)) if wishes else None
    return found.on if found is not None else None


def told(person: Person, wishes: Sequence[LineWish]) -> dict[str, Any]:
    """Return what the template says of a basket to somebody: the day, until when to pay for it, and why."""
    workshop = person.workshop
    paid_on = clock.in_days(workshop.payment_days)
    found = earliest(workshop, wishes, paid_on) if wishes else None
    reasons = (found.reasons if person.is_staff else found.hints) if found is not None else []
    return {"paid_on": paid_on, "earliest": found, "reasons": reasons}


def before_lebaran(workshop: Workshop, lead_days: int) -> tuple[date, date] | None:
    """Return the last day to order what takes so many days, to have it before the workshop closes
    for the next Lebaran, and the first day on which it is closed.

    None where it is far off, too late, or where nobody has said yet from when on it is closed.
    """
    today = clock.today()
    feast = next_feast(IDUL_FITRI, today)
    if feast is None or feast[0] - today > SEASON:
        return None
    closed = ClosedDays.objects.standing().filter(
        workshop=workshop, first_on__lte=feast[1], last_on__gte=feast[0]
    )
    first = closed.order_by("first_on").values_list("first_on", flat=True).first()
    order_by = first and first - timedelta(days=lead_days + 1)
    return (order_by, first) if first and order_by and order_by >= today else None


def in_turn(person: Person, outlook: Outlook) -> list[int]:
    """Return the keys of the running orders that are not made yet, in their turn."""
    running = Order.objects.visible_to(person).running().order_by("turn", "pk")
    return [key for key in running.values_list("pk", flat=True) if key in outlook.outcome.orders]


def rows(person: Person, outlook: Outlook, keys: Sequence[int]) -> list[Row]:
    """Return what the plan says of some of these orders, in their turn."""
    last = {key: _last(outlook.outcome.orders[key]) for key in keys}
    found = Order.objects.visible_to(person).filter(pk__in=keys)
    materials, posts = _names(person.workshop, [one for one in last.values() if one])
    lacking = outlook.plan.lacking()
    return [
        Row(
            order,
            outlook.of_order(order),
            [
                *(reasons_of(ready, materials, posts) if (ready := last[order.pk]) else []),
                *_no_lasts(lacking.get(order.pk, ())),
            ],
        )
        for order in found.select_related("buyer").order_by("turn", "pk")
    ]


def load(workshop: Workshop, outlook: Outlook, weeks: int) -> list[Post]:
    """Return how full the posts are in the weeks to come, in the order of the work."""
    loads = [outlook.outcome.floor.load(first, last) for first, last in outlook.weeks(weeks)]
    return [
        Post(label, [one.get(name, (0, 0)) for one in loads])
        for name, label, known in posts_of(workshop)
        if known is not None
    ]


def posts_of(workshop: Workshop) -> list[tuple[str, str, Capacity | None]]:
    """Return the posts that the models' stages name, in the order of the work, with their capacity."""
    known = {one.post: one for one in Capacity.objects.filter(workshop=workshop)}
    stages = Stage.objects.active().filter(product__workshop=workshop)
    place: dict[str, int] = {}
    labels: dict[str, str] = {}
    for name, name_en, position in stages.values_list("name", "name_en", "position"):
        place[name] = max(place.get(name, 0), position)
        labels[name] = in_this_language(name, name_en)
    names = sorted(place, key=lambda name: (place[name], name))
    return [(name, labels[name], known.get(name)) for name in names]


def reasons_of(ready: Ready, materials: dict[int, str], posts: dict[str, str]) -> list[str]:
    """Say what a line waits for, in words: material that comes, and hands that are busy."""
    found = []
    if ready.material_on is not None:
        material, size = ready.shelf or (0, "")
        what = f"{materials.get(material, '')} {size}".rstrip()
        found.append(
            _("%(what)s comes on %(day)s.") % {"what": what, "day": day(ready.material_on)}
        )
    if ready.days_waited <= 1:
        return found
    if isinstance(ready.waited_for, str):
        text = ngettext(
            "Pairs wait %(n)s day at %(post)s.", "Pairs wait %(n)s days at %(post)s.",
            ready.days_waited,
        )  # fmt: skip
        post = posts.get(ready.waited_for, ready.waited_for)
        return [*found, text % {"n": ready.days_waited, "post": post}]
    text = ngettext(
        "Pairs wait %(n)s day for lasts of size %(size)s (%(lasts)s).",
        "Pairs wait %(n)s days for lasts of size %(size)s (%(lasts)s).",
        ready.days_waited,
    )
    lasts, size = ready.waited_for
    return [*found, text % {"n": ready.days_waited, "size": size, "lasts": lasts}]


# Inside


def _no_lasts(lacking: Iterable[Last]) -> list[str]:
    text = _("There are no lasts of size %(size)s (%(lasts)s).")
    return [text % {"size": size, "lasts": lasts} for lasts, size in dict.fromkeys(lacking)]


def _unknown(plan: Plan) -> list[str]:
    tasks = {task for line in plan.lines for task in line.tasks}
    return sorted({task.post for task in tasks if not _is_known(plan, [task])})


def _is_known(plan: Plan, tasks: Iterable[Task]) -> bool:
    return all(0 < task.minutes <= plan.minutes.get(task.post, 0) for task in tasks)


def _last(days: Iterable[Ready | None]) -> Ready | None:
    return max((one for one in days if one is not None), key=lambda one: one.on, default=None)


def _names(workshop: Workshop, found: Iterable[Ready]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the names of the materials and posts that these speak of."""
    keys = {one.shelf[0] for one in found if one.shelf is not None}
    materials = {one.pk: str(one) for one in Material.objects.filter(pk__in=keys)} if keys else {}
    return materials, {name: label for name, label, _known in posts_of(workshop)}


def _hints(ready: Ready) -> list[str]:
    """What a buyer may know of it: nothing of recipes, of stock, and of what others have ordered."""
    found = [_("Material has to come first.")] if ready.material_on is not None else []
    return [*found, _("The workshop is busy.")] if ready.days_waited > 1 else found


def wished(
    plan: Plan, workshop: Workshop, wishes: Sequence[LineWish], paid_on: date
) -> list[Line] | None:
    """Return of a basket what is to be made, by the recipe of now, as lines of the plan; None where
    something has no recipe."""
    shelf = dict(plan.finished)
    tasks = tasks_of(workshop, lasts_used(workshop))
    products = {wish.colourway.product_id for wish in wishes}
    recipes = {
        one.product_id: one
        for one in Recipe.objects.filter(product__in=products).for_needs().order_by("version")
    }
    found = []
    for place, wish in enumerate(wishes, start=1):
        colourway = wish.colourway
        sizes = to_make(shelf, colourway.pk, wish.sizes.items())
        if not sizes:
            continue
        recipe = recipes.get(colourway.product_id)
        if recipe is None:
            return None
        stages = tasks.get(colourway.product_id, IN_ONE_GO)
        needs = recipe.explode(colourway, sizes)
        found.append(
            Line(
                key=-place,
                order=0,
                promised_on=date.max,
                opens_on=paid_on,
                needs=tuple(((need.material.pk, need.size), need.quantity) for need in needs),
                pegged=None,
                tasks=stages,
                waiting=(sizes, *[{}] * (len(stages) - 1)),
            )
        )
    return found
