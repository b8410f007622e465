"""A lead is somebody who showed interest, kept from the first word on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Conversation, Message
from simpul.crm.models.duplicate import note_duplicates
from simpul.lib import clock
from simpul.lib.phones import national
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.workflow.steps import creation, step

LONGEST_WORDS = 1000


class Status(models.TextChoices):
    NEW = "new", _("new")
    WELCOMED = "welcomed", _("welcomed")
    DECLINED = "declined", _("declined")


class Source(models.TextChoices):
    REGISTRATION = "registration", _("registered")
    MAIL = "mail", _("wrote an e-mail")
    WHATSAPP = "whatsapp", _("wrote by WhatsApp")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def waiting(self) -> Self:
        return self.filter(status=Status.NEW)

    def for_list(self) -> Self:
        known = self.select_related("party", "person", "wrote_as")
        return known.prefetch_related("person__identities", "wrote_as__identities")


class Lead(models.Model):
    """Somebody registered or wrote to us: which party that is or became, and what was said."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="leads")
    party = models.ForeignKey(Party, models.PROTECT, related_name="leads")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Source, default=Source.REGISTRATION)
    message = models.CharField(max_length=LONGEST_WORDS, blank=True)
    was_known = models.BooleanField(default=False)
    wrote_as = models.ForeignKey(  # who wrote to us before from what was typed at registration
        Person, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
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
        whoever types a number has not proved that it is theirs. Who only wrote to us before is a
        new one, too, and sees nothing of what was written until sales welcomes them.
        """
        email = email.lower()
        found = (
            Identity.objects.filter(workshop_id=by.workshop_id)
            .filter(Q(kind="phone", value=telephone) | Q(kind="mail", value=email))
            .exclude(person__party=None)
            .select_related("person__party")
            .order_by("pk")
        )
        people = [one.person for one in found]
        known = next((one for one in people if not cls._has_only_written(one)), None)
        if known is not None and known.party is not None:
            return cls.objects.create(
                workshop_id=by.workshop_id,
                party=known.party,
                person=known,
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
            ignore_conflicts=True,  # staff may have the same number, or who wrote before
        )
        if address is not None:
            address.party = party
            address.save()
        note_duplicates(party)
        return cls.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            person=person,
            message=message,
            wrote_as=people[0] if people else None,
        )

    @classmethod
    @creation("crm.meet", private=("name", "sender", "body", "attached", "refused", "foreign_id"))
    def meet(
        cls,
        *,
        by: Person,
        source: str,
        sender: str,
        name: str,
        body: str,
        attached: Sequence[Handed] = (),
        refused: Sequence[str] = (),
        foreign_id: str = "",
    ) -> Lead:
        """Take in whoever writes from an address or number (E.164) that nobody is known under.

        What was written begins the conversation with the party, which is not welcome yet.
        """
        name = name or (sender.partition("@")[0] if source == Source.MAIL else national(sender))
        name = name[:80]
        party = Party.objects.create(
            workshop_id=by.workshop_id,
            name=name,
            buys_as=Party.BuysAs.DISTRIBUTOR,
            is_welcome=False,
        )
        person = Person.objects.create(
            workshop_id=by.workshop_id, party=party, name=name, language="id"
        )
        kind = Identity.Kind.MAIL if source == Source.MAIL else Identity.Kind.PHONE
        Identity.objects.create(
            workshop_id=by.workshop_id, person=person, kind=kind, value=sender, typed=sender
        )
        Message.say(
            by=person,
            conversation=Conversation.of(party, party),
            body=body,
            channel=source,
            attached=attached,
            refused=refused,
            foreign_id=foreign_id,
        )
        return cls.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            person=person,
            source=source,
            message=Truncator(body).chars(LONGEST_WORDS),
        )

    @step("crm.welcome", source=Status.NEW, target=Status.WELCOMED)
    def welcome(self, *, by: Person, buys_as: str = "") -> None:
        """Take the prospect in as a customer: a distributor now sees wholesale prices.

        `buys_as` says what somebody is who wrote, and did not register as anything. Who wrote
        before they registered is from now on reached, and heard, as who they registered as.
        """
        if not self.was_known:
            said = {"buys_as": buys_as} if buys_as and self.has_written else {}
            Party.objects.filter(pk=self.party_id).update(is_welcome=True, **said)
        if self.wrote_as is not None and self._has_only_written(self.wrote_as):
            self.wrote_as.identities.update(person=self.person)

    @step("crm.decline", source=Status.NEW, target=Status.DECLINED)
    def decline(self, *, by: Person, reason: str = "") -> None:
        """Let it rest, and say why."""
        self.reason = reason

    # Questions

    @classmethod
    def _has_only_written(cls, person: Person) -> bool:
        """Tell whether all that is known of somebody is that they wrote to us once."""
        if person.party is None or person.party.is_welcome or person.user_id is not None:
            return False
        leads = cls.objects.filter(party=person.party)
        is_of_writing = leads.exclude(source=Source.REGISTRATION).exists()
        return is_of_writing and not Order.objects.filter(buyer=person.party).exists()

    @property
    def has_written(self) -> bool:
        """Whether it came by a mail or message of its own, not by the form in the shop window."""
        return self.source != Source.REGISTRATION

    @property
    def buyer_id(self) -> int:
        return self.party_id


def _new_user(email: str, password: str) -> User | None:
    """Make a login, unless the address has one already: that one proves itself by logging in."""
    if User.objects.filter(email=email).exists():
        return None
    return User.objects.create_user(email, password)
