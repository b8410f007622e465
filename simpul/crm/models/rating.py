"""How content a customer was: asked once about a ticket that is solved, or an order that was delivered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Conversation, FollowUp, Ticket
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

LONGEST_OPINION = 500
LOW = 2  # of five, and less: a person is called
MONTHS = 12  # are shown


class RatingRules(models.Model):
    """Whether customers are asked, when, and how often at most."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="rating_rules", editable=False
    )
    is_on = models.BooleanField(_("Ask customers how content they are"), default=True)
    days_after = models.PositiveSmallIntegerField(_("days after an order was delivered"), default=5)
    quiet_days = models.PositiveSmallIntegerField(
        _("days in which a customer is asked once at most"), default=30
    )
    change_days = models.PositiveSmallIntegerField(
        _("days in which an answer can be changed"), default=7
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quiet_days__gt=0), name="rating_rules_leave_quiet")
        ]

    def __str__(self) -> str:
        return f"rating rules of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> RatingRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)


class Sums(NamedTuple):
    """How many were asked, how many answered, how many of these low, and the mean (thousandths)."""

    asked: int
    answered: int
    low: int
    mean: int


class Month(NamedTuple):
    first: date
    answered: int
    mean: int  # thousandths


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def answered(self) -> Self:
        return self.filter(status=Rating.Status.ANSWERED)

    def low(self) -> Self:
        return self.answered().filter(stars__lte=LOW)

    def alarming(self) -> Self:
        """Low answers with which nobody has planned anything yet."""
        return self.low().filter(followed_at=None)

    def search(self, words: str) -> Self:
        named = Q(order__number__icontains=words) | Q(ticket__number__icontains=words)
        return self.filter(named | Q(words__icontains=words) | Q(party__name__icontains=words))

    def for_list(self) -> Self:
        return self.select_related("party", "order", "ticket")

    def sums(self) -> Sums:
        is_answered = Q(status=Rating.Status.ANSWERED)
        found = self.aggregate(
            asked=Count("pk"),
            answered=Count("pk", filter=is_answered),
            low=Count("pk", filter=is_answered & Q(stars__lte=LOW)),
            stars=Sum("stars", filter=is_answered),
        )
        mean = _mean(found["stars"] or 0, found["answered"])
        return Sums(found["asked"], found["answered"], found["low"], mean)

    def by_month(self) -> list[Month]:
        """Return the last months in which somebody answered, the newest first."""
        month = TruncMonth("answered_at", tzinfo=clock.WIB)
        rows = self.answered().order_by().annotate(month=month).values_list("month")
        summed = rows.annotate(n=Count("pk"), stars=Sum("stars")).order_by("-month")[:MONTHS]
        return [Month(clock.day_of(first), n, _mean(stars, n)) for first, n, stars in summed]


class Rating(models.Model):
    """One question to a customer about one thing, and its answer: 1 to 5, with words or without."""

    class Status(models.TextChoices):
        ASKED = "asked", _("asked")
        ANSWERED = "answered", _("answered")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="ratings", db_index=False)
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="rating")
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="rating")
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED, editable=False)
    stars = models.PositiveSmallIntegerField(null=True, editable=False)
    words = models.CharField(max_length=LONGEST_OPINION, blank=True, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)  # the first time
    alerted_at = models.DateTimeField(null=True, editable=False)
    followed_at = models.DateTimeField(null=True, editable=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket=None, order__isnull=False) | Q(ticket__isnull=False, order=None),
                name="rating_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", stars=None, answered_at=None)
                | Q(status="answered", stars__gte=1, stars__lte=5, answered_at__isnull=False),
                name="rating_answered_from_one_to_five",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["party", "-asked_at"]),
        ]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    def ask(cls, *, by: Person, about: Ticket | Order) -> Rating:
        """Ask about a ticket that is solved or an order that was delivered, once for each."""
        kind = "order" if isinstance(about, Order) else "ticket"
        return cls._ask(by=by, kind=kind, number=about.number, about=about)

    @classmethod
    @creation("crm.ask_rating")
    def _ask(cls, *, by: Person, kind: str, number: str, about: Ticket | Order) -> Rating:
        party = about.buyer if isinstance(about, Order) else about.party
        if party is None or cls.objects.filter(**{kind: about}).exists():
            raise WrongState(_now("This was asked already."))
        return cls.objects.create(workshop_id=about.workshop_id, party=party, **{kind: about})

    @step("crm.answer_rating", source=Status.ASKED, target=Status.ANSWERED, private=("words",))
    def reply(self, *, by: Person, stars: int, words: str = "") -> None:
        """Say how content one was. Raises WrongState for what is no number from 1 to 5."""
        self._say(stars, words)
        self.answered_at = clock.now()

    @step("crm.change_rating", source=Status.ANSWERED, private=("words",))
    def change(self, *, by: Person, stars: int, words: str = "") -> None:
        """Say it otherwise, as long as the rules let. Raises WrongState later."""
        if not self.can_change(RatingRules.of(by.workshop)):
            raise WrongState(_now("This answer can no longer be changed: write to us instead."))
        self._say(stars, words)

    @step("crm.alert_rating")
    def alert(self, *, by: Person) -> None:
        """Call a person: somebody is not content."""
        self.alerted_at = clock.now()

    @step("crm.follow_rating", source=Status.ANSWERED, private=("words",))
    def follow(self, *, by: Person, words: str, due_on: date) -> None:
        """Plan what to do about it with the customer; it waits for `by` on that day."""
        conversation = Conversation.of(self.subject, self.party)
        conversation.begin()
        FollowUp.set(by=by, conversation=conversation, words=words, due_on=due_on)
        self.followed_at = clock.now()

    # Questions

    def can_change(self, rules: RatingRules) -> bool:
        until = self.changeable_until(rules)
        return until is not None and clock.now() < until

    def changeable_until(self, rules: RatingRules) -> datetime | None:
        return self.answered_at + timedelta(days=rules.change_days) if self.answered_at else None

    @property
    def subject(self) -> Ticket | Order:
        found = self.order or self.ticket
        assert found is not None  # noqa: S101 - a constraint says so
        return found

    @property
    def number(self) -> str:
        return self.subject.number

    @property
    def known_as(self) -> str:
        """The number under which the customer knows what it is about."""
        return self.number

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def is_low(self) -> bool:
        return self.stars is not None and self.stars <= LOW

    # Inside

    def _say(self, stars: int, words: str) -> None:
        if not 1 <= stars <= 5:
            raise WrongState(_now("Choose a number from 1 to 5."))
        if stars <= LOW and self.alerted_at is None:
            self.alert(by=self.workshop.machine)
        self.stars, self.words = stars, words


def _mean(stars: int, count: int) -> int:
    """Return the mean to one decimal, in thousandths."""
    return round(stars * 10 / count) * 100 if count else 0
