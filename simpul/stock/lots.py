"""From which delivery each thing was taken: as somebody said, and by a rule where nobody did.

A lot is what came into the store at once. What was said of a lot is kept for it; of the rest, what
lies longest is taken first (FIFO), as the shelf is meant to be. What comes back unused goes back to
the lots it was taken from: first those the rule had told, the last first, then those that were named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext as _

from simpul.stock.models import Item, Location, LotChoice, Movement
from simpul.workflow.steps import WrongState

type Subject = tuple[int, int]  # what took it: its content type and key


@dataclass(slots=True)
class Lot:
    """So many thousandths (or pairs) that came at once, who took them, and what is left of them."""

    key: int  # of the movement by which it came
    item: Item
    at: datetime
    came: int
    mark: str
    subject: Subject  # with what it came
    left: int
    chosen: dict[Subject, int] = field(default_factory=lambda: defaultdict(int))
    by_rule: dict[Subject, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def unnamed(self) -> int:
        """What nobody has named of it."""
        return self.came - sum(self.chosen.values())

    @property
    def takers(self) -> set[Subject]:
        return {
            one for shares in (self.chosen, self.by_rule) for one, much in shares.items() if much
        }

    def of(self, subject: Subject) -> int:
        return self.chosen.get(subject, 0) + self.by_rule.get(subject, 0)


@dataclass(slots=True)
class Trace:
    """The lots of some items, the oldest first, and what the rule could not tell of any lot."""

    lots: list[Lot] = field(default_factory=list)
    untold: int = 0


def trace_of(items: Iterable[Item]) -> Trace:
    """Return the lots of some items of material; two queries."""
    by_item = {item.pk: item for item in items}
    said: dict[int, list[LotChoice]] = defaultdict(list)
    kept: dict[int, int] = defaultdict(int)
    for choice in LotChoice.objects.standing().filter(lot__item__in=by_item).order_by("pk"):
        said[choice.taken_id].append(choice)
        kept[choice.lot_id] += choice.quantity
    moves = Movement.objects.filter(item__in=by_item).order_by("pk")
    found: dict[int, list[Lot]] = {key: [] for key in by_item}
    trace = Trace()
    for pk, item, quantity, source, target, kind, key, at, mark in moves.values_list(
        *("pk", "item", "quantity", "source__kind", "target__kind"),
        *("subject_type", "subject_id", "at", "lot_mark"),
    ):
        mine, subject = found[item], (kind, key)
        if source == Location.Kind.STORE:
            trace.untold += _take(mine, quantity, subject, said[pk])
        elif target == Location.Kind.STORE and any(lot.of(subject) for lot in mine):
            _give_back(mine, quantity, subject)
        elif target == Location.Kind.STORE:
            left = quantity - kept[pk]
            mine.append(Lot(pk, by_item[item], at, quantity, mark, subject, left))
    trace.lots = [lot for mine in found.values() for lot in mine]
    return trace


def choose(lot: int, quantity: int, *, of: Any) -> None:
    """Say that so much of what `of` took out of the store came with a lot, given by its key.

    Raises WrongState where less of the lot is left to be named, `of` took less of it that nothing
    says yet, or others must have used it up before.
    """
    came = Movement.objects.filter(workshop=of.workshop_id, pk=lot).first()
    if came is None:
        raise WrongState(_("This delivery is not known here."))
    item = Item.objects.select_for_update(of=("self",), no_key=True).get(pk=came.item_id)
    lots = trace_of([item]).lots
    mine = next((one for one in lots if one.key == lot), None)
    if mine is None:
        raise WrongState(_("This delivery is not known here."))
    subject = _subject(of)
    used = sum(one.by_rule.get(subject, 0) for one in lots)
    if not 0 < quantity <= min(mine.unnamed, used):
        raise WrongState(
            _("Say at most what the work has used, and what of the delivery nobody has named yet.")
        )
    for taken, rest in _unsaid(item, lot, subject):
        share = min(rest, quantity)
        LotChoice.objects.create(lot_id=lot, taken_id=taken, quantity=share)
        quantity -= share
        if not quantity:
            break
    if quantity or trace_of([item]).untold:
        raise WrongState(
            _("So much of this delivery cannot have gone into it: it came later, or was used up.")
        )


def take_back(lot: int, *, of: models.Model) -> None:
    """Take back what was said of a lot and of what `of` took. Raises WrongState: nothing was."""
    kind, key = _subject(of)
    said = LotChoice.objects.standing().filter(
        lot=lot, taken__subject_type=kind, taken__subject_id=key
    )
    rows = list(said.order_by("pk"))
    if not rows:
        raise WrongState(_("This was taken back already."))
    LotChoice.objects.bulk_create(
        LotChoice(lot_id=lot, taken_id=row.taken_id, quantity=row.quantity, reverses=row)
        for row in rows
    )


def _take(lots: list[Lot], quantity: int, subject: Subject, said: Iterable[LotChoice]) -> int:
    """Tell where it was taken from; return what no lot is left for."""
    by_key = {lot.key: lot for lot in lots}
    for choice in said:
        by_key[choice.lot_id].chosen[subject] += choice.quantity
        quantity -= choice.quantity
    for lot in lots:
        share = min(lot.left, quantity)
        if share > 0:  # what came back and was named anew is named twice until it comes back
            lot.left -= share
            lot.by_rule[subject] += share
            quantity -= share
    return quantity


def _give_back(lots: list[Lot], quantity: int, subject: Subject) -> None:
    for name in ("by_rule", "chosen"):
        for lot in reversed(lots):
            shares = getattr(lot, name)
            share = min(shares.get(subject, 0), quantity)
            if share:
                shares[subject] -= share
                lot.left += share
                quantity -= share


def _unsaid(item: Item, lot: int, subject: Subject) -> list[tuple[int, int]]:
    """Return what was taken since a lot came and nothing says of which lot, the first first."""
    taken = Movement.objects.filter(
        item=item, source__kind=Location.Kind.STORE, subject_type=subject[0], subject_id=subject[1]
    )
    standing = models.Q(choices__reverses=None, choices__reversed_by=None)
    rows = taken.filter(pk__gt=lot).annotate(said=Sum("choices__quantity", filter=standing))
    found = rows.order_by("pk").values_list("pk", "quantity", "said")
    return [(pk, much - (said or 0)) for pk, much, said in found if much > (said or 0)]


def _subject(of: models.Model) -> Subject:
    return ContentType.objects.get_for_model(of).pk, of.pk
