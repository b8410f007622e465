"""Two people plan the same visit, or make a ticket of the same message, in the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simpul import testing
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm import handing
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


def asked(sari: Person, workshop: Workshop, *names: str) -> tuple[LeadOffer, list[Person]]:
    """A prospect that the first of some distributors of one regency was asked to look after."""
    people = []
    for name in names:
        near = testing.party(workshop, name)
        people.append(testing.person(f"Ibu {name}", near))
        Territory.give(by=sari, party=near, regency="Kota Bogor", since=clock.today())
    lead = Lead.note(by=sari, source="fair", name="Kios", area="Kota Bogor")
    return LeadOffer.hand_on(by=sari, lead=lead, agreed=True), people


def states(lead: Lead) -> list[str]:
    return list(lead.offers.order_by("pk").values_list("status", flat=True))


def test_who_passes_it_on_and_who_hands_it_on_ask_the_next_one_once(
    workshop: Workshop, sari: Person
) -> None:
    offer, (first, _next, _third) = asked(sari, workshop, "Maju", "Jaya", "Abadi")

    ends = testing.at_once(
        lambda: handing.pass_on(LeadOffer.objects.get(pk=offer.pk), by=first),
        lambda: LeadOffer.hand_on(by=sari, lead=offer.lead, agreed=True),
    )

    assert ends == ["done", "refused"]
    assert states(offer.lead) == ["passed", "offered"]


def test_nobody_is_left_with_a_prospect_that_was_closed_while_it_was_passed_on(
    workshop: Workshop, sari: Person
) -> None:
    offer, (first, _next) = asked(sari, workshop, "Maju", "Jaya")

    ends = testing.at_once(
        lambda: handing.pass_on(LeadOffer.objects.get(pk=offer.pk), by=first),
        lambda: Lead.objects.get(pk=offer.lead_id).lose(by=sari, why="price"),
    )
    handing.tend(workshop)

    assert ends == ["done", "done"]
    assert states(offer.lead)[0] == "passed"
    assert not LeadOffer.objects.filter(status__in=("offered", "taken")).exists()
