"""What a distributor said in the room that it would take, where a link of the poll leads on with it."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from simpul.crm.models import PollAnswer
from simpul.parties.models import Party
from simpul.portals.http import Request, number_of


def ordered_ahead(request: Request, buyer: Party) -> PollAnswer | None:
    """Return the buyer's answer that the address names (`ahead`); None where it names none."""
    pk = number_of(request.GET.get("ahead", ""))
    if pk is None:
        return None
    said = PollAnswer.objects.select_related("choice__colourway__product")
    return get_object_or_404(said, pk=pk, party=buyer)
