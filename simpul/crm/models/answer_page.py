"""Answer pages: what was asked and answered once, for everybody to read on the storefront."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import free_slug
from simpul.conversations.models import GuestEntry, Message, Ticket
from simpul.lib import clock
from simpul.parties.models import Person, Workshop, in_this_language
from simpul.workflow.steps import creation, step

LONGEST_ANSWER_TITLE = 120
LONGEST_ANSWER_PAGE = 6000
FEWEST_UNHELPED = 3  # visitors who were not helped, before a page is said not to help


class AnswerPageQuerySet(models.QuerySet["AnswerPage"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def published(self) -> Self:
        return self.filter(status=AnswerPage.Status.PUBLISHED)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(title_en__icontains=word)
                | Q(words__icontains=word)
                | Q(words_en__icontains=word)
            )
        return found

    def with_votes(self) -> Self:
        """Annotate how many visitors were helped since it was last changed, and how many were not."""
        since = Q(votes__at__gte=F("changed_at"))
        return self.annotate(
            helped=Count("votes", filter=since & Q(votes__is_helped=True)),
            unhelped=Count("votes", filter=since & Q(votes__is_helped=False)),
        )

    def unhelpful(self) -> Self:
        """Those on the storefront that, as they read now, helped fewer than they did not help."""
        told = self.published().with_votes()
        return told.filter(unhelped__gte=FEWEST_UNHELPED, unhelped__gt=F("helped"))

    def made_of(self, asked: Ticket | Message | GuestEntry) -> Self:
        """Those that were made of what somebody asked there."""
        return self.filter(**_asked(asked))


class AnswerPage(models.Model):
    """A question that is asked again and again, with its answer: plain words, in paragraphs."""

    class Kind(models.TextChoices):
        SIZES = "sizes", _("size guide")
        CARE = "care", _("care of leather")
        TERMS = "terms", _("terms")
        OTHER = "other", _("other questions")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    slug = models.SlugField(max_length=60, editable=False, db_index=False)
    kind = models.CharField(max_length=5, choices=Kind)
    title = models.CharField(max_length=LONGEST_ANSWER_TITLE)
    title_en = models.CharField(max_length=LONGEST_ANSWER_TITLE, blank=True)
    words = models.TextField(max_length=LONGEST_ANSWER_PAGE)
    words_en = models.TextField(max_length=LONGEST_ANSWER_PAGE, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    # where it was asked first
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", editable=False)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="+", editable=False
    )
    guest = models.ForeignKey(
        GuestEntry, models.PROTECT, null=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    if TYPE_CHECKING:
        helped: int  # where `with_votes` was asked for
        unhelped: int

    objects = AnswerPageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "slug"], name="answer_page_slug_once")
        ]

    def __str__(self) -> str:
        return self.title_here

    # Steps

    @classmethod
    @creation("crm.write_answer", private=("title", "title_en", "words", "words_en"))
    def write(
        cls,
        *,
        by: Person,
        kind: str,
        title: str,
        words: str,
        title_en: str = "",
        words_en: str = "",
        asked: Ticket | Message | GuestEntry | None = None,
    ) -> AnswerPage:
        """Write a draft; `asked` is where the question was asked first."""
        return cls.objects.create(
            workshop_id=by.workshop_id,
            slug=free_slug(cls.objects.filter(workshop=by.workshop_id), title),
            kind=kind,
            title=title,
            title_en=title_en,
            words=words,
            words_en=words_en,
            **_asked(asked),
        )

    @step("crm.change_answer", private=("title", "title_en", "words", "words_en"))
    def change(
        self,
        *,
        by: Person,
        kind: str,
        title: str,
        words: str,
        title_en: str = "",
        words_en: str = "",
    ) -> None:
        """Say it better; its address stays."""
        self.kind, self.title, self.words = kind, title, words
        self.title_en, self.words_en = title_en, words_en
        self.changed_at = clock.now()

    @step("crm.publish_answer", source=Status.DRAFT, target=Status.PUBLISHED)
    def publish(self, *, by: Person) -> None:
        """Show it on the storefront."""

    @step("crm.hide_answer", source=Status.PUBLISHED, target=Status.DRAFT)
    def hide(self, *, by: Person) -> None:
        """Take it off the storefront."""

    @step("crm.vote_answer", source=Status.PUBLISHED)
    def vote(self, *, by: Person, is_helped: bool) -> None:
        """A visitor says whether it helped; the portal lets each say so once."""
        self.votes.create(is_helped=is_helped)

    # Questions

    @property
    def asked_in(self) -> Ticket | Message | GuestEntry | None:
        """Where it was asked first; None for one of our own."""
        return self.ticket or self.message or self.guest

    @property
    def title_here(self) -> str:
        return in_this_language(self.title, self.title_en)

    @property
    def paragraphs(self) -> list[str]:
        """Its words in the reader's language."""
        words = in_this_language(self.words, self.words_en).replace("\r\n", "\n")
        return [part.strip() for part in words.split("\n\n") if part.strip()]


class AnswerVote(models.Model):
    """A visitor said whether an answer page helped. Who it was is not kept."""

    page = models.ForeignKey(AnswerPage, models.PROTECT, related_name="votes")
    is_helped = models.BooleanField()
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.page_id}: {self.is_helped}"


def _asked(thing: Ticket | Message | GuestEntry | None) -> dict[str, Any]:
    if thing is None:
        return {}
    if isinstance(thing, Ticket):
        return {"ticket": thing}
    if isinstance(thing, Message):
        return {"message": thing}
    return {"guest": thing}
