"""The workshop at programs of others: whose keys are kept sealed, and what was heard, as it came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, sealing
from simpul.lib.providers import Call, Provider
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import Refused


class ConnectionQuerySet[One: Connection](models.QuerySet[One]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.none()

    def connected(self) -> Self:
        return self.filter(status=Connection.Status.CONNECTED)

    def for_settings(self) -> Self:
        """Those that stand, with who entered their keys."""
        return self.connected().select_related("by").order_by("pk")


class Connection(models.Model):
    """Keys of the workshop at a program of others. They are sealed and never shown again; new ones
    replace older ones, which are forgotten."""

    class Status(models.TextChoices):
        CONNECTED = "connected", _("connected")
        CLOSED = "closed", _("disconnected")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=9, choices=Status, default=Status.CONNECTED, editable=False
    )
    keys = models.TextField(editable=False)  # sealed
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def disconnect(self, *, by: Person) -> None:
        """Forget the keys. Each kind makes a step of it."""
        self.keys = ""

    def open_keys(self) -> dict[str, str]:
        """Return the keys; raises sealing.Unsealable where SECRET_KEY is another one now."""
        return sealing.unseal(self.keys)


class ProviderAccount(Connection):
    """The workshop at one of several providers of a kind."""

    PROVIDERS: ClassVar[Mapping[str, Provider]]  # of this kind, by their slugs

    provider = models.CharField(max_length=20)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "provider"],
                condition=Q(status="connected"),
                name="%(class)s_connected_once",
            )
        ]

    def __str__(self) -> str:
        known = self.PROVIDERS.get(self.provider)
        return known.name if known else self.provider

    @classmethod
    def enter(cls, by: Person, provider: str, keys: Mapping[str, str], **facts: Any) -> Self:
        """Seal the keys of a provider and forget older ones. Each kind makes a step of it."""
        if provider not in cls.PROVIDERS:
            raise Refused(_now("Nobody here knows this provider."))
        here = cls._default_manager.filter(workshop_id=by.workshop_id, provider=provider)
        for older in here.filter(status=cls.Status.CONNECTED):
            older.disconnect(by=by)
        return cls._default_manager.create(
            workshop_id=by.workshop_id,
            provider=provider,
            keys=sealing.seal(keys),
            by=by,
            **facts,
        )

    def is_genuine(self, call: Call) -> bool:
        """Tell whether a notice comes from the provider; raises sealing.Unsealable."""
        return self.PROVIDERS[self.provider].is_genuine(call, self.open_keys())


class Heard(models.Model):
    """What a provider says, as it came, and once however often it comes. Each kind has `account`
    and a constraint by which its digest stands there once."""

    digest = models.CharField(max_length=64)
    body = models.TextField()
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def store(cls, account: ProviderAccount, body: bytes, **facts: Any) -> tuple[Self, bool]:
        """Keep it, with facts of its first time; the very same one again is only counted. Return
        whether it is new."""
        text = body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        kept, is_new = cls._default_manager.get_or_create(
            account=account,
            digest=hashlib.sha256(body).hexdigest(),
            defaults={"body": text, **facts},
        )
        if not is_new:
            same = cls._default_manager.filter(pk=kept.pk)
            same.update(times=F("times") + 1, last_at=clock.now())
        return kept, is_new
