"""What the worker does for delivery: it asks carriers."""

from django.tasks import task

from simpul.delivery import carrying
from simpul.delivery.models import Consignment, RateRequest, TrackingEvent

WITH = ("account", "shipment__workshop", "shipment__buyer")


@task
def ask_rates(request: int) -> None:
    """Ask what a shipment costs."""
    carrying.ask_rates(RateRequest.objects.select_related(*WITH).get(pk=request))


@task
def book(consignment: int) -> None:
    """Order that a shipment is carried."""
    carrying.book(Consignment.objects.select_related("request", *WITH).get(pk=consignment))


@task
def call_off(consignment: int) -> None:
    """Take a booking back."""
    carrying.call_off(Consignment.objects.select_related("account").get(pk=consignment))


@task
def hear(event: int) -> None:
    """Do what a carrier's notice says."""
    carrying.hear(TrackingEvent.objects.select_related("account").get(pk=event))
