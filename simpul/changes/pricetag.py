"""What a change of an agreed order would cost, before anybody agrees: money, material, work and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from simpul.catalog.models import Material, Recipe
from simpul.lib.quantities import amount_of
from simpul.orders.amending import demand_makeable
from simpul.orders.models import (
    Coming,
    LineSize,
    LineWish,
    Order,
    OrderLine,
    OrderNeed,
    OrderRevision,
    need_changes,
    pairs_coming,
)
from simpul.orders.models.amendment import as_proposed
from simpul.parties.models import Person
from simpul.procurement.planning import free_stock
from simpul.procurement.sparing import Spared, spared
from simpul.production.amending import Underway, in_work


@dataclass(slots=True)
class Weighed:
    """A material (of one size) of which more or less is needed. Thousandths of its unit."""

    material: Material
    size: str
    more: int = 0
    free: int = 0  # of what is more, so much lies in the store for nobody
    not_bought: int = 0
    drafted: int = 0
    on_its_way: int = 0
    ready: int = 0

    @property
    def less(self) -> int:
        return self.not_bought + self.drafted + self.on_its_way + self.ready

    @property
    def change(self) -> int:
        return self.more - self.less

    @property
    def to_buy(self) -> int:
        return max(self.more - self.free, 0)

    @property
    def left_over(self) -> int:
        """What is paid for, or will be, and is the workshop's own then."""
        return self.on_its_way + self.ready


@dataclass(slots=True)
class PriceTag:
    """What a change would do. Pairs that go on are begun: they are finished, and nobody's."""

    total: int
    total_before: int
    paid: int
    promised_on: date
    promised_before: date
    more: list[LineWish] = field(default_factory=list)  # the pairs that come on top
    pairs_more: int = 0
    pairs_less: int = 0  # not begun
    pairs_going_on: int = 0
    pairs_finished: int = 0
    materials: list[Weighed] = field(default_factory=list)

    @property
    def difference(self) -> int:
        return self.total - self.total_before

    @property
    def still_to_pay(self) -> int:
        return max(self.total - self.paid, 0)

    @property
    def credit(self) -> int:
        """What was paid above the new total."""
        return max(self.paid - self.total, 0)

    @property
    def is_bought(self) -> bool:
        """Tell whether material that is not needed then is there already, or on its way."""
        return any(row.left_over for row in self.materials)

    @property
    def needs_a_look(self) -> bool:
        """Tell whether material is left over, or must be bought: more than what nobody had begun."""
        return any(row.left_over or row.to_buy for row in self.materials)

    def worth(self, prices: Mapping[int, int]) -> int:
        """Return what the material that is left over has cost, at these prices of a unit."""
        return sum(
            amount_of(prices.get(row.material.pk, 0), row.left_over) for row in self.materials
        )


@dataclass(slots=True)
class Room:
    """What has to go out of the way before the order can be what it is to be."""

    coming: dict[int, Coming]  # by line size
    finished: dict[LineSize, int]  # pairs that lie there for it
    less: dict[OrderNeed, int]
    more: list[tuple[OrderNeed, int]]
    jobs: dict[OrderLine, dict[str, int]]  # by size: so many pairs more or less are to be made


def room_for(order: Order, wanted: Mapping[int, Mapping[str, int]]) -> Room:
    """Return what has to give way where so many pairs of each colourway and size are agreed on."""
    lines = list(
        order.lines.select_related("colourway__product")
        .prefetch_related("sizes__variant__colourway__product", "needs__material")
        .order_by("pk")
    )  # fmt: skip
    recipes = Recipe.objects.for_needs().in_bulk({line.recipe_id for line in lines})
    for line in lines:
        line.recipe = recipes.get(line.recipe_id or 0)
    working = in_work(order)
    coming = {
        size.pk: _coming(size, working.get(size.pk)) for line in lines for size in line.sizes.all()
    }
    room = Room(coming, {}, {}, [], {})
    for line in lines:
        agreed = wanted.get(line.colourway_id, {})
        before, after = pairs_coming(line.sizes.all(), agreed, coming)
        changes = need_changes(line, before, after)
        room.less.update(changes.less)
        room.more += changes.more
        room.jobs[line] = {
            name: after.get(name, 0) - before.get(name, 0) for name in before.keys() | after.keys()
        }
        for size in line.sizes.all():
            if size.made > agreed.get(size.variant.size, 0):
                room.finished[size] = size.made - agreed.get(size.variant.size, 0)
    return room


def _coming(size: LineSize, underway: Underway | None) -> Coming:
    if underway is None:
        return Coming(size.made, size.pairs)
    return Coming(size.made + underway.begun, size.made + underway.planned)


def tag_if(
    *,
    by: Person,
    order: Order,
    wishes: Sequence[LineWish],
    promised_on: date,
    shipping: int,
    discount: int,
    note: str = "",
) -> PriceTag:
    """Return what it would mean to propose this, as `Amendment.propose` takes it; raises what it raises.

    Reads what `for_page` loads of the order.
    """
    wishes = as_proposed(by, order, wishes)
    total = sum(wish.amount for wish in wishes) + shipping - discount
    demand_makeable(order, wishes, shipping, discount, total)
    return _tag(order, wishes, total, promised_on)


def tag_of(order: Order, revision: OrderRevision) -> PriceTag:
    """Return what it means to accept a revision that was proposed of a running order."""
    wishes = [line.wish for line in revision.lines.all()]
    return _tag(order, wishes, revision.total, revision.promised_on)


def _tag(order: Order, wishes: Sequence[LineWish], total: int, promised_on: date) -> PriceTag:
    assert order.promised_on is not None  # noqa: S101 - an agreed order has a promise
    wanted = {wish.colourway.pk: wish.sizes for wish in wishes}
    room = room_for(order, wanted)
    tag = PriceTag(
        total=total,
        total_before=order.total,
        paid=order.paid,
        promised_on=promised_on,
        promised_before=order.promised_on,
        more=_more(order, wishes),
        pairs_finished=sum(room.finished.values()),
    )
    tag.pairs_more = sum(wish.pairs for wish in tag.more)
    tag.pairs_less = -sum(
        count for row in room.jobs.values() for count in row.values() if count < 0
    )
    gone = order.current.pairs + tag.pairs_more - sum(wish.pairs for wish in wishes)
    tag.pairs_going_on = gone - tag.pairs_less - tag.pairs_finished
    tag.materials = _materials(order, room, wishes)
    return tag


def _more(order: Order, wishes: Sequence[LineWish]) -> list[LineWish]:
    """Return the pairs that come on top of what is agreed, with the price that they have."""
    agreed = {line.line.colourway_id: line.sizes for line in order.current.lines.all()}
    found = []
    for wish in wishes:
        before = agreed.get(wish.colourway.pk, {})
        more = {
            size: pairs - before.get(size, 0)
            for size, pairs in wish.sizes.items()
            if pairs > before.get(size, 0)
        }
        if more:
            found.append(LineWish(wish.colourway, more, wish.price))
    return found


def _materials(order: Order, room: Room, wishes: Sequence[LineWish]) -> list[Weighed]:
    rows: dict[tuple[int, str], Weighed] = {}

    def row(need: OrderNeed) -> Weighed:
        key = need.material_id, need.size
        return rows.setdefault(key, Weighed(need.material, need.size))

    known = {line.colourway_id for line in room.jobs if line.sizes.all()}
    new = [wish for wish in wishes if wish.colourway.pk not in known]
    for need, more in [*room.more, *_of_new(order, new)]:
        row(need).more += more
    for one in spared(list(room.less.items())):
        _weigh(row(one.need), one)
    free = free_stock(order.workshop) if any(weighed.more for weighed in rows.values()) else {}
    for key, weighed in rows.items():
        weighed.free = min(free.get(key, 0), weighed.more)
    return sorted(rows.values(), key=lambda row: (row.material.code, row.size))


def _weigh(row: Weighed, one: Spared) -> None:
    row.not_bought += one.uncovered
    row.drafted += one.drafted_sum
    row.on_its_way += one.on_its_way_sum
    row.ready += one.ready


def _of_new(order: Order, wishes: Sequence[LineWish]) -> list[tuple[OrderNeed, int]]:
    """Return what colours need that are new in the order, by the recipe of now."""
    products = {wish.colourway.product_id for wish in wishes}
    recipes = {
        one.product_id: one
        for one in Recipe.objects.filter(product__in=products).for_needs().order_by("version")
    }
    found: list[tuple[OrderNeed, int]] = []
    for wish in wishes:
        recipe = recipes.get(wish.colourway.product_id)
        line = OrderLine(order=order, colourway=wish.colourway, recipe=recipe)
        found += need_changes(line, {}, wish.sizes).more
    return found
