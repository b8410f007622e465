"""Tell what the buyers are like: what the job of the night does. Pages read `GroupedBuyer`,
`PayingBuyer` and `Behaviour`.

Only this package asks `methods`; whoever imports it loads numpy.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import chain

import numpy as np
from django.db import transaction
from django.db.models import Sum

from simpul.insight import nightly
from simpul.insight.behaviour.coming import Whole, coming_again, month_number
from simpul.insight.behaviour.groups import Year, grouped
from simpul.insight.behaviour.largest import spread
from simpul.insight.behaviour.paying import first_day, paid, quarters_of, rows_of
from simpul.insight.behaviour.together import together
from simpul.insight.models import Behaviour, BuyerFact, GroupedBuyer, OrderFact, PayingBuyer
from simpul.lib import clock
from simpul.parties.models import Party, Workshop

A_BATCH = 1_000
A_YEAR = timedelta(days=365)
KINDS = (Party.BuysAs.DISTRIBUTOR, Party.BuysAs.CONSUMER)


def is_needed(workshop: Workshop) -> bool:
    """Whether there are buyers, and nobody has told of them today."""
    return nightly.is_of_yesterday(Behaviour, BuyerFact, of=workshop)


def tell(workshop: Workshop) -> None:
    """Tell of all buyers of a workshop anew; distributors and consumers apart."""
    today = clock.today()
    facts = BuyerFact.objects.filter(workshop=workshop, buyer__merged_into=None)
    by_kind: dict[str, list[BuyerFact]] = defaultdict(list)
    for fact in facts.select_related("buyer").order_by("pk"):
        by_kind[fact.buyer.buys_as].append(fact)
    kinds: dict[int, str] = {one.pk: kind for kind in KINDS for one in by_kind.get(kind, [])}
    years = _years(workshop, today)
    orders = _orders(workshop)
    since = first_day(today)
    payments = paid(workshop, kinds, since, today)
    told: list[Behaviour] = []
    buyers: list[GroupedBuyer] = []
    payers: list[PayingBuyer] = []
    for kind in KINDS:
        if not (mine := by_kind.get(kind)):
            continue
        steps, rows = grouped(kind, mine, years, today)
        buyers += rows
        payers += rows_of(payments, workshop, kind, kinds)
        whose = orders[np.isin(orders[:, 0], [one.pk for one in mine])]
        told.append(
            Behaviour(
                workshop=workshop,
                buys_as=kind,
                as_of=today,
                buyers=len(mine),
                steps=steps,
                coming=coming_again(whose[:, 0], whose[:, 1], today),
                spread=spread([row.sold_year for row in rows]),
                together=together(workshop, kind, since),
                paying=quarters_of(payments, kind, since),
            )
        )
    with transaction.atomic():
        for model in (Behaviour, GroupedBuyer, PayingBuyer):
            model._default_manager.filter(workshop=workshop).delete()
        Behaviour.objects.bulk_create(told)
        GroupedBuyer.objects.bulk_create(buyers, batch_size=A_BATCH)
        PayingBuyer.objects.bulk_create(payers, batch_size=A_BATCH)


def _years(workshop: Workshop, today: date) -> dict[int, Year]:
    rows = (
        OrderFact.objects.filter(workshop=workshop, agreed_on__gt=today - A_YEAR)
        .order_by()
        .values_list("buyer")
        .annotate(sold=Sum("sold"), left=Sum("contribution", default=0))
    )
    return {buyer: Year(sold, left) for buyer, sold, left in rows}


def _orders(workshop: Workshop) -> Whole:
    """Return whose each order is, and in which month: shape (orders, 2)."""
    rows = OrderFact.objects.filter(workshop=workshop).order_by("pk")
    told = (
        (buyer, month_number(day))
        for buyer, day in rows.values_list("buyer", "agreed_on").iterator()
    )
    return np.fromiter(chain.from_iterable(told), np.int64).reshape(-1, 2)
