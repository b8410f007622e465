"""What a customer got for a ticket: a credit note, money back, or an order that replaces goods."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _now

from simpul.conversations.models import Ticket
from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import CreditNote, Refund, TooMuch, hold
from simpul.ui.jinja import rupiah
from simpul.workflow.steps import WrongState, creation


class RemedyQuerySet(models.QuerySet["Remedy"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(ticket__party_id=person.party_id)

    def for_page(self) -> Self:
        return self.select_related("note", "refund", "order").order_by("pk")


class Remedy(models.Model):
    """Joins a ticket to the one thing by which it was made good. Money moves in `payments` only."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="remedies", db_index=False)
    note = models.OneToOneField(CreditNote, models.PROTECT, null=True, related_name="remedy")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="remedy")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="remedies")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(note__isnull=False, refund=None, order=None)
                | Q(note=None, refund__isnull=False, order=None)
                | Q(note=None, refund=None, order__isnull=False),
                name="remedy_is_one_thing",
            ),
            models.UniqueConstraint(fields=["ticket", "order"], name="remedy_order_once"),
        ]

    def __str__(self) -> str:
        return str(self.note or self.refund or self.order)

    # Steps

    @classmethod
    @creation("crm.credit_ticket")
    def credit(cls, *, by: Person, ticket: Ticket, amount: int, kind: str, note: str) -> Remedy:
        """Credit the customer so many rupiah, against its order where that one is agreed.

        Raises TooMuch above what the goods of the order cost and was not credited before.
        """
        party = _settled(ticket)
        hold(party)  # another ticket of the same order may be credited in this moment
        order = ticket.subject if isinstance(ticket.subject, Order) else None
        if order is not None and order.status in AGREED and amount > most_credited(order):
            most = rupiah(most_credited(order))
            raise TooMuch(_now("At most %(sum)s can be credited for this order.") % {"sum": most})
        made = CreditNote.issue(
            by=by,
            party=party,
            amount=amount,
            kind=kind,
            note=note,
            order=order if order is not None and order.status in AGREED else None,
        )
        return cls.objects.create(workshop_id=ticket.workshop_id, ticket=ticket, note=made)

    @classmethod
    @creation("crm.refund_ticket", private=("bank", "number", "holder"))
    def pay_back(
        cls,
        *,
        by: Person,
        ticket: Ticket,
        amount: int,
        note: str = "",
        bank: str = "",
        number: str = "",
        holder: str = "",
    ) -> Remedy:
        """Ask for so many rupiah of the customer's credit back; finance approves and sends it."""
        asked = Refund.request(
            by=by,
            party=_settled(ticket),
            amount=amount,
            note=note,
            bank=bank,
            number=number,
            holder=holder,
        )
        return cls.objects.create(workshop_id=ticket.workshop_id, ticket=ticket, refund=asked)

    @classmethod
    @creation("crm.replace_ticket")
    def replace(cls, *, by: Person, ticket: Ticket, order: Order) -> Remedy:
        """Name the order by which goods are replaced or repaired. Raises WrongState."""
        if order.buyer_id != _settled(ticket).pk or order.number == ticket.order:
            raise WrongState(_now("Choose another order of the same customer."))
        if cls.objects.filter(ticket=ticket, order=order).exists():
            raise WrongState(_now("This order is named already."))
        return cls.objects.create(workshop_id=ticket.workshop_id, ticket=ticket, order=order)

    # Questions

    @property
    def how(self) -> str:
        """How the ticket ended by it."""
        if self.note_id:
            return Ticket.How.CREDITED
        return Ticket.How.REFUNDED if self.refund_id else Ticket.How.REPLACED

    @property
    def shown_with(self) -> Ticket:
        return self.ticket


def most_credited(order: Order) -> int:
    """Return how many rupiah the goods of an order cost, without what was credited before."""
    current = order.current
    notes = CreditNote.objects.standing().filter(order=order)
    credited = notes.aggregate(sum=Sum("amount"))["sum"] or 0
    return max(current.total - current.shipping - credited, 0)


def _settled(ticket: Ticket) -> Party:
    """Lock the ticket, and return whose it is once no goods of it, or of one that was merged into
    it, are on their way back.

    Raises WrongState.
    """
    party = open_customer(ticket)
    together = Ticket.objects.filter(Q(pk=ticket.pk) | Q(merged_into=ticket))
    if together.filter(returns__status__in=("agreed", "under_way")).exists():
        raise WrongState(_now("Goods are on their way back: count them in first."))
    return party


def open_customer(ticket: Ticket) -> Party:
    """Lock the ticket, and return whose it is: two colleagues make it good one after the other.

    Raises WrongState where it is no customer's, or not open any more.
    """
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True)
    ticket.refresh_from_db(from_queryset=rows)
    if not ticket.is_of_customer or ticket.party is None or ticket.status != Ticket.Status.OPEN:
        raise WrongState(_now("Only an open ticket of a customer is made good."))
    return ticket.party
