"""Knock at every door as everybody, and hold the answers against the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, get_resolver, resolve

from simpul.tests.doors import TABLE, Door
from simpul.tests.stored import Ear, Stored
from simpul.tests.test_notes import SECRET, write_notes
from simpul.tests.world import ACTORS, LINKS, SIDES, STAFF, STRANGERS, World

pytestmark = pytest.mark.same_on_any_database(
    "the gate and the matrix know no database; what a queryset filters out is tested with its app, and"
    " `test_queries` asks each page, on both"
)

LOGIN_NAMES = ("account_", "mfa_")  # allauth keeps these doors
GROUPS = {
    "staff": tuple(STAFF),
    "buyers": tuple(name for name, side in SIDES.items() if side == "buyer"),
    "suppliers": ("budi", "wawan"),
    "couriers": ("asep", "ujang"),
    "all": ACTORS,
}
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
UNSEEN = {"sessions.Session", "parties.User"}  # a knock leaves its mark there
REFUSED = {302, 403, 404, 405, 409, 422}
TYPED = {"reason": "x", "body": "x", "answer": "x", "note": "x", "words": "x"}
SHARES = range(3)  # the table is knocked at in shares, so that processes can divide it


def names(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Walk the URLconf and return every name with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)


def doors() -> list[str]:
    return [name for name in names() if not name.startswith(LOGIN_NAMES)]


def people(words: str) -> set[str]:
    return {name for word in words.split() for name in GROUPS.get(word, (word,))}


def expected(name: str, door: Door, actor: str) -> int:
    """Return what the table and the gate together answer to a look at this page."""
    portal = name.partition(":")[0]
    if actor in people(door.sees):
        return door.answer
    if actor == "old_link":  # it once opened the order's page and what lies below it
        return 404 if portal == "buyer" and door.thing.startswith("order") else 302
    if actor in ("anonymous", *LINKS):
        return 302
    if actor in STRANGERS:
        return 404
    return door.others if SIDES[actor] == portal else 403


def test_every_address_stands_in_the_table() -> None:
    assert set(doors()) == set(TABLE)


@pytest.fixture
def world(db: None) -> World:
    """With notes that the house has written for itself."""
    world = World()
    write_notes(world)
    return world


@pytest.mark.parametrize("share", SHARES)
def test_who_sees_what(world: World, share: int) -> None:
    """And no page leads anybody to a door that is shut to them, nor shows what the house writes for
    itself anywhere but at its desk."""
    wrong: dict[Any, Any] = {}
    for name, door in doors_of(share):
        path = world.path(name, door.thing)
        for actor, client in world.clients.items():
            answer = client.get(path)
            if answer.status_code != (wanted := expected(name, door, actor)):
                wrong[name, actor] = (answer.status_code, wanted)
            if shut := [other for other in leads_to(answer) if actor not in may_see(other)]:
                wrong[name, actor, "leads to"] = shut
            if not name.startswith("workshop:") and shows(answer, SECRET):
                wrong[name, actor] = "shows a note of the house"
    assert wrong == {}


def shows(answer: Any, words: str) -> bool:
    return "text" in answer.headers.get("Content-Type", "") and words in answer.text


def leads_to(answer: Any) -> set[str]:
    """Return the names of the doors that a page has links to."""
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return set()
    paths = {path.partition("?")[0] for path in LINK.findall(answer.text)}
    return {name_of(path) for path in paths if not path.startswith("/static/")}


@cache
def name_of(path: str) -> str:
    return resolve(path).view_name


def may_see(name: str) -> set[str]:
    if name.startswith(LOGIN_NAMES):
        return set(ACTORS)
    return people(TABLE[name].sees)


@pytest.mark.parametrize("share", SHARES)
def test_who_may_not_changes_nothing(world: World, share: int) -> None:
    wrong: dict[Any, Any] = {}
    with Ear() as ear:
        stored = Stored(ear, everything())
        before = stored.rows()
        for name, door in doors_of(share):
            path = world.path(name, door.thing)
            for actor in set(ACTORS) - people(door.may):
                answer = world.clients[actor].post(path, TYPED).status_code
                if answer not in REFUSED:
                    wrong[name, actor] = answer
            if (after := stored.rows()) != before:
                wrong[name] = "somebody who may not changed something"
                before = after
    assert wrong == {}


def doors_of(share: int) -> list[tuple[str, Door]]:
    inside = sorted((name, door) for name, door in TABLE.items() if ":" in name)
    return inside[share :: len(SHARES)]


def everything() -> tuple[type[models.Model], ...]:
    """Return what is stored, but for sessions and counters of knocks."""
    return tuple(one for one in apps.get_models() if one._meta.label not in UNSEEN)
