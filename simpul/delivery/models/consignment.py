"""Shipments that a carrier brings: who carries, under which number, and what it says on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.delivery.carriers import CARRIERS, NAMES, Booked, Carrier, Rate, State, Told
from simpul.delivery.models.shipment import Shipment
from simpul.delivery.models.shipment import Status as ShipmentStatus
from simpul.lib import clock
from simpul.parties.models import Person
from simpul.workflow.connections import ConnectionQuerySet, Heard, ProviderAccount
from simpul.workflow.steps import Refused, WrongState, creation, step

NUMBER = re.compile(r"[A-Z0-9]{6,30}")
SEALED, DEMO, SILENT = "SECRET_KEY", "DEMO", "SILENT"  # troubles that have words of ours
NAMELESS = "SENDER"  # the same: it goes in the buyer's name, whose telephone is not known
CARRIED = (Shipment.Mode.EXPEDITION, Shipment.Mode.CARGO)  # the ways that a carrier goes


class NotReady(Refused):
    """A carrier cannot be asked: something must be known first."""


class CarrierAccount(ProviderAccount):
    """The workshop at a side that books carriers. Without one none is asked."""

    PROVIDERS: ClassVar[Mapping[str, Carrier]] = CARRIERS

    objects = ConnectionQuerySet["CarrierAccount"].as_manager()

    # Steps

    @classmethod
    @creation("delivery.connect_carrier", private=("keys",))
    def connect(cls, *, by: Person, provider: str, keys: Mapping[str, str]) -> CarrierAccount:
        """Enter the keys."""
        return cls.enter(by, provider, keys)

    @step(
        "delivery.disconnect_carrier",
        source=ProviderAccount.Status.CONNECTED,
        target=ProviderAccount.Status.CLOSED,
    )
    def disconnect(self, *, by: Person) -> None:
        """Ask no more and believe no more notices."""
        super().disconnect(by=by)

    # Questions

    @property
    def carrier(self) -> Carrier:
        return self.PROVIDERS[self.provider]


class RateRequest(models.Model):
    """The question what a shipment costs by carriers, and the answer as it came."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="rate_requests")
    account = models.ForeignKey(CarrierAccount, models.PROTECT, related_name="+")
    postcode = models.CharField(max_length=5)  # of the receiver
    value = models.PositiveBigIntegerField(default=0)  # rupiah, as it is declared
    grams = models.PositiveIntegerField()
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=200, blank=True, editable=False)
    rates = models.JSONField(default=list, editable=False)

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return f"{self.shipment} {self.asked_at:%Y-%m-%d %H:%M}"

    # Steps

    @classmethod
    @creation("delivery.ask_rates", private=("postcode",))
    def ask(
        cls, *, by: Person, shipment: Shipment, account: CarrierAccount, postcode: str, value: int
    ) -> RateRequest:
        """Note the question; whoever asks it does so outside of a transaction."""
        if shipment.status != ShipmentStatus.OPEN:
            raise WrongState(_now("This shipment is not open any more."))
        if account.workshop_id != shipment.workshop_id or account.status != "connected":
            raise WrongState(_now("This carrier is not connected."))
        grams = [package.grams for package in shipment.packages.for_list()]
        if not grams or None in grams:
            raise NotReady(_now("Weigh every package first."))
        return cls.objects.create(
            shipment=shipment,
            account=account,
            postcode=postcode,
            value=value,
            grams=sum(one or 0 for one in grams),
        )

    def answer(self, rates: list[Rate], trouble: str = "") -> None:
        """Keep what came back, the cheapest first."""
        mine = RateRequest.objects.filter(pk=self.pk, answered_at=None)
        mine.update(
            answered_at=clock.now(),
            trouble=trouble[:200],
            rates=[
                [one.company, one.service, one.name, one.price, one.days]
                for one in sorted(rates, key=lambda rate: (rate.price, rate.name))
            ],
        )

    # Questions

    @property
    def shown_with(self) -> Shipment:
        return self.shipment

    @property
    def workshop_id(self) -> int:
        return self.shipment.workshop_id

    @property
    def trouble_words(self) -> str:
        return trouble_words(self.trouble)

    @property
    def offers(self) -> list[Rate]:
        return [Rate(*row) for row in self.rates]


class ConsignmentQuerySet(models.QuerySet["Consignment"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(shipment__in=Shipment.objects.visible_to(person))

    def standing(self) -> Self:
        return self.exclude(status=Consignment.Status.ENDED)

    def to_ask_about(self) -> Self:
        """Those on their way of whose end nobody has heard."""
        booked = self.filter(status=Consignment.Status.BOOKED, account__status="connected")
        return booked.filter(
            shipment__status__in=(ShipmentStatus.PICKED_UP, ShipmentStatus.FAILED)
        ).exclude(reference="")


class Consignment(models.Model):
    """A shipment as a carrier brings it: booked by its programs, or only with its number here.

    What the carrier says is its claim: it moves what is shown, and no paper is signed by it.
    """

    class Status(models.TextChoices):
        CHOSEN = "chosen", _("chosen, not booked")
        ASKED = "asked", _("being booked")
        BOOKED = "booked", _("booked")
        ENDED = "ended", _("called off")

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="consignments")
    account = models.ForeignKey(CarrierAccount, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(RateRequest, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=7, choices=Status, editable=False)
    name = models.CharField(max_length=80)  # of the carrier, and of its service
    company = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=40, blank=True)
    price = models.PositiveBigIntegerField(null=True)  # rupiah, as it was offered
    charged = models.PositiveBigIntegerField(null=True, editable=False)  # as the carrier says now
    number = models.CharField(max_length=30, blank=True)  # for tracking
    reference = models.CharField(max_length=60, blank=True, editable=False)  # its own name of it
    url = models.URLField(max_length=300, blank=True, editable=False)
    state = models.PositiveSmallIntegerField(choices=State, null=True, editable=False)
    heard_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=200, blank=True, editable=False)  # of the last try
    is_unsure = models.BooleanField(default=False, editable=False)  # nobody knows if that arrived
    at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)  # when it was booked, or tried

    objects = ConsignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=~Q(status="ended"), name="consignment_one_standing"
            ),
            models.UniqueConstraint(
                fields=["account", "reference"],
                condition=~Q(reference=""),
                name="consignment_reference_once",
            ),
        ]

    if TYPE_CHECKING:
        shipment: Shipment  # type: ignore[no-redef]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.number]))

    # Steps

    @classmethod
    @creation("delivery.choose_carrier")
    def choose(cls, *, by: Person, request: RateRequest, company: str, service: str) -> Consignment:
        """Take one of the offered services: how the shipment travels, its fee and its days."""
        shipment = request.shipment
        rates = [one for one in request.offers if (one.company, one.service) == (company, service)]
        if not rates:
            raise WrongState(_now("This was not offered."))
        rate = rates[0]
        cls._end_older(shipment, by)
        shipment.go_by(
            by=by,
            mode=Shipment.Mode.EXPEDITION,
            route=rate.name,
            fee=rate.price,
            days=rate.days,
        )
        cls._demand_none(shipment)
        return cls.objects.create(
            shipment=shipment,
            account=request.account,
            request=request,
            status=cls.Status.CHOSEN,
            name=rate.name,
            company=rate.company,
            service=rate.service,
            price=rate.price,
        )

    @classmethod
    @creation("delivery.write_number")
    def write_down(
        cls, *, by: Person, shipment: Shipment, carrier: str, number: str
    ) -> Consignment:
        """Note by hand who carries it and under which number; replaces what was written before."""
        cls._end_older(shipment, by)
        shipment = Shipment.objects.select_for_update(of=("self",)).get(pk=shipment.pk)
        cls._demand_none(shipment)
        if shipment.mode not in CARRIED:
            raise WrongState(_now("No carrier brings this shipment."))
        if shipment.status in (ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED):
            raise WrongState(_now("This shipment does not travel any more."))
        return cls.objects.create(
            shipment=shipment, status=cls.Status.BOOKED, name=carrier, number=tidy_number(number)
        )

    @step("delivery.book_carrier", source=Status.CHOSEN, target=Status.ASKED)
    def book(self, *, by: Person) -> None:
        """Order it. Whoever asks the carrier does so outside of a transaction, once."""
        shipment = Shipment.objects.select_for_update(of=("self",)).get(pk=self.shipment_id)
        if shipment.status not in (ShipmentStatus.OPEN, ShipmentStatus.ACCEPTED):
            raise WrongState(_now("This shipment is not open any more."))
        if self.account is None or self.account.status != "connected":
            raise WrongState(_now("This carrier is not connected."))
        self.asked_at, self.trouble, self.is_unsure = clock.now(), "", False

    @step("delivery.carrier_booked", source=Status.ASKED, target=Status.BOOKED)
    def take_booking(self, *, by: Person, booked: Booked) -> None:
        """The carrier's side made it."""
        self.reference, self.url = booked.reference[:60], booked.url[:300]
        self.number, self.charged = tidy_number(booked.number), booked.price
        self.state, self.heard_at, self.is_unsure = State.BOOKED, clock.now(), False

    @step("delivery.carrier_refused", source=Status.ASKED, target=Status.CHOSEN)
    def take_refusal(self, *, by: Person, trouble: str, is_unsure: bool) -> None:
        """It said no, or nothing: then a person looks at its own page before asking again."""
        self.trouble, self.is_unsure = trouble[:200], is_unsure

    @step("delivery.call_off_carrier", source=(Status.CHOSEN, Status.BOOKED), target=Status.ENDED)
    def call_off(self, *, by: Person) -> None:
        """Let this carrier not bring it; whose programs were asked is told afterwards."""
        if self.is_carried:
            raise WrongState(
                _now("The carrier has the packages already: it cannot be called off any more.")
            )

    @step("delivery.hear_carrier", source=Status.BOOKED)
    def hear(self, *, by: Person, state: int | None, number: str, price: int | None) -> None:
        """Keep what the carrier says; how far it is only climbs. Its number may come later."""
        if state is not None and (self.state is None or state > self.state):
            self.state = state
        self.heard_at = clock.now()
        self.number = tidy_number(number) or self.number
        self.charged = self.charged if price is None else price

    @step("delivery.carrier_fails", source=Status.BOOKED)
    def take_failure(self, *, by: Person) -> None:
        """Tell the workshop that the carrier does not bring it: a person says what becomes of it."""

    @step("delivery.carrier_keeps", source=Status.ENDED, target=Status.BOOKED)
    def carry_on(self, *, by: Person) -> None:
        """It was called off too late: the carrier has the packages, and is heard again."""
        self.trouble = ""

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.shipment.workshop_id

    @property
    def shown_with(self) -> Shipment:
        return self.shipment

    @property
    def trouble_words(self) -> str:
        return trouble_words(self.trouble)

    @property
    def is_by_api(self) -> bool:
        return self.account_id is not None

    @property
    def is_booked(self) -> bool:
        return self.status == self.Status.BOOKED

    @property
    def takes_number(self) -> bool:
        """Tell whether a number is typed in its place: it was typed before, it is over, or nobody
        knows whether it is booked."""
        is_open = self.status == self.Status.CHOSEN and self.is_unsure
        return not self.is_by_api or self.status == self.Status.ENDED or is_open

    @property
    def is_carried(self) -> bool:
        """Tell whether a carrier whose programs booked it has the packages, by its word or by our
        count; one that gave up or brought them back has not. Reads `shipment`."""
        if not self.is_by_api or not self.is_booked:
            return False
        if self.state in (State.GIVEN_UP, State.BACK):
            return False
        is_fetched = self.state is not None and self.state >= State.FETCHED
        return is_fetched or self.shipment.is_out

    @property
    def says(self) -> str:
        """What the carrier says, in words; nothing where it has not said anything."""
        return "" if self.state is None else str(State(self.state).label)

    @property
    def is_reweighed(self) -> bool:
        """Tell whether the carrier asks another price than it offered."""
        return self.charged is not None and self.charged != self.price

    # Inside

    @classmethod
    def _end_older(cls, shipment: Shipment, by: Person) -> None:
        for older in cls.objects.standing().filter(shipment=shipment):
            if older.is_by_api and older.status != cls.Status.CHOSEN:
                raise WrongState(_now("Call off the carrier that is booked first."))
            older.call_off(by=by)

    @classmethod
    def _demand_none(cls, shipment: Shipment) -> None:
        """Hold, over the locked shipment, that nobody chose another carrier just now."""
        if cls.objects.standing().filter(shipment=shipment).exists():
            raise WrongState(_now("Somebody was quicker: look at the shipment again."))


class TrackingEvent(Heard):
    """One word of a carrier."""

    account = models.ForeignKey(
        CarrierAccount, models.PROTECT, related_name="events", db_index=False
    )
    consignment = models.ForeignKey(
        Consignment, models.PROTECT, null=True, related_name="events", editable=False
    )
    read_at = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)  # the carrier's own time of it
    word = models.CharField(max_length=40, blank=True, editable=False)
    state = models.PositiveSmallIntegerField(choices=State, null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="tracking_event_once")
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(read_at=None), name="tracking_event_unread")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.word} {self.at:%Y-%m-%d %H:%M}"

    def note(self, told: Told | None, consignment: Consignment | None = None) -> None:
        """Note what it says, once it was read; None where it is no notice."""
        facts: dict[str, Any] = {"read_at": clock.now(), "consignment": consignment}
        if told is not None:
            facts |= {"word": told.word[:40], "state": told.state, "told_at": told.at}
        TrackingEvent.objects.filter(pk=self.pk).update(**facts)

    @property
    def says(self) -> str:
        return self.word if self.state is None else str(State(self.state).label)


def tidy_number(typed: str) -> str:
    """Return a tracking number as it is kept: capitals and digits; nothing where it is none."""
    number = "".join(one for one in typed.upper() if one.isalnum())
    return number if NUMBER.fullmatch(number) else ""


def carrier_names() -> list[str]:
    """Return the carriers that are proposed when a number is typed by hand."""
    return list(NAMES.values())


def trouble_words(trouble: str) -> str:
    """Return why a try failed in the reader's language, or what the other side said."""
    ours = {
        SEALED: _now("Its keys cannot be read any more: the owner enters them again."),
        DEMO: _now("The demonstration asks nobody."),
        SILENT: _now("No answer came."),
        NAMELESS: _now(
            "This goes in the buyer's name, and the buyer has no telephone number here: enter one."
        ),
    }
    return ours.get(trouble, trouble)
