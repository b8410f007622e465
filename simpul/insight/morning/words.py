"""The tasks in words: what it is about, why, what it is worth, and a message that can be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from simpul.insight.models import MorningKind, MorningTask
from simpul.ui.jinja import day, number, quantity, rupiah


def title(task: MorningTask) -> str:
    """Say in a few words what to do; reads what `with_subjects` loads."""
    return _TITLES[MorningKind(task.kind)](task)


def reason(task: MorningTask) -> str:
    """Say in a sentence why, with the figures that may be known to whoever is shown the task."""
    return _REASONS[MorningKind(task.kind)](task.facts)


def worth(task: MorningTask) -> str:
    """Say how what it is worth was reckoned, in whole thousands: for who sees the books."""
    return _(
        "About %(expected)s: %(gain)s (%(what)s), brought about in %(chance)s of 100 cases."
    ) % {
        "expected": rupiah(round(task.expected, -3) or task.expected),
        "gain": rupiah(task.gain),
        "what": _GAINS[MorningKind(task.kind)](task.facts),
        "chance": task.chance,
    }


def draft(task: MorningTask, name: str) -> str | None:
    """Return a message to the party, in the language that is spoken just now; None where there is
    nothing to write."""
    write = _DRAFTS.get(MorningKind(task.kind))
    return write(task.facts, name) if write is not None else None


def has_draft(task: MorningTask) -> bool:
    return task.kind in _DRAFTS


def _claim(task: MorningTask) -> Any:
    assert task.claim is not None  # noqa: S101 - of this kind
    return task.claim


def _title_of_late(task: MorningTask) -> str:
    assert task.order is not None  # noqa: S101 - of this kind
    said = {"name": task.order.buyer.name, "number": task.order.number}
    return _("Tell %(name)s a new day for %(number)s") % said


def _title_of_claim(task: MorningTask) -> str:
    order = _claim(task).order
    said = {"name": order.buyer.name, "number": order.number}
    return _("Check the payment of %(name)s for %(number)s") % said


_TITLES: dict[MorningKind, Callable[[MorningTask], str]] = {
    MorningKind.OVERDUE: lambda task: _("Ask %(name)s for an order") % {"name": task.party},
    MorningKind.LATE: _title_of_late,
    MorningKind.BUY: lambda task: _("Buy from %(name)s today") % {"name": task.party},
    MorningKind.CLAIM: _title_of_claim,
    MorningKind.OWED: lambda task: _("Ask %(name)s for the money") % {"name": task.party},
    MorningKind.PRICE: lambda task: _("Look at the price of %(name)s") % {"name": task.product},
    MorningKind.DEAD: lambda task: (
        _("Offer the pairs of %(name)s that lie") % {"name": task.product}
    ),
    MorningKind.UNUSED: lambda task: _("Find a use for %(name)s") % {"name": task.material},
    MorningKind.THANK: lambda task: _("Thank %(name)s") % {"name": task.party},
}


def _why_overdue(facts: dict[str, Any]) -> str:
    if facts.get("gaps") == 0:  # ordered once: how often others do says what is usual
        return _("Ordered once; others order every %(usual)s days; now %(waited)s.") % {
            name: number(facts[name]) for name in ("usual", "waited")
        }
    return _(
        "Orders every %(usual)s days; now %(waited)s; of 100 such gaps only %(longer)s would be this long."
    ) % {name: number(facts[name]) for name in ("usual", "waited", "longer")}


def _why_late(facts: dict[str, Any]) -> str:
    return _("Promised for %(promised)s; by the schedule it can be expected on %(expected)s.") % {
        "promised": day(facts["promised_on"]),
        "expected": day(facts["expected_on"]),
    }


def _why_buy(facts: dict[str, Any]) -> str:
    return ngettext(
        "%(n)s order that is paid for needs it, from %(day)s on; bought later it comes too late.",
        "%(n)s orders that are paid for need it, from %(day)s on; bought later it comes too late.",
        facts["orders"],
    ) % {"n": number(facts["orders"]), "day": day(facts["needed_on"])}


def _why_claim(facts: dict[str, Any]) -> str:
    return ngettext(
        "%(amount)s was reported %(n)s day ago, and nobody has said whether it came.",
        "%(amount)s was reported %(n)s days ago, and nobody has said whether it came.",
        facts["days"],
    ) % {"n": number(facts["days"]), "amount": rupiah(facts["amount"])}


def _why_owed(facts: dict[str, Any]) -> str:
    return ngettext(
        "%(amount)s in %(n)s payment is past its day, since %(day)s.",
        "%(amount)s in %(n)s payments is past its day, the first since %(day)s.",
        facts["payments"],
    ) % {
        "amount": rupiah(facts["amount"]),
        "n": number(facts["payments"]),
        "day": day(facts["since"]),
    }


def _why_price(facts: dict[str, Any]) -> str:
    return _(
        "A pair costs %(cost)s in material and wages, and distributors pay %(price)s; %(pairs)s pairs "
        "were ordered in three months."
    ) % {
        "cost": rupiah(facts["cost"]),
        "price": rupiah(facts["price"]),
        "pairs": number(facts["pairs"]),
    }


def _why_dead(facts: dict[str, Any]) -> str:
    return _("%(pairs)s pairs lie finished for nobody; none came or went in %(days)s days.") % {
        "pairs": number(facts["quantity"]),
        "days": number(facts["days"]),
    }


def _why_unused(facts: dict[str, Any]) -> str:
    return _("%(quantity)s lie in the store for no order; none came or went in %(days)s days.") % {
        "quantity": quantity(facts["quantity"]),
        "days": number(facts["days"]),
    }


def _why_thank(facts: dict[str, Any]) -> str:
    if facts["why"] == "first":
        return _("The first order, %(sold)s, is larger than usual and has arrived.") % {
            "sold": rupiah(facts["sold"])
        }
    if facts["why"] == "loyal":
        return _("This was order number %(orders)s.") % {"orders": number(facts["orders"])}
    return _("The answer to how content they were: 5 of 5.")


_REASONS: dict[MorningKind, Callable[[dict[str, Any]], str]] = {
    MorningKind.OVERDUE: _why_overdue,
    MorningKind.LATE: _why_late,
    MorningKind.BUY: _why_buy,
    MorningKind.CLAIM: _why_claim,
    MorningKind.OWED: _why_owed,
    MorningKind.PRICE: _why_price,
    MorningKind.DEAD: _why_dead,
    MorningKind.UNUSED: _why_unused,
    MorningKind.THANK: _why_thank,
}


def _left_of_next(facts: dict[str, Any]) -> str:
    return _("what an order leaves: %(left)s%% of %(order)s") % {
        "left": facts["left"],
        "order": rupiah(facts["order"]),
    }


_GAINS: dict[MorningKind, Callable[[dict[str, Any]], str]] = {
    MorningKind.OVERDUE: _left_of_next,
    MorningKind.LATE: _left_of_next,
    MorningKind.BUY: lambda facts: (
        _("what orders of %(total)s leave") % {"total": rupiah(facts["total"])}
    ),
    MorningKind.CLAIM: lambda facts: _("what was reported"),
    MorningKind.OWED: lambda facts: _("what is owed"),
    MorningKind.PRICE: lambda facts: _("what these pairs lose in three months"),
    MorningKind.DEAD: lambda facts: (
        _("what they are sold for: %(price)s a pair") % {"price": rupiah(facts["price"])}
    ),
    MorningKind.UNUSED: lambda facts: _("what it would cost to buy"),
    MorningKind.THANK: _left_of_next,
}


def _ask_for_order(facts: dict[str, Any], name: str) -> str:
    return _(
        "Hello %(name)s, it has been a while since your last order. Are your shelves still full? Tell "
        "us what you need, and we say at once when it can be ready."
    ) % {"name": name}


def _ask_for_money(facts: dict[str, Any], name: str) -> str:
    return _(
        "Hello %(name)s, %(amount)s is still to be paid since %(day)s. Could you tell us when we may "
        "expect it? If you have paid already, please send us the proof."
    ) % {"name": name, "amount": rupiah(facts["amount"]), "day": day(facts["since"])}


def _say_thanks(facts: dict[str, Any], name: str) -> str:
    words = {
        "first": _(
            "Hello %(name)s, thank you for your first order. We hope that it sells well; tell us if "
            "anything could be better."
        ),
        "loyal": _(
            "Hello %(name)s, this was your order number %(orders)s. Thank you for trusting us for so "
            "long."
        ),
        "praise": _(
            "Hello %(name)s, thank you for your kind answer. We have told it to those who made your "
            "order."
        ),
    }
    return words[facts["why"]] % {"name": name, "orders": number(facts.get("orders", 0))}


_DRAFTS: dict[MorningKind, Callable[[dict[str, Any], str], str]] = {
    MorningKind.OVERDUE: _ask_for_order,
    MorningKind.OWED: _ask_for_money,
    MorningKind.THANK: _say_thanks,
}
