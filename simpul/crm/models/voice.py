"""What a customer lets the workshop show to everybody, as it was agreed to, and as what name."""

from __future__ import annotations

from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.rating import LONGEST_OPINION, Rating
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, creation, step


class ShownAs(models.TextChoices):
    """What a customer allows."""

    NAMED = "named", _("Yes, with the name %(name)s")
    FIRST = "first", _("Yes, as %(name)s")
    UNNAMED = "unnamed", _("Yes, without a name")


class VoiceQuerySet(models.QuerySet["Voice"]):
    def standing(self) -> Self:
        """Those that are not taken back: one of a rating at most."""
        return self.exclude(status=Voice.Status.WITHDRAWN)

    def shown(self) -> Self:
        """Those that everybody reads, the newest first."""
        return self.filter(status=Voice.Status.SHOWN).order_by("-pk")


class Voice(models.Model):
    """Words of a rating that may be shown: a copy of them, with the very words that were agreed to.

    Lines are only added: who lets it be shown otherwise takes this one back, and gives another.
    """

    class Status(models.TextChoices):
        OFFERED = "offered", _("waits for you")
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("not shown")
        WITHDRAWN = "withdrawn", _("taken back")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    rating = models.ForeignKey(Rating, models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST_OPINION)
    shown_as = models.CharField(max_length=7, choices=ShownAs)
    name = models.CharField(max_length=180, blank=True)  # as it is shown; empty: none
    consent = models.CharField(max_length=300)  # what was asked, and answered
    status = models.CharField(max_length=9, choices=Status, default=Status.OFFERED, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rating"], condition=~Q(status="withdrawn"), name="voice_once"
            ),
            models.CheckConstraint(
                condition=Q(name="", shown_as="unnamed") | ~Q(shown_as="unnamed") & ~Q(name=""),
                name="voice_named_as_agreed",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn") ^ Q(withdrawn_at=None),
                name="voice_withdrawn_some_day",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return self.rating.number

    # Steps

    @classmethod
    @creation("crm.offer_words", private=("consent",))
    def offer(cls, *, by: Person, rating: Rating, shown_as: str, consent: str) -> Voice:
        """Let the words of a rating be shown. Raises WrongState where it has none."""
        if not rating.words:
            raise WrongState(_now("There are no words that could be shown."))
        return cls.objects.create(
            workshop_id=rating.workshop_id, rating=rating, words=rating.words, shown_as=shown_as,
            name=name_as(shown_as, by), consent=consent,
        )  # fmt: skip

    @step(
        "crm.withdraw_words",
        source=(Status.OFFERED, Status.SHOWN, Status.HIDDEN),
        target=Status.WITHDRAWN,
    )
    def withdraw(self, *, by: Person) -> None:
        """Let it be shown no more, from now on."""
        self.withdrawn_at = clock.now()

    @step("crm.show_words", source=(Status.OFFERED, Status.HIDDEN), target=Status.SHOWN)
    def show(self, *, by: Person) -> None:
        """Let everybody read it."""

    @step("crm.hide_words", source=(Status.OFFERED, Status.SHOWN), target=Status.HIDDEN)
    def hide(self, *, by: Person) -> None:
        """Do not show it, though it may be."""

    @classmethod
    @transaction.atomic
    def settle(cls, *, by: Person, rating: Rating, shown_as: str, consent: str) -> None:
        """Make true what a customer says now of the words as they are now (`shown_as` empty: do not
        show them). Said again it changes nothing."""
        mine = cls.objects.standing().filter(rating=rating).first()
        if mine is not None and (mine.words, mine.shown_as) == (rating.words, shown_as):
            return
        if mine is not None:
            mine.withdraw(by=by)
        if shown_as:
            cls.offer(by=by, rating=rating, shown_as=shown_as, consent=consent)

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.rating.party_id

    @property
    def shown_with(self) -> Rating:
        return self.rating


def name_as(shown_as: str, person: Person) -> str:
    """Return the name under which words of this person would be read."""
    party = person.party
    if shown_as == ShownAs.UNNAMED or party is None:
        return ""
    if shown_as == ShownAs.NAMED:
        return party.name
    return ", ".join(filter(None, [person.name.split()[0], party.area]))
