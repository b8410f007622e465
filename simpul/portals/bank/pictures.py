"""Pictures of messages: fetched after the answer to Meta, and taken in where they belong."""

from django.tasks import task

from simpul.parties.models import Workshop
from simpul.payments import whatsapp
from simpul.payments.models import Arrival
from simpul.portals.bank import arriving


@task
def fetch_picture(arrival: int) -> None:
    """Fetch the picture of a message, without waiting for the clock."""
    found = Arrival.objects.select_related("workshop").get(pk=arrival)
    whatsapp.fetch(found, take=arriving.take_fetched)


def fetch_due(workshop: Workshop) -> None:
    """Fetch what is still to be fetched; called by the clock."""
    whatsapp.fetch_due(workshop, take=arriving.take_fetched)
