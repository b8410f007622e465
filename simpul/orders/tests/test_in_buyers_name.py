"""An order that is sent in the distributor's name: allowed to whom the workshop allows it."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.forms import OrderForm
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.workflow.steps import NotAllowed


def test_a_distributor_who_may_chooses_it(buyer: Party, dewi: Person) -> None:
    buyer.sends_in_own_name = True
    buyer.save()

    order = testing.order(buyer, by=dewi, in_buyers_name=True)

    order.refresh_from_db()
    assert order.in_buyers_name
    assert order.journal.get(step="orders.place").facts["in_buyers_name"] is True
    assert not testing.order(buyer, by=dewi).in_buyers_name


def test_nobody_else_may(buyer: Party, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        testing.order(buyer, by=dewi, in_buyers_name=True)

    assert not Order.objects.exists()


def test_the_form_asks_only_whom_it_may(buyer: Party) -> None:
    products = [testing.product(buyer.workshop)]
    assert "in_buyers_name" not in OrderForm(buyer=buyer, products=products).fields

    buyer.sends_in_own_name = True

    assert "in_buyers_name" in OrderForm(buyer=buyer, products=products).fields
    assert "in_buyers_name" in OrderForm(buyer=buyer, products=products, by_staff=True).fields
