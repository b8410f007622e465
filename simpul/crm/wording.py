"""What stands in the gaps of a campaign's text."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import OuterRef, Subquery
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


def last_model(party: int | None) -> str:
    """Return the model that a party ordered last, or what stands for it where there is none yet."""
    return last_models([party] if party else []).get(party or 0) or _("our shoes")


def last_models(parties: Collection[int]) -> dict[int, str]:
    """Return the model that each party ordered last, of those that have ordered, in one question."""
    orders = Order.objects.filter(buyer=OuterRef("pk")).bought()
    lines = OrderLine.objects.filter(order=OuterRef("last")).order_by("pk")
    known = Party.objects.filter(pk__in=parties).annotate(
        last=Subquery(orders.order_by("-confirmed_at", "-pk").values("pk")[:1]),
        model=Subquery(lines.values("colourway__product__name")[:1]),
    )
    return dict(known.exclude(model=None).order_by("pk").values_list("pk", "model"))
