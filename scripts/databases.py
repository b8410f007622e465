"""The same measurement on both databases, each in a process and a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from postgres import postgres


def measured(arguments: Sequence[str], only: str | None = None) -> Iterator[tuple[str, Any]]:
    """Run this very program again with `--child` and the arguments, on a new SQLite and on a new
    PostgreSQL (or on the one that `only` names), and yield the name of each and what the last line
    of its output says as JSON."""
    if only != "postgres":
        yield "SQLite", _child(arguments, "")
    if only != "sqlite":
        with postgres() as address:
            yield "PostgreSQL", _child(arguments, address)


def _child(arguments: Sequence[str], url: str) -> Any:
    with tempfile.TemporaryDirectory(prefix="simpul-bench-") as folder:
        done = subprocess.run(
            [sys.executable, sys.argv[0], "--child", *arguments],
            env={
                **os.environ,
                "SIMPUL_DATA": folder,
                "SIMPUL_DEMO": "1",
                "DJANGO_SETTINGS_MODULE": "simpul.settings",
                "DATABASE_URL": url,
            },
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return json.loads(done.stdout.splitlines()[-1])
