from typing import Any

import pytest
from django.urls import reverse

from simpul import testing
from simpul.conversations.models import Conversation, GuestEntry, Message, Ticket
from simpul.parties.models import Party, Person, Workshop
from simpul.portals.doors import DOORS, document_of, path_for, portal_path, sides_of

# a thing's page exists in the portal that the table names
ARGUMENTS: dict[str, list[object]] = {
    "": [],
    "pk": [7],
    "party_id": [7],
    "distributor_id": [7],
    "post_id": [7],
    "campaign_id": [7],
    "begins_at": [7],  # the post that its thread begins with
    "number": ["SO-2026-0001"],
    "code": ["7K3MPQ"],
    "slug": ["drb-01"],
}


@pytest.mark.parametrize(
    ("name", "attribute"), sorted({door for sides in DOORS.values() for door in sides.values()})
)
def test_every_door_leads_to_a_page(name: str, attribute: str) -> None:
    assert reverse(name, args=["ciomas", *ARGUMENTS[attribute.rpartition(".")[2]]]).startswith(
        "/ciomas/"
    )


def test_everybody_has_a_portal_of_their_own(
    sari: Person, dewi: Person, budi: Person, asep: Person, machine: Person
) -> None:
    assert portal_path(sari) == "/ciomas/desk/"
    assert portal_path(dewi) == "/ciomas/my/"
    assert portal_path(budi) == "/ciomas/supply/"
    assert portal_path(asep) == "/ciomas/courier/"
    assert portal_path(machine) == "/ciomas/"


def test_a_party_may_stand_on_several_sides(workshop: Workshop) -> None:
    both = testing.party(
        workshop, "Dua", buys_as=Party.BuysAs.CONSUMER, is_supplier=True, is_courier=True
    )
    assert sides_of(testing.person("Dua", both)) == ["buyer", "supplier", "courier"]


def test_who_buys_and_drives_reads_a_difference_as_a_courier(
    workshop: Workshop, machine: Person
) -> None:
    both = testing.party(workshop, "Dua", buys_as=Party.BuysAs.CONSUMER, is_courier=True)
    dua = testing.person("Dua", both)
    facts: dict[str, Any] = {"subject": both, "party": both}
    cash = Ticket.open(by=machine, kind="cash", facts={}, **facts)
    asked = Ticket.ask(by=dua, kind="question", body="Ada?", **facts)

    assert path_for(cash, dua) == f"/ciomas/courier/cash/tickets/{cash.pk}/"
    assert path_for(asked, dua) == f"/ciomas/my/tickets/{asked.pk}/"


def test_the_order_has_a_page_on_both_sides(
    buyer: Party, dewi: Person, sari: Person, budi: Person
) -> None:
    order = testing.order(buyer)
    assert path_for(order, sari) == f"/ciomas/desk/orders/{order.number}/"
    assert path_for(order, dewi) == f"/ciomas/my/orders/{order.number}/"
    assert document_of(order, dewi) == order
    assert document_of(order, budi) is None
    assert path_for(order, budi) is None


def test_a_message_is_shown_with_what_it_is_about(buyer: Party, dewi: Person, sari: Person) -> None:
    order = testing.order(buyer)
    message = Message.say(by=sari, conversation=Conversation.of(order, buyer), body="Halo")
    assert document_of(message, dewi) == order
    assert path_for(message, dewi) == f"/ciomas/my/orders/{order.number}/"


def test_a_thing_without_a_page_has_none(machine: Person, dewi: Person, sari: Person) -> None:
    entry = GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
    assert path_for(entry, dewi) is None
    assert path_for(entry, sari) == "/ciomas/desk/guestbook/"
    assert document_of(entry, sari) is None  # a page of many things is opened by no link
