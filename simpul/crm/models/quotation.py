"""A quotation: what a prospect is offered, and exactly what becomes an order once it is accepted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Colourway, Price, Unit
from simpul.crm import quotation_paper
from simpul.crm.models.lead import STAGES, Lead, Status
from simpul.lib import clock
from simpul.orders.models import (
    Gate,
    LateAnswer,
    LineWish,
    Order,
    PlannedInstalment,
    check_wishes,
)
from simpul.orders.models.instalment import Kind
from simpul.orders.sheets import Sheet, in_order
from simpul.papers.models import Paper
from simpul.parties.models import AccessLink, Person, Workshop
from simpul.payments import agreement
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import WrongState, creation, step

SERIES = "SPH"  # surat penawaran harga


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands below the lines. Money in rupiah; `ready_days` from the day it is accepted."""

    valid_until: date
    ready_days: int
    down_payment: int = 0
    settle: int = Gate.HAND_OVER
    shipping: int = 0
    discount: int = 0
    note: str = ""

    def total(self, wishes: list[LineWish]) -> int:
        return sum(wish.amount for wish in wishes) + self.shipping - self.discount


class QuotationStatus(models.TextChoices):
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN = (QuotationStatus.SENT, QuotationStatus.DECLINED)  # it can be offered once more


class QuotationQuerySet(models.QuerySet["Quotation"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(lead__party_id=person.party_id)

    def waiting(self, today: date) -> Self:
        """Those that can be accepted now."""
        return self.filter(status=QuotationStatus.SENT, valid_until__gte=today)

    def for_page(self) -> Self:
        known = self.select_related("workshop", "lead__party", "lead__person", "order")
        return known.prefetch_related(
            "revisions__by", "revisions__lines__colourway__product__prices",
            "revisions__lines__colourway__variants",
        )  # fmt: skip


class Quotation(models.Model):
    """What one prospect is offered: a number, and revisions of which one can be accepted."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="quotations")
    number = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=QuotationStatus, default=QuotationStatus.SENT, editable=False
    )
    revision = models.PositiveSmallIntegerField(default=0, editable=False)  # the latest
    total = models.PositiveBigIntegerField(default=0, editable=False)  # of the latest
    valid_until = models.DateField(editable=False)  # the same
    accepted_revision = models.PositiveSmallIntegerField(null=True, editable=False)
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, related_name="quotation", editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of its end
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = QuotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="quotation_number_once"),
            models.CheckConstraint(
                condition=~Q(status="accepted")
                | Q(order__isnull=False, accepted_revision__isnull=False),
                name="quotation_accepted_is_an_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("crm.send_quotation")
    def send(cls, *, by: Person, lead: Lead, wishes: list[LineWish], terms: Terms) -> Quotation:
        """Offer a prospect these lines at these prices; its people without a login get a link.

        Raises BelowMinimum and WrongState for what cannot be ordered so.
        """
        check_offer(wishes, terms, lead)
        quotation = cls.objects.create(
            workshop_id=lead.workshop_id,
            lead=lead,
            number=NumberSeries.draw(lead.workshop_id, SERIES),
            valid_until=terms.valid_until,
        )
        quotation._propose(by, wishes, terms)
        quotation.save()
        return quotation

    @step("crm.revise_quotation", source=OPEN, target=QuotationStatus.SENT)
    def revise(self, *, by: Person, wishes: list[LineWish], terms: Terms) -> None:
        """Offer something else, or the same for longer: only this revision can be accepted now."""
        check_offer(wishes, terms, self.lead)
        self.reason = ""
        self._propose(by, wishes, terms)

    @step(
        "crm.accept_quotation",
        source=QuotationStatus.SENT,
        target=QuotationStatus.ACCEPTED,
        private=("receiver", "telephone", "address"),
    )
    def accept(
        self, *, by: Person, revision: int, receiver: str, address: str, telephone: str = ""
    ) -> None:
        """Agree to exactly the revision that was read, in time: an order with the same lines,
        prices and terms is placed, offered by whoever made the quotation, and agreed on.

        Raises LateAnswer.
        """
        offer = self.current
        if revision != offer.number:
            raise LateAnswer(_now("There is a newer offer: please read it first."))
        if self.is_overdue or not offer.by.may("orders.offer", self):
            raise LateAnswer(_now("This offer has run out: ask the workshop for a new one."))
        wishes, ready_on = offer.wishes, clock.in_days(offer.ready_days)
        order = agreement.place(
            by=by,
            buyer=self.lead.party,
            wishes=[replace(wish, price=None) for wish in wishes],
            receiver=receiver,
            address=address,
            telephone=telephone,
            earliest_on=ready_on,
        )
        order.offer(
            by=offer.by,
            wishes=wishes,
            promised_on=ready_on,
            plan=offer.plan(ready_on),
            valid_until=self.valid_until,
            shipping=offer.shipping,
            discount=offer.discount,
            note=offer.note,
        )
        offered = Order.objects.prefetch_related("revisions").get(pk=order.pk)
        agreement.accept(offered, by=by, revision=offered.revision)
        self.order, self.accepted_revision = offered, revision
        if self.lead.status != Status.WON:
            self.lead.win(by=self.workshop.machine, order=offered)

    @step(
        "crm.decline_quotation",
        source=QuotationStatus.SENT,
        target=QuotationStatus.DECLINED,
    )
    def decline(self, *, by: Person, reason: str = "") -> None:
        """Say no, or what should be otherwise; the workshop may offer something else."""
        self.reason = reason

    @step("crm.withdraw_quotation", source=OPEN, target=QuotationStatus.WITHDRAWN)
    def withdraw(self, *, by: Person) -> None:
        """Take it back: it can be accepted no more."""

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.lead.party_id

    @property
    def current(self) -> QuotationRevision:
        """The revision that stands; reads `revisions` as prefetched."""
        return next(one for one in self.revisions.all() if one.number == self.revision)

    @property
    def is_overdue(self) -> bool:
        """Tell whether nobody has answered in time."""
        return self.status == QuotationStatus.SENT and self.valid_until < clock.today()

    @property
    def waits(self) -> bool:
        """Tell whether it can be accepted now."""
        return self.status == QuotationStatus.SENT and not self.is_overdue

    # Inside

    def _propose(self, by: Person, wishes: list[LineWish], terms: Terms) -> None:
        """Freeze the next revision with its paper, and let the prospect stand where it is now."""
        written = QuotationRevision.write(self, by=by, wishes=wishes, terms=terms)
        self.revision, self.total = written.number, written.total
        self.valid_until = terms.valid_until
        quotation_paper.issue(self, written, wishes, by=by)
        days = max(30, (terms.valid_until - clock.today()).days + 1)
        for person in Person.objects.active().filter(party_id=self.buyer_id, user=None):
            AccessLink.issue(person, self, days=days)
        lead = self.lead
        if lead.status in STAGES:
            lead.estimate(by=by, worth=written.total)
        if lead.status in (Status.NEW, Status.TALKING):
            lead.move(by=by, stage=Status.QUOTED)


class QuotationRevision(models.Model):
    """One state of the offer, frozen: acceptance names its number, and its hash holds it still."""

    quotation = models.ForeignKey(
        Quotation, models.PROTECT, related_name="revisions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    shipping = models.PositiveBigIntegerField()
    discount = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    ready_days = models.PositiveSmallIntegerField()
    valid_until = models.DateField()
    down_payment = models.PositiveBigIntegerField()
    settle = models.PositiveSmallIntegerField(choices=Gate)
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quotation", "number"], name="quotation_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.quotation} r{self.number}"

    @classmethod
    def write(
        cls, quotation: Quotation, *, by: Person, wishes: list[LineWish], terms: Terms
    ) -> QuotationRevision:
        """Freeze what is offered, with its lines and its hash."""
        number = quotation.revision + 1
        facts = {
            "shipping": terms.shipping,
            "discount": terms.discount,
            "total": terms.total(wishes),
            "ready_days": terms.ready_days,
            "down_payment": terms.down_payment,
            "settle": int(terms.settle),
        }
        revision = cls.objects.create(
            quotation=quotation,
            number=number,
            by=by,
            valid_until=terms.valid_until,
            note=terms.note,
            digest=_digest(number, wishes, facts | {"valid_until": terms.valid_until.isoformat()}),
            **facts,
        )
        QuotationLine.objects.bulk_create(
            QuotationLine(
                revision=revision,
                colourway=wish.colourway,
                position=position,
                sizes=wish.sizes,
                pairs=wish.pairs,
                price=wish.price.amount,
                per=wish.price.per,
                amount=wish.amount,
            )
            for position, wish in enumerate(wishes, start=1)
            if wish.price is not None
        )
        return revision

    def plan(self, ready_on: date) -> list[PlannedInstalment]:
        """Return what is to be paid when, if the goods are ready on that day."""
        if self.down_payment == self.total:
            return [PlannedInstalment(Kind.FULL, self.total, Gate.PROCUREMENT)]
        rest = PlannedInstalment(
            Kind.SETTLEMENT, self.total - self.down_payment, self.settle, ready_on
        )
        first = PlannedInstalment(Kind.DOWN_PAYMENT, self.down_payment, Gate.PROCUREMENT)
        return [first, rest] if self.down_payment else [rest]

    @property
    def wishes(self) -> list[LineWish]:
        lines = sorted(self.lines.all(), key=lambda line: line.position)
        return [LineWish(line.colourway, line.sizes, line.unit_price) for line in lines]

    @property
    def rest(self) -> int:
        """What is to be paid after the down payment, in rupiah."""
        return self.total - self.down_payment

    @property
    def paper(self) -> Paper:
        """The paper that was issued of it; asks."""
        return Paper.objects.about(self).get()

    @property
    def is_priced(self) -> bool:
        return True

    @property
    def sheets(self) -> list[Sheet]:
        """The lines as they are shown: a sheet for each model; reads what `for_page` has loaded."""
        grouped: dict[int, list[Any]] = {}
        for line in sorted(self.lines.all(), key=lambda line: line.position):
            grouped.setdefault(line.colourway.product_id, []).append(line)
        return [
            Sheet(
                lines[0].colourway.product,
                in_order({size for line in lines for size in line.sizes}),
                lines,
            )
            for lines in grouped.values()
        ]


class QuotationLine(models.Model):
    revision = models.ForeignKey(
        QuotationRevision, models.PROTECT, related_name="lines", db_index=False
    )
    colourway = models.ForeignKey(Colourway, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    sizes = models.JSONField()  # {"39": 4, …}, pairs
    pairs = models.PositiveIntegerField()
    price = models.PositiveBigIntegerField()
    per = models.PositiveSmallIntegerField(choices=Unit, default=Unit.PAIR)
    amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "colourway"], name="quotation_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.pairs} of {self.colourway_id}"

    @property
    def line(self) -> QuotationLine:
        """What names the colourway: of an order that is another row, here the line itself."""
        return self

    @property
    def unit_price(self) -> Price:
        return Price(self.price, self.per)


def check_offer(wishes: list[LineWish], terms: Terms, lead: Lead) -> None:
    """Raise BelowMinimum or WrongState unless exactly this could be ordered by this prospect."""
    if not lead.party.buys_as:
        raise WrongState(_now("Say first what they buy as."))
    check_wishes(wishes, lead.party)
    if any(wish.price is None for wish in wishes):
        raise WrongState(_now("Every line of an offer needs a price."))
    total = terms.total(wishes)
    if total <= 0:
        raise WrongState(_now("The total of an offer is more than zero."))
    if terms.down_payment > total:
        raise WrongState(_now("The down payment is more than the total."))
    if terms.valid_until < clock.today():
        raise WrongState(_now("This day is over."))


def _digest(number: int, wishes: list[LineWish], facts: dict[str, Any]) -> str:
    lines = [[wish.colourway.pk, sorted(wish.sizes.items()), wish.amount] for wish in wishes]
    content = {"number": number, "lines": lines, **facts}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
