"""What the room says of a distributor, from real orders: in words, never a figure of somebody's."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext as _

from simpul.crm.models.post import RoomRules
from simpul.lib import clock
from simpul.orders.models import AGREED, Instalment, Order
from simpul.parties.models import Workshop
from simpul.payments.models import Allocation


def standing_in_room(workshop: Workshop, parties: Collection[int]) -> dict[int, list[str]]:
    """Return for each of these parties what is good of it, in words; of who never ordered, nothing."""
    if not parties:
        return {}
    rules = RoomRules.of(workshop)
    recent = Q(confirmed_at__gte=clock.begin_of(rules.looks_from))
    orders = Order.objects.filter(workshop=workshop, buyer__in=parties).bought()
    rows = (
        orders.order_by()
        .values_list("buyer")
        .annotate(since=Min("confirmed_at"), lately=Count("pk", filter=recent))
    )
    on_time = _on_time(rules, parties)
    found: dict[int, list[str]] = {}
    for party, since, lately in rows:
        words = [_("customer since %(year)s") % {"year": clock.day_of(since).year}]
        if lately >= rules.regular_orders:
            words.append(_("orders regularly"))
        if party in on_time:
            words.append(_("pays on time"))
        found[party] = words
    return found


def _on_time(rules: RoomRules, parties: Collection[int]) -> set[int]:
    """Return who has paid often enough lately, never after the day and with nothing left open."""
    due = Instalment.objects.filter(
        order__buyer__in=parties,
        order__status__in=AGREED,
        due_on__gte=rules.looks_from,
        amount__gt=0,
    )
    paid = (
        due.order_by()
        .values_list("order__buyer")
        .annotate(
            n=Count("pk", filter=Q(paid__gte=F("amount"))),
            open=Count("pk", filter=Q(paid__lt=F("amount"), due_on__lt=clock.today())),
        )
    )
    late = Allocation.objects.filter(
        instalment__in=due, receipt__received_on__gt=F("instalment__due_on"), amount__gt=0
    )
    are_late = set(late.values_list("instalment__order__buyer", flat=True))
    return {
        party
        for party, count, is_open in paid
        if count >= rules.payments and not is_open and party not in are_late
    }
