"""A sentra: workshops of one installation that talk to each other, in a room of their own.

It has tables of its own (decision 0059). Each row belongs to the workshop that wrote it, and a step
is done to what is one's own: whoever keeps the room hides a post by a step of the room.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.post import LONGEST_POST
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.steps import WrongState, creation, step

SENTRA_NAME = 60


class Sentra(models.Model):
    """The room itself; its workshop keeps it."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=SENTRA_NAME)

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("crm.found_sentra")
    def found(cls, *, by: Person, name: str) -> Sentra:
        """Begin a room, keep it, and be its first member."""
        _demand_no_room(by.workshop_id)
        made = cls.objects.create(workshop_id=by.workshop_id, name=name)
        SentraMember.objects.create(workshop_id=by.workshop_id, sentra=made)
        return made

    @step("crm.part_with_member", private=("reason",))
    def part_with(self, *, by: Person, member: SentraMember, reason: str) -> None:
        """Let a workshop be a member no more; what it said stays."""
        if member.sentra_id != self.pk or member.workshop_id == self.workshop_id:
            raise WrongState(_now("This is no member whom you can let go."))
        member.end()

    @step("crm.hide_in_sentra", private=("reason",))
    def hide(self, *, by: Person, post: SentraPost, reason: str) -> None:
        """Take out of the room what somebody said; its workshop still reads it, with the reason."""
        self._demand_mine(post)
        if post.hidden_at is not None:
            raise WrongState(_now("It is hidden already."))
        SentraPost.objects.filter(pk=post.pk).update(
            hidden_at=clock.now(), reason=reason, reported_at=None, complaint=""
        )

    @step("crm.show_in_sentra")
    def show(self, *, by: Person, post: SentraPost) -> None:
        """Undo the hiding."""
        self._demand_mine(post)
        if post.hidden_at is None:
            raise WrongState(_now("It is not hidden."))
        SentraPost.objects.filter(pk=post.pk).update(hidden_at=None, reason="")

    @step("crm.clear_in_sentra")
    def clear(self, *, by: Person, post: SentraPost) -> None:
        """Let stand what was reported."""
        self._demand_mine(post)
        if post.reported_at is None:
            raise WrongState(_now("Nobody has reported it."))
        SentraPost.objects.filter(pk=post.pk).update(reported_at=None, complaint="")

    # Inside

    def _demand_mine(self, post: SentraPost) -> None:
        if post.sentra_id != self.pk:
            raise WrongState(_now("It stands in another room."))


class SentraMemberQuerySet(models.QuerySet["SentraMember"]):
    def living(self) -> Self:
        return self.filter(left_at=None)


class SentraMember(models.Model):
    """A workshop in a room: its owner enters, and whom the owner names; in one room at a time."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    sentra = models.ForeignKey(Sentra, models.PROTECT, related_name="members")
    named = models.ManyToManyField(Person, related_name="+")
    since = models.DateTimeField(default=clock.now, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    objects = SentraMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(left_at=None), name="sentra_one_a_workshop"
            )
        ]
        indexes = [models.Index(fields=["workshop", "left_at"])]

    def __str__(self) -> str:
        return str(self.sentra)

    # Steps

    @classmethod
    @creation("crm.join_sentra")
    def join(cls, *, by: Person, invitation: SentraInvitation) -> SentraMember:
        """Accept an invitation. Raises WrongState in a room already, or where it is answered."""
        SentraInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        invitation.refresh_from_db()
        if invitation.workshop_id != by.workshop_id or invitation.answered_at is not None:
            raise WrongState(_now("This invitation is answered already."))
        _demand_no_room(by.workshop_id)
        invitation.close()
        return cls.objects.create(workshop_id=by.workshop_id, sentra=invitation.sentra)

    @step("crm.invite_to_sentra")
    def invite(self, *, by: Person, guest: Workshop) -> None:
        """Ask another workshop of this installation in; its owner answers."""
        self._demand_living()
        is_in = self.sentra.members.living().filter(workshop=guest)
        is_asked = SentraInvitation.objects.open().filter(sentra=self.sentra, workshop=guest)
        if is_in.exists() or is_asked.exists():
            raise WrongState(_now("This workshop is in the room or invited already."))
        SentraInvitation.objects.create(workshop=guest, sentra=self.sentra, by=self)

    @step("crm.name_for_sentra", private=("people",))
    def name(self, *, by: Person, people: Collection[Person]) -> None:
        """Say who of us enters beside the owner."""
        self._demand_living()
        self.named.set(one for one in people if one.workshop_id == self.workshop_id)

    @step("crm.vote_in_sentra")
    def vote(self, *, by: Person, choice: SentraChoice) -> None:
        """Choose an answer to a question, or choose otherwise: one of each workshop counts."""
        post = SentraPost.objects.select_for_update(of=("self",)).get(pk=choice.post_id)
        if post.sentra_id != self.sentra_id or not post.is_open:
            raise WrongState(_now("This question is closed."))
        SentraVote.objects.update_or_create(
            post=post, workshop_id=self.workshop_id, defaults={"choice": choice}
        )

    @step("crm.report_in_sentra", private=("complaint",))
    def report(self, *, by: Person, post: SentraPost, complaint: str) -> None:
        """Say that something should not stand there, and why; the keeper of the room decides."""
        if post.sentra_id != self.sentra_id or post.hidden_at is not None:
            raise WrongState(_now("It is hidden already."))
        if post.workshop_id == self.workshop_id:
            raise WrongState(_now("This is your own."))
        posts = SentraPost.objects.filter(pk=post.pk, reported_at=None)  # the first word stays
        posts.update(reported_at=clock.now(), complaint=complaint)

    @step("crm.leave_sentra")
    def leave(self, *, by: Person) -> None:
        """Leave the room. Whoever keeps it leaves last."""
        self._demand_living()
        others = self.sentra.members.living().exclude(pk=self.pk)
        if self.keeps and others.exists():
            raise WrongState(
                _now("You keep this room: you can leave it once nobody else is in it.")
            )
        asked = self.sentra.invitations.open()
        (asked if self.keeps else asked.filter(by=self)).update(answered_at=clock.now())
        self.left_at = clock.now()
        self.named.clear()

    # Questions

    def lets_in(self, person: Person) -> bool:
        """Tell whether this person enters the room for this workshop."""
        if self.left_at is not None or not person.is_staff:
            return False
        is_ours = person.workshop_id == self.workshop_id
        return is_ours and (person.role == Role.OWNER or self.named.filter(pk=person.pk).exists())

    @property
    def keeps(self) -> bool:
        return self.sentra.workshop_id == self.workshop_id

    # Inside

    def end(self) -> None:
        SentraMember.objects.filter(pk=self.pk).update(left_at=clock.now())
        SentraInvitation.objects.open().filter(by=self).update(answered_at=clock.now())

    def _demand_living(self) -> None:
        if self.left_at is not None:
            raise WrongState(_now("Your workshop has left this room."))


class SentraInvitationQuerySet(models.QuerySet["SentraInvitation"]):
    def open(self) -> Self:
        return self.filter(answered_at=None)


class SentraInvitation(models.Model):
    """`workshop` is asked in by a member; its owner joins or declines."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    sentra = models.ForeignKey(Sentra, models.PROTECT, related_name="invitations")
    by = models.ForeignKey(SentraMember, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = SentraInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "sentra"],
                condition=Q(answered_at=None),
                name="sentra_invited_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.sentra)

    @step("crm.decline_sentra")
    def decline(self, *, by: Person) -> None:
        """Stay outside; one may be invited again."""
        if self.answered_at is not None:
            raise WrongState(_now("This invitation is answered already."))
        self.answered_at = clock.now()

    def close(self) -> None:
        SentraInvitation.objects.filter(pk=self.pk).update(answered_at=clock.now())


class SentraPostQuerySet(models.QuerySet["SentraPost"]):
    def visible_to(self, person: Person) -> Self:
        """What stands in the room that this person enters; what is hidden only its workshop reads
        and whoever keeps the room. Nothing for anybody else."""
        member = entered_by(person)
        if member is None:
            return self.none()
        here = self.filter(sentra=member.sentra_id)
        if member.keeps:
            return here
        shown = Q(hidden_at=None) & (Q(thread=None) | Q(thread__hidden_at=None))
        return here.filter(shown | Q(workshop=member.workshop_id))

    def to_judge(self, workshop: int) -> Self:
        """Those that were reported in a room that this workshop keeps; the last reported first."""
        reported = self.filter(sentra__workshop=workshop, reported_at__isnull=False)
        return reported.filter(hidden_at=None).order_by("-reported_at", "-pk")

    def threads(self) -> Self:
        """Those that answer no other, the last answered first, with how many answers are shown."""
        shown = Count("answers", filter=Q(answers__hidden_at=None))
        return self.filter(thread=None).annotate(answers_sum=shown).order_by("-last_at", "-pk")


class SentraPost(models.Model):
    """What a workshop says in the room: it begins a thread, perhaps with a question, or answers."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    sentra = models.ForeignKey(Sentra, models.PROTECT, related_name="posts", db_index=False)
    thread = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    body = models.CharField(max_length=LONGEST_POST)
    closes_on = models.DateField(null=True)  # of a question: the last day to answer
    at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now, editable=False)  # of its newest answer
    reported_at = models.DateTimeField(null=True, editable=False)
    complaint = models.CharField(max_length=300, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)

    objects = SentraPostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sentra", "-last_at"])]

    def __str__(self) -> str:
        return Truncator(self.body).chars(38)

    # Steps

    @classmethod
    @creation("crm.say_in_sentra", private=("body", "choices"))
    def say(
        cls,
        *,
        by: Person,
        sentra: Sentra,
        body: str,
        closes_on: date | None = None,
        choices: Sequence[str] = (),
    ) -> SentraPost:
        """Begin a thread; with choices it is a question to the workshops."""
        post = cls.objects.create(
            workshop_id=by.workshop_id, sentra=sentra, person=by, body=body,
            closes_on=closes_on if choices else None,
        )  # fmt: skip
        for position, words in enumerate(choices, 1):
            SentraChoice.objects.create(post=post, position=position, words=words)
        return post

    @classmethod
    @creation("crm.answer_in_sentra", private=("body",))
    def answer(cls, *, by: Person, thread: SentraPost, body: str) -> SentraPost:
        """Answer in a thread. Raises WrongState where it is hidden."""
        SentraPost.objects.select_for_update(of=("self",)).get(pk=thread.pk)
        thread.refresh_from_db()
        if thread.hidden_at is not None or thread.thread_id is not None:
            raise WrongState(_now("Nothing more is said here."))
        said = cls.objects.create(
            workshop_id=by.workshop_id, sentra=thread.sentra, thread=thread, person=by, body=body
        )
        SentraPost.objects.filter(pk=thread.pk).update(last_at=said.at)
        return said

    # Questions

    def lets_in(self, person: Person) -> bool:
        member = entered_by(person)
        return member is not None and member.sentra_id == self.sentra_id

    @property
    def is_open(self) -> bool:
        is_shown = self.hidden_at is None
        return is_shown and self.closes_on is not None and clock.today() <= self.closes_on

    @property
    def begins_at(self) -> int:
        """The key of the thread in which it stands."""
        return self.thread_id or self.pk


class SentraChoice(models.Model):
    """One of the answers to choose from."""

    post = models.ForeignKey(SentraPost, models.PROTECT, related_name="choices", db_index=False)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="sentra_choice_once")
        ]

    def __str__(self) -> str:
        return self.words


class SentraVote(models.Model):
    """What a workshop chose."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    post = models.ForeignKey(SentraPost, models.PROTECT, related_name="votes", db_index=False)
    choice = models.ForeignKey(SentraChoice, models.PROTECT, related_name="votes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "workshop"], name="sentra_voted_once")
        ]

    def __str__(self) -> str:
        return f"{self.workshop_id} to {self.post_id}"


def entered_by(person: Person) -> SentraMember | None:
    """Return the membership by which somebody enters the room of a sentra; None: not at all."""
    if not person.is_staff:
        return None
    rows = SentraMember.objects.living().filter(workshop=person.workshop_id)
    member = rows.select_related("sentra", "workshop").first()
    return member if member is not None and member.lets_in(person) else None


def _demand_no_room(workshop: int) -> None:
    if SentraMember.objects.living().filter(workshop=workshop).exists():
        raise WrongState(
            _now("Your workshop is in a room of a sentra already: leave that one first.")
        )
