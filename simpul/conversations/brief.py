"""What a lock screen may show of a step: a few words without a sum and without a name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.reach import kind_of

_NUMBER = r"[A-Z]{2,4}-\d{4}-\d+"
_NUMBERS = re.compile(rf"{_NUMBER}(, {_NUMBER})*")  # of papers; other labels may be names

_WORDS = {
    "conversations.say": _("a new message"),
    "conversations.sign": _("a word in the guest book"),
    "crm.register": _("a registration"),
    "crm.send_quotation": _("a quotation"),
    "crm.revise_quotation": _("a new quotation"),
    "orders.place": _("a new order"),
    "orders.confirm": _("confirmed"),
    "orders.offer": _("an offer"),
    "orders.accept": _("accepted"),
    "orders.counter": _("a counter-proposal"),
    "orders.cancel": _("cancelled"),
    "orders.propose_change": _("a change is asked for"),
    "orders.fulfil": _("delivered in full"),
    "payments.instruct": _("what to pay, and where"),
    "payments.remind": _("a payment is due"),
    "payments.claim": _("a payment is reported"),
    "payments.allocate": _("money has arrived"),
    "procurement.send": _("a purchase order"),
    "procurement.confirm": _("the supplier confirms"),
    "procurement.ask_price": _("a price is asked for"),
    "production.finish": _("the work is done"),
    "delivery.offer": _("a job is offered"),
    "delivery.ask_next": _("a job is offered"),
    "delivery.lapse": _("no courier has accepted"),
    "delivery.accept": _("a courier has accepted"),
    "delivery.deliver": _("delivered"),
    "delivery.fail": _("could not be delivered"),
    "delivery.announce": _("a courier comes to fetch goods"),
    "delivery.unannounce": _("the courier does not come after all"),
    "delivery.fetch": _("goods were fetched"),
    "delivery.miss": _("goods could not be fetched"),
}


def brief(step: str, label: str) -> str:
    """Return number and step in the language of the moment, such as “SO-2026-0017: delivered”."""
    kind = kind_of(step)
    words = _WORDS.get(step) or (kind.label if kind else _now("please look at this"))
    return f"{label}: {words}" if _NUMBERS.fullmatch(label) else str(words)
