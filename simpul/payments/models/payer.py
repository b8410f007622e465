"""Who pays for whom, as earlier money has taught it. It never moves money by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments import traces
from simpul.workflow.steps import WrongState, step

if TYPE_CHECKING:
    from simpul.payments.models.receipt import Receipt

LONGEST = 80  # letters of a name
READERS = {Role.OWNER, Role.FINANCE, Role.VIEWER, Role.MACHINE}


@dataclass(frozen=True, slots=True)
class Seen:
    """Money that was recognised, and what the bank wrote of it."""

    receipt: Receipt
    text: str
    codes: frozenset[str] = frozenset()  # of the orders it was counted for: no names


class PayerQuerySet(models.QuerySet["Payer"]):
    def visible_to(self, person: Person) -> Self:
        """What the bank's word has taught is for those who may read it."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def with_sources(self) -> Self:
        """Annotate how often it was confirmed by money that still counts, and by which last."""
        counts = Q(sightings__receipt__annulled_at=None) & (
            Q(forgotten_at=None) | Q(sightings__at__gt=F("forgotten_at"))
        )
        return self.annotate(
            times=Count("sightings", filter=counts),
            first_on=Min("sightings__receipt__received_on", filter=counts),
            last_on=Max("sightings__receipt__received_on", filter=counts),
            last_receipt=Max("sightings__receipt", filter=counts),
        )

    def known(self) -> Self:
        """Those that count: seen with money that was not annulled, and not forgotten since."""
        seen = Sighting.objects.filter(payer=OuterRef("pk"), receipt__annulled_at=None)
        since = seen.filter(at__gt=OuterRef("forgotten_at"))
        return self.filter(
            Q(forgotten_at=None) & Exists(seen) | Q(forgotten_at__isnull=False) & Exists(since)
        )


class Payer(models.Model):
    """A name or an account from which money of this party has come."""

    class Kind(models.TextChoices):
        NAME = "name", _("name")
        ACCOUNT = "account", _("account")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="payers")
    kind = models.CharField(max_length=7, choices=Kind)
    value = models.CharField(max_length=LONGEST)  # as it is compared: capitals, without titles
    learned_at = models.DateTimeField(default=clock.now, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)
    forgotten_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False
    )

    if TYPE_CHECKING:
        times: int  # where `with_sources` was asked for

    objects = PayerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "value", "kind", "party"], name="payer_once_a_party"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="payer_is_somebody"),
            models.CheckConstraint(
                condition=Q(forgotten_at=None, forgotten_by=None)
                | Q(forgotten_at__isnull=False, forgotten_by__isnull=False),
                name="payer_forgotten_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    # Steps

    @step("payments.forget_payer")
    def forget(self, *, by: Person) -> None:
        """Let it count no longer. Money that was seen already does not teach it again."""
        if not Payer.objects.known().filter(pk=self.pk).exists():
            raise WrongState(_now("This was forgotten already."))
        self.forgotten_at = clock.now()
        self.forgotten_by = by

    # Inside

    @classmethod
    def learn(cls, seen: Iterable[Seen]) -> None:
        """Note who paid for whom; called by the step that recognises the money.

        An entry that is recognised again, after its receipt was annulled, does not teach anew what
        somebody made us forget.
        """
        taught = [
            (one.receipt, kind, value)
            for one in seen
            for kind, value in _values_of(one)
            if len(value) <= LONGEST
        ]
        if not taught:
            return
        workshop_id = taught[0][0].workshop_id
        wanted = dict.fromkeys((receipt.party_id, kind, value) for receipt, kind, value in taught)
        known = cls._by_value(workshop_id, {value for _party, _kind, value in wanted})
        missing = [
            Payer(workshop_id=workshop_id, party_id=party_id, kind=kind, value=value)
            for party_id, kind, value in wanted
            if (party_id, kind, value) not in known
        ]
        Payer.objects.bulk_create(missing, batch_size=500)
        known.update({(one.party_id, one.kind, one.value): one for one in missing})
        stale = cls._stale(known[key] for key in wanted)
        Sighting.objects.bulk_create(
            (
                Sighting(payer=payer, receipt=receipt)
                for receipt, kind, value in taught
                if (payer := known[receipt.party_id, kind, value])
                and (payer.pk, receipt.entry_id) not in stale
            ),
            batch_size=500,
        )

    @classmethod
    def _by_value(cls, workshop_id: int, values: set[str]) -> dict[tuple[int, str, str], Payer]:
        rows = cls.objects.filter(workshop_id=workshop_id, value__in=values)
        return {(row.party_id, row.kind, row.value): row for row in rows}

    @staticmethod
    def _stale(payers: Iterable[Payer]) -> set[tuple[int, int]]:
        """Return the forgotten ones with the entries that had taught them."""
        forgotten = [payer.pk for payer in payers if payer.forgotten_at]
        if not forgotten:
            return set()
        rows = Sighting.objects.filter(payer__in=forgotten)
        return set(rows.values_list("payer", "receipt__entry"))


class Sighting(models.Model):
    """This money came from that payer. How often a payer is confirmed is a count of these."""

    payer = models.ForeignKey(Payer, models.PROTECT, related_name="sightings", db_index=False)
    receipt = models.ForeignKey("payments.Receipt", models.PROTECT, related_name="sightings")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "receipt"], name="sighting_once_a_receipt")
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} {self.receipt_id}"


def learned(workshop_id: int, values: Iterable[str] | None = None) -> Mapping[str, dict[int, int]]:
    """Return what is known of payers: for each value the parties and how often it was confirmed."""
    rows = Payer.objects.filter(workshop_id=workshop_id).known()
    if values is not None:
        rows = rows.filter(value__in=set(values))
    known: dict[str, dict[int, int]] = defaultdict(dict)
    for payer in rows.with_sources().order_by("pk"):
        known[payer.value][payer.party_id] = payer.times
    return known


def _values_of(seen: Seen) -> list[tuple[str, str]]:
    name = traces.payer_name(seen.text, without=seen.codes)
    account = traces.payer_account(seen.text)
    found = [(Payer.Kind.NAME.value, name), (Payer.Kind.ACCOUNT.value, account)]
    return [(kind, value) for kind, value in found if value]
