"""Files of messages on all pages where people talk: sent, shown, opened, refused with the words kept."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from simpul import testing
from simpul.conversations.models import Message, MessageFile
from simpul.tests.world import World

pytestmark = pytest.mark.same_on_any_database(
    "a form that takes a file and a page that shows it know no database; how a message and its files"
    " are stored is tested on both"
)

# who says it on which page, and to which address
PAGES = {
    "buyer:order-message": ("dewi", "order", "buyer:order"),
    "buyer:ticket-message": ("dewi", "customer ticket", "buyer:ticket"),
    "buyer:tally-question": ("dewi", "month", "buyer:tally"),
    "supplier:message": ("budi", "purchase", "supplier:purchase"),
    "courier:message": ("asep", "shipment", "courier:job"),
    "courier:ticket-message": ("asep", "ticket", "courier:ticket"),
    "workshop:order-message": ("sari", "order", "workshop:order"),
    "workshop:party-message": ("sari", "party", "workshop:party"),
    "workshop:purchase-message": ("rina", "purchase", "workshop:purchase"),
    "workshop:shipment-message": ("rina", "shipment", "workshop:shipment"),
    "workshop:ticket-message": ("sari", "ticket", "workshop:ticket"),
}


@pytest.fixture
def world(db: None) -> World:
    world = World()
    world.shipment.accept(by=world.people["asep"])
    return world


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("sol.png", testing.picture().content, "image/png")


def test_everywhere_a_file_is_sent_shown_and_opened(world: World) -> None:
    for name, (who, thing, page) in PAGES.items():
        client = world.clients[who]
        sent = {"body": f"Lihat {name}", "attached": [photo(), photo()]}
        answer = client.post(world.path(name, thing), sent)
        assert answer.status_code == 302, name
        message = Message.objects.latest("pk")
        assert (message.files.count(), message.by) == (2, world.people[who]), name
        shown = client.get(world.path(page, "" if page == "buyer:tally" else thing)).text
        for file in message.files.all():
            addresses = set(re.findall(rf'"(/[^"]*/files/{file.pk}/[^"]*)"', shown))
            assert len(addresses) == 2, name
            for address in addresses:
                opened = client.get(address)
                assert opened["Content-Type"] == "image/jpeg"
                assert opened["Content-Disposition"].startswith("inline")


def test_everywhere_a_refused_file_leaves_the_words(world: World) -> None:
    before = MessageFile.objects.count(), Message.objects.count()
    for name, (who, thing, _page) in PAGES.items():
        bad = SimpleUploadedFile("gambar.svg", b"<svg/>")
        sent = {"body": f"Lihat {name}", "attached": [photo(), bad]}
        answer = world.clients[who].post(world.path(name, thing), sent)
        assert answer.status_code == 422, name
        assert f"Lihat {name}</textarea>" in answer.text
        assert "gambar.svg" in answer.text
    assert (MessageFile.objects.count(), Message.objects.count()) == before
