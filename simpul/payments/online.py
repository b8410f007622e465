"""Paying online: notices become money, instructions become links, and what never came is asked for.

Whatever asks a gateway runs in the worker, outside of transactions; every try is noted before it is
made and every answer after it, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.lib import clock
from simpul.lib.outgoing import Unreachable
from simpul.lib.providers import ProviderRefused, Unreadable
from simpul.lib.sealing import Unsealable
from simpul.orders.models import Order
from simpul.papers.models import LANGUAGE
from simpul.parties.models import Person, Workshop
from simpul.payments.gateways import State, Told, Wanted
from simpul.payments.models import (
    GatewayAccount,
    GatewayNotice,
    GatewayPayment,
    Moving,
    PaymentLink,
    without_link,
)
from simpul.payments.models.gateway import PaymentLinkQuerySet
from simpul.workflow.reasons import Given, because
from simpul.workflow.steps import Refused

Why = GatewayNotice.Why

# What to do, by why it was kept: looked up when it is read, in the reader's language.
ADVICE: dict[GatewayNotice.Why, Callable[[], str]] = {
    Why.UNREADABLE: lambda: _(
        "This is no notice that we can read. Look at the payments on the gateway's own page, and "
        "compare them with the list here."
    ),
    Why.UNKNOWN_WORD: lambda: _(
        "The gateway uses a word that this program does not know. Look on its own page how far the "
        "payment is."
    ),
    Why.UNKNOWN_ORDER: lambda: _(
        "Somebody paid at the gateway, but not by a link of ours. If it is for an order, count it "
        "for that order; if not, say what it was."
    ),
    Why.WRONG_AMOUNT: lambda: _(
        "Compare the amount with the gateway's own page. Count for the order what really came; what "
        "is missing stays open, what is too much becomes the buyer's credit."
    ),
    Why.OTHER_CURRENCY: lambda: _(
        "This cannot be counted in rupiah by itself. Wait for the payout, and count that from the "
        "bank's statement."
    ),
    Why.TWICE: lambda: _(
        "The link was paid already. Look on the gateway's own page whether money came twice: then "
        "count it, as the buyer's credit. If it is the same payment told twice, say so."
    ),
    Why.CHANGED: lambda: _(
        "The gateway sent this number before, with other content. Look on its own page what is "
        "true, before you count anything."
    ),
    Why.REFUSED: lambda: _("Something stood in the way: read it below, and count it by hand."),
    Why.ANNULLED: lambda: _(
        "The money is at the gateway, but its receipt was annulled. Count it for the order that it "
        "is for; if the gateway gave it back or it is not ours, say so."
    ),
}

PLAIN = "en"  # as texts stand in the code: each reader has them translated when they are read
TURNS = 5  # how often money that moves just now is waited for
A_BATCH = 30  # links in one run
PATIENCE = 2  # failures of one gateway in a row, then this run leaves it alone
ASKED_AGAIN = timedelta(hours=20)  # not more often, whoever starts it
OLDEST = timedelta(days=60)  # a link's fate is asked for no longer
CLOSED_LATELY = timedelta(days=7)
UNREAD = timedelta(minutes=2)  # the worker should have read it by then

# Notices


def apply(notice_pk: int) -> None:
    """Do what a notice says, once: whatever else happens it is done, or kept for a person.

    Where the buyer's money moves just then nothing is done, and it is tried again: at once, and
    after some turns with the notices that nobody has read.
    """
    for _turn in range(TURNS):
        with suppress(Moving):
            _apply(notice_pk)
            return


@transaction.atomic
def _apply(notice_pk: int) -> None:
    locked = GatewayNotice.objects.select_for_update(of=("self",))
    notice = locked.select_related("account", "workshop").get(pk=notice_pk)
    if notice.status != GatewayNotice.Status.RECEIVED:
        return
    machine = notice.workshop.machine
    if notice.is_repeated:
        notice.keep(by=machine, why=Why.CHANGED)
        return
    try:
        told = notice.account.gateway.read(notice.body.encode())
    except Unreadable:
        notice.keep(by=machine, why=Why.UNREADABLE)
        return
    payment = GatewayPayment.hear(told, notice.account)
    before = payment.booked
    try:
        with transaction.atomic(), override(PLAIN):
            payment.settle_up(by=machine)
    except Moving:
        raise
    except Refused as reason:
        notice.keep(by=machine, why=Why.REFUSED, payment=payment, trouble=str(reason))
        return
    why, is_kept = _outcome(told, payment, before)
    if is_kept and not _was_kept(payment, why):
        notice.keep(by=machine, why=why, payment=payment)
    else:
        notice.done(by=machine, why=Why.NOTHING if is_kept else why, payment=payment)


@transaction.atomic
def count_for(notice: GatewayNotice, order: Order, *, by: Person) -> None:
    """Count the payment of a notice for this order, and let nobody be asked about it any more."""
    payment = notice.payment
    if payment is None:
        raise Refused(_("This notice tells of no payment."))
    asked = payment.notices.waiting()
    held = list(asked.order_by("pk").select_for_update(of=("self",)))
    payment.count_for(by=by, order=order)
    for one in held:
        one.settle(by=by, reason=because(Given.COUNTED_FOR, order))


def advice(notice: GatewayNotice) -> str:
    """Say what a person can do about a notice that waits."""
    if notice.status != GatewayNotice.Status.KEPT:
        return ""
    payment = notice.payment
    is_counted = payment is not None and payment.booked and not payment.is_annulled
    if is_counted and notice.why in (Why.UNKNOWN_ORDER, Why.ANNULLED):
        return _("Its payment is known and counted by now: nothing is left.")
    return ADVICE[Why(notice.why)]()


def unread(workshop: Workshop) -> list[int]:
    """Return the notices that were stored and never looked at: the worker broke off."""
    rows = GatewayNotice.objects.unread().filter(workshop=workshop)
    old = rows.filter(at__lte=clock.now() - UNREAD).order_by("pk")
    return list(old.values_list("pk", flat=True)[:A_BATCH])


def apply_unread(workshop: Workshop) -> None:
    for pk in unread(workshop):
        apply(pk)


# Links


def wants_links(workshop: Workshop) -> bool:
    """Tell whether there is anything to make or to close."""
    links = PaymentLink.objects.filter(workshop=workshop)
    accounts = GatewayAccount.objects.usable().filter(workshop=workshop)
    return (
        links.to_make().exists()
        or links.to_close().exists()
        or any(without_link(account).exists() for account in accounts)
    )


def tend_links(workshop: Workshop) -> None:
    """Make the links that are missing, and close those that nobody should pay any more."""
    if settings.DEMO:
        return
    for account in GatewayAccount.objects.usable().filter(workshop=workshop):
        for instruction in without_link(account).order_by("pk")[:A_BATCH]:
            try:
                with transaction.atomic():
                    PaymentLink.want(account, instruction)
            except IntegrityError:
                continue  # another process was quicker
    mine = PaymentLink.objects.filter(workshop=workshop)
    with override(LANGUAGE):
        _go_through(mine.to_close(), _close)
        _go_through(mine.to_make(), _make)


def ask_for_news(workshop: Workshop) -> None:
    """Ask what became of the links whose notice never came; what is new is applied like a notice."""
    if settings.DEMO:
        return
    _go_through(_open_questions(workshop), _ask)


def has_questions(workshop: Workshop) -> bool:
    return _open_questions(workshop).exists()


@dataclass(frozen=True, slots=True)
class Health:
    """How a connection does, as far as facts tell."""

    last_notice_at: datetime | None
    troubles: list[PaymentLink]  # that could not be made
    trial: PaymentLink | None
    trial_is_paid: bool


def health_of(account: GatewayAccount) -> Health:
    last = account.notices.filter(is_asked=False).order_by("-last_at").first()
    links = account.links.order_by("-pk")
    trial = links.filter(instruction=None).first()
    return Health(
        last.last_at if last else None,
        list(links.exclude(trouble="").filter(closed_at=None)[:5]),
        trial,
        trial is not None and trial.payments.filter(state__gte=State.CAPTURED).exists(),
    )


def _go_through(links: PaymentLinkQuerySet, deal_with: Callable[[PaymentLink], bool]) -> None:
    """Deal with each link; a gateway that fails several times in a row is left alone for now."""
    failures: dict[int, int] = {}
    for link in links.select_related(
        "account", "instruction__order__workshop", "instruction__instalment"
    ).order_by("next_try_at", "pk")[:A_BATCH]:
        if failures.get(link.account_id, 0) < PATIENCE:
            failed = not deal_with(link)
            failures[link.account_id] = failures.get(link.account_id, 0) + 1 if failed else 0


def _make(link: PaymentLink) -> bool:
    if link.instruction is not None and link.instruction.status != "open":
        link.close()
        return True
    is_again = link.tries > 0
    if not link.take_try():
        return True
    wanted = Wanted(
        reference=link.reference,
        amount=link.amount,
        words=_words(link),
        made_at=link.wanted_at,
        expires_at=link.expires_at,
        is_again=is_again,
    )
    account = link.account
    try:
        made = account.gateway.make_link(wanted, account.open_keys(), is_live=account.is_live)
    except (Unreachable, Unsealable) as reason:
        link.note_trouble(_trouble(reason))
        return False
    except ProviderRefused as reason:
        link.note_trouble(str(reason), is_final=True)
        return False
    link.keep(made.url, made.number)
    return True


def _close(link: PaymentLink) -> bool:
    if link.expires_at <= clock.now():
        link.close()  # by its own time
        return True
    if not link.take_try():
        return True
    account = link.account
    try:
        account.gateway.close_link(
            link.reference, link.number, account.open_keys(), is_live=account.is_live
        )
    except (Unreachable, Unsealable, ProviderRefused) as reason:
        link.note_trouble(_trouble(reason))
        return False
    link.close()
    return True


def _ask(link: PaymentLink) -> bool:
    account = link.account
    mine = PaymentLink.objects.filter(pk=link.pk, asked_at=link.asked_at)
    if not mine.update(asked_at=clock.now()):
        return True  # another process asks
    try:
        bodies = account.gateway.look_up(
            link.reference, account.open_keys(), is_live=account.is_live
        )
    except (Unreachable, Unsealable, ProviderRefused) as reason:
        link.note_trouble(_trouble(reason))
        PaymentLink.objects.filter(pk=link.pk).update(asked_at=link.asked_at)
        return False
    for body in bodies:
        if _is_news(body, account):
            notice, _is_new = GatewayNotice.store(account, body, is_asked=True)
            apply(notice.pk)
    return True


def _open_questions(workshop: Workshop) -> PaymentLinkQuerySet:
    """Links that were made and of whose payment nothing final is known."""
    now = clock.now()
    settled = GatewayPayment.objects.filter(link=OuterRef("pk"), state__gte=State.SETTLED)
    made = PaymentLink.objects.filter(
        workshop=workshop, account__status="connected", made_at__gt=now - OLDEST
    )
    lately = Q(closed_at=None) | Q(closed_at__gt=now - CLOSED_LATELY)
    rested = Q(asked_at=None) | Q(asked_at__lte=now - ASKED_AGAIN)
    return made.filter(lately & rested, failed_at=None).exclude(Exists(settled))


def _is_news(body: bytes, account: GatewayAccount) -> bool:
    """Tell whether an answer says more than is known; that somebody may still pay is none."""
    try:
        told = account.gateway.read(body)
    except Unreadable:
        return True
    if told.state == State.WAITING and not told.refunds:
        return False
    known = GatewayPayment.objects.filter(
        workshop_id=account.workshop_id,
        provider=account.provider,
        is_live=account.is_live,
        number=told.payment[:100],
    ).first()
    if known is None or told.state is None:
        return True
    return told.state > known.state or any(name not in known.refunds for name in told.refunds)


def _outcome(told: Told, payment: GatewayPayment, before: int) -> tuple[str, bool]:
    """Return what came of it, and whether a person must look at it."""
    if told.state is None:
        return Why.UNKNOWN_WORD, True
    if not payment.is_live:
        return Why.TRIAL, False
    if payment.booked != before:
        return (Why.COUNTED if payment.booked > before else Why.TAKEN_BACK), False
    differs = told.state.is_money and told.amount != payment.amount
    if payment.booked or payment.counted_by_id is not None:
        return (Why.WRONG_AMOUNT, True) if differs else (Why.NOTHING, False)
    if not State(payment.state).is_money and not payment.refunds:
        return Why.NO_MONEY, False
    if payment.link is None:
        return Why.UNKNOWN_ORDER, True
    if payment.amount is None or payment.amount != payment.link.amount or differs:
        return Why.WRONG_AMOUNT, True
    if payment.currency != "IDR":
        return Why.OTHER_CURRENCY, True
    if payment.net and payment.has_twin:
        return Why.TWICE, True
    return Why.NO_MONEY, False


def _was_kept(payment: GatewayPayment, why: str) -> bool:
    """Tell whether a person was asked the same about this payment already."""
    asked = payment.notices.filter(status__in=("kept", "settled"), why=why)
    return why != Why.UNKNOWN_WORD and asked.exists()


def _words(link: PaymentLink) -> str:
    """What the payment page says it is for."""
    if link.instruction is None:
        return _("Trial of Simpul")
    return _("%(kind)s for order %(order)s") % {
        "kind": link.instruction.instalment.get_kind_display().capitalize(),
        "order": link.instruction.order,
    }


def _trouble(reason: Exception) -> str:
    if isinstance(reason, Unsealable):
        return "SECRET_KEY"
    return str(reason) or type(reason).__name__
