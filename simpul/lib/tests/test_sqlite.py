"""The queue of writers, on a database file of its own."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from simpul.lib.sqlite import base
from simpul.lib.sqlite.base import DatabaseWrapper
from simpul.settings import _database


@pytest.fixture
def connection(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[DatabaseWrapper]:
    database = {**_database(""), "NAME": tmp_path / "queue.sqlite3"}
    wrapper = ConnectionHandler({"default": database})["default"]
    with django_db_blocker.unblock():
        yield wrapper  # type: ignore[misc]
        wrapper.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def finish(connection: DatabaseWrapper) -> None:
    connection.commit()
    connection.set_autocommit(True)


def is_shut(connection: DatabaseWrapper) -> bool:
    door = os.open(f"{connection.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(door)
    return False


def test_it_writes_ahead_and_waits_for_the_disk(connection: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_the_door_is_shut_only_while_somebody_writes(connection: DatabaseWrapper) -> None:
    assert not is_shut(connection)
    begin(connection)
    assert is_shut(connection)
    finish(connection)
    assert not is_shut(connection)


def test_the_door_opens_after_a_rollback_and_after_a_close(connection: DatabaseWrapper) -> None:
    begin(connection)
    connection.rollback()
    assert not is_shut(connection)
    connection.set_autocommit(True)
    begin(connection)
    connection.close()
    assert not is_shut(connection)


def test_whoever_waits_too_long_is_told(
    connection: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "PATIENCE_S", 0.01)
    door = os.open(f"{connection.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT)
    fcntl.flock(door, fcntl.LOCK_EX)
    with pytest.raises(OperationalError, match="the queue of writers is too long"):
        begin(connection)
    os.close(door)
    begin(connection)
    finish(connection)


def test_the_program_uses_it() -> None:
    database = _database("")
    assert database["ENGINE"] == "simpul.lib.sqlite"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"  # type: ignore[index]
