"""Who wants to be written to, for what, and where: a ledger with proof; the last line counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from django.db import models
from django.db.models import ExpressionWrapper, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Identity, IdentityQuerySet, Person, Workshop
from simpul.workflow.steps import creation

LONGEST_PROOF = 500


class Purpose(models.TextChoices):
    """What somebody may be written to for, beside what an order needs: that is no marketing."""

    NEWS = "news", _("new models and news")
    OFFERS = "offers", _("special offers")
    COMMUNITY = "community", _("the room of the distributors")

    @property
    def asked(self) -> str:
        """The very words that are agreed to."""
        return str(_ASKED[self])


SENT_BY = (Purpose.NEWS, Purpose.OFFERS)  # by campaigns: this anybody who buys is asked
_ASKED = {
    Purpose.NEWS: _("Tell me about new models and news of the workshop."),
    Purpose.OFFERS: _("Send me special offers."),
    Purpose.COMMUNITY: _("Send me once a week by e-mail what is new in the distributors' room."),
}


class ConsentHow(models.TextChoices):
    """How it was said."""

    REGISTRATION = "registration", _("ticked at registration, not proved")  # counts for nothing yet
    CONFIRMED = "confirmed", _("confirmed by the link in a mail")
    LOGIN = "login", _("proved by a login through it")
    NUMBER = "number", _("confirmed by the link in a text")
    PORTAL = "portal", _("on their own page")
    STAFF = "staff", _("said to us")
    LINK = "link", _("by the link in a message")
    ONE_CLICK = "one_click", _("by the button of the mail program")


PROMISED = ConsentHow.REGISTRATION  # said by whoever typed the number or address


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(identity__person=person)


class Consent(models.Model):
    """A line of the ledger: it was given or withdrawn for one purpose at one number or address.

    Lines are only added. `words` are the very words that were shown or read out, `by` noted it.
    `value` is the number or address itself: for another one, put right later, nothing was said.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="consents", db_index=False)
    value = models.CharField(max_length=254)  # as Identity.value was then
    purpose = models.CharField(max_length=12, choices=Purpose)
    is_given = models.BooleanField()
    how = models.CharField(max_length=12, choices=ConsentHow)
    words = models.CharField(max_length=LONGEST_PROOF)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)  # of a registration: for its proof
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)  # to ask for it
    next_try_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["identity", "purpose", "-id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {'given' if self.is_given else 'withdrawn'}"

    # Steps

    @classmethod
    @creation("crm.give_consent", private=("words", "note"))
    def give(
        cls, *, by: Person, identity: Identity, purpose: str, how: str, words: str, note: str = ""
    ) -> Consent:
        """Note that somebody wants to be written to there for this, and by which words."""
        return cls._add(by, identity, purpose, how, words, note, is_given=True)

    @classmethod
    @creation("crm.withdraw_consent", private=("words", "note"))
    def withdraw(
        cls, *, by: Person, identity: Identity, purpose: str, how: str, words: str, note: str = ""
    ) -> Consent:
        """Note that somebody wants it no more: from now on nothing of it is sent there."""
        return cls._add(by, identity, purpose, how, words, note, is_given=False)

    @classmethod
    def _add(
        cls,
        by: Person,
        identity: Identity,
        purpose: str,
        how: str,
        words: str,
        note: str,
        *,
        is_given: bool,
    ) -> Consent:
        return cls.objects.create(
            workshop_id=identity.workshop_id,
            identity=identity,
            value=identity.value,
            purpose=purpose,
            is_given=is_given,
            how=how,
            words=words,
            note=note,
            by=by,
        )

    @classmethod
    def take(cls, person: Person, agreed: Mapping[str, str], *, by: Person) -> None:
        """Note what a new one ticked at registration (purpose: words) for each way to reach them; it
        counts once the number or address is proved (`crm/confirming.py`)."""
        for identity in person.identities.order_by("pk"):
            for purpose, words in agreed.items():
                cls.give(
                    by=by,
                    identity=identity,
                    purpose=purpose,
                    how=ConsentHow.REGISTRATION,
                    words=words,
                )

    @classmethod
    def end(
        cls, identity: Identity, purposes: Iterable[str], *, how: str, words: str, by: Person
    ) -> None:
        """Withdraw what of these still stands; said twice it changes nothing."""
        standing = consents_of([identity])
        for purpose in purposes:
            if (identity.pk, purpose) in standing:
                cls.withdraw(by=by, identity=identity, purpose=purpose, how=how, words=words)

    # Questions

    @property
    def buyer_id(self) -> int | None:
        return self.identity.person.party_id


def consents_of(identities: Iterable[Identity]) -> set[tuple[int, str]]:
    """Return what is agreed to now, as pairs of an identity's key and a purpose."""
    values = {one.pk: one.value for one in identities}
    said = Consent.objects.filter(identity__in=values).order_by("pk")
    last = {
        (identity, purpose): is_given and how != PROMISED and value == values[identity]
        for identity, purpose, is_given, how, value in said.values_list(
            "identity", "purpose", "is_given", "how", "value"
        )
    }
    return {pair for pair, is_given in last.items() if is_given}


def agreed_to(purpose: str) -> IdentityQuerySet:
    """Return the numbers and addresses that may be written to for a purpose now: agreed to, not
    coming back, not closed, of people who are still there."""
    said = Consent.objects.filter(identity=OuterRef("pk"), purpose=purpose).order_by("-id")
    holds = ExpressionWrapper(
        Q(is_given=True, value=OuterRef("value")) & ~Q(how=PROMISED),
        output_field=models.BooleanField(),
    )
    last = Subquery(said.annotate(holds=holds).values("holds")[:1])
    usable = Identity.objects.filter(bounced_at=None, opted_out_at=None, person__is_active=True)
    return usable.alias(agreed=last).filter(agreed=True)
