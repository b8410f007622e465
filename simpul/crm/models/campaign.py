"""Writing to some of the customers: what is said, to whom, and what became of each message."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.bulletin import Bulletin
from simpul.crm.models.consent import Purpose
from simpul.crm.models.segment import Segment
from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.workflow.steps import creation, step

LONGEST_CAMPAIGN = 4000
SUBJECT = 120


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("is being sent")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("sent")
    STOPPED = "stopped", _("stopped")


class Ways(models.TextChoices):
    EITHER = "either", _("by e-mail, else by WhatsApp")
    MAIL = "mail", _("by e-mail only")
    WHATSAPP = "whatsapp", _("by WhatsApp only")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of identities that are written to, the preferred one first."""
        mail, phone = Identity.Kind.MAIL.value, Identity.Kind.PHONE.value
        return {Ways.EITHER: (mail, phone), Ways.MAIL: (mail,), Ways.WHATSAPP: (phone,)}[self]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def due(self) -> Self:
        """Those whose time has come."""
        planned = self.filter(status=CampaignStatus.PLANNED, planned_at__lte=clock.now())
        return planned.order_by("planned_at", "pk")

    def all_sent(self) -> Self:
        """Those that run, and nothing of them waits any more."""
        waiting = Recipient.objects.filter(campaign=models.OuterRef("pk")).waiting()
        return self.filter(~models.Exists(waiting), status=CampaignStatus.RUNNING)


class Campaign(models.Model):
    """The gaps of the texts: `{nama}` or `{name}` is who reads it, `{model}` what they bought last."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=12, choices=Purpose)
    ways = models.CharField(max_length=8, choices=Ways, default=Ways.EITHER)
    subject = models.CharField(max_length=SUBJECT)
    body = models.CharField(max_length=LONGEST_CAMPAIGN)
    subject_en = models.CharField(max_length=SUBJECT, blank=True)
    body_en = models.CharField(max_length=LONGEST_CAMPAIGN, blank=True)
    picture = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    bulletin = models.ForeignKey(  # that it tells of: not those who waved that off
        Bulletin, models.PROTECT, null=True, related_name="campaigns"
    )
    holdout_percent = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(50)]
    )
    result_days = models.PositiveSmallIntegerField(default=30)
    status = models.CharField(
        max_length=8, choices=CampaignStatus, default=CampaignStatus.DRAFT, editable=False
    )
    seed = models.CharField(max_length=64, default=secrets.token_hex, editable=False)
    planned_at = models.DateTimeField(null=True, editable=False)
    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "planned", "stopped"]) | Q(began_at__isnull=False),
                name="campaign_sent_has_begun",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(
                fields=["status"],
                condition=Q(status__in=["planned", "running"]),
                name="campaign_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("crm.write_campaign", private=("subject", "body", "subject_en", "body_en"))
    def write(cls, *, by: Person, **facts: Any) -> Campaign:
        """Write it down; nothing is sent before it is planned."""
        return cls.objects.create(workshop_id=by.workshop_id, **facts)

    @step(
        "crm.change_campaign",
        source=CampaignStatus.DRAFT,
        private=("subject", "body", "subject_en", "body_en"),
    )
    def change(self, *, by: Person, **facts: Any) -> None:
        """Write it otherwise, as long as it is a draft."""
        for name, value in facts.items():
            setattr(self, name, value)

    @step("crm.plan_campaign", source=CampaignStatus.DRAFT, target=CampaignStatus.PLANNED)
    def plan(self, *, by: Person, at: datetime | None = None) -> None:
        """Let it begin at a time, or at once."""
        self.planned_at = at or clock.now()

    @step("crm.unplan_campaign", source=CampaignStatus.PLANNED, target=CampaignStatus.DRAFT)
    def unplan(self, *, by: Person) -> None:
        """Make it a draft again: nothing was sent yet."""
        self.planned_at = None

    @step("crm.begin_campaign", source=CampaignStatus.PLANNED, target=CampaignStatus.RUNNING)
    def begin(self, *, by: Person, drawn: Sequence[Recipient]) -> None:
        """Fix who is written to and who is not (`crm/drawing.py`), once and for all."""
        self.began_at = clock.now()
        Recipient.objects.bulk_create(drawn, batch_size=500)

    @step("crm.pause_campaign", source=CampaignStatus.RUNNING, target=CampaignStatus.PAUSED)
    def pause(self, *, by: Person) -> None:
        """Send nothing more until it goes on."""

    @step("crm.resume_campaign", source=CampaignStatus.PAUSED, target=CampaignStatus.RUNNING)
    def resume(self, *, by: Person) -> None:
        """Go on where it stopped."""

    @step(
        "crm.stop_campaign",
        source=(CampaignStatus.PLANNED, CampaignStatus.RUNNING, CampaignStatus.PAUSED),
        target=CampaignStatus.STOPPED,
    )
    def stop(self, *, by: Person) -> None:
        """End it for good; what waits is not sent."""
        self.ended_at = clock.now()
        self.recipients.waiting().update(outcome=Outcome.SKIPPED, reason=Why.STOPPED)

    @step("crm.end_campaign", source=CampaignStatus.RUNNING, target=CampaignStatus.ENDED)
    def end(self, *, by: Person) -> None:
        """Nothing of it waits any more."""
        self.ended_at = clock.now()

    @step("crm.send_text")
    def send_text(self, *, by: Person, recipient: Recipient) -> None:
        """Note that somebody sent a prepared text, also where it was stopped in that very moment."""
        recipient.note_sent()

    @step("crm.drop_text")
    def drop_text(self, *, by: Person, recipient: Recipient, why: str) -> None:
        """Let a prepared text be."""
        recipient.skip(why)

    # Questions

    def text_in(self, language: str) -> tuple[str, str]:
        """Return subject and body in a reader's language, or in the one there is."""
        if language == "en" and self.body_en:
            return self.subject_en or self.subject, self.body_en
        return self.subject, self.body

    def counts(self) -> dict[str, int]:
        """Return how many there are of each outcome."""
        rows = self.recipients.order_by().values_list("outcome").annotate(n=Count("pk"))
        return dict(rows)

    @property
    def result_until(self) -> datetime | None:
        """Until when orders count for its result."""
        return self.began_at + timedelta(days=self.result_days) if self.began_at else None


class Outcome(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("did not arrive")
    LEFT = "left", _("sent, and wants no more")
    SKIPPED = "skipped", _("not sent")
    HELD_OUT = "held_out", _("gets nothing, to compare")


class Why(models.TextChoices):
    """Why somebody of the segment was not written to."""

    NO_CONSENT = "no_consent", _("has not agreed to it")
    NO_WAY = "no_way", _("no number or address at which it arrives")
    ENOUGH = "enough", _("was written to often enough")
    STOPPED = "stopped", _("the campaign was stopped")
    UNWANTED = "unwanted", _("waved such news off")
    NOT_NEEDED = "not_needed", _("passed over by hand")
    FAILED = "failed", _("could not be sent")


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def waiting(self) -> Self:
        return self.filter(outcome=Outcome.WAITING)

    def due(self) -> Self:
        """The mail to be sent now, the oldest first."""
        running = self.waiting().filter(campaign__status=CampaignStatus.RUNNING)
        mine = running.filter(kind=Identity.Kind.MAIL, next_try_at__lte=clock.now())
        return mine.order_by("next_try_at", "pk")

    def texts(self) -> Self:
        """What a person sends by hand."""
        running = self.waiting().filter(campaign__status=CampaignStatus.RUNNING)
        return running.filter(kind=Identity.Kind.PHONE)

    def in_hand(self) -> Self:
        """Texts that somebody may have sent already, also where it was paused or stopped meanwhile."""
        drawn = self.filter(kind=Identity.Kind.PHONE)
        return drawn.filter(outcome__in=[Outcome.WAITING, Outcome.SKIPPED])

    def reached(self) -> Self:
        """Those to whom something went out."""
        return self.filter(sent_at__isnull=False)

    def search(self, words: str) -> Self:
        return self.filter(Q(party__name__icontains=words) | Q(person__name__icontains=words))


class Recipient(models.Model):
    """One party of the segment as it was when the campaign began, and what became of it."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="recipients", db_index=False
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=5, choices=Identity.Kind, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, editable=False)
    reason = models.CharField(max_length=10, choices=Why, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "party"], name="recipient_once"),
            models.CheckConstraint(
                condition=Q(reason="") ^ Q(outcome="skipped"), name="recipient_skipped_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "outcome"]),
            models.Index(fields=["person", "sent_at"]),
            models.Index(
                fields=["next_try_at"], condition=Q(outcome="waiting"), name="recipient_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"recipient {self.pk}"

    def claim(self, pause: timedelta) -> bool:
        """Take it for this process, and note the try before it is made."""
        mine = Recipient.objects.due().filter(pk=self.pk)
        rows = Recipient.objects.filter(pk__in=mine.values("pk"), attempts=self.attempts)
        return rows.update(attempts=F("attempts") + 1, next_try_at=clock.now() + pause) == 1

    def put_off(self, until: datetime) -> None:
        """Wait for the end of a quiet time."""
        Recipient.objects.waiting().filter(pk=self.pk).update(next_try_at=until)

    def note_sent(self) -> None:
        """Note that it went out, also where the campaign was stopped in that very moment."""
        mine = Recipient.objects.filter(pk=self.pk)
        mine = mine.filter(outcome__in=[Outcome.WAITING, Outcome.SKIPPED])
        mine.update(outcome=Outcome.SENT, reason="", sent_at=clock.now())

    def skip(self, reason: str) -> None:
        mine = Recipient.objects.waiting().filter(pk=self.pk)
        mine.update(outcome=Outcome.SKIPPED, reason=reason)

    def come_back(self) -> None:
        """Note that it did not arrive; what was never noted as sent went out, too."""
        mine = Recipient.objects.filter(pk=self.pk, outcome__in=[Outcome.WAITING, Outcome.SENT])
        mine.update(outcome=Outcome.BOUNCED, sent_at=self.sent_at or clock.now())

    def leave(self) -> None:
        """Note that its reader wants no more of it."""
        mine = Recipient.objects.filter(pk=self.pk, outcome__in=[Outcome.WAITING, Outcome.SENT])
        mine.update(outcome=Outcome.LEFT, sent_at=self.sent_at or clock.now())
