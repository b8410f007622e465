from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.parties.models import Person


@pytest.fixture
def client(client: Client, dewi: Person) -> Client:
    """A browser in which Dewi, who owns the shop that buys, has logged in."""
    testing.login(client, dewi)
    return client
