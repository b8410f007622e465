"""Carriers: prices, bookings and news, at a server that really listens on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from simpul import testing
from simpul.delivery import carrying
from simpul.delivery.carriers import State
from simpul.delivery.carriers.tests.samples import biteship
from simpul.delivery.models import (
    CarrierAccount,
    Consignment,
    NotReady,
    RateRequest,
    Shipment,
    TrackingEvent,
)
from simpul.delivery.models.consignment import DEMO, SILENT
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

PRICING = [
    {
        "courier_code": "jnt",
        "courier_name": "J&T",
        "courier_service_code": "ez",
        "courier_service_name": "EZ",
        "price": 61_000,
        "shipment_duration_range": "1 - 2",
        "shipment_duration_unit": "days",
    },
    {
        "courier_code": "jne",
        "courier_name": "JNE",
        "courier_service_code": "reg",
        "courier_service_name": "Reguler",
        "price": 54_000,
        "shipment_duration_range": "2 - 3",
        "shipment_duration_unit": "days",
    },
    {"courier_code": "sap", "courier_service_code": "reg", "price": "call us"},
]
BOOKED = {
    "success": True,
    "id": "bs-1",
    "price": 54_000,
    "status": "confirmed",
    "courier": {"waybill_id": "jp-1234567890", "link": "https://track.biteship.com/x"},
}


class Side:
    """What Biteship of this test was asked, and what it answers instead of the right thing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.keys: set[str] = set()
        self.answer: tuple[int, Any] | None = None
        self.drops_answers = False


class Door(BaseHTTPRequestHandler):
    side: Side

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self) -> None:
        self._answer({})

    do_DELETE = do_GET

    def _answer(self, fields: dict[str, Any]) -> None:
        side = self.side
        side.asked.append((self.command, self.path, fields))
        side.keys.add(self.headers["Authorization"])
        if side.drops_answers:
            self.connection.close()
            return
        right = {"success": True, "pricing": PRICING} if "rates" in self.path else BOOKED
        status, said = side.answer or (200, right)
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def side(settings: Settings) -> Iterator[Side]:
    Door.side = Side()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    settings.OUTGOING_INSTEAD = {"api.biteship.com": here}
    yield Door.side
    server.shutdown()
    server.server_close()


@pytest.fixture
def shipment(buyer: Party, rina: Person, owner: Person) -> Shipment:
    Workshop.objects.update(street="Jl. Raya 1", postcode="16610", telephone="+622518600000")
    buyer.workshop.refresh_from_db()
    return testing.shipment(buyer, "expedition", telephone="+6281200000001")


@pytest.fixture
def asked(shipment: Shipment, rina: Person) -> RateRequest:
    for package in shipment.packages.all():
        package.weigh(by=rina, weight=4_300, length=680, width=425, height=360)
    return RateRequest.ask(
        by=rina,
        shipment=shipment,
        account=testing.carrier(shipment.workshop),
        postcode="40111",
        value=500_001,
    )


@pytest.fixture
def booked(shipment: Shipment, rina: Person) -> Consignment:
    return testing.booked_consignment(shipment)


def leave(shipment: Shipment, by: Person) -> None:
    shipment.issue_note(by=by)
    shipment.hand_over(by=by, count=2)


def tell(consignment: Consignment, word: str, **more: Any) -> None:
    account = consignment.account
    assert account is not None
    event, is_new = TrackingEvent.store(account, biteship(word, **more).body)
    if is_new:
        carrying.hear(event)
    consignment.refresh_from_db()
    consignment.shipment.refresh_from_db()


def test_prices_stand_side_by_side_the_cheapest_first(asked: RateRequest, side: Side) -> None:
    carrying.ask_rates(asked)
    asked.refresh_from_db()

    (how, path, fields) = side.asked[0]
    assert (how, path) == ("POST", "/v1/rates/couriers")
    assert (fields["origin_postal_code"], fields["destination_postal_code"]) == (16610, 40111)
    assert fields["items"][0] == {
        "name": "Koli 1", "value": 250_000, "weight": 4_300, "quantity": 1,
        "length": 68, "width": 43, "height": 36,
    }  # fmt: skip
    assert fields["items"][1]["value"] == 250_001
    assert side.keys == {"api_key-CONTOH"}
    assert [(rate.name, rate.price, rate.days) for rate in asked.offers] == [
        ("JNE Reguler", 54_000, 3),
        ("J&T EZ", 61_000, 2),
    ]


def test_what_stands_in_the_way_is_kept_with_it(asked: RateRequest, side: Side) -> None:
    side.answer = 400, {"success": False, "error": "postal code not found"}
    carrying.ask_rates(asked)
    asked.refresh_from_db()
    assert (asked.offers, asked.trouble) == ([], "HTTP 400 postal code not found")


def test_packages_that_nobody_weighed_are_not_asked_about(shipment: Shipment, rina: Person) -> None:
    with pytest.raises(NotReady):
        RateRequest.ask(
            by=rina, shipment=shipment, account=testing.carrier(shipment.workshop),
            postcode="40111", value=0,
        )  # fmt: skip
    assert not RateRequest.objects.exists()


def test_the_demonstration_asks_nobody(
    asked: RateRequest, side: Side, settings: Settings, rina: Person
) -> None:
    settings.DEMO = True
    carrying.ask_rates(asked)
    chosen = testing.consignment(asked.shipment)
    chosen.book(by=rina)
    carrying.book(chosen)
    chosen.refresh_from_db()
    assert (chosen.status, chosen.trouble) == ("chosen", DEMO)
    assert side.asked == []


def test_the_chosen_one_is_how_it_travels(shipment: Shipment, rina: Person) -> None:
    chosen = testing.consignment(shipment)
    shipment.refresh_from_db()
    assert (shipment.mode, shipment.route) == ("expedition", "JNE Reguler")
    assert (shipment.fee, shipment.days) == (54_000, 2)
    assert (chosen.status, chosen.name, chosen.price) == ("chosen", "JNE Reguler", 54_000)


def test_what_was_not_offered_cannot_be_chosen(shipment: Shipment, rina: Person) -> None:
    asked = testing.rates(shipment)
    with pytest.raises(WrongState):
        Consignment.choose(by=rina, request=asked, company="jne", service="yes")
    shipment.refresh_from_db()
    assert (shipment.fee, Consignment.objects.count()) == (35_000, 0)


def test_finance_does_not_choose(shipment: Shipment, fajar: Person) -> None:
    asked = testing.rates(shipment)
    with pytest.raises(NotAllowed):
        Consignment.choose(by=fajar, request=asked, company="jne", service="reg")
    assert not Consignment.objects.exists()


def test_a_booking_brings_the_number(shipment: Shipment, rina: Person, side: Side) -> None:
    chosen = testing.consignment(shipment)
    chosen.book(by=rina)
    carrying.book(chosen)
    chosen.refresh_from_db()

    (_how, path, fields) = side.asked[0]
    assert path == "/v1/orders"
    assert (fields["courier_company"], fields["courier_type"]) == ("jne", "reg")
    assert fields["destination_contact_phone"] == "+6281200000001"
    assert fields["destination_postal_code"] == 40111
    assert (chosen.status, chosen.number, chosen.state) == ("booked", "JP1234567890", State.BOOKED)
    assert chosen.url == "https://track.biteship.com/x"


def test_it_is_booked_once(shipment: Shipment, rina: Person, side: Side) -> None:
    chosen = testing.consignment(shipment)
    chosen.book(by=rina)
    same = Consignment.objects.get(pk=chosen.pk)
    carrying.book(chosen)
    carrying.book(same)
    assert len(side.asked) == 1


def test_where_no_answer_comes_a_person_decides(
    shipment: Shipment, rina: Person, side: Side
) -> None:
    side.drops_answers = True
    chosen = testing.consignment(shipment)
    chosen.book(by=rina)
    carrying.book(chosen)
    carrying.tend(shipment.workshop)
    chosen.refresh_from_db()
    assert (chosen.status, chosen.is_unsure, chosen.trouble) == ("chosen", True, SILENT)
    assert len(side.asked) == 1


def test_a_worker_that_broke_off_leaves_nothing_hanging(shipment: Shipment, rina: Person) -> None:
    chosen = testing.consignment(shipment)
    chosen.book(by=rina)
    assert not carrying.needs_tending(shipment.workshop)
    with clock.stopped(clock.now() + timedelta(minutes=6)):
        assert carrying.needs_tending(shipment.workshop)
        carrying.tend(shipment.workshop)
    chosen.refresh_from_db()
    assert (chosen.status, chosen.is_unsure) == ("chosen", True)


def test_a_refusal_can_be_tried_again(shipment: Shipment, rina: Person, side: Side) -> None:
    side.answer = 400, {"error": "balance not enough"}
    chosen = testing.consignment(shipment)
    chosen.book(by=rina)
    carrying.book(chosen)
    chosen.refresh_from_db()
    assert (chosen.trouble, chosen.is_unsure) == ("HTTP 400 balance not enough", False)
    side.answer = None
    chosen.book(by=rina)
    carrying.book(chosen)
    assert Consignment.objects.get().status == "booked"


def test_a_booked_shipment_is_not_cancelled_beside_its_carrier(
    booked: Consignment, rina: Person, side: Side
) -> None:
    with pytest.raises(WrongState):
        booked.shipment.cancel(by=rina)
    booked.call_off(by=rina)
    carrying.call_off(booked)
    assert [(how, path) for how, path, _fields in side.asked] == [("DELETE", "/v1/orders/bs-1")]
    booked.shipment.cancel(by=rina)
    assert booked.shipment.status == "cancelled"


def test_what_it_has_fetched_is_not_called_off_and_arrives(
    booked: Consignment, rina: Person
) -> None:
    tell(booked, "picked")
    with pytest.raises(WrongState):
        booked.call_off(by=rina)
    leave(booked.shipment, rina)
    tell(booked, "delivered")
    assert (booked.status, booked.shipment.status) == ("booked", "delivered")


def test_what_has_left_by_our_count_is_not_called_off_either(
    booked: Consignment, rina: Person
) -> None:
    leave(booked.shipment, rina)
    with pytest.raises(WrongState):
        booked.call_off(by=rina)
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_one_that_was_called_off_too_late_is_heard_again(
    booked: Consignment, rina: Person, side: Side
) -> None:
    booked.call_off(by=rina)
    side.answer = 400, {"error": "order is on its way"}
    carrying.call_off(booked)
    tell(booked, "allocated")
    assert booked.status == "ended"
    tell(booked, "picked")
    assert (booked.status, booked.state, booked.number) == ("booked", 20, "JP1234567890")


def test_it_does_not_push_out_whoever_has_its_place(booked: Consignment, rina: Person) -> None:
    booked.call_off(by=rina)
    other = testing.consignment(booked.shipment)
    tell(booked, "picked")
    assert booked.status == "ended"
    assert Consignment.objects.standing().get() == other


def test_a_carrier_that_gave_up_makes_room_for_another(booked: Consignment, rina: Person) -> None:
    tell(booked, "courier_not_found")
    booked.call_off(by=rina)
    assert testing.consignment(booked.shipment).status == "chosen"


def test_its_words_move_what_is_shown_and_only_forward(booked: Consignment) -> None:
    for word, state in (
        ("picked", State.FETCHED), ("dropping_off", State.MOVING), ("allocated", State.MOVING),
        ("on_hold", State.MOVING), ("teleported", State.MOVING),
    ):  # fmt: skip
        tell(booked, word)
        assert booked.state == state
    assert booked.events.count() == 5


def test_a_word_that_comes_again_is_heard_once(booked: Consignment) -> None:
    for _turn in range(3):
        tell(booked, "picked")
    assert TrackingEvent.objects.get().times == 3
    assert Entry.objects.filter(step="delivery.hear_carrier").count() == 1


def test_what_it_delivered_has_arrived_without_a_signature(
    booked: Consignment, rina: Person
) -> None:
    leave(booked.shipment, rina)
    tell(booked, "delivered")
    assert booked.shipment.status == "delivered"
    assert booked.shipment.first_order.lines.get().sizes.count()
    assert not booked.shipment.handovers.filter(kind="in").exists()
    assert Entry.objects.filter(step="delivery.carrier_delivers").count() == 1


def test_what_is_delivered_before_it_left_waits_for_our_count(
    booked: Consignment, rina: Person
) -> None:
    tell(booked, "delivered")
    assert booked.shipment.status == "open"
    leave(booked.shipment, rina)
    carrying.tend(booked.shipment.workshop)
    booked.shipment.refresh_from_db()
    assert booked.shipment.status == "delivered"


def test_what_comes_back_is_said_to_the_workshop_once(booked: Consignment, rina: Person) -> None:
    leave(booked.shipment, rina)
    tell(booked, "return_in_transit")
    tell(booked, "returned")
    assert booked.shipment.status == "picked_up"
    assert Entry.objects.filter(step="delivery.carrier_fails").count() == 1


def test_a_price_after_weighing_again_is_shown_beside_the_fee(booked: Consignment) -> None:
    tell(booked, "confirmed", event="order.price", price=61_000)
    assert (booked.price, booked.charged, booked.is_reweighed) == (54_000, 61_000, True)
    assert booked.shipment.fee == 54_000


def test_a_notice_that_got_lost_is_asked_for(booked: Consignment, rina: Person, side: Side) -> None:
    leave(booked.shipment, rina)
    side.answer = 200, BOOKED | {"status": "delivered"}
    assert carrying.has_questions(booked.shipment.workshop)
    carrying.ask_for_news(booked.shipment.workshop)
    booked.shipment.refresh_from_db()
    assert booked.shipment.status == "delivered"
    assert not carrying.has_questions(booked.shipment.workshop)


def test_whoever_waits_longest_does_not_keep_others_from_being_asked(
    buyer: Party, booked: Consignment, rina: Person, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "A_BATCH", 1)
    other = testing.booked_consignment(testing.shipment(buyer, "expedition"), "bs-2")
    for one in (booked, other):
        leave(one.shipment, rina)
    carrying.ask_for_news(booked.shipment.workshop)
    assert [path for _how, path, _fields in side.asked] == ["/v1/orders/bs-1", "/v1/orders/bs-2"]


def test_one_word_that_breaks_does_not_stop_the_others(
    booked: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert booked.account is not None
    broken, _is_new = TrackingEvent.store(booked.account, biteship("allocated").body)
    TrackingEvent.store(booked.account, biteship("picked").body)
    hear = carrying.hear

    def hear_some(event: TrackingEvent) -> None:
        if event == broken:
            raise RuntimeError
        hear(event)

    monkeypatch.setattr(carrying, "hear", hear_some)
    with clock.stopped(clock.now() + timedelta(minutes=3)):
        carrying.tend(booked.shipment.workshop)
    booked.refresh_from_db()
    assert booked.state == State.FETCHED


def test_a_note_that_names_the_old_way_is_void(shipment: Shipment, rina: Person) -> None:
    shipment.issue_note(by=rina)
    testing.consignment(shipment)
    shipment.refresh_from_db()
    assert (shipment.route, shipment.note_number) == ("JNE Reguler", "")
    shipment.issue_note(by=rina)
    paper = shipment.note_paper()
    assert paper is not None
    assert ["Rute", "JNE Reguler"] in paper.facts["details"]


def test_a_word_that_is_quicker_than_the_booking_is_not_lost(
    shipment: Shipment, rina: Person, side: Side
) -> None:
    chosen = testing.consignment(shipment)
    assert chosen.account is not None
    event, _is_new = TrackingEvent.store(chosen.account, biteship("allocated").body)
    carrying.hear(event)
    chosen.book(by=rina)
    carrying.book(chosen)
    assert Consignment.objects.get().state == State.COMING


def test_in_the_buyers_name_nothing_leads_to_the_workshop(
    shipment: Shipment, rina: Person, side: Side
) -> None:
    Order.objects.update(in_buyers_name=True)
    mine = Shipment.objects.get(pk=shipment.pk)
    Identity.objects.filter(person__party=mine.buyer, kind="phone").delete()
    with pytest.raises(NotReady, match="no telephone number here"):
        carrying.demand_ready(mine)

    chosen = testing.consignment(mine)
    chosen.book(by=rina)
    carrying.book(chosen)

    chosen.refresh_from_db()
    assert (chosen.status, chosen.trouble, side.asked) == ("chosen", "SENDER", [])


@pytest.mark.parametrize("odd", ["\ud800", "\0"])
def test_a_word_that_cannot_be_kept_stops_nothing(booked: Consignment, odd: str) -> None:
    tell(booked, f"pick{odd}")
    tell(booked, "picked", order_id=f"bs{odd}")
    tell(booked, "picked")
    assert booked.state == State.FETCHED
    assert not TrackingEvent.objects.filter(read_at=None).exists()


# By hand


def test_a_number_is_typed_by_hand_and_corrected(shipment: Shipment, rina: Person) -> None:
    first = Consignment.write_down(
        by=rina, shipment=shipment, carrier="JNE", number=" jp 1234-567 "
    )
    second = Consignment.write_down(by=rina, shipment=shipment, carrier="TIKI", number="")
    first.refresh_from_db()
    assert (first.number, first.status) == ("JP1234567", "ended")
    assert (second.name, second.number, second.status) == ("TIKI", "", "booked")


def test_an_ojek_has_no_tracking_number(buyer: Party, rina: Person) -> None:
    with pytest.raises(WrongState):
        Consignment.write_down(
            by=rina, shipment=testing.shipment(buyer), carrier="JNE", number="JP1234567"
        )
    assert not Consignment.objects.exists()


def test_a_number_does_not_stand_beside_a_booking(booked: Consignment, rina: Person) -> None:
    with pytest.raises(WrongState):
        Consignment.write_down(by=rina, shipment=booked.shipment, carrier="JNE", number="JP1234567")
    assert Consignment.objects.get().status == "booked"


def test_the_owner_alone_enters_keys(workshop: Workshop, sari: Person, owner: Person) -> None:
    keys = {"api_key": "rahasia sekali", "webhook_secret": "kata yang panjang"}
    with pytest.raises(NotAllowed):
        CarrierAccount.connect(by=sari, provider="biteship", keys=keys)
    made = CarrierAccount.connect(by=owner, provider="biteship", keys=keys)
    assert made.open_keys() == keys
    assert "rahasia" not in made.keys
    assert "rahasia" not in str(Entry.objects.get(step="delivery.connect_carrier").facts)
