"""The order and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, codes
from simpul.lib.places import Spot
from simpul.orders.models.instalment import (
    Gate,
    Instalment,
    PlannedInstalment,
    proposed_plan,
)
from simpul.orders.models.line import LineSize
from simpul.orders.models.revision import LineWish, OrderRevision
from simpul.orders.progress import DONE, Knot, knots_of
from simpul.orders.sheets import Change, changes_between
from simpul.orders.turns import ROOM, between, own_turn
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.parties.placed import Placed
from simpul.workflow.models import Entry, NumberSeries
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step


class BelowMinimum(Refused):
    """Too few pairs, or none, or a size that is not made."""


class LateAnswer(Refused):
    """The offer was valid until an earlier day, or another one has taken its place."""


class GateShut(Refused):
    """Money must come first."""


class Status(models.TextChoices):
    PLACED = "placed", _("placed")
    OFFERED = "offered", _("offer sent")
    CONFIRMED = "confirmed", _("confirmed")
    FULFILLED = "fulfilled", _("delivered")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


A_WEEK = 7
NEWEST = 20_000  # orders in which a part of a number is looked for
FEW_BUYERS = 300  # have a name that is looked up before their orders
ENDED = (Status.WITHDRAWN, Status.DECLINED, Status.EXPIRED, Status.CANCELLED)
AGREED = (Status.CONFIRMED, Status.FULFILLED, Status.CLOSED)


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(buyer_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status__in=[Status.PLACED, Status.OFFERED, Status.CONFIRMED])

    def bought(self) -> Self:
        """Those by which somebody is a customer: agreed on, and no samples."""
        return self.filter(status__in=AGREED, is_sample=False)

    def running(self) -> Self:
        return self.filter(status=Status.CONFIRMED)

    def late(self, today: date) -> Self:
        """Running ones whose promised day is over."""
        return self.running().filter(promised_on__lt=today)

    def at_the_door_of(self, order: Order) -> Self:
        """Those that go to the same door as this one (`Order.door`), without it."""
        buyer, receiver, address, in_buyers_name = order.door
        same = self.filter(buyer=buyer, receiver=receiver, address=address)
        return same.filter(in_buyers_name=in_buyers_name).exclude(pk=order.pk)

    def search(self, words: str, workshop: int) -> Self:
        """Find among the orders of a workshop by number, code, buyer's name or number of a telephone; by a
        part of a number only among the newest orders, by a whole one among all.

        A name that few have is looked up first: their orders are then found by an index. One that many have
        is looked for among the parties, too, and not in each order again.
        """
        words = words.strip()
        named = Party.objects.filter(workshop=workshop, name__icontains=words).order_by("pk")
        buyers = list(named.values_list("pk", flat=True)[: FEW_BUYERS + 1])
        is_rare = len(buyers) <= FEW_BUYERS
        by_name = Q(buyer__in=buyers if is_rare else named.order_by().values("pk"))
        part = Q(number__icontains=words)
        digits = "".join(filter(str.isdigit, words)).removeprefix("0")
        if len(digits) >= 4:
            part |= Q(telephone__contains=digits)
        newest = self.order_by("-pk").values_list("pk", flat=True)
        if older := list(newest[NEWEST : NEWEST + 1]):
            part &= Q(pk__gt=older[0])
        whole = Q(number=words.upper()) | Q(code=codes.tidy(words))
        return self.filter(by_name | whole | part)

    def with_progress(self) -> Self:
        """Annotate what a row of a list shows: pairs, how far they are, and money."""
        sizes = LineSize.objects.filter(line__order=models.OuterRef("pk"))
        money = Instalment.objects.filter(order=models.OuterRef("pk"))
        return self.annotate(
            pairs=_summed(sizes, "pairs"),
            pairs_made=_summed(sizes, "made"),
            pairs_delivered=_summed(sizes, "delivered"),
            paid_sum=_summed(money, "paid"),
        )

    def for_list(self) -> Self:
        return self.select_related("buyer").with_progress()

    def for_cards(self) -> Self:
        """Load what an order shows in short: its models, its knots, and what waits for the buyer."""
        return self.select_related("workshop", "buyer").prefetch_related(
            "revisions__lines__line__colourway__product",
            "instalments",
            "lines__sizes",
            "lines__needs",
        )

    def for_page(self) -> Self:
        """Load all that an order's page shows: a query for each kind of thing."""
        return self.select_related("workshop", "buyer").prefetch_related(
            "revisions__lines__line__colourway__product",
            "revisions__lines__line__colourway__photo",
            "revisions__by",
            "instalments",
            "lines__colourway__product",
            "lines__sizes__variant",
            "lines__needs",
        )


class Order(Placed):
    """What a buyer asked for, what both agreed on, and how far it has come."""

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        PHONE = "phone", _("telephone")
        WHATSAPP = "whatsapp", "WhatsApp"
        VISIT = "visit", _("visit")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="orders", db_index=False)
    buyer = models.ForeignKey(Party, models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20)
    code = models.CharField(max_length=6, default=codes.spoken, editable=False)
    public_code = models.CharField(max_length=14, default=codes.public, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLACED, editable=False)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.WEB)
    revision = models.PositiveSmallIntegerField(default=0, editable=False)  # the latest
    agreed_revision = models.PositiveSmallIntegerField(null=True, editable=False)
    total = models.PositiveBigIntegerField(default=0, editable=False)  # of the latest revision
    wished_on = models.DateField(null=True)
    promised_on = models.DateField(null=True, editable=False)  # frozen at agreement
    forfeit_percent = models.PositiveSmallIntegerField(default=0, editable=False)  # the same
    turn = models.BigIntegerField(null=True, editable=False)  # its place among the running ones
    in_parts = models.BooleanField(default=False, editable=False)  # what is ready goes first
    receiver = models.CharField(max_length=80)
    telephone = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=500)
    remarks = models.CharField(max_length=500, blank=True)
    in_buyers_name = models.BooleanField(default=False, editable=False)  # sent as if by the buyer
    is_sample = models.BooleanField(default=False, editable=False)  # to look at: see `bought`
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of its end
    placed_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    arrived_on = models.DateField(null=True, editable=False)  # the last of what arrived so far
    fulfilled_at = models.DateTimeField(
        null=True, editable=False
    )  # noted that all of it had arrived
    closed_at = models.DateTimeField(null=True, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    _expected_on: date | None = None

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="order_number_once"),
            models.UniqueConstraint(fields=["workshop", "code"], name="order_code_once"),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "fulfilled", "closed"])
                | Q(promised_on__isnull=False, agreed_revision__isnull=False, turn__isnull=False),
                name="order_agreed_has_a_promise",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_at=None) | Q(arrived_on__isnull=False),
                name="order_fulfilled_has_arrived",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["workshop", "-total", "-id"]),
        ]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("orders.place", private=("receiver", "telephone", "address", "spot", "remarks"))
    def place(
        cls,
        *,
        by: Person,
        buyer: Party,
        wishes: list[LineWish],
        receiver: str,
        address: str,
        spot: Spot | None = None,
        telephone: str = "",
        wished_on: date | None = None,
        remarks: str = "",
        channel: str = Channel.WEB,
        earliest_on: date | None = None,
        in_buyers_name: bool = False,
        is_sample: bool = False,
    ) -> Order:
        """Order what is wished for at the list's prices of today; revision 1 is what was asked.

        A sample is at the price that is named, perhaps nothing, and may be a single pair.

        `earliest_on` is the day on which it can be ready, where that was computed; else it is as
        many days from now as the slowest of the models is made in.
        """
        if not buyer.buys_as or (in_buyers_name and not buyer.sends_in_own_name):
            raise NotAllowed
        if is_sample and not by.is_staff:
            raise NotAllowed
        check_wishes(wishes, None if is_sample else buyer)
        today = clock.today()
        listed = [price_by_list(wish, wishes, buyer, today) for wish in wishes]
        priced = wishes if is_sample else listed
        order = cls.objects.create(
            workshop_id=buyer.workshop_id,
            buyer=buyer,
            number=NumberSeries.draw(buyer.workshop_id, "SO"),
            code=_free_code(buyer.workshop_id),
            channel=channel,
            wished_on=wished_on,
            receiver=receiver,
            telephone=telephone,
            address=address,
            remarks=remarks,
            in_buyers_name=in_buyers_name,
            is_sample=is_sample,
        )
        order.spot = spot
        total = sum(wish.amount for wish in priced)
        earliest_on = earliest_on or _by_the_catalogue(wishes, today)
        promised_on = max(earliest_on, wished_on) if wished_on else earliest_on
        order._propose(
            OrderRevision.write(
                order,
                by=by,
                wishes=priced,
                promised_on=promised_on,
                plan=proposed_plan(total, buyer, promised_on) if total else [],
            )
        )
        order.save()
        if by.is_staff:
            order._give_links()
        return order

    @step("orders.confirm", source=Status.PLACED, target=Status.CONFIRMED)
    def confirm(self, *, by: Person) -> None:
        """Accept exactly what the buyer asked for, on the published terms."""
        revision = self.current
        if not revision.is_priced:
            raise WrongState(_now("A line has no price yet: make an offer instead."))
        if revision.promised_on < clock.today():
            raise WrongState(_now("The day that was asked for is past: make an offer instead."))
        self._agree(revision)

    @step("orders.offer", source=(Status.PLACED, Status.OFFERED), target=Status.OFFERED)
    def offer(
        self,
        *,
        by: Person,
        wishes: list[LineWish],
        promised_on: date,
        plan: list[PlannedInstalment],
        valid_until: date,
        shipping: int = 0,
        discount: int = 0,
        note: str = "",
    ) -> None:
        """Propose other lines, prices, terms or days; the buyer accepts exactly this revision."""
        check_wishes(wishes)
        total = sum(wish.amount for wish in wishes) + shipping - discount
        if any(wish.price is None for wish in wishes):
            raise WrongState(_now("Every line of an offer needs a price."))
        if total <= 0:
            raise WrongState(_now("The total of an offer is more than zero."))
        if sum(item.amount for item in plan) != total:
            raise WrongState(_now("The instalments do not add up to the total."))
        self._propose(
            OrderRevision.write(
                self,
                by=by,
                wishes=wishes,
                promised_on=promised_on,
                plan=plan,
                shipping=shipping,
                discount=discount,
                valid_until=valid_until,
                note=note,
            )
        )
        self._give_links()

    @step("orders.accept", source=Status.OFFERED, target=Status.CONFIRMED)
    def accept(self, *, by: Person, revision: int) -> None:
        """Agree to exactly the revision that was read, in time."""
        offer = self.current
        if revision != offer.number:
            raise LateAnswer(_now("There is a newer offer: please read it first."))
        if offer.valid_until is not None and offer.valid_until < clock.today():
            raise LateAnswer(_now("This offer has run out: ask the workshop for a new one."))
        self._agree(offer)

    @step("orders.counter", source=Status.OFFERED, target=Status.PLACED)
    def counter(
        self,
        *,
        by: Person,
        wishes: list[LineWish],
        promised_on: date,
        note: str = "",
        promised: Callable[[int], int] = lambda _goods: 0,
    ) -> None:
        """Answer an offer with another wish: the buyer's revision, at the prices offered.

        `promised` says how many rupiah go off goods of so many whatever is agreed on, such as by a
        voucher; it is asked once, when the order is locked.
        """
        check_wishes(wishes, self.buyer)
        offer = self.current
        offered = {line.line.colourway_id: line.wish.price for line in offer.lines.all()}
        today = clock.today()
        priced = [
            replace(wish, price=offered[wish.colourway.pk])
            if offered.get(wish.colourway.pk)
            else price_by_list(wish, wishes, self.buyer, today)
            for wish in wishes
        ]
        goods = sum(wish.amount for wish in priced)
        off = promised(goods)
        total = goods + offer.shipping - off
        self._propose(
            OrderRevision.write(
                self,
                by=by,
                wishes=priced,
                promised_on=promised_on,
                plan=proposed_plan(total, self.buyer, promised_on) if total else [],
                shipping=offer.shipping,
                discount=off,
                note=note,
            )
        )

    @step("orders.reduce", source=Status.PLACED)
    def reduce(self, *, by: Person, amount: int) -> None:
        """Take off what the buyer was promised before, such as by a voucher: the next revision of
        the same wish, for the workshop to confirm. Called by whoever knows of the promise."""
        asked = self.current
        if not asked.is_priced:
            raise WrongState(_now("A line has no price yet: wait for the offer."))
        total = asked.total - amount
        if total <= 0:
            raise WrongState(_now("The total of an order is more than zero."))
        lines = asked.lines.select_related("line__colourway__product").order_by("position")
        self._propose(
            OrderRevision.write(
                self,
                by=by,
                wishes=[line.wish for line in lines],
                promised_on=asked.promised_on,
                plan=proposed_plan(total, self.buyer, asked.promised_on),
                shipping=asked.shipping,
                discount=asked.discount + amount,
                note=asked.note,
            )
        )

    @step("orders.decline", source=(Status.PLACED, Status.OFFERED), target=Status.DECLINED)
    def decline(self, *, by: Person, reason: str) -> None:
        """Say no, and why."""
        self.reason = reason

    @step(
        "orders.withdraw",
        source=(Status.PLACED, Status.OFFERED),
        target=Status.WITHDRAWN,
    )
    def withdraw(self, *, by: Person, reason: str = "") -> None:
        """Take the order back before anything was agreed."""
        self.reason = reason

    @step("orders.expire", source=Status.OFFERED, target=Status.EXPIRED)
    def expire(self, *, by: Person) -> None:
        """Close an offer that nobody answered in time."""
        valid_until = self.current.valid_until
        if valid_until is None or valid_until >= clock.today():
            raise WrongState(_now("The offer is still valid."))

    @step("orders.cancel", source=Status.CONFIRMED, target=Status.CANCELLED)
    def cancel(self, *, by: Person, reason: str) -> None:
        """End an agreed order of which nothing was packed; its money stays the buyer's credit."""
        if LineSize.objects.filter(line__order=self, packed__gt=0).exists():
            raise WrongState(_now("Pairs of this order are packed already."))
        self.reason = reason

    @step("orders.waive", source=Status.CONFIRMED)
    def waive(self, *, by: Person, instalment: Instalment, reason: str) -> None:
        """Open an instalment's gate without its money; the debt stays, the buyer sees it."""
        mine = self.instalments.select_for_update().filter(pk=instalment.pk).first()
        if mine is None or mine.lets_pass:
            raise WrongState(_now("Nothing waits for this money."))
        mine.waived_at = clock.now()
        mine.waived_because = reason
        mine.save(update_fields=["waived_at", "waived_because"])

    @step("orders.take_turn", source=Status.CONFIRMED)
    def take_turn(self, *, by: Person, before: str = "", after: str = "") -> None:
        """Put the order right before or after another running one, given by its number, whatever was
        promised; with neither, back to where its promise puts it.

        Material, work and the schedule go by it; the promise stays. Raises WrongState where the other
        one does not run any more, or no room is left between two.
        """
        if not before and not after:
            assert self.promised_on is not None  # noqa: S101 - an agreed order has a promise
            self.turn = own_turn(self.promised_on, self.pk)
            return
        queue = Order.objects.running().filter(workshop=self.workshop_id).exclude(pk=self.pk)
        other = queue.filter(number=before or after).first()
        if other is None or other.turn is None:
            raise WrongState(_now("That order does not wait for its turn any more. Look again."))
        if before:
            sooner = queue.filter(turn__lt=other.turn).aggregate(at=Max("turn"))["at"]
            self.turn = between(max(other.turn - ROOM, sooner or 0), other.turn)
        else:
            later = queue.filter(turn__gt=other.turn).aggregate(at=Min("turn"))["at"]
            self.turn = between(other.turn, min(other.turn + ROOM, later or other.turn + ROOM))
        if self.turn is None:
            raise WrongState(_now("No room is left between these two: move one of them instead."))

    @step("orders.fulfil", source=Status.CONFIRMED, target=Status.FULFILLED)
    def fulfil(self, *, by: Person) -> None:
        """Every pair has reached the buyer."""
        if not self.is_all_delivered():
            raise WrongState(_now("Not every pair is delivered yet."))
        self.fulfilled_at = clock.now()
        self.arrived_on = self.arrived_on or clock.today()  # where nobody said of a day

    @step("orders.close", source=Status.FULFILLED, target=Status.CLOSED)
    def close(self, *, by: Person) -> None:
        """Nothing is owed any more, on either side."""
        if self.balance_now():
            raise WrongState(_now("The order is not paid in full yet."))
        self.closed_at = clock.now()

    @step("orders.reopen", source=Status.CLOSED, target=Status.FULFILLED)
    def reopen(self, *, by: Person) -> None:
        """Something is owed again: money that had paid for it was taken back."""
        if not self.balance_now():
            raise WrongState(_now("Nothing is owed for this order."))
        self.closed_at = None

    # Called by the apps above

    def arrive(self, on: date) -> None:
        """Note that pairs of it reached the buyer on this day, and fulfil it with the last of them.

        Shipments may be noted in another order than that in which they arrived: the last day counts.
        """
        earlier = Q(arrived_on=None) | Q(arrived_on__lt=on)
        Order.objects.filter(earlier, pk=self.pk).update(arrived_on=on)
        self.deliver_all()

    def deliver_all(self) -> None:
        """Let the machine fulfil the order once its last pair is delivered."""
        Order.objects.select_for_update().get(pk=self.pk)  # who delivers last sees all others
        if self.is_all_delivered():
            self.fulfil(by=self.workshop.machine)

    def expect(self, day: date) -> None:
        """Say on this row on which day it can be expected as things stand. It is not kept: another
        row of the same order knows only the promise."""
        self._expected_on = day

    def demand_open(self, gate: Gate) -> None:
        """Raise GateShut unless all money due before this gate has come or was waived.

        Asks freshly, whatever was loaded before.
        """
        if not Order.objects.prefetch_related("instalments").get(pk=self.pk).is_open(gate):
            raise GateShut(
                _now("Order %(order)s waits for money before %(gate)s.")
                % {"order": self, "gate": gate.label}
            )

    # Questions

    def is_open(self, gate: Gate) -> bool:
        """Tell whether it is agreed and every instalment at or before this gate paid or waived."""
        return self.status in AGREED and all(
            instalment.lets_pass for instalment in self.instalments.all() if instalment.gate <= gate
        )

    def is_all_delivered(self) -> bool:
        sizes = LineSize.objects.filter(line__order=self)
        counted = sizes.aggregate(
            all=Count("pk"), missing=Count("pk", filter=Q(delivered__lt=F("pairs")))
        )
        return bool(counted["all"]) and not counted["missing"]

    def balance_now(self) -> int:
        """Return what is still to be paid, asked freshly."""
        sums = self.instalments.aggregate(owed=Sum("amount"), paid=Sum("paid"))
        return (sums["owed"] or 0) - (sums["paid"] or 0)

    @property
    def current(self) -> OrderRevision:
        """The revision that stands, agreed or offered; reads `revisions` as prefetched.

        A change that is proposed of an agreed order is not the current one until it is accepted.
        """
        return next(one for one in self.revisions.all() if one.number == self.revision)

    @property
    def agreed(self) -> OrderRevision | None:
        return next(
            (one for one in self.revisions.all() if one.number == self.agreed_revision),
            None,
        )

    @property
    def previous(self) -> OrderRevision | None:
        """The revision before the one that stands, to show what changed."""
        earlier = [one for one in self.revisions.all() if one.number < self.revision]
        return max(earlier, key=lambda one: one.number, default=None)

    @property
    def changes(self) -> list[Change]:
        """What the latest revision says otherwise than the one before it."""
        previous = self.previous
        return changes_between(previous, self.current) if previous else []

    @property
    def has_own_turn(self) -> bool:
        """Tell whether it stands where its promise puts it, or was put elsewhere by hand."""
        return self.promised_on is None or self.turn == own_turn(self.promised_on, self.pk)

    @property
    def is_overdue_offer(self) -> bool:
        """Tell whether an offer waits that has run out."""
        valid_until = self.current.valid_until if self.status == Status.OFFERED else None
        return valid_until is not None and valid_until < clock.today()

    @property
    def paid(self) -> int:
        return sum(instalment.paid for instalment in self.instalments.all())

    @property
    def balance(self) -> int:
        return sum(instalment.open_amount for instalment in self.instalments.all())

    @property
    def is_ended(self) -> bool:
        """Tell whether it ended without being done."""
        return self.status in ENDED

    @property
    def expected_on(self) -> date | None:
        """The day on which it can be expected: the promise, unless `expect` said another one."""
        return self._expected_on or self.promised_on

    @property
    def waits_for_buyer(self) -> bool:
        """Tell whether the buyer is asked for something: an answer, money soon, or "received"."""
        if self.status == Status.OFFERED:
            return not self.is_overdue_offer
        due = self.next_instalment
        if self.status not in AGREED or due is None:
            return self.status == Status.FULFILLED
        if due.is_for_the_courier and self.status == Status.CONFIRMED:
            return False
        return due.position == 1 or due.due_on <= clock.in_days(A_WEEK)

    @property
    def door(self) -> tuple[int, str, str, bool]:
        """To whom and where it is brought, and in whose name; as it was placed, for good."""
        return self.buyer_id, self.receiver, self.address, self.in_buyers_name

    @property
    def next_instalment(self) -> Instalment | None:
        """What is to be paid next, if anything is."""
        unpaid = [part for part in self.instalments.all() if not part.is_paid]
        return min(unpaid, key=lambda part: part.position, default=None)

    @property
    def paid_at_the_door(self) -> int:
        """What is still to be paid to the courier."""
        parts = self.instalments.all()
        return sum(part.open_amount for part in parts if part.is_for_the_courier)

    @property
    def knots(self) -> list[Knot]:
        """The seven knots of the order, as everybody sees them; reads what `for_page` loads."""
        return knots_of(self)

    @property
    def stands_at(self) -> Knot:
        """The first knot that is not tied yet, or the last of all."""
        knots = self.knots
        return next((knot for knot in knots if knot.state != DONE), knots[-1])

    @property
    def public_knots(self) -> list[Knot]:
        """The knots for whoever holds the code: how far, but no money. Whoever has it from the buyer,
        in whose name it is sent, does not hear that anything is paid for."""
        return [
            replace(knot, count=0, of=0) if knot.unit == "rupiah" else knot
            for knot in self.knots
            if knot.unit != "rupiah" or not self.in_buyers_name
        ]

    # Inside

    def _give_links(self) -> None:
        """Let the buyer's people who have no login open this order by a link."""
        for person in Person.objects.active().filter(party_id=self.buyer_id, user=None):
            AccessLink.issue(person, self)

    def _propose(self, revision: OrderRevision) -> None:
        self.revision = revision.number
        self.total = revision.total

    def _agree(self, revision: OrderRevision) -> None:
        """Fix the promise, the instalments, the pairs by size and the needs of the recipe."""
        today = clock.today()
        self.agreed_revision = revision.number
        self.promised_on = revision.promised_on
        self.turn = own_turn(revision.promised_on, self.pk)
        self.forfeit_percent = self.workshop.forfeit_percent
        self.confirmed_at = clock.now()
        soon = today + timedelta(days=self.workshop.payment_days)
        Instalment.objects.bulk_create(
            Instalment(
                order=self,
                position=position,
                kind=item.kind,
                amount=item.amount,
                gate=item.gate,
                due_on=item.due_on or soon,
            )
            for position, item in enumerate(revision.instalments, start=1)
        )
        for agreed in revision.lines.select_related("line__colourway__product"):
            line, colourway = agreed.line, agreed.line.colourway
            variants = {variant.size: variant for variant in colourway.variants.all()}
            LineSize.objects.bulk_create(
                LineSize(line=line, variant=variants[size], pairs=pairs)
                for size, pairs in agreed.sizes.items()
            )
            line.take_recipe(agreed.sizes)


def _free_code(workshop_id: int) -> str:
    """Return a code that no order of the workshop has; under the lock of its number series.

    Of 6.4 million codes one is drawn again sooner than one thinks.
    """
    while True:
        code = codes.spoken()
        if not Order.objects.filter(workshop_id=workshop_id, code=code).exists():
            return code


def _summed(rows: models.QuerySet[Any], column: str) -> models.Subquery:
    """Return the sum of a column over the rows of each order, as one number in its row."""
    one_group = rows.annotate(one=models.Value(1)).order_by().values("one")
    return models.Subquery(
        one_group.annotate(sum=Sum(column)).values("sum"),
        output_field=models.BigIntegerField(),
    )


def check_wishes(wishes: list[LineWish], buyer: Party | None = None) -> None:
    """Raise BelowMinimum unless every line asks for pairs of sizes that are made, and enough."""
    if not wishes:
        raise BelowMinimum(_now("The order has no pairs yet: fill in at least one size."))
    pairs_of: dict[int, int] = {}
    for wish in wishes:
        made = {variant.size for variant in wish.colourway.variants.all() if variant.is_offered}
        if not wish.sizes or any(pairs <= 0 for pairs in wish.sizes.values()):
            raise BelowMinimum(_now("The order has no pairs yet: fill in at least one size."))
        if missing := sorted(set(wish.sizes) - made):
            raise BelowMinimum(
                _now("%(product)s is not made in size %(size)s.")
                % {"product": wish.colourway.product, "size": missing[0]}
            )
        product = wish.colourway.product
        pairs_of[product.pk] = pairs_of.get(product.pk, 0) + wish.pairs
        if buyer is not None and wish.colourway.product.workshop_id != buyer.workshop_id:
            raise BelowMinimum(_now("This product is not made here."))
    if buyer is not None and buyer.buys_as == Party.BuysAs.DISTRIBUTOR:
        for wish in wishes:
            product = wish.colourway.product
            if pairs_of[product.pk] < product.minimum_pairs:
                raise BelowMinimum(
                    _now("At least %(pairs)s pairs of %(product)s, please.")
                    % {"pairs": product.minimum_pairs, "product": product}
                )


def price_by_list(wish: LineWish, wishes: list[LineWish], buyer: Party, day: date) -> LineWish:
    """Price a wish by the list, by all pairs of its product."""
    product = wish.colourway.product
    pairs = sum(other.pairs for other in wishes if other.colourway.product_id == product.pk)
    return replace(wish, price=product.price_to(buyer, pairs, day))


def _by_the_catalogue(wishes: list[LineWish], today: date) -> date:
    return today + timedelta(days=max(wish.colourway.product.lead_days for wish in wishes))
