"""Vouchers and points at an order: used, kept while one bargains, and given back."""

from __future__ import annotations

from django.db import transaction

from simpul.crm.models import PointRules, Voucher, VoucherUse, balance_of, give_idle_back
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import can


@transaction.atomic
def spend(order: Order, *, by: Person, points: int) -> VoucherUse:
    """Take points straight off an order: a voucher of them that is used at once."""
    voucher = Voucher.exchange(by=by, party=order.buyer, points=points)
    used = voucher.uses.filter(order=order).first()  # the same form was sent once more
    return used or VoucherUse.make(by=by, order=order, code=voucher.code)


def most_points(order: Order, party: Party) -> int:
    """Return how many of a party's points an order may take; reads `revisions` as prefetched."""
    rules = PointRules.of(order.workshop)
    goods = order.current.total - order.current.shipping
    most = min(goods * rules.most_percent // 100, goods - 1)
    return max(min(most // rules.worth, balance_of(party)), 0)


def can_be_reduced(person: Person, order: Order) -> bool:
    """Tell whether to offer that a voucher or points are used for an order; reads `revisions`."""
    if not can(person, "orders.reduce", order) or not order.current.is_priced:
        return False
    if order.voucher_uses.standing().exists():
        return False
    workshop = order.workshop
    return workshop.gives_points or Voucher.objects.filter(workshop=workshop).exists()


def taken_off(order: Order) -> int:
    """Return how many rupiah the voucher that is used for an order takes off it; 0 without one."""
    use = order.voucher_uses.standing().first()
    return use.amount if use else 0


def keep(order: Order, goods: int) -> int:
    """Return what a voucher takes off an order whose goods come to so many rupiah in a
    counter-proposal, and keep that: a share is of these goods. 0 where they are too few for it."""
    use = order.voucher_uses.standing().select_related("voucher__workshop").first()
    if use is None:
        return 0
    voucher = use.voucher
    off = voucher.off(goods) if voucher.percent else use.amount
    if goods < voucher.least or not 0 < off <= voucher.most_off(goods):
        return 0
    VoucherUse.objects.filter(pk=use.pk).update(amount=off)
    return off


def leave(order: Order, discount: int) -> None:
    """Note that an offer leaves no more than so many rupiah of what a voucher takes off an order;
    of an offer without any discount the voucher is given back."""
    if discount:
        order.voucher_uses.standing().filter(amount__gt=discount).update(amount=discount)


def is_idle(workshop: Workshop) -> bool:
    return VoucherUse.objects.filter(voucher__workshop=workshop).idle().exists()


def tend(workshop: Workshop) -> None:
    give_idle_back(VoucherUse.objects.filter(voucher__workshop=workshop))


def lapse(workshop: Workshop) -> int:
    """Give the points of vouchers back that nobody used in time; what of them is over then goes."""
    over = Voucher.objects.filter(
        workshop=workshop, origin=Voucher.Origin.POINTS, voided_at=None,
        until_on__lt=clock.today(),
    )  # fmt: skip
    unused = list(over.unused().order_by("pk"))
    for voucher in unused:
        voucher.void(by=workshop.machine, reason="")
    return len(unused)
