"""News of the workshop: written in both languages, for those who care, and each told why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from simpul.catalog.models import Category, Product
from simpul.crm.models.segment import Segment
from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop, in_this_language
from simpul.workflow.steps import creation, step

BULLETIN_TITLE = 120
LONGEST_BULLETIN = 3000
_WORDS = ("title", "body", "title_en", "body_en")


class BulletinStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", pgettext_lazy("bulletin", "published")


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, person: Person) -> Self:
        """Staff see all of their workshop; a buyer what is public, and what was published for him."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        mine = BulletinReader.objects.filter(party=person.party_id).values("bulletin")
        published = ours.filter(status=BulletinStatus.PUBLISHED)
        return published.filter(Q(is_public=True) | Q(pk__in=mine))

    def public(self) -> Self:
        """What everybody may read, the newest first."""
        found = self.filter(status=BulletinStatus.PUBLISHED, is_public=True)
        return found.order_by("-published_at", "-pk")

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(title_en__icontains=word))
        return found


class Bulletin(models.Model):
    """Without a segment it is for all who buy. `because_…` is what the segment said when it was
    published, as far as a reader is told."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=BULLETIN_TITLE)
    body = models.CharField(max_length=LONGEST_BULLETIN)
    title_en = models.CharField(max_length=BULLETIN_TITLE, blank=True)
    body_en = models.CharField(max_length=LONGEST_BULLETIN, blank=True)
    picture = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, related_name="+")
    is_public = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=BulletinStatus, default=BulletinStatus.DRAFT, editable=False
    )
    because_product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", editable=False
    )
    because_category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", editable=False
    )
    because_areas = models.CharField(max_length=200, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") ^ Q(published_at__isnull=False),
                name="bulletin_published_some_day",
            )
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return in_this_language(self.title, self.title_en)

    # Steps

    @classmethod
    @creation("crm.write_bulletin", private=_WORDS)
    def write(cls, *, by: Person, **facts: Any) -> Bulletin:
        """Write a draft; nobody reads it before it is published."""
        return cls.objects.create(workshop_id=by.workshop_id, **facts)

    @classmethod
    @creation("crm.draft_bulletin", private=_WORDS)
    def draft(cls, *, by: Person, **facts: Any) -> Bulletin:
        """Draft what would be news; a person reads it, and publishes it or not."""
        return cls.objects.create(workshop_id=by.workshop_id, **facts)

    @step("crm.change_bulletin", source=BulletinStatus.DRAFT, private=_WORDS)
    def change(self, *, by: Person, **facts: Any) -> None:
        """Write it otherwise, as long as it is a draft."""
        for name, value in facts.items():
            setattr(self, name, value)

    @step(
        "crm.publish_bulletin",
        source=BulletinStatus.DRAFT,
        target=BulletinStatus.PUBLISHED,
        private=("readers", "because"),
    )
    def publish(
        self, *, by: Person, readers: Sequence[Party], because: dict[str, Any] | None = None
    ) -> None:
        """Let these read it (`crm/publishing.py` says who), and everybody if it is public.

        What was published before, taken back and mended is for the new readers only; who waved it
        off then is not asked again.
        """
        self.published_at = clock.now()
        for name, value in (because or {}).items():
            setattr(self, f"because_{name}", value)
        self.readers.filter(unwanted_at=None).exclude(party__in=readers).delete()
        known = set(self.readers.values_list("party", flat=True))
        new = [BulletinReader(bulletin=self, party=one) for one in readers if one.pk not in known]
        BulletinReader.objects.bulk_create(new, batch_size=500)

    @step("crm.take_bulletin_back", source=BulletinStatus.PUBLISHED, target=BulletinStatus.DRAFT)
    def take_back(self, *, by: Person) -> None:
        """Make it a draft again: from now on nobody reads it."""
        self.published_at = None
        self.because_product, self.because_category, self.because_areas = None, None, ""

    # Questions

    def counts(self) -> dict[str, int]:
        """Return how many it is for, how many have opened it, and how many waved it off."""
        return self.readers.aggregate(
            all=Count("pk"), seen=Count("seen_at"), unwanted=Count("unwanted_at")
        )

    def text_in(self, language: str) -> tuple[str, str]:
        """Return title and body in a language, or in the one there is."""
        if language == "en" and self.body_en:
            return self.title_en or self.title, self.body_en
        return self.title, self.body

    @property
    def body_here(self) -> str:
        return in_this_language(self.body, self.body_en)


class BulletinReaderQuerySet(models.QuerySet["BulletinReader"]):
    def of(self, person: Person) -> Self:
        """What this person's party may read, the newest first."""
        mine = self.filter(party=person.party_id, bulletin__status=BulletinStatus.PUBLISHED)
        rows = mine.select_related(
            "party", "bulletin__product", "bulletin__because_product", "bulletin__because_category"
        )
        return rows.order_by("-bulletin__published_at", "-pk")

    def wanted(self) -> Self:
        return self.filter(unwanted_at=None)


class BulletinReader(models.Model):
    """A party that a bulletin is for, whether somebody there has opened it, or waved it off."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="readers", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, editable=False)
    unwanted_at = models.DateTimeField(null=True, editable=False)

    objects = BulletinReaderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "party"], name="bulletin_reader_once")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} reads {self.bulletin_id}"

    def open(self) -> None:
        """Note that somebody of the party has opened it."""
        mine = BulletinReader.objects.filter(pk=self.pk, seen_at=None)
        mine.update(seen_at=clock.now())

    def wave_off(self) -> None:
        """Show it to the party no more, and write to it about no such model."""
        mine = BulletinReader.objects.filter(pk=self.pk, unwanted_at=None)
        mine.update(unwanted_at=clock.now())

    def want_again(self) -> None:
        BulletinReader.objects.filter(pk=self.pk).update(unwanted_at=None)

    @property
    def shown_with(self) -> Bulletin:
        return self.bulletin

    @property
    def reason(self) -> str:
        """Why this party reads it, in words; of what it is not told, such as its phase, nothing."""
        bulletin = self.bulletin
        named = bulletin.because_product or bulletin.because_category
        if named is not None:
            return _now("because you ordered %(what)s") % {"what": named}
        areas = [area.strip() for area in bulletin.because_areas.split(",")]
        here = [area for area in areas if area and area.casefold() in self.party.area.casefold()]
        return _now("because you are in %(area)s") % {"area": here[0]} if here else ""
