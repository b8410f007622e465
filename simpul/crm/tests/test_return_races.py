"""A courier and the desk decide in the same moment on goods that are to be fetched."""

from __future__ import annotations

import pytest
from django.db import transaction

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import GoodsReturn
from simpul.delivery.models import Shipment
from simpul.orders.models import LineSize
from simpul.parties.models import Party, Person

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = {("cancelled", "cancelled"), ("agreed", "accepted"), ("agreed", "fetched")}


@pytest.fixture
def goods(buyer: Party, dewi: Person, sari: Person, asep: Person) -> GoodsReturn:
    """Three pairs that Asep is asked to fetch."""
    with transaction.atomic():
        order = testing.delivered_order(buyer)
    ticket = Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")
    size = LineSize.objects.filter(line__order=order, delivered__gt=2).order_by("pk")[0]
    made = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 3}, way="courier")
    assert made.shipment is not None
    testing.offer_to(made.shipment, asep)
    return made


def both(goods: GoodsReturn) -> tuple[GoodsReturn, Shipment]:
    """As another request reads them."""
    found = GoodsReturn.objects.select_related("shipment").get(pk=goods.pk)
    return found, Shipment.objects.get(goods=found)


def stand(goods: GoodsReturn) -> tuple[str, str]:
    found, shipment = both(goods)
    return found.status, shipment.status


def test_one_accepts_what_another_cancels(goods: GoodsReturn, asep: Person, sari: Person) -> None:
    mine, his = both(goods)

    ends = testing.at_once(lambda: mine.cancel(by=sari), lambda: his.accept(by=asep))

    # whoever comes second may still cancel what was accepted
    assert "done" in ends
    assert stand(goods) in ENDS


def test_one_fetches_what_another_cancels(goods: GoodsReturn, asep: Person, sari: Person) -> None:
    _mine, his = both(goods)
    his.accept(by=asep)
    mine, his = both(goods)

    ends = testing.at_once(
        lambda: mine.cancel(by=sari), lambda: his.fetch(by=asep, giver="Dewi", count=3, pin=his.pin)
    )

    assert ends == ["done", "refused"]
    assert stand(goods) in ENDS
