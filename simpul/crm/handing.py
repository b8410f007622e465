"""What becomes of prospects that a distributor did not take: the next is asked, or we are told."""

from __future__ import annotations

from django.db import transaction

from simpul.crm.models import STAGES, Lead, LeadOffer, NobodyNear
from simpul.crm.models.lead_offer import OPEN, UNTAKEN
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState


@transaction.atomic
def pass_on(offer: LeadOffer, *, by: Person) -> None:
    """Let a distributor say no, and ask the next one."""
    offer.pass_on(by=by)
    _go_on(offer)


def is_needed(workshop: Workshop) -> bool:
    return LeadOffer.objects.filter(workshop=workshop).needs_tending().exists()


def tend(workshop: Workshop) -> None:
    """Let each offer go on that has come to its end. Whoever was quicker has done it already."""
    due = LeadOffer.objects.filter(workshop=workshop).needs_tending()
    for offer in due.select_related("workshop", "lead").order_by("pk"):
        try:
            _tend(offer)
        except WrongState:
            continue


@transaction.atomic
def _tend(offer: LeadOffer) -> None:
    if offer.lead.status not in STAGES:
        offer.recall(by=offer.workshop.machine)
        return
    offer.lapse(by=offer.workshop.machine)
    _go_on(offer)


def _go_on(offer: LeadOffer) -> None:
    """Ask the next distributor, once; where none is left, the prospect comes back to us.

    Whoever was asked last is locked by the step before: two cannot go on with one prospect, and until
    then `hand_on` refuses. If it is closed in this very moment, `tend` takes it back from the next.
    """
    lead = Lead.objects.select_related("workshop", "party").get(pk=offer.lead_id)
    if lead.status not in STAGES or lead.offers.filter(status__in=OPEN).exists():
        return
    latest = lead.offers.order_by("-pk")[0]
    if latest.status not in UNTAKEN or latest.was_last:
        return
    machine = lead.workshop.machine
    try:
        LeadOffer.ask_next(by=machine, lead=lead)
    except NobodyNear:
        latest.bring_back(by=machine)
