"""The courier's network goes away and comes back: what was said at the door is not lost nor doubled."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from simpul import testing
from simpul.delivery.models import Handover, Shipment, Status
from simpul.parties.models import AccessLink, Party, Person
from simpul.tests.journeys import IN_A_BROWSER

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.same_on_any_database(
        "what waits on a telephone knows no database; the steps are tested on both"
    ),
]

HOME = "/ciomas/courier/"
ADDRESS = "Jl. Raya Ciomas 7"


@pytest.fixture
def shipment(live_server: LiveServer, buyer: Party, asep: Person) -> Shipment:
    """Two packages that Asep carries."""
    return testing.shipment_on_the_way(buyer, asep)


@pytest.fixture
def phone(window: Callable[..., Page], live_server: LiveServer, asep: Person) -> Page:
    page = window(360)
    log_in(page, live_server, asep)
    return page


def log_in(page: Page, live_server: LiveServer, person: Person) -> None:
    client = Client()
    testing.login(client, person)
    cookie = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": cookie, "value": client.cookies[cookie].value, "url": live_server.url}]
    )


def keep_all(page: Page, path: str = HOME) -> None:
    page.goto(path)
    expect(page.locator("kept-pages[data-kept]")).to_have_count(1)


def job_of(shipment: Shipment) -> str:
    return f"{HOME}jobs/{shipment.number}/"


def say(page: Page, *, pin: str = "", count: int = 2, photo: bytes = b"") -> None:
    page.get_by_label("Who received it").fill("Bu Dewi")
    page.get_by_label("Packages counted").fill(str(count))
    page.get_by_label("PIN that the receiver").fill(pin)
    if photo:
        file = FilePayload(name="pintu.png", mimeType="image/png", buffer=photo)
        page.get_by_label("Photo of the delivery").set_input_files(file)
        expect(page.locator("file-preview img")).to_have_count(1)
    page.get_by_role("button", name="Delivered").click()


def delivered() -> list[Handover]:
    return list(Handover.objects.filter(kind=Handover.Kind.DELIVERED))


def test_the_jobs_are_read_and_done_without_a_network_and_sent_once(
    phone: Page, shipment: Shipment
) -> None:
    keep_all(phone)
    phone.context.set_offline(True)

    phone.goto(HOME)
    phone.get_by_role("link", name="Ciomas – Bogor").click()
    expect(phone.locator(".address").first).to_contain_text(ADDRESS)
    phone.get_by_role("link", name="Deliver", exact=True).click()
    say(phone, pin=shipment.pin)
    phone.wait_for_url(f"**{job_of(shipment)}")
    waiting = phone.locator("[data-state=waiting]")
    expect(waiting).to_contain_text(f"{shipment.number}, Deliver: Bu Dewi, 2")
    expect(waiting).not_to_contain_text(shipment.pin)
    assert delivered() == []

    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    expect(waiting).to_have_count(0)
    shipment.refresh_from_db()
    assert shipment.status == Status.DELIVERED
    assert [(one.receiver, one.count, one.with_pin) for one in delivered()] == [
        ("Bu Dewi", 2, True)
    ]
    phone.reload()
    expect(phone.locator("main")).to_contain_text("delivered")
    expect(phone.locator("[data-state]:not(page-loader)")).to_have_count(0)


@pytest.fixture
def fetch(live_server: LiveServer, buyer: Party, courier: Party, asep: Person) -> Shipment:
    """Three pairs that Asep has accepted to fetch at the buyer's door."""
    order = testing.delivered_order(buyer)
    made = Shipment.call_for(by=testing.seller(buyer.workshop), order=order, pairs=3)
    testing.offer_to(made, asep)
    made.accept(by=asep)
    return made


def test_goods_are_fetched_without_a_network_and_it_is_sent_once(
    phone: Page, fetch: Shipment
) -> None:
    keep_all(phone)
    keep_all(phone, f"{HOME}run/")
    phone.context.set_offline(True)

    phone.goto(f"{HOME}run/")
    phone.get_by_role("link", name=fetch.number).click()
    expect(phone.locator(".address").first).to_contain_text(ADDRESS)
    phone.get_by_role("link", name="Fetch the goods").click()
    phone.get_by_label("Who gave them along").fill("Bu Dewi")
    phone.get_by_label("Pairs counted").fill("2")
    phone.get_by_label("PIN that the buyer").fill(fetch.pin)
    phone.get_by_role("button", name="I take them along").click()
    phone.wait_for_url(f"**{job_of(fetch)}")
    waiting = phone.locator("[data-state=waiting]")
    expect(waiting).to_contain_text(f"{fetch.number}, Fetch the goods: Bu Dewi, 2")
    expect(waiting).not_to_contain_text(fetch.pin)
    assert not fetch.handovers.exists()

    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    expect(waiting).to_have_count(0)
    phone.evaluate("dispatchEvent(new Event('online'))")
    handed = fetch.handovers.get()
    assert (handed.kind, handed.receiver, handed.count, handed.with_pin) == (
        Handover.Kind.FETCHED,
        "Bu Dewi",
        2,
        True,
    )
    fetch.refresh_from_db()
    assert (fetch.status, fetch.wrong_pins) == (Status.FETCHED, 0)
    assert fetch.journal.filter(step="delivery.fetch").count() == 1
    phone.reload()
    expect(phone.locator("main")).to_contain_text("on the way back")
    expect(phone.locator("[data-state]:not(page-loader)")).to_have_count(0)


def test_a_photo_is_kept_while_the_page_is_closed(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}delivery/")
    picture = io.BytesIO()
    Image.effect_noise((2400, 1200), 90).save(picture, "PNG")
    say(phone, photo=picture.getvalue())
    expect(phone.locator("[data-state=waiting]")).to_have_count(1)
    later = phone.context.new_page()  # first: a browser without any page hung once
    phone.close()

    later.goto(HOME)
    expect(later.locator("[data-state=waiting]")).to_contain_text("Photo of the delivery")
    later.context.set_offline(False)
    expect(later.locator("[data-state=taken]")).to_have_count(1)
    (proof,) = delivered()
    assert proof.photo is not None
    with Image.open(settings.UPLOADS / proof.photo.path) as kept:
        assert kept.size == (1600, 800)


def test_two_taps_are_one(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    for receiver_pin in ("0000", shipment.pin):  # the second time he mends the PIN
        phone.goto(f"{job_of(shipment)}delivery/")
        expect(phone.locator("tap-queue:defined")).to_have_count(1)
        say(phone, pin=receiver_pin)
        phone.wait_for_url(f"**{job_of(shipment)}")
        expect(phone.locator("[data-state=waiting]")).to_have_count(1)

    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    assert len(delivered()) == 1
    assert Shipment.objects.get().wrong_pins == 0


def test_what_was_said_first_is_sent_first(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}failure/")
    phone.get_by_label("nobody was there").check()
    phone.get_by_role("button", name="Report it").click()
    phone.wait_for_url(f"**{job_of(shipment)}")
    phone.goto(f"{job_of(shipment)}delivery/")
    say(phone, pin=shipment.pin)
    phone.wait_for_url(f"**{job_of(shipment)}")
    expect(phone.locator("[data-state=waiting]")).to_have_count(2)

    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(2)
    said = Handover.objects.order_by("pk").values_list("kind", flat=True)
    assert list(said)[-2:] == [Handover.Kind.FAILED, Handover.Kind.DELIVERED]


def test_somebody_else_on_the_telephone_finds_nothing_kept(
    phone: Page, shipment: Shipment, live_server: LiveServer
) -> None:
    keep_all(phone)
    rival = testing.party(shipment.workshop, "Ojek Ujang", is_courier=True)
    log_in(phone, live_server, testing.person("Ujang", rival))

    keep_all(phone)
    assert kept(phone, shipment) == 0


def test_an_answer_that_is_lost_does_not_deliver_twice(phone: Page, shipment: Shipment) -> None:
    phone.goto(f"{job_of(shipment)}failure/")

    def lose(route: Route) -> None:
        route.fetch()  # the server hears it
        route.abort()  # and nobody hears the server

    phone.route("**/failure/", lose, times=1)
    phone.get_by_label("nobody was there").check()
    phone.get_by_role("button", name="Report it").click()
    expect(phone.locator("[data-state=waiting], [data-state=taken]")).to_have_count(1)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-state=taken]")).to_contain_text("nobody was there")

    assert Handover.objects.filter(kind=Handover.Kind.FAILED).count() == 1
    assert shipment.journal.filter(step="delivery.fail").count() == 1


def test_what_was_refused_stays_and_can_be_mended(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}delivery/")
    say(phone, pin=shipment.pin, count=3)
    phone.wait_for_url(f"**{job_of(shipment)}")

    phone.context.set_offline(False)
    refused = phone.locator("[data-state=refused]")
    expect(refused).to_contain_text("2 packages are on the way")
    assert delivered() == []
    refused.get_by_role("link", name="Mend it").click()
    expect(phone.get_by_label("Who received it")).to_have_value("Bu Dewi")
    expect(phone.get_by_label("Packages counted")).to_have_value("3")
    phone.get_by_label("Packages counted").fill("2")
    phone.get_by_role("button", name="Delivered").click()
    phone.wait_for_url(f"**{job_of(shipment)}")

    expect(phone.locator("main")).to_contain_text("delivered")
    expect(phone.locator("[data-state]:not(page-loader)")).to_have_count(0)
    assert len(delivered()) == 1


def test_without_a_proof_it_is_not_kept(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}delivery/")
    expect(phone.locator("tap-queue:defined")).to_have_count(1)
    say(phone)

    wrong = phone.get_by_label("PIN that the receiver").evaluate("one => one.validationMessage")
    assert wrong == "Type the PIN that the receiver tells you, or take a photo."
    expect(phone.locator("[data-state=waiting]")).to_have_count(0)


def test_logging_out_forgets_the_addresses(phone: Page, shipment: Shipment) -> None:
    keep_all(phone)
    assert kept(phone, shipment) == 3  # the job and its two forms
    phone.locator(".tabbar__more summary").click()
    phone.locator(".tabbar").get_by_role("button", name="Log out").click()
    phone.wait_for_url(lambda url: HOME not in url)

    assert kept(phone, shipment) == 0


def test_a_link_that_has_ended_forgets_its_job(
    window: Callable[..., Page], shipment: Shipment, asep: Person
) -> None:
    phone = window(360)
    link = AccessLink.issue(asep, shipment)
    keep_all(phone, reverse("access", args=[link.token]))
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}delivery/")
    expect(phone.locator(".address")).to_contain_text(ADDRESS)
    phone.context.set_offline(False)
    AccessLink.objects.update(revoked_at=shipment.opened_at)

    phone.goto(job_of(shipment))
    expect(phone.locator("main")).to_contain_text("This link is no longer valid")
    assert kept(phone, shipment) == 0


def test_what_may_not_be_shown_any_more_is_not_shown_from_the_telephone(
    phone: Page, shipment: Shipment
) -> None:
    keep_all(phone)
    phone.evaluate(
        """async () => {
            const cache = await caches.open("simpul-kept")
            for (const one of await cache.keys()) {
                const page = await cache.match(one)
                if (!page.headers.has("Keep-Until")) continue
                await cache.put(one, new Response(await page.text(), {headers: {"Keep-Until": "1"}}))
            }
        }"""
    )
    phone.context.set_offline(True)

    with pytest.raises(Exception, match="ERR_"):
        phone.goto(job_of(shipment))


def kept(page: Page, shipment: Shipment) -> int:
    return int(
        page.evaluate(
            """async (job) => {
                const all = await (await caches.open("simpul-kept")).keys()
                return all.filter((one) => one.url.includes(job)).length
            }""",
            job_of(shipment),
        )
    )


def test_a_signature_and_what_was_not_taken_wait_and_are_sent_as_one(
    phone: Page, shipment: Shipment
) -> None:
    keep_all(phone)
    phone.context.set_offline(True)
    phone.goto(f"{job_of(shipment)}delivery/")
    pad = phone.locator("sign-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 20, box["y"] + 20)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    phone.mouse.up()
    phone.get_by_text("Something is damaged, missing or not taken").click()
    phone.get_by_label("Package 2").check()
    phone.get_by_label("What is damaged or missing").fill("kardus basah")
    say(phone, count=1)
    phone.wait_for_url(f"**{job_of(shipment)}")
    waiting = phone.locator("[data-state=waiting]")
    expect(waiting).to_contain_text("Package 2")
    phone.goto(f"{job_of(shipment)}delivery/")  # to be mended: all is there again
    expect(phone.get_by_label("Package 2")).to_be_checked()
    assert phone.evaluate("document.querySelector('[name=signature]').files[0].size") < 20_000
    assert delivered() == []

    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    (proof,) = delivered()
    assert (proof.count, proof.refused, proof.note) == (1, 1, "kardus basah")
    assert proof.signature is not None
    with Image.open(settings.UPLOADS / proof.signature.path) as drawn:
        assert drawn.size == (600, 200)
        assert min(drawn.convert("L").tobytes()) < 60  # ink
    assert Shipment.objects.exclude(pk=shipment.pk).get().status == Status.FAILED
