"""Every page of the table of doors on the smallest telephone, in both languages; and a wide one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from simpul.tests.doors import TABLE, Door
from simpul.tests.world import SIDES, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.same_on_any_database("no page is wider on another database"),
]

WIDTH = 360
FIRST_OF = {"all": "anonymous", "staff": "owner", "buyers": "dewi"}
FIRST_OF |= {"suppliers": "budi", "couriers": "asep"}
# the style sheets have come: else every page would be narrow
IS_DRESSED = "getComputedStyle(document.body).getPropertyValue('--color-paper') !== ''"
# what reaches beyond the window, or out of the box that should hold it
WIDER = """() => {
  const wide = [...document.querySelectorAll("main table, main .stat__value, main h1, main .badge")]
  const out = wide.filter(one => one.getBoundingClientRect().right > innerWidth + 1
    && !one.closest(".table-scroll, .chips"))
  const page = document.documentElement.scrollWidth > innerWidth ? ["the page"] : []
  return [...page, ...out.map(one => `${one.tagName} ${one.className} ${one.textContent.trim()}`)]
}"""


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_scrolls_sideways(
    transactional_db: None, browser: Browser, live_server: LiveServer, language: str
) -> None:
    """Scripts are off, so that what is seen is what everybody gets."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 640}, java_script_enabled=False
    )
    page = context.new_page()
    wrong = {}
    with transaction.atomic():
        world = World()
    for name, answer in pages(world, language):
        base = f'<head><base href="{live_server.url}/">'
        page.set_content(answer.text.replace("<head>", base, 1), wait_until="load")
        assert page.evaluate(IS_DRESSED), name
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("scrollY") == 0, name
        if wider := page.evaluate(WIDER):
            wrong[name] = wider
    context.close()
    assert wrong == {}


def test_a_wide_page_begins_at_its_top(
    transactional_db: None, browser: Browser, live_server: LiveServer
) -> None:
    """Where chips stand in a row that does not scroll, the chosen one may not move the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 400})
    page = context.new_page()
    with transaction.atomic():
        world = World()
    seen = 0
    for name, answer in pages(world, "id"):
        if 'class="chip"' in answer.text:
            base = f'<head><base href="{live_server.url}/">'
            page.set_content(answer.text.replace("<head>", base, 1), wait_until="load")
            assert page.evaluate("scrollY") == 0, name
            seen += 1
    context.close()
    assert seen > 5


def pages(world: World, language: str) -> Iterator[tuple[str, Any]]:
    """Return what each door shows to the first who may see it, where that is a page."""
    for name, door in sorted(TABLE.items()):
        if ":" not in name or door.answer != 200:
            continue
        client = world.clients[first_of(door)]
        client.cookies["django_language"] = language
        answer = client.get(world.path(name, door.thing))
        if answer.get("Content-Type", "").startswith("text/html") and "<html" in answer.text:
            yield name, answer  # not the pieces that htmx asks for


def first_of(door: Door) -> str:
    word = door.sees.split()[0]
    name = FIRST_OF.get(word, word)
    assert name == "anonymous" or name in SIDES
    return name
