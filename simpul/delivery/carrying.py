"""Asking carriers: what it costs, that they bring it, and how far it is.

Whatever asks another program runs in the worker, outside of transactions; the demonstration asks
nobody. A booking costs money: it is asked for once, and where no answer came a person decides.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.delivery import note
from simpul.delivery.carriers import Parcel, Place, State, Wanted
from simpul.delivery.models import (
    Consignment,
    Load,
    NotReady,
    RateRequest,
    Shipment,
    TrackingEvent,
)
from simpul.delivery.models.consignment import (
    DEMO,
    NAMELESS,
    SEALED,
    SILENT,
    ConsignmentQuerySet,
    trouble_words,
)
from simpul.lib import clock
from simpul.lib.outgoing import Unreachable
from simpul.lib.providers import ProviderRefused, Unreadable
from simpul.lib.sealing import Unsealable
from simpul.papers.models import LANGUAGE
from simpul.parties.models import Workshop

log = logging.getLogger(__name__)

A_BATCH = 30
PATIENCE = 5  # in a row without an answer, then it is left for tomorrow
UNREAD = timedelta(minutes=2)  # the worker should have read it by then
UNANSWERED = timedelta(minutes=5)  # the worker broke off
REMEMBERED = timedelta(days=30)  # longer nobody asks how far a shipment is
OUT = ("picked_up", "failed")
CARRIES = (State.FETCHED, State.HELD, State.MOVING, State.DELIVERED)  # it has or had the packages


def postcode_of(address: str) -> str:
    """Return the postcode in an address: its last five digits that stand alone, or nothing."""
    found = re.findall(r"(?<!\d)\d{5}(?!\d)", address)
    return str(found[-1]) if found else ""


def demand_ready(shipment: Shipment) -> None:
    """Hold that a carrier could be asked; raises NotReady with what is missing."""
    workshop = shipment.workshop
    if not workshop.postcode or not workshop.street or not workshop.telephone:
        raise NotReady(
            _("Enter the workshop's street, postcode and telephone in the settings first.")
        )
    if not shipment.telephones:
        raise NotReady(_("The receiver has no telephone number: carriers ask for one."))
    if not sender_number_of(shipment):
        raise NotReady(trouble_words(NAMELESS))


def sender_number_of(shipment: Shipment) -> str:
    """Return the telephone that the label shows: the buyer's own where it goes in the buyer's name
    (decision 40), and nothing where that is not known."""
    is_the_buyers = shipment.first_order.in_buyers_name
    return shipment.buyer.telephone() if is_the_buyers else shipment.workshop.telephone


# Asking


def ask_rates(request: RateRequest) -> None:
    """Ask what it costs, and keep the answer."""
    if settings.DEMO:
        request.answer([], DEMO)
    if settings.DEMO or request.answered_at is not None:
        return
    account, shipment = request.account, request.shipment
    with override(LANGUAGE):
        parcels = _parcels(shipment, request.value)
    try:
        rates = account.carrier.rates(
            shipment.workshop.postcode, request.postcode, parcels, account.open_keys()
        )
    except (Unreachable, Unsealable, ProviderRefused) as reason:
        request.answer([], _trouble(reason))
    else:
        request.answer(rates)


def book(consignment: Consignment) -> None:
    """Order that it is carried; only while it is being booked, and never a second time."""
    account, request = consignment.account, consignment.request
    if account is None or request is None or not _is_mine(consignment):
        return
    machine = consignment.shipment.workshop.machine
    if settings.DEMO:
        consignment.take_refusal(by=machine, trouble=DEMO, is_unsure=False)
        return
    if not sender_number_of(consignment.shipment):
        consignment.take_refusal(by=machine, trouble=NAMELESS, is_unsure=False)
        return
    try:
        booked = account.carrier.book(_wanted(consignment, request), account.open_keys())
    except (Unsealable, ProviderRefused) as reason:
        consignment.take_refusal(by=machine, trouble=_trouble(reason), is_unsure=False)
    except Unreachable as reason:
        consignment.take_refusal(by=machine, trouble=_trouble(reason), is_unsure=True)
    else:
        consignment.take_booking(by=machine, booked=booked)
        early = account.events.filter(consignment=None, body__contains=booked.reference)
        for event in early.order_by("pk"):
            hear(event)


def call_off(consignment: Consignment) -> None:
    """Tell the carrier's side that a booking is taken back; it may say that this is too late."""
    account = consignment.account
    is_over = consignment.status == Consignment.Status.ENDED
    if settings.DEMO or account is None or not is_over or not consignment.reference:
        return
    mine = Consignment.objects.filter(pk=consignment.pk)
    try:
        account.carrier.call_off(consignment.reference, account.open_keys())
    except (Unreachable, Unsealable, ProviderRefused) as reason:
        mine.update(trouble=_trouble(reason))
    else:
        mine.update(trouble="")


# Hearing


def hear(event: TrackingEvent) -> None:
    """Do what a carrier's word says: what is shown moves, and what it delivered has arrived."""
    account = event.account
    try:
        told = account.carrier.read(event.body.encode())
    except Unreadable:
        event.note(None)
        return
    with transaction.atomic():
        mine = Consignment.objects.filter(account=account, reference=told.reference)
        consignment = mine.select_for_update(of=("self",)).select_related("shipment").first()
        event.note(told, consignment)
        if consignment is None:
            return
        machine = consignment.shipment.workshop.machine
        if told.state in CARRIES and _is_given_back(consignment):
            consignment.carry_on(by=machine)
        if not consignment.is_booked:
            return
        was_bad = consignment.state is not None and State(consignment.state).is_bad
        consignment.hear(by=machine, state=told.state, number=told.number, price=told.price)
        if told.state is not None and told.state.is_bad and not was_bad:
            consignment.take_failure(by=machine)
        settle(consignment)


def settle(consignment: Consignment) -> None:
    """Let a shipment arrive that its carrier says it delivered, once it has left by our count."""
    shipment = Shipment.objects.get(pk=consignment.shipment_id)
    is_said = consignment.state == State.DELIVERED and not shipment.asked
    if is_said and shipment.status in OUT:
        shipment.arrive_as_said(by=shipment.workshop.machine, carrier=consignment.name)


# By the clock


def needs_tending(workshop: Workshop) -> bool:
    return (
        _unread(workshop).exists()
        or _unanswered(workshop).exists()
        or _to_settle(workshop).exists()
    )


def tend(workshop: Workshop) -> None:
    """Mend what a worker left when it broke off, and settle what was told before it had left."""
    for event in _unread(workshop).order_by("pk")[:A_BATCH]:
        try:
            hear(event)
        except Exception:
            log.exception("Word %s of a carrier could not be heard", event.pk)
    for consignment in _unanswered(workshop).order_by("pk")[:A_BATCH]:
        consignment.take_refusal(by=workshop.machine, trouble=SILENT, is_unsure=True)
    for consignment in _to_settle(workshop).order_by("pk")[:A_BATCH]:
        settle(consignment)


def has_questions(workshop: Workshop) -> bool:
    return _open_questions(workshop).exists()


def ask_for_news(workshop: Workshop) -> None:
    """Ask how far each shipment is: a notice may have got lost. What is new is heard as a notice."""
    if settings.DEMO:
        return
    silent = 0
    for consignment in _open_questions(workshop).order_by("pk"):
        account = consignment.account
        if account is None or silent == PATIENCE:
            continue
        try:
            body = account.carrier.look_up(consignment.reference, account.open_keys())
        except (Unreachable, Unsealable, ProviderRefused) as reason:
            silent = silent + 1 if isinstance(reason, Unreachable) else 0
            continue  # tomorrow again
        silent = 0
        event, is_new = TrackingEvent.store(account, body)
        if is_new:
            hear(event)


# Inside


def _open_questions(workshop: Workshop) -> ConsignmentQuerySet:
    mine = Consignment.objects.filter(shipment__workshop=workshop).to_ask_about()
    recent = mine.filter(asked_at__gt=clock.now() - REMEMBERED)
    return recent.select_related("account", "shipment__workshop")


def _unread(workshop: Workshop) -> QuerySet[TrackingEvent]:
    rows = TrackingEvent.objects.filter(account__workshop=workshop, read_at=None)
    return rows.filter(at__lte=clock.now() - UNREAD).select_related("account")


def _unanswered(workshop: Workshop) -> ConsignmentQuerySet:
    rows = Consignment.objects.filter(shipment__workshop=workshop, status="asked")
    return rows.filter(asked_at__lte=clock.now() - UNANSWERED)


def _to_settle(workshop: Workshop) -> ConsignmentQuerySet:
    rows = Consignment.objects.filter(shipment__workshop=workshop, status="booked")
    said = rows.filter(state=State.DELIVERED, shipment__status__in=OUT)
    collecting = Load.objects.filter(collection__isnull=False).values("shipment")
    return said.exclude(shipment__in=collecting)


def _is_given_back(consignment: Consignment) -> bool:
    """Tell whether a carrier was called off and no other has its place."""
    if consignment.status != Consignment.Status.ENDED:
        return False
    shipments = Shipment.objects.select_for_update(of=("self",))
    shipment = shipments.get(pk=consignment.shipment_id)
    is_free = not Consignment.objects.standing().filter(shipment=shipment).exists()
    return is_free and shipment.status in ("open", "accepted", *OUT)


def _is_mine(consignment: Consignment) -> bool:
    """Take the one try that a booking has; false where another process took it."""
    mine = Consignment.objects.filter(pk=consignment.pk, status="asked", is_unsure=False)
    return bool(mine.update(is_unsure=True))  # until the answer says otherwise


def _wanted(consignment: Consignment, request: RateRequest) -> Wanted:
    shipment = consignment.shipment
    workshop, order = shipment.workshop, shipment.first_order
    with override(LANGUAGE):
        sender = note.sender_of(shipment)["name"]
        parcels = _parcels(shipment, request.value)
    return Wanted(
        reference=f"{shipment.number}-{consignment.pk}",
        origin=Place(
            workshop.name,
            workshop.telephone,
            ", ".join(filter(None, [workshop.street, workshop.area])),
            workshop.postcode,
        ),
        target=Place(
            order.receiver,
            next(iter(shipment.telephones), ""),
            ", ".join(order.address.splitlines()),
            request.postcode,
        ),
        sender=(sender, sender_number_of(shipment)),
        company=consignment.company,
        service=consignment.service,
        parcels=parcels,
    )


def _parcels(shipment: Shipment, value: int) -> tuple[Parcel, ...]:
    """Return the packages as a carrier is told of them: never what is in them, nor its price.

    What the workshop declares as their value is spread over them; the last one has the rest.
    """
    packages = list(shipment.packages.for_list())
    share = value // len(packages) if packages else 0
    parcels = []
    for place, package in enumerate(packages, start=1):
        length, width, height = package.length, package.width, package.height
        parcels.append(
            Parcel(
                name=_("Package %(number)s") % {"number": package.number},
                grams=package.grams or 0,
                sides=(length, width, height) if length and width and height else None,
                value=share if place < len(packages) else value - share * (len(packages) - 1),
            )
        )
    return tuple(parcels)


def _trouble(reason: Exception) -> str:
    if isinstance(reason, Unsealable):
        return SEALED
    return SILENT if isinstance(reason, Unreachable) else str(reason)
