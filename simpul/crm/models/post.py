"""The room of a workshop's distributors: what they and the workshop say to each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

LONGEST_POST = 2000


class RoomRules(models.Model):
    """From what a distributor is said to order regularly, and to pay on time."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="room_rules", editable=False
    )
    days = models.PositiveSmallIntegerField(_("days that are looked at"), default=365)
    regular_orders = models.PositiveSmallIntegerField(
        _("orders in them that count as regular"), default=4
    )
    payments = models.PositiveSmallIntegerField(
        _("payments that count as on time, if none was late"), default=3
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gt=0, regular_orders__gt=0, payments__gt=0),
                name="room_rules_can_be_kept",
            )
        ]

    def __str__(self) -> str:
        return f"rules of the room of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> RoomRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @property
    def looks_from(self) -> date:
        return clock.today() - timedelta(days=self.days)


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, person: Person) -> Self:
        """Staff and the distributors that are welcome; what is hidden only the desk and its writer."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        if not person.may("crm.write_post", person.workshop):
            return self.none()
        shown = Q(hidden_at=None) & (Q(thread=None) | Q(thread__hidden_at=None))
        return ours.filter(shown | Q(party_id=person.party_id))

    def threads(self) -> Self:
        """Those that answer no other, the last answered first."""
        return self.filter(thread=None).order_by("-last_at", "-pk")

    def reported(self) -> Self:
        return self.exclude(reported_at=None).filter(hidden_at=None)

    def search(self, words: str) -> Self:
        return self.filter(Q(body__icontains=words) | Q(party__name__icontains=words))

    def with_answers(self) -> Self:
        """Annotate how many answers are to be read."""
        shown = Q(answers__hidden_at=None)
        return self.annotate(answers_sum=Count("answers", filter=shown))


class Post(models.Model):
    """What somebody says in the room: it begins a thread, or answers in one."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    thread = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="posts")  # none: ours
    body = models.CharField(max_length=LONGEST_POST)
    picture = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now, editable=False)  # of its newest answer
    reported_at = models.DateTimeField(null=True, editable=False)
    complaint = models.CharField(max_length=300, blank=True, editable=False)  # of the last report
    hidden_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # why it is hidden

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "-last_at"])]

    def __str__(self) -> str:
        return Truncator(self.body).chars(38)

    # Steps

    @classmethod
    @creation("crm.write_post", private=("body",))
    def write(cls, *, by: Person, body: str, picture: Upload | None = None) -> Post:
        """Begin a thread."""
        return cls.objects.create(
            workshop_id=by.workshop_id, person=by, party=by.party, body=body, picture=picture
        )

    @classmethod
    @creation("crm.answer_post", private=("body",))
    def answer(cls, *, by: Person, thread: Post, body: str, picture: Upload | None = None) -> Post:
        """Answer in a thread. Raises WrongState where it is hidden."""
        Post.objects.select_for_update(of=("self",)).get(pk=thread.pk)
        thread.refresh_from_db()
        if thread.hidden_at is not None or thread.thread_id is not None:
            raise WrongState(_now("Nothing more is said here."))
        answered = cls.objects.create(
            workshop_id=thread.workshop_id,
            thread=thread,
            person=by,
            party=by.party,
            body=body,
            picture=picture,
        )
        Post.objects.filter(pk=thread.pk).update(last_at=answered.at)
        return answered

    @step("crm.report_post", private=("complaint",))
    def report(self, *, by: Person, complaint: str) -> None:
        """Say that it should not stand there, and why; the desk decides."""
        if self.hidden_at is not None:
            raise WrongState(_now("It is hidden already."))
        self.reported_at, self.complaint = clock.now(), complaint

    @step("crm.clear_post")
    def clear(self, *, by: Person) -> None:
        """Let it stand, though it was reported."""
        if self.reported_at is None:
            raise WrongState(_now("Nobody has reported it."))
        self.reported_at, self.complaint = None, ""

    @step("crm.hide_post", private=("reason",))
    def hide(self, *, by: Person, reason: str) -> None:
        """Take it out of the room; its writer is told, and reads why."""
        if self.hidden_at is not None:
            raise WrongState(_now("It is hidden already."))
        self.hidden_at, self.reason = clock.now(), reason
        self.reported_at, self.complaint = None, ""

    @step("crm.show_post")
    def show(self, *, by: Person) -> None:
        """Undo the hiding."""
        if self.hidden_at is None:
            raise WrongState(_now("It is not hidden."))
        self.hidden_at, self.reason = None, ""

    # Questions

    def interested(self) -> list[int]:
        """Return the other distributors who have spoken in the thread of this answer."""
        said = Post.objects.filter(Q(pk=self.thread_id) | Q(thread=self.thread_id))
        others = said.exclude(party=None).exclude(party=self.party_id)
        return list(others.order_by("party").values_list("party", flat=True).distinct())

    @property
    def begins_at(self) -> int:
        """The key of the thread in which it stands."""
        return self.thread_id or self.pk

    @property
    def buyer_id(self) -> int | None:
        return self.party_id

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None
