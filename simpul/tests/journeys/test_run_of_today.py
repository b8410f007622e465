"""A courier drags a stop of today's run with a finger, and reads the run where there is no network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from simpul import testing
from simpul.delivery.models import Shipment
from simpul.parties.models import Party, Person
from simpul.tests.journeys import IN_A_BROWSER
from simpul.tests.journeys.test_offline_courier import keep_all, log_in

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.same_on_any_database(
        "a finger knows no database; the order of the stops is tested on both"
    ),
]


def test_a_stop_is_dragged_and_the_run_is_read_without_a_network(
    window: Callable[..., Page], live_server: LiveServer, buyer: Party, asep: Person
) -> None:
    first, second = (testing.shipment_on_the_way(buyer, asep) for _one in range(2))
    phone = window(360)
    phone.set_viewport_size({"width": 360, "height": 740})
    log_in(phone, live_server, asep)
    keep_all(phone)
    phone.get_by_role("link", name="Today's run").click()
    expect(stops(phone)).to_have_text([first.number, second.number])

    drag(phone, row(phone, second), row(phone, first))
    expect(stops(phone)).to_have_text([second.number, first.number])
    expect(phone.get_by_text("You put the stops in this order.")).to_be_visible()
    expect(phone.locator("kept-pages[data-kept]")).to_have_count(1)

    phone.context.set_offline(True)
    phone.goto("/ciomas/courier/")
    phone.get_by_role("link", name="Today's run").click()
    expect(stops(phone)).to_have_text([second.number, first.number])
    expect(row(phone, first)).to_contain_text("Jl. Raya Ciomas 7")


def stops(page: Page) -> Locator:
    return page.locator("turn-list tr a.nowrap")


def row(page: Page, shipment: Shipment) -> Locator:
    return page.locator(f"tr[data-number='{shipment.number}']")


def drag(page: Page, moved: Locator, other: Locator) -> None:
    """Take the last row by its handle with one finger, and let it go over the top of another row."""
    handle = moved.locator("[data-handle]")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    handle.click(trial=True)  # it lies still, and nothing lies over it
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    x, y, height = place_of(handle)
    touch("touchStart", {"x": x, "y": y + height / 2})
    expect(moved).to_have_attribute("data-dragged", "")
    for part in range(1, 6):
        touch("touchMove", {"x": x, "y": y + (place_of(other)[1] + 5 - y) * part / 5})
    expect(stops(page).first).to_have_text(moved_number(moved))
    touch("touchEnd")


def place_of(one: Locator) -> tuple[float, float, float]:
    """Return the middle, the top and the height of what is seen."""
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"], box["height"]


def moved_number(moved: Locator) -> str:
    number = moved.get_attribute("data-number")
    assert number is not None
    return number
