"""Goods that come back, on the ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.crm.models import Counted, GoodsReturn
from simpul.delivery.models import Shipment
from simpul.insight.audit import findings
from simpul.lib import clock
from simpul.orders.models import LineSize
from simpul.parties.models import Party, Person
from simpul.portals.jinja import sentence
from simpul.workflow.models import journal_of


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
    assert (
        client.post(f"{job}fetching/", {"giver": "Dewi", "count": "2"}).status_code == 422
    )  # no proof
    said = {"giver": "Bu Dewi", "count": "2", "pin": shipment.pin, "client_id": "tap-1"}
    assert client.post(f"{job}fetching/", said | {"count": "3"}).status_code == 422
    assert client.post(f"{job}fetching/", said).status_code == 302
    assert client.post(f"{job}fetching/", said).status_code == 302  # sent twice, heard once
    assert shipment.handovers.count() == 1
    page = client.get(job).text
    assert "goods that come back" in page
    assert "to fetch back" not in page

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

    goods.shipment.fetch(by=asep, giver="Dewi", count=2, pin=goods.shipment.pin)
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
    shipment.fail(by=asep, reason="nobody")
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


def test_the_desk_notes_what_a_courier_telephoned_and_the_buyer_reads_that_nothing_proves_it(
    client: Client, ticket: Ticket, sari: Person, asep: Person, dewi: Person
) -> None:
    shipment = fetched_by(ticket, sari, asep).shipment
    assert shipment is not None
    testing.login(client, sari)
    here = f"/ciomas/desk/deliveries/{shipment.number}/"
    said = {"giver": "Bu Dewi", "count": "2", "told_on": clock.today().isoformat()}
    answer = client.post(f"{here}fetching/", said)
    assert answer.status_code == 422
    assert "say that there is no proof" in answer.text
    assert 'value="Bu Dewi"' in answer.text
    later = said | {"has_no_proof": "on", "told_on": clock.in_days(1).isoformat()}
    assert "That day is still to come" in client.post(f"{here}fetching/", later).text
    before = later | {"told_on": clock.in_days(-3).isoformat()}
    assert "at the earliest." in client.post(f"{here}fetching/", before).text
    assert client.post(f"{here}fetching/", said | {"has_no_proof": "on"})["Location"] == here

    page = client.get(here).text
    assert "Who gave them along" in page
    assert "none, only the courier&#39;s word" in page
    assert "Sari notes by the courier's word, without a proof: 2 pairs" in page
    there_is_none = "There is no proof, only the courier's word."
    assert there_is_none in client.get(f"/ciomas/desk/tickets/{ticket.pk}/").text
    testing.login(client, dewi)
    for mine in (f"tickets/{ticket.pk}", f"orders/{shipment.first_order.number}"):
        page = client.get(f"/ciomas/my/{mine}/").text
        assert "the courier took 2 pairs along, as he says" in page
        assert "If it was not so, write to us here." in page


def test_what_is_proved_needs_no_word_of_the_buyer(
    client: Client, ticket: Ticket, sari: Person, asep: Person, dewi: Person
) -> None:
    shipment = fetched_by(ticket, sari, asep).shipment
    assert shipment is not None
    testing.login(client, sari)
    said = {"giver": "Bu Dewi", "count": "2", "told_on": clock.today().isoformat()}
    said |= {"pin": shipment.pin, "has_no_proof": "on"}  # there is one, after all
    client.post(f"/ciomas/desk/deliveries/{shipment.number}/fetching/", said)

    handed = shipment.handovers.get()
    assert (handed.is_proved, handed.receiver) == (True, "Bu Dewi")
    testing.login(client, dewi)
    assert "If it was not so" not in client.get(f"/ciomas/my/tickets/{ticket.pk}/").text


def test_what_a_fetch_costs_stands_on_its_ticket(
    client: Client, ticket: Ticket, sari: Person, courier: Party, asep: Person, dewi: Person
) -> None:
    shipment = fetched_by(ticket, sari, asep).shipment
    assert shipment is not None
    shipment.withdraw(by=sari)
    until = clock.now() + timedelta(hours=2)
    shipment.offer(by=sari, couriers=[courier], expires_at=until, fee=25_000)
    testing.login(client, sari)
    assert (
        "Fee: Rp\N{NO-BREAK SPACE}25,000" in client.get(f"/ciomas/desk/tickets/{ticket.pk}/").text
    )
    testing.login(client, dewi)
    assert "25,000" not in client.get(f"/ciomas/my/tickets/{ticket.pk}/").text


def test_the_journal_calls_it_fetching_and_not_a_delivery(
    buyer: Party, courier: Party, sari: Person, rina: Person, asep: Person
) -> None:
    made = Shipment.call_for(by=sari, order=testing.delivered_order(buyer), pairs=3)
    testing.offer_to(made, asep)
    made.pass_on(by=asep)  # nobody is left
    testing.offer_to(made, asep)
    made.accept(by=asep)
    made.fail(by=asep, reason="nobody")
    made.withdraw(by=sari)

    def said(language: str) -> list[str]:
        with override(language):
            return [str(sentence(one)) for one in journal_of(made)]

    by = testing.keeper(made.workshop)
    assert said("en") == [
        "Sari lets 3 pairs be fetched back.",
        f"{by} offered the fetching of goods to couriers.",
        "Asep left the fetching to others.",
        "None of the couriers who were asked took the fetching.",
        f"{by} offered the fetching of goods to couriers.",
        "Asep accepted the fetching.",
        "A courier comes to fetch the goods that go back.",
        "Asep: nothing was fetched, nobody was there.",
        "Sari took the fetching back from the courier.",
        "The courier does not come for the goods that go back after all.",
    ]
    assert said("id") == [
        "Sari minta 3 pasang dijemput dari pembeli.",
        f"{by} menawarkan penjemputan barang kepada kurir.",
        "Asep melewatkan penjemputan ini.",
        "Tidak ada kurir yang mengambil penjemputan ini.",
        f"{by} menawarkan penjemputan barang kepada kurir.",
        "Asep mengambil penjemputan ini.",
        "Kurir akan datang menjemput barang yang dikembalikan.",
        "Asep: belum ada yang dijemput, tidak ada orang.",
        "Sari menarik kembali penjemputan dari kurir.",
        "Kurir tidak jadi datang menjemput barang yang dikembalikan.",
    ]
