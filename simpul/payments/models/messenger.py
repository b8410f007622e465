"""The workshop's number at WhatsApp's Cloud API, whose messages come to the inbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from simpul.lib import sealing
from simpul.parties.models import Person
from simpul.workflow.connections import Connection, ConnectionQuerySet
from simpul.workflow.steps import creation, step


class WhatsAppNumber(Connection):
    """A number that takes in messages; its keys are app_secret, verify_token and access_token."""

    number_id = models.CharField(max_length=40)  # Meta's name of the number
    template = models.CharField(max_length=100, blank=True, editable=False)  # none: by hand

    objects = ConnectionQuerySet["WhatsAppNumber"].as_manager()

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

    @step("payments.name_template", source=Connection.Status.CONNECTED)
    def name_template(self, *, by: Person, template: str) -> None:
        """Say which approved template is sent after a day without a word; empty: none."""
        self.template = template

    @step(
        "payments.disconnect_whatsapp",
        source=Connection.Status.CONNECTED,
        target=Connection.Status.CLOSED,
    )
    def disconnect(self, *, by: Person) -> None:
        """Believe no more messages."""
        super().disconnect(by=by)
