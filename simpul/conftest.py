"""The cast of the tests, known by name."""

from __future__ import annotations

import gc
import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.utils.translation import activate
from jinja2 import FileSystemBytecodeCache
from pytest_django import Settings

from simpul import testing
from simpul.insight import recent
from simpul.parties.models import Party, Person, Workshop
from simpul.parties.roles import Role

KEPT_STATEMENTS = 2_000  # Python keeps 128 and lets SQLite read all others again each time
# how many new things make Python look for garbage among the newest; it would look after 700
UNLOOKED = 50_000

_folders = count(1)


@receiver(connection_created)
def _backwards(connection: BaseDatabaseWrapper, **_rest: object) -> None:
    """Let SQLite answer backwards where no order was asked for: who relies on one is found, not once
    in a hundred runs of PostgreSQL but always. https://sqlite.org/pragma.html#pragma_reverse_unordered_selects
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects = ON")


def pytest_configure() -> None:
    """Make what is slow on purpose fast and need no collected static files."""
    configured.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    configured.STORAGES = {
        **configured.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["cached_statements"] = KEPT_STATEMENTS
    if folder := os.environ.get("SIMPUL_COMPILED"):  # by scripts/test.py, for as long as it runs
        options: Any = configured.TEMPLATES[0]["OPTIONS"]
        options["bytecode_cache"] = FileSystemBytecodeCache(folder)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage seldom, and never again among what stays: all that was imported, and the
    tests themselves. But where a browser is served, the threads leave their connections there."""
    if any(item.get_closest_marker("browser") for item in session.items):
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(UNLOOKED, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let two processes begin with the tests of the whole house, half of them each: they are long,
    and nobody waits for the last one. Each process has one half of the list.

    What asks no database is the same beside any, and so is what is marked to be: it is tested beside
    SQLite, once.
    """
    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=[item for item in items if _is_the_same(item)])
        items[:] = [item for item in items if not _is_the_same(item)]
    tests = Path(__file__).parent / "tests"
    house = [item for item in items if tests in item.path.parents]
    rest = [item for item in items if tests not in item.path.parents]
    half = max(0, len(items) // 2 - len(house[::2]))
    items[:] = [*house[::2], *rest[:half], *house[1::2], *rest[half:]]


def _is_the_same(item: pytest.Item) -> bool:
    """Tell whether a test says the same on any database: it is marked so, or asks none, neither by a
    mark nor by one of its fixtures."""
    if item.get_closest_marker("same_on_any_database"):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    is_marked = item.get_closest_marker("django_db") is not None
    return not is_marked and fixtures.isdisjoint({"db", "transactional_db", "live_server"})


@pytest.fixture(autouse=True)
def _plain_english() -> None:
    """Let what happens outside of a page speak English; a page speaks as its reader does."""
    activate("en")


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> None:
    """Give each test a folder, which is made when something is stored: few store anything, and
    pytest's `tmp_path` looks through the folders of all tests before it makes the next."""
    settings.UPLOADS = tmp_path_factory.getbasetemp() / "uploads" / str(next(_folders))


@pytest.fixture(autouse=True)
def _books_of_nobody() -> None:
    """What a process keeps of the books stays true while its database does."""
    recent.forget()


@pytest.fixture
def workshop(db: None) -> Workshop:
    return testing.workshop("ciomas", name="Sepatu Ciomas")


@pytest.fixture
def owner(workshop: Workshop) -> Person:
    """Pak Hadi owns the workshop."""
    return testing.staff("Hadi", workshop, Role.OWNER)


@pytest.fixture
def sari(workshop: Workshop) -> Person:
    """Sari sells."""
    return testing.staff("Sari", workshop, Role.SALES)


@pytest.fixture
def fajar(workshop: Workshop) -> Person:
    """Fajar keeps the money."""
    return testing.staff("Fajar", workshop, Role.FINANCE)


@pytest.fixture
def rina(workshop: Workshop) -> Person:
    """Rina buys material and keeps the store."""
    return testing.staff("Rina", workshop, Role.STOCK)


@pytest.fixture
def udin(workshop: Workshop) -> Person:
    """Udin leads the work."""
    return testing.staff("Udin", workshop, Role.PRODUCTION)


@pytest.fixture
def viewer(workshop: Workshop) -> Person:
    """Somebody who may only look."""
    return testing.staff("Lina", workshop, Role.VIEWER)


@pytest.fixture
def machine(workshop: Workshop) -> Person:
    return workshop.machine


@pytest.fixture
def buyer(workshop: Workshop) -> Party:
    """The shop that buys in quantity."""
    return testing.party(workshop, "Toko Dewi")


@pytest.fixture
def dewi(buyer: Party) -> Person:
    """Dewi owns the shop that buys."""
    return testing.person("Dewi", buyer)


@pytest.fixture
def siti(workshop: Workshop) -> Person:
    """Siti buys a pair for herself."""
    household = testing.party(workshop, "Siti", buys_as=Party.BuysAs.CONSUMER)
    return testing.person("Siti", household)


@pytest.fixture
def supplier(workshop: Workshop) -> Party:
    return testing.party(workshop, "Kulit Jaya", is_supplier=True)


@pytest.fixture
def budi(supplier: Party) -> Person:
    """Budi sells leather to the workshop."""
    return testing.person("Budi", supplier)


@pytest.fixture
def courier(workshop: Workshop) -> Party:
    return testing.party(workshop, "Ojek Asep", is_courier=True)


@pytest.fixture
def asep(courier: Party) -> Person:
    """Asep drives."""
    return testing.person("Asep", courier)


@pytest.fixture
def joko(db: None) -> Person:
    """Joko owns another workshop."""
    return testing.staff("Joko", testing.workshop("cibaduyut"), Role.OWNER)
