from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Conversation, InternalNote, Message
from simpul.delivery.models import Package, Shipment
from simpul.lib import clock
from simpul.orders.models import LineSize, Order, Status, Track
from simpul.parties.models import Identity, Party, Person


def page_of(order: Order) -> str:
    return f"/ciomas/my/orders/{order.number}/"


def cell(order: Order, size: str) -> str:
    return f"pairs-{order.lines.get().colourway_id}-{size}"


@pytest.fixture
def offered(buyer: Party) -> Order:
    return testing.offered_order(buyer, testing.product(buyer.workshop, name="Derby"), note="Nett")


def test_the_page_shows_the_offer_and_what_it_changes(client: Client, offered: Order) -> None:
    text = client.get(page_of(offered)).text

    assert "Rp\u00a0200,000" in text
    assert "Rp\u00a0190,000" in text
    assert "Nett" in text
    assert f"{page_of(offered)}acceptance/" in text


def test_it_is_accepted(client: Client, offered: Order, dewi: Person) -> None:
    assert 'name="revision" value="2"' in client.get(page_of(offered) + "acceptance/").text

    answer = client.post(page_of(offered) + "acceptance/", {"revision": "2"})

    assert answer["Location"] == page_of(offered)
    offered.refresh_from_db()
    assert (offered.status, offered.agreed_revision) == (Status.CONFIRMED, 2)


def test_an_offer_that_changed_meanwhile_is_not_accepted(client: Client, offered: Order) -> None:
    testing.offer(offered, price=250_000)

    assert client.post(page_of(offered) + "acceptance/", {"revision": "2"}).status_code == 409
    offered.refresh_from_db()
    assert offered.status == Status.OFFERED


def test_the_buyer_does_not_learn_whose_order_goes_before_or_after_his(
    client: Client, buyer: Party, udin: Person
) -> None:
    mine, other = testing.confirmed_order(buyer), testing.confirmed_order(buyer)

    mine.take_turn(by=udin, after=other.number)

    assert mine.journal.filter(step="orders.take_turn").exists()
    text = client.get(page_of(mine)).text
    assert "confirmed the order" in text
    assert other.number not in text


def test_it_is_answered_with_another_wish(client: Client, offered: Order) -> None:
    page = page_of(offered) + "counter/"
    data = {cell(offered, "40"): "5", "promised_on": clock.in_days(40).isoformat(), "note": "Ya"}

    assert client.post(page, {**data, cell(offered, "40"): "lima"}).status_code == 422
    assert client.post(page, data)["Location"] == page_of(offered)

    offered.refresh_from_db()
    assert (offered.status, offered.revision, offered.total) == (Status.PLACED, 3, 950_000)


def test_it_is_taken_back(client: Client, offered: Order) -> None:
    client.post(page_of(offered) + "withdrawal/", {"reason": "Salah ukuran"})

    offered.refresh_from_db()
    assert (offered.status, offered.reason) == (Status.WITHDRAWN, "Salah ukuran")
    assert client.post(page_of(offered) + "withdrawal/", {"reason": "x"}).status_code == 409


def test_it_is_closed_when_all_has_come_and_is_paid(client: Client, buyer: Party) -> None:
    order = testing.confirmed_order(buyer)
    for size in order.lines.get().sizes.all():
        for track in Track:
            size.advance(track, size.pairs)
    order.deliver_all()
    assert client.post(page_of(order) + "closing/", {"key": "a"}).status_code == 409
    for instalment in order.instalments.all():
        instalment.receive(instalment.amount)

    assert page_of(order) + "closing/" in client.get(page_of(order)).text
    client.post(page_of(order) + "closing/", {"key": "b"})

    order.refresh_from_db()
    assert order.status == Status.CLOSED
    assert client.get(page_of(order)).status_code == 200


@pytest.mark.parametrize(
    "make",
    [testing.order, testing.offered_order, testing.confirmed_order],
    ids=["placed", "offered", "confirmed"],
)
def test_every_state_has_its_page(client: Client, buyer: Party, make: object) -> None:
    assert callable(make)
    order: Order = make(buyer)

    for address in (page_of(order), "/ciomas/my/", "/ciomas/my/orders/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"


def test_an_order_that_waits_for_a_price_has_its_page(client: Client, buyer: Party) -> None:
    buyer.is_welcome = False
    buyer.save()
    order = testing.order(buyer)

    for address in (page_of(order), "/ciomas/my/", "/ciomas/my/orders/"):
        assert client.get(address).status_code == 200


def test_something_is_said(client: Client, offered: Order, dewi: Person) -> None:
    page = page_of(offered) + "messages/"

    assert client.post(page, {"body": "  "}).status_code == 422
    assert client.post(page, {"body": "Bisa lebih cepat?"})["Location"] == page_of(offered)

    message = Message.objects.get()
    assert (message.body, message.by) == ("Bisa lebih cepat?", dewi)
    assert "Bisa lebih cepat?" in client.get(page_of(offered)).text


@pytest.fixture
def shipment(buyer: Party) -> Shipment:
    """Ten finished pairs in one carton, offered to nobody yet."""
    order = testing.needy_order(buyer)
    testing.shelve(order)
    sizes = LineSize.objects.filter(line__order=order)
    keeper = testing.keeper(buyer.workshop)
    Package.pack(by=keeper, order=order, contents={size: size.pairs for size in sizes})
    return Shipment.open(by=keeper, orders=[order], mode=Shipment.Mode.OJEK)


def test_an_order_of_which_nothing_was_taken_does_not_read_delivered(
    client: Client, buyer: Party, asep: Person, dewi: Person
) -> None:
    taken, refused = testing.packed_order(buyer), testing.packed_order(buyer)
    keeper = testing.keeper(buyer.workshop)
    made = Shipment.open(by=keeper, orders=[taken, refused], mode=Shipment.Mode.OWN)
    made.issue_note(by=keeper)
    made.hand_over(by=keeper, count=4)
    left = list(made.packages.filter(order=refused))
    made.deliver(by=keeper, receiver="Dewi", count=2, pin=made.pin, refused=left)
    testing.login(client, dewi)

    text = client.get(page_of(refused)).text
    assert "Nothing of this order was taken at the door." in text
    assert 'data-status="delivered"' not in text
    assert "not delivered" in text
    assert "2 packages by" in client.get(page_of(taken)).text
    assert "Nothing of this order" not in client.get(page_of(taken)).text


def test_the_buyer_reads_the_pin_and_whose_hands_the_goods_are_in(
    client: Client, shipment: Shipment, courier: Party, asep: Person
) -> None:
    Identity.objects.create(
        workshop=asep.workshop, person=asep, kind=Identity.Kind.PHONE, value="+6281311112222"
    )
    before = client.get(page_of(shipment.first_order)).text
    shipment.offer(
        by=testing.keeper(asep.workshop),
        couriers=[courier],
        expires_at=clock.now() + timedelta(hours=1),
    )
    offered = client.get(page_of(shipment.first_order)).text
    shipment.accept(by=asep)
    accepted = client.get(page_of(shipment.first_order)).text

    for text in (before, offered, accepted):
        assert f'class="pin">{shipment.pin}<' in text
    for text in (before, offered):
        assert courier.name not in text
    assert courier.name in accepted
    assert "0813-1111-2222" in accepted


def test_what_the_workshop_notes_for_itself_is_not_shown(
    client: Client, offered: Order, sari: Person
) -> None:
    InternalNote.write(by=sari, subject=offered, body="Pembeli lambat bayar")

    assert "lambat bayar" not in client.get(page_of(offered)).text


def test_the_list_is_searched_and_filtered(client: Client, buyer: Party, dewi: Person) -> None:
    placed, withdrawn = testing.order(buyer), testing.order(buyer)
    withdrawn.withdraw(by=dewi)

    def listed(query: str) -> list[str]:
        text = client.get(f"/ciomas/my/orders/?{query}").text
        return [one.number for one in (placed, withdrawn) if f">{one.number}<" in text]

    assert listed("") == [placed.number, withdrawn.number]
    assert listed("status=withdrawn") == [withdrawn.number]
    assert listed(f"q={placed.code}") == [placed.number]
    assert listed("q=nothing") == []


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_for_any_number_of_things(
    client: Client,
    buyer: Party,
    dewi: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    models = [testing.product(buyer.workshop) for _line in range(min(count, 12))]
    order = testing.confirmed_order(buyer, *models)
    for number in range(count):
        testing.order(buyer)
        Message.say(by=dewi, conversation=Conversation.of(order, buyer), body=f"Pesan {number}")
    client.get("/ciomas/my/")  # the kinds of content are known from here on

    # session, user, person with workshop and party (3); the order with all it shows (14: see
    # orders/tests/test_knots.py; no needs here, but links); changes, messages, their files, tickets,
    # claims, shipments, photos, papers, journal; whether the plan is still what it was (2)
    client.get(page_of(order))
    with django_assert_num_queries(29):
        client.get(page_of(order))
    # 3; counts by state, count of the page, its orders; the plan (2), where one of them is running
    with django_assert_num_queries(8 if count == 1 else 6):
        client.get("/ciomas/my/orders/")
    # 3; the open orders with all they show; the credit (receipts, credit notes, allocations)
    # the plan (2), whether there are dealers, through whom one buys, what was offered, what is new,
    # what is asked in the room
    with django_assert_num_queries(24):
        client.get("/ciomas/my/")


def test_photos_of_the_work_stand_on_his_own_order(client: Client, buyer: Party) -> None:
    job = testing.released_job(buyer)
    seen, hidden = testing.photo(job, words="Jahitan rapi"), testing.photo(job, is_shown=False)
    order = job.line.order
    address = f"{page_of(order)}photos/{seen.pk}/"

    page = client.get(page_of(order)).text

    assert "Jahitan rapi" in page
    assert "Potong" in page
    assert address in page
    assert seen.by.name not in page.split("Jahitan rapi")[0].rpartition("<figure")[2]
    assert f"photos/{hidden.pk}/" not in page
    assert client.get(f"{page_of(order)}photos/{hidden.pk}/").status_code == 404
    assert client.get(address).content == seen.upload.read()
    assert client.get(f"{address}?small").content == seen.small.read()
    track = client.get(f"/ciomas/track/{order.public_code}/").text
    assert "photos/" not in track
    other = testing.confirmed_order(buyer)
    assert client.get(f"{page_of(other)}photos/{seen.pk}/").status_code == 404


def test_photos_of_somebody_else_are_not_found(client: Client, buyer: Party, siti: Person) -> None:
    job = testing.released_job(buyer)
    photo = testing.photo(job)
    testing.login(client, siti)

    assert client.get(f"{page_of(job.line.order)}photos/{photo.pk}/").status_code == 404


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 12])
def test_any_number_of_photos_costs_the_same(
    client: Client, buyer: Party, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = testing.released_job(buyer)
    for _one in range(count):
        testing.photo(job)
    client.get(page_of(job.line.order))

    with django_assert_num_queries(27):
        client.get(page_of(job.line.order))
