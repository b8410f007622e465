"""The workshop's number at WhatsApp's Cloud API, whose messages come to the inbox."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, sealing
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import creation, step


class WhatsAppNumberQuerySet(models.QuerySet["WhatsAppNumber"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.none()

    def connected(self) -> Self:
        return self.filter(status=WhatsAppNumber.Status.CONNECTED)


class WhatsAppNumber(models.Model):
    """A number that takes in messages. Its keys are sealed and never shown again."""

    class Status(models.TextChoices):
        CONNECTED = "connected", _("connected")
        CLOSED = "closed", _("disconnected")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="whatsapp_numbers")
    number_id = models.CharField(max_length=40)  # Meta's name of the number
    status = models.CharField(
        max_length=9, choices=Status, default=Status.CONNECTED, editable=False
    )
    template = models.CharField(max_length=100, blank=True, editable=False)  # none: by hand
    keys = models.TextField(editable=False)  # sealed: app_secret, verify_token, access_token
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = WhatsAppNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(status="connected"), name="whatsapp_connected_once"
            )
        ]

    def __str__(self) -> str:
        return self.number_id

    # Steps

    @classmethod
    @creation("payments.connect_whatsapp", private=("app_secret", "verify_token", "access_token"))
    def connect(
        cls,
        *,
        by: Person,
        number_id: str,
        app_secret: str,
        verify_token: str,
        access_token: str,
    ) -> WhatsAppNumber:
        """Enter the number and its keys; they replace older ones."""
        template = ""
        for older in cls.objects.connected().filter(workshop_id=by.workshop_id):
            template = older.template
            older.disconnect(by=by)
        keys = {
            "app_secret": app_secret,
            "verify_token": verify_token,
            "access_token": access_token,
        }
        return cls.objects.create(
            workshop_id=by.workshop_id,
            number_id=number_id,
            template=template,
            keys=sealing.seal(keys),
            by=by,
        )

    @step("payments.name_template", source=Status.CONNECTED)
    def name_template(self, *, by: Person, template: str) -> None:
        """Say which approved template is sent after a day without a word; empty: none."""
        self.template = template

    @step("payments.disconnect_whatsapp", source=Status.CONNECTED, target=Status.CLOSED)
    def disconnect(self, *, by: Person) -> None:
        """Believe no more messages; the keys are forgotten."""
        self.keys = ""

    # Questions

    def open_keys(self) -> dict[str, str]:
        """Return the keys; raises sealing.Unsealable where SECRET_KEY is another one now."""
        return sealing.unseal(self.keys)
