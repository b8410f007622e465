"""Which pairs of its order a customer's ticket is about, with the lines as they are named to the reader."""

from __future__ import annotations

from typing import NamedTuple

from simpul.conversations.models import Ticket
from simpul.orders.models import OrderLine


class TicketPairs(NamedTuple):
    """Pairs of one line."""

    line: OrderLine
    sizes: dict[str, int]  # size -> pairs


def pairs_of(ticket: Ticket) -> list[TicketPairs]:
    """Return the pairs in the order in which they were told; of a ticket with some, one question."""
    told = ticket.pairs
    if not told:
        return []
    lines = OrderLine.objects.select_related("colourway__product").in_bulk(
        [one["line"] for one in told]
    )
    return [TicketPairs(lines[one["line"]], one["sizes"]) for one in told if one["line"] in lines]
