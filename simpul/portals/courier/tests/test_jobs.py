from __future__ import annotations

import io
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.delivery.models import Handover, Load, Shipment, Status
from simpul.lib import clock
from simpul.parties.models import AccessLink, Party, Person, Workshop

HOME = "/ciomas/courier/"
ADDRESS = "Jl. Raya Ciomas 7"


def page_of(shipment: Shipment) -> str:
    return f"{HOME}jobs/{shipment.number}/"


@pytest.fixture
def phone(client: Client, asep: Person) -> Client:
    testing.login(client, asep)
    return client


@pytest.fixture
def offered(buyer: Party, courier: Party, asep: Person) -> Shipment:
    shipment = testing.shipment(buyer)
    ask(shipment, courier)
    return shipment


def ask(shipment: Shipment, *couriers: Party) -> None:
    shipment.offer(
        by=testing.keeper(shipment.workshop),
        couriers=list(couriers),
        expires_at=clock.now() + timedelta(hours=2),
    )


@pytest.fixture
def leaving(buyer: Party, asep: Person) -> Shipment:
    return testing.accepted_shipment(buyer, asep)


@pytest.fixture
def on_the_way(buyer: Party, asep: Person) -> Shipment:
    return testing.shipment_on_the_way(buyer, asep)


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(buffer, "PNG")
    return SimpleUploadedFile("pintu.png", buffer.getvalue())


def test_an_offer_says_fee_route_and_packages_but_not_where_to(
    phone: Client, offered: Shipment
) -> None:
    page = phone.get(page_of(offered)).text

    for word in ("35,000", "Ciomas – Bogor", "2 "):
        assert word in page
    for secret in (ADDRESS, "0812-3456-7890", "Dewi", offered.pin):
        assert secret not in page


def test_nowhere_stands_a_price_or_the_pin(phone: Client, on_the_way: Shipment) -> None:
    Shipment.objects.filter(pk=on_the_way.pk).update(pin="7391")
    for page in ("", "delivery/", "failure/"):
        text = phone.get(page_of(on_the_way) + page).text
        for secret in ("200,000", "2,000,000", "7391"):
            assert secret not in text


def test_accepting_shows_the_address(phone: Client, offered: Shipment) -> None:
    assert phone.post(f"{page_of(offered)}acceptance/")["Location"] == page_of(offered)

    page = phone.get(page_of(offered)).text
    assert ADDRESS in page
    assert "tel:+6281234567890" in page
    assert Shipment.objects.get().status == Status.ACCEPTED


def test_passing(phone: Client, offered: Shipment) -> None:
    phone.post(f"{page_of(offered)}passing/")

    assert offered.offers.get().status == "passed"
    assert f"{page_of(offered)}acceptance/" not in phone.get(page_of(offered)).text
    assert phone.post(f"{page_of(offered)}acceptance/").status_code == 409


def test_who_comes_second_reads_that_it_is_taken(
    phone: Client, buyer: Party, courier: Party
) -> None:
    rival = testing.party(buyer.workshop, "Ojek Ujang", is_courier=True)
    ujang = testing.person("Ujang", rival)
    shipment = testing.shipment(buyer)
    ask(shipment, courier, rival)
    shipment.accept(by=ujang)

    page = phone.get(page_of(shipment))

    assert page.status_code == 200
    assert ADDRESS not in page.text
    assert phone.post(f"{page_of(shipment)}acceptance/").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_accept_in_the_same_moment_one_has_it(buyer: Party) -> None:
    asked = [
        testing.party(buyer.workshop, f"Ojek {number}", is_courier=True) for number in range(20)
    ]
    drivers = [testing.person(f"Sopir {one.name}", one) for one in asked]
    shipment = testing.shipment(buyer)
    ask(shipment, *asked)
    answers: dict[Person, tuple[int, str]] = {}

    def tap(driver: Person, phone: Client) -> None:
        answer = phone.post(f"{page_of(shipment)}acceptance/")
        answers[driver] = answer.status_code, answer.text

    phones = [Client() for _driver in drivers]
    for driver, phone in zip(drivers, phones, strict=True):
        testing.login(phone, driver)
    testing.at_once(*(partial(tap, *pair) for pair in zip(drivers, phones, strict=True)))

    assert sorted(status for status, _text in answers.values()) == [302] + [409] * 19
    (winner,) = (driver for driver, (status, _text) in answers.items() if status == 302)
    told = [text for driver, (_status, text) in answers.items() if driver != winner]
    assert all("Somebody was quicker: this is now “accepted”." in text for text in told)
    shipment.refresh_from_db()
    assert (shipment.status, shipment.courier_id) == (Status.ACCEPTED, winner.party_id)
    assert shipment.journal.get(step="delivery.accept").by == winner
    assert sorted(one.status for one in shipment.offers.all()) == ["accepted"] + ["withdrawn"] * 19


def test_the_job_from_pick_up_to_the_door(phone: Client, leaving: Shipment, rina: Person) -> None:
    assert f"{page_of(leaving)}pick-up/" not in phone.get(page_of(leaving)).text
    leaving.issue_note(by=rina)
    leaving.hand_over(by=rina, count=2)
    assert f"{page_of(leaving)}pick-up/" in phone.get(page_of(leaving)).text
    assert phone.get(f"{page_of(leaving)}pick-up/").status_code == 200
    assert phone.post(f"{page_of(leaving)}pick-up/", {"count": 3}).status_code == 422
    phone.post(f"{page_of(leaving)}pick-up/", {"count": 2})
    note = phone.get(f"{page_of(leaving)}note.pdf")
    assert (note["Content-Type"], note.content[:5]) == ("application/pdf", b"%PDF-")
    assert phone.get(f"{page_of(leaving)}delivery/").status_code == 200

    typed = {"receiver": "Bu Dewi", "count": 2, "pin": leaving.pin, "client_id": "phone-1"}
    for _again in range(2):
        answer = phone.post(f"{page_of(leaving)}delivery/", typed | {"key": "b" * 32})
        assert answer["Location"] == page_of(leaving)

    leaving.refresh_from_db()
    assert leaving.status == Status.DELIVERED
    assert leaving.first_order.status == "fulfilled"
    assert Handover.objects.filter(kind=Handover.Kind.DELIVERED).count() == 1


def test_a_photo_instead_of_the_pin(phone: Client, on_the_way: Shipment) -> None:
    typed = {"receiver": "Bu Dewi", "count": 2, "photo": photo()}
    assert phone.post(f"{page_of(on_the_way)}delivery/", typed).status_code == 302

    proof = Handover.objects.get(kind=Handover.Kind.DELIVERED)
    assert proof.photo is not None
    assert proof.photo.kind == "image/jpeg"


def test_what_is_no_photo_is_refused(phone: Client, on_the_way: Shipment) -> None:
    page = SimpleUploadedFile("pintu.jpg", b"<script>alert(1)</script>")
    typed = {"receiver": "Bu Dewi", "count": 2, "photo": page}

    assert phone.post(f"{page_of(on_the_way)}delivery/", typed).status_code == 422
    assert Shipment.objects.get().status == Status.PICKED_UP


def test_a_wrong_pin_is_asked_again_and_counted(phone: Client, on_the_way: Shipment) -> None:
    wrong = "1111" if on_the_way.pin != "1111" else "2222"
    for left in (4, 3):
        typed = {"receiver": "Bu Dewi", "count": 2, "pin": wrong}
        answer = phone.post(f"{page_of(on_the_way)}delivery/", typed)
        assert answer.status_code == 422
        assert Shipment.objects.get().pin_tries_left == left
    assert "Bu Dewi" in answer.text


def test_it_cannot_be_delivered(phone: Client, on_the_way: Shipment) -> None:
    assert phone.get(f"{page_of(on_the_way)}failure/").status_code == 200
    assert phone.post(f"{page_of(on_the_way)}failure/", {"note": "?"}).status_code == 422
    phone.post(f"{page_of(on_the_way)}failure/", {"reason": "nobody"})

    assert Shipment.objects.get().status == Status.FAILED
    assert f"{page_of(on_the_way)}delivery/" in phone.get(page_of(on_the_way)).text


def test_the_address_goes_a_day_after_delivery(
    phone: Client, on_the_way: Shipment, asep: Person
) -> None:
    on_the_way.deliver(by=asep, receiver="Bu Dewi", count=2, pin=on_the_way.pin)
    assert ADDRESS in phone.get(page_of(on_the_way)).text

    with clock.stopped(clock.now() + timedelta(hours=25)):
        page = phone.get(page_of(on_the_way))
        assert page.status_code == 200
        for secret in (ADDRESS, "+6281234567890", on_the_way.first_order.receiver + "<"):
            assert secret not in page.text
        assert phone.get(f"{page_of(on_the_way)}note.pdf").status_code == 404


def test_a_word_to_the_workshop(phone: Client, leaving: Shipment) -> None:
    phone.post(f"{page_of(leaving)}messages/", {"body": "Ban bocor"})

    assert "Ban bocor" in phone.get(page_of(leaving)).text


def test_a_link_opens_its_job_and_no_other(
    client: Client, buyer: Party, courier: Party, asep: Person
) -> None:
    shipment, other = testing.shipment(buyer), testing.shipment(buyer)
    ask(shipment, courier)
    ask(other, courier)
    link = AccessLink.objects.get(person=asep, subject_id=shipment.pk)

    assert client.get(reverse("access", args=[link.token]))["Location"] == page_of(shipment)
    assert client.get(page_of(shipment)).status_code == 200
    assert client.post(f"{page_of(shipment)}acceptance/").status_code == 302
    for path in (HOME, page_of(other)):
        assert client.get(path).status_code == 302
    assert Shipment.objects.get(pk=shipment.pk).courier == courier


def test_others_find_nothing(
    client: Client, on_the_way: Shipment, dewi: Person, budi: Person, joko: Person
) -> None:
    rival = testing.person(
        "Ujang", testing.party(on_the_way.workshop, "Ojek Ujang", is_courier=True)
    )
    pages = ("", "delivery/", "failure/", "pick-up/", "note.pdf")
    for person, refused in ((rival, 404), (dewi, 403), (budi, 403), (joko, 404)):
        testing.login(client, person)
        for page in pages:
            assert client.get(page_of(on_the_way) + page).status_code == refused, (person, page)
    testing.login(client, rival)
    assert client.post(f"{page_of(on_the_way)}acceptance/").status_code == 404


def test_who_buys_and_drives_sees_no_job_in_its_own_order(client: Client, buyer: Party) -> None:
    Party.objects.filter(pk=buyer.pk).update(is_courier=True)
    shipment = testing.shipment(buyer)
    testing.login(client, testing.contact_of(buyer))

    assert client.get(page_of(shipment)).status_code == 404
    assert shipment.number not in client.get(HOME).text


@testing.counts_questions
@pytest.mark.parametrize("count", [1, 10])
def test_the_list_costs_the_same_for_any_number(
    phone: Client,
    buyer: Party,
    courier: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    order = testing.confirmed_order(buyer)
    for number in range(count):
        for status in (Status.OFFERED, Status.PICKED_UP, Status.DELIVERED):
            shipment = Shipment.objects.create(
                workshop=buyer.workshop,
                buyer=buyer,
                number=f"KRM-{number}-{status.value}",
                mode="ojek",
                status=status,
                courier=None if status == Status.OFFERED else courier,
            )
            Load.objects.create(shipment=shipment, order=order)
            shipment.offers.create(
                courier=courier,
                expires_at=clock.now() + timedelta(hours=1),
                status="offered" if status == Status.OFFERED else "accepted",
            )
    phone.get(HOME)

    # session, user, person; offers, packages; under way, packages, offers, orders; done, count, the
    # same
    with django_assert_num_queries(14):
        phone.get(HOME)


@testing.counts_questions
@pytest.mark.parametrize("handovers", [2, 12])
def test_a_job_costs_the_same(
    phone: Client,
    on_the_way: Shipment,
    asep: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    handovers: int,
) -> None:
    for _more in range(handovers - 2):
        on_the_way.handovers.create(kind=Handover.Kind.FAILED, count=2, by=asep)
    phone.get(page_of(on_the_way))

    with django_assert_num_queries(15):
        phone.get(page_of(on_the_way))


def test_a_telephone_may_keep_a_job_for_as_long_as_its_address_is_shown(
    phone: Client, on_the_way: Shipment
) -> None:
    day = timedelta(days=1)
    now = clock.now()
    for page in (HOME, *(page_of(on_the_way) + step for step in ("", "delivery/", "failure/"))):
        assert 0 <= int(phone.get(page)["Keep-Until"]) - (now + day).timestamp() + 1 < 60

    arrived = now - timedelta(hours=20)
    job = Shipment.objects.filter(pk=on_the_way.pk)
    job.update(status=Status.DELIVERED, arrived_on=clock.day_of(arrived), delivered_at=arrived)
    assert phone.get(page_of(on_the_way))["Keep-Until"] == str(int((arrived + day).timestamp()))
    job.update(delivered_at=now - day)
    assert "Keep-Until" not in phone.get(page_of(on_the_way))


def test_an_offer_is_not_kept(phone: Client, offered: Shipment) -> None:
    assert "Keep-Until" not in phone.get(page_of(offered))


def test_what_a_link_opens_is_kept_no_longer_than_the_link_lives(
    client: Client, on_the_way: Shipment, asep: Person
) -> None:
    link = AccessLink.issue(asep, on_the_way)
    client.get(reverse("access", args=[link.token]))
    soon = clock.now() + timedelta(hours=3)
    AccessLink.objects.update(expires_at=soon)

    assert client.get(page_of(on_the_way))["Keep-Until"] == str(int(soon.timestamp()))
    assert client.get(f"{page_of(on_the_way)}worker.js").status_code == 200
    assert client.get(f"{HOME}worker.js").status_code == 302  # to the log-in


def test_the_pages_are_an_app(phone: Client, asep: Person) -> None:
    told = phone.get(f"{HOME}app.webmanifest")

    assert told["Content-Type"] == "application/manifest+json"
    assert (told.json()["start_url"], told.json()["scope"]) == (HOME, HOME)
    assert told.json()["name"] == asep.workshop.name
    assert f'href="{HOME}app.webmanifest"' in phone.get(HOME).text
    assert phone.get(f"{HOME}worker.js")["Content-Type"] == "text/javascript; charset=utf-8"


def test_a_failure_names_the_next_attempt_and_the_buyer_sees_it(
    client: Client, buyer: Party, rina: Person, asep: Person, dewi: Person
) -> None:
    sent = testing.shipment_on_the_way(buyer, asep)
    testing.login(client, asep)
    job = f"/ciomas/courier/jobs/{sent.number}/"
    far = clock.in_days(31).isoformat()
    said = {"reason": "nobody", "next_on": far, "next_part": "morning"}
    assert client.post(f"{job}failure/", said).status_code == 422
    day = clock.in_days(1)
    client.post(f"{job}failure/", said | {"next_on": day.isoformat()})
    assert "in the morning" in client.get(job).text
    testing.login(client, dewi)
    page = client.get(f"/ciomas/my/orders/{sent.packages.all()[0].order.number}/").text
    assert "Attempt 1" in page
    assert "nobody was there" in page
    assert "in the morning" in page


def test_a_failure_that_is_sent_late_is_one_without_the_day_that_passed(
    phone: Client, on_the_way: Shipment
) -> None:
    day = (clock.today() - timedelta(days=1)).isoformat()
    said = {"reason": "nobody", "next_on": day, "client_id": "phone-1"}
    answer = phone.post(f"{page_of(on_the_way)}failure/", said, follow=True)
    assert "The day that you planned has passed" in answer.text
    far = {"next_on": clock.in_days(31).isoformat(), "key": "c" * 32}
    assert phone.post(f"{page_of(on_the_way)}failure/", said | far).status_code == 302
    on_the_way.refresh_from_db()
    assert (on_the_way.status, on_the_way.next_on) == ("failed", None)
    assert on_the_way.handovers.filter(kind=Handover.Kind.FAILED).count() == 1


def test_what_is_not_taken_is_heard_once_however_often_sent(
    phone: Client, buyer: Party, asep: Person
) -> None:
    orders = [testing.packed_order(buyer), testing.packed_order(buyer)]
    keeper = testing.keeper(buyer.workshop)
    sent = Shipment.open(by=keeper, orders=orders, mode="ojek")
    testing.offer_to(sent, asep)
    sent.accept(by=asep)
    sent.issue_note(by=keeper)
    sent.hand_over(by=keeper, count=4)
    sent.pick_up(by=asep, count=4)
    form = phone.get(f"{page_of(sent)}delivery/").text
    for order in orders:
        assert f"{order}: Package 1, 5 pairs" in form
    refused = sent.packages.latest("pk")
    said = {"receiver": "Dewi", "count": 3, "pin": sent.pin, "refused": [refused.pk]}
    for key in "de":
        typed = said | {"client_id": "phone-1", "key": key * 32}
        answer = phone.post(f"{page_of(sent)}delivery/", typed)
        assert answer.status_code == 302
    assert Shipment.objects.count() == 2


def test_after_the_last_attempt_the_courier_brings_them_back(
    client: Client, buyer: Party, rina: Person, asep: Person
) -> None:
    Workshop.objects.update(delivery_attempts=1)
    sent = testing.shipment_on_the_way(buyer, asep)
    sent.fail(by=asep, reason="nobody")
    testing.login(client, asep)
    job = f"/ciomas/courier/jobs/{sent.number}/"
    assert "Bring the packages back" in client.get(job).text
    client.post(f"{job}attempt/", {"next_on": clock.today().isoformat()})
    sent.refresh_from_db()
    assert sent.status == "picked_up"


def test_what_is_not_taken_at_the_door_opens_a_ticket_for_sales(
    phone: Client, buyer: Party, rina: Person, asep: Person, sari: Person
) -> None:
    sent = testing.shipment_on_the_way(buyer, asep)
    _first, second = sent.packages.order_by("number")
    said = {"receiver": "Dewi", "count": 2, "pin": sent.pin, "note": "basah"}
    wrong = phone.post(f"{page_of(sent)}delivery/", said | {"refused": [second.pk]})
    assert wrong.status_code == 422
    assert "please count again" in wrong.text
    assert "open" in wrong.text.partition("Something is damaged")[0][-60:]
    file = io.BytesIO()
    Image.new("RGB", (60, 20), "white").save(file, "PNG")
    drawn = SimpleUploadedFile("signature.png", file.getvalue(), "image/png")
    said = said | {"count": 1, "pin": "", "refused": [second.pk], "signature": drawn}
    assert phone.post(f"{page_of(sent)}delivery/", said).status_code == 302
    rest = Shipment.objects.latest("pk")
    assert (rest.status, rest.packages.get()) == ("failed", second)
    assert phone.get(page_of(rest)).status_code == 200
    testing.login(phone, sari)
    page = phone.get(f"/ciomas/desk/tickets/{Ticket.objects.get().pk}/").text
    assert "basah" in page
    assert "/signature/" in page
    assert (
        phone.get(f"/ciomas/desk/tickets/{Ticket.objects.get().pk}/resolution/").status_code == 200
    )
    assert sent.number in phone.get("/ciomas/desk/tickets/").text
    proof = Handover.objects.get(kind="in")
    path = f"/ciomas/desk/deliveries/{sent.number}/photos/{proof.pk}"
    pictures = [
        phone.get(f"{path}/{which}/").status_code for which in ("signature", "damage", "by")
    ]
    assert pictures == [200, 404, 404]
