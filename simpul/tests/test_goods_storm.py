"""Planning, reserving, working and changing by eight writers at once, on a database that all share.

Seen red on PostgreSQL without the lock of a balance (false sums), of a step (done twice) and of the
order of a package (a number twice); on both where a step does not read its row anew. On SQLite the
queue at the door is enough, and so is IMMEDIATE: without both it is locked. Not seen
without the locks of a series and of a planned line (unique constraints say no), of outwork (its job is
held) and of drafts (against rings only), nor without that of a line on the shelf.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

DATABASE = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database of PostgreSQL; nothing where the run is on SQLite."""
    if not DATABASE:
        yield ""
        return
    name = f"storm_{os.getpid()}"
    with psycopg.connect(DATABASE, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(DATABASE)._replace(path=f"/{name}"))
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_eight_writers_break_nothing(tmp_path: Path, url: str) -> None:
    turns = os.environ.get("SIMPUL_STORM", "36")
    environment = {
        **os.environ,
        "SIMPUL_DATA": str(tmp_path),
        "SIMPUL_DEMO": "1",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "simpul.settings",
    }
    storm = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "simpul.tests.goods_storm", "7", turns],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert storm.returncode == 0, storm.stderr
    told, *findings = storm.stdout.splitlines()
    assert findings == []
    came = {what: int(count) for what, _is, count in (one.partition("=") for one in told.split())}
    assert came.keys() <= {"done", "refused", "gave-up"}, came
    assert came["done"] > 25
    assert came.get("gave-up", 0) <= came["done"] // 10
