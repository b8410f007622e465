"""What is on its way these days: a courier's run, what went wrong at a door, and who is asked next.

Mang Ujang has five stops around Bogor today. Of what he brought before, one shop did not take a wet
carton, and at another door nobody was at home.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from simpul.delivery.models import Part, Reason, Shipment
from simpul.demo import photos, this_week, workshop_floor
from simpul.lib import clock
from simpul.lib.places import Spot
from simpul.orders.models import Order
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.demo.history import Story

CARTON = {
    "weight": 9_600,
    "length": 650,
    "width": 380,
    "height": 330,
}  # ten pairs: gram, millimetre
CUSTOMER = {  # of a distributor, who has it sent as if it came from him
    "receiver": "Bu Ratna Contoh",
    "telephone": "+6281200000023",
    "address": "Jl. Raya Tajur No. 212, Bogor Timur, Kota Bogor 16141",
    "spot": Spot(-6_637_000, 106_831_000),
    "in_buyers_name": True,
}


def plan(story: Story) -> None:
    """Let all of it happen in the last days, the run in the last hours."""
    now = story.now
    for moment, happens in (
        (_workday(now - timedelta(days=3), 9), partial(_not_taken, story)),
        (_workday(now - timedelta(days=1), 8), partial(_nobody_there, story)),
        (_workday(now - timedelta(days=1), 15), partial(_asked_again, story)),
        (_workday(now - timedelta(hours=3)), partial(_run_of_today, story)),
    ):
        story.at(moment, happens)


def _run_of_today(story: Story) -> None:
    """Four stops have left with their notes, among them two orders for one door; one stands ready."""
    maju = story.cast.parties["maju"]
    together = [
        this_week.from_stock(story, "maju", "LFR-02"),
        this_week.from_stock(story, "maju", "DRB-01"),
    ]
    for order in together:
        for package in order.packages.all():
            package.weigh(by=story.cast.staff["rina"], **CARTON)
    maju.sends_in_own_name = True
    maju.save(update_fields=["sends_in_own_name"])
    named = this_week.from_stock(story, "maju", "PNT-04", **CUSTOMER)
    for shipment in (
        _offered(story, together),
        _offered(story, [named], to="Bogor Timur, Kota Bogor"),
        _offered(story, [this_week.from_stock(story, "wulan", "PNT-04", pairs=1)]),
        _offered(story, [this_week.from_stock(story, "nita", "BOT-03", pairs=1)]),
    ):
        workshop_floor.hand_over(story, shipment)
    ready = _offered(story, [this_week.from_stock(story, "koperasi", "SKL-05")])
    ready.accept(by=story.cast.contacts["ojek"])
    ready.issue_note(by=story.cast.staff["rina"])


def _not_taken(story: Story) -> None:
    """Of two cartons one is wet: it stays with the courier, and sales has a ticket with the picture."""
    order = this_week.from_stock(story, "koperasi", "PNT-04")
    shipment = _offered(story, [order])
    workshop_floor.hand_over(story, shipment)
    story.later(partial(_take_one, story, shipment), hour=14)


def _take_one(story: Story, shipment: Shipment) -> None:
    shipment.refresh_from_db()
    wet = shipment.packages.order_by("-pk")[:1]
    look = shipment.first_order.lines.get().colourway
    shipment.deliver(
        by=_ujang(story),
        receiver="Pak Usman",
        count=shipment.packages.count() - 1,
        pin=shipment.pin,
        refused=list(wet),
        note="Kardus kedua basah kena hujan, sepatu di atas lembap.",
        damage=[photos.of_drawing(look.drawing)],
    )


def _nobody_there(story: Story) -> None:
    order = this_week.from_stock(story, "ayu", "PNT-04", pairs=1)
    shipment = _offered(story, [order])
    workshop_floor.hand_over(story, shipment)
    story.later(partial(_come_away, story, shipment), hour=11)


def _come_away(story: Story, shipment: Shipment) -> None:
    """Tried once; it is tried again on the next working day after today."""
    shipment.refresh_from_db()
    again = clock.day_of(story.now) + timedelta(days=1)
    if again.weekday() == 6:
        again += timedelta(days=1)
    shipment.fail(
        by=_ujang(story),
        reason=Reason.NOBODY,
        note="Pagar dikunci, kata tetangga pulang besok.",
        next_on=again,
        next_part=Part.MORNING,
    )


def _asked_again(story: Story) -> None:
    """The first courier passes it on, and the second circle is asked for a little more."""
    shipment = _offered(
        story,
        [this_week.from_stock(story, "sukabumi", "DRB-01")],
        fee=150_000,
        then_at=clock.now() + timedelta(hours=2),
        then_fee=180_000,
    )
    shipment.pass_on(by=_ujang(story))


def _offered(story: Story, orders: list[Order], *, fee: int = 45_000, **facts: Any) -> Shipment:
    """Ask Mang Ujang for one door."""
    return this_week.offered(
        story, orders, courier="ojek", mode=Shipment.Mode.OJEK, fee=fee, **facts
    )


def _ujang(story: Story) -> Person:
    return story.cast.contacts["ojek"]


def _workday(moment: datetime, hour: int | None = None) -> datetime:
    """Return that moment, or on a Sunday the same of the day before."""
    moment = moment if hour is None else moment.replace(hour=hour, minute=20)
    return moment - timedelta(days=moment.weekday() == 6)
