"""A question in the room with answers to choose from, and what distributors would order of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _now

from simpul.catalog.models import Colourway
from simpul.crm.models.post import Post
from simpul.lib import clock
from simpul.orders.models import AGREED, LineSize
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

A_CHOICE = 80
A_YEAR = timedelta(days=365)  # over which the pairs of a distributor weigh


class Offered(NamedTuple):
    """A choice as it is written down: words, and the model that is meant."""

    words: str
    colourway: Colourway | None = None


class PollQuerySet(models.QuerySet["Poll"]):
    def waiting_for(self, person: Person) -> Self:
        """Those that are open and to which the person's party has not said anything, the first to
        close first; none for whoever may not enter the room."""
        if person.party_id is None or not person.may("crm.write_post", person.workshop):
            return self.none()
        still = self.filter(workshop_id=person.workshop_id, closes_on__gte=clock.today())
        unsaid = still.filter(post__hidden_at=None).exclude(answers__party=person.party_id)
        return unsaid.select_related("post").order_by("closes_on", "pk")


class Poll(models.Model):
    """Each distributor has one answer, which it may change until the day after `closes_on`."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    post = models.OneToOneField(Post, models.PROTECT, related_name="poll")
    closes_on = models.DateField()

    objects = PollQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.post)

    # Steps

    @classmethod
    @creation("crm.ask_poll", private=("question", "choices"))
    def ask(cls, *, by: Person, question: str, closes_on: date, choices: Sequence[Offered]) -> Poll:
        """Ask it in the room: a thread of its own, in which one may also talk about it."""
        post = Post.write(by=by, body=question)
        poll = cls.objects.create(workshop_id=by.workshop_id, post=post, closes_on=closes_on)
        for position, choice in enumerate(choices, 1):
            PollChoice.objects.create(
                poll=poll, position=position, words=choice.words, colourway=choice.colourway
            )
        return poll

    @step("crm.answer_poll")
    def answer(self, *, by: Person, choice: PollChoice) -> None:
        """Choose, or choose otherwise; what was ordered ahead of another choice is gone then."""
        self._demand_open()
        if choice.poll_id != self.pk:
            raise WrongState(_now("This is no answer to this question."))
        before = self.answers.filter(party=by.party_id).first()
        said = before or PollAnswer(poll=self, party=by.party)
        if said.choice_id != choice.pk:
            said.sizes = {}
        said.choice, said.person, said.at = choice, by, clock.now()
        said.save()

    @step("crm.order_ahead")
    def order_ahead(self, *, by: Person, sizes: dict[str, int]) -> None:
        """Say how many pairs of each size one would take (none: take it back). It binds nobody."""
        self._demand_open()
        said = self.answers.filter(party=by.party_id).select_related("choice").first()
        if said is None or said.choice.colourway_id is None:
            raise WrongState(_now("Choose a model first."))
        said.sizes, said.person, said.at = sizes, by, clock.now()
        said.save()

    def offer(self, *, by: Person) -> None:
        """Tell those who ordered ahead that the model can be ordered now: of each model once."""
        with transaction.atomic():
            # whoever is ordering ahead at this moment holds the same row, and is read after it
            Poll.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            choices = list(self._untold().order_by("pk"))
            ahead = self.answers.exclude(sizes={}).filter(choice__in=choices).order_by("pk")
            self.tell(by=by, choices=choices, parties=list(ahead.values_list("party", flat=True)))

    @step("crm.offer_ahead")
    def tell(self, *, by: Person, choices: list[PollChoice], parties: list[int]) -> None:
        """Tell these parties that they can order what they chose: the line of the journal says whom,
        so that each hears of its own model, however soon the next one is offered."""
        keys = [one.pk for one in choices]
        told = self.choices.filter(pk__in=keys, told_at=None).update(told_at=clock.now())
        if told < len(keys) or (not keys and self.choices.exclude(told_at=None).exists()):
            raise WrongState(_now("They have been told already."))
        if not keys:
            raise WrongState(
                _now("Nobody ordered ahead, or the model is not shown in the catalogue yet.")
            )

    # Questions

    def can_be_offered(self) -> bool:
        """Tell whether somebody ordered ahead of a model that came into the catalogue since."""
        return self._untold().exists()

    def result(self) -> list[PollCount]:
        """Return how often each choice was chosen, and how many pairs those who chose it bought in
        twelve months. Three questions, however many answered."""
        answers = list(self.answers.select_related("party").order_by("party__name", "pk"))
        since = clock.begin_of(clock.today() - A_YEAR)
        bought = LineSize.objects.filter(
            line__order__buyer__in=[one.party_id for one in answers],
            line__order__status__in=AGREED,
            line__order__is_sample=False,
            line__order__confirmed_at__gte=since,
        )
        pairs = dict(bought.order_by().values_list("line__order__buyer").annotate(n=Sum("pairs")))
        rows = self.choices.select_related("colourway__product", "colourway__photo")
        return [
            PollCount(
                choice,
                [one for one in answers if one.choice_id == choice.pk],
                sum(pairs.get(one.party_id, 0) for one in answers if one.choice_id == choice.pk),
                len(answers),
            )
            for choice in rows.order_by("position")
        ]

    @property
    def is_open(self) -> bool:
        return clock.today() <= self.closes_on

    @property
    def shown_with(self) -> Post:
        return self.post

    # Inside

    def _untold(self) -> models.QuerySet[PollChoice]:
        """Return the choices in the catalogue of which those who ordered ahead were not told yet."""
        ahead = self.answers.exclude(sizes={}).values("choice")
        there = self.choices.filter(told_at=None, colourway__product__is_published=True)
        return there.filter(pk__in=ahead)

    def _demand_open(self) -> None:
        if not self.is_open or self.post.hidden_at is not None:
            raise WrongState(_now("This question is closed."))


class PollChoice(models.Model):
    """One of the answers to choose from; `colourway` where it is a coming model."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="choices", db_index=False)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=A_CHOICE)
    colourway = models.ForeignKey(Colourway, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True, editable=False)  # that it can be ordered now

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="poll_choice_once")
        ]

    def __str__(self) -> str:
        return self.words


class PollAnswer(models.Model):
    """What a distributor chose, and the pairs of each size that it would take: not binding."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="answers", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    choice = models.ForeignKey(PollChoice, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    sizes = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "party"], name="poll_answered_once")]

    def __str__(self) -> str:
        return f"{self.party_id} to {self.poll_id}"

    @property
    def pairs(self) -> int:
        return sum(self.sizes.values())

    @property
    def wanted(self) -> dict[tuple[int, str], int]:
        """The pairs that it would take, as the grid of an order proposes them; reads the choice."""
        look = self.choice.colourway_id
        return {(look, size): pairs for size, pairs in self.sizes.items()} if look else {}

    @property
    def can_be_ordered(self) -> bool:
        """Tell whether it would take some of a model that is in the catalogue now; reads the choice
        with its model."""
        look = self.choice.colourway
        return self.pairs > 0 and look is not None and look.product.is_published


@dataclass(frozen=True, slots=True)
class PollCount:
    """A choice in the result; `weight` is what those who chose it bought, in pairs."""

    choice: PollChoice
    answers: list[PollAnswer]
    weight: int
    of: int  # all who answered

    @property
    def count(self) -> int:
        return len(self.answers)

    @property
    def ahead(self) -> list[PollAnswer]:
        return [one for one in self.answers if one.sizes]

    @property
    def pairs_ahead(self) -> int:
        return sum(one.pairs for one in self.ahead)
