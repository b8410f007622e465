"""A change of an agreed order: one side proposes the next revision, the other one accepts exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.amending import amended_plan, demand_makeable, sizes_of
from simpul.orders.models.instalment import Instalment
from simpul.orders.models.line import Coming
from simpul.orders.models.order import Order, Status, price_by_list
from simpul.orders.models.revision import LineWish, OrderRevision
from simpul.orders.sheets import Change, changes_between
from simpul.orders.turns import own_turn
from simpul.parties.models import Person
from simpul.workflow.models import Entry
from simpul.workflow.steps import WrongState, creation, step


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(order__in=Order.objects.visible_to(person))

    def about(self, order: Order) -> list[Amendment]:
        """Return the changes of one order, the first proposed first."""
        rows = list(self.filter(order=order).select_related("revision").order_by("pk"))
        for one in rows:
            one.order = order
        return rows

    def for_page(self) -> Self:
        """Load what the page of a change shows: a query for each kind of thing."""
        return self.select_related("order__workshop", "order__buyer").prefetch_related(
            "revision__by",
            "revision__lines__line__colourway__product",
            "before__lines__line__colourway__product",
        )

    def open(self) -> Self:
        """Those that somebody is to answer: the order still runs."""
        return self.filter(status=Amendment.Status.PROPOSED, order__status=Status.CONFIRMED)


class Amendment(models.Model):
    """What is to be otherwise in an agreed order. Until both agree, the order stands as it was."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("waiting for an answer")
        ACCEPTED = "accepted", _("agreed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    order = models.ForeignKey(Order, models.PROTECT, related_name="amendments")
    revision = models.OneToOneField(OrderRevision, models.PROTECT, related_name="amendment")
    before = models.ForeignKey(OrderRevision, models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of a refusal
    answered_at = models.DateTimeField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status="proposed"), name="amendment_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} r{self.revision.number}"

    # Steps

    @classmethod
    @creation("orders.propose_change", private=("note",))
    def propose(
        cls,
        *,
        by: Person,
        order: Order,
        wishes: list[LineWish],
        promised_on: date,
        shipping: int,
        discount: int,
        note: str = "",
    ) -> Amendment:
        """Ask for another number of pairs, another day or another price; the other side answers.

        What the buyer asks for costs what was agreed on, and by today's list what is new. What is
        packed stays; what is delivered has its price.
        """
        held = Order.objects.select_for_update(of=("self",), no_key=True)
        order = held.for_page().get(pk=order.pk)
        if order.amendments.filter(status=cls.Status.PROPOSED).exists():
            raise WrongState(_now("A change is proposed already: answer it, or take it back."))
        before = order.current
        wishes = as_proposed(by, order, wishes)
        total = sum(wish.amount for wish in wishes) + shipping - discount
        demand_makeable(order, wishes, shipping, discount, total)
        revision = OrderRevision.write(
            order,
            by=by,
            wishes=wishes,
            promised_on=promised_on,
            plan=amended_plan(order, total, promised_on),
            shipping=shipping,
            discount=discount,
            note=note,
        )
        made = cls.objects.create(order=order, revision=revision, before=before)
        if not made.changes:
            raise WrongState(_now("Nothing would change: fill in another number, price or day."))
        return made

    @step("orders.refuse_change", source=Status.PROPOSED, target=Status.REFUSED)
    def refuse(self, *, by: Person, reason: str) -> None:
        """Say no, and why: the order stands as it was agreed."""
        self.reason = reason
        self.answered_at = clock.now()

    @step("orders.withdraw_change", source=Status.PROPOSED, target=Status.WITHDRAWN)
    def withdraw(self, *, by: Person) -> None:
        """Take it back before it is answered."""
        self.answered_at = clock.now()

    # Called by the app above

    def apply(self, *, coming: Mapping[int, Coming], in_parts: bool) -> None:
        """Make the order say what both agree on, once everything above has made room for it.

        `coming` is by line size what was made and is in work; `in_parts` lets what is ready be sent
        before the rest. Raises WrongState where room is missing: finished pairs that are kept for the
        order, money that is counted for it.
        """
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=self.order_id)
        order.revision = order.agreed_revision = self.revision.number
        order.total = self.revision.total
        if self.revision.promised_on != order.promised_on:
            follows = order.has_own_turn
            order.promised_on = self.revision.promised_on
            if follows:
                order.turn = own_turn(order.promised_on, order.pk)
        order.in_parts = order.in_parts or in_parts
        order.save()
        self._apply_terms(order)
        agreed = sizes_of(self.revision)
        for line in order.lines.select_related("colourway__product", "recipe").order_by("pk"):
            line.amend(agreed.get(line.pk, {}), coming)
        self.answered_at = clock.now()

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.order.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.order.buyer_id

    @property
    def shown_with(self) -> Order:
        return self.order

    @property
    def is_ours(self) -> bool:
        """Tell whether the workshop proposed it."""
        return self.revision.side == OrderRevision.Side.WORKSHOP

    @property
    def changes(self) -> list[Change]:
        """What would be otherwise than agreed."""
        return changes_between(self.before, self.revision)

    @property
    def is_delay(self) -> bool:
        """Tell whether nothing but the day is to be another one."""
        return all(change.kind == "day" for change in self.changes)

    @property
    def label(self) -> str:
        """How it stands; one that nobody answered before the order ended stands for nothing."""
        if self.status == self.Status.PROPOSED and not self.is_open:
            return _now("lapsed")
        return str(self.get_status_display())

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.PROPOSED and self.order.status == Status.CONFIRMED

    # Inside

    def _apply_terms(self, order: Order) -> None:
        parts = {part.position: part for part in order.instalments.all()}
        for position, item in enumerate(self.revision.instalments, start=1):
            assert item.due_on is not None  # noqa: S101 - agreed parts have their days
            part = parts.get(position) or Instalment(order=order, position=position)
            if part.paid > item.amount:
                raise WrongState(_now("More is paid of this order than it would cost."))
            part.kind, part.amount = item.kind, item.amount
            part.gate, part.due_on = item.gate, item.due_on
            part.save()


def as_proposed(by: Person, order: Order, wishes: Sequence[LineWish]) -> list[LineWish]:
    """Return the wishes at their prices: sales names them; for the buyer what is agreed on costs what it
    did, and what is new costs what the list says today."""
    if by.is_staff:
        return list(wishes)
    agreed = {line.line.colourway_id: line.unit_price for line in order.current.lines.all()}
    today = clock.today()
    return [
        replace(wish, price=agreed.get(wish.colourway.pk))
        if agreed.get(wish.colourway.pk)
        else price_by_list(wish, list(wishes), order.buyer, today)
        for wish in wishes
    ]
