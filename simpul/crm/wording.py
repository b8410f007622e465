"""What stands in the gaps of a campaign's text."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from simpul.orders.models import Order, OrderLine
from simpul.parties.models import Party

GAPS = ("nama", "name", "model")
_GAP = re.compile(r"\{([^{}]*)\}")


def unknown_gaps(text: str) -> list[str]:
    """Return what stands in braces and is no gap that we can fill."""
    return [f"{{{gap}}}" for gap in _GAP.findall(text) if gap not in GAPS]


def filled(text: str, *, name: str, model: str) -> str:
    """Return the text for one reader."""
    words = {"nama": name, "name": name, "model": model}
    return _GAP.sub(lambda found: words.get(found[1], found[0]), text)


def last_model(party: Party) -> str:
    """Return the model that a party ordered last, or what stands for it where there is none yet."""
    orders = Order.objects.filter(buyer=party).bought().order_by("-confirmed_at", "-pk")
    order = orders.first()
    lines = OrderLine.objects.filter(order=order).select_related("colourway__product")
    line = lines.order_by("pk").first() if order else None
    return line.colourway.product.name if line else _("our shoes")
