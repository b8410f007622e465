"""The days of a workshop's orders as they stand now, told once for as long as its journal stands still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.catalog.models import Material, Recipe, Stage
from simpul.insight.books.growing import KEPT
from simpul.insight.books.kept import Journal, journal_of
from simpul.insight.dates.facts import IN_ONE_GO, plan_of, tasks_of
from simpul.insight.dates.plan import Line, Outcome, Plan, Ready
from simpul.lib import clock
from simpul.lib.workdays import DAY, IDUL_FITRI, next_feast
from simpul.orders.models import LineWish, Order, Status
from simpul.parties.models import Person, Workshop, in_this_language
from simpul.production.models import Capacity, ClosedDays
from simpul.stock.models import Balance, Location
from simpul.ui.jinja import day

WEEK = timedelta(days=7)
SEASON = timedelta(days=120)  # before Lebaran people begin to ask


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the plan of a workshop says, and what it does not know."""

    plan: Plan
    outcome: Outcome

    @property
    def is_known(self) -> bool:
        """Tell whether every stage of running work says how long it takes, and who does it."""
        return not self.unknown

    @property
    def unknown(self) -> list[str]:
        """The posts of running work that lack minutes or people."""
        tasks = {task for line in self.plan.lines for task in line.tasks}
        return sorted({task.post for task in tasks if not _is_known(self.plan, [task])})

    def of_order(self, order: Order) -> date | None:
        """Return when an order is made by the plan; None where that cannot be told."""
        return self.outcome.of_order(order.pk) if self.is_known else None

    def if_paid(self, order: Order, on: date) -> date | None:
        """Return when an order is made if its money comes on a day."""
        return self.plan.run({order.pk: on}).of_order(order.pk) if self.is_known else None

    def weeks(self, count: int) -> list[tuple[date, date]]:
        """Return the first and the last days of the weeks to come, from tomorrow on."""
        first = self.plan.today + DAY
        monday = first - timedelta(days=first.weekday())
        starts = [monday + at * WEEK for at in range(count)]
        return [(max(start, first), start + WEEK - DAY) for start in starts]


class Post(NamedTuple):
    """A post with the minutes taken, and the minutes there are, week by week."""

    name: str
    weeks: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Earliest:
    """When something that is not ordered yet can be made, and what decides it."""

    on: date
    reasons: list[str]


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


_told: dict[
    int, tuple[Journal, date, Outlook]
] = {}  # of a workshop; who was asked for last is last


def of(workshop: Workshop) -> Outlook:
    """Return the outlook of a workshop; nobody may change it.

    Every fact comes with a line of the journal: the same lines on the same day, the same days.
    """
    now, today = journal_of(workshop), clock.today()
    known = _told.pop(workshop.pk, None)
    if known is None or known[:2] != (now, today):
        plan = plan_of(workshop)
        known = (now, today, Outlook(plan, plan.run()))
    _told[workshop.pk] = known
    for longest in list(_told)[:-KEPT]:
        _told.pop(longest, None)
    return known[2]


def forget() -> None:
    """Let everything be read anew: the database is another one."""
    _told.clear()


def earliest(workshop: Workshop, wishes: Sequence[LineWish], paid_on: date) -> Earliest | None:
    """Return when a basket can be made behind everything that is promised, if its money comes on a day.

    None where it cannot be told: a stage that does not say how long it takes, a post where nobody is
    known to work, a model without stages, a material that nobody is known to sell.
    """
    outlook = of(workshop)
    lines = _wished(workshop, wishes, paid_on)
    tasks = [task for line in lines for task in line.tasks]
    if not outlook.is_known or not _is_known(outlook.plan, tasks):
        return None
    outcome, today = outlook.outcome, outlook.plan.today
    tried = Outcome({}, outcome.floor.copy(), outcome.store.copy())
    found = [tried.and_then(line, today) for line in lines if any(line.waiting)]
    ready = [one for one in found if one is not None]
    if len(ready) < len(found):
        return None
    if not ready:
        return Earliest(max(paid_on, today), [_("It lies in stock.")] if lines else [])
    last = max(ready, key=lambda one: one.on)
    return Earliest(last.on, reasons_of(last, *_names(workshop, [last])))


def earliest_on(workshop: Workshop, wishes: Sequence[LineWish]) -> date | None:
    """Return the day on which a basket can be ready that is ordered now and paid for in time."""
    found = earliest(workshop, wishes, clock.in_days(workshop.payment_days)) if wishes else None
    return found.on if found is not None else None


def told(workshop: Workshop, wishes: Sequence[LineWish]) -> dict[str, Any]:
    """Return what the template says of a basket: the day, and until when to pay for it."""
    paid_on = clock.in_days(workshop.payment_days)
    return {
        "paid_on": paid_on,
        "earliest": earliest(workshop, wishes, paid_on) if wishes else None,
    }


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


def rows(person: Person, outlook: Outlook) -> list[Row]:
    """Return the running orders that are not made yet, the earliest promise first."""
    lines: dict[int, list[Ready | None]] = outlook.outcome.orders
    found = Order.objects.visible_to(person).filter(pk__in=lines, status=Status.CONFIRMED)
    last = {order: _last(days) for order, days in lines.items()}
    materials, posts = _names(person.workshop, [one for one in last.values() if one])
    return [
        Row(
            order,
            outlook.of_order(order),
            reasons_of(ready, materials, posts) if (ready := last[order.pk]) else [],
        )
        for order in found.select_related("buyer").order_by("promised_on", "pk")
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
    if ready.days_waited > 1:
        text = ngettext(
            "Pairs wait %(n)s day at %(post)s.", "Pairs wait %(n)s days at %(post)s.",
            ready.days_waited,
        )  # fmt: skip
        post = posts.get(ready.post, ready.post)
        found.append(text % {"n": ready.days_waited, "post": post})
    return found


# Inside


def _is_known(plan: Plan, tasks: Iterable[tuple[str, int]]) -> bool:
    return all(0 < minutes <= plan.minutes.get(post, 0) for post, minutes in tasks)


def _last(days: Iterable[Ready | None]) -> Ready | None:
    return max((one for one in days if one is not None), key=lambda one: one.on, default=None)


def _names(workshop: Workshop, found: Iterable[Ready]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the names of the materials and posts that these speak of."""
    keys = {one.shelf[0] for one in found if one.shelf is not None}
    materials = {one.pk: str(one) for one in Material.objects.filter(pk__in=keys)} if keys else {}
    return materials, {name: label for name, label, _known in posts_of(workshop)}


def _wished(workshop: Workshop, wishes: Sequence[LineWish], paid_on: date) -> list[Line]:
    """Return a basket as lines of the plan: what is not in stock is to be made by the recipe of now."""
    shelf = _finished(wishes)
    tasks = tasks_of(workshop)
    products = {wish.colourway.product_id for wish in wishes}
    recipes = {
        one.product_id: one
        for one in Recipe.objects.filter(product__in=products).for_needs().order_by("version")
    }
    found = []
    for place, wish in enumerate(wishes, start=1):
        sizes = _to_make(wish, shelf)
        stages = tasks.get(wish.colourway.product_id, IN_ONE_GO)
        recipe = recipes.get(wish.colourway.product_id)
        needs = recipe.explode(wish.colourway, sizes) if recipe is not None else []
        pairs = sum(sizes.values())
        found.append(
            Line(
                key=-place,
                order=0,
                opens_on=paid_on,
                needs=tuple(((need.material.pk, need.size), need.quantity) for need in needs),
                pegged=None,
                tasks=stages,
                waiting=(pairs, *[0] * (len(stages) - 1)),
            )
        )
    return found


def _to_make(wish: LineWish, shelf: dict[tuple[int, str], int]) -> dict[str, int]:
    """Take what lies free of the wish; return the pairs that are to be made."""
    found = {}
    for size, pairs in wish.sizes.items():
        taken = min(pairs, shelf.get((wish.colourway.pk, size), 0))
        if taken:
            shelf[wish.colourway.pk, size] -= taken
        if pairs > taken:
            found[size] = pairs - taken
    return found


def _finished(wishes: Sequence[LineWish]) -> dict[tuple[int, str], int]:
    """Return the finished pairs that lie free, by colourway and size."""
    free = Balance.objects.filter(
        location__kind=Location.Kind.FINISHED,
        item__variant__colourway__in=[wish.colourway.pk for wish in wishes],
        on_hand__gt=F("reserved"),
    ).annotate(rest=F("on_hand") - F("reserved"))
    rows = free.values_list("item__variant__colourway", "item__variant__size", "rest")
    return {(colourway, size): rest for colourway, size, rest in rows}
