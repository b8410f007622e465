"""The purchase order and its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Material
from simpul.lib import clock, codes
from simpul.lib.quantities import MILLI, amount_of
from simpul.orders.models import Gate, Order, OrderNeed
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.procurement.models.line import PurchaseLine
from simpul.procurement.models.receipt import GoodsReceipt, ReceivedLine
from simpul.procurement.models.revision import LineTerms, PurchaseRevision
from simpul.procurement.models.supply import SupplierPrice, whole_packs
from simpul.stock.models import Item, Location, Movement
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step


class OldRevision(Refused):
    """The answer is to a proposal that is no longer the latest."""


class TooMuch(Refused):
    """More came than was ordered and than the workshop tolerates."""


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("waiting for the supplier")
    COUNTERED = "countered", _("answered otherwise")
    CONFIRMED = "confirmed", _("confirmed")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (Status.DRAFT, Status.SENT, Status.COUNTERED, Status.CONFIRMED)
UNDER_WAY = (Status.SENT, Status.COUNTERED, Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """What a new purchase order asks for, and for which needs."""

    material: Material
    size: str
    quantity: int
    price: int
    wished_on: date
    pegs: list[tuple[int, int]]  # the key of a need, and how much for it
    unit: str = ""  # the supplier's, which `price` is of; empty: the material's own
    unit_size: int = MILLI

    @property
    def amount(self) -> int:
        return amount_of(self.price, self.quantity, self.unit_size)


class PurchaseOrderQuerySet(models.QuerySet["PurchaseOrder"]):
    def visible_to(self, person: Person) -> Self:
        """A supplier sees its own, once they were sent."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        return ours.filter(supplier_id=person.party_id).exclude(number="")

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def under_way(self) -> Self:
        """Sent, and not ended."""
        return self.filter(status__in=UNDER_WAY)

    def answered(self) -> Self:
        """The supplier has said something else: the workshop is to answer."""
        return self.filter(status=Status.COUNTERED)

    def late(self, today: date) -> Self:
        """Something of it should have come already."""
        late = PurchaseLine.objects.late(today)
        return self.under_way().filter(pk__in=late.values("purchase"))

    def search(self, words: str) -> Self:
        return self.filter(
            Q(number__icontains=words)
            | Q(code=codes.tidy(words))
            | Q(supplier__name__icontains=words)
            | Q(
                pk__in=PurchaseLine.objects.filter(
                    Q(material__name__icontains=words) | Q(material__code__icontains=words)
                ).values("purchase")
            )
        )

    def with_days(self) -> Self:
        """Annotate the next day on which something is to come, and the number of lines."""
        missing = Q(lines__is_closed_short=False, lines__received__lt=F("lines__quantity"))
        return self.annotate(
            due_on=Min(Coalesce("lines__expected_on", "lines__wished_on"), filter=missing),
            line_count=Count("lines"),
        )

    def for_list(self) -> Self:
        return self.select_related("supplier").with_days()

    def for_page(self) -> Self:
        """Load all that its page shows: a query for each kind of thing."""
        return self.select_related("workshop", "supplier").prefetch_related(
            models.Prefetch(
                "lines", PurchaseLine.objects.select_related("material").order_by("position")
            ),
            "revisions__lines",
            "revisions__by",
        )


class PurchaseOrder(models.Model):
    """What the workshop asks a supplier for, what both agreed on, and what has come of it."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="purchases", db_index=False)
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="purchases")
    number = models.CharField(max_length=20, blank=True, editable=False)  # once it is sent
    code = models.CharField(max_length=6, default=codes.spoken, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    revision = models.PositiveSmallIntegerField(default=0, editable=False)
    agreed_revision = models.PositiveSmallIntegerField(null=True, editable=False)
    total = models.PositiveBigIntegerField(default=0, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of its end
    made_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "number"], condition=~Q(number=""), name="purchase_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | ~Q(number=""),
                name="purchase_sent_has_a_number",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return self.number or _now("draft %(number)s") % {"number": self.pk}

    # Steps

    @classmethod
    @creation("procurement.propose")
    def propose(cls, *, by: Person, supplier: Party, lines: list[ProposedLine]) -> PurchaseOrder:
        """Draft what to buy from a supplier, pegged to what it is for."""
        if not supplier.is_supplier or supplier.workshop_id != by.workshop_id:
            raise NotAllowed(_now("Only a supplier of this workshop can be asked."))
        purchase = cls.objects.create(workshop_id=supplier.workshop_id, supplier=supplier)
        for wanted in lines:
            purchase._add(wanted)
        purchase._sum_up()
        purchase.save(update_fields=["total"])
        return purchase

    @step("procurement.change", source=Status.DRAFT)
    def change(self, *, by: Person, terms: list[LineTerms]) -> None:
        """Ask for more or less, at another price or day; nothing of a line takes it out."""
        for said in self._mine(terms):
            line = said.line
            line.keep_pegs(said.quantity)
            if not said.quantity:
                line.delete()
                continue
            line.quantity, line.price, line.wished_on = said.quantity, said.price, said.on
            line.save(update_fields=["quantity", "price", "wished_on"])
        self._sum_up()

    @transaction.atomic
    def move_line(
        self,
        *,
        by: Person,
        line: PurchaseLine,
        supplier: Party,
        quantity: int,
        into: PurchaseOrder | None = None,
    ) -> None:
        """Ask another supplier for so much of a line, in a draft that is there or in a new one."""
        _hold(self, into)
        self.give_line(by=by, line=line, supplier=supplier, quantity=quantity, into=into)

    @step("procurement.move_line", source=Status.DRAFT)
    def give_line(
        self,
        *,
        by: Person,
        line: PurchaseLine,
        supplier: Party,
        quantity: int,
        into: PurchaseOrder | None,
    ) -> None:
        """Give so much of a line away, with what it was for; a draft without lines is dropped.

        Of both drafts the rows are held by `move_line`. What goes is rounded to the portions of
        the other supplier, who must be known to sell it.
        """
        mine = self._line(line)
        if not 0 < quantity <= mine.quantity:
            raise WrongState(_now("Move some of it, and not more than the line asks for."))
        if supplier.pk == self.supplier_id:
            raise WrongState(_now("Choose another supplier."))
        _demand_whole(mine, quantity)
        offers = SupplierPrice.objects.filter(supplier=supplier, material=mine.material)
        offer = offers.select_related("supplier").first()
        if offer is None:
            raise WrongState(
                _now("%(supplier)s is not known to sell this: note the price first.")
                % {"supplier": supplier}
            )
        wanted = ProposedLine(
            material=mine.material,
            size=mine.size,
            quantity=offer.rounded(quantity),
            price=offer.price,
            wished_on=max(mine.wished_on, clock.in_days(offer.lead_days)),
            pegs=mine.let_go(quantity),
            unit=offer.unit,
            unit_size=offer.unit_size,
        )
        if into is None:
            PurchaseOrder.propose(by=by, supplier=supplier, lines=[wanted])
        else:
            into.take_line(by=by, supplier=supplier, wanted=wanted)
        self._drop_if_empty(by)

    @step("procurement.take_line", source=Status.DRAFT)
    def take_line(self, *, by: Person, supplier: Party, wanted: ProposedLine) -> None:
        """Ask this supplier, too, for what another one was to be asked for."""
        if supplier.pk != self.supplier_id:
            raise WrongState(_now("This draft is for another supplier."))
        self._add(wanted)
        self._sum_up()

    @transaction.atomic
    def join(self, *, by: Person, other: PurchaseOrder) -> None:
        """Make one draft of two of the same supplier; the other one is dropped."""
        _hold(self, other)
        self.take_all(by=by, other=other)

    @step("procurement.join", source=Status.DRAFT)
    def take_all(self, *, by: Person, other: PurchaseOrder) -> None:
        """Take over all lines of the other draft. The rows of both are held by `join`."""
        other.refresh_from_db()
        if other.pk == self.pk or other.supplier_id != self.supplier_id or not other.is_draft:
            raise WrongState(_now("Only two drafts of one supplier can be joined."))
        for line in other._lines():
            self._add(
                ProposedLine(
                    material=line.material,
                    size=line.size,
                    quantity=line.quantity,
                    price=line.price,
                    wished_on=line.wished_on,
                    pegs=line.let_go(line.quantity),
                    unit=line.unit,
                    unit_size=line.unit_size,
                )
            )
        self._sum_up()
        other._drop_if_empty(by)

    @step("procurement.send", source=Status.DRAFT, target=Status.SENT)
    def send(self, *, by: Person, note: str = "") -> None:
        """Ask the supplier. The money that each order must bring first has come, or was waived."""
        lines = self._lines()
        if not lines:
            raise WrongState(_now("This purchase order has no lines any more."))
        if any(line.wished_on < clock.today() for line in lines):
            raise WrongState(_now("A line is wished for on a day that is past."))
        for order in self.orders():
            order.demand_open(Gate.PROCUREMENT)
        self.number = NumberSeries.draw(self.workshop_id, "PO")
        self.sent_at = clock.now()
        self._propose([_as_asked(line) for line in lines], by=by, note=note)
        for person in Person.objects.active().filter(party_id=self.supplier_id, user=None):
            AccessLink.issue(person, self)

    @step("procurement.confirm", source=Status.SENT, target=Status.CONFIRMED)
    def confirm(self, *, by: Person, revision: int) -> None:
        """The supplier agrees to exactly what was asked."""
        self._demand_latest(revision)
        if any(not line.price for line in self._lines()):
            raise WrongState(_now("A line has no price yet: answer line by line."))
        self._agree([_as_asked(line) for line in self._lines()])

    @step("procurement.counter", source=Status.SENT, target=Status.COUNTERED, private=("note",))
    def counter(self, *, by: Person, revision: int, terms: list[LineTerms], note: str = "") -> None:
        """The supplier says what it can: another quantity, price or day for some lines, or none."""
        self._demand_latest(revision)
        said = self._mine(terms)
        if len(said) != len(self._lines()):
            raise WrongState(_now("Every line needs an answer."))
        if not any(one.quantity for one in said):
            raise WrongState(_now("If nothing can be delivered, decline the purchase order."))
        if any(one.quantity and not one.price for one in said):
            raise WrongState(_now("Every line that can be delivered needs a price."))
        self._propose(said, by=by, note=note)

    @step("procurement.decline", source=Status.SENT, target=Status.DECLINED)
    def decline(self, *, by: Person, reason: str) -> None:
        """The supplier cannot deliver any of it; the needs are open again."""
        self._demand_nothing_received()
        self._let_go()
        self.reason = reason

    @step("procurement.agree", source=Status.COUNTERED, target=Status.CONFIRMED)
    def agree(self, *, by: Person, revision: int) -> None:
        """Take what the supplier offers; what it cannot deliver is open again."""
        self._demand_latest(revision)
        self._agree([said.terms for said in self.latest().lines.select_related("line__material")])

    @step("procurement.insist", source=Status.COUNTERED, target=Status.SENT, private=("note",))
    def insist(self, *, by: Person, note: str, terms: list[LineTerms] | None = None) -> None:
        """Ask again, for the same or for something else."""
        for said in self._mine(terms or []):
            if not said.quantity:
                raise WrongState(_now("A line that is asked for again needs a quantity."))
            said.line.keep_pegs(max(said.quantity - said.line.received, 0))
            PurchaseLine.objects.filter(pk=said.line.pk).update(
                quantity=said.quantity, price=said.price, wished_on=said.on
            )
        self._propose([_as_asked(line) for line in self._lines()], by=by, note=note)
        self._sum_up()

    @step("procurement.hand", source=OPEN)
    def hand(
        self,
        *,
        by: Person,
        line: PurchaseLine,
        need: OrderNeed,
        quantity: int,
        holder: OrderNeed | None = None,
        in_return: PurchaseLine | None = None,
    ) -> None:
        """Let so much of a line be for a need: of what comes for no order, or of what came for another
        need, its holder, which gets as much `in_return` of the line that was for the first.

        Raises WrongState where there is not so much of it any more.
        """
        mine = self._line(line)
        quicker = _now("Somebody was quicker: look again what is on its way for whom.")
        if holder is not None:
            mine.unpeg(holder, quantity)
        else:
            mine.let_go_of_the_dead()
            if quantity > mine.loose():
                raise WrongState(quicker)
        if in_return is not None and holder is not None:
            in_return.purchase.hand(
                by=by, line=in_return, need=holder, quantity=quantity, holder=need
            )
        if quantity > OrderNeed.objects.get(pk=need.pk).uncovered:
            raise WrongState(quicker)
        mine.peg(need, quantity)

    @step("procurement.expect", source=Status.CONFIRMED)
    def expect(self, *, by: Person, line: PurchaseLine, day: date, reason: str = "") -> None:
        """Move the day of a line; the promise stays what it was."""
        mine = self._line(line)
        if mine.is_done:
            raise WrongState(_now("Everything of this line has come."))
        mine.expected_on = day
        mine.save(update_fields=["expected_on"])

    @step("procurement.receive", source=(Status.SENT, Status.CONFIRMED))
    def receive(
        self,
        *,
        by: Person,
        goods: dict[PurchaseLine, tuple[int, int]],
        note: str = "",
        marks: dict[PurchaseLine, str] | None = None,
    ) -> None:
        """Count what came, good and rejected by line; good material goes to what it was bought for.

        `marks` names its lot by line: the number of the tannery, or one of the workshop's own.
        Goods that come unannounced say yes louder than words. The last part closes the order.
        """
        counted = {
            self._line(line): (good, rejected)
            for line, (good, rejected) in sorted(goods.items(), key=lambda pair: pair[0].pk)
            if good or rejected
        }
        if not counted:
            raise WrongState(_now("Count at least one line."))
        receipt = GoodsReceipt.objects.create(
            purchase=self, number=NumberSeries.draw(self.workshop_id, "GR"), by=by, note=note
        )
        store = Location.of(self.workshop_id, Location.Kind.STORE)
        items = Item.of_materials((line.material, line.size) for line in counted)
        named = {line.pk: mark for line, mark in (marks or {}).items()}
        for line, (good, rejected) in counted.items():
            item, mark = items[line.material_id, line.size], named.get(line.pk, "")
            self._receive_line(receipt, line, (good, rejected), item, store, mark)
        self._close_if_done()

    @step("procurement.ask_less", source=Status.CONFIRMED)
    def ask_less(self, *, by: Person, line: PurchaseLine, quantity: int) -> None:
        """Ask the supplier to leave something of a line out; until he agrees it stands as agreed.

        `quantity` is what would be left of the line in all, with what has come of it.
        """
        mine = self._line(line)
        if mine.is_done:
            raise WrongState(_now("Everything of this line has come."))
        if not mine.received <= quantity < mine.quantity:
            raise WrongState(_now("Ask for less than agreed, and not for less than has come."))
        _demand_whole(mine, quantity)
        mine.asked_less = quantity
        mine.save(update_fields=["asked_less"])

    @step("procurement.grant_less", source=Status.CONFIRMED)
    def grant_less(self, *, by: Person, line: PurchaseLine, quantity: int) -> None:
        """Agree to deliver so much less, which is the next revision of both."""
        mine = self._asked_less(line, quantity)
        terms = [
            LineTerms(one, quantity if one.pk == mine.pk else one.quantity, one.price, _day_of(one))
            for one in self._lines()
            if not one.is_closed_short
        ]
        self._propose(terms, by=by, note="")
        self.agreed_revision = self.revision
        mine.keep_pegs(max(quantity - mine.received, 0))
        mine.is_closed_short = not quantity
        mine.quantity = quantity or mine.quantity
        mine.asked_less = None
        mine.save()
        self._sum_up()
        self.save(update_fields=["total"])
        self._close_if_done()

    @step("procurement.refuse_less", source=Status.CONFIRMED)
    def refuse_less(self, *, by: Person, line: PurchaseLine, quantity: int, reason: str) -> None:
        """Deliver what was agreed on, all the same."""
        mine = self._asked_less(line, quantity)
        mine.asked_less = None
        mine.save(update_fields=["asked_less"])

    @step("procurement.close_short", source=(Status.SENT, Status.CONFIRMED))
    def close_short(self, *, by: Person, line: PurchaseLine, reason: str) -> None:
        """Wait no longer for the rest of a line; what it was for must be found elsewhere."""
        mine = self._line(line)
        if mine.is_done:
            raise WrongState(_now("Everything of this line has come."))
        mine.keep_pegs(0)
        mine.is_closed_short = True
        mine.asked_less = None
        mine.save(update_fields=["is_closed_short", "asked_less"])
        self._close_if_done()

    @step("procurement.cancel", source=OPEN, target=Status.CANCELLED)
    def cancel(self, *, by: Person, reason: str = "") -> None:
        """Take it back before anything has come."""
        self._demand_nothing_received()
        self._let_go()
        self.reason = reason

    @step("procurement.close", source=(Status.SENT, Status.CONFIRMED), target=Status.CLOSED)
    def close(self, *, by: Person) -> None:
        """Nothing more is to come."""
        if any(not line.is_done for line in self._lines()):
            raise WrongState(_now("Something is still to come."))
        self.closed_at = clock.now()

    # Questions

    def orders(self) -> list[Order]:
        """Return the orders that this is bought for."""
        pegged = Order.objects.filter(lines__needs__pegs__line__purchase=self)
        return list(pegged.distinct().order_by("pk"))

    def latest(self) -> PurchaseRevision:
        """Ask freshly for the latest revision."""
        return self.revisions.get(number=self.revision)

    @property
    def current(self) -> PurchaseRevision | None:
        """The latest revision; reads `revisions` as prefetched."""
        return max(self.revisions.all(), key=lambda one: one.number, default=None)

    @property
    def asks_no_price(self) -> bool:
        """Tell whether every line has a price, so that a plain yes says it all."""
        return all(line.price for line in self.lines.all())

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    # Inside

    def _lines(self) -> list[PurchaseLine]:
        """Ask freshly for the lines: what was loaded before may be old."""
        lines = PurchaseLine.objects.filter(purchase=self).select_related("material")
        return list(lines.order_by("position"))

    def _line(self, line: PurchaseLine) -> PurchaseLine:
        found = PurchaseLine.objects.filter(purchase=self, pk=line.pk).select_related("material")
        mine = found.first()
        if mine is None:
            raise WrongState(_now("This line is not part of the purchase order."))
        return mine

    def _mine(self, terms: list[LineTerms]) -> list[LineTerms]:
        """Return the terms over fresh rows. Raises WrongState where one speaks of a foreign line."""
        return [LineTerms(self._line(one.line), one.quantity, one.price, one.on) for one in terms]

    def _asked_less(self, line: PurchaseLine, quantity: int) -> PurchaseLine:
        """Return the line of which less is asked for. Raises WrongState where it is another number
        by now, or more has come."""
        mine = self._line(line)
        if mine.asked_less != quantity or mine.is_done:
            raise WrongState(_now("Something else is asked for by now. Look at it again."))
        return mine

    def _demand_latest(self, revision: int) -> None:
        if revision != self.revision:
            raise OldRevision(_now("There is a newer proposal: please read it first."))

    def _demand_nothing_received(self) -> None:
        if any(line.received for line in self._lines()):
            raise WrongState(_now("Something of it has come: close the lines that are open."))

    def _propose(self, terms: list[LineTerms], *, by: Person, note: str) -> None:
        self.revision = PurchaseRevision.write(self, by=by, terms=terms, note=note).number

    def _agree(self, terms: list[LineTerms]) -> None:
        """Make the lines say what both agreed to."""
        self.agreed_revision = self.revision
        for said in terms:
            line = said.line
            line.keep_pegs(max(said.quantity - line.received, 0))
            line.is_closed_short = not said.quantity
            line.quantity = said.quantity or line.quantity
            line.price = said.price
            line.promised_on = line.expected_on = said.on
            line.save()
        self._sum_up()

    def _sum_up(self) -> None:
        self.total = sum(line.amount for line in self._lines() if not line.is_closed_short)

    def _add(self, wanted: ProposedLine) -> None:
        """Ask for so much (more), at the price that stands there already and on the earlier day."""
        known = {(line.material_id, line.size): line for line in self._lines()}
        line = known.get((wanted.material.pk, wanted.size))
        if line is None:
            line = self.lines.create(
                material=wanted.material,
                size=wanted.size,
                position=max((one.position for one in known.values()), default=0) + 1,
                quantity=wanted.quantity,
                price=wanted.price,
                wished_on=wanted.wished_on,
                unit=wanted.unit,
                unit_size=wanted.unit_size,
            )
        else:
            portion = line.unit_size if line.unit else 0
            line.quantity = whole_packs(line.quantity + wanted.quantity, 0, portion)
            if not line.price and line.unit_size == wanted.unit_size:
                line.price = wanted.price
            line.wished_on = min(line.wished_on, wanted.wished_on)
            line.save(update_fields=["quantity", "price", "wished_on"])
        needs = OrderNeed.objects.in_bulk([need for need, _quantity in wanted.pegs])
        for need, quantity in sorted(wanted.pegs):
            line.peg(needs[need], quantity)

    def _drop_if_empty(self, by: Person) -> None:
        self._sum_up()
        self.save(update_fields=["total"])
        if not self._lines():
            self.cancel(by=by)

    def _let_go(self) -> None:
        for line in self._lines():
            line.keep_pegs(0)

    def _receive_line(
        self,
        receipt: GoodsReceipt,
        line: PurchaseLine,
        counted: tuple[int, int],
        item: Item,
        store: Location,
        mark: str,
    ) -> None:
        good, rejected = counted
        percent = 100 + self.workshop.over_receipt_percent
        if line.is_closed_short or (line.received + good) * 100 > line.quantity * percent:
            raise TooMuch(
                _now("More of %(line)s than was ordered: count it again.") % {"line": line}
            )
        ReceivedLine.objects.create(receipt=receipt, line=line, good=good, rejected=rejected)
        line.received += good
        line.rejected += rejected
        if line.asked_less is not None and (line.is_done or line.received > line.asked_less):
            line.asked_less = None  # it has come
        line.save(update_fields=["received", "rejected", "asked_less"])
        if good:
            Movement.record(
                item,
                good,
                by=receipt.by,
                subject=receipt,
                reason="procurement.receive",
                target=store,
                lot_mark=mark,
            )
            line.hand_to_needs(good, item, store)
            if line.price:
                SupplierPrice.learn(self.supplier, line)

    def _close_if_done(self) -> None:
        if all(line.is_done for line in self._lines()):
            self.close(by=self.workshop.machine)


def _hold(*purchases: PurchaseOrder | None) -> None:
    """Lock several purchase orders in the order of their keys, so that nobody waits in a ring."""
    keys = [one.pk for one in purchases if one is not None]
    rows = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=keys).order_by("pk"))


def _demand_whole(line: PurchaseLine, quantity: int) -> None:
    """Raise WrongState where a part of a tin or a roll would be left."""
    if line.unit and quantity % line.unit_size:
        raise WrongState(
            _now("Only whole units of the supplier are sold: %(unit)s.") % {"unit": line.unit}
        )


def _day_of(line: PurchaseLine) -> date:
    return line.promised_on or line.wished_on


def _as_asked(line: PurchaseLine) -> LineTerms:
    return LineTerms(line, line.quantity, line.price, line.wished_on)
