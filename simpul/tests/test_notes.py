"""What the house writes for itself stands at its desk; that it stands nowhere else is asked by
`test_doors`, which opens every page anyway."""

from __future__ import annotations

import pytest

from simpul.conversations.models import InternalNote, Ticket
from simpul.delivery.models import Shipment
from simpul.tests.doors import TABLE
from simpul.tests.world import World

SECRET = "SangatRahasia"


def write_notes(world: World) -> None:
    """Write the secret about everything that a note can be about."""
    things = [
        world.order,
        world.purchase,
        Shipment.objects.get(pk=world.shipment.pk),
        Ticket.objects.differences().get(),
        *(world.party(name) for name in ("dewi", "budi", "asep")),
    ]
    for thing in things:
        InternalNote.write(by=world.people["sari"], subject=thing, body=SECRET)


@pytest.mark.django_db
def test_the_desk_shows_a_note_beside_its_thing() -> None:
    world = World()
    write_notes(world)

    for page in ("order", "purchase", "shipment", "ticket", "party"):
        name = f"workshop:{page}"
        answer = world.clients["owner"].get(world.path(name, TABLE[name].thing))
        assert SECRET in answer.text, name
