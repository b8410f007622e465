"""The grid in which an order is typed: the colours of each model by its sizes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from simpul.catalog.models import Colourway, Price, Product, SizeRun, Tier, Unit
from simpul.orders.models import LineWish, Order
from simpul.orders.sheets import in_order
from simpul.parties.models import Party

MOST_SAID = 1_000  # letters that the prices of one model take in a form
MOST_PAIRS = 20_000  # of one size; more is a slip of the finger

type Pairs = Mapping[tuple[int, str], int]  # (colourway, size) -> pairs


@dataclass(slots=True)
class Cell:
    """A size of a colour, with what was typed there."""

    name: str
    size: str
    is_made: bool
    typed: str = ""
    error: str = ""
    pairs: int = 0


@dataclass(slots=True)
class Row:
    colourway: Colourway
    cells: list[Cell]

    @property
    def sizes(self) -> dict[str, int]:
        return {cell.size: cell.pairs for cell in self.cells if cell.pairs}

    @property
    def pairs(self) -> int:
        return sum(cell.pairs for cell in self.cells)


@dataclass(slots=True)
class Table:
    """One model: its rows and what a pair of it costs this buyer."""

    product: Product
    sizes: list[str]
    rows: list[Row]
    price: Price | None
    steps: list[tuple[int, Price]]  # another price from so many pairs on
    runs: list[SizeRun]

    @property
    def pairs(self) -> int:
        return sum(row.pairs for row in self.rows)

    @property
    def amount(self) -> int:
        price = self.price_now
        return sum(price.of(row.pairs) for row in self.rows) if price else 0

    @property
    def list_of_prices(self) -> list[tuple[int, int, int]]:
        """From how many pairs on so many rupiah are asked for so many pairs."""
        first = [(0, self.price)] if self.price else []
        return [(count, price.amount, price.per) for count, price in [*first, *self.steps]]

    @property
    def price_now(self) -> Price | None:
        """What a pair costs of so many as were typed."""
        return _price_at([(0, self.price), *self.steps], self.pairs)


@dataclass(frozen=True, slots=True)
class Repriced:
    """A model that costs another price now than its form said when it was filled in."""

    product: Product
    said: Price | None  # None: please quote
    now: Price | None


@dataclass(slots=True)
class Grid:
    """What a buyer can order of some models; `fill` takes what was typed.

    Numbers are pairs, lusin or kodi as `unit` says. What was typed stays as it was typed.
    """

    tables: list[Table]
    tier: Tier
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, products: Iterable[Product], buyer: Party, day: date) -> Grid:
        """Lay out the grid of models loaded by `ProductQuerySet.for_page`."""
        return cls([_table(product, buyer, day) for product in products], Tier.of(buyer))

    @property
    def rows(self) -> list[tuple[Table, Row]]:
        return [(table, row) for table in self.tables for row in table.rows]

    @property
    def wishes(self) -> list[LineWish]:
        return [LineWish(row.colourway, row.sizes) for _table, row in self.rows if row.sizes]

    @property
    def pairs(self) -> int:
        return sum(table.pairs for table in self.tables)

    @property
    def amount(self) -> int:
        return sum(table.amount for table in self.tables)

    @property
    def is_priced(self) -> bool:
        return all(table.price is not None for table in self.tables)

    def keep_prices(self, offered: Mapping[int, Price]) -> None:
        """Sum at the prices that were offered for a model (by its key), not at the list's."""
        for table in self.tables:
            if table.product.pk in offered:
                table.price, table.steps = offered[table.product.pk], []

    def repriced(self, data: Mapping[str, Any]) -> list[Repriced]:
        """Return the models that were typed and cost another price now than the form said, which
        carries what it said (`said-…`) and may have waited on a telephone without a network."""
        found = []
        for table in self.tables:
            said = _read_prices(data.get(f"said-{table.product.pk}"))
            if table.pairs and said is not None:
                before = _price_at(said, table.pairs)
                if before != table.price_now:
                    found.append(Repriced(table.product, before, table.price_now))
        return found

    def propose(self, pairs: Pairs) -> None:
        """Write pairs into the empty grid: those of an older order."""
        for _table, row in self.rows:
            for cell in row.cells:
                cell.pairs = pairs.get((row.colourway.pk, cell.size), 0) if cell.is_made else 0
                cell.typed = str(cell.pairs or "")

    def fill(self, data: Mapping[str, Any], unit: int) -> None:
        """Read what was typed; each slip is told with its row and size."""
        for table, row in self.rows:
            for cell in row.cells:
                cell.typed = str(data.get(cell.name, "")).strip()
                cell.error = self._read(cell, unit)
                if cell.error:
                    self.errors.append(
                        _("%(product)s, %(colour)s, size %(size)s: %(why)s")
                        % {
                            "product": table.product,
                            "colour": row.colourway,
                            "size": cell.size,
                            "why": cell.error,
                        }
                    )

    @staticmethod
    def _read(cell: Cell, unit: int) -> str:
        if not cell.typed:
            return ""
        if not (cell.typed.isascii() and cell.typed.isdigit()):
            return _("“%(typed)s” is no whole number.") % {"typed": cell.typed[:20]}
        count = int(cell.typed[:9]) * unit
        if count and not cell.is_made:
            return _("this size is not made.")
        if count > MOST_PAIRS:
            return _("that is more than %(pairs)s pairs.") % {"pairs": MOST_PAIRS}
        cell.pairs = count
        return ""


def _price_at(prices: Iterable[tuple[int, Price | None]], pairs: int) -> Price | None:
    """Return the last price of those that hold from so many pairs on."""
    return [price for count, price in prices if count <= pairs][-1]


def _read_prices(text: Any) -> list[tuple[int, Price | None]] | None:
    """Read a `list_of_prices` that came back from a form; None where it is none of ours."""
    if not isinstance(text, str) or len(text) > MOST_SAID:
        return None
    try:
        rows = [(int(count), int(amount), int(per)) for count, amount, per in json.loads(text)]
        known = [(count, Price(amount, Unit(per).value)) for count, amount, per in rows]
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
    return [(0, None), *known]


def pairs_of(order: Order) -> dict[tuple[int, str], int]:
    """Return what an order asked for last; reads what `OrderQuerySet.for_page` has loaded."""
    return {
        (line.line.colourway_id, size): pairs
        for line in order.current.lines.all()
        for size, pairs in line.sizes.items()
    }


def _table(product: Product, buyer: Party, day: date) -> Table:
    colourways = sorted(product.colourways.all(), key=lambda one: (one.position, one.pk))
    made = {
        colourway.pk: {one.size for one in colourway.variants.all() if one.is_offered}
        for colourway in colourways
    }
    sizes = in_order({size for sizes in made.values() for size in sizes})
    least = product.minimum_pairs if buyer.buys_wholesale else 1
    price = product.price_to(buyer, least, day)
    return Table(
        product=product,
        sizes=sizes,
        rows=[
            Row(
                colourway,
                [
                    Cell(f"pairs-{colourway.pk}-{size}", size, size in made[colourway.pk])
                    for size in sizes
                ],
            )
            for colourway in colourways
        ],
        price=price,
        steps=_steps(product, buyer, least, day),
        runs=sorted(product.category.size_runs.all(), key=lambda run: run.pk),
    )


def _steps(product: Product, buyer: Party, least: int, day: date) -> list[tuple[int, Price]]:
    """Return from how many pairs on another price holds."""
    counts = sorted({rule.from_pairs for rule in product.prices.all() if rule.from_pairs > least})
    prices = [(least, product.price_to(buyer, least, day))]
    for count in counts:
        price = product.price_to(buyer, count, day)
        if price is not None and price != prices[-1][1]:
            prices.append((count, price))
    return [(count, price) for count, price in prices[1:] if price is not None]


UNITS = [(unit.value, unit.label) for unit in (Unit.PAIR, Unit.DOZEN, Unit.KODI)]
