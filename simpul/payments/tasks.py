"""What the worker does for payments."""

from django.tasks import task

from simpul.payments import whatsapp
from simpul.payments.models import Arrival


@task
def fetch_picture(arrival: int) -> None:
    """Fetch the picture of a message, without waiting for the clock."""
    whatsapp.fetch(Arrival.objects.select_related("workshop").get(pk=arrival))
