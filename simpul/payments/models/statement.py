"""A bank's file on its way in: handed in, read row by row, compared, and then all of it or nothing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, uploads
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.payments.models.account import BankAccount
from simpul.payments.models.entry import BankImport
from simpul.payments.models.payer import READERS
from simpul.workflow.steps import WrongState, creation, step

ABANDONED = timedelta(seconds=60)  # whoever reads says so every second or two
LONGEST_MATCHING = timedelta(minutes=10)


class StatementFileQuerySet(models.QuerySet["StatementFile"]):
    def visible_to(self, person: Person) -> Self:
        """The bank's word is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def waiting(self) -> Self:
        """Those that brought nothing yet."""
        return self.filter(imported=None)


class StatementFile(models.Model):
    """A file that was handed in, and how far it is read. What it brought is its BankImport.

    Where the file stands follows from what is known of it; `refusal` is a sentence in the language
    of whoever handed it in.
    """

    class Phase(models.TextChoices):
        WAITING = "", _("waits to be read")
        READING = "reading", _("is being read")
        COMPARING = "comparing", _("is compared with what is here")
        MATCHING = "matching", _("is matched with the orders")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="files")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    first_on = models.DateField(null=True)  # the period, where the file's days have no year
    last_on = models.DateField(null=True)
    answers = models.JSONField(default=dict)  # of a doubtful line: the same entry, or another
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    phase = models.CharField(max_length=9, choices=Phase, blank=True, editable=False)
    run = models.CharField(max_length=32, blank=True, editable=False)  # who reads it just now
    touched_at = models.DateTimeField(null=True, editable=False)
    seen = models.PositiveIntegerField(default=0, editable=False)
    expected = models.PositiveIntegerField(null=True, editable=False)
    refusal = models.TextField(blank=True, editable=False)
    is_unknown = models.BooleanField(default=False, editable=False)  # no layout has its header row
    doubts = models.JSONField(default=list, editable=False)
    matched = models.PositiveIntegerField(null=True, editable=False)
    imported = models.OneToOneField(
        BankImport, models.PROTECT, null=True, related_name="handed_in", editable=False
    )

    objects = StatementFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on=None, last_on=None) | Q(first_on__lte=models.F("last_on")),
                name="statement_file_period",
            )
        ]
        indexes = [models.Index(fields=["workshop", "-at"])]

    def __str__(self) -> str:
        return self.name or f"{self.account} {self.at:%Y-%m-%d}"

    # Steps

    @classmethod
    @creation("payments.hand_in", private=("name",))
    def hand_in(
        cls,
        *,
        by: Person,
        account: BankAccount,
        admitted: uploads.Admitted,
        period: tuple[date, date] | None = None,
        name: str = "",
    ) -> StatementFile:
        """Keep a file that passed the upload door; it is not read yet."""
        first, last = period or (None, None)
        return cls.objects.create(
            workshop_id=account.workshop_id,
            account=account,
            upload=Upload.keep(admitted, by=by),
            name=name[:120],
            first_on=first,
            last_on=last,
            by=by,
        )

    @step("payments.tell_apart")
    def tell_apart(self, *, by: Person, answers: dict[str, str]) -> None:
        """Say of each doubtful line whether it is here already; the file is read anew after it."""
        if self.imported_id:
            raise WrongState(str(_("This file was read already.")))
        self.answers = {**self.answers, **answers}

    # Questions

    @property
    def period(self) -> tuple[date, date] | None:
        return (self.first_on, self.last_on) if self.first_on and self.last_on else None

    @property
    def is_done(self) -> bool:
        return self.imported_id is not None and self.matched is not None

    @property
    def is_refused(self) -> bool:
        return bool(self.refusal)

    @property
    def is_abandoned(self) -> bool:
        """Tell whether whoever read it has gone: the machine stopped, or was killed."""
        if self.is_done or self.is_refused:
            return False
        patience = LONGEST_MATCHING if self.imported_id else ABANDONED
        return (self.touched_at or self.at) < clock.now() - patience

    def open(self) -> BinaryIO:
        return (Path(settings.UPLOADS) / self.upload.path).open("rb")

    # Reading: no steps, because nobody decides anything

    def wait(self) -> None:
        """Forget why it was refused, because it will be read once more."""
        StatementFile.objects.filter(pk=self.pk, imported=None).update(
            refusal="",
            doubts=[],
            is_unknown=False,
            phase="",
            seen=0,
            touched_at=clock.now(),
            run="",
        )
        self.refresh_from_db()

    def claim(self) -> str | None:
        """Begin to read, unless somebody does; return the token that says who."""
        run = uuid.uuid4().hex
        free = Q(touched_at=None) | Q(touched_at__lt=clock.now() - ABANDONED) | Q(run="")
        mine = StatementFile.objects.filter(free, pk=self.pk, imported=None).update(
            run=run, touched_at=clock.now(), phase=self.Phase.READING, seen=0
        )
        self.refresh_from_db()
        return run if mine else None

    def touch(self, run: str, **facts: Any) -> bool:
        """Say how far it is; tell whether it is still ours."""
        mine = StatementFile.objects.filter(pk=self.pk, run=run)
        return bool(mine.update(touched_at=clock.now(), **facts))


class StagedEntry(models.Model):
    """A row of a file that is being read: of no meaning to anybody until its file is booked."""

    file = models.ForeignKey(  # swept before and after each reading: nothing to check row by row
        StatementFile, models.CASCADE, related_name="staged", db_index=False, db_constraint=False
    )
    run = models.CharField(max_length=32)
    line = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount_sen = models.BigIntegerField()
    balance_sen = models.BigIntegerField(null=True)
    is_counted = models.BooleanField()
    text = models.TextField()
    reference = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    twin = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["file", "run", "booked_on", "line"])]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.line}"
