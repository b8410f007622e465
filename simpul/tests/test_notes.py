"""What the house writes for itself is on no page of anybody else."""

from __future__ import annotations

from simpul.conversations.models import InternalNote, Ticket
from simpul.delivery.models import Shipment
from simpul.tests.doors import TABLE
from simpul.tests.test_doors import people
from simpul.tests.world import World

SECRET = "SangatRahasia"
OUTSIDE = ("buyer", "supplier", "courier", "storefront")


def test_no_page_outside_of_the_desk_shows_a_note(db: None) -> None:
    world = World()
    things = [
        world.order,
        world.purchase,
        Shipment.objects.get(pk=world.shipment.pk),
        Ticket.objects.differences().get(),
        *(world.party(name) for name in ("dewi", "budi", "asep")),
    ]
    for thing in things:
        InternalNote.write(by=world.people["sari"], subject=thing, body=SECRET)

    shown: dict[str, set[str]] = {"desk": set(), "outside": set()}
    for name, door in TABLE.items():
        portal = name.partition(":")[0]
        where = "outside" if portal in OUTSIDE else "desk" if portal == "workshop" else ""
        if where and door.answer == 200:
            for actor in people(door.sees) if where == "outside" else {"owner"}:
                answer = world.clients[actor].get(world.path(name, door.thing))
                if "text" in answer.headers.get("Content-Type", "") and SECRET in answer.text:
                    shown[where].add(name)

    assert shown["outside"] == set()
    assert shown["desk"] >= {
        "workshop:order",
        "workshop:purchase",
        "workshop:shipment",
        "workshop:ticket",
        "workshop:party",
    }
