"""How long planning takes where much is open: `make bench`, or by itself with other numbers.

    scripts/bench_planning.py [--lines 5000] [--materials 10] [--only sqlite|postgres]

Makes a workshop with so many open order lines that each need so many materials, of which a part lies
in the store and a part is on its way, in a database of its own, and tells the list of needs, the
proposals by supplier, what is not dealt in turn, the days of all orders and the earliest day of one more basket. Each is timed
three times and the middle one is shown; beside it, in the same run, how long it takes to read the same
needs as bare rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from databases import measured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LINES_EACH = 4  # of an order
MODELS = 20
PURCHASES = 30
TURNS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lines", type=int, default=5_000)
    parser.add_argument("--materials", type=int, default=10)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(_measure(chosen.lines, chosen.materials)))
        return 0
    print(f"{chosen.lines} open lines x {chosen.materials} materials, seconds")
    for database, told in measured(
        ["--lines", str(chosen.lines), "--materials", str(chosen.materials)], chosen.only
    ):
        _show(database, told)
    return 0


def _show(database: str, seconds: dict[str, float]) -> None:
    told = ", ".join(f"{name} {taken:.2f}" for name, taken in seconds.items())
    print(f"{database:11} {told}", flush=True)


def _measure(lines: int, materials: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    workshop, wishes = _make(lines, materials)

    from simpul.changes import dealing
    from simpul.insight import recent
    from simpul.insight.dates import outlook
    from simpul.orders.models import OrderNeed
    from simpul.procurement import planning

    def days() -> None:
        recent.forget()
        outlook.of(workshop)

    rows = planning.wanted(workshop)
    return {
        "bare rows": _timed(lambda: list(OrderNeed.objects.values_list())),
        "needs": _timed(lambda: planning.wanted(workshop)),
        "proposals": _timed(lambda: planning.proposals(workshop, rows)),
        "out of turn": _timed(
            lambda: [dealing.misdealt(workshop, rows), dealing.overtaken(workshop, rows)]
        ),
        "days of all": _timed(days),
        "earliest of a basket": _timed(lambda: outlook.earliest_on(workshop, wishes)),
    }


def _timed(what: Callable[[], object]) -> float:
    taken = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _make(lines: int, materials: int) -> tuple[Any, Any]:
    """Make the workshop: orders spread over a year of promises, a third of the material covered."""
    from django.db import transaction

    with transaction.atomic():
        return _fill(lines, materials)


def _fill(lines: int, materials: int) -> tuple[Any, Any]:
    from simpul import testing
    from simpul.lib import clock
    from simpul.orders.models import Instalment, LineSize, Order, OrderLine, OrderNeed
    from simpul.orders.models.instalment import Gate, Kind
    from simpul.orders.models.revision import OrderRevision
    from simpul.orders.turns import own_turn
    from simpul.production.models import Capacity

    workshop = testing.workshop("bench")
    buyer = testing.party(workshop, "Toko")
    supplier = testing.party(workshop, "Pemasok", is_supplier=True)
    stuff = [testing.material(workshop, f"M{number}") for number in range(materials)]
    for material in stuff:
        testing.supplier_price(supplier, material, lead_days=5)
        testing.stock_up(material, 50_000 * lines // 100)
    models = []
    for _number in range(MODELS):
        model = testing.product(workshop)
        testing.stages(model, "Potong", "Seset", "Jahit", "Sol", "Finishing")
        testing.recipe(model, stage=None, **{material.code.lower(): 1_500 for material in stuff})
        models.append(model)
    for post in ("Potong", "Seset", "Jahit", "Sol", "Finishing"):
        Capacity.set(by=testing.foreman(workshop), post=post, people=90, minutes_each=420)
    by = testing.seller(workshop)
    today = clock.today()
    count = lines // LINES_EACH
    days = [today + timedelta(days=10 + number * 350 // count) for number in range(count)]
    orders = Order.objects.bulk_create(
        Order(
            workshop=workshop, buyer=buyer, number=f"B-{number}", status="confirmed", revision=1,
            agreed_revision=1, receiver="X", address="Y", total=1_000_000,
            code=f"B{number:05}",
            promised_on=day, turn=own_turn(day, number),
        )
        for number, day in enumerate(days)
    )  # fmt: skip
    OrderRevision.objects.bulk_create(
        OrderRevision(
            order=order, number=1, side="buyer", by=by, total=order.total, plan=[], digest="x",
            promised_on=day,
        )
        for order, day in zip(orders, days, strict=True)
    )  # fmt: skip
    Instalment.objects.bulk_create(
        Instalment(
            order=order, position=1, kind=Kind.FULL, amount=order.total, paid=order.total,
            gate=Gate.PROCUREMENT, due_on=today,
        )
        for order in orders
    )  # fmt: skip
    looks = [model.colourways.get() for model in models]
    made = OrderLine.objects.bulk_create(
        OrderLine(order=order, colourway=looks[(at * LINES_EACH + number) % MODELS])
        for at, order in enumerate(orders)
        for number in range(LINES_EACH)
    )
    variants = {look.pk: list(look.variants.order_by("size")) for look in looks}
    LineSize.objects.bulk_create(
        LineSize(line=line, variant=variant, pairs=4)
        for line in made
        for variant in variants[line.colourway_id]
    )
    recipes = {
        model.pk: dict(model.recipes.get().lines.values_list("material", "pk")) for model in models
    }
    needs = OrderNeed.objects.bulk_create(
        OrderNeed(
            line=line,
            material=material,
            quantity=30_000,
            recipe_line_id=recipes[line.colourway.product_id][material.pk],
        )
        for line in made
        for material in stuff
    )
    _let_come(supplier, stuff, needs)
    return workshop, [testing.wish(models[0], {"40": 12, "41": 12})]


def _let_come(supplier: Any, stuff: list[Any], needs: list[Any]) -> None:
    """Let a fifth of it be on its way, in purchases of which each comes a day after the other; of each
    line a little is for no order."""
    from simpul.lib import clock
    from simpul.procurement.models import Peg, PurchaseLine, PurchaseOrder

    here = len(stuff)  # needs of one line of an order
    lines = [needs[at : at + here] for at in range(0, len(needs), 5 * here)]
    bought = [lines[at::PURCHASES] for at in range(min(PURCHASES, len(lines)))]
    pegs = []
    for number, mine in enumerate(bought, start=1):
        purchase = PurchaseOrder.objects.create(
            workshop=supplier.workshop, supplier=supplier, number=f"P-{number}", status="confirmed"
        )
        for position, material in enumerate(stuff, start=1):
            line = PurchaseLine.objects.create(
                purchase=purchase,
                material=material,
                position=position,
                quantity=30_000 * len(mine) + 10_000,
                price=40_000,
                wished_on=clock.in_days(number),
                expected_on=clock.in_days(number),
            )
            for one in mine:
                need = one[position - 1]
                need.ordered = need.quantity
                pegs.append(Peg(need=need, line=line, quantity=need.quantity))
    Peg.objects.bulk_create(pegs)
    type(needs[0]).objects.bulk_update([peg.need for peg in pegs], ["ordered"], batch_size=500)


if __name__ == "__main__":
    sys.exit(main())
