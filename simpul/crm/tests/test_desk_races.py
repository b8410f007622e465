"""Two people plan the same visit, or make a ticket of the same message, in the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simpul import testing
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.models import Lead, LeadOffer, Territory, Visit, VisitDay
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visit_is_planned_once(buyer: Party, sari: Person, owner: Person) -> None:
    VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=[])

    ends = testing.at_once(
        *(
            lambda by=by: VisitDay.plan(by=by, rep=sari, on=clock.today(), parties=[buyer])
            for by in (sari, owner)
        )
    )

    assert ends == ["done", "done"]
    assert Visit.objects.count() == 1


def test_a_ticket_is_made_of_a_message_once(
    buyer: Party, dewi: Person, sari: Person, owner: Person
) -> None:
    said = Message.say(by=dewi, conversation=Conversation.of(buyer, buyer), body="Retak.")

    ends = testing.at_once(
        *(lambda by=by: Ticket.make(by=by, message=said, kind="complaint") for by in (sari, owner))
    )

    assert ends == ["done", "refused"]
    assert Ticket.objects.count() == 1


def test_two_do_not_both_get_an_area_alone(buyer: Party, sari: Person, workshop: Workshop) -> None:
    rival = testing.party(workshop, "Toko Maju")

    def alone(party: Party) -> Callable[[], Territory]:
        return lambda: Territory.give(
            by=sari, party=party, regency="Kota Bogor", since=clock.today(), is_exclusive=True
        )

    assert testing.at_once(alone(buyer), alone(rival)) == ["done", "refused"]
    assert Territory.objects.count() == 1


def test_two_of_a_distributor_take_a_prospect_once(
    buyer: Party, dewi: Person, sari: Person
) -> None:
    Territory.give(by=sari, party=buyer, regency="Kota Bogor", since=clock.today())
    lead = Lead.note(by=sari, source="fair", name="Kios", area="Kota Bogor")
    offer = LeadOffer.hand_on(by=sari, lead=lead, agreed=True)
    rani = testing.person("Rani", buyer)

    def take(person: Person) -> Callable[[], None]:
        return lambda: LeadOffer.objects.get(pk=offer.pk).take(by=person)

    assert testing.at_once(take(dewi), take(rani)) == ["done", "refused"]
    assert LeadOffer.objects.get().status == "taken"
