"""One file of the database, the uploads and the key, made while the program runs; and back again.

The key goes with the rest: links that were sent are derived from it. So keep the file as you would
keep the key to the house.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from simpul.lib import clock

DATABASE = "simpul.sqlite3"
UPLOADS = "uploads"
KEY = "secret-key"
BESIDES = (f"{DATABASE}-wal", f"{DATABASE}-shm")


class CannotArchive(Exception):
    """It cannot be done; the message says why in one line."""


def backup(target: Path) -> None:
    """Write the archive. The database is copied first, because uploads are only ever added."""
    _demand_sqlite("pg_dump")
    if target.exists():
        raise CannotArchive(f"{target} exists already.")
    part = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(copy)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                archive.add(copy, DATABASE)
                for name, path in ((UPLOADS, Path(settings.UPLOADS)), (KEY, settings.DATA / KEY)):
                    if path.exists():
                        archive.add(path, name)
            file.flush()
            os.fsync(file.fileno())
    part.replace(target)


def restore(source: Path) -> Path | None:
    """Put the archive in place of what is there; return the folder where that is kept now."""
    _demand_sqlite("pg_restore")
    with _nobody_else(), tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        fresh = Path(folder)
        _unpack(source, fresh)
        connection.close()
        aside = settings.DATA / f"before-restore-{clock.now():%Y%m%d-%H%M%S}"
        moved = [name for name in (DATABASE, *BESIDES, UPLOADS, KEY) if _move(name, aside)]
        for name in (DATABASE, UPLOADS, KEY):
            if (fresh / name).exists():
                shutil.move(fresh / name, settings.DATA / name)
        return aside if moved else None


@contextmanager
def running() -> Iterator[None]:
    """Let a restore know that the program runs."""
    with (settings.DATA / "running").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def _nobody_else() -> Iterator[None]:
    with (settings.DATA / "running").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotArchive("The program is running: stop it first.") from None
        yield


def _demand_sqlite(instead: str) -> None:
    if connection.vendor != "sqlite":
        raise CannotArchive(
            f"The data lies in PostgreSQL: use {instead}, and copy {settings.UPLOADS}."
        )


def _copy_database(target: Path) -> None:
    name = settings.DATA / DATABASE
    if not name.exists():
        raise CannotArchive(f"There is no database at {name}.")
    with closing(sqlite3.connect(name, timeout=30)) as live:
        live.execute("VACUUM INTO ?", [str(target)])


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            names = {member.name.split("/")[0] for member in archive.getmembers()}
            if DATABASE not in names or names - {DATABASE, UPLOADS, KEY}:
                raise CannotArchive(f"{source} is no backup of Simpul.")
            archive.extractall(folder, filter="data")
    except (OSError, EOFError, tarfile.TarError) as reason:
        raise CannotArchive(f"{source} cannot be read: {reason}") from reason
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        try:
            (health,) = database.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as reason:
            health = str(reason)
    if health != "ok":
        raise CannotArchive(f"The database in {source} is damaged: {health}")


def _move(name: str, aside: Path) -> bool:
    path = settings.DATA / name
    if not path.exists():
        return False
    aside.mkdir(exist_ok=True)
    shutil.move(path, aside / name)
    return True
