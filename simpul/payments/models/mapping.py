"""What somebody taught about a bank's file that no layout fits."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.payments.models.account import BankAccount
from simpul.payments.models.payer import READERS
from simpul.payments.readers import cells
from simpul.payments.readers.columns import EVERYWHERE, Columns
from simpul.workflow.steps import creation


class Meaning(models.TextChoices):
    """What a column says."""

    NOTHING = "", _("nothing that matters")
    DAY = "day", _("the day")
    TEXT = "text", _("the text")
    CREDIT = "credit", _("what came in")
    DEBIT = "debit", _("what went out")
    AMOUNT = "amount", _("the amount")
    SIGN = "sign", _("whether it came or went (CR/DB, K/D, +/−)")
    BALANCE = "balance", _("the balance after it")
    REFERENCE = "reference", _("the bank's reference")


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    def visible_to(self, person: Person) -> Self:
        """The bank's word is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()


class ColumnMapping(models.Model):
    """The columns of one account's files, recognised by their header row. The newest counts."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="mappings")
    header = models.JSONField()
    meanings = models.JSONField()  # one for each cell of the header
    delimiter = models.CharField(max_length=1, blank=True)  # empty: a sheet
    thousands = models.CharField(max_length=1, blank=True)  # empty: each cell must tell
    month_first = models.BooleanField(default=False)
    newest_first = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = ColumnMappingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.account.bank} {self.pk or ''}".strip()

    # Steps

    @classmethod
    @creation("payments.map_columns")
    def teach(cls, *, by: Person, account: BankAccount, **columns: Any) -> ColumnMapping:
        """Say once what the columns of this account's files mean."""
        return cls.objects.create(
            workshop_id=account.workshop_id, account=account, by=by, **columns
        )

    # Questions

    def places(self, meaning: str) -> tuple[int, ...]:
        return tuple(at for at, one in enumerate(self.meanings) if one == meaning)

    def place(self, meaning: str) -> int | None:
        return next(iter(self.places(meaning)), None)

    def layout(self) -> Columns:
        day = self.place(Meaning.DAY)
        return Columns(
            name=str(self),
            header=tuple(cells.bare(cell) for cell in self.header),
            delimiters=self.delimiter or EVERYWHERE,
            day=0 if day is None else day,
            texts=self.places(Meaning.TEXT),
            credit=self.place(Meaning.CREDIT),
            debit=self.place(Meaning.DEBIT),
            amount=self.place(Meaning.AMOUNT),
            sign=self.place(Meaning.SIGN),
            signs=cells.ANY_SIGN,
            balance=self.place(Meaning.BALANCE),
            reference=self.place(Meaning.REFERENCE),
            thousands=self.thousands,
            month_first=self.month_first,
            newest_first=self.newest_first,
        )
