from __future__ import annotations

import pytest

from simpul import testing
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.payments import agreement
from simpul.payments.models import BankAccount


@pytest.fixture
def account(workshop: Workshop, fajar: Person, owner: Person) -> BankAccount:
    """The workshop's account, seen by two and waited for."""
    return testing.account(workshop)


@pytest.fixture
def order(buyer: Party, sari: Person, account: BankAccount) -> Order:
    """Ten pairs for 2.000.000, confirmed: 600.000 first, the rest at hand-over."""
    made = testing.order(buyer)
    agreement.confirm(made, by=sari)
    return made
