"""Wishes: what customers would like to have, who wants it too, and what the workshop does about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product
from simpul.conversations.models import Conversation, FollowUp
from simpul.crm.listening import sounds_like_a_complaint
from simpul.lib import clock
from simpul.orders.models import AGREED, LineSize
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

LONGEST_WISH = 300


class WishRules(models.Model):
    """From how many who wish the same a person is called, and over how many days orders weigh."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="wish_rules", editable=False
    )
    many = models.PositiveSmallIntegerField(
        _("customers with the same wish who count as many"), default=5
    )
    weigh_days = models.PositiveSmallIntegerField(
        _("days over which a customer's orders weigh"), default=365
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(many__gt=1, weigh_days__gt=0), name="wish_rules_can_be_kept"
            )
        ]

    def __str__(self) -> str:
        return f"wish rules of {self.workshop_id}"

    @classmethod
    def of(cls, workshop: Workshop) -> WishRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @property
    def weighs_from(self) -> date:
        return clock.today() - timedelta(days=self.weigh_days)


class WishStatus(models.TextChoices):
    """What the workshop has said to it."""

    NEW = "new", _("not answered")
    PLANNED = "planned", _("planned")
    DONE = "done", _("done")
    NOT_NOW = "not_now", _("not now")


ANSWERS = (WishStatus.PLANNED, WishStatus.DONE, WishStatus.NOT_NOW)


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, person: Person) -> Self:
        """Every buyer reads the wishes of all; what is hidden, only who wrote it, and the desk."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        return ours.filter(Q(hidden_at=None) | Q(party_id=person.party_id))

    def shown(self) -> Self:
        return self.filter(hidden_at=None)

    def unanswered(self) -> Self:
        return self.shown().filter(status=WishStatus.NEW)

    def alarming(self) -> Self:
        """Those that a person was called for and that nobody has answered."""
        return self.unanswered().exclude(alerted_at=None)

    def search(self, words: str) -> Self:
        return self.filter(Q(words__icontains=words) | Q(answer__icontains=words))

    def with_votes(self) -> Self:
        """Annotate how many customers wish it, whoever wrote it among them."""
        votes = WishVote.objects.filter(wish=OuterRef("pk")).order_by().values("wish")
        return self.annotate(
            votes_sum=Coalesce(Subquery(votes.annotate(n=Count("pk")).values("n")), 0)
        )

    def with_weight(self, since: date) -> Self:
        """Annotate how many pairs those who wish it have ordered since a day."""
        pairs = LineSize.objects.filter(
            line__order__buyer__wish_votes__wish=OuterRef("pk"),
            line__order__status__in=AGREED,
            line__order__is_sample=False,
            line__order__confirmed_at__gte=clock.begin_of(since),
        )
        grouped = pairs.order_by().values("line__order__buyer__wish_votes__wish")
        return self.annotate(
            weight=Coalesce(Subquery(grouped.annotate(n=Sum("pairs")).values("n")), 0)
        )

    def heaviest(self) -> Self:
        """Those first whose customers ordered most; reads what the two above annotate."""
        return self.order_by("-weight", "-votes_sum", "-pk")

    def with_mine(self, party: Party) -> Self:
        """Annotate whether this customer wishes it, too."""
        mine = WishVote.objects.filter(wish=OuterRef("pk"), party=party)
        return self.annotate(is_mine=Exists(mine))


class Wisher(NamedTuple):
    party: Party
    weight: int  # pairs that it has ordered


class Wish(models.Model):
    """Something that a customer would like the workshop to make or to do."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="wishes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=LONGEST_WISH)
    complains = models.BooleanField(default=False, editable=False)  # by its words
    status = models.CharField(
        max_length=8, choices=WishStatus, default=WishStatus.NEW, editable=False
    )
    answer = models.CharField(max_length=500, blank=True, editable=False)
    product = models.ForeignKey(  # in which it was done
        Product, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    alerted_at = models.DateTimeField(null=True, editable=False)
    hidden_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # why it is hidden
    at = models.DateTimeField(default=clock.now, editable=False)

    if TYPE_CHECKING:
        votes_sum: int  # where `with_votes` was asked for
        weight: int  # where `with_weight` was
        is_mine: bool  # where `with_mine` was

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="new") | Q(answered_at__isnull=False),
                name="wish_answered_some_day",
            )
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return Truncator(self.words).chars(38)

    # Steps

    @classmethod
    @creation("crm.make_wish", private=("words",))
    def make(cls, *, by: Person, words: str) -> Wish:
        """Write down what a customer wishes; whoever writes it is the first who wants it."""
        party = by.party
        assert party is not None  # noqa: S101 - the portal of buyers has nobody else
        wish = cls.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            person=by,
            words=words,
            complains=sounds_like_a_complaint(words),
        )
        WishVote.objects.create(wish=wish, party=party, person=by)
        if wish.complains:
            wish.alert(by=by.workshop.machine, why="complaint")
        return wish

    @step("crm.vote_wish")
    def vote(self, *, by: Person) -> None:
        """Wish it, too: once for each customer. Raises WrongState the second time, and where it is
        hidden or done already."""
        if self.hidden_at is not None or self.status == WishStatus.DONE:
            raise WrongState(_now("This wish takes no more votes."))
        _vote, is_new = WishVote.objects.get_or_create(
            wish=self, party=by.party, defaults={"person": by}
        )
        if not is_new:
            raise WrongState(_now("You wish this already; each customer counts once."))
        many = WishRules.of(by.workshop).many
        if self.alerted_at is None and self.votes.count() >= many:
            self.alert(by=by.workshop.machine, why="votes")

    @step("crm.alert_wish")
    def alert(self, *, by: Person, why: str) -> None:
        """Call a person: many wish it (`votes`), or it sounds like a complaint (`complaint`)."""
        self.alerted_at = clock.now()

    @step("crm.answer_wish")
    def reply(
        self, *, by: Person, status: str, answer: str, product: Product | None = None
    ) -> None:
        """Say what becomes of it, for all to read; who wishes it is told of each new turn once.

        Raises WrongState for the same turn again: its words are mended by `reword`.
        """
        if status not in ANSWERS or status == self.status:
            raise WrongState(_now("This has been answered so already: look at it again."))
        self.status = WishStatus(status)
        self.answered_at = clock.now()
        self._say(answer, product)

    @step("crm.reword_wish", source=ANSWERS)
    def reword(self, *, by: Person, answer: str, product: Product | None = None) -> None:
        """Mend the words of an answer; nobody is told again."""
        self._say(answer, product)

    @step("crm.hide_wish", private=("reason",))
    def hide(self, *, by: Person, reason: str) -> None:
        """Keep it from the other customers; whoever wrote it is told, and reads why."""
        if self.hidden_at is not None:
            raise WrongState(_now("It is hidden already."))
        self.hidden_at, self.reason = clock.now(), reason

    @step("crm.show_wish")
    def show(self, *, by: Person) -> None:
        """Undo the hiding."""
        if self.hidden_at is None:
            raise WrongState(_now("It is not hidden."))
        self.hidden_at, self.reason = None, ""

    @step("crm.follow_wish", private=("words",))
    def follow(self, *, by: Person, words: str, due_on: date) -> None:
        """Plan what to do about it with whoever wrote it; it waits for `by` on that day."""
        conversation = Conversation.of(self.party, self.party)
        conversation.begin()
        FollowUp.set(by=by, conversation=conversation, words=words, due_on=due_on)

    # Questions

    def is_offered_to(self, person: Person) -> bool:
        """Tell whether this person may wish it, too: every buyer may."""
        return person.party is not None and person.party.buys_as != ""

    def interested(self) -> list[int]:
        """Return the customers who wish it: they hear what becomes of it. While it is hidden that
        is only whoever wrote it."""
        if self.is_hidden:
            return [self.party_id]
        return list(self.votes.order_by("pk").values_list("party", flat=True))

    def wished_by(self, since: date, most: int) -> list[Wisher]:
        """Return up to `most` customers who wish it, those first who ordered most since a day."""
        pairs = LineSize.objects.filter(
            line__order__buyer=OuterRef("pk"),
            line__order__status__in=AGREED,
            line__order__is_sample=False,
            line__order__confirmed_at__gte=clock.begin_of(since),
        )
        summed = pairs.order_by().values("line__order__buyer").annotate(n=Sum("pairs")).values("n")
        found = Party.objects.filter(wish_votes__wish=self).annotate(
            weight=Coalesce(Subquery(summed), 0)
        )
        rows = list(found.order_by("-weight", "pk").values_list("pk", "weight")[:most])
        parties = Party.objects.in_bulk([pk for pk, _weight in rows])
        return [Wisher(parties[pk], weight) for pk, weight in rows]

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    # Inside

    def _say(self, answer: str, product: Product | None) -> None:
        self.answer = answer
        self.product = product if self.status == WishStatus.DONE else None


class WishVote(models.Model):
    """A customer wishes it, too."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="votes", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="wish_votes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wish", "party"], name="wish_vote_once_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} wishes {self.wish_id}"
