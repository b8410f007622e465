"""Whoever bought much in 12 months pays less, where a line of the price list says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Price, PriceRule, Product
from simpul.lib import clock
from simpul.orders import tiers
from simpul.orders.models import Order
from simpul.parties.models import Party, Workshop


@pytest.fixture
def model(workshop: Workshop) -> Product:
    """200.000 for everybody, 190.000 for whoever bought ten pairs, 3.900.000 a kodi from 60 pairs."""
    made = testing.product(workshop)
    since = clock.today() - timedelta(days=400)
    PriceRule.objects.create(
        product=made, group="wholesale", year_pairs=10, amount=190_000, valid_from=since
    )
    PriceRule.objects.create(
        product=made, group="wholesale", from_pairs=60, amount=3_700_000, per=20, valid_from=since
    )
    return made


def price_of(model: Product, buyer: Party, pairs: int = 1) -> Price | None:
    found = Product.objects.for_page().get(pk=model.pk)
    return found.price_to(Party.objects.get(pk=buyer.pk), pairs, clock.today())


def test_what_was_bought_is_counted_at_night_and_forgotten_after_a_year(
    model: Product, buyer: Party, workshop: Workshop
) -> None:
    order = testing.confirmed_order(buyer, model)  # ten pairs
    assert price_of(model, buyer) == Price(200_000, 1)

    tiers.count_year(workshop)

    assert price_of(model, buyer) == Price(190_000, 1)
    later = testing.order(Party.objects.get(pk=buyer.pk), model)
    assert later.revisions.get().lines.get().price == 190_000
    assert order.agreed_revision == 1
    assert order.revisions.get().lines.get().price == 200_000  # what was agreed stays

    Order.objects.filter(pk=order.pk).update(confirmed_at=clock.now() - timedelta(days=366))
    tiers.count_year(workshop)
    assert price_of(model, buyer) == Price(200_000, 1)


def test_nobody_pays_more_for_having_bought_more(model: Product, buyer: Party) -> None:
    Party.objects.filter(pk=buyer.pk).update(year_pairs=10)

    assert price_of(model, buyer, 60) == Price(3_700_000, 20)  # 185.000 a pair
    assert price_of(model, buyer, 59) == Price(190_000, 1)


def test_without_such_a_price_nothing_is_counted(workshop: Workshop, buyer: Party) -> None:
    testing.confirmed_order(buyer, testing.product(workshop))

    assert not tiers.is_asked(workshop)
