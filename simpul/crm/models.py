"""Winning customers: a lead is somebody who showed interest, kept from the first word on."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.workflow.steps import creation, step


class Status(models.TextChoices):
    NEW = "new", _("new")
    WELCOMED = "welcomed", _("welcomed")
    DECLINED = "declined", _("declined")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def waiting(self) -> Self:
        return self.filter(status=Status.NEW)

    def for_list(self) -> Self:
        return self.select_related("party", "person").prefetch_related("person__identities")


class Lead(models.Model):
    """Somebody registered: which party that is or became, from where, and what was said."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="leads")
    party = models.ForeignKey(Party, models.PROTECT, related_name="leads")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, default="registration")
    message = models.CharField(max_length=1000, blank=True)
    was_known = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = LeadQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.party)

    # Steps

    @classmethod
    @creation(
        "crm.register",
        private=("name", "contact", "telephone", "email", "password", "area", "message"),
    )
    def register(
        cls,
        *,
        by: Person,
        name: str,
        contact: str,
        telephone: str,
        email: str,
        password: str,
        buys_as: str,
        area: str,
        address: Address | None = None,
        message: str = "",
        language: str = "id",
    ) -> Lead:
        """Take in whoever registers; a known number or address is only noted, never revealed.

        `telephone` is E.164. A new person gets a login; a known one gets nothing new, because
        whoever types a number has not proved that it is theirs.
        """
        email = email.lower()
        known = (
            Identity.objects.filter(workshop_id=by.workshop_id)
            .filter(Q(kind="phone", value=telephone) | Q(kind="mail", value=email))
            .exclude(person__party=None)
            .select_related("person__party")
            .first()
        )
        if known is not None and known.person.party is not None:
            return cls.objects.create(
                workshop_id=by.workshop_id,
                party=known.person.party,
                person=known.person,
                message=message,
                was_known=True,
            )
        party = Party.objects.create(
            workshop_id=by.workshop_id,
            name=name,
            buys_as=buys_as,
            area=area,
            is_welcome=buys_as == Party.BuysAs.CONSUMER,
        )
        person = Person.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            name=contact,
            language=language,
            user=_new_user(email, password),
        )
        Identity.objects.bulk_create(
            [
                Identity(
                    workshop_id=by.workshop_id,
                    person=person,
                    kind=Identity.Kind.PHONE,
                    value=telephone,
                ),
                Identity(
                    workshop_id=by.workshop_id, person=person, kind=Identity.Kind.MAIL, value=email
                ),
            ],
            ignore_conflicts=True,  # staff may have the same number
        )
        if address is not None:
            address.party = party
            address.save()
        return cls.objects.create(
            workshop_id=by.workshop_id, party=party, person=person, message=message
        )

    @step("crm.welcome", source=Status.NEW, target=Status.WELCOMED)
    def welcome(self, *, by: Person) -> None:
        """Take the prospect in as a customer: a distributor now sees wholesale prices."""
        if not self.was_known:
            Party.objects.filter(pk=self.party_id).update(is_welcome=True)

    @step("crm.decline", source=Status.NEW, target=Status.DECLINED)
    def decline(self, *, by: Person, reason: str = "") -> None:
        """Let it rest, and say why."""
        self.reason = reason

    # Questions

    @property
    def buyer_id(self) -> int:
        return self.party_id


def _new_user(email: str, password: str) -> User | None:
    """Make a login, unless the address has one already: that one proves itself by logging in."""
    if User.objects.filter(email=email).exists():
        return None
    return User.objects.create_user(email, password)
