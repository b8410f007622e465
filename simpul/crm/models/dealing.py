"""The dealers behind a distributor, and the orders that he places for them."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.workflow.steps import WrongState, creation, step


class DealingStatus(models.TextChoices):
    ACTIVE = "active", _("buys through them")
    ENDED = "ended", _("ended")


class DealingQuerySet(models.QuerySet["Dealing"]):
    def visible_to(self, person: Person) -> Self:
        """A distributor sees his own dealers; a dealer sees nothing of what goes through others."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(distributor_id=person.party_id)

    def through(self, person: Person) -> Self:
        """That the person's own party buys through somebody, who sees its name and addresses."""
        mine = self.active().filter(workshop_id=person.workshop_id, dealer_id=person.party_id)
        return mine.select_related("distributor") if person.party_id else self.none()

    def active(self) -> Self:
        return self.filter(status=DealingStatus.ACTIVE)


class Dealing(models.Model):
    """That a dealer buys through a distributor, from a day to a day."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    distributor = models.ForeignKey(Party, models.PROTECT, related_name="dealings")
    dealer = models.ForeignKey(Party, models.PROTECT, related_name="deals_through")
    since = models.DateField(default=clock.today, editable=False)
    until = models.DateField(null=True, editable=False)
    status = models.CharField(
        max_length=6, choices=DealingStatus, default=DealingStatus.ACTIVE, editable=False
    )

    objects = DealingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dealer"], condition=Q(status="active"), name="dealer_through_one"
            ),
            models.CheckConstraint(
                condition=Q(status="ended") ^ Q(until=None), name="dealing_ended_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return str(self.dealer)

    # Steps

    @classmethod
    @creation("crm.begin_dealing")
    def begin(cls, *, by: Person, distributor: Party, dealer: Party) -> Dealing:
        """Let a dealer buy through a distributor, who may himself be the dealer of another.

        Raises WrongState where the dealer has a distributor already, or the distributor would in
        the end buy through himself.
        """
        # one at a time in a workshop: two of them together could close a ring
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=by.workshop_id)
        if distributor.buys_as != Party.BuysAs.DISTRIBUTOR or not dealer.buys_as:
            raise WrongState(_now("Only who buys can be a dealer, and only of a distributor."))
        above = {
            one.dealer_id: one.distributor_id
            for one in cls.objects.filter(workshop_id=by.workshop_id).active()
        }
        if dealer.pk in above:
            raise WrongState(_now("They buy through a distributor already: end that first."))
        upwards, seen = distributor.pk, set[int]()
        while upwards not in seen:  # who was merged with a dealer of his own buys through himself
            if upwards == dealer.pk:
                raise WrongState(
                    _now("That would close a ring: one of them buys through the other.")
                )
            seen.add(upwards)
            upwards = above.get(upwards, upwards)
        return cls.objects.create(
            workshop_id=by.workshop_id, distributor=distributor, dealer=dealer
        )

    @step("crm.end_dealing", source=DealingStatus.ACTIVE, target=DealingStatus.ENDED)
    def end(self, *, by: Person) -> None:
        """From today the dealer buys through them no more; what was ordered for it stays.

        The workshop says so, or the dealer himself: it is his addresses that are seen.
        """
        self.until = clock.today()

    # Questions

    @property
    def buyer_id(self) -> int:
        """Who orders and pays: the distributor."""
        return self.distributor_id


class DealerOrderQuerySet(models.QuerySet["DealerOrder"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(dealing__workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(dealing__distributor_id=person.party_id)


class DealerOrder(models.Model):
    """That a distributor's order is for a dealer of his: it is his order, he pays it."""

    dealing = models.ForeignKey(Dealing, models.PROTECT, related_name="orders")
    order = models.OneToOneField(Order, models.PROTECT, related_name="for_dealer")

    objects = DealerOrderQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.order} for {self.dealing}"

    # Steps

    @classmethod
    @creation(
        "crm.order_for_dealer",
        private=("receiver", "telephone", "address", "remarks", "spot", "wishes", "repriced"),
    )
    def place(
        cls,
        *,
        by: Person,
        dealing: Dealing,
        earliest_on: date | None = None,
        **facts: Any,
    ) -> DealerOrder:
        """Place the distributor's order for a dealer; `facts` is what `agreement.take` needs besides.

        Raises WrongState where the dealer buys through them no more.
        """
        held = Dealing.objects.select_for_update(of=("self",), no_key=True).get(pk=dealing.pk)
        if held.status != DealingStatus.ACTIVE:
            raise WrongState(_now("This dealer buys through you no more."))
        order = agreement.take(by=by, buyer=dealing.distributor, earliest_on=earliest_on, **facts)
        return cls.objects.create(dealing=held, order=order)

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.dealing.workshop_id

    @property
    def buyer_id(self) -> int:
        return self.dealing.distributor_id
