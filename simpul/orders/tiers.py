"""What buyers bought in 12 months, where the price list asks for it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Sum

from simpul.catalog.models import PriceRule
from simpul.lib import clock
from simpul.orders.models import AGREED, LineSize
from simpul.parties.models import Party, Workshop

A_YEAR = 365  # days


def is_asked(workshop: Workshop) -> bool:
    """Tell whether some price is for whoever bought much: otherwise nothing is counted."""
    return PriceRule.objects.filter(product__workshop=workshop, year_pairs__gt=0).exists()


def count_year(workshop: Workshop) -> None:
    """Keep of each buyer the pairs that were agreed in the last 12 months.

    It is counted each night and not at every order, so that the price that a form shows is the one
    that holds when it is sent.
    """
    since = clock.begin_of(clock.today() - timedelta(days=A_YEAR))
    sizes = LineSize.objects.filter(
        line__order__workshop=workshop,
        line__order__status__in=AGREED,
        line__order__is_sample=False,
        line__order__confirmed_at__gte=since,
    )
    rows = sizes.order_by().values_list("line__order__buyer").annotate(n=Sum("pairs"))
    Party.objects.filter(workshop=workshop).keep_year_pairs(dict(rows))
