"""Whoever visits shops loses the network: what was noted and ordered there is sent once, in its order."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from simpul.catalog.models import PriceRule
from simpul.conversations.models import Message
from simpul.crm.models import Visit, VisitDay
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.tests.journeys import IN_A_BROWSER
from simpul.tests.journeys.conftest import PASSWORD, House, log_in_as

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.same_on_any_database(
        "what waits on a telephone knows no database; the steps are tested on both"
    ),
]

VISITS = "/contoh/desk/customers/visits/"


@pytest.fixture
def visit(house: House) -> Visit:
    cast = house.cast
    sells = cast.staff["sari"]
    day = VisitDay.plan(by=sells, rep=sells, on=clock.today(), parties=[cast.parties["maju"]])
    return day.visits.get()


@pytest.fixture
def phone(window: Callable[..., Page], visit: Visit) -> Page:
    """Sari's telephone, which has opened the list of today once."""
    page = window(360)
    log_in_as(page, "sari@contoh.example", PASSWORD)
    page.goto(VISITS)
    expect(page.locator("kept-pages[data-kept]")).to_have_count(1)
    return page


def kept(page: Page) -> int:
    return int(
        page.evaluate(
            """async () => {
                const all = await (await caches.open("simpul-kept")).keys()
                return all.filter((one) => one.url.includes("/visits/")).length
            }"""
        )
    )


def test_a_day_without_a_network(phone: Page, visit: Visit) -> None:
    here = f"{VISITS}{visit.pk}/"
    name = visit.party.name
    phone.context.set_offline(True)

    # the facts are read, and an order is taken that forgets the pairs
    phone.goto(VISITS)
    phone.get_by_role("link", name=name).click()
    phone.wait_for_url(f"**{here}")
    expect(phone.locator("main")).to_contain_text("Prices and free stock")
    phone.get_by_role("link", name="Take an order").click()
    phone.wait_for_url(f"**{here}order/")
    phone.get_by_role("button", name="Place the order").click()
    phone.wait_for_url(f"**{here}")
    waiting = phone.locator("[data-state=waiting]")
    expect(waiting).to_have_count(1)

    # what was seen is noted, with a photo that is too large
    phone.goto(f"{here}note/")
    expect(phone.locator("tap-queue:defined")).to_have_count(1)
    phone.get_by_label("What was said").fill("Minta contoh ukuran 44")
    picture = io.BytesIO()
    Image.effect_noise((2400, 1200), 90).save(picture, "PNG")
    file = FilePayload(name="rak.png", mimeType="image/png", buffer=picture.getvalue())
    phone.get_by_label("Photos").set_input_files(file)
    expect(phone.locator("file-preview img")).to_have_count(1)
    phone.get_by_role("button", name="Keep").click()
    phone.wait_for_url(f"**{VISITS}")
    expect(waiting).to_have_count(2)
    assert not Order.objects.exists()

    # the network is back: the note arrives, the order is refused with its reason, and mended
    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_contain_text("Minta contoh ukuran 44")
    visit.refresh_from_db()
    assert visit.status == "done"
    message = Message.objects.get(body="Minta contoh ukuran 44")
    upload = message.files.get().upload
    assert upload is not None
    with Image.open(settings.UPLOADS / upload.path) as photo:
        assert photo.size == (1600, 800)
    refused = phone.locator("[data-state=refused]")
    expect(refused).to_contain_text(f"{name}, Take an order")
    refused.get_by_role("link", name="Mend it").click()
    phone.wait_for_url(f"**{here}order/")
    phone.locator("input[data-size]").nth(2).fill("240")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Place the order").click()
    phone.wait_for_url(f"**{here}")
    expect(waiting).to_contain_text("240")
    expect(refused).to_have_count(0)
    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    order = Order.objects.get()
    assert (order.channel, order.buyer, order.revisions.get().pairs) == ("visit", visit.party, 240)

    # a second order from the page that was kept is another order, not the first one again
    phone.context.set_offline(True)
    phone.goto(f"{here}order/")
    expect(phone.locator("tap-queue:defined")).to_have_count(1)
    phone.locator("input[data-size]").nth(3).fill("120")
    phone.get_by_role("button", name="Place the order").click()
    phone.wait_for_url(f"**{here}")
    # meanwhile the model has become dearer: it costs what it costs now, and she is reminded to say so
    first = order.lines.get().colourway.product
    PriceRule.objects.create(
        product=first, group="wholesale", amount=999_000, from_pairs=100, valid_from=clock.today()
    )
    phone.context.set_offline(False)
    expect(phone.locator("[data-state=taken]")).to_have_count(1)
    assert Order.objects.count() == 2
    dearer = Order.objects.latest("pk")
    assert dearer.total == 120 * 999_000
    phone.goto(here)
    expect(phone.locator("main")).to_contain_text(
        f"The price has changed since you took {dearer.number}"
    )

    # logging out forgets what was kept
    assert kept(phone) > 0
    phone.locator(".tabbar__more summary").click()
    phone.locator(".tabbar").get_by_role("button", name="Log out").click()
    phone.wait_for_url(lambda url: VISITS not in url)
    assert kept(phone) == 0


def test_somebody_else_on_the_telephone_finds_nothing_kept(phone: Page, visit: Visit) -> None:
    assert kept(phone) == 5  # the list, and the visit with its three forms
    phone.context.clear_cookies()
    log_in_as(phone, "hadi@contoh.example", PASSWORD)
    phone.goto(VISITS)
    expect(phone.locator("kept-pages[data-kept]")).to_have_count(1)

    assert kept(phone) == 1
