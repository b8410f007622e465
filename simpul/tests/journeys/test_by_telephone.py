"""Somebody calls: the order is taken with the keyboard alone, in well under a minute."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from simpul.orders.models import Order
from simpul.tests.journeys import IN_A_BROWSER

pytestmark = IN_A_BROWSER


def test_an_order_is_taken_without_a_mouse(desk: Callable[[str], Page]) -> None:
    page = desk("sari")
    page.goto("/contoh/desk/orders/new/")
    keys = page.keyboard

    expect(page.locator("#who")).to_be_focused()
    keys.type("0812-0000-0002")
    keys.press("Enter")
    expect(page.locator(".choice").first).to_be_focused()
    keys.press("Enter")
    finder = page.locator("#find-model")
    expect(finder).to_be_focused()
    # the page has come whole: nothing of it is still being put in place
    expect(
        page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
    ).to_have_count(0)
    expect(page.locator("order-grid:defined")).to_have_count(1)

    take_down(page, "drb", "38", ["4", "8"])
    take_down(page, "sandal", "39", ["12"])
    expect(page.locator("[data-all-pairs]")).to_have_text("24")
    keys.press("Enter")  # nothing more: to the end
    expect(page.locator("form .actions .button--primary:focus")).to_have_count(1)
    keys.press("Enter")

    page.wait_for_url(re.compile("/desk/orders/SO-"), wait_until="commit")
    order = Order.objects.get()
    assert (order.channel, order.current.pairs) == ("phone", 24)


def take_down(page: Page, words: str, size: str, counts: list[str]) -> None:
    """Find a model, type the pairs of its first sizes, and go back to the finder."""
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    for step, count in enumerate(counts):
        if step:
            page.keyboard.press("Tab")
        expect(page.locator(f"input[name$='-{int(size) + step}']:focus")).to_have_count(1)
        page.keyboard.type(count)
    page.keyboard.press("Enter")
    expect(page.locator("#find-model")).to_be_focused()
