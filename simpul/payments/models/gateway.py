"""A workshop's part at a payment gateway, and the links on which its buyers pay there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from simpul.lib import clock, codes
from simpul.parties.models import Person, Workshop
from simpul.payments.gateways import GATEWAYS, Gateway
from simpul.payments.models.account import WAIT
from simpul.payments.models.instruction import Instruction
from simpul.workflow.connections import ConnectionQuerySet, ProviderAccount
from simpul.workflow.steps import creation, step

PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 720)]  # after each failure
TRIAL = 10_000  # rupiah of the game that a sandbox plays with


class GatewayAccountQuerySet(ConnectionQuerySet["GatewayAccount"]):
    def usable(self) -> Self:
        """Those at which buyers may pay: with real money, and waited for."""
        return self.connected().filter(is_live=True, live_from__lte=clock.now())


class GatewayAccount(ProviderAccount):
    """The workshop at a gateway. Whose keys stand here, his account the buyers' money goes to.

    So it is guarded as a bank account is: the owner, freshly logged in, and a day of waiting before
    buyers see a link, which the owner may waive in writing.
    """

    PROVIDERS: ClassVar[Mapping[str, Gateway]] = GATEWAYS

    is_live = models.BooleanField()  # otherwise the sandbox: play money
    live_from = models.DateTimeField(editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of not waiting

    objects = GatewayAccountQuerySet.as_manager()

    # Steps

    @classmethod
    @creation("payments.connect_gateway", private=("keys",))
    def connect(
        cls,
        *,
        by: Person,
        provider: str,
        keys: Mapping[str, str],
        is_live: bool,
        reason: str = "",
    ) -> GatewayAccount:
        """Enter the keys. Buyers see links a day later, or at once where the owner says why."""
        live_from = clock.now() if reason else clock.now() + WAIT
        return cls.enter(by, provider, keys, is_live=is_live, live_from=live_from, reason=reason)

    @step(
        "payments.disconnect_gateway",
        source=ProviderAccount.Status.CONNECTED,
        target=ProviderAccount.Status.CLOSED,
    )
    def disconnect(self, *, by: Person) -> None:
        """Make no more links and believe no more notices."""
        super().disconnect(by=by)

    # Questions

    @property
    def gateway(self) -> Gateway:
        return self.PROVIDERS[self.provider]

    @property
    def waits(self) -> bool:
        """Tell whether only its day of waiting is not over."""
        return self.is_live and self.live_from > clock.now()


class PaymentLinkQuerySet(models.QuerySet["PaymentLink"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        return ours.filter(instruction__order__buyer_id=person.party_id)

    def alive(self) -> Self:
        """Those that nobody has given up or closed yet."""
        return self.filter(closed_at=None, failed_at=None, account__status="connected")

    def payable(self) -> Self:
        """Those that a buyer can be led to now."""
        return self.alive().filter(
            made_at__isnull=False,
            expires_at__gt=clock.now(),
            account__is_live=True,
            instruction__status="open",
        )

    def to_make(self) -> Self:
        return self.alive().filter(made_at=None, next_try_at__lte=clock.now())

    def to_close(self) -> Self:
        """Those whose instruction asks for nothing any more: nobody should pay it twice."""
        made = self.alive().filter(made_at__isnull=False, next_try_at__lte=clock.now())
        return made.filter(Q(instruction__status="closed") | Q(expires_at__lte=clock.now()))


class PaymentLink(models.Model):
    """A page of a gateway on which an instruction can be paid. Like the outbox, it keeps its tries.

    Without an instruction it is the trial of a sandbox.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="links")
    instruction = models.ForeignKey(
        Instruction, models.PROTECT, null=True, related_name="payment_links"
    )
    reference = models.CharField(max_length=40)  # what the gateway calls the order
    amount = models.PositiveBigIntegerField()
    number = models.CharField(max_length=100, blank=True, editable=False)  # the gateway's own
    url = models.URLField(max_length=500, blank=True, editable=False)
    expires_at = models.DateTimeField(editable=False)
    wanted_at = models.DateTimeField(default=clock.now, editable=False)
    made_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)
    trouble = models.CharField(max_length=200, blank=True, editable=False)  # of the last try
    asked_at = models.DateTimeField(null=True, editable=False)  # when we last asked for its fate

    objects = PaymentLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "reference"], name="payment_link_reference_once"
            ),
            models.UniqueConstraint(
                fields=["instruction", "account"],
                condition=Q(closed_at=None, failed_at=None, instruction__isnull=False),
                name="payment_link_one_alive",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_link_of_something"),
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(closed_at=None, failed_at=None), name="payment_link_alive")]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def want(cls, account: GatewayAccount, instruction: Instruction) -> PaymentLink:
        """Note that a link is to be made; who makes it asks the gateway outside of a transaction."""
        last = max(instruction.due_on, clock.in_days(1))
        return cls.objects.create(
            workshop_id=instruction.workshop_id,
            account=account,
            instruction=instruction,
            reference=f"{instruction.order.number}-{codes.spoken()}",
            amount=instruction.amount,
            expires_at=datetime(last.year, last.month, last.day, 23, 59, tzinfo=clock.WIB),
        )

    @classmethod
    def want_trial(cls, account: GatewayAccount) -> PaymentLink:
        """Note a link of play money, with which the owner sees that notices arrive."""
        return cls.objects.create(
            workshop_id=account.workshop_id,
            account=account,
            reference=f"TRIAL-{codes.spoken()}",
            amount=TRIAL,
            expires_at=clock.now() + timedelta(days=1),
        )

    def take_try(self) -> bool:
        """Note a try before it is made; false where another process took it."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        mine = PaymentLink.objects.filter(
            pk=self.pk, tries=self.tries, next_try_at=self.next_try_at
        )
        now = clock.now()
        if not mine.update(tries=self.tries + 1, next_try_at=now + pause):
            return False
        self.refresh_from_db()
        return True

    def keep(self, url: str, number: str) -> None:
        """The gateway made it."""
        self._note(url=url, number=number, made_at=clock.now(), trouble="", tries=0,
                   next_try_at=clock.now())  # fmt: skip

    def close(self) -> None:
        self._note(closed_at=clock.now(), trouble="")

    def note_trouble(self, text: str, *, is_final: bool = False) -> None:
        """Say why a try failed; after the last one nobody tries again."""
        over = is_final or self.tries > len(PAUSES)
        if not over:
            self._note(trouble=text[:200])
        elif self.made_at is None:
            self._note(trouble=text[:200], failed_at=clock.now())
        else:
            self._note(trouble=text[:200], closed_at=clock.now())  # its own time ends it

    def _note(self, **facts: object) -> None:
        PaymentLink.objects.filter(pk=self.pk).update(**facts)
        self.refresh_from_db()

    # Questions

    @property
    def buyer_id(self) -> int | None:
        return self.instruction.order.buyer_id if self.instruction else None


def without_link(account: GatewayAccount) -> models.QuerySet[Instruction]:
    """Return what is asked for and cannot be paid at this gateway yet.

    A link that could not be made is not wanted again for a day, so that a wrong key shows as one
    trouble and not as a hundred.
    """
    mine = PaymentLink.objects.filter(instruction=OuterRef("pk"), account=account)
    standing = mine.filter(closed_at=None, failed_at=None)
    failed = mine.filter(failed_at__gt=clock.now() - timedelta(days=1))
    asked = Instruction.objects.open().filter(workshop_id=account.workshop_id)
    return asked.exclude(Exists(standing)).exclude(Exists(failed)).select_related("order")
