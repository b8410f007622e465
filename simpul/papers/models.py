"""Papers: what was issued, stored as it was rendered, and what people handed in."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, codes, pdf, phones, rows, uploads
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import NumberSeries

LANGUAGE = "id"  # papers are read by tax offices and drivers


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, person: Person) -> Self:
        """Staff see all of their workshop's; a party sees what its own people handed in."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)


class Upload(models.Model):
    """A file that somebody handed in, checked at the upload door and stored under its hash."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=14, default=codes.public, unique=True, editable=False)
    kind = models.CharField(max_length=40)  # media type, decided by the bytes
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=120)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"

    @classmethod
    def keep(cls, admitted: uploads.Admitted, *, by: Person) -> Upload:
        """Store an admitted file (on the disk before the row commits) and return its row."""
        return cls.objects.create(
            workshop_id=by.workshop_id,
            party_id=by.party_id,
            kind=admitted.kind,
            sha256=admitted.sha256,
            size=admitted.size,
            path=uploads.store(admitted, settings.UPLOADS),
            by=by,
        )

    @property
    def is_image(self) -> bool:
        return self.kind.startswith("image/")

    def read(self) -> bytes:
        return (Path(settings.UPLOADS) / self.path).read_bytes()


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(seen_by_id=person.party_id)

    def about(self, subject: models.Model) -> Self:
        """Those issued for a thing, and those that mention it."""
        kind = ContentType.objects.get_for_model(subject)
        mentions = Mention.objects.filter(subject_type=kind, subject_id=subject.pk)
        return self.filter(
            Q(subject_type=kind, subject_id=subject.pk) | Q(pk__in=mentions.values("paper"))
        )


class Chain(models.Model):
    """How many papers a workshop has issued, and the digest of the last one.

    Each paper holds the digest of the one before it, so that none can be changed, taken out or
    put in between unseen; this row knows the end, so that none can be torn off. Whoever issues a
    paper locks it: the chain never forks.
    """

    workshop = models.OneToOneField(Workshop, models.PROTECT, related_name="+")
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.length} papers, {self.head[:8]}"

    @classmethod
    def lock(cls, workshop: Workshop) -> Chain:
        """Return the end of the chain; everybody else waits until this transaction is over."""
        return cls.objects.select_for_update(of=("self",)).get_or_create(workshop=workshop)[0]

    def append(self, papers: Iterable[Paper]) -> None:
        """Give papers, not saved yet, their places behind the last one."""
        for paper in papers:
            paper.position, paper.previous = self.length + 1, self.head
            paper.digest = paper.digest_now()
            self.length, self.head = paper.position, paper.digest
        self.save(update_fields=["length", "head"])


@dataclass(frozen=True, slots=True)
class Draft:
    """What a paper is to say, before it has its place in the chain.

    `mentions` are the things beside its subject on whose pages it is to be found, such as the
    order of a receipt. Without a `number` it gets the next one of its kind.
    """

    kind: Paper.Kind
    subject: Any
    party: Party
    template: str
    facts: Mapping[str, Any]
    number: str = ""
    mentions: tuple[models.Model, ...] = ()


class Paper(models.Model):
    """An issued paper: its number, its facts and its place in the workshop's chain. Never changed.

    The facts are frozen in the step that issues the paper; the PDF is made from them once, by a
    job or by the first who asks, and kept (`Rendering`).
    """

    class Kind(models.TextChoices):
        KUITANSI = "KW", _("Receipt")
        INVOICE = "INV", _("Invoice")
        DELIVERY_NOTE = "SJ", _("Delivery note")
        PURCHASE_ORDER = "PO", _("Purchase order")
        CREDIT_NOTE = "NK", _("Credit note")
        REFUND_NOTE = "NPD", _("Refund note")
        QUOTATION = "SPH", _("Quotation")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")  # who it was issued to
    seen_by = models.ForeignKey(Party, models.PROTECT, related_name="+")  # another one once merged
    kind = models.CharField(max_length=4, choices=Kind)
    number = models.CharField(max_length=20)
    code = models.CharField(max_length=14, default=codes.public, unique=True, editable=False)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    template = models.CharField(max_length=60)  # the typst file of the app that issues it
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(editable=False)  # 1, 2, 3 … in the workshop's chain
    previous = models.CharField(max_length=64, blank=True, editable=False)  # digest of the last
    digest = models.CharField(max_length=64, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="paper_number_once"),
            models.UniqueConstraint(fields=["workshop", "position"], name="paper_place_once"),
            # a shipment that failed may leave again, with a new note; all else is issued once
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=~Q(kind="SJ"),
                name="paper_issued_once",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def issue_all(drafts: Sequence[Draft], *, by: Person) -> list[Paper]:
        """Freeze what these say and give each its number and its place; `issuing` calls it.

        Inside the step that makes the papers exist, as the last thing that it locks. What
        every paper says (letterhead, number, code, where to check it) is added here. Raises
        IntegrityError for a second paper of one kind about the same thing.
        """
        chain = Chain.lock(by.workshop)  # before the number: two of one moment never wait in a ring
        letterhead = letterhead_of(by.workshop)
        wanting = Counter(draft.kind for draft in drafts if not draft.number)
        drawn = {
            kind: iter(NumberSeries.draw_many(by.workshop_id, kind, count))
            for kind, count in wanting.items()
        }
        papers = []
        for draft in drafts:
            paper = Paper(
                workshop_id=by.workshop_id,
                party_id=draft.party.pk,
                seen_by_id=draft.party.pk,
                kind=draft.kind,
                number=draft.number or next(drawn[draft.kind]),
                subject_type_id=_kind_of(draft.subject),
                subject_id=draft.subject.pk,
                template=draft.template,
                issued_by_id=by.pk,
            )
            common = paper._common_facts(letterhead, by.workshop.slug)
            paper.facts = {**common, **draft.facts}
            papers.append(paper)
        chain.append(papers)
        rows.insert(papers)
        rows.insert_values(
            Mention,
            ("paper_id", "subject_type_id", "subject_id"),
            [
                (paper.pk, _kind_of(thing), thing.pk)
                for paper, draft in zip(papers, drafts, strict=True)
                for thing in draft.mentions
            ],
        )
        return papers

    @staticmethod
    def draw_numbers(kind: Kind, count: int, *, by: Person) -> list[str]:
        """Return the next numbers of a kind, for papers that name each other before they are issued.

        The chain is locked before them, as `issue_all` does.
        """
        Chain.lock(by.workshop)
        return NumberSeries.draw_many(by.workshop_id, kind, count)

    # Questions

    def digest_now(self) -> str:
        """Return the digest of what the paper says and of its place behind the one before.

        SHA-256 over JSON with sorted keys: position, previous digest, number, kind, code, party,
        template, moment of issue in UTC and the facts.
        """
        content = {
            "position": self.position,
            "previous": self.previous,
            "number": self.number,
            "kind": str(self.kind),
            "code": self.code,
            "party": self.party_id,
            "template": self.template,
            "issued_at": self.issued_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "facts": self.facts,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def is_unchanged(self) -> bool:
        """Tell whether it still says what it said when it was issued."""
        return self.digest == self.digest_now()

    @property
    def has_roll(self) -> bool:
        """Tell whether it can be printed on a thermal printer, too."""
        return self.has_sheet(Rendering.Sheet.ROLL)

    def has_sheet(self, sheet: str) -> bool:
        """Tell whether it can be printed so; reads what came from an address, too."""
        return sheet in Rendering.Sheet and self.template_on(sheet).exists()

    def template_on(self, sheet: str) -> Path:
        """Return the typst file: beside `kuitansi.typ` lies `kuitansi_roll.typ` for the roll."""
        path = pdf.ROOT / self.template
        return path if sheet == Rendering.Sheet.A4 else path.with_stem(f"{path.stem}_{sheet}")

    @property
    def fingerprint(self) -> str:
        """The beginning of the digest, as it stands on the paper: `4F2A-91C3-08DE`."""
        short = self.digest[:12].upper()
        return "-".join((short[:4], short[4:8], short[8:]))

    # Inside

    def _common_facts(self, letterhead: pdf.Letterhead, slug: str) -> dict[str, Any]:
        return {
            "lang": LANGUAGE,
            "letterhead": letterhead,
            "number": self.number,
            "code": self.code,
            "check_url": f"{settings.SITE_URL}/{slug}/check/{self.code}/",
        }


def letterhead_of(workshop: Workshop) -> pdf.Letterhead:
    """Return whose paper it is, as it stands at the head of each."""
    telephone = phones.national(workshop.telephone) if workshop.telephone else ""
    place = " ".join(filter(None, [workshop.area, workshop.postcode]))
    reached = " · ".join(filter(None, [telephone, workshop.email]))
    return {
        "name": workshop.name,
        "lines": [line for line in (workshop.street, place, reached) if line],
    }


def _kind_of(thing: models.Model) -> int:
    return ContentType.objects.get_for_model(thing).pk


class Rendering(models.Model):
    """The bytes of a paper on one kind of sheet: made once, kept under their hash."""

    class Sheet(models.TextChoices):
        A4 = "a4", "A4"
        ROLL = "roll", "80 mm"
        A4_COPIES = "a4x3", "A4 × 3"
        A5_COPIES = "a5x3", "A5 × 3"
        CONTINUOUS = "ncr", "9.5 × 11 in"

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="renderings", db_index=False)
    sheet = models.CharField(max_length=4, choices=Sheet)
    path = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "sheet"], name="paper_rendered_once")
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.sheet}"


class Mention(models.Model):
    """A paper is to be found with this thing, too."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="mentions")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.paper} {self.subject_type_id}:{self.subject_id}"
