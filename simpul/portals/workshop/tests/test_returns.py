"""Goods that come back, on the ticket."""

from __future__ import annotations

import pytest
from django.test import Client

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import Counted, GoodsReturn
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import LineSize
from simpul.parties.models import Party, Person


@pytest.fixture
def ticket(buyer: Party, dewi: Person) -> Ticket:
    order = testing.delivered_order(buyer)
    return Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")


def test_from_agreeing_to_the_shelf(
    client: Client, ticket: Ticket, sari: Person, rina: Person, dewi: Person
) -> None:
    testing.login(client, sari)
    here = f"/ciomas/desk/tickets/{ticket.pk}/"
    assert f"{here}return/" in client.get(here).text
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    form = {f"pairs-{size.line_id}-{size.variant.size}": "2", "way": "brought", "note": "Jumat"}
    assert client.post(f"{here}return/", {"way": "brought"}).status_code == 422  # which pairs?
    client.post(f"{here}return/", form)

    goods = GoodsReturn.objects.get()
    assert (goods.shipment, goods.pairs.get().agreed) == (None, 2)
    assert f"{here}credit/" not in client.get(here).text
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
    assert "Jumat" not in client.get(f"/ciomas/my/tickets/{ticket.pk}/").text


def test_a_courier_fetches_them_at_the_buyers_door(
    client: Client, ticket: Ticket, courier: Party, sari: Person, asep: Person, dewi: Person
) -> None:
    """The desk asks couriers, the buyer reads the PIN and who comes, the courier counts at the door,
    and each of the three sees where the pairs are."""
    testing.login(client, sari)
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    form = {f"pairs-{size.line_id}-{size.variant.size}": "2", "way": "courier"}
    answer = client.post(f"/ciomas/desk/tickets/{ticket.pk}/return/", form)
    shipment = GoodsReturn.objects.get().shipment
    assert shipment is not None
    desk = f"/ciomas/desk/deliveries/{shipment.number}/"
    assert answer["Location"] == f"{desk}offer/"
    page = client.get(desk).text
    assert f"/ciomas/desk/tickets/{ticket.pk}/" in page
    assert "2 pairs" in page
    assert f"{desk}note/" not in page
    client.post(f"{desk}offer/", {"couriers": [courier.pk], "hours": 6, "fee": "20000"})

    testing.login(client, asep)
    job = f"/ciomas/courier/jobs/{shipment.number}/"
    assert "2 pairs to fetch back" in client.get("/ciomas/courier/").text
    assert shipment.first_order.address not in client.get(job).text
    client.post(f"{job}acceptance/")
    assert shipment.first_order.address in client.get(job).text
    assert f"{job}fetching/" in client.get("/ciomas/courier/").text  # kept for the way

    testing.login(client, dewi)
    mine = f"/ciomas/my/tickets/{ticket.pk}/"
    page = client.get(mine).text
    assert courier.name in page
    assert f'<strong class="pin">{shipment.pin}</strong>' in page
    number = shipment.first_order.number
    assert (
        f'<strong class="pin">{shipment.pin}</strong>'
        in client.get(f"/ciomas/my/orders/{number}/").text
    )

    testing.login(client, asep)
    assert client.post(f"{job}failure/", {"reason": "refused"}).status_code == 422
    assert client.post(f"{job}fetching/", {"count": "2"}).status_code == 422  # no proof
    assert client.post(f"{job}fetching/", {"count": "3", "pin": shipment.pin}).status_code == 422
    said = {"count": "2", "pin": shipment.pin, "client_id": "tap-1"}
    assert client.post(f"{job}fetching/", said).status_code == 302
    assert client.post(f"{job}fetching/", said).status_code == 302  # sent twice, heard once
    assert shipment.handovers.count() == 1

    testing.login(client, dewi)
    page = client.get(mine).text
    assert "on the way back" in page
    assert 'class="pin"' not in page
    testing.login(client, sari)
    assert "on the way back" in client.get(f"/ciomas/desk/tickets/{ticket.pk}/").text


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


def fetched_by(ticket: Ticket, sari: Person, asep: Person) -> GoodsReturn:
    """Two pairs that Asep has accepted to fetch."""
    size = LineSize.objects.filter(line__order=ticket.subject).order_by("pk")[0]
    made = GoodsReturn.agree(by=sari, ticket=ticket, pairs={size: 2}, way="courier")
    assert made.shipment is not None
    testing.offer_to(made.shipment, asep)
    made.shipment.accept(by=asep)
    return made


def test_an_untouched_count_is_asked_again(
    client: Client, ticket: Ticket, sari: Person, rina: Person, asep: Person
) -> None:
    goods = fetched_by(ticket, sari, asep)
    assert goods.shipment is not None
    testing.login(client, rina)
    here = f"/ciomas/desk/tickets/returns/{goods.pk}/count/"
    pairs = goods.pairs.get().pk
    for said in ("", "0"):
        answer = client.post(here, {f"{pairs}-whole": said})
        assert answer.status_code == 422
        assert "Nothing was counted" in answer.text
    goods.refresh_from_db()
    assert goods.status == "agreed"

    goods.shipment.fetch(by=asep, count=2, pin=goods.shipment.pin)
    assert "Counted by the courier: 2 pairs" in client.get(here).text
    client.post(here, {f"{pairs}-whole": "1"})
    page = client.get(f"/ciomas/desk/tickets/{ticket.pk}/").text
    assert "Counted by the courier: 2 pairs" in page
    assert "1 did not come" in page
    other = Ticket.objects.get(kind="door")
    page = client.get(f"/ciomas/desk/tickets/{other.pk}/").text
    assert "Counted at the workshop" in page
    assert "Who received it" not in page


def test_the_shipment_leads_to_its_ticket_where_it_is_ended(
    client: Client, ticket: Ticket, sari: Person, asep: Person
) -> None:
    shipment = fetched_by(ticket, sari, asep).shipment
    assert shipment is not None
    shipment.withdraw(by=sari)
    testing.login(client, sari)
    here = f"/ciomas/desk/deliveries/{shipment.number}/"

    page = client.get(here).text

    assert f'href="/ciomas/desk/tickets/{ticket.pk}/"' in page
    assert f"{here}cancellation/" not in page
    assert client.post(f"{here}cancellation/").status_code == 409
    shipment.refresh_from_db()
    assert shipment.status == "open"


def test_a_day_is_planned_for_what_was_not_fetched(
    client: Client, ticket: Ticket, sari: Person, asep: Person
) -> None:
    shipment = fetched_by(ticket, sari, asep).shipment
    assert shipment is not None
    shipment.miss(by=asep, reason="nobody")
    day = clock.in_days(2)
    testing.login(client, asep)
    job = f"/ciomas/courier/jobs/{shipment.number}/"
    assert f"{job}attempt/" in client.get(job).text
    assert client.get(f"{job}attempt/").status_code == 200
    client.post(f"{job}attempt/", {"next_on": day.isoformat(), "next_part": "morning"})
    shipment.refresh_from_db()
    assert (shipment.status, shipment.next_on) == ("accepted", day)

    testing.login(client, sari)
    here = f"/ciomas/desk/deliveries/{shipment.number}/attempt/"
    client.post(here, {"next_on": clock.today().isoformat(), "next_part": ""})
    shipment.refresh_from_db()
    assert shipment.next_on == clock.today()


def test_what_brings_packages_is_not_fetched(
    client: Client, buyer: Party, sari: Person, asep: Person
) -> None:
    shipment = testing.shipment(buyer)
    testing.offer_to(shipment, asep)
    shipment.accept(by=asep)
    for person, part in ((asep, "courier/jobs"), (sari, "desk/deliveries")):
        testing.login(client, person)
        here = f"/ciomas/{part}/{shipment.number}/fetching/"
        for pin in (shipment.pin, "0000", "1111"):
            assert client.post(here, {"count": "1", "pin": pin}).status_code == 404
    shipment.refresh_from_db()
    assert shipment.wrong_pins == 0
