"""What a pair costs to make: its material by the recipe, and its piece rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from simpul.catalog.models import Colourway, Material, Recipe, RecipeLine, Stage
from simpul.lib.quantities import amount_of


@dataclass(frozen=True, slots=True)
class Known:
    """What a unit of a material costs in rupiah, and who says so; nobody: it is the usual price."""

    price: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """So many thousandths of a material for a pair, gross, and what they cost."""

    material: Material
    quantity: int
    known: Known | None

    @property
    def amount(self) -> int:
        return amount_of(self.known.price, self.quantity) if self.known else 0


@dataclass(frozen=True, slots=True)
class MaterialCost(Priced):
    """What a line of the recipe costs, and what it would cost of what may be taken instead."""

    line: RecipeLine
    instead: list[Priced]


@dataclass(slots=True)
class StageCost:
    """What goes into a pair at one stage. Without a stage: material that no stage names."""

    stage: Stage | None
    materials: list[MaterialCost] = field(default_factory=list)

    @property
    def labour(self) -> int:
        return self.stage.piece_rate if self.stage is not None else 0


@dataclass(frozen=True, slots=True)
class Cost:
    """A pair in the size that the recipe is written for, stage by stage, in rupiah."""

    stages: list[StageCost]

    @property
    def material(self) -> int:
        return sum(row.amount for stage in self.stages for row in stage.materials)

    @property
    def labour(self) -> int:
        return sum(stage.labour for stage in self.stages)

    @property
    def total(self) -> int:
        return self.material + self.labour

    @property
    def unknown(self) -> list[MaterialCost]:
        """What has no price yet: the total is too low by it."""
        return [row for stage in self.stages for row in stage.materials if row.known is None]


def cost_of(
    recipe: Recipe | None,
    colourway: Colourway,
    stages: Iterable[Stage],
    prices: Mapping[int, Known],
) -> Cost:
    """Return what a pair in this colour costs; `prices` by material.

    Each material is rounded once, half up; a purchase of many pairs may differ by a rupiah a line.
    """
    found = {stage.pk: StageCost(stage) for stage in stages}
    nowhere = StageCost(None)
    for line in recipe.in_order() if recipe else ():
        if line.colourway_id in (None, colourway.pk):
            own, *others = line.choices
            instead = [
                Priced(one.material, one.instead_of(own, line.gross), prices.get(one.material.pk))
                for one in others
            ]
            row = MaterialCost(own.material, line.gross, prices.get(own.material.pk), line, instead)
            found.get(line.stage_id or 0, nowhere).materials.append(row)
    return Cost([*found.values(), *([nowhere] if nowhere.materials else [])])
