"""Goods that come back, on the ticket."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import Counted, GoodsReturn
from simpul.insight.audit import findings
from simpul.orders.models import LineSize
from simpul.parties.models import Party, Person


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    order = testing.delivered_order(buyer)
    return Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")


def test_from_agreeing_to_the_shelf(
    client: Client, ticket: Ticket, courier: Party, sari: Person, rina: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    here = f"/ciomas/desk/tickets/{ticket.pk}/"
    assert f"{here}return/" in client.get(here).text
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    form = {f"pairs-{size.line_id}-{size.variant.size}": "2", "way": "courier", "note": "Jumat"}
    assert client.post(f"{here}return/", form).status_code == 422  # by which courier?
    assert client.post(f"{here}return/", {"way": "brought"}).status_code == 422  # which pairs?
    client.post(f"{here}return/", form | {"courier": str(courier.pk)})

    goods = GoodsReturn.objects.get()
    assert (goods.courier, goods.pairs.get().agreed) == (courier, 2)
    page = client.get(here).text
    assert courier.name in page
    assert f"{here}credit/" not in page
    client.post(f"/ciomas/desk/tickets/returns/{goods.pk}/leaving/")
    testing.login(client, rina)
    count = f"/ciomas/desk/tickets/returns/{goods.pk}/count/"
    pairs = goods.pairs.get().pk
    assert client.post(count, {f"{pairs}-whole": "2", f"{pairs}-seconds": "1"}).status_code == 422
    client.post(count, {f"{pairs}-whole": "1", f"{pairs}-seconds": "1"})

    goods.refresh_from_db()
    assert goods.status == "back"
    testing.login(client, sari)
    assert f"{here}credit/" in client.get(here).text
    testing.login(client, dewi)
    page = client.get(f"/ciomas/my/tickets/{ticket.pk}/").text
    assert courier.name not in page
    assert "Jumat" not in page


def test_those_of_a_ticket_that_was_merged_stand_where_it_is_read(
    client: Client, ticket: Ticket, buyer: Party, sari: Person, dewi: Person
) -> None:
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    goods = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 2}, way="brought")
    other = Ticket.ask(by=dewi, kind="complaint", party=buyer, body="Lagi.",
                       subject=ticket.subject)  # fmt: skip
    ticket.merge(by=sari, into=other)
    testing.login(client, sari)

    page = client.get(f"/ciomas/desk/tickets/{other.pk}/").text

    assert f"/ciomas/desk/tickets/returns/{goods.pk}/leaving/" in page
    assert f"/ciomas/desk/tickets/{other.pk}/credit/" not in page


def test_the_audit_finds_nothing_new(ticket: Ticket, sari: Person, rina: Person) -> None:
    before = list(findings(ticket.workshop))
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    goods = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 2}, way="brought")
    goods.count_in(by=rina, counted={goods.pairs.get().pk: Counted(2, 0, 0)})

    assert list(findings(ticket.workshop)) == before
