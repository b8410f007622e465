"""The kuitansi: what is frozen on the paper that says money was received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from simpul.lib import clock, money
from simpul.orders.models import Instalment
from simpul.papers import issuing
from simpul.papers.models import LANGUAGE, Draft, Paper
from simpul.parties.models import Person
from simpul.parties.roles import Role
from simpul.payments import papers
from simpul.payments.papers import KuitansiFacts
from simpul.ui.jinja import day, rupiah

if TYPE_CHECKING:
    from simpul.payments.models.receipt import Receipt

type Parts = Sequence[tuple[Instalment, int]]

TEMPLATE = "payments/papers/kuitansi.typ"


def issue(receipt: Receipt, parts: Parts, *, by: Person) -> Paper:
    """Issue the kuitansi of a receipt; called by the step that recognises the money."""
    return issuing.issue(draft(receipt, parts, by=by), by=by)


def draft(receipt: Receipt, parts: Parts, *, by: Person, number: str = "") -> Draft:
    """Return what the kuitansi of a receipt says."""
    orders = {part.order_id: part.order for part, _amount in parts}
    with override(LANGUAGE):
        facts = _facts(receipt, parts, by)
    return Draft(
        kind=Paper.Kind.KUITANSI,
        subject=receipt,
        party=receipt.party,
        template=TEMPLATE,
        facts=facts,
        number=number,
        mentions=tuple(orders.values()),
    )


def _facts(receipt: Receipt, parts: Parts, by: Person) -> KuitansiFacts:
    workshop = by.workshop
    is_due = money.stamp_duty_due(receipt.amount, above=workshop.stamp_duty_above)
    is_machine = by.role == Role.MACHINE
    place = workshop.area.partition(",")[0] or workshop.name
    return {
        "words": papers.kuitansi_words(),
        "received_from": receipt.party.name,
        "in_words": money.in_words(receipt.amount).capitalize() + " rupiah",
        "purpose": _purpose(receipt, parts),
        "amount": rupiah(receipt.amount),
        "place_and_day": f"{place}, {day(clock.today())}",
        "stamp": _("Duty stamp\nRp 10.000") if is_due else "",
        "signed_by": workshop.name if is_machine else by.name,
        "signed_as": _("made by the system") if is_machine else _("Finance"),
    }


def _purpose(receipt: Receipt, parts: Parts) -> list[str]:
    """Say what is paid; the sums only where they are not the whole."""
    left = receipt.amount - sum(amount for _part, amount in parts)
    lines = []
    for part, amount in parts:
        what = _("%(kind)s for order %(order)s") % {
            "kind": part.get_kind_display().capitalize(),
            "order": part.order,
        }
        lines.append(what if len(parts) == 1 and not left else f"{what}: {rupiah(amount)}")
    if left:
        lines.append(_("Credit: %(amount)s") % {"amount": rupiah(left)})
    return lines
