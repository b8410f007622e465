"""Which page shows a thing to whom: the only place that knows the portals' addresses by heart."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from simpul.parties.models import Person
from simpul.parties.roles import Role

# model -> side -> name of the page, and what of the thing stands in its address
DOORS: dict[str, dict[str, tuple[str, str]]] = {
    "orders.order": {
        "workshop": ("workshop:order", "number"),
        "buyer": ("buyer:order", "number"),
    },
    "payments.paymentclaim": {"workshop": ("workshop:claim", "pk")},
    "procurement.purchaseorder": {
        "workshop": ("workshop:purchase", "pk"),
        "supplier": ("supplier:purchase", "pk"),
    },
    "production.job": {"workshop": ("workshop:job", "number")},
    "delivery.shipment": {
        "workshop": ("workshop:shipment", "number"),
        "courier": ("courier:job", "number"),
    },
    "parties.party": {"workshop": ("workshop:party", "pk")},
    "crm.lead": {"workshop": ("workshop:leads", "")},
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
    """Return the address of the page that shows this thing to this person, if there is one.

    What has no page of its own may name the thing whose page shows it as `shown_with`.
    """
    subject = getattr(subject, "shown_with", subject)
    doors = DOORS.get(subject._meta.label_lower, {})
    for side in sides_of(person):
        if side in doors and _is_on(side, subject, person):
            name, attribute = doors[side]
            args = [getattr(subject, attribute)] if attribute else []
            return reverse(name, args=[person.workshop.slug, *args])
    return None


def _is_on(side: str, subject: Any, person: Person) -> bool:
    return side == "workshop" or getattr(subject, f"{side}_id", None) == person.party_id
