"""What the worker does for payments."""

from django.tasks import task

from simpul.parties.models import Workshop
from simpul.payments import online, whatsapp
from simpul.payments.models import Arrival


@task
def fetch_picture(arrival: int) -> None:
    """Fetch the picture of a message, without waiting for the clock."""
    whatsapp.fetch(Arrival.objects.select_related("workshop").get(pk=arrival))


@task
def apply_notice(notice: int) -> None:
    """Do what a gateway's notice says."""
    online.apply(notice)


@task
def tend_links(workshop: int) -> None:
    """Make the links that somebody waits for, without waiting for the clock."""
    online.tend_links(Workshop.objects.get(pk=workshop))
