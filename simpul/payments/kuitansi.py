"""The kuitansi: what is frozen on the paper that says money was received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simpul.lib import money
from simpul.orders.models import Instalment
from simpul.papers.models import Paper
from simpul.parties.models import Person

if TYPE_CHECKING:
    from simpul.payments.models.receipt import Receipt

TEMPLATE = "payments/papers/kuitansi.typ"


def issue(receipt: Receipt, parts: Sequence[tuple[Instalment, int]], *, by: Person) -> Paper:
    """Issue the kuitansi of a receipt; called by the step that recognises the money."""
    orders = {part.order_id: part.order for part, _amount in parts}
    return Paper.issue(
        Paper.Kind.KUITANSI,
        receipt,
        party=receipt.party,
        by=by,
        template=TEMPLATE,
        facts=_facts(receipt, parts, by),
        mentions=orders.values(),
    )


def _facts(receipt: Receipt, parts: Sequence[tuple[Instalment, int]], by: Person) -> dict[str, Any]:
    return {"amount": receipt.amount, "in_words": money.in_words(receipt.amount) + " rupiah"}
