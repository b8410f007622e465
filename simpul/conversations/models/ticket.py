"""Tickets: something does not agree, and somebody must say what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models.channel import Channel
from simpul.conversations.models.conversation import Conversation
from simpul.conversations.models.message import Message
from simpul.lib import clock
from simpul.lib.uploads import Handed
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import NumberSeries
from simpul.workflow.steps import Refused, WrongState, creation, step

LONGEST_TITLE = 120


class NotACustomer(Refused):
    """Only who buys here can have a question or complaint."""


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def open(self) -> Self:
        return self.filter(status=Ticket.Status.OPEN)

    def of_customers(self) -> Self:
        return self.filter(kind__in=Ticket.OF_CUSTOMERS)

    def differences(self) -> Self:
        return self.exclude(kind__in=Ticket.OF_CUSTOMERS)

    def answered_by(self, person: Person) -> Self:
        """Those that somebody was asked to answer."""
        kind = ContentType.objects.get_for_model(Ticket)
        asked = Conversation.objects.filter(subject_type=kind, assigned_to=person)
        return self.filter(pk__in=asked.values("subject_id"))

    def about(self, subject: models.Model) -> Self:
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def search(self, words: str) -> Self:
        wanted = Q(number__icontains=words) | Q(title__icontains=words)
        return self.filter(wanted | Q(party__name__icontains=words) | Q(reason__icontains=words))


class Ticket(models.Model):
    """Something that nobody may pass over in silence: what it is about, and how it ended.

    Either something does not agree (cash, at the door), which a step sees by itself; what is the
    matter then stands in `facts`, never as a sentence. Or a customer asks or complains: then it
    has a title, and the rest is said in its conversation; `facts` name the order and the pairs.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        COMPLAINT = "complaint", _("complaint")
        WARRANTY = "warranty", _("warranty")
        RETURN = "return", _("return")
        CASH = "cash", _("cash counted otherwise than said")
        COLLECTED = "collected", _("less collected at the door than asked")
        DOOR = "door", _("damaged or missing at the door")

    OF_CUSTOMERS = (Kind.QUESTION, Kind.COMPLAINT, Kind.WARRANTY, Kind.RETURN)

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("resolved")
        MERGED = "merged", _("merged")

    class How(models.TextChoices):
        PAID = "paid", _("the money came after all")
        MENDED = "mended", _("mended or replaced")
        MISTAKE = "mistake", _("somebody had counted wrongly")
        BORNE = "borne", _("the workshop bears it")
        OTHER = "other", _("something else")
        ANSWERED = "answered", _("answered")
        REPAIRED = "repaired", _("repaired")
        REPLACED = "replaced", _("replaced")
        CREDITED = "credited", _("credited")
        REFUNDED = "refunded", _("money paid back")
        REFUSED = "refused", _("refused")

    HOW_AGREED = (How.PAID, How.MENDED, How.MISTAKE, How.BORNE, How.OTHER)
    HOW_SOLVED = (
        How.ANSWERED,
        How.REPAIRED,
        How.REPLACED,
        How.CREDITED,
        How.REFUNDED,
        How.REFUSED,
    )

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=16, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="tickets")
    kind = models.CharField(max_length=9, choices=Kind)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)  # its first words
    is_urgent = models.BooleanField(default=False, editable=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN, editable=False)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    made_of = models.OneToOneField(  # what was said elsewhere
        Message, models.PROTECT, null=True, related_name="ticket", editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", editable=False
    )
    how = models.CharField(max_length=8, choices=How, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="resolved") | Q(resolved_by__isnull=False) & ~Q(how=""),
                name="ticket_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | ~Q(status="merged") & Q(merged_into=None),
                name="ticket_merged_into_one",
            ),
            models.UniqueConstraint(fields=["workshop", "number"], name="ticket_number_once"),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["subject_type", "subject_id"]),
        ]

    def __str__(self) -> str:
        return self.number

    # Steps

    @classmethod
    @creation("conversations.open_ticket")
    def open(
        cls, *, by: Person, kind: str, subject: Any, party: Party | None, facts: dict[str, Any]
    ) -> Ticket:
        """Note that something does not agree; called by the step that sees it."""
        return cls._make(subject, party, kind, facts=facts)

    @classmethod
    @creation("conversations.ask_ticket", private=("body", "attached", "channel", "is_urgent"))
    def ask(
        cls,
        *,
        by: Person,
        kind: str,
        subject: Any,
        party: Party,
        body: str,
        facts: dict[str, Any] | None = None,
        attached: Sequence[Handed] = (),
        channel: str = Channel.PORTAL,
        is_urgent: bool = False,
    ) -> Ticket:
        """Ask or complain about `subject`, an order or the party itself, with files.

        What staff notes came by telephone or at a visit (`channel`). Raises NotACustomer.
        """
        ticket = cls._make(
            subject, party, kind, facts=facts or {}, title=_title(body), is_urgent=is_urgent
        )
        talk = Conversation.of(ticket, party)
        if by.is_staff:
            came = Message.Direction.IN
            Message.call(by=by, conversation=talk, channel=channel, direction=came, body=body)
        else:
            Message.say(by=by, conversation=talk, body=body, attached=attached)
        return ticket

    @classmethod
    @creation("conversations.make_ticket")
    def make(cls, *, by: Person, message: Message, kind: str) -> Ticket:
        """Make a ticket of its own of what a customer said elsewhere; that stays where it was said.

        Raises NotACustomer, and WrongState where it has one already.
        """
        talk = message.conversation
        if message.by.is_staff:
            raise NotACustomer(_now("Choose something that the customer said."))
        Message.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
        if cls.objects.filter(made_of=message).exists():
            raise WrongState(_now("There is a ticket of it already."))
        subject: Any = talk.subject
        if isinstance(subject, Ticket):
            subject = subject.subject
        ticket = cls._make(
            subject,
            talk.party,
            kind,
            title=_title(message.body),
            made_of=message,
            facts=_named(subject, talk.party),
        )
        Conversation.of(ticket, talk.party).begin()
        return ticket

    @step("conversations.rank_ticket", source=Status.OPEN)
    def rank(self, *, by: Person, kind: str, is_urgent: bool) -> None:
        """Say what kind of ticket it is, and whether it goes before the others."""
        self._demand_a_customers()
        if kind not in Ticket.OF_CUSTOMERS:
            raise WrongState(_now("A customer's ticket stays one."))
        self.kind = kind
        self.is_urgent = is_urgent

    @step("conversations.wait_ticket", source=Status.OPEN)
    def wait(self, *, by: Person) -> None:
        """Wait for what the customer says: until then no clock runs."""
        self._demand_a_customers()
        now = clock.now()
        if self._close_wait(now):
            raise WrongState(_now("It waits for the customer already."))
        self.waits.create(since=now)

    @step("conversations.go_on_ticket", source=Status.OPEN)
    def go_on(self, *, by: Person) -> None:
        """Wait no longer for the customer."""
        if not self._close_wait(clock.now()):
            raise WrongState(_now("It does not wait for the customer."))

    @step("conversations.resolve_ticket", source=Status.OPEN, target=Status.RESOLVED)
    def resolve(self, *, by: Person, how: str, reason: str) -> None:
        """Say what became of a difference, and why."""
        if self.is_of_customer:
            raise WrongState(_now("A customer's ticket is solved, not resolved."))
        self._end(how, reason, by)

    @step("conversations.merge_ticket", source=Status.OPEN, target=Status.MERGED)
    def merge(self, *, by: Person, into: Ticket) -> None:
        """Answer it together with another one of the same customer, where both are read.

        Nothing is moved, so that it can be taken apart again. Raises WrongState.
        """
        self._demand_a_customers()
        rows = Ticket.objects.select_for_update(of=("self",), no_key=True)
        other = rows.filter(pk=into.pk).first()
        is_fitting = (
            other is not None
            and other.pk != self.pk
            and other.is_of_customer
            and other.party_id == self.party_id
            and other.status == Ticket.Status.OPEN
        )
        if not is_fitting:
            raise WrongState(_now("Choose another open ticket of the same customer."))
        if self.merged.exists():
            raise WrongState(_now("Others were merged into this one: merge the other one instead."))
        self.merged_into = other

    @step("conversations.part_ticket", source=Status.MERGED, target=Status.OPEN)
    def part(self, *, by: Person) -> None:
        """Take it apart from the one that it was merged into."""
        self.merged_into = None

    @step("conversations.solve_ticket", source=Status.OPEN, target=Status.RESOLVED)
    def solve(self, *, by: Person, how: str, reason: str) -> None:
        """Say what became of what the customer asked or complained of; they read the reason."""
        self._demand_a_customers()
        self._end(how, reason, by)

    @step("conversations.reopen_ticket", source=Status.RESOLVED, target=Status.OPEN)
    def reopen(self, *, by: Person) -> None:
        """It is not solved after all; while it was, no clock ran."""
        self._demand_a_customers()
        assert self.resolved_at is not None  # noqa: S101 - a constraint says so
        self.waits.create(since=self.resolved_at, until=clock.now())
        self.how, self.reason, self.resolved_by, self.resolved_at = "", "", None, None

    # Questions

    def talked_of(self) -> list[Ticket]:
        """Return the tickets whose talk is read together: this one, and what was merged into it."""
        return [self, *self.merged.order_by("pk")]

    @property
    def is_of_customer(self) -> bool:
        return self.kind in Ticket.OF_CUSTOMERS

    @property
    def order(self) -> str:
        """The number of the order that it is about, if it is about one."""
        return str(self.facts.get("order", ""))

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Of which lines it is about how many pairs by size: `line`, `sizes`."""
        return list(self.facts.get("pairs", []))

    @property
    def endings(self) -> list[Ticket.How]:
        """How one of this kind can end: goods are mended, money comes after all."""
        if self.is_of_customer:
            return list(Ticket.HOW_SOLVED)
        other = Ticket.How.PAID if self.kind == Ticket.Kind.DOOR else Ticket.How.MENDED
        return [how for how in Ticket.HOW_AGREED if how != other]

    @property
    def buyer_id(self) -> int | None:
        return self.party.buyer_id if self.party else None

    @property
    def supplier_id(self) -> int | None:
        return self.party.supplier_id if self.party else None

    @property
    def courier_id(self) -> int | None:
        return self.party.courier_id if self.party else None

    # Inside

    @classmethod
    def _make(cls, subject: Any, party: Party | None, kind: str, **facts: Any) -> Ticket:
        if kind in cls.OF_CUSTOMERS and (party is None or party.buyer_id is None):
            raise NotACustomer(_now("Only a customer can have such a ticket."))
        return cls.objects.create(
            workshop_id=subject.workshop_id,
            number=NumberSeries.draw(subject.workshop_id, "TK"),
            party=party,
            kind=kind,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            **facts,
        )

    def _demand_a_customers(self) -> None:
        if not self.is_of_customer:
            raise WrongState(_now("That is for what customers ask or complain of."))

    def _close_wait(self, now: datetime) -> bool:
        """End the waiting, with the customer's next word where there was one, and tell whether it
        lasted until `now`."""
        wait = self.waits.filter(until=None).first()
        if wait is None:
            return False
        theirs = Q(by__party__isnull=False) | Q(direction=Message.Direction.IN)
        said = Message.objects.about(*self.talked_of()).filter(theirs, at__gt=wait.since)
        word = said.values_list("at", flat=True).first()
        wait.until = word or now
        wait.save()
        return word is None

    def _end(self, how: str, reason: str, by: Person) -> None:
        if how not in self.endings:
            raise WrongState(_now("A ticket of this kind does not end like this."))
        self._close_wait(clock.now())
        self.how = how
        self.reason = reason
        self.resolved_by = by
        self.resolved_at = clock.now()


class TicketWait(models.Model):
    """A time in which no clock ran: nothing could be done, or nothing was to be done.

    While `until` is open the next word of the customer ends it, too.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="waits")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(until=None), name="ticket_waits_once"
            )
        ]

    def __str__(self) -> str:
        return f"wait {self.pk}"


def _named(subject: Any, party: Party) -> dict[str, Any]:
    """Return the number of the order, where it is one that the party has ordered."""
    is_order = not isinstance(subject, Party) and getattr(subject, "buyer_id", None) == party.pk
    return {"order": subject.number} if is_order else {}


def _title(body: str) -> str:
    """Return the first line, as long as a list shows."""
    first = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return Truncator(first).chars(LONGEST_TITLE)
