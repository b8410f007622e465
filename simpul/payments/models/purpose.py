"""What money was for that is no buyer's payment: what goes out, and what was set aside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.steps import NotAllowed, Refused, WrongState, creation, step

if TYPE_CHECKING:
    from simpul.payments.models.entry import BankEntry

READERS = {Role.OWNER, Role.FINANCE, Role.VIEWER, Role.MACHINE}


class TooMuch(Refused):
    """More than the entry holds is explained, or nothing of it."""


class Kind(models.TextChoices):
    """What money was for; the books have an account for each."""

    SUPPLIER = "supplier", _("supplier's bill")
    COURIER = "courier", _("courier or carrier")
    WAGES = "wages", _("piece wages")
    SALARY = "salary", _("salaries and helpers")
    FEE = "fee", _("bank fee")
    INTEREST_TAX = "interest_tax", _("tax on the bank's interest")
    TAX = "tax", _("tax on turnover")
    RENT = "rent", _("rent")
    POWER = "power", _("power, water and telephone")
    TOOLS = "tools", _("tools and equipment")
    DRAWING = "drawing", _("taken by the owner")
    COST = "cost", _("other cost")
    LOAN = "loan", _("loan")
    TRANSFER = "transfer", _("to or from another own account")
    CASH_BOX = "cash_box", _("to or from the cash box")
    INTEREST = "interest", _("interest")
    CAPITAL = "capital", _("the owner's own money")
    GATEWAY = "gateway", _("payout of a payment gateway")
    BACK = "back", _("given back by a supplier")
    INCOME = "income", _("other income")


BOTH_WAYS = (Kind.LOAN, Kind.TRANSFER, Kind.CASH_BOX)
OUT_ONLY = (
    Kind.SUPPLIER, Kind.COURIER, Kind.WAGES, Kind.SALARY, Kind.FEE, Kind.INTEREST_TAX, Kind.TAX,
    Kind.RENT, Kind.POWER, Kind.TOOLS, Kind.DRAWING, Kind.COST,
)  # fmt: skip
IN_ONLY = (Kind.INTEREST, Kind.CAPITAL, Kind.GATEWAY, Kind.BACK, Kind.INCOME)
OUT = (*OUT_ONLY, *BOTH_WAYS)
IN = (*IN_ONLY, *BOTH_WAYS)
NOT_IN_CASH = (Kind.CASH_BOX, Kind.TRANSFER, Kind.FEE, Kind.INTEREST_TAX, Kind.GATEWAY)
WITH_PARTY = (Kind.SUPPLIER, Kind.BACK, Kind.COURIER)
IN_WORDS = (Kind.COST, Kind.INCOME)  # say nothing by themselves


class PurposeQuerySet(models.QuerySet["Purpose"]):
    def visible_to(self, person: Person) -> Self:
        """Who keeps the money sees all, who buys what suppliers were paid, each of them its own."""
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff and person.role in READERS:
            return ours
        if person.is_staff:
            bought = ours.filter(kind__in=(Kind.SUPPLIER, Kind.BACK))
            return bought if person.role == Role.STOCK else ours.none()
        shown = (Kind.SUPPLIER, Kind.BACK, Kind.COURIER)
        return ours.filter(party_id=person.party_id, kind__in=shown)

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(reverses=None, reversal=None)

    def search(self, words: str) -> Self:
        return self.filter(
            Q(words__icontains=words)
            | Q(party__name__icontains=words)
            | Q(entry__text__icontains=words)
        )


class Purpose(models.Model):
    """So much of an entry of the bank, or of the cash box, was for this.

    Never changed. A mistake is a second row with the opposite amount that names the first.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(
        "payments.BankEntry", models.PROTECT, null=True, related_name="purposes"
    )  # none: cash
    kind = models.CharField(max_length=12, choices=Kind)
    amount_sen = models.BigIntegerField()  # negative: money going out
    on = models.DateField()
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="purposes")
    words = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)

    objects = PurposeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_sen=0), name="purpose_of_something"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False)
                | (Q(amount_sen__lt=0) & ~Q(kind__in=IN_ONLY))
                | (Q(amount_sen__gt=0) & ~Q(kind__in=OUT_ONLY)),
                name="purpose_in_or_out",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=WITH_PARTY) | Q(party__isnull=False),
                name="purpose_names_its_party",
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) | ~Q(kind__in=NOT_IN_CASH),
                name="purpose_of_cash",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-on"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_sen}"

    # Steps

    @classmethod
    @creation("payments.use_cash", private=("words",))
    def of_cash(
        cls,
        *,
        by: Person,
        kind: str,
        amount: int,
        on: date | None = None,
        party: Party | None = None,
        words: str = "",
        document: uploads.Admitted | None = None,
    ) -> Purpose:
        """Note whole rupiah taken out of the cash box (negative) or put into it, and what for."""
        on = on or clock.today()
        if on > clock.today():
            raise Refused(_now("This day lies in the future."))
        if kind in NOT_IN_CASH:
            raise WrongState(_now("The bank's own entry tells of this: explain it there."))
        made = cls(
            workshop_id=by.workshop_id,
            kind=kind,
            amount_sen=amount * 100,
            on=on,
            party=party,
            words=words,
            by=by,
        )
        return made._settle(document)

    @step("payments.retract")
    def retract(self, *, by: Person, reason: str) -> None:
        """Say that it was not for this: what an entry was for is open again, cash lies in the box."""
        if self.reverses_id is not None or Purpose.objects.filter(reverses=self).exists():
            raise WrongState(_now("This was taken back already."))
        Purpose.objects.create(
            workshop_id=self.workshop_id,
            entry_id=self.entry_id,
            kind=self.kind,
            amount_sen=-self.amount_sen,
            on=self.on if self.entry_id else clock.today(),
            party_id=self.party_id,
            words=self.words,
            by=by,
            reverses=self,
            reason=reason,
        )

    # Called by the steps of an entry

    @classmethod
    def of_entry(
        cls,
        entry: BankEntry,
        *,
        by: Person,
        kind: str,
        party: Party | None = None,
        words: str = "",
        amount_sen: int = 0,
        document: uploads.Admitted | None = None,
    ) -> Purpose:
        """Explain so much of an entry (its rest, if nothing is said); the entry is locked.

        Raises TooMuch where less of it is unexplained.
        """
        if entry.takes_back_id is not None:
            raise WrongState(_now("The bank took an earlier entry back by this one."))
        known = cls.objects.filter(entry=entry).aggregate(n=Sum("amount_sen"))["n"] or 0
        if hasattr(entry, "refund"):  # what is more than the refund is the bank's fee
            known -= entry.refund.amount * 100
        whole = entry.amount_sen
        rest = whole - known
        amount_sen = amount_sen if whole > 0 else -amount_sen
        amount_sen = amount_sen or rest
        if not rest or abs(amount_sen) > abs(rest) or amount_sen * rest < 0:
            raise TooMuch(_now("That is more than is open of this entry."))
        made = cls(
            workshop_id=entry.workshop_id,
            entry_id=entry.pk,
            kind=kind,
            amount_sen=amount_sen,
            on=entry.booked_on,
            party=party,
            words=words,
            by=by,
        )
        return made._settle(document)

    # Questions

    @property
    def rupiah(self) -> int:
        return abs(self.amount_sen) // 100

    @property
    def is_out(self) -> bool:
        return self.amount_sen < 0

    @property
    def is_cash(self) -> bool:
        return self.entry_id is None

    @property
    def is_retracted(self) -> bool:
        """Tell whether a later row takes it back; reads `reversal` as selected."""
        return hasattr(self, "reversal")

    @property
    def supplier_id(self) -> int | None:
        return self.party_id if self.kind in (Kind.SUPPLIER, Kind.BACK) else None

    # Inside

    def _settle(self, document: uploads.Admitted | None) -> Purpose:
        """Save it, once it says enough."""
        if self.kind not in (OUT if self.amount_sen < 0 else IN):
            raise WrongState(_now("Money that goes this way cannot be for that."))
        _demand_party(self.kind, self.party, self.workshop_id)
        if self.kind in IN_WORDS and not self.words:
            raise Refused(_now("Say in a few words what it was."))
        if document is not None:
            self.document = Upload.keep(document, by=self.by)
        self.save()
        return self


def explained() -> models.ExpressionWrapper[Any]:
    """The sum of what an entry is explained by, to annotate entries with: purposes, a refund."""
    sums = (
        Purpose.objects.filter(entry=models.OuterRef("pk"))
        .order_by()
        .values("entry")
        .annotate(n=Sum("amount_sen"))
        .values("n")
    )
    purposes = models.functions.Coalesce(
        models.Subquery(sums, output_field=models.BigIntegerField()), 0
    )
    refund = models.functions.Coalesce(F("refund__amount"), 0)
    return models.ExpressionWrapper(purposes - refund * 100, models.BigIntegerField())


def unexplained() -> Q:
    """Filters entries, annotated with `explained`, of which something has no purpose yet."""
    is_open = Q(status__in=("out", "set_aside"), takes_back=None)
    return is_open & ~Q(explained=F("amount_sen"))


def _demand_party(kind: str, party: Party | None, workshop_id: int) -> None:
    if party is not None and party.workshop_id != workshop_id:
        raise NotAllowed(_now("This party belongs to another workshop."))
    fits = {
        Kind.SUPPLIER: party is not None and party.is_supplier,
        Kind.BACK: party is not None and party.is_supplier,
        Kind.COURIER: party is not None and party.is_courier,
    }
    if not fits.get(Kind(kind), True):
        raise WrongState(_now("Say to whom it went: a party of that kind."))
