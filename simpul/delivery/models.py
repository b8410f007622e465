"""To the door: packages, shipments, offers to couriers, hand-overs with proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.delivery import note
from simpul.lib import clock, codes, uploads
from simpul.orders.models import Gate, LineSize, Order, Track
from simpul.orders.models import Status as OrderStatus
from simpul.papers.models import Upload
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.stock.models import Item, Location, Movement
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import Refused, WrongState, creation, step

PIN_TRIES = 5


class WrongPin(Refused):
    """The four digits are not those that the buyer was given."""


class NotCounted(Refused):
    """The two sides did not count the same."""


class TooLate(Refused):
    """Somebody else has the job, or the offer has run out."""


class Package(models.Model):
    """A carton (*koli*) with pairs of one order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField()
    shipment = models.ForeignKey(
        "delivery.Shipment", models.PROTECT, null=True, related_name="packages"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="package_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.number}"

    @classmethod
    @creation("delivery.pack")
    def pack(cls, *, by: Person, order: Order, contents: dict[LineSize, int]) -> Package:
        """Put finished pairs of the order into the next carton."""
        order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if order.status != OrderStatus.CONFIRMED:
            raise WrongState(_now("There is nothing to pack for this order."))
        order.demand_open(Gate.PACKING)
        contents = {size: pairs for size, pairs in contents.items() if pairs > 0}
        if not contents or any(size.line.order_id != order.pk for size in contents):
            raise WrongState(_now("Put at least one pair of this order into the carton."))
        package = cls.objects.create(order=order, number=order.packages.count() + 1, by=by)
        finished, packed = _place(order, "finished"), _place(order, "packed")
        for size, pairs in sorted(contents.items(), key=lambda pair: pair[0].pk):
            size.advance(Track.PACKED, pairs)
            Movement.record(
                Item.of_variant(size.variant),
                pairs,
                by=by,
                subject=package,
                reason="delivery.pack",
                source=finished,
                target=packed,
                kept_for=size,
            )
            package.lines.create(size=size, pairs=pairs)
        return package

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
    def pairs(self) -> int:
        return sum(line.pairs for line in self.lines.all())


class PackageLine(models.Model):
    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    size = models.ForeignKey(LineSize, models.PROTECT, related_name="+")
    pairs = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "size"], name="package_size_once"),
            models.CheckConstraint(condition=Q(pairs__gt=0), name="package_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.size_id}"


class Status(models.TextChoices):
    OPEN = "open", _("open")
    OFFERED = "offered", _("offered to couriers")
    ACCEPTED = "accepted", _("accepted")
    PICKED_UP = "picked_up", _("on the way")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    RETURNED = "returned", _("back at the workshop")


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, person: Person) -> Self:
        """A courier sees what is offered to it and what it has accepted."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        offered = Q(offers__courier_id=person.party_id, offers__status=CourierOffer.Status.OFFERED)
        mine = Q(courier_id=person.party_id) | offered
        return ours.filter(mine | Q(order__buyer_id=person.party_id)).distinct()

    def for_list(self) -> Self:
        return self.select_related("order__buyer", "courier").prefetch_related("packages__lines")

    def for_page(self) -> Self:
        return self.select_related("order__buyer", "order__workshop", "courier").prefetch_related(
            "packages__lines__size__variant__colourway__product",
            "packages__lines__size__line__colourway__product",
            "offers__courier",
            "handovers__by",
            "handovers__photo",
        )


class Shipment(models.Model):
    """Packages of one order on their way by one courier."""

    class Mode(models.TextChoices):
        OJEK = "ojek", _("ojek")
        OWN = "own", _("our own")
        EXPEDITION = "expedition", _("expedition")
        CARGO = "cargo", _("cargo")
        PICK_UP = "pickup", _("fetched by the buyer")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, editable=False)
    mode = models.CharField(max_length=10, choices=Mode)
    route = models.CharField(max_length=120, blank=True)
    fee = models.PositiveBigIntegerField(default=0)
    courier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="shipments")
    pin = models.CharField(max_length=4, default=codes.pin, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(default=0, editable=False)
    note_number = models.CharField(max_length=20, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="shipment_number_once")
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("delivery.open")
    def open(
        cls, *, by: Person, order: Order, mode: str, route: str = "", fee: int = 0
    ) -> Shipment:
        """Put all packages of the order that are not on their way yet into one shipment."""
        waiting = order.packages.select_for_update().filter(shipment=None)
        if not waiting:
            raise WrongState(_now("No package waits: pack first."))
        shipment = cls.objects.create(
            workshop_id=order.workshop_id,
            order=order,
            number=NumberSeries.draw(order.workshop_id, "KRM"),
            mode=mode,
            route=route,
            fee=fee,
        )
        waiting.update(shipment=shipment)
        return shipment

    @step("delivery.offer", source=(Status.OPEN, Status.OFFERED, Status.FAILED), target=Status.OFFERED)
    def offer(self, *, by: Person, couriers: list[Party], expires_at: datetime) -> None:
        """Ask couriers, each by a link of its own; the first to accept has it."""
        if not couriers or any(
            not one.is_courier or one.workshop_id != self.workshop_id for one in couriers
        ):
            raise WrongState(_now("Choose at least one courier."))
        if expires_at <= clock.now():
            raise WrongState(_now("The offer must be open for a while."))
        self.courier = None
        for courier in sorted(couriers, key=lambda party: party.pk):
            self.offers.filter(courier=courier, status=CourierOffer.Status.OFFERED).update(
                status=CourierOffer.Status.WITHDRAWN
            )
            CourierOffer.objects.create(
                shipment=self, courier=courier, fee=self.fee, expires_at=expires_at
            )
            for person in Person.objects.active().filter(party=courier, user=None):
                AccessLink.issue(person, self)

    @step("delivery.accept", source=Status.OFFERED, target=Status.ACCEPTED)
    def accept(self, *, by: Person) -> None:
        """Take the job; all other offers are over."""
        mine = self._offer_to(by)
        if mine.expires_at < clock.now():
            raise TooLate(_now("This offer has run out."))
        self._answer(mine, CourierOffer.Status.ACCEPTED)
        self.offers.filter(status=CourierOffer.Status.OFFERED).update(
            status=CourierOffer.Status.WITHDRAWN
        )
        self.courier = mine.courier

    @step("delivery.pass", source=Status.OFFERED)
    def pass_on(self, *, by: Person) -> None:
        """Let others have the job."""
        self._answer(self._offer_to(by), CourierOffer.Status.PASSED)

    @step("delivery.withdraw", source=(Status.OFFERED, Status.ACCEPTED), target=Status.OPEN)
    def withdraw(self, *, by: Person, reason: str = "") -> None:
        """Take the job back before anything was handed over."""
        self.offers.filter(
            status__in=[CourierOffer.Status.OFFERED, CourierOffer.Status.ACCEPTED]
        ).update(status=CourierOffer.Status.WITHDRAWN)
        self.courier = None
        self.reason = reason

    @step("delivery.issue_note", source=(Status.OPEN, Status.ACCEPTED))
    def issue_note(self, *, by: Person) -> None:
        """Issue the surat jalan: what must be paid before handing over has come."""
        if self.note_number:
            raise WrongState(_now("The delivery note is issued already."))
        self.order.demand_open(Gate.HAND_OVER)
        self.note_number = note.issue(self, by=by).number

    @step("delivery.hand_over", source=(Status.OPEN, Status.ACCEPTED))
    def hand_over(self, *, by: Person, count: int) -> None:
        """The workshop counts what leaves; the courier must count the same."""
        self._demand_ready_to_leave(count)
        self.handovers.create(kind=Handover.Kind.HANDED_OVER, count=count, by=by)
        if self.mode in (self.Mode.OWN, self.Mode.PICK_UP) and self.courier_id is None:
            self.leave(by=self.workshop.machine)

    @step("delivery.pick_up", source=Status.ACCEPTED)
    def pick_up(self, *, by: Person, count: int) -> None:
        """The courier counts the same packages and takes them along."""
        self._demand_ready_to_leave(count)
        if not self.handovers.filter(kind=Handover.Kind.HANDED_OVER).exists():
            raise NotCounted(_now("The workshop has not counted the packages yet."))
        self.handovers.create(kind=Handover.Kind.PICKED_UP, count=count, by=by)
        self.leave(by=self.workshop.machine)

    @step("delivery.leave", source=(Status.OPEN, Status.ACCEPTED), target=Status.PICKED_UP)
    def leave(self, *, by: Person) -> None:
        """Both sides counted the same: the packages are on their way."""
        self._move("packed", "transit", Track.PICKED_UP, by=by, reason="delivery.pick_up")

    def deliver(
        self,
        *,
        by: Person,
        receiver: str,
        count: int,
        pin: str,
        photo: uploads.Admitted | None = None,
    ) -> None:
        """Hand the packages to the receiver, who tells the PIN. A wrong one is counted for good."""
        if by.may("delivery.deliver", self):
            self._demand_pin(pin)
        self.hand_in(by=by, receiver=receiver, count=count, photo=photo)

    @step("delivery.deliver", source=Status.PICKED_UP, private=("receiver",))
    def hand_in(
        self, *, by: Person, receiver: str, count: int, photo: uploads.Admitted | None = None
    ) -> None:
        """The receiver counted the same and is named; the PIN was right."""
        if count != self.packages.count():
            raise NotCounted(
                _now("There are %(count)s packages: if one is missing, report it instead.")
                % {"count": self.packages.count()}
            )
        self.handovers.create(
            kind=Handover.Kind.DELIVERED,
            count=count,
            receiver=receiver,
            photo=Upload.keep(photo, by=by) if photo else None,
            by=by,
        )
        self.arrive(by=self.workshop.machine)

    @step("delivery.arrive", source=Status.PICKED_UP, target=Status.DELIVERED)
    def arrive(self, *, by: Person) -> None:
        """The receiver has everything; the order may be fulfilled by it."""
        self._move("transit", None, Track.DELIVERED, by=by, reason="delivery.deliver")
        self.delivered_at = clock.now()
        self.order.deliver_all()

    @step("delivery.fail", source=Status.PICKED_UP, target=Status.FAILED)
    def fail(self, *, by: Person, reason: str) -> None:
        """Nobody took it; the courier says why."""
        self.reason = reason

    @step("delivery.take_back", source=(Status.FAILED, Status.PICKED_UP), target=Status.RETURNED)
    def take_back(self, *, by: Person, reason: str = "") -> None:
        """The packages are in the workshop again, ready for another shipment."""
        self._move("transit", "packed", Track.PICKED_UP, by=by, reason="delivery.take_back", sign=-1)
        self.packages.update(shipment=None)
        self.reason = reason or self.reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.order.buyer_id

    def is_offered_to(self, person: Person) -> bool:
        """Tell whether the person's party still has an open offer."""
        return any(
            offer.courier_id == person.party_id and offer.status == CourierOffer.Status.OFFERED
            for offer in self.offers.all()
        )

    @property
    def is_under_way(self) -> bool:
        return self.status in (Status.ACCEPTED, Status.PICKED_UP, Status.FAILED)

    # Inside

    def _demand_pin(self, pin: str) -> None:
        """Raise WrongPin and note the try, outside the step: a refusal must not forget it."""
        if self.wrong_pins >= PIN_TRIES:
            raise WrongPin(_now("Too many wrong PINs: telephone the workshop."))
        if pin != self.pin:
            Shipment.objects.filter(pk=self.pk).update(wrong_pins=F("wrong_pins") + 1)
            raise WrongPin(_now("This PIN is not right. The receiver finds it on the order's page."))

    def _offer_to(self, person: Person) -> CourierOffer:
        mine = self.offers.filter(courier_id=person.party_id, status=CourierOffer.Status.OFFERED)
        offer = mine.select_related("courier").first()
        if offer is None:
            raise TooLate(_now("This job is not offered to you any more."))
        return offer

    def _answer(self, offer: CourierOffer, status: CourierOffer.Status) -> None:
        offer.status = status
        offer.answered_at = clock.now()
        offer.save(update_fields=["status", "answered_at"])

    def _demand_ready_to_leave(self, count: int) -> None:
        self.order.demand_open(Gate.HAND_OVER)
        if not self.note_number:
            raise WrongState(_now("Issue the delivery note first."))
        if count != self.packages.count():
            raise NotCounted(
                _now("Please count again: the note says %(count)s packages.")
                % {"count": self.packages.count()}
            )

    def _move(
        self, source: str, target: str | None, track: Track, *, by: Person, reason: str, sign: int = 1
    ) -> None:
        """Move every pair of the shipment, kept for its order line all the way."""
        pairs = LineSize.objects.filter(line__order=self.order)
        for size in pairs.select_related("variant").order_by("pk"):
            count = (
                PackageLine.objects.filter(package__shipment=self, size=size).aggregate(
                    n=Sum("pairs")
                )["n"]
                or 0
            )
            if count:
                size.advance(track, sign * count)
                Movement.record(
                    Item.of_variant(size.variant),
                    count,
                    by=by,
                    subject=self,
                    reason=reason,
                    source=_place(self.order, source),
                    target=_place(self.order, target) if target else None,
                    kept_for=size,
                )


class CourierOffer(models.Model):
    """The question to one courier; exactly one of a shipment is accepted."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        PASSED = "passed", _("passed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="offers")
    courier = models.ForeignKey(Party, models.PROTECT, related_name="offers")
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED, editable=False)
    fee = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=Q(status="accepted"), name="offer_accepted_once"
            ),
            models.UniqueConstraint(
                fields=["shipment", "courier"],
                condition=Q(status="offered"),
                name="offer_open_once_a_courier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment} to {self.courier}"


class Handover(models.Model):
    """A fact: packages changed hands, counted by somebody."""

    class Kind(models.TextChoices):
        HANDED_OVER = "out", _("handed over by the workshop")
        PICKED_UP = "up", _("picked up by the courier")
        DELIVERED = "in", _("delivered to the receiver")

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="handovers")
    kind = models.CharField(max_length=3, choices=Kind)
    count = models.PositiveSmallIntegerField()
    receiver = models.CharField(max_length=80, blank=True)
    photo = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.shipment} {self.kind} {self.count}"


def _place(order: Order, kind: Any) -> Location:
    return Location.of(order.workshop_id, Location.Kind(kind))
