"""Which page shows a thing to whom: the only place that knows the portals' addresses by heart."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.urls import reverse

from simpul.conversations.models import Ticket
from simpul.crm import confirming
from simpul.lib.seals import Seal
from simpul.parties.models import Identity, Person
from simpul.parties.roles import Role

# model -> side -> name of the page, and what of the thing stands in its address. `order.number`
# is the page of the thing's order; nothing is a page that shows more than one thing.
DOORS: dict[str, dict[str, tuple[str, str]]] = {
    "orders.order": {
        "workshop": ("workshop:order", "number"),
        "buyer": ("buyer:order", "number"),
    },
    "payments.instruction": {
        "workshop": ("workshop:order", "order.number"),
        "buyer": ("buyer:payment", "order.number"),
    },
    "payments.paymentclaim": {
        "workshop": ("workshop:claim", "pk"),
        "buyer": ("buyer:payment", "order.number"),
    },
    "payments.whatsappnumber": {"workshop": ("workshop:whatsapp", "")},
    "payments.arrival": {"workshop": ("workshop:arrival", "pk")},
    "payments.bankentry": {"workshop": ("workshop:bank-entry", "pk")},
    "payments.receipt": {
        "workshop": ("workshop:receipt", "pk"),
        "buyer": ("buyer:orders", ""),
    },
    "payments.creditnote": {
        "workshop": ("workshop:credit-note", "pk"),
        "buyer": ("buyer:credit", ""),
    },
    "payments.refund": {
        "workshop": ("workshop:refund", "pk"),
        "buyer": ("buyer:credit", ""),
    },
    "payments.gatewayaccount": {"workshop": ("workshop:gateway-settings", "")},
    "payments.gatewaypayment": {"workshop": ("workshop:gateways", "")},
    "payments.gatewaynotice": {"workshop": ("workshop:gateway-notice", "pk")},
    "payments.collection": {
        "workshop": ("workshop:courier-cash", ""),
        "courier": ("courier:cash", ""),
    },
    "payments.cashhanding": {
        "workshop": ("workshop:cash-handing", "pk"),
        "courier": ("courier:cash", ""),
    },
    "conversations.ticket": {
        "workshop": ("workshop:ticket", "pk"),
        "buyer": ("buyer:ticket", "pk"),
        "courier": ("courier:ticket", "pk"),
    },
    "papers.paper": {
        "workshop": ("workshop:paper", "code"),
        "buyer": ("buyer:credit-paper", "code"),
    },
    "payments.bankaccount": {"workshop": ("workshop:accounts", "")},
    "procurement.purchaseorder": {
        "workshop": ("workshop:purchase", "pk"),
        "supplier": ("supplier:purchase", "pk"),
    },
    "procurement.inquiry": {"workshop": ("workshop:inquiry", "pk")},
    "procurement.bid": {
        "workshop": ("workshop:inquiry", "inquiry.pk"),
        "supplier": ("supplier:bid", "pk"),
    },
    "catalog.product": {"workshop": ("workshop:product", "slug")},
    "production.job": {"workshop": ("workshop:job", "pk")},
    "delivery.carrieraccount": {"workshop": ("workshop:carriers", "")},
    "delivery.shipment": {
        "workshop": ("workshop:shipment", "number"),
        "buyer": ("buyer:order", "first_order.number"),
        "courier": ("courier:job", "number"),
    },
    "parties.party": {"workshop": ("workshop:party", "pk"), "buyer": ("buyer:tally", "")},
    "crm.lead": {"workshop": ("workshop:lead", "pk")},
    "crm.pointlot": {"workshop": ("workshop:points", ""), "buyer": ("buyer:points", "")},
    "crm.referral": {"workshop": ("workshop:referrals", ""), "buyer": ("buyer:recommend", "")},
    "crm.recommender": {"buyer": ("buyer:recommend", "")},
    "crm.recipient": {"workshop": ("workshop:campaign", "campaign_id")},
    "crm.voucheruse": {"workshop": ("workshop:vouchers", "")},
    "crm.voucher": {"workshop": ("workshop:vouchers", ""), "buyer": ("buyer:points", "")},
    "crm.consent": {"workshop": ("workshop:party-consents", "identity.person.party_id")},
    "crm.listimport": {"workshop": ("workshop:list", "pk")},
    "crm.pointrules": {"workshop": ("workshop:point-rules", "")},
    "crm.quotation": {
        "workshop": ("workshop:quotation", "pk"),
        "buyer": ("buyer:quotation", "pk"),
    },
    "crm.leadoffer": {
        "workshop": ("workshop:lead", "lead.pk"),
        "buyer": ("buyer:prospect", "pk"),
    },
    "crm.answerpage": {"workshop": ("workshop:answer", "pk")},
    "crm.rating": {"workshop": ("workshop:rating", "pk"), "buyer": ("buyer:rating", "pk")},
    "crm.poll": {
        "workshop": ("workshop:post", "post_id"),
        "buyer": ("buyer:post", "post_id"),
    },
    "crm.bulletin": {
        "workshop": ("workshop:bulletin", "pk"),
        "buyer": ("buyer:bulletin", "pk"),
    },
    "crm.territory": {
        "workshop": ("workshop:distributor-areas", "party_id"),
        "buyer": ("buyer:profile", ""),
    },
    "crm.dealing": {
        "workshop": ("workshop:distributor", "distributor_id"),
        "buyer": ("buyer:dealers", ""),
    },
    "crm.merging": {"workshop": ("workshop:mergings", ""), "buyer": ("buyer:home", "")},
    "crm.wish": {"workshop": ("workshop:wish", "pk"), "buyer": ("buyer:wishes", "")},
    "crm.post": {"workshop": ("workshop:post", "begins_at"), "buyer": ("buyer:post", "begins_at")},
    "conversations.guestentry": {"workshop": ("workshop:guestbook", "")},
}

PORTALS = {"workshop": "desk", "buyer": "my", "supplier": "supply", "courier": "courier"}


def sides_of(person: Person) -> list[str]:
    """Return the portals that this person may enter, the most used first."""
    if person.party is None:
        return [] if person.role == Role.MACHINE else ["workshop"]
    kinds = {
        "buyer": person.party.buys_as != "",
        "supplier": person.party.is_supplier,
        "courier": person.party.is_courier,
    }
    return [side for side, is_one in kinds.items() if is_one]


def portal_path(person: Person, side: str = "") -> str:
    """Return the address of the person's own pages; the shop window for one who has none."""
    shop = reverse("storefront:profile", args=[person.workshop.slug])
    sides = sides_of(person)
    return f"{shop}{PORTALS[side or sides[0]]}/" if sides else shop


def path_for(subject: Any, person: Person) -> str | None:
    """Return the address of the page that shows such a thing to such a person, if there is one.

    What has no page of its own may name the thing whose page shows it as `shown_with`. Whether
    the person may see it is the page's own question.
    """
    subject, door = _door(subject, person)
    if door is None:
        return None
    name, attribute = door
    args = [attrgetter(attribute)(subject)] if attribute else []
    return reverse(name, args=[person.workshop.slug, *args])


def document_of(subject: Any, person: Person) -> Any:
    """Return the one document whose page shows the thing, or None where a page shows many.

    Only a document may be opened by a link: its page and what lies below, and nothing else.
    """
    subject, door = _door(subject, person)
    if door is None or not door[1]:
        return None
    owner, _dot, _last = door[1].rpartition(".")
    return attrgetter(owner)(subject) if owner else subject


def _door(subject: Any, person: Person) -> tuple[Any, tuple[str, str] | None]:
    subject = getattr(subject, "shown_with", subject)
    doors = dict(DOORS.get(subject._meta.label_lower, {}))
    if isinstance(subject, Ticket) and not subject.is_of_customer:
        del doors["buyer"]  # a difference: of a courier, who may buy here, too
    return subject, next((doors[side] for side in sides_of(person) if side in doors), None)


def number_mark(number: Identity) -> str:
    """Return what stands behind a link that is sent to this very number, and nowhere else."""
    return f"?n={confirming.token_of(number)}"


_TELLING = Seal("telling", parts=1)


def telling_path(person: Person) -> str:
    """Return where somebody without a login chooses what to be told."""
    token = _TELLING.token_of(person.pk)
    return reverse("storefront:telling", args=[person.workshop.slug, token])


def told_by(token: str) -> int:
    """Return the key of the person whom such an address is of; 0 where we did not seal it."""
    return int(next(iter(_TELLING.read(token)), 0))
