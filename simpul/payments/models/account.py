"""Where buyers pay to, bank accounts and QRIS: the facts that are worth most to a thief."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock, qris
from simpul.lib.qris import BrokenQris, Qris
from simpul.orders.models import Order
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.workflow.steps import Refused, creation, step

WAIT = timedelta(hours=24)


class NoAccount(Refused):
    """There is no account yet to which buyers can be told to pay."""


class NeedsAnother(Refused):
    """A second person must look at it, or the owner must say why not."""


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.none()

    def of(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def usable(self) -> Self:
        """Those that buyers may be shown: seen by two, and waited for."""
        return self.filter(status=BankAccount.Status.CONFIRMED, live_from__lte=clock.now())

    def in_use_first(self) -> Self:
        is_used = models.Case(models.When(status=BankAccount.Status.CONFIRMED, then=0), default=1)
        return self.order_by(is_used, "kind", "-pk")  # accounts before QRIS

    def lock(self, workshop_id: int) -> None:
        """Queue here before orders are locked: accounts stand above them."""
        rows = self.filter(workshop_id=workshop_id).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True))

    def newest(self, workshop_id: int, kind: str) -> BankAccount | None:
        """Return what new payments of this kind go to, if there is one."""
        ours = self.filter(workshop_id=workshop_id).of(kind).usable()
        return ours.order_by("-live_from", "-pk").first()


class BankAccount(models.Model):
    """What buyers pay to, once two people have seen it and a day has passed.

    Either an account at a bank, or the shop's static QRIS: then `bank` is its provider, `number`
    its NMID, `holder` the merchant's name, and `payload` the text of the printed code.
    """

    class Kind(models.TextChoices):
        BANK = "bank", _("bank account")
        QRIS = "qris", "QRIS"

    class Status(models.TextChoices):
        OPENED = "opened", _("waits for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        CLOSED = "closed", _("closed")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.BANK, editable=False)
    bank = models.CharField(_("bank"), max_length=40)
    number = models.CharField(_("account number"), max_length=24)
    holder = models.CharField(_("account holder"), max_length=80)
    payload = models.CharField(max_length=qris.LONGEST, blank=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPENED, editable=False)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    live_from = models.DateTimeField(editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of skipping a guard

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "kind", "bank", "number"],
                condition=~models.Q(status="closed"),
                name="account_open_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed") | models.Q(confirmed_by__isnull=False),
                name="account_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="bank", payload="")
                | models.Q(kind="qris") & ~models.Q(payload=""),
                name="account_qris_has_its_payload",
            ),
        ]

    def __str__(self) -> str:
        return f"{'QRIS ' if self.is_qris else ''}{self.bank} {self.number}"

    # Steps

    @classmethod
    @creation("payments.open_account", private=("number", "holder", "payload"))
    def open(
        cls, *, by: Person, bank: str, number: str, holder: str, payload: str = ""
    ) -> BankAccount:
        """Note an account; nobody is told to pay to it before it is confirmed and a day has passed."""
        kind = cls.Kind.QRIS if payload else cls.Kind.BANK
        mine = cls.objects.filter(workshop_id=by.workshop_id, kind=kind, bank=bank, number=number)
        if mine.exclude(status=cls.Status.CLOSED).exists():
            raise Refused(_now("This account stands here already."))
        return cls.objects.create(
            workshop_id=by.workshop_id,
            kind=kind,
            bank=bank,
            number=number,
            holder=holder,
            payload=payload,
            opened_by=by,
            live_from=clock.now() + WAIT,
        )

    @classmethod
    def open_qris(cls, *, by: Person, payload: str) -> BankAccount:
        """Note the shop's static QRIS, guarded as an account is: it is one.

        Raises Refused where it is none, or where no amount would fit into it.
        """
        try:
            read = qris.read_static(payload)
            qris.dynamic(read.payload, qris.HIGHEST)
        except BrokenQris as reason:
            raise Refused(str(reason)) from reason
        return cls.open(
            by=by,
            bank=read.provider_name,
            number=read.nmid or read.pan,
            holder=read.merchant,
            payload=read.payload,
        )

    @step("payments.confirm_account", source=Status.OPENED, target=Status.CONFIRMED)
    def confirm(self, *, by: Person, reason: str = "") -> None:
        """Vouch for the number as a second person; the owner may alone, and then says why."""
        if by.pk == self.opened_by_id and not (by.role == Role.OWNER and reason):
            raise NeedsAnother(_now("A second person must compare the number with the passbook."))
        self.confirmed_by = by
        self.reason = reason

    @step("payments.hasten_account", source=Status.CONFIRMED)
    def hasten(self, *, by: Person, reason: str) -> None:
        """Use the account from now on, without the day of waiting."""
        self.live_from = min(self.live_from, clock.now())
        self.reason = " ".join(filter(None, [self.reason, reason]))[:300]

    @step("payments.close_account", source=(Status.OPENED, Status.CONFIRMED), target=Status.CLOSED)
    def close(self, *, by: Person) -> None:
        """Ask for no more money to this account; what was asked already keeps it."""

    # Questions

    def payers(self) -> list[int]:
        """Return the buyers who are asked for money now: they hear of it when this changes."""
        asked = Order.objects.filter(workshop_id=self.workshop_id, instructions__status="open")
        return list(asked.order_by("buyer_id").values_list("buyer_id", flat=True).distinct())

    def code_for(self, amount: int, bill_number: str) -> str:
        """Return the QRIS for one payment of exactly this amount to this shop."""
        return qris.dynamic(self.payload, amount, bill_number)

    @property
    def is_qris(self) -> bool:
        return self.kind == self.Kind.QRIS

    @property
    def read(self) -> Qris:
        """What the printed QRIS says."""
        return qris.read(self.payload)

    def newest_import(self) -> int | None:
        """Return the primary key of the last statement that was read."""
        return self.imports.order_by("-pk").values_list("pk", flat=True).first()

    @property
    def is_usable(self) -> bool:
        return self.status == self.Status.CONFIRMED and self.live_from <= clock.now()

    @property
    def waits(self) -> bool:
        """Tell whether it is confirmed and only its day of waiting is not over."""
        return self.status == self.Status.CONFIRMED and self.live_from > clock.now()
