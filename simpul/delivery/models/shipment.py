"""The shipment and its steps."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Ticket
from simpul.delivery import note
from simpul.delivery.models.handover import Handover, Reason
from simpul.delivery.models.load import (
    Load,
    NoProof,
    ask_at_door,
    collect_at_door,
    not_collected,
    shares_to_collect,
)
from simpul.delivery.models.offer import CourierOffer
from simpul.delivery.models.package import Package, PackageLine, PackageQuerySet
from simpul.lib import clock, codes, uploads
from simpul.lib.places import Spot
from simpul.orders.models import Gate, GateShut, LineSize, Order, Track
from simpul.orders.models import Status as OrderStatus
from simpul.papers.models import Paper, Upload
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.payments.models import Collection
from simpul.stock.models import Item, Location, Movement
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

if TYPE_CHECKING:
    from simpul.delivery.models.route import Route

PIN_TRIES = 5
A_DAY = timedelta(days=1)
FURTHEST = 30  # days ahead that a next attempt is planned


class WrongPin(Refused):
    """The four digits are not those that the buyer was given."""


class NothingTaken(Refused):
    """No package was taken: that is no delivery."""


class NotCounted(Refused):
    """The two sides did not count the same."""


class TooLate(Refused):
    """Somebody else has the job, or the offer has run out."""


class Status(models.TextChoices):
    OPEN = "open", _("open")
    OFFERED = "offered", _("offered to couriers")
    ACCEPTED = "accepted", _("accepted")
    PICKED_UP = "picked_up", _("on the way")
    FETCHED = "fetched", _("on the way back")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    RETURNED = "returned", _("back at the workshop")
    CANCELLED = "cancelled", _("cancelled")


UNDER_WAY = (Status.ACCEPTED, Status.PICKED_UP, Status.FETCHED, Status.FAILED)
OUT = (Status.PICKED_UP, Status.FAILED)


COLLECTING = ("ojek", "own")  # the ways on which somebody of ours stands at the door


class Part(models.TextChoices):
    """The part of a day for which a next attempt is planned."""

    ANY = "", _("at any time")
    MORNING = "morning", _("in the morning")
    NOON = "noon", _("around noon")
    AFTERNOON = "afternoon", _("in the afternoon")


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, person: Person) -> Self:
        """A buyer sees its own, a courier what it was asked for or carries."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        asked = CourierOffer.objects.filter(courier=person.party_id).values("shipment")
        return ours.filter(
            Q(courier_id=person.party_id) | Q(buyer_id=person.party_id) | Q(pk__in=asked)
        )

    def for_courier(self, person: Person) -> Self:
        """What the courier carries or was asked for, not what it bought itself."""
        asked = CourierOffer.objects.filter(courier=person.party_id).values("shipment")
        mine = self.visible_to(person).filter(Q(courier_id=person.party_id) | Q(pk__in=asked))
        return mine.filter(Q(courier_id=person.party_id) | Q(status=Status.OFFERED))

    def of(self, order: Order) -> Self:
        return self.filter(loads__order=order)

    def under_way(self) -> Self:
        return self.filter(status__in=UNDER_WAY)

    def fetched(self) -> Self:
        """Those that have fetched pairs back: they are on their way, or at the workshop."""
        return self.filter(fetches__gt=0, status__in=(Status.FETCHED, Status.RETURNED))

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(note_number__icontains=word)
                | Q(pk__in=Load.objects.filter(order__number__icontains=word).values("shipment"))
                | Q(buyer__name__icontains=word)
                | Q(courier__name__icontains=word)
                | Q(route__icontains=word)
            )
        return found

    def for_list(self) -> Self:
        return self.select_related("buyer", "courier").prefetch_related(
            "packages", "offers", models.Prefetch("loads", Load.objects.with_order())
        )

    def for_page(self) -> Self:
        """Load all that its page shows: a query for each kind of thing."""
        return self.select_related("workshop", "buyer", "courier", "tariff").prefetch_related(
            models.Prefetch("loads", Load.objects.with_money()),
            models.Prefetch("packages", Package.objects.for_list()),
            models.Prefetch(
                "offers", CourierOffer.objects.select_related("courier").order_by("pk")
            ),
            models.Prefetch(
                "handovers", Handover.objects.select_related("by", "photo").order_by("pk")
            ),
        )


class Shipment(models.Model):
    """Packages on their way to one door, by a courier or without one: of one order of a buyer, or of
    several that go to the same address. Or the other way: a courier fetches delivered pairs at that
    door (`fetches`) and brings them to the workshop; that has no packages, no note and no money."""

    class Mode(models.TextChoices):
        OJEK = "ojek", _("ojek")
        OWN = "own", _("our own")
        EXPEDITION = "expedition", _("expedition")
        CARGO = "cargo", _("cargo")
        PICK_UP = "pickup", _("fetched by the buyer")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Party, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, editable=False)
    mode = models.CharField(max_length=10, choices=Mode)
    route = models.CharField(max_length=120, blank=True)
    fee = models.PositiveBigIntegerField(default=0)
    days = models.PositiveSmallIntegerField(null=True)  # on the way, as it was agreed
    fetches = models.PositiveIntegerField(default=0, editable=False)  # pairs that it brings back
    tariff = models.ForeignKey(
        "delivery.Route", models.PROTECT, null=True, related_name="+", editable=False
    )
    proposed = models.PositiveBigIntegerField(null=True, editable=False)  # rupiah, by the tariff
    courier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="shipments")
    pin = models.CharField(max_length=4, default=codes.pin, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(default=0, editable=False)
    note_number = models.CharField(max_length=20, blank=True, editable=False)
    counted = models.PositiveSmallIntegerField(null=True, editable=False)  # by the workshop
    reason = models.CharField(max_length=10, choices=Reason, blank=True, editable=False)
    next_on = models.DateField(null=True, editable=False)  # when the next attempt is planned
    next_part = models.CharField(max_length=9, choices=Part, blank=True, editable=False)
    stop = models.PositiveSmallIntegerField(null=True, editable=False)  # as its courier put it
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)
    arrived_on = models.DateField(null=True, editable=False)  # the day on which the receiver had it
    delivered_at = models.DateTimeField(null=True, editable=False)  # when that was noted

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="shipment_number_once"),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(courier__isnull=False),
                name="shipment_accepted_has_a_courier",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None, arrived_on=None)
                | Q(delivered_at__isnull=False, arrived_on__isnull=False),
                name="shipment_delivered_has_arrived",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["workshop", "delivered_at"]),
        ]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("delivery.open")
    def open(
        cls,
        *,
        by: Person,
        orders: list[Order],
        mode: str,
        route: str = "",
        fee: int = 0,
        days: int | None = None,
        tariff: Route | None = None,
    ) -> Shipment:
        """Put all packages of the orders that stand here into one shipment to their one door.

        Fee and days are as agreed; what the table proposed (`tariff`) is kept beside them.
        """
        rows = Order.objects.filter(pk__in=[one.pk for one in orders]).order_by("pk")
        orders = list(rows.select_for_update(of=("self",), no_key=True))
        here = Package.objects.filter(order__in=orders).waiting().order_by("pk")
        waiting = list(here.select_for_update(of=("self",)))
        is_agreed = all(one.status == OrderStatus.CONFIRMED for one in orders)
        have_packages = {one.order_id for one in waiting} == {one.pk for one in orders}
        if not (orders and is_agreed and have_packages):
            raise WrongState(_now("No package waits: pack first."))
        if len({one.door for one in orders}) > 1:
            raise WrongState(_now("These orders go to different doors: send them separately."))
        first = orders[0]
        if tariff is not None and tariff.workshop_id != first.workshop_id:
            raise NotAllowed
        shipment = cls.objects.create(
            workshop_id=first.workshop_id,
            buyer_id=first.buyer_id,
            number=NumberSeries.draw(first.workshop_id, "KRM"),
            mode=mode,
            route=route,
            fee=fee,
            days=days,
            tariff=tariff,
            proposed=tariff.fee_for(_with_contents(waiting)) if tariff else None,
        )
        Load.objects.bulk_create(Load(shipment=shipment, order=one) for one in orders)
        Package.objects.filter(pk__in=[one.pk for one in waiting]).update(shipment=shipment)
        return shipment

    @classmethod
    @creation("delivery.call_for")
    def call_for(cls, *, by: Person, order: Order, pairs: int, route: str = "") -> Shipment:
        """Let a courier fetch so many delivered pairs of an order at the buyer's door."""
        shipment = cls.objects.create(
            workshop_id=order.workshop_id,
            buyer_id=order.buyer_id,
            number=NumberSeries.draw(order.workshop_id, "KRM"),
            mode=cls.Mode.OJEK,
            route=route,
            fetches=pairs,
        )
        Load.objects.create(shipment=shipment, order=order)
        return shipment

    @step("delivery.go_by", source=Status.OPEN)
    def go_by(self, *, by: Person, mode: str, route: str, fee: int, days: int | None) -> None:
        """Let it travel another way than it was opened for, at what that costs; a note that names
        the old way is void."""
        self._demand_packages()
        self._demand_no_carrier()
        if (mode, route) != (self.mode, self.route):
            self.note_number = ""
        self.mode, self.route, self.fee, self.days = mode, route, fee, days

    @step("delivery.offer", source=(Status.OPEN, Status.OFFERED), target=Status.OFFERED)
    def offer(
        self,
        *,
        by: Person,
        couriers: list[Party],
        expires_at: datetime,
        fee: int | None = None,
        then_at: datetime | None = None,
        then: list[Party] | None = None,
        then_fee: int | None = None,
    ) -> None:
        """Ask couriers, each by a link of its own; the first to accept has it.

        With `then_at` a second circle is asked at that moment, or as soon as none of these can accept
        any more: `then`, or all the others where that is empty, for as long as these.
        """
        then = then or []
        if not couriers or any(
            not one.is_courier or one.workshop_id != self.workshop_id for one in (*couriers, *then)
        ):
            raise WrongState(_now("Choose at least one courier."))
        if expires_at <= clock.now():
            raise WrongState(_now("The offer must be open for a while."))
        if self.mode == self.Mode.PICK_UP:
            raise WrongState(_now("The buyer fetches this himself."))
        self.fee = self.fee if fee is None else fee
        self.waves.waiting().delete()
        self._ask(couriers, expires_at=expires_at, fee=self.fee)
        if then_at is not None:
            planned = self.waves.create(
                fee=self.fee if then_fee is None else then_fee,
                minutes=max(round((expires_at - clock.now()).total_seconds() / 60), 1),
                due_at=then_at,
            )
            planned.couriers.set(then)

    def go_on(self, *, by: Person) -> None:
        """Ask the next circle if it is its turn; if nobody is left, stop asking.

        Raises WrongState where there is nothing to go on with.
        """
        wave = self.waves.waiting().first()
        if wave is not None and (wave.is_due or not self._is_open_to_somebody()):
            self.ask_next(by=by, couriers=wave.circle(), fee=wave.fee)
        else:
            self.lapse(by=by)

    @step("delivery.ask_next", source=Status.OFFERED)
    def ask_next(self, *, by: Person, couriers: list[Party], fee: int) -> None:
        """The next circle is asked, once; whoever was asked before may still accept in time."""
        wave = self.waves.waiting().first()
        if wave is None:
            raise WrongState(_now("The next couriers are asked already."))
        wave.asked_at = clock.now()
        wave.save(update_fields=["asked_at"])
        self._ask(couriers, expires_at=clock.now() + wave.open_for, fee=fee)
        if not self._is_open_to_somebody():
            self.lapse(by=by)

    @step("delivery.lapse", source=Status.OFFERED, target=Status.OPEN)
    def lapse(self, *, by: Person) -> None:
        """Nobody who was asked has accepted: the workshop is to look for somebody itself."""
        if self._is_open_to_somebody() or self.waves.waiting().exists():
            raise WrongState(_now("Somebody can still accept this."))
        ran_out = self.offers.filter(status=CourierOffer.Status.OFFERED)
        ran_out.update(status=CourierOffer.Status.EXPIRED)

    @step("delivery.accept", source=Status.OFFERED, target=Status.ACCEPTED)
    def accept(self, *, by: Person) -> None:
        """Take the job; all other offers are over."""
        mine = self._offer_to(by)
        if self.fetches:
            self.announce(by=self.workshop.machine)
        mine.answer(CourierOffer.Status.ACCEPTED)
        self._close_offers(CourierOffer.Status.OFFERED)
        self.courier = mine.courier
        self.fee = mine.fee
        self.stop = None

    @step("delivery.announce", source=Status.OFFERED)
    def announce(self, *, by: Person) -> None:
        """Let the buyer know that somebody comes to fetch what goes back."""

    @step("delivery.pass", source=Status.OFFERED)
    def pass_on(self, *, by: Person) -> None:
        """Let others have the job; the last who could have had it lets the next ones be asked."""
        self._offer_to(by).answer(CourierOffer.Status.PASSED)
        if not self._is_open_to_somebody():
            self.go_on(by=self.workshop.machine)

    @step("delivery.withdraw", source=(Status.OFFERED, Status.ACCEPTED), target=Status.OPEN)
    def withdraw(self, *, by: Person, reason: str = "") -> None:
        """Take the job back before the packages left; a note that was issued is void. A buyer who was
        told that somebody comes to fetch goods hears that he does not."""
        if self.fetches and self.status == Status.ACCEPTED:
            self.unannounce(by=self.workshop.machine)
        self._close_offers(CourierOffer.Status.OFFERED, CourierOffer.Status.ACCEPTED)
        self.courier = None
        self.note_number = ""
        self.counted = None
        self.reason, self.next_on, self.next_part = "", None, ""

    @step("delivery.unannounce", source=Status.ACCEPTED)
    def unannounce(self, *, by: Person) -> None:
        """Let the buyer know that whoever was to fetch what goes back does not come."""

    @step("delivery.cancel", source=Status.OPEN, target=Status.CANCELLED)
    def cancel(self, *, by: Person) -> None:
        """Let the packages stand here for another shipment. Raises WrongState for what fetches goods
        back: that ends with what was agreed on their ticket."""
        if self.fetches:
            raise WrongState(
                _now("Goods are to come back with it: say on their ticket that nothing comes back.")
            )
        self._demand_no_carrier()
        self.packages.update(shipment=None)

    @step("delivery.call_off", source=Status.OPEN, target=Status.CANCELLED)
    def call_off(self, *, by: Person) -> None:
        """Nothing is to be fetched any more."""
        self._demand_fetching()

    @step("delivery.issue_note", source=(Status.OPEN, Status.ACCEPTED, *OUT))
    def issue_note(self, *, by: Person) -> None:
        """Issue the surat jalan: what must be paid before handing over has come. Of what is out, only
        packages that were not taken have none: they are not on the note with which they left."""
        if self.note_number:
            raise WrongState(_now("The delivery note is issued already."))
        self._demand_packages()
        self._demand_paid()
        self.note_number = note.issue(self, by=by).number

    @step("delivery.hand_over", source=(Status.OPEN, Status.ACCEPTED))
    def hand_over(self, *, by: Person, count: int) -> None:
        """The workshop counts what leaves. A courier of ours must count the same before it leaves."""
        self._demand_ready_to_leave(count)
        self._note(Handover.Kind.HANDED_OVER, by, count)
        if self.courier_id is None:
            self.leave(by=self.workshop.machine)
        self.counted = count

    @step("delivery.pick_up", source=Status.ACCEPTED)
    def pick_up(self, *, by: Person, count: int) -> None:
        """The courier counts the same packages and takes them along."""
        if self.counted is None:
            raise NotCounted(_now("The workshop has not counted the packages yet."))
        if count != self.counted:
            raise NotCounted(
                _now("The workshop counted %(count)s packages: please count again, together.")
                % {"count": self.counted}
            )
        self._demand_ready_to_leave(count)
        self._note(Handover.Kind.PICKED_UP, by, count)
        self.leave(by=self.workshop.machine)

    @step("delivery.leave", source=(Status.OPEN, Status.ACCEPTED), target=Status.PICKED_UP)
    def leave(self, *, by: Person) -> None:
        """Everybody counted the same: the packages are on their way, and what is to be collected
        at the door is fixed."""
        loads = list(self.loads.with_money())
        ask_at_door(loads, shares_to_collect(loads), courier=self.courier, by=by)
        self._move(Location.Kind.PACKED, Location.Kind.TRANSIT, "delivery.pick_up", by=by)
        self.left_at = clock.now()

    def deliver(
        self,
        *,
        by: Person,
        receiver: str,
        count: int,
        pin: str = "",
        photo: uploads.Admitted | None = None,
        signature: uploads.Admitted | None = None,
        place: str = "",
        client_id: str = "",
        collected: int | None = None,
        cash_photo: uploads.Admitted | None = None,
        refused: Sequence[Package] = (),
        note: str = "",
        damage: Sequence[uploads.Admitted] = (),
        told_on: date | None = None,
    ) -> None:
        """Hand the packages to the receiver, proved by the PIN, a photo or a signature, and say what
        was collected where something was to be; what the workshop notes was on the day `told_on`, and
        that is the day on which it arrived.

        A wrong PIN is counted for good; after five only a photo proves. Packages that are `refused`
        stay with the courier as a shipment of their own that failed; what is damaged or missing
        (`note`, up to two pictures) opens a ticket. The same client id again does nothing. Raises
        WrongPin, NoProof, NotCounted or NothingTaken.
        """
        if client_id and self.handovers.filter(client_id=client_id).exists():
            return
        with_pin = bool(pin) and self._try_pin(pin, by)
        self.hand_in(
            by=by,
            receiver=receiver,
            count=count,
            with_pin=with_pin,
            photo=photo,
            signature=signature,
            place=place,
            client_id=client_id,
            collected=collected,
            cash_photo=cash_photo,
            refused=refused,
            note=note,
            damage=damage,
            told_on=told_on,
        )

    @step("delivery.deliver", source=OUT, private=("receiver", "place", "note"))
    def hand_in(
        self,
        *,
        by: Person,
        receiver: str,
        count: int,
        with_pin: bool,
        photo: uploads.Admitted | None,
        place: str,
        client_id: str,
        collected: int | None = None,
        cash_photo: uploads.Admitted | None = None,
        signed_on: date | None = None,
        note: str = "",
        signature: uploads.Admitted | None = None,
        refused: Sequence[Package] = (),
        damage: Sequence[uploads.Admitted] = (),
        told_on: date | None = None,
    ) -> None:
        """The receiver counted what was taken, is named, and there is a proof."""
        is_signed = signature is not None and self.pin_tries_left > 0
        if not with_pin and photo is None and not is_signed:
            raise NoProof(_now("Type the PIN that the receiver tells you, or take a photo."))
        left = list(self.packages.filter(pk__in=[one.pk for one in refused]).order_by("pk"))
        taken = self.packages.count() - len(left)
        if not taken:
            raise NothingTaken(_now("Nothing was taken: say that it cannot be delivered."))
        if count != taken:
            words = (
                _now("%(count)s packages were taken, if those were not: please count again.")
                if left
                else _now(
                    "%(count)s packages are on the way: if one is missing, telephone the workshop."
                )
            )
            raise NotCounted(words % {"count": taken})
        pictures = [Upload.keep(one, by=by) for one in damage[:2]]
        self._note(
            Handover.Kind.DELIVERED,
            by,
            count,
            receiver=receiver,
            with_pin=with_pin,
            photo=Upload.keep(photo, by=by) if photo else None,
            signature=Upload.keep(signature, by=by) if signature else None,
            refused=len(left),
            damage=pictures[0] if pictures else None,
            damage_more=pictures[1] if len(pictures) > 1 else None,
            place=place,
            client_id=client_id,
            signed_on=signed_on,
            told_on=told_on,
            note=note,
        )
        rest = None
        if left:
            rest = Shipment.split_off(by=self.workshop.machine, shipment=self, packages=left)
            rest.come_away(by=by, reason=Reason.REFUSED, note=note, client_id="")
        kept = set(self.packages.order_by().values_list("order", flat=True))
        asked = list(self.loads.collecting())
        collect_at_door(asked, collected, taken=kept, by=by, photo=cash_photo, client_id=client_id)
        if rest is not None:
            loads = list(rest.loads.with_money())
            owed = not_collected(asked, loads)
            ask_at_door(loads, owed, courier=rest.courier, by=self.workshop.machine)
        self.arrive(by=self.workshop.machine, on=told_on or signed_on or clock.today())
        if note or left or pictures:
            handed = self.handovers.filter(kind=Handover.Kind.DELIVERED).order_by("-pk")[0]
            self.report(by=self.workshop.machine, handover=handed)

    @classmethod
    @creation("delivery.split_off")
    def split_off(cls, *, by: Person, shipment: Shipment, packages: list[Package]) -> Shipment:
        """Let packages that the receiver did not take travel on as a shipment of their own."""
        rest = cls.objects.create(
            workshop_id=shipment.workshop_id,
            buyer_id=shipment.buyer_id,
            number=NumberSeries.draw(shipment.workshop_id, "KRM"),
            status=Status.PICKED_UP,
            mode=shipment.mode,
            route=shipment.route,
            days=shipment.days,
            courier=shipment.courier,
            counted=len(packages),
            left_at=shipment.left_at,
        )
        orders = sorted({package.order_id for package in packages})
        Load.objects.bulk_create(Load(shipment=rest, order_id=order) for order in orders)
        shipment.packages.filter(pk__in=[one.pk for one in packages]).update(shipment=rest)
        for person in Person.objects.active().filter(party=shipment.courier_id, user=None):
            if shipment.courier_id is not None:
                AccessLink.issue(person, rest)
        return rest

    def take_paper(
        self,
        *,
        by: Person,
        receiver: str,
        count: int,
        signed_on: date,
        photo: uploads.Admitted,
        note: str = "",
        collected: int | None = None,
        refused: Sequence[Package] = (),
    ) -> None:
        """Enter a delivery note that came back signed: who signed, when, how many, what it remarks.

        A shipment that is still out is delivered by it, but for packages that were not received
        (`refused`, as in `deliver`); one that was delivered has its paper now. A remark opens a ticket.
        Raises NotCounted, NothingTaken, or WrongState for a day that cannot be.
        """
        if not self._could_be_on(signed_on):
            raise WrongState(
                _now("It was signed between the day it left and today: look at the paper again.")
            )
        if self.status == Status.DELIVERED:
            self.file_paper(
                by=by, receiver=receiver, count=count, signed_on=signed_on, photo=photo, note=note
            )
            return
        self.hand_in(
            by=by, receiver=receiver, count=count, with_pin=False, photo=photo, place="",
            client_id="", collected=collected, signed_on=signed_on, note=note, refused=refused,
        )  # fmt: skip

    @step("delivery.file_paper", source=Status.DELIVERED, private=("receiver", "note"))
    def file_paper(
        self,
        *,
        by: Person,
        receiver: str,
        count: int,
        signed_on: date,
        photo: uploads.Admitted,
        note: str,
    ) -> None:
        """Keep the signed paper of what was delivered already."""
        if self.handovers.filter(signed_on__isnull=False).exists():
            raise WrongState(_now("The signed paper of this shipment is entered already."))
        if count != self.packages.count():
            raise NotCounted(
                _now("%(count)s packages were delivered: look at the paper again.")
                % {"count": self.packages.count()}
            )
        self._note(
            Handover.Kind.PAPER,
            by,
            count,
            receiver=receiver,
            photo=Upload.keep(photo, by=by),
            signed_on=signed_on,
            note=note,
        )
        if note:
            last = self.handovers.order_by("-pk")[0]
            self.report(by=self.workshop.machine, handover=last)

    @step("delivery.report")
    def report(self, *, by: Person, handover: Handover) -> None:
        """Let sales know what the receiver says is damaged or missing."""
        Ticket.open(
            by=by,
            kind=Ticket.Kind.DOOR,
            subject=self,
            party=None,
            facts={"shipment": self.number, "handover": handover.pk},
        )

    @step("delivery.arrive", source=OUT, target=Status.DELIVERED)
    def arrive(self, *, by: Person, on: date) -> None:
        """The receiver has everything, since the day that is said; each of its orders may be fulfilled
        by it. Goods, books and the journal move now, at the moment at which it is noted."""
        self._demand_it_could_be(on)
        self._move(Location.Kind.TRANSIT, None, "delivery.deliver", by=by)
        self.arrived_on, self.delivered_at = on, clock.now()
        self.reason = ""
        taken = set(self.packages.order_by().values_list("order", flat=True))
        for load in self.loads.with_order():
            if load.order_id in taken:
                load.order.arrive(on)

    @step("delivery.carrier_delivers", source=OUT)
    def arrive_as_said(self, *, by: Person, carrier: str) -> None:
        """A carrier says that the receiver has it. No paper is signed by its word."""
        if self.asked:
            raise WrongState(_now("Somebody of ours says what was collected at the door."))
        self.arrive(by=by, on=clock.today())

    def fail(
        self,
        *,
        by: Person,
        reason: str,
        note: str = "",
        client_id: str = "",
        next_on: date | None = None,
        next_part: str = "",
    ) -> None:
        """Say that its courier came in vain, and when he tries again if that is known; the same client
        id again does nothing."""
        if client_id and self.handovers.filter(client_id=client_id).exists():
            return
        say = self.come_in_vain if self.fetches else self.come_away
        with transaction.atomic():
            say(by=by, reason=reason, note=note, client_id=client_id)
            if next_on is not None:
                self.plan(by=by, next_on=next_on, next_part=next_part)

    def plan(self, *, by: Person, next_on: date, next_part: str = "") -> None:
        """Say when its courier comes, or comes again."""
        say = self.plan_fetch if self.fetches else self.plan_attempt
        say(by=by, next_on=next_on, next_part=next_part)

    @step("delivery.fail", source=Status.PICKED_UP, target=Status.FAILED, private=("note",))
    def come_away(self, *, by: Person, reason: str, note: str, client_id: str) -> None:
        """Nobody took it. The same courier may try again, or the packages come back."""
        self.reason = reason
        self.next_on, self.next_part = None, ""
        self.stop = None
        count = self.packages.count()
        self._note(Handover.Kind.FAILED, by, count, reason=reason, note=note, client_id=client_id)

    @step("delivery.plan_attempt", source=Status.FAILED, target=Status.PICKED_UP)
    def plan_attempt(self, *, by: Person, next_on: date, next_part: str = "") -> None:
        """Say when it is tried again: the packages are on their way to the same door once more."""
        self._demand_soon(next_on)
        self.next_on, self.next_part = next_on, next_part
        self.reason = ""  # that of the last attempt stands with it

    @step("delivery.take_back", source=OUT, target=Status.RETURNED)
    def take_back(self, *, by: Person, count: int) -> None:
        """The packages stand in the workshop again, ready for another shipment."""
        if count != self.packages.count():
            raise NotCounted(
                _now("%(count)s packages were on the way: please count again.")
                % {"count": self.packages.count()}
            )
        self._note(Handover.Kind.RETURNED, by, count)
        for load in self.loads.collecting():
            if load.collection is not None:
                load.collection.void(by=self.workshop.machine)
        self.loads.update(collection=None)
        self._move(Location.Kind.TRANSIT, Location.Kind.PACKED, "delivery.take_back", by=by)
        self.packages.update(shipment=None)

    def fetch(
        self,
        *,
        by: Person,
        giver: str,
        count: int,
        pin: str = "",
        photo: uploads.Admitted | None = None,
        signature: uploads.Admitted | None = None,
        note: str = "",
        client_id: str = "",
        told_on: date | None = None,
        has_no_proof: bool = False,
    ) -> None:
        """Take the pairs that go back, counted at the buyer's door and proved as a delivery is. What the
        workshop notes was on the day `told_on`; it may say that there is no proof but the courier's
        word, which the buyer then reads.

        The same client id again does nothing. Raises WrongPin, NoProof, NotCounted, or WrongState
        where nothing is to be fetched; then no PIN is tried.
        """
        if client_id and self.handovers.filter(client_id=client_id).exists():
            return
        self._demand_fetching()
        with_pin = bool(pin) and self._try_pin(pin, by, "delivery.fetch", (Status.ACCEPTED,))
        self.take_along(
            by=by,
            giver=giver,
            count=count,
            with_pin=with_pin,
            photo=photo,
            signature=signature,
            note=note,
            client_id=client_id,
            told_on=told_on,
            has_no_proof=has_no_proof,
        )

    @step(
        "delivery.fetch",
        source=Status.ACCEPTED,
        target=Status.FETCHED,
        private=("giver", "note"),
    )
    def take_along(
        self,
        *,
        by: Person,
        giver: str,
        count: int,
        with_pin: bool,
        photo: uploads.Admitted | None,
        signature: uploads.Admitted | None,
        note: str,
        client_id: str,
        told_on: date | None,
        has_no_proof: bool,
    ) -> None:
        """The courier has counted what goes back, and takes it to the workshop."""
        self._demand_fetching()
        self._demand_it_could_be(told_on)
        is_signed = signature is not None and self.pin_tries_left > 0
        is_proved = with_pin or photo is not None or is_signed
        if not is_proved and not (has_no_proof and by.is_staff):
            raise NoProof(_now("Type the PIN that the buyer tells you, or take a photo."))
        if not 0 < count <= self.fetches:
            words = _now("%(count)s pairs were agreed: type 1 up to %(count)s.")
            raise NotCounted(words % {"count": self.fetches})
        self._note(
            Handover.Kind.FETCHED,
            by,
            count,
            receiver=giver,
            with_pin=with_pin,
            photo=Upload.keep(photo, by=by) if photo else None,
            signature=Upload.keep(signature, by=by) if signature else None,
            note=note,
            client_id=client_id,
            told_on=told_on,
        )
        self.reason, self.next_on, self.stop = "", None, None
        self.left_at = clock.now()

    @step("delivery.miss", source=Status.ACCEPTED, private=("note",))
    def come_in_vain(self, *, by: Person, reason: str, note: str, client_id: str) -> None:
        """Nobody gave anything along; it stays the same courier's job."""
        self._demand_fetching()
        self._note(Handover.Kind.MISSED, by, 0, reason=reason, note=note, client_id=client_id)
        self.reason, self.next_on, self.next_part = reason, None, ""
        self.stop = None

    @step("delivery.plan_fetch", source=Status.ACCEPTED)
    def plan_fetch(self, *, by: Person, next_on: date, next_part: str = "") -> None:
        """Say when the courier comes to fetch it; it stays his job."""
        self._demand_fetching()
        self._demand_soon(next_on)
        self.next_on, self.next_part = next_on, next_part
        self.reason = ""  # that of the last attempt stands with it

    @step(
        "delivery.bring_in",
        source=(Status.ACCEPTED, Status.FETCHED),
        target=Status.RETURNED,
    )
    def bring_in(self, *, by: Person, count: int) -> None:
        """What was fetched is counted at the workshop; if the courier counted otherwise at the
        buyer's door, that opens a ticket."""
        self._demand_fetching()
        self._note(Handover.Kind.RETURNED, by, count)
        fetched = self.handovers.filter(kind=Handover.Kind.FETCHED).order_by("-pk").first()
        if fetched is not None and fetched.count != count:
            self.differ(
                by=self.workshop.machine, handover=fetched, taken=fetched.count, counted=count
            )
        self.reason, self.next_on, self.stop = "", None, None

    @step("delivery.differ", source=(Status.ACCEPTED, Status.FETCHED))
    def differ(self, *, by: Person, handover: Handover, taken: int, counted: int) -> None:
        """Let sales know that other pairs came than the courier took along."""
        Ticket.open(
            by=by,
            kind=Ticket.Kind.DOOR,
            subject=self,
            party=None,
            facts={"shipment": self.number, "handover": handover.pk, "counted": counted},
        )

    # Questions

    def cash_to_collect(self) -> int:
        """Return the one sum that its courier is to collect at the door for all its orders."""
        if self.left_at is not None:
            return self.asked  # fixed when it left
        return sum(shares_to_collect(list(self.loads.all())).values())

    def has_heard(self, client_id: str) -> bool:
        """Tell whether this was said at the door already; reads `handovers` as prefetched."""
        said = self.handovers.all()
        return bool(client_id) and any(one.client_id == client_id for one in said)

    def is_offered_to(self, person: Person) -> bool:
        """Tell whether the person's party was asked; reads `offers` as prefetched."""
        return any(offer.courier_id == person.party_id for offer in self.offers.all())

    def offer_to(self, person: Person) -> CourierOffer | None:
        """Return what the person's party was asked last; reads `offers` as prefetched."""
        mine = [one for one in self.offers.all() if one.courier_id == person.party_id]
        return max(mine, key=lambda one: one.pk, default=None)

    @property
    def is_noted_later(self) -> bool:
        """Tell whether it was noted on another day than that on which it arrived."""
        return self.delivered_at is not None and clock.day_of(self.delivered_at) != self.arrived_on

    @property
    def began_on(self) -> date:
        """The first day on which something can have happened at its door."""
        return clock.day_of(self.left_at or self.opened_at)

    def shows_address_to(self, person: Person) -> bool:
        """Tell whether the courier needs the address: from acceptance to a day after delivery, or
        after he has fetched what goes back."""
        return self.address_until(person) is not None

    def address_until(self, person: Person) -> datetime | None:
        """Return how long the courier is sure to see the address, and None where it does not.

        While the job is carried that is a day from now, as if it were delivered at once.
        """
        if person.party_id != self.courier_id:
            return None
        ended = self.left_at if self.status == Status.FETCHED else self.delivered_at
        if self.status in UNDER_WAY and self.status != Status.FETCHED:
            return clock.now() + A_DAY
        if self.status not in (Status.DELIVERED, Status.FETCHED) or ended is None:
            return None
        until: datetime = ended + A_DAY
        return until if clock.now() < until else None

    @property
    def orders(self) -> list[Order]:
        """Its orders, the oldest first; reads `loads` as prefetched."""
        return sorted((load.order for load in self.loads.all()), key=lambda order: order.pk)

    @property
    def first_order(self) -> Order:
        """Any of them says to whom and where it goes: their doors are the same."""
        return self.orders[0]

    @property
    def telephones(self) -> list[str]:
        """The numbers at which its orders say that the receiver is reached: each once."""
        return list(dict.fromkeys(order.telephone for order in self.orders if order.telephone))

    @property
    def spot(self) -> Spot | None:
        """Where its door is on the map, if one of its orders says so; reads `loads` as prefetched."""
        return next((order.spot for order in self.orders if order.spot), None)

    @property
    def known_as(self) -> str:
        """The numbers of its orders, under which the parties know it."""
        return ", ".join(order.number for order in self.orders)

    @property
    def asked(self) -> int:
        """The sum that was fixed when it left; reads `loads` and their collections as prefetched."""
        return sum(load.asked for load in self.loads.all())

    @property
    def collections(self) -> list[Collection]:
        """What was asked at its door, for each order; reads `loads` and their collections as
        prefetched."""
        return [load.collection for load in self.loads.all() if load.collection]

    @property
    def collected(self) -> int | None:
        """The sum that was collected, as was said; None before, and where nothing was asked for."""
        said = self.collections
        if not said or any(one.collected is None for one in said):
            return None
        return sum(one.collected or 0 for one in said)

    @property
    def held(self) -> int:
        """What of it is still in the hands of whoever collected it."""
        return sum(one.collected or 0 for one in self.collections if one.is_held)

    @property
    def is_asked_again(self) -> bool:
        """Tell whether a second circle of couriers was asked; reads `offers` as prefetched."""
        return len({offer.wave for offer in self.offers.all()}) > 1

    @property
    def remarks(self) -> str:
        """What the buyer wrote to its orders, each with its number where there are several."""
        said = [order for order in self.orders if order.remarks]
        if len(self.orders) == 1:
            return "".join(order.remarks for order in said)
        return "\n".join(f"{order}: {order.remarks}" for order in said)

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def failing(self) -> str:
        """The step that says that its courier came in vain."""
        return "delivery.miss" if self.fetches else "delivery.fail"

    @property
    def planning(self) -> str:
        """The step that says when its courier comes."""
        return "delivery.plan_fetch" if self.fetches else "delivery.plan_attempt"

    @property
    def is_out(self) -> bool:
        return self.status in OUT

    @property
    def failures(self) -> list[Handover]:
        """The attempts that failed, the first one first; reads `handovers` as prefetched."""
        in_vain = (Handover.Kind.FAILED, Handover.Kind.MISSED)
        tried = [one for one in self.handovers.all() if one.kind in in_vain]
        return sorted(tried, key=lambda one: one.pk)

    @property
    def taken_along(self) -> Handover | None:
        """What its courier counted when he fetched it; reads `handovers` as prefetched."""
        fetched = Handover.Kind.FETCHED
        return next((one for one in self.handovers.all() if one.kind == fetched), None)

    @property
    def had_its_attempts(self) -> bool:
        """Tell whether it was tried as often as the workshop wants; reads `handovers`."""
        return len(self.failures) >= self.workshop.delivery_attempts

    @property
    def has_signed_paper(self) -> bool:
        """Tell whether its signed note came back; reads `handovers` as prefetched."""
        return any(handover.signed_on for handover in self.handovers.all())

    @property
    def pin_tries_left(self) -> int:
        return max(PIN_TRIES - self.wrong_pins, 0)

    def note_paper(self) -> Paper | None:
        """Return the delivery note that is valid now."""
        papers = Paper.objects.filter(workshop_id=self.workshop_id, number=self.note_number)
        return papers.first() if self.note_number else None

    # Inside

    def _try_pin(
        self, pin: str, by: Person, step: str = "delivery.deliver", states: Sequence[str] = OUT
    ) -> bool:
        """Hold the PIN against the right one. A wrong try is kept, whatever becomes of the step."""
        if not by.may(step, self):
            raise NotAllowed
        with transaction.atomic():
            row = Shipment.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if row.status not in states:
                return False  # the step itself will say why not
            if not row.pin_tries_left:
                raise WrongPin(_now("Too many wrong PINs: only a photo is a proof now."))
            is_right = hmac.compare_digest(pin.encode(), row.pin.encode())
            if not is_right:
                row.wrong_pins += 1
                row.save(update_fields=["wrong_pins"])
        if not is_right:
            words = (
                _now("This PIN is not right: the buyer sees it on the order. Tries left: %(left)s.")
                if row.fetches
                else _now(
                    "This PIN is not right: the receiver sees it on the order. Tries left: %(left)s."
                )
            )
            raise WrongPin(words % {"left": row.pin_tries_left})
        return True

    def _offer_to(self, person: Person) -> CourierOffer:
        mine = self.offers.filter(courier_id=person.party_id, status=CourierOffer.Status.OFFERED)
        offer = mine.select_related("courier").first()
        if offer is None:
            raise TooLate(_now("This job is not offered to you any more."))
        if offer.has_run_out:
            raise TooLate(_now("This offer has run out."))
        return offer

    def _ask(self, couriers: list[Party], *, expires_at: datetime, fee: int) -> None:
        asked = self.offers.aggregate(n=Max("wave"))["n"] or 0
        for courier in sorted(couriers, key=lambda party: party.pk):
            self.offers.filter(courier=courier, status=CourierOffer.Status.OFFERED).update(
                status=CourierOffer.Status.WITHDRAWN
            )
            self.offers.create(courier=courier, fee=fee, expires_at=expires_at, wave=asked + 1)
            for person in Person.objects.active().filter(party=courier, user=None):
                AccessLink.issue(person, self)

    def _is_open_to_somebody(self) -> bool:
        offered = self.offers.filter(status=CourierOffer.Status.OFFERED)
        return offered.filter(expires_at__gte=clock.now()).exists()

    def _close_offers(self, *statuses: CourierOffer.Status) -> None:
        self.waves.waiting().delete()
        self.offers.filter(status__in=statuses).update(status=CourierOffer.Status.WITHDRAWN)

    def _demand_packages(self) -> None:
        if self.fetches:
            raise WrongState(_now("This fetches goods back: it has no packages."))

    def _demand_fetching(self) -> None:
        if not self.fetches:
            raise WrongState(_now("This brings packages to the buyer: nothing is fetched."))

    def _could_be_on(self, day: date) -> bool:
        """Tell whether something can have happened at its door on a day."""
        return self.began_on <= day <= clock.today()

    def _demand_it_could_be(self, told_on: date | None) -> None:
        if told_on is not None and not self._could_be_on(told_on):
            raise WrongState(_now("That was between the day it began and today: look at the day."))

    def _demand_soon(self, day: date) -> None:
        if not clock.today() <= day <= clock.in_days(FURTHEST):
            raise WrongState(_now("Plan it for today or one of the next 30 days."))

    def _demand_no_carrier(self) -> None:
        booked = self.consignments.filter(status__in=("asked", "booked"))
        if booked.filter(account__isnull=False).exists():
            raise WrongState(_now("Call off the carrier that is booked first."))

    def _demand_paid(self) -> None:
        for order in self.orders:
            order.demand_open(Gate.HAND_OVER)

    def _demand_ready_to_leave(self, count: int) -> None:
        self._demand_paid()
        if self.mode not in COLLECTING and self.cash_to_collect():
            raise GateShut(
                _now(
                    "This is paid to the courier, and nobody collects on this way: send it by"
                    " ojek or by ourselves, or let the buyer pay first."
                )
            )
        if not self.note_number:
            raise WrongState(_now("Issue the delivery note first."))
        if count != self.packages.count():
            raise NotCounted(
                _now("Please count again: the note says %(count)s packages.")
                % {"count": self.packages.count()}
            )

    def _note(self, kind: Handover.Kind, by: Person, count: int, **facts: object) -> None:
        self.handovers.create(kind=kind, by=by, count=count, **facts)

    def _move(
        self, source: Location.Kind, target: Location.Kind | None, reason: str, *, by: Person
    ) -> None:
        """Move every pair of the shipment, kept for its order line all the way."""
        inside = PackageLine.objects.filter(package__shipment=self).order_by()
        counts = dict(inside.values_list("size").annotate(sum=Sum("pairs")))
        rows = LineSize.objects.filter(pk__in=counts).order_by("pk")
        sizes = list(rows.select_related("variant__colourway__product"))
        items = Item.of_variants(size.variant for size in sizes)
        here = Location.of(self.workshop_id, source)
        there = Location.of(self.workshop_id, target) if target else None
        for size in sizes:
            pairs = counts[size.pk]
            size.advance(*_step_of(source, target, pairs))
            Movement.record(
                items[size.variant_id],
                pairs,
                by=by,
                subject=self,
                reason=reason,
                source=here,
                target=there,
                kept_for=size,
            )


def _with_contents(packages: list[Package]) -> PackageQuerySet:
    return Package.objects.filter(pk__in=[one.pk for one in packages]).for_list()


def _step_of(source: Location.Kind, target: Location.Kind | None, pairs: int) -> tuple[Track, int]:
    if target is None:
        return Track.DELIVERED, pairs
    return Track.PICKED_UP, -pairs if source == Location.Kind.TRANSIT else pairs
