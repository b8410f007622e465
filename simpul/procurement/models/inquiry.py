"""The same question to several suppliers: what would this cost, and when would it come?

What the workshop asks is one thing, `Inquiry`; what each supplier sees and answers is another, its
`Bid`. So no page, link or notice of a supplier can lead to what a rival was asked or has said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material
from simpul.lib import clock
from simpul.lib.quantities import MILLI, amount_of
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.procurement.models.supply import is_unit, whole_packs
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import NotAllowed, WrongState, creation, step


@dataclass(frozen=True, slots=True)
class InquiredLine:
    """So many thousandths of a material (of one size), wished for on a day."""

    material: Material
    size: str
    quantity: int
    wished_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier says to one line: rupiah for one of its units (0: cannot), days until it comes,
    and in thousandths the least quantity, the portion (0: any) and what one of its units holds."""

    line: InquiryLine
    price: int
    lead_days: int = 0
    minimum: int = 0
    pack: int = 0
    valid_until: date | None = None
    note: str = ""
    unit: str = ""  # such as tin; empty: the material's own
    unit_size: int = MILLI


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, person: Person) -> Self:
        """What suppliers would charge is for those who buy."""
        if not person.is_staff or not person.may("procurement.see_prices", person):
            return self.none()
        return self.filter(workshop_id=person.workshop_id)

    def to_decide(self, today: date) -> Self:
        """Nobody can answer any more: the workshop is to look at what was said."""
        return self.filter(status=Inquiry.Status.ASKED, answer_by__lt=today)

    def with_answers(self) -> Self:
        """Annotate how many suppliers were asked, and how many have answered."""
        return self.annotate(
            asked=Count("bids", distinct=True),
            answered=Count("bids", filter=Q(bids__answers__isnull=False), distinct=True),
        )

    def for_list(self) -> Self:
        lines = InquiryLine.objects.select_related("material").order_by("position")
        return self.with_answers().prefetch_related(models.Prefetch("lines", lines))


class Inquiry(models.Model):
    """What the workshop asks of several suppliers at once, and until when."""

    class Status(models.TextChoices):
        ASKED = "asked", _("asked")
        CLOSED = "closed", _("closed")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=6, choices=Status, default=Status.ASKED, editable=False)
    answer_by = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="inquiry_number_once")
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("procurement.inquire", private=("note",))
    def ask(
        cls,
        *,
        by: Person,
        suppliers: list[Party],
        lines: list[InquiredLine],
        answer_by: date,
        note: str = "",
    ) -> Inquiry:
        """Ask each of the suppliers for all of the lines; none of them hears of another."""
        if not suppliers:
            raise WrongState(_now("Choose at least one supplier."))
        if not lines:
            raise WrongState(_now("Say at least one material with its quantity."))
        if answer_by < clock.today():
            raise WrongState(_now("This day is past."))
        if any(wanted.material.workshop_id != by.workshop_id for wanted in lines):
            raise NotAllowed
        inquiry = cls.objects.create(
            workshop_id=by.workshop_id,
            number=NumberSeries.draw(by.workshop_id, "RFQ"),
            answer_by=answer_by,
            note=note,
            by=by,
        )
        InquiryLine.objects.bulk_create(
            InquiryLine(
                inquiry=inquiry,
                material=wanted.material,
                size=wanted.size,
                position=position,
                quantity=wanted.quantity,
                wished_on=wanted.wished_on,
            )
            for position, wanted in enumerate(lines, start=1)
        )
        for supplier in sorted(suppliers, key=lambda party: party.pk):
            Bid.ask(by=by, inquiry=inquiry, supplier=supplier)
        return inquiry

    @step("procurement.close_inquiry", source=Status.ASKED, target=Status.CLOSED)
    def close(self, *, by: Person) -> None:
        """No answer is taken any more; what was said stays."""
        self.closed_at = clock.now()

    # Questions

    @property
    def is_asked(self) -> bool:
        return self.status == self.Status.ASKED

    def is_open(self, today: date) -> bool:
        """Tell whether suppliers may still answer."""
        return self.is_asked and today <= self.answer_by


class InquiryLine(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="lines", db_index=False)
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    size = models.CharField(max_length=6, blank=True)
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveBigIntegerField()
    wished_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry", "material", "size"], name="inquiry_line_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inquiry_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.size}".rstrip()


class BidQuerySet(models.QuerySet["Bid"]):
    def visible_to(self, person: Person) -> Self:
        """A supplier sees what it was asked itself."""
        ours = self.filter(inquiry__workshop_id=person.workshop_id)
        if not person.is_staff:
            return ours.filter(supplier_id=person.party_id)
        return ours if person.may("procurement.see_prices", person) else self.none()

    def for_list(self) -> Self:
        answers = BidAnswer.objects.filter(bid=OuterRef("pk"))
        return self.select_related("inquiry").annotate(
            is_answered=Exists(answers), line_count=Count("inquiry__lines")
        )

    def for_page(self) -> Self:
        """Load all that its page shows: a query for each kind of thing."""
        lines = InquiryLine.objects.select_related("material").order_by("position")
        answers = BidAnswer.objects.select_related("by").order_by("pk")
        return self.select_related("inquiry__workshop", "supplier").prefetch_related(
            models.Prefetch("inquiry__lines", lines),
            models.Prefetch("answers", answers),
            "answers__lines",
        )


class Bid(models.Model):
    """An inquiry as one supplier sees it, and what it answers. A claim, until goods came."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="bids", db_index=False)
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="bids")

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = BidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "supplier"], name="bid_once_a_supplier")
        ]

    def __str__(self) -> str:
        return self.inquiry.number

    # Steps

    @classmethod
    @creation("procurement.ask_price")
    def ask(cls, *, by: Person, inquiry: Inquiry, supplier: Party) -> Bid:
        """Ask one supplier, by a link where nobody of it has a login."""
        if not supplier.is_supplier or supplier.workshop_id != inquiry.workshop_id:
            raise NotAllowed(_now("Only a supplier of this workshop can be asked."))
        bid = cls.objects.create(inquiry=inquiry, supplier=supplier)
        for person in Person.objects.active().filter(party=supplier, user=None):
            AccessLink.issue(person, bid)
        return bid

    @step("procurement.bid", private=("note",))
    def answer(self, *, by: Person, terms: list[Terms], note: str = "") -> None:
        """Say to every line what it would cost and when it would come, or that it cannot be had.

        The last answer counts; those before it are kept.
        """
        inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=self.inquiry_id)
        if not inquiry.is_open(clock.today()):
            raise WrongState(_now("The time to answer is over: telephone the workshop."))
        asked = set(InquiryLine.objects.filter(inquiry=inquiry).values_list("pk", flat=True))
        if any(not is_unit(said.unit, said.unit_size, said.pack) for said in terms):
            raise WrongState(_now("Portions are whole units of the supplier."))
        if len(terms) != len(asked) or {said.line.pk for said in terms} != asked:
            raise WrongState(_now("Every line needs an answer."))
        answer = self.answers.create(by=by, note=note)
        BidLine.objects.bulk_create(
            BidLine(
                answer=answer,
                line=said.line,
                price=said.price,
                lead_days=said.lead_days,
                minimum=said.minimum,
                pack=said.pack,
                valid_until=said.valid_until,
                note=said.note,
                unit=said.unit,
                unit_size=said.unit_size,
            )
            for said in terms
        )

    # Questions

    @property
    def current(self) -> BidAnswer | None:
        """The last answer; reads `answers` as prefetched."""
        return max(self.answers.all(), key=lambda one: one.pk, default=None)

    @property
    def workshop_id(self) -> int:
        return self.inquiry.workshop_id


class BidAnswer(models.Model):
    """What a supplier said at one moment. Never changed: who thinks again answers again."""

    bid = models.ForeignKey(Bid, models.CASCADE, related_name="answers")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"answer {self.pk} to {self.bid_id}"


class BidLine(models.Model):
    """What an answer says to one line; a price of 0 says "cannot"."""

    answer = models.ForeignKey(BidAnswer, models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey(InquiryLine, models.PROTECT, related_name="+")
    price = models.PositiveBigIntegerField()
    lead_days = models.PositiveSmallIntegerField()
    minimum = models.PositiveBigIntegerField()
    pack = models.PositiveBigIntegerField()
    valid_until = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=12, blank=True)  # the supplier's; empty: the material's own
    unit_size = models.PositiveBigIntegerField(default=MILLI)  # thousandths that `price` is of

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "line"], name="bid_line_once"),
            models.CheckConstraint(condition=Q(unit_size__gt=0), name="bid_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.price} for {self.line_id}"

    def rounded(self, quantity: int) -> int:
        """Return what must be bought to have so much."""
        portion = self.pack or (self.unit_size if self.unit else 0)
        return whole_packs(quantity, self.minimum, portion)

    def amount_for(self, quantity: int) -> int:
        """Return the rupiah for so many thousandths."""
        return amount_of(self.price, quantity, self.unit_size)

    def is_valid(self, today: date) -> bool:
        """Tell whether the supplier still stands to it."""
        return bool(self.price) and (self.valid_until is None or today <= self.valid_until)
