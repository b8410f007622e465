"""Cash on delivery: what a courier is to collect, says to have collected, and hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Ticket
from simpul.lib import clock, uploads
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models.account import BankAccount
from simpul.payments.models.receipt import Receipt, TooMuch, demand_stranger
from simpul.workflow.steps import WrongState, creation, step


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(courier_id=person.party_id)

    def live(self) -> Self:
        """Those that still may bring money."""
        return self.filter(receipt=None).exclude(status=Collection.Status.VOID)

    def held(self) -> Self:
        """Those whose money somebody still has in hand."""
        said = self.filter(status=Collection.Status.COLLECTED, collected__gt=0)
        return said.filter(handing=None)

    def by_holder(self) -> list[dict[str, Any]]:
        """Return what each courier holds: the sum, how many, and since when."""
        rows = self.held().values("courier", name=F("courier__name")).order_by()
        sums = rows.annotate(sum=Sum("collected"), n=Count("pk"), since=Min("said_at"))
        return [dict(row) for row in sums.order_by("since")]


class Collection(models.Model):
    """So much is to be collected at the door for an order; so much was, says who stood there."""

    class Status(models.TextChoices):
        ASKED = "asked", _("to be collected")
        COLLECTED = "collected", _("collected, as was said")
        VOID = "void", _("not collected")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="collections")
    courier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="collections")
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED, editable=False)
    asked = models.PositiveBigIntegerField()
    collected = models.PositiveBigIntegerField(null=True, editable=False)
    photo = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(null=True, editable=False)
    client_id = models.CharField(max_length=36, blank=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    handing = models.ForeignKey(
        "payments.CashHanding", models.PROTECT, null=True, related_name="collections"
    )
    receipt = models.OneToOneField(
        Receipt, models.PROTECT, null=True, related_name="collection", editable=False
    )

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(asked__gt=0), name="collection_of_something"),
            models.CheckConstraint(
                condition=Q(status="collected", collected__lte=F("asked"), said_by__isnull=False)
                | ~Q(status="collected") & Q(collected=None, handing=None, receipt=None),
                name="collection_said_is_no_more_than_asked",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status"])]

    def __str__(self) -> str:
        return f"{self.order} {self.asked}"

    # Steps

    @classmethod
    @creation("payments.ask_cash")
    def ask(cls, *, by: Person, order: Order, courier: Party | None, amount: int) -> Collection:
        """Let so much be collected at the door; called when the packages leave."""
        return cls.objects.create(
            workshop_id=order.workshop_id, order=order, courier=courier, asked=amount
        )

    @step("payments.collect", source=Status.ASKED, target=Status.COLLECTED)
    def collect(
        self,
        *,
        by: Person,
        amount: int,
        photo: uploads.Admitted | None = None,
        client_id: str = "",
    ) -> None:
        """Say what was collected. It is a claim: the order is paid when the workshop has counted.

        Less than was asked for opens a ticket.
        """
        if not 0 <= amount <= self.asked:
            raise TooMuch(_now("Say what you collected: nothing, or up to what was asked for."))
        self.collected = amount
        self.photo = Upload.keep(photo, by=by) if photo else None
        self.said_by = by
        self.said_at = clock.now()
        self.client_id = client_id
        if amount < self.asked:
            Ticket.open(
                by=self.workshop.machine,
                kind=Ticket.Kind.COLLECTED,
                subject=self,
                party=self.courier,
                facts={"order": self.order.number, "asked": self.asked, "collected": amount},
            )

    @step("payments.void_cash", source=Status.ASKED, target=Status.VOID)
    def void(self, *, by: Person) -> None:
        """The packages came back: nothing is to be collected for them."""

    # Questions

    @property
    def is_held(self) -> bool:
        """Tell whether whoever collected it still has it."""
        return bool(self.collected) and self.handing_id is None


class CashHandingQuerySet(models.QuerySet["CashHanding"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(courier_id=person.party_id)

    def waiting(self) -> Self:
        return self.filter(status=CashHanding.Status.SAID)


class CashHanding(models.Model):
    """Collected cash that is handed over: so much, says who brings it; so much, finance counted."""

    class Status(models.TextChoices):
        SAID = "said", _("to be counted")
        COUNTED = "counted", _("counted")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    courier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="handings")
    status = models.CharField(max_length=7, choices=Status, default=Status.SAID, editable=False)
    said = models.PositiveBigIntegerField()
    counted = models.PositiveBigIntegerField(null=True, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    counted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True, editable=False)

    if TYPE_CHECKING:
        collections: Any

    objects = CashHandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="said", counted=None)
                | Q(status="counted", counted__isnull=False, counted_by__isnull=False),
                name="handing_counted_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["workshop", "status"])]

    def __str__(self) -> str:
        return f"{self.courier or self.by} {self.said}"

    # Steps

    @classmethod
    @creation("payments.hand_cash")
    def hand(
        cls,
        *,
        by: Person,
        courier: Party | None,
        said: int,
        collections: list[Collection] | None = None,
    ) -> CashHanding:
        """Bring what is held: all of it, or what was collected at some doors.

        Raises WrongState where nothing is held.
        """
        held = Collection.objects.held().filter(workshop_id=by.workshop_id, courier=courier)
        if collections is not None:
            held = held.filter(pk__in=[one.pk for one in collections])
        brought = list(held.order_by("pk").select_for_update(of=("self",)))
        if not brought:
            raise WrongState(_now("No collected money is held here."))
        made = cls.objects.create(workshop_id=by.workshop_id, courier=courier, said=said, by=by)
        Collection.objects.filter(pk__in=[one.pk for one in brought]).update(handing=made)
        return made

    @step("payments.count_cash", source=Status.SAID, target=Status.COUNTED)
    def count(self, *, by: Person, counted: int) -> None:
        """Count it: what is there pays the orders, the oldest first; a difference is a ticket.

        What is more than was collected pays nothing: the ticket says how much it is.
        """
        if self.courier is not None:
            demand_stranger(by, self.courier)
        self.counted = counted
        self.counted_by = by
        self.counted_at = clock.now()
        brought = list(self.collections.select_related("order__buyer").order_by("pk"))
        BankAccount.objects.lock(self.workshop_id)
        left = counted
        for one in brought:
            share = min(left, one.collected or 0)
            if share:
                receipt = Receipt.take_cash(by=by, order=one.order, amount=share)
                Collection.objects.filter(pk=one.pk).update(receipt=receipt)
            left -= share
        collected = sum(one.collected or 0 for one in brought)
        if not counted == self.said == collected:
            Ticket.open(
                by=self.workshop.machine,
                kind=Ticket.Kind.CASH,
                subject=self,
                party=self.courier,
                facts={"collected": collected, "said": self.said, "counted": counted},
            )

    # Questions

    def collected_sum(self) -> int:
        return self.collections.aggregate(n=Sum("collected"))["n"] or 0


def to_collect(orders: list[Order]) -> dict[int, int]:
    """Return what is still to be collected at the door for each order, as far as nobody is under way
    to do so; reads `instalments` as prefetched."""
    live = Collection.objects.live().filter(order__in=orders).order_by()
    under_way = dict(live.values_list("order").annotate(n=Sum(Coalesce("collected", "asked"))))
    return {
        order.pk: max(order.paid_at_the_door - under_way.get(order.pk, 0), 0) for order in orders
    }
