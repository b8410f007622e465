"""What somebody wants to hear of, by which channel and when."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models.channel import Channel
from simpul.lib import clock
from simpul.parties.models import Person


class Kind(models.TextChoices):
    """A kind of news, as one speaks of it."""

    ORDERS = "orders", _("Orders")
    MONEY = "money", _("Money")
    MATERIAL = "material", _("Material")
    WORK = "work", _("Work")
    DELIVERY = "delivery", _("Delivery")
    TALK = "talk", _("Messages and questions")
    PROSPECTS = "prospects", _("Prospects and guests")
    OPINION = "opinion", _("How content I am")


class How(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day")
    NEVER = "never", _("not at all")


class Preference(models.Model):
    """One kind of news by one channel, otherwise than is usual; of what is usual nothing stands."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="preferences", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    channel = models.CharField(max_length=8, choices=Channel)
    how = models.CharField(max_length=7, choices=How)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="preference_once"),
            models.CheckConstraint(
                condition=~Q(how=How.DAILY) | Q(channel=Channel.MAIL),
                name="preference_daily_by_mail_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.how}"


class Hours(models.Model):
    """When a person wants to be left alone, and when the letter of the day comes (WIB)."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="hours")
    quiet_from = models.TimeField(null=True, blank=True)  # none: at any hour
    quiet_until = models.TimeField(null=True, blank=True)
    daily_at = models.TimeField(default=time(7))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="hours_quiet_from_and_until",
            )
        ]

    def __str__(self) -> str:
        return f"hours of {self.person_id}"

    def awake_from(self, at: datetime) -> datetime:
        """Return the first moment from `at` on that lies outside of this person's quiet time."""
        if self.quiet_from is None or self.quiet_until is None:
            return at
        return clock.awake_from(at, self.quiet_from, self.quiet_until)

    def next_daily(self, at: datetime) -> datetime:
        """Return the next moment after `at` at which the letter of the day is written."""
        today = datetime.combine(clock.day_of(at), self.daily_at, clock.WIB)
        return today if today > at else today + timedelta(days=1)
