"""Statements of the bank: the only word about transfers that counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models.account import BankAccount
from simpul.payments.models.bounce import take_back
from simpul.payments.models.payer import READERS, Payer, Seen
from simpul.payments.models.purpose import Purpose, explained, unexplained
from simpul.payments.models.receipt import Part, Receipt, TooMuch
from simpul.workflow.reasons import Given, because
from simpul.workflow.steps import Refused, WrongState, creation, step


class ImportRefused(Refused):
    """The file is not taken, and nothing of it."""


class Outrun(ImportRefused):
    """Another file of the account was read meanwhile: compare once more."""


class Booking(Protocol):
    """A file that was read and compared, its new rows staged."""

    layout: str
    newest: int | None  # import of the account when it was compared
    opening_sen: int | None
    closing_sen: int | None
    rows: int
    added: int
    pending: int

    @property
    def file(self) -> Upload: ...

    @property
    def first_on(self) -> date: ...

    @property
    def last_on(self) -> date: ...

    def move(self, made: BankImport) -> None:
        """Let the staged rows become entries of this import."""


class BankImportQuerySet(models.QuerySet["BankImport"]):
    def visible_to(self, person: Person) -> Self:
        """The bank's word is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()


class BankImport(models.Model):
    """A statement file as it was handed in, and what of it was new."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="imports")
    file = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    layout = models.CharField(max_length=60)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    opening_sen = models.BigIntegerField(null=True)
    closing_sen = models.BigIntegerField(null=True)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = BankImportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.account} {self.at:%Y-%m-%d}"

    @classmethod
    @creation("payments.import")
    def book(cls, *, by: Person, account: BankAccount, statement: Booking) -> BankImport:
        """Turn what was staged of a file into entries, all of it in one short transaction.

        Raises ImportRefused where another file of the account came in between.
        """
        BankAccount.objects.lock(account.workshop_id)
        if account.newest_import() != statement.newest:
            raise Outrun(_now("Another statement of this account was read at the same moment."))
        made = cls.objects.create(
            workshop_id=account.workshop_id,
            account=account,
            file=statement.file,
            layout=statement.layout,
            first_on=statement.first_on,
            last_on=statement.last_on,
            opening_sen=statement.opening_sen,
            closing_sen=statement.closing_sen,
            rows=statement.rows,
            added=statement.added,
            pending=statement.pending,
            by=by,
        )
        statement.move(made)
        return made

    # Questions

    def missing_before(self) -> tuple[int, int] | None:
        """Return the balance before this statement and its opening, where they differ."""
        if self.opening_sen is None or self.first_on is None:
            return None
        before = (
            self.account.entries.filter(booked_on__lt=self.first_on, balance_sen__isnull=False)
            .order_by("-booked_on", "-pk")
            .first()
        )
        if before is None or before.balance_sen in (None, self.opening_sen):
            return None
        return before.balance_sen, self.opening_sen


class BankEntryQuerySet(models.QuerySet["BankEntry"]):
    def visible_to(self, person: Person) -> Self:
        """The bank's word is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def open(self) -> Self:
        return self.filter(status=BankEntry.Status.NEW)

    def going_out(self) -> Self:
        """Those of which nobody has said yet what they were for."""
        out = self.filter(status=BankEntry.Status.OUT, takes_back=None, refund=None)
        return out.with_explained().filter(explained=0)

    def with_explained(self) -> Self:
        """Annotate how many sen of it are explained by a purpose."""
        return self.annotate(explained=explained())

    def unexplained(self) -> Self:
        """Money out, or set aside, of which nobody has said yet what it was for."""
        return self.with_explained().filter(unexplained())


class BankEntry(models.Model):
    """One line of a statement. Never changed, but for what became of it."""

    class Status(models.TextChoices):
        NEW = "new", _("not matched yet")
        ALLOCATED = "allocated", _("matched")
        SET_ASIDE = "set_aside", _("set aside")
        OUT = "out", _("money going out")
        REVERSED = "reversed", _("taken back by the bank")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="entries", db_index=False)
    imported = models.ForeignKey(BankImport, models.PROTECT, related_name="entries")
    line = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount_sen = models.BigIntegerField()
    balance_sen = models.BigIntegerField(null=True)
    is_counted = models.BooleanField(default=False)  # the balance follows from the file's opening
    text = models.TextField()
    reference = models.CharField(max_length=80, blank=True)
    fingerprint = models.CharField(max_length=64)
    twin = models.PositiveSmallIntegerField()  # the first, second … of equal rows of a day
    status = models.CharField(max_length=9, choices=Status, default=Status.NEW, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    takes_back = models.OneToOneField(  # of money going out: the bank's own correction
        "self", models.PROTECT, null=True, related_name="taken_back_by", editable=False
    )

    if TYPE_CHECKING:
        explained: int  # where `with_explained` was asked for

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "twin"], name="bank_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(status="out", amount_sen__lte=0)
                | ~Q(status="out") & Q(amount_sen__gt=0),
                name="bank_entry_in_or_out",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-booked_on"]),
            models.Index(fields=["account", "booked_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.rupiah}"

    # Steps

    @step("payments.allocate", source=Status.NEW, target=Status.ALLOCATED)
    def allocate(
        self, *, by: Person, parts: Sequence[Part], how: str = "", party: Party | None = None
    ) -> None:
        """Recognise the money as a buyer's and count it for these parts; the rest is credit.

        Without parts, all of it is credit of the party. Who has paid is learned.
        """
        buyer = party or (parts[0][0].order.buyer if parts else None)
        if buyer is None or buyer.workshop_id != self.workshop_id:
            raise TooMuch(_now("Say what the money is for."))
        receipt = Receipt.of_entry(self, parts, party=buyer, by=by)
        spoken = frozenset(part.order.code for part, _amount in parts)
        Payer.learn([Seen(receipt, self.text, spoken)])

    @step("payments.set_aside", source=Status.NEW, target=Status.SET_ASIDE)
    def set_aside(
        self, *, by: Person, reason: str, kind: str = "", party: Party | None = None
    ) -> None:
        """It is no buyer's payment: interest, a loan, the owner's own money. Without a kind the
        books show it as not explained."""
        self.reason = reason
        if kind:
            Purpose.of_entry(self, by=by, kind=kind, party=party, words=reason[:200])

    @step("payments.explain", source=(Status.OUT, Status.SET_ASIDE), private=("words",))
    def explain(
        self,
        *,
        by: Person,
        kind: str,
        party: Party | None = None,
        words: str = "",
        amount_sen: int = 0,
        document: uploads.Admitted | None = None,
    ) -> None:
        """Say what the money was for: the rest of it, or so many sen."""
        Purpose.of_entry(
            self,
            by=by,
            kind=kind,
            party=party,
            words=words,
            amount_sen=amount_sen,
            document=document,
        )

    @step(
        "payments.reopen",
        source=(Status.SET_ASIDE, Status.ALLOCATED, Status.REVERSED),
        target=Status.NEW,
    )
    def reopen(self, *, by: Person) -> None:
        """Let it wait again: what became of it was a mistake."""
        if Receipt.objects.standing().filter(entry=self).exists():
            raise WrongState(_now("This money is recognised by a receipt."))
        BankEntry.objects.filter(takes_back=self).update(takes_back=None)
        self._retract_purposes(by=by, reason=because(Given.WAITS_AGAIN))
        self.reason = ""

    @step(
        "payments.bounce_entry",
        source=(Status.NEW, Status.SET_ASIDE, Status.ALLOCATED, Status.REVERSED),
        target=Status.REVERSED,
    )
    def bounce(self, *, by: Person, reason: str, correction: BankEntry | None = None) -> None:
        """The bank took it back: whatever it paid is owed again, and the gates shut.

        `correction` is the entry by which the bank did so, where it stands in a statement. It may
        be named later: then nothing else changes. Raises WrongState where all is noted already.
        """
        if self.status == self.Status.REVERSED and (correction is None or self.is_corrected):
            raise WrongState(_now("It is noted already that the bank took this back."))
        self.reason = reason
        self._retract_purposes(by=by, reason=reason)
        receipt = self.receipt
        if receipt is not None:
            take_back(receipt, by=by, reason=reason)
        if correction is not None:
            correction.hold()
            if not correction.may_take_back(self):
                raise Refused(_now("This entry does not take that one back."))
            correction.takes_back = self
            correction.save(update_fields=["takes_back"])

    def hold(self) -> None:
        """Lock and read money going out anew before it is said what it was: after all else."""
        rows = BankEntry._base_manager.select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=rows)

    # Questions

    @property
    def rupiah(self) -> int:
        """Whole rupiah; sen are only ever the bank's interest and fees."""
        return abs(self.amount_sen) // 100

    @property
    def is_corrected(self) -> bool:
        """Tell whether the bank's own entry is known by which it took this one back."""
        return BankEntry.objects.filter(takes_back=self.pk).exists()

    def may_take_back(self, other: BankEntry) -> bool:
        """Tell whether it may be the bank's correction of an earlier entry: the same sum, out."""
        return (
            self.status == self.Status.OUT
            and self.takes_back_id is None
            and not hasattr(self, "refund")
            and not Purpose.objects.standing().filter(entry=self).exists()
            and self.account_id == other.account_id
            and self.amount_sen == -other.amount_sen
            and self.booked_on >= other.booked_on
        )

    @property
    def receipt(self) -> Receipt | None:
        standing = Receipt.objects.standing().filter(entry=self)
        return standing.select_related("party").first()

    def _retract_purposes(self, *, by: Person, reason: str) -> None:
        for purpose in Purpose.objects.standing().filter(entry=self).order_by("pk"):
            purpose.retract(by=by, reason=reason)

    @property
    def buyer_id(self) -> int | None:
        receipt = self.receipt
        return receipt.party_id if receipt else None

    @property
    def shown_with(self) -> Any:
        receipt = self.receipt
        return receipt.shown_with if receipt else self
