"""What a gateway says of the payments that were made there, and what we made of it.

A payment keeps the join of all that was told of it: the highest state, every refund once. Joining
is commutative and may be repeated, so neither the order of the notices nor how often they come
changes where it ends. Money is booked by the difference to what is booked already.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.orders.models import AGREED, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role
from simpul.payments.gateways import GATEWAYS, State, Told
from simpul.payments.models.account import BankAccount
from simpul.payments.models.bounce import take_back
from simpul.payments.models.gateway import GatewayAccount, PaymentLink
from simpul.payments.models.receipt import Receipt, spread
from simpul.workflow.connections import Heard, ProviderAccount
from simpul.workflow.reasons import Given, because, said
from simpul.workflow.steps import Refused, WrongState, step

READERS = {Role.OWNER, Role.FINANCE, Role.VIEWER, Role.MACHINE}
RUPIAH = "IDR"
TOTAL = "total"  # the name of a refund that says how much went back in all


class GatewayPaymentQuerySet(models.QuerySet["GatewayPayment"]):
    def visible_to(self, person: Person) -> Self:
        """A gateway's word is for those who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def search(self, words: str) -> Self:
        return self.filter(
            Q(number__icontains=words)
            | Q(reference__icontains=words)
            | Q(order__number__icontains=words)
            | Q(order__buyer__name__icontains=words)
        )


class GatewayPayment(models.Model):
    """One payment at a gateway, as far as it was told of."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    provider = models.CharField(max_length=20)
    is_live = models.BooleanField()
    number = models.CharField(max_length=100)  # the gateway's name of it
    reference = models.CharField(max_length=100, blank=True)  # what it says to be paid
    link = models.ForeignKey(PaymentLink, models.PROTECT, null=True, related_name="payments")
    state = models.PositiveSmallIntegerField(choices=State, default=State.WAITING)
    amount = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    refunds = models.JSONField(default=dict)
    method = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField(null=True)
    first_told_at = models.DateTimeField(default=clock.now, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="gateway_payments")
    counted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    booked = models.PositiveBigIntegerField(default=0, editable=False)  # by us, so far

    objects = GatewayPaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "provider", "is_live", "number"], name="gateway_payment_once"
            ),
            models.CheckConstraint(
                condition=Q(booked=0) | Q(is_live=True, order__isnull=False, currency=RUPIAH),
                name="gateway_payment_booked_is_certain",
            ),
            models.CheckConstraint(
                condition=Q(booked=0) | Q(amount__isnull=False, booked__lte=F("amount")),
                name="gateway_payment_not_overbooked",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "-id"])]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.number}"

    # Steps

    @step("payments.gateway_paid")
    def book(self, *, by: Person, amount: int) -> None:
        """Count what a gateway received for the order that its link was made for."""
        self._book(amount, by=by)

    @step("payments.count_gateway")
    def count_for(self, *, by: Person, order: Order) -> None:
        """Count a payment that the machine could not be sure of, as much as really came."""
        if not self.is_live:
            raise Refused(_now("This is play money of a sandbox."))
        if self.currency != RUPIAH or not self.net:
            raise Refused(_now("There are no rupiah that could be counted."))
        if self.receipt is not None:
            raise WrongState(_now("This money is recognised by a receipt."))
        self.order, self.counted_by = order, by
        self._book(self.net, by=by)

    # Joining, by the machine

    @classmethod
    def hear(cls, told: Told, account: GatewayAccount) -> GatewayPayment:
        """Join what was told to what is known, with the row locked; called inside a transaction."""
        link = _link_of(told, account)
        row, _made = cls.objects.get_or_create(
            workshop_id=account.workshop_id,
            provider=account.provider,
            is_live=account.is_live,
            number=told.payment[:100],
        )
        payment = cls.objects.select_for_update(of=("self",)).get(pk=row.pk)
        payment._join(told, link)
        payment.save()
        return payment

    def settle_up(self, *, by: Person) -> None:
        """Book, or take back, the difference between what is certain and what is booked."""
        wanted = self.net if self.is_certain else 0
        if wanted == self.booked:
            return
        if self.is_annulled:
            self.booked = wanted  # whoever annulled it was asked what becomes of it
            self.save(update_fields=["booked"])
            return
        if self.booked:
            self._take_back(by=by)
        if wanted:
            self.book(by=by, amount=wanted)
        self.refresh_from_db()

    # Called by a receipt's step

    def ask_again(self, *, by: Person, reason: str) -> None:
        """Let a person decide anew: the money is there, and a person annulled its receipt."""
        done = self.notices.filter(status__in=GatewayNotice.DONE).order_by("-pk").first()
        if done is not None and self.net:
            done.reopen(by=by, reason=reason)

    # Questions

    @property
    def is_annulled(self) -> bool:
        """Tell whether a person took back what was booked."""
        return self.booked > 0 and self.receipt is None

    @property
    def net(self) -> int:
        """What the workshop has of it: what was paid, without what went back."""
        if not State(self.state).is_money or self.amount is None:
            return 0
        return max(0, self.amount - self.refunded)

    @property
    def refunded(self) -> int:
        refunds: dict[str, int] = self.refunds
        single = sum(amount for name, amount in refunds.items() if name != TOTAL)
        return max(single, refunds.get(TOTAL, 0))

    @property
    def is_certain(self) -> bool:
        """Tell whether the machine may count it: real rupiah, for a link of ours, exactly so much."""
        if not self.is_live or self.currency != RUPIAH or self.order_id is None:
            return False
        if self.counted_by_id is not None:
            return True
        if self.link is None or self.amount != self.link.amount:
            return False
        return self.booked > 0 or not self.has_twin  # which came later takes nothing from it

    @property
    def has_twin(self) -> bool:
        """Tell whether another payment of the same link is counted: one of them may be a copy."""
        others = GatewayPayment.objects.filter(link=self.link_id, booked__gt=0)
        return self.link_id is not None and others.exclude(pk=self.pk).exists()

    @property
    def receipt(self) -> Receipt | None:
        standing = Receipt.objects.standing().filter(gateway_payment=self)
        return standing.select_related("party").first()

    @property
    def badge(self) -> str:
        """The kind of badge that shows its state."""
        state = State(self.state)
        if state.is_money:
            return "paid" if self.net else "reversed"
        return "waiting" if state in (State.WAITING, State.HELD) else "expired"

    @property
    def provider_name(self) -> str:
        return GATEWAYS[self.provider].name if self.provider in GATEWAYS else self.provider

    @property
    def party(self) -> Party | None:
        return self.order.buyer if self.order else None

    @property
    def buyer_id(self) -> int | None:
        return self.order.buyer_id if self.order else None

    @property
    def shown_with(self) -> Any:
        return self.order or self

    # Inside

    def _join(self, told: Told, link: PaymentLink | None) -> None:
        state = told.state if told.state is not None else State.WAITING
        self.state = max(self.state, state)
        for name, amount in told.refunds.items():
            self.refunds[name] = max(amount, self.refunds.get(name, 0))
        self.reference = self.reference or told.reference[:100]
        if State(state).is_money:  # what is only asked for may be another sum
            if self.amount is None:
                self.amount, self.currency = told.amount, told.currency[:3]
            self.method = told.method[:40] or self.method
            if told.paid_at is not None:
                self.paid_at = min(self.paid_at or told.paid_at, told.paid_at)
        if self.link is None and link is not None:
            self.link = link
            self.order = self.order or (link.instruction.order if link.instruction else None)

    def _book(self, amount: int, *, by: Person) -> None:
        """Recognise it: counted from the first open instalment on, and the rest is credit."""
        BankAccount.objects.lock(self.workshop_id)  # what is open stays so until it is counted
        assert self.order is not None  # noqa: S101 - held by a constraint, asked before
        order = Order.objects.get(pk=self.order.pk)
        parts = spread(order, amount) if order.status in AGREED else []
        Receipt.of_payment(self, parts, amount=amount, by=by)
        self.booked = amount

    def _take_back(self, *, by: Person) -> None:
        receipt = self.receipt
        if receipt is not None:
            reason = because(Given.GIVEN_BACK, self.provider_name)
            take_back(receipt, by=by, reason=reason)
        self.booked = 0
        self.save(update_fields=["booked"])


class GatewayNoticeQuerySet(models.QuerySet["GatewayNotice"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def waiting(self) -> Self:
        """Those that a person must look at."""
        return self.filter(status=GatewayNotice.Status.KEPT)

    def unread(self) -> Self:
        return self.filter(status=GatewayNotice.Status.RECEIVED)

    def search(self, words: str) -> Self:
        return self.filter(Q(body__icontains=words) | Q(payment__order__number__icontains=words))


class GatewayNotice(Heard):
    """A notice as it came, before anybody has thought about it; and what became of it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("not looked at yet")
        APPLIED = "applied", _("done")
        KEPT = "kept", _("waits for a person")
        SETTLED = "settled", _("looked at")

    class Why(models.TextChoices):
        """What came of it."""

        NOTHING = "nothing", _("nothing new")
        COUNTED = "counted", _("counted")
        TAKEN_BACK = "taken_back", _("taken back")
        NO_MONEY = "no_money", _("no money moved")
        TRIAL = "trial", _("play money of the sandbox")
        UNREADABLE = "unreadable", _("we cannot read it")
        UNKNOWN_WORD = "unknown_word", _("a state that we do not know")
        UNKNOWN_ORDER = "unknown_order", _("for no link of ours")
        WRONG_AMOUNT = "wrong_amount", _("another amount than was asked for")
        OTHER_CURRENCY = "other_currency", _("another currency")
        TWICE = "twice", _("a second payment of the same link")
        CHANGED = "changed", _("the same number, but other content")
        REFUSED = "refused", _("it could not be counted")
        ANNULLED = "annulled", _("its receipt was annulled")

    DONE = (Status.APPLIED, Status.SETTLED)

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        GatewayAccount, models.PROTECT, related_name="notices", db_index=False
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED, editable=False)
    why = models.CharField(max_length=14, choices=Why, blank=True, editable=False)
    number = models.CharField(max_length=100, blank=True)  # the gateway's own, if it numbers them
    is_asked = models.BooleanField(default=False)  # we asked; it did not come by itself
    payment = models.ForeignKey(
        GatewayPayment, models.PROTECT, null=True, related_name="notices", editable=False
    )
    trouble = models.CharField(max_length=300, blank=True, editable=False)  # see `trouble_words`
    reason = models.CharField(max_length=300, blank=True, editable=False)  # by whom settled it
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = GatewayNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="gateway_notice_once"),
            models.CheckConstraint(
                condition=Q(status="received") | ~Q(why=""), name="gateway_notice_says_why"
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def store(cls, account: ProviderAccount, body: bytes, **facts: Any) -> tuple[Self, bool]:
        """Keep it for a person or a step to look at; see `Heard`."""
        return super().store(account, body, workshop_id=account.workshop_id, **facts)

    # Steps

    @step("payments.apply_notice", source=Status.RECEIVED, target=Status.APPLIED)
    def done(self, *, by: Person, why: str, payment: GatewayPayment | None = None) -> None:
        """Note what came of it."""
        self.why, self.payment = why, payment

    @step("payments.keep_notice", source=Status.RECEIVED, target=Status.KEPT)
    def keep(
        self, *, by: Person, why: str, payment: GatewayPayment | None = None, trouble: str = ""
    ) -> None:
        """Let a person look at it: nothing was counted."""
        self.why, self.payment, self.trouble = why, payment, trouble[:300]

    @step("payments.settle_notice", source=Status.KEPT, target=Status.SETTLED)
    def settle(self, *, by: Person, reason: str) -> None:
        """Say what was done about it."""
        self.reason, self.settled_by = reason, by

    @step("payments.reopen_notice", source=DONE, target=Status.KEPT)
    def reopen(self, *, by: Person, reason: str) -> None:
        """Let it wait again: the receipt of its payment was annulled, for this reason."""
        self.why, self.trouble = self.Why.ANNULLED, reason[:300]
        self.reason, self.settled_by = "", None

    # Questions

    @property
    def badge(self) -> str:
        """The kind of badge that shows what came of it."""
        if self.status in (self.Status.KEPT, self.Status.RECEIVED):
            return "late" if self.status == self.Status.KEPT else "waiting"
        return {"counted": "paid", "taken_back": "reversed"}.get(self.why, "closed")

    @property
    def trouble_words(self) -> str:
        """What stood in the way in the language of the moment, or why its receipt was annulled."""
        return _now(self.trouble) if self.why == self.Why.REFUSED else said(self.trouble)

    @property
    def is_repeated(self) -> bool:
        """Tell whether another notice came under the same number, with other content."""
        others = GatewayNotice.objects.filter(account=self.account_id, number=self.number)
        return bool(self.number) and others.filter(pk__lt=self.pk).exists()


def _link_of(told: Told, account: GatewayAccount) -> PaymentLink | None:
    """Return the link that was paid, locked: two payments of one link wait for each other."""
    links = PaymentLink.objects.filter(
        workshop_id=account.workshop_id,
        account__provider=account.provider,
        account__is_live=account.is_live,
        reference=told.reference,
    )
    found = links.select_for_update(of=("self",)).first() if told.reference else None
    if found is None:
        known = GatewayPayment.objects.filter(
            workshop_id=account.workshop_id,
            provider=account.provider,
            is_live=account.is_live,
            number=told.payment[:100],
            link__isnull=False,
        ).first()
        if known is not None:
            found = PaymentLink.objects.select_for_update(of=("self",)).get(payments=known)
    return found
