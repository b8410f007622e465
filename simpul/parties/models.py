"""Who is who: workshops, their parties, people, addresses and the links that open one document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.abilities import ABILITIES
from simpul.parties.placed import Placed
from simpul.parties.roles import Role

_days = RegexValidator(
    r"^ *[0-9]{1,3}( *, *[0-9]{1,3})* *$", _("Write days with commas: 2, 7, 14.")
)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A login. What its owner may do stands with the persons it is, one in each workshop."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.email


class Workshop(Placed):
    """The tenant: everything of the domain hangs from one."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("in one line"), max_length=160, blank=True)
    tagline_en = models.CharField(max_length=160, blank=True)
    story = models.TextField(_("story"), blank=True)
    story_en = models.TextField(blank=True)
    founded_in = models.PositiveSmallIntegerField(null=True, blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    area = models.CharField(_("village, district and regency"), max_length=160, blank=True)
    postcode = models.CharField(_("postal code"), max_length=5, blank=True)
    telephone = models.CharField(_("telephone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    hours = models.CharField(_("opening hours"), max_length=80, blank=True)

    publishes_prices = models.BooleanField(_("show retail prices to everybody"), default=True)
    down_payment_percent = models.PositiveSmallIntegerField(
        _("proposed down payment, %"), default=30
    )
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=3)
    grace_days = models.PositiveSmallIntegerField(_("days of grace for the bank"), default=2)
    offer_days = models.PositiveSmallIntegerField(_("days an offer is valid"), default=7)
    stamp_duty_above = models.PositiveBigIntegerField(
        _("stamp duty on receipts above"), default=5_000_000
    )
    owner_limit = models.PositiveBigIntegerField(
        _("above this, credit notes need the owner and refunds a second person"),
        default=1_000_000,
    )
    forfeit_percent = models.PositiveSmallIntegerField(
        _("kept of the money for an order that the buyer cancels, at most, %"), default=0
    )
    qris_limit = models.PositiveBigIntegerField(
        _("most that one payment by QRIS may be"), default=10_000_000
    )
    is_pkp = models.BooleanField(
        _("is registered for VAT (PKP), and shows PPN on invoices"), default=False
    )
    gives_points = models.BooleanField(default=False, editable=False)  # by its rules: crm
    over_receipt_percent = models.PositiveSmallIntegerField(
        _("more than ordered may be received, %"), default=5
    )
    remind_before = models.PositiveSmallIntegerField(
        _("days before a payment is due that its buyer is reminded"),
        default=3,
        help_text=_("0: not before the day itself."),
    )
    remind_after = models.CharField(
        _("days after it was due"),
        max_length=40,
        default="2, 7, 14",
        blank=True,
        validators=[_days],
        help_text=_("Such as 2, 7, 14. Empty: not at all."),
    )
    quiet_from = models.TimeField(_("no reminders from"), default=time(20))
    quiet_until = models.TimeField(_("until"), default=time(7))
    supplier_days = models.PositiveSmallIntegerField(
        _("days to pay a supplier after goods came"), default=14
    )
    delivery_attempts = models.PositiveSmallIntegerField(
        _("attempts to deliver before the packages come back"), default=3
    )
    note_sheet = models.CharField(
        _("delivery notes in three copies"),
        max_length=4,
        choices=[
            ("a4x3", _("three pages of A4")),
            ("a5x3", _("three pages of A5")),
            ("ncr", _("one print on a form of three plies (9.5 × 11 inches)")),
        ],
        default="a4x3",
    )
    taxed_as = models.CharField(
        _("tax on turnover (PPh final)"),
        max_length=10,
        choices=[
            ("individual", _("as an individual")),
            ("firm", _("as a firm (CV, PT)")),
            ("", _("not computed")),
        ],
        default="individual",
        blank=True,
    )
    opened_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def reminder_days(self) -> list[int]:
        """When a payment is spoken of, in days after it is due; negative: before."""
        before = [-self.remind_before] if self.remind_before else []
        return sorted({*before, 0, *map(int, re.findall(r"[0-9]+", self.remind_after))})

    def awake_from(self, at: datetime) -> datetime:
        """Return the first moment from `at` on that lies outside of the quiet time."""
        return clock.awake_from(at, self.quiet_from, self.quiet_until)

    @property
    def workshop_id(self) -> int:
        """The workshop hangs from itself, so that abilities over the whole of it can be asked."""
        return self.pk

    @property
    def machine(self) -> Person:
        """The person in whose name the program itself acts."""
        return self.people.get(party=None, role=Role.MACHINE)

    @property
    def tagline_here(self) -> str:
        return in_this_language(self.tagline, self.tagline_en)

    @property
    def story_here(self) -> str:
        return in_this_language(self.story, self.story_en)


def in_this_language(indonesian: str, english: str) -> str:
    """Return the text that the reader's language asks for, or the one there is."""
    return english if english and get_language() == "en" else indonesian


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.standing().filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(pk=person.party_id)

    def standing(self) -> Self:
        """Those that were not found to be another one, into which they were merged."""
        return self.filter(merged_into=None)

    def search(self, words: str) -> Self:
        """Find by name, town, its people, or what somebody types of a telephone number."""
        digits = "".join(letter for letter in words if letter.isdigit()).lstrip("0")
        by_number = Q(people__identities__value__icontains=digits) if len(digits) > 3 else Q()
        by_name = Q(name__icontains=words) | Q(area__icontains=words)
        return self.filter(by_name | Q(people__name__icontains=words) | by_number).distinct()

    def buyers(self) -> Self:
        return self.standing().exclude(buys_as="")

    def suppliers(self) -> Self:
        return self.standing().filter(is_supplier=True)

    def couriers(self) -> Self:
        return self.standing().filter(is_courier=True)

    def keep_year_pairs(self, counted: Mapping[int, int]) -> None:
        """Keep of each of them how many pairs it bought in 12 months; who is not named bought none."""
        for pk, kept in self.values_list("pk", "year_pairs"):
            if (now := counted.get(pk, 0)) != kept:
                self.model.objects.filter(pk=pk).update(year_pairs=now)

    def unreached(self) -> Self:
        """Those to one of whose people nothing arrives by some address or number."""
        dead = Identity.objects.coming_back().filter(person__party__isnull=False)
        return self.filter(pk__in=dead.values("person__party"))


class Party(models.Model):
    """A business or household that one workshop deals with: buyer, supplier, courier, or several."""

    class BuysAs(models.TextChoices):
        DISTRIBUTOR = "distributor", _("distributor")
        CONSUMER = "consumer", _("consumer")
        NOBODY = "", _("does not buy")

    class Prefers(models.TextChoices):
        """The one way outside of the portal by which a party wants to hear of things."""

        ANY = "", _("e-mail and WhatsApp")
        MAIL = "mail", _("e-mail")
        WHATSAPP = "whatsapp", "WhatsApp"

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="parties", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    buys_as = models.CharField(max_length=12, choices=BuysAs, blank=True)
    is_supplier = models.BooleanField(default=False)
    is_courier = models.BooleanField(default=False)
    is_welcome = models.BooleanField(default=True)  # a prospect is not yet: prices on request
    area = models.CharField(_("town or area"), max_length=80, blank=True)
    vehicle = models.CharField(_("vehicle and plate"), max_length=60, blank=True)
    prefers = models.CharField(
        _("is told by"), max_length=8, choices=Prefers, blank=True, default=Prefers.ANY
    )
    is_reminded = models.BooleanField(_("is reminded of payments"), default=True)
    sees_forecast = models.BooleanField(_("sees what we are likely to need"), default=True)
    sends_in_own_name = models.BooleanField(_("may have goods sent in its own name"), default=False)
    supplier_days = models.PositiveSmallIntegerField(null=True, blank=True)  # none: the workshop's
    year_pairs = models.PositiveIntegerField(default=0, editable=False)  # bought in 12 months
    since = models.DateTimeField(default=clock.now, editable=False)
    merged_into = models.ForeignKey(  # the same one, known twice: what was its own is there now
        "self", models.PROTECT, null=True, editable=False, related_name="absorbed"
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def buys_wholesale(self) -> bool:
        return self.buys_as == self.BuysAs.DISTRIBUTOR and self.is_welcome

    @property
    def kinds(self) -> list[str]:
        """What this party is to the workshop, in words."""
        return [
            *([str(self.get_buys_as_display())] if self.buys_as else []),
            *([_now("supplier")] if self.is_supplier else []),
            *([_now("courier")] if self.is_courier else []),
        ]

    def telephone(self) -> str:
        """Return the first telephone number of its people (E.164), or nothing."""
        numbers = Identity.objects.filter(
            person__party=self, person__is_active=True, kind=Identity.Kind.PHONE
        )
        found = numbers.order_by("person_id", "pk").first()
        return found.value if found else ""

    # The party is itself the other side of its own conversation and addresses.
    @property
    def buyer_id(self) -> int | None:
        return self.pk if self.buys_as else None

    @property
    def supplier_id(self) -> int | None:
        return self.pk if self.is_supplier else None

    @property
    def courier_id(self) -> int | None:
        return self.pk if self.is_courier else None


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def staff(self) -> Self:
        return self.filter(party=None).exclude(role=Role.MACHINE)


class Person(models.Model):
    """Somebody who acts in one workshop's world: staff (no party) or a contact of a party."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="people", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="people")
    role = models.CharField(_("role"), max_length=12, choices=Role, blank=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="id"
    )
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="people")
    is_active = models.BooleanField(default=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "user"], name="person_once_a_workshop"),
            models.CheckConstraint(
                condition=Q(party=None) ^ Q(role=Role.NONE),
                name="person_staff_has_a_role",
            ),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=Q(role=Role.MACHINE),
                name="person_one_machine",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return self.party_id is None

    def may(self, ability: str, subject: Any) -> bool:
        """Tell whether this person may do it to this thing; the state is another question."""
        return (
            self.is_active
            and subject.workshop_id == self.workshop_id
            and ABILITIES[ability](self, subject)
        )


class IdentityQuerySet(models.QuerySet["Identity"]):
    def usable(self, kind: str) -> Self:
        """Those of this kind at which somebody can be reached, the first one first."""
        return self.filter(kind=kind, bounced_at=None, opted_out_at=None).order_by("pk")

    def coming_back(self) -> Self:
        """Those at which nothing arrives any more, of people who are still there."""
        dead = self.filter(bounced_at__isnull=False, opted_out_at=None)
        return dead.filter(person__is_active=True)


class Identity(models.Model):
    """A telephone number or mail address under which somebody is known, once in a workshop."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("telephone")
        MAIL = "mail", _("e-mail")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.CharField(max_length=254)  # E.164, or the address in small letters
    typed = models.CharField(max_length=254, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "kind", "value"], name="identity_once_a_workshop"
            )
        ]

    def __str__(self) -> str:
        return self.value

    def come_back(self) -> None:
        """Note that nothing arrives there: it is left alone until somebody says that it works."""
        self.bounced_at = clock.now()
        self.save(update_fields=["bounced_at"])

    def correct(self, value: str) -> None:
        """Take what is right, or the same again because it works now."""
        if value != self.value:
            self.value, self.typed, self.verified_at = value, "", None
        self.bounced_at = None
        self.save(update_fields=["value", "typed", "verified_at", "bounced_at"])

    def opt_out(self) -> None:
        """Note that its owner does not want to be reached there any more."""
        self.opted_out_at = clock.now()
        self.save(update_fields=["opted_out_at"])

    def use_again(self) -> None:
        """Note that its owner wants to be reached there after all."""
        self.opted_out_at = self.bounced_at = None
        self.save(update_fields=["opted_out_at", "bounced_at"])


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(party__workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)


class Address(Placed):
    """Where goods go to, as a courier needs it."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="addresses")
    receiver = models.CharField(_("receiver"), max_length=80)
    telephone = models.CharField(_("telephone of the receiver"), max_length=16, blank=True)
    street = models.CharField(_("street, hamlet, RT/RW"), max_length=160)
    area = models.CharField(_("village, district and regency"), max_length=160)
    province = models.CharField(_("province"), max_length=60, blank=True)
    postcode = models.CharField(_("postal code"), max_length=5, blank=True)
    landmark = models.CharField(_("landmark"), max_length=120, blank=True)

    objects = AddressQuerySet.as_manager()

    def __str__(self) -> str:
        return self.in_one_text

    @property
    def in_one_text(self) -> str:
        """Return the address as it is copied onto an order: what was agreed stays what it was."""
        last = " ".join(filter(None, [self.province, self.postcode]))
        return "\n".join(filter(None, [self.street, self.area, last, self.landmark]))


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    def alive(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at, revoked_at=None, person__is_active=True)

    def by_token(self, token: str) -> Self:
        return self.filter(digest=AccessLink.digest_of(token))


class AccessLink(models.Model):
    """Opens one document to one person who has no login, until it expires or is taken back.

    The database keeps only a hash. The token itself is derived from the program's secret key and
    a random salt, so that staff can be shown the link again and a stolen database opens nothing.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    salt = models.CharField(max_length=32, default=secrets.token_hex, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @classmethod
    def issue(cls, person: Person, subject: models.Model, *, days: int = 30) -> AccessLink:
        """Return the living link of this person to this thing, or make one; it lives so long."""
        kind = ContentType.objects.get_for_model(subject)
        now = clock.now()
        mine = cls.objects.filter(person=person, subject_type=kind, subject_id=subject.pk)
        link = mine.alive(now + timedelta(days=1)).first()
        if link is None:
            link = cls(
                workshop_id=person.workshop_id,
                person=person,
                subject_type=kind,
                subject_id=subject.pk,
                salt=secrets.token_hex(16),
                expires_at=now + timedelta(days=days),
            )
            link.digest = cls.digest_of(link.token)
            link.save()
        elif link.expires_at < now + timedelta(days=days):
            link.expires_at = now + timedelta(days=days)
            link.save(update_fields=["expires_at"])
        return link

    def revoke(self) -> None:
        """Close the door for good."""
        self.revoked_at = clock.now()
        self.save(update_fields=["revoked_at"])

    @property
    def token(self) -> str:
        """The 132 bits that stand in the address."""
        mac = hmac.digest(
            settings.SECRET_KEY.encode(), f"link:{self.salt}".encode(), hashlib.sha256
        )
        return base64.urlsafe_b64encode(mac).decode()[:22]

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
