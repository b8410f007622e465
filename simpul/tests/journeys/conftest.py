"""A browser with a window for each party, in front of a real server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from simpul.demo import catalogue, people
from simpul.demo.bank import Bank
from simpul.demo.history import open_house
from simpul.demo.people import Cast
from simpul.lib import clock
from simpul.parties.models import AccessLink, Person
from simpul.payments.models import BankAccount

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "kata-sandi-panjang"
PATIENCE_MS = 20_000  # with whatever a busy machine is slow at

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class House:
    """The workshop of the demonstration on its first day: people, models, prices, no orders."""

    cast: Cast
    bank: Bank
    account: BankAccount


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Give the server's threads a file of their own: in memory they would share one connection.

    On PostgreSQL each worker has a database of its own, by the suffix that was asked for.
    """
    for connection in connections.all():
        if connection.vendor == "sqlite":
            name = tmp_path_factory.mktemp("journeys") / "test.sqlite3"
            connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop of its own
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def house(transactional_db: None) -> House:
    now = clock.now()
    cast = people.gather(now)
    catalogue.fill(cast.workshop, clock.today())
    bank = Bank("0000012345", "BENGKEL SEPATU CONTOH")
    for person in cast.staff.values():
        assert person.user is not None
        person.user.set_password(PASSWORD)
        person.user.save()
    return House(cast, bank, open_house(cast, bank))


@pytest.fixture
def window(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a window of its own for somebody; whatever breaks in it fails the test."""
    contexts = []
    broken: list[str] = []

    def open_window(width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="en-GB",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",  # a page that is left at once would break off its entrance
        )
        context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda said: (
                broken.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        page.on(
            "response",
            lambda answer: (
                broken.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture
def desk(window: Callable[[], Page], house: House) -> Callable[[str], Page]:
    """Log a colleague in by e-mail and password, and stand at their desk."""

    def log_in(key: str) -> Page:
        page = window()
        log_in_as(page, f"{key}@contoh.example", PASSWORD)
        page.goto(f"/{house.cast.workshop.slug}/desk/")
        return page

    return log_in


def log_in_as(page: Page, email: str, password: str) -> None:
    page.goto(reverse("account_login"))
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=login]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def link_of(person: Person) -> str:
    """The newest link that was given to somebody, as it stands in their message."""
    link = AccessLink.objects.filter(person=person).latest("pk")
    return reverse("access", args=[link.token])
