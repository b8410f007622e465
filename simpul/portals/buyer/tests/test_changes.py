"""A buyer changes an agreed order, or answers a change that the workshop proposes."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.catalog.models import Variant
from simpul.orders.models import Amendment, Order
from simpul.parties.models import Party, Person


@pytest.fixture
def client(client: Client, dewi: Person) -> Client:
    """A browser in which Dewi, who buys, has logged in."""
    testing.login(client, dewi)
    return client


@pytest.fixture
def order(buyer: Party) -> Order:
    return testing.needy_order(buyer)


def page(order: Order, rest: str = "") -> str:
    return f"/ciomas/my/orders/{order.number}/{rest}"


def wish(order: Order, **sizes: str) -> dict[str, str]:
    colourway = order.lines.get().colourway_id
    cells = {f"pairs-{colourway}-{name[1:]}": pairs for name, pairs in sizes.items()}
    assert order.promised_on is not None
    return cells | {"promised_on": order.promised_on.isoformat(), "note": "Tolong ya"}


def test_looking_says_the_money_and_asks_for_nothing(client: Client, order: Order) -> None:
    testing.fetch_material(order)

    answer = client.post(page(order, "change/"), wish(order, s40="4", s41="1") | {"look": "1"})

    text = " ".join(answer.text.split())
    assert "5 pairs fewer, not begun yet" in text
    assert "Rp 1,000,000" in text
    assert "Some of what would not be needed then is bought already" in text
    assert "LEATHER" not in text  # what is bought for it is none of the buyer's business
    assert not Amendment.objects.exists()


def test_it_is_asked_for(client: Client, order: Order) -> None:
    assert page(order, "change/") in client.get(page(order)).text

    answer = client.post(page(order, "change/"), wish(order, s40="4", s41="6", s42="2"))

    made = Amendment.objects.get()
    assert answer["Location"] == page(order, "changes/2/")
    assert (made.is_ours, made.revision.total) == (False, 2_400_000)
    assert "changes/2/withdrawal/" in client.get(page(order, "changes/2/")).text
    assert page(order, "change/") not in client.get(page(order)).text


def test_it_is_taken_back(client: Client, order: Order) -> None:
    testing.amendment(order, s40=4)

    client.post(page(order, "changes/2/withdrawal/"))

    assert Amendment.objects.get().status == "withdrawn"


def test_the_workshops_proposal_is_accepted(client: Client, order: Order, sari: Person) -> None:
    testing.amendment(order, sari, s40=4)
    text = client.get(page(order)).text
    assert "The workshop proposes a change of this order" in text

    answer = client.post(page(order, "changes/2/acceptance/"))

    assert answer["Location"] == page(order)
    assert Order.objects.get().total == 800_000


def test_the_workshops_proposal_is_refused(client: Client, order: Order, sari: Person) -> None:
    testing.amendment(order, sari, s40=4)

    assert client.post(page(order, "changes/2/refusal/"), {"reason": ""}).status_code == 422
    client.post(page(order, "changes/2/refusal/"), {"reason": "Butuh semua."})

    assert Amendment.objects.get().reason == "Butuh semua."
    assert Order.objects.get().total == 2_000_000


def test_somebody_elses_change_is_not_found(
    client: Client, order: Order, sari: Person, siti: Person
) -> None:
    testing.amendment(order, sari, s40=4)
    testing.login(client, siti)

    for rest in ("change/", "changes/2/", "changes/2/refusal/"):
        assert client.get(page(order, rest)).status_code == 404
    for rest in ("changes/2/acceptance/", "changes/2/withdrawal/"):
        assert client.post(page(order, rest)).status_code == 404
    assert Amendment.objects.get().status == "proposed"


def test_pairs_of_a_size_that_is_not_made_any_more_stay(client: Client, order: Order) -> None:
    Variant.objects.filter(colourway=order.lines.get().colourway, size="41").update(
        is_offered=False
    )

    client.post(page(order, "change/"), wish(order, s40="2"))

    made = Amendment.objects.get()
    assert made.revision.lines.get().sizes == {"40": 2, "41": 6}


def test_what_cannot_be_changed_is_said_and_nothing_is_lost(client: Client, order: Order) -> None:
    testing.shelve(order)
    testing.fill(order, pairs=10)

    answer = client.post(page(order, "change/"), wish(order, s40="1", s41="6"))

    assert answer.status_code == 422
    assert "packed already" in answer.text
    assert "Tolong ya" in answer.text
