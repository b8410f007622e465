"""How the lines of an order are shown: a sheet for each model, colours by sizes, with sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from simpul.catalog.models import Product

if TYPE_CHECKING:
    from simpul.orders.models.instalment import PlannedInstalment
    from simpul.orders.models.revision import OrderRevision, RevisionLine


@dataclass(frozen=True, slots=True)
class Sheet:
    """All colours of one model in one revision."""

    product: Product
    sizes: list[str]
    lines: list[RevisionLine]

    @property
    def size_sums(self) -> list[int]:
        return [sum(line.sizes.get(size, 0) for line in self.lines) for size in self.sizes]

    @property
    def pairs(self) -> int:
        return sum(line.pairs for line in self.lines)

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def is_priced(self) -> bool:
        return all(line.price is not None for line in self.lines)


def sheets_of(revision: OrderRevision) -> list[Sheet]:
    """Group the lines of a revision by model; reads what `OrderQuerySet.for_page` has loaded."""
    grouped: dict[int, list[RevisionLine]] = {}
    for line in sorted(revision.lines.all(), key=lambda line: line.position):
        grouped.setdefault(line.line.colourway.product_id, []).append(line)
    return [
        Sheet(
            lines[0].line.colourway.product,
            in_order({size for line in lines for size in line.sizes}),
            lines,
        )
        for lines in grouped.values()
    ]


def in_order(sizes: set[str]) -> list[str]:
    """Sort sizes as people do: 9 before 10, what is no number last."""
    return sorted(sizes, key=lambda size: (not size.isdigit(), size.rjust(6), size))


@dataclass(frozen=True, slots=True)
class Change:
    """Something that one revision says otherwise than the one before."""

    what: str
    kind: str  # how to show the values: "pairs", "rupiah", "price", "day" or "plan"
    before: object
    after: object


def changes_between(before: OrderRevision, after: OrderRevision) -> list[Change]:
    """Tell line by line what changed; reads what `OrderQuerySet.for_page` has loaded."""
    old = {line.line_id: line for line in before.lines.all()}
    new = {line.line_id: line for line in after.lines.all()}
    changes = [
        change
        for pk, line in sorted((old | new).items())
        for change in _line_changes(line, old.get(pk), new.get(pk))
    ]
    changes += [
        Change(_("Shipping"), "rupiah", before.shipping, after.shipping),
        Change(_("Discount"), "rupiah", before.discount, after.discount),
        Change(_("Total"), "rupiah", before.total, after.total),
        Change(_("Promised date"), "day", before.promised_on, after.promised_on),
        Change(_("Terms"), "plan", before.instalments, after.instalments),
    ]
    return [change for change in changes if _tells(change)]


def _line_changes(
    line: RevisionLine, old: RevisionLine | None, new: RevisionLine | None
) -> list[Change]:
    colourway = line.line.colourway
    name = f"{colourway.product}, {colourway}"
    old_sizes, new_sizes = old.sizes if old else {}, new.sizes if new else {}
    changes = [
        Change(
            _("%(line)s, size %(size)s") % {"line": name, "size": size},
            "pairs",
            old_sizes.get(size, 0),
            new_sizes.get(size, 0),
        )
        for size in in_order(old_sizes.keys() | new_sizes.keys())
    ]
    if old is not None and new is not None:
        price = _("%(line)s, price") % {"line": name}
        changes.append(Change(price, "price", old.unit_price, new.unit_price))
    return changes


def _tells(change: Change) -> bool:
    if isinstance(change.before, list) and isinstance(change.after, list):
        # before there was a price there were no terms; days of parts follow those of the order
        return change.before != [] and _parts(change.before) != _parts(change.after)
    return change.before != change.after


def _parts(plan: list[PlannedInstalment]) -> list[tuple[str, int, int]]:
    return [(item.kind, item.amount, item.gate) for item in plan]
