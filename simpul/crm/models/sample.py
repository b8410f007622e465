"""Samples: a few pairs that a prospect is sent to look at, and how they liked them."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _now
from django.utils.translation import override

from simpul.crm.models.lead import STAGES, Lead, Status
from simpul.crm.models.lead_rules import LeadRules
from simpul.lib import clock
from simpul.orders.models import LineWish, Order
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.payments import agreement
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def arrived(self) -> Self:
        """Those that nobody has planned to ask about, and whose prospect is still open."""
        there = self.filter(asked_on=None, order__fulfilled_at__isnull=False)
        return there.filter(lead__status__in=STAGES)


class Sample(models.Model):
    """That an order is a sample for a prospect: it goes out as every order does, and wins nobody."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="samples")
    order = models.OneToOneField(Order, models.PROTECT, related_name="sample")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_on = models.DateField(null=True, editable=False)  # when they are asked how they liked it

    objects = SampleQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.order)

    # Steps

    @classmethod
    @creation("crm.send_sample", private=("receiver", "telephone", "address", "wishes"))
    def send(
        cls,
        *,
        by: Person,
        lead: Lead,
        wishes: list[LineWish],
        receiver: str,
        address: str,
        telephone: str = "",
    ) -> Sample:
        """Send a prospect some pairs, at the price of each wish (perhaps nothing): an order that is
        agreed on at once. The prospect stands where samples are from then on.

        Raises BelowMinimum and WrongState for what cannot be sent so.
        """
        if lead.status not in STAGES:
            raise WrongState(_now("This prospect is closed: look at it again."))
        if not lead.party.buys_as:
            raise WrongState(_now("Say first what they buy as."))
        if any(wish.price is None for wish in wishes):
            raise WrongState(_now("Say what each pair costs, or that it is free."))
        order = agreement.place(
            by=by,
            buyer=lead.party,
            wishes=wishes,
            receiver=receiver,
            address=address,
            telephone=telephone,
            channel=Order.Channel.PHONE,
            is_sample=True,
        )
        agreement.confirm(Order.objects.prefetch_related("revisions").get(pk=order.pk), by=by)
        if lead.status != Status.SAMPLE:
            lead.move(by=by, stage=Status.SAMPLE)
        return cls.objects.create(workshop_id=lead.workshop_id, lead=lead, order=order, by=by)

    @step("crm.ask_about_sample")
    def ask(self, *, by: Person) -> None:
        """Plan to ask how they liked it, some days after it arrived, by whoever looks after them."""
        arrived_on = self.order.arrived_on if self.order.fulfilled_at else None
        if self.asked_on is not None or arrived_on is None:
            raise WrongState(_now("Somebody was quicker: look at it again."))
        days = timedelta(days=LeadRules.of(self.workshop).like_days)
        self.asked_on = max(arrived_on + days, clock.today())
        person = self._asker()
        with override(person.language):
            words = _now("Ask how they liked the sample (%(order)s)") % {"order": self.order}
        self.lead.plan_next(by=person, words=words, due_on=self.asked_on)

    # Inside

    def _asker(self) -> Person:
        """Return who looks after the prospect, or sent the sample, or an owner: whoever still may.

        Raises NotAllowed where nobody does.
        """
        owners = Person.objects.active().filter(workshop=self.workshop_id, role=Role.OWNER)
        people: tuple[Person | None, ...] = (self.lead.owner, self.by, *owners.order_by("pk"))
        for person in people:
            if person is not None and person.may("crm.plan_lead", self.lead):
                return person
        raise NotAllowed


def wants_asking(workshop: Workshop) -> bool:
    return Sample.objects.filter(workshop=workshop).arrived().exists()


def ask_about_arrived(workshop: Workshop) -> int:
    """Plan for each sample that arrived to ask about it; return for how many."""
    arrived = Sample.objects.filter(workshop=workshop).arrived()
    count = 0
    for sample in list(arrived.order_by(F("order__fulfilled_at"), "pk")):
        try:
            sample.ask(by=workshop.machine)
        except Refused:  # one of which nobody can ask holds up no other
            continue
        count += 1
    return count
