"""Recommending: a buyer's own code, and who came by it."""

from __future__ import annotations

from typing import Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.point import PointLot
from simpul.lib import clock, codes
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused, creation, step


class NotReferred(Refused):
    """This code is nobody's, or who has come is no new customer."""


class Flag(models.TextChoices):
    """Why somebody should look before a reward is given."""

    NUMBER = "number", _("the same telephone number")
    MAIL = "mail", _("the same e-mail address, written otherwise")
    ADDRESS = "address", _("the same address")
    NAME = "name", _("nearly the same name")
    PAYER = "payer", _("paid from the same account, or by the same name")
    SHARED = "shared", _("number or address of another one who came by the same code")
    MANY = "many", _("many in a short time by the same code")


class Recommender(models.Model):
    """The code by which a buyer's friends are known."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.OneToOneField(Party, models.PROTECT, related_name="recommender")
    code = models.CharField(max_length=6, default=codes.spoken, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "code"], name="recommender_code_once")
        ]

    def __str__(self) -> str:
        return self.code

    # Steps

    @classmethod
    @creation("crm.recommend")
    def begin(cls, *, by: Person, party: Party) -> Recommender:
        """Give a buyer a code of its own; whoever has one keeps it. `loyalty.may_recommend` says
        who may."""
        known = cls.objects.filter(party=party).first()
        return known or cls.objects.create(
            workshop_id=party.workshop_id, party=party, code=_free_code(party.workshop_id)
        )

    @property
    def buyer_id(self) -> int:
        return self.party_id


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.none()

    def search(self, words: str) -> Self:
        found = Q(friend__name__icontains=words) | Q(recommender__party__name__icontains=words)
        return self.filter(found | Q(recommender__code=codes.tidy(words))) if words else self

    def for_list(self) -> Self:
        return self.select_related("recommender__party", "friend", "order")


class Referral(models.Model):
    """A new customer who came by somebody's code. It earns a reward once the first order is
    delivered and paid; where something speaks against it, once somebody has approved it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for the first order")
        HELD = "held", _("to be looked at")
        APPROVED = "approved", _("approved")
        REWARDED = "rewarded", _("rewarded")
        VOID = "void", _("void")

    class How(models.TextChoices):
        LINK = "link", _("by the link")
        CODE = "code", _("typed the code")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    recommender = models.ForeignKey(Recommender, models.PROTECT, related_name="referrals")
    friend = models.OneToOneField(Party, models.PROTECT, related_name="referral")
    how = models.CharField(max_length=4, choices=How)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING, editable=False)
    flags = models.JSONField(default=list, editable=False)  # of `Flag`
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="referrals")
    for_recommender = models.PositiveBigIntegerField(
        default=0, editable=False
    )  # points, as rewarded
    for_friend = models.PositiveBigIntegerField(default=0, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rewarded") | Q(order__isnull=False),
                name="referral_rewarded_for_an_order",
            )
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return str(self.friend)

    # Steps

    @classmethod
    @creation("crm.refer", private=("code",))
    def note(cls, *, by: Person, friend: Party, code: str, how: str, flags: list[str]) -> Referral:
        """Note by whose code somebody has come who was no customer before; with flags it is held.

        Raises NotReferred where the code is nobody's, his own, or the friend is no new customer.
        """
        recommender = find_recommender(friend.workshop, code)
        if recommender is None or recommender.party_id == friend.pk:
            raise NotReferred(_now("We do not know this code: leave it empty, or ask your friend."))
        if Order.objects.filter(buyer=friend).bought().exists():
            raise NotReferred(_now("You are a customer already: this code is for new ones."))
        if cls.objects.filter(friend=friend).exists():
            raise NotReferred(_now("We have noted already who recommended us to you."))
        return cls.objects.create(
            workshop_id=friend.workshop_id,
            recommender=recommender,
            friend=friend,
            how=how,
            status=cls.Status.HELD if flags else cls.Status.WAITING,
            flags=flags,
        )

    @step("crm.hold_referral", source=Status.WAITING, target=Status.HELD)
    def hold(self, *, by: Person, flags: list[str]) -> None:
        """Let somebody look before the reward is given."""
        self.flags = flags

    @step("crm.approve_referral", source=Status.HELD, target=Status.APPROVED)
    def approve(self, *, by: Person) -> None:
        """Let it count whatever speaks against it."""

    @step(
        "crm.void_referral",
        source=(Status.WAITING, Status.HELD, Status.APPROVED, Status.REWARDED),
        target=Status.VOID,
    )
    def void(self, *, by: Person, reason: str) -> None:
        """Let it not count; a reward that was given is taken back, though it be spent already."""
        self.reason = reason
        for lot in PointLot.objects.filter(referral=self).order_by("pk"):
            if counts := lot.counts_now():
                lot.claw(by=self.workshop.machine, points=counts)

    @step("crm.reward_referral", source=(Status.WAITING, Status.APPROVED), target=Status.REWARDED)
    def reward(self, *, by: Person, order: Order, for_recommender: int, for_friend: int) -> None:
        """The friend's first order is delivered and paid: from now on it earns these points, as
        long as it stands; `loyalty.settle_referrals` grants them."""
        self.order = order
        self.for_recommender = for_recommender
        self.for_friend = for_friend

    # Questions

    @property
    def why_void(self) -> str:
        """Why it does not count. The machine gives no reason of its own: it lets nothing not count but
        what turned out to be one customer."""
        if self.status != Referral.Status.VOID:
            return ""
        return self.reason or _now("Who came and who recommended are one and the same.")

    @property
    def reasons(self) -> list[str]:
        return [str(Flag(one).label) for one in self.flags]

    @property
    def buyer_id(self) -> int:
        return self.recommender.party_id

    @property
    def shown_with(self) -> Party:
        return self.friend


def find_recommender(workshop: Workshop, code: str) -> Recommender | None:
    """Return whose code this is, as somebody may have typed it."""
    found = Recommender.objects.filter(workshop=workshop, code=codes.tidy(code))
    return found.select_related("party").first()


def _free_code(workshop_id: int) -> str:
    while True:
        code = codes.spoken()
        if not Recommender.objects.filter(workshop_id=workshop_id, code=code).exists():
            return code
