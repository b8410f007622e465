"""Visits: whom somebody of ours goes to see on a day, and what was found there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Channel, Conversation, Message
from simpul.lib import clock
from simpul.lib.uploads import Handed
from simpul.parties.models import Address, Identity, Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

A_NOTE = 300  # letters of what is noted for ourselves


class VisitStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    DONE = "done", _("visited")
    MISSED = "missed", _("not visited")


class VisitDayQuerySet(models.QuerySet["VisitDay"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()


class VisitDay(models.Model):
    """All that one of our people visits on one day."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    rep = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()

    objects = VisitDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "on"], name="visit_day_once")]

    def __str__(self) -> str:
        return f"visits of {self.rep_id} on {self.on}"

    @classmethod
    @creation("crm.plan_visits")
    def plan(cls, *, by: Person, rep: Person, on: date, parties: Sequence[Party]) -> VisitDay:
        """Put buyers on somebody's list of a day; whoever stands on it already stays there once.

        Raises WrongState for a day that is over, and for whoever does not visit.
        """
        if on < clock.today():
            raise WrongState(_now("This day is over: choose a later one."))
        if not (rep.is_staff and rep.may("crm.note_visit", by.workshop)):
            raise WrongState(_now("Choose somebody who sells."))
        day, _is_new = cls.objects.select_for_update(no_key=True).get_or_create(
            workshop_id=by.workshop_id, rep=rep, on=on
        )
        standing = set(day.visits.planned().values_list("party", flat=True))
        Visit.objects.bulk_create(
            [
                Visit(workshop_id=by.workshop_id, day=day, party=party)
                for party in parties
                if party.pk not in standing
            ]
        )
        return day


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def planned(self) -> Self:
        return self.filter(status=VisitStatus.PLANNED)

    def done(self) -> Self:
        return self.filter(status=VisitStatus.DONE)

    def for_list(self) -> Self:
        rows = self.select_related("party", "day__rep", "message")
        return rows.prefetch_related(
            models.Prefetch("party__addresses", Address.objects.order_by("pk")),
            models.Prefetch("party__people", Person.objects.order_by("pk")),
            models.Prefetch("party__people__identities", Identity.objects.order_by("pk")),
        )


class Visit(models.Model):
    """One visit to one buyer. What was said stands in the conversation with the buyer, who can read
    it there; what was seen stands here, for ourselves."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    day = models.ForeignKey(VisitDay, models.PROTECT, related_name="visits")
    party = models.ForeignKey(Party, models.PROTECT, related_name="visits", db_index=False)
    status = models.CharField(
        max_length=7, choices=VisitStatus, default=VisitStatus.PLANNED, editable=False
    )
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, related_name="visit", editable=False
    )
    pairs_seen = models.PositiveIntegerField(null=True, editable=False)  # of ours, on their shelf
    seen = models.CharField(max_length=A_NOTE, blank=True, editable=False)
    rival = models.CharField(max_length=A_NOTE, blank=True, editable=False)
    reason = models.CharField(max_length=A_NOTE, blank=True, editable=False)  # why it was missed

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "party"], condition=Q(status="planned"), name="visit_planned_once"
            ),
            models.CheckConstraint(
                condition=Q(status="done") ^ Q(message=None), name="visit_done_says_what"
            ),
        ]
        indexes = [models.Index(fields=["party", "status"])]

    def __str__(self) -> str:
        return str(self.party)

    # Steps

    @step(
        "crm.note_visit",
        source=VisitStatus.PLANNED,
        target=VisitStatus.DONE,
        private=("body", "seen", "rival", "attached", "next_words"),
    )
    def note(
        self,
        *,
        by: Person,
        body: str = "",
        with_whom: Person | None = None,
        attached: Sequence[Handed] = (),
        pairs_seen: int | None = None,
        seen: str = "",
        rival: str = "",
        next_words: str = "",
        next_on: date | None = None,
    ) -> None:
        """Say what was said, what was seen, and what comes next, on which day.

        `pairs_seen` of ours lie on their shelf; `rival` is what others sell there. Raises NotOfThem
        where `with_whom` is nobody of theirs.
        """
        self.message = Message.call(
            by=by,
            conversation=Conversation.of(self.party, self.party),
            channel=Channel.VISIT,
            direction=Message.Direction.OUT,
            body=body,
            with_whom=with_whom,
            attached=attached,
            next_words=next_words,
            next_on=next_on,
        )
        self.pairs_seen, self.seen, self.rival = pairs_seen, seen, rival

    @step("crm.miss_visit", source=VisitStatus.PLANNED, target=VisitStatus.MISSED,
          private=("reason",))  # fmt: skip
    def miss(self, *, by: Person, reason: str = "") -> None:
        """Say that nobody was there, or that nobody of ours goes, and why."""
        self.reason = reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.party_id
