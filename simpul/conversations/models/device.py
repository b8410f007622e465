"""A browser that shows news on its lock screen."""

from __future__ import annotations

from django.db import models

from simpul.lib import clock, webpush
from simpul.parties.models import Person

MOST_DEVICES = 10  # of one person: the oldest go


class Device(models.Model):
    """A browser that somebody let show news. Who lets it in last has it: one screen, one reader."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    endpoint = models.CharField(max_length=500, unique=True)  # at the push service of the browser
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=30)
    name = models.CharField(max_length=60, blank=True)  # as the browser calls itself
    since = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"device {self.pk}"

    @classmethod
    def let_in(
        cls, person: Person, *, endpoint: str, p256dh: str, auth: str, name: str = ""
    ) -> Device:
        """Take a browser in for this person, and for nobody else any more; of too many the oldest
        goes."""
        facts = {"person": person, "p256dh": p256dh, "auth": auth, "name": name[:60]}
        device, _made = cls.objects.update_or_create(endpoint=endpoint, defaults=facts)
        kept = person.devices.order_by("-pk").values_list("pk", flat=True)[:MOST_DEVICES]
        person.devices.exclude(pk__in=list(kept)).delete()
        return device

    def push(self, content: bytes) -> None:
        """Let it show this; raises what `webpush.push` raises."""
        webpush.push(content, endpoint=self.endpoint, p256dh=self.p256dh, auth=self.auth)
