"""Who may open the buyer's pages: the buyer, or whoever holds the link to one order."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.orders.models import Order, Status
from simpul.parties.models import AccessLink, Address, Party, Person

OF_AN_ORDER = ["", "acceptance/", "counter/", "withdrawal/", "closing/"]
OWN = ["", "orders/", "orders/new/", "addresses/", "addresses/new/", "profile/"]


@pytest.fixture
def foreign(siti: Person) -> Order:
    """An order of another buyer of the same workshop."""
    assert siti.party is not None
    return testing.offered_order(siti.party)


@pytest.mark.parametrize("page", OF_AN_ORDER)
def test_somebody_elses_order_is_not_there(client: Client, foreign: Order, page: str) -> None:
    address = f"/ciomas/my/orders/{foreign.number}/{page}"

    assert client.get(address).status_code == 404
    if page:
        assert client.post(address, {"revision": 2, "reason": "x"}).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.status, foreign.journal.count()) == (Status.OFFERED, 2)


def test_somebody_elses_order_gets_no_message(client: Client, foreign: Order) -> None:
    answer = client.post(f"/ciomas/my/orders/{foreign.number}/messages/", {"body": "Halo"})

    assert answer.status_code == 404
    assert not foreign.journal.filter(step="conversations.say").exists()


def test_somebody_elses_order_cannot_be_ordered_again(client: Client, foreign: Order) -> None:
    assert client.get(f"/ciomas/my/orders/new/?again={foreign.number}").status_code == 404


def test_somebody_elses_order_is_in_no_list(client: Client, foreign: Order) -> None:
    for page in ("", "orders/", f"orders/?q={foreign.number}"):
        assert foreign.number not in client.get(f"/ciomas/my/{page}").text.replace(
            f'value="{foreign.number}"', ""
        ).replace(f"q={foreign.number}", "")


def test_somebody_elses_address_is_not_there(client: Client, siti: Person) -> None:
    assert siti.party is not None
    hers = Address.objects.create(party=siti.party, receiver="Siti", street="Jl. 2", area="Bogor")

    for page in ("", "removal/"):
        address = f"/ciomas/my/addresses/{hers.pk}/{page}"
        assert client.get(address).status_code == 404
        assert client.post(address, {"receiver": "x"}).status_code == 404
    hers.refresh_from_db()
    assert hers.receiver == "Siti"


@pytest.mark.parametrize("page", OWN)
def test_who_is_not_logged_in_is_asked_to(db: None, buyer: Party, page: str) -> None:
    answer = Client().get(f"/ciomas/my/{page}")

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("page", OWN)
def test_staff_and_suppliers_are_sent_to_their_own_pages(
    client: Client, sari: Person, budi: Person, joko: Person, page: str
) -> None:
    for person, status in ((sari, 403), (budi, 403), (joko, 404)):
        testing.login(client, person)
        assert client.get(f"/ciomas/my/{page}").status_code == status


class TestByLink:
    @pytest.fixture
    def visitor(self, buyer: Party, dewi: Person) -> Client:
        return Client()

    @pytest.fixture
    def order(self, buyer: Party, dewi: Person, visitor: Client) -> Order:
        order = testing.offered_order(buyer)
        visitor.get(f"/l/{AccessLink.issue(dewi, order).token}/")
        return order

    def test_it_opens_the_order_and_its_steps(self, visitor: Client, order: Order) -> None:
        page = f"/ciomas/my/orders/{order.number}/"
        for name in OF_AN_ORDER:
            its_turn = name != "closing/"
            assert visitor.get(page + name).status_code == (200 if its_turn else 409)

        visitor.post(page + "acceptance/", {"revision": 2})

        order.refresh_from_db()
        assert order.status == Status.CONFIRMED
        assert "orders/new/" not in visitor.get(page).text

    @pytest.mark.parametrize("name", ["acceptance/", "counter/", "withdrawal/"])
    def test_what_was_agreed_is_not_asked_again(
        self, visitor: Client, order: Order, name: str
    ) -> None:
        """An old tab must not say that nothing was agreed and that it costs nothing."""
        page = f"/ciomas/my/orders/{order.number}/"
        visitor.post(page + "acceptance/", {"revision": 2})

        answer = visitor.get(page + name)

        assert answer.status_code == 409
        assert 'method="post"' not in answer.text.partition("<main")[2]
        assert f'href="{page}"' in answer.text

    def test_it_opens_nothing_else(self, visitor: Client, order: Order, buyer: Party) -> None:
        another = testing.order(buyer)

        for name in (*OWN, f"orders/{another.number}/", f"orders/new/?again={order.number}"):
            assert visitor.get(f"/ciomas/my/{name}").status_code == 302
