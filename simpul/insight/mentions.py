"""Which documents a text names, for whoever may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from simpul.delivery.models import Shipment
from simpul.orders.models import Order
from simpul.papers.models import Paper
from simpul.parties.models import Person
from simpul.procurement.models import PurchaseOrder

NUMBER = re.compile(r"\b(?:SO|PO|KRM|INV|KW|SJ|NK|NPD)-\d{4}-\d{4,}\b", re.IGNORECASE)

# prefix -> the documents that have such numbers; all others are papers
_KINDS: dict[str, Callable[[Person], QuerySet[Any]]] = {
    "SO": lambda person: Order.objects.visible_to(person),
    "PO": lambda person: PurchaseOrder.objects.visible_to(person),
    "KRM": lambda person: Shipment.objects.visible_to(person).for_list(),
}


def documents_in(texts: Iterable[str], person: Person) -> dict[str, Any]:
    """Return number -> document of what the texts name and this person may see.

    One question for each kind of document that is named, however many texts and numbers.
    """
    wanted: dict[str, set[str]] = {}
    for text in texts:
        for number in NUMBER.findall(text):
            prefix = number.partition("-")[0].upper()
            wanted.setdefault(prefix if prefix in _KINDS else "", set()).add(number.upper())
    found: dict[str, Any] = {}
    for prefix, numbers in wanted.items():
        documents = _KINDS[prefix](person) if prefix else Paper.objects.visible_to(person)
        found |= {one.number: one for one in documents.filter(number__in=numbers)}
    return found
