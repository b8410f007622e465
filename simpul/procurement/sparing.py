"""Material that an order does not need any more: what is let go of first, and what stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.orders.models import Order, OrderNeed
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Person
from simpul.procurement.models import LineTerms, Peg, PurchaseLine, PurchaseOrder
from simpul.procurement.models.supply import whole_packs
from simpul.stock.models import Item, Location, Reservation
from simpul.workflow.steps import step


@dataclass(slots=True)
class Spared:
    """So much of a need falls away, by how far the material has come. What costs nothing comes first:
    what nobody has bought, then drafts, then what suppliers could still leave out, then the store."""

    need: OrderNeed
    uncovered: int = 0
    drafted: list[tuple[Peg, int]] = field(default_factory=list)
    on_its_way: list[tuple[Peg, int]] = field(default_factory=list)
    ready: int = 0

    @property
    def material(self) -> Material:
        return self.need.material

    @property
    def drafted_sum(self) -> int:
        return sum(quantity for _peg, quantity in self.drafted)

    @property
    def on_its_way_sum(self) -> int:
        return sum(quantity for _peg, quantity in self.on_its_way)


def spared(less: list[tuple[OrderNeed, int]]) -> list[Spared]:
    """Tell of each need where so much less of it is taken from; what is used up, or out with somebody
    who works with it, stays."""
    pegs: dict[int, list[Peg]] = {}
    needs = [need.pk for need, _quantity in less]
    rows = Peg.objects.filter(need__in=needs).select_related("line__purchase")
    for peg in rows.order_by("-line__purchase", "-pk"):  # the newest purchase first
        pegs.setdefault(peg.need_id, []).append(peg)
    found = []
    lies = _in_the_store([need for need, _quantity in less])
    for need, quantity in less:
        one = Spared(need, uncovered=min(quantity, need.uncovered))
        quantity -= one.uncovered
        mine = pegs.get(need.pk, [])
        for is_draft, taken in ((True, one.drafted), (False, one.on_its_way)):
            for peg in mine:
                share = min(peg.quantity, quantity)
                if share and peg.line.purchase.is_draft == is_draft:
                    taken.append((peg, share))
                    quantity -= share
        one.ready = min(quantity, lies.get(need.pk, 0))
        found.append(one)
    return found


@step("procurement.let_go", source=OrderStatus.CONFIRMED)
def let_go(order: Order, *, by: Person, less: dict[OrderNeed, int]) -> None:
    """Let go of what is set aside and bought for needs that shrink by so much.

    Drafts ask for less; what is on its way comes for the store; what lies there is free.
    """
    store = Location.of(order.workshop_id, Location.Kind.STORE)
    cut: dict[int, int] = {}
    by_shelf = sorted(less.items(), key=lambda one: (one[0].material_id, one[0].size, one[0].pk))
    for one in spared(by_shelf):
        for peg, quantity in one.drafted:
            peg.need = one.need  # one row, counted once
            peg.shrink(quantity)
            cut[peg.line_id] = cut.get(peg.line_id, 0) + quantity
        for peg, quantity in one.on_its_way:
            peg.need = one.need
            peg.shrink(quantity)
        if one.ready:
            item = Item.of_material(one.material, one.need.size)
            Reservation.release(item, store, one.ready, one.need)
            one.need.shift(ready=-one.ready)
    _cut_drafts(cut, by)


def _in_the_store(needs: list[OrderNeed]) -> dict[int, int]:
    if not needs:
        return {}
    store = Location.of(needs[0].material.workshop_id, Location.Kind.STORE)
    return Reservation.kept(needs, store)


def _cut_drafts(cut: dict[int, int], by: Person) -> None:
    """Let drafts ask for so much less; a line that is for nothing falls away, and an empty draft."""
    lines = PurchaseLine.objects.filter(pk__in=cut).select_related("purchase", "material")
    by_purchase: dict[PurchaseOrder, list[LineTerms]] = {}
    for line in lines.order_by("purchase", "pk"):
        is_for_something = line.pegs.exists() or _fills_a_shelf(line)
        left = max(line.quantity - cut[line.pk], 0) if is_for_something else 0
        left = whole_packs(left, 0, line.unit_size if line.unit else 0)
        day = max(line.wished_on, clock.today())
        by_purchase.setdefault(line.purchase, []).append(LineTerms(line, left, line.price, day))
    for purchase, terms in by_purchase.items():
        purchase.change(by=by, terms=terms)
        if not purchase.lines.exists():
            purchase.cancel(by=by)


def _fills_a_shelf(line: PurchaseLine) -> bool:
    item = Item.objects.filter(material=line.material_id, size=line.size, reorder_point__gt=0)
    return item.exists()
