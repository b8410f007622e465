"""Running the program: make everything ready, start the processes, end them together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection

from simpul.lib.messages import compile_texts
from simpul.portals import archive

MIGRATION_LOCK = 519_730  # any number that nobody else takes
PATIENCE_S = 10


class CannotServe(Exception):
    """The program cannot start; the message says why in one line."""


def prepare() -> None:
    """Bring database, texts and static files up to date; cheap where they are."""
    prepare_database()
    for folder in settings.LOCALE_PATHS:
        compile_texts(Path(folder))
    _collect_static()


def prepare_database() -> None:
    """Migrate, one process at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # several machines may start at once
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def demand_port(host: str, port: int) -> None:
    """Raise CannotServe where somebody else listens already."""
    if _is_taken(host, port):
        raise CannotServe(f"Port {port} is taken: stop what runs there, or choose another --port.")


def run(*, host: str, port: int, web: bool, worker: bool) -> int:
    """Run until a signal comes, or until one of the processes ends by itself; return 1 then."""
    commands = [_web(host, port)] if web else []
    if worker:
        commands += [_django("db_worker"), _django("outbox", "--forever")]
    with archive.running():
        return _watch([start(command) for command in commands])


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process as the head of a group, so that it can be ended with all that it starts."""
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own


def _web(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "simpul.wsgi:application"),
        *("--host", host, "--port", str(port), "--workers", "2", "--blocking-threads", "4"),
        *("--no-ws", "--no-access-log", "--log-level", "warning"),
    ]


def _django(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "django", *arguments]


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        while not stopped and all(process.poll() is None for process in processes):
            time.sleep(0.2)
    finally:
        end(processes)
    return 0 if stopped else 1


def end(processes: list[subprocess.Popen[bytes]], patience_s: float = PATIENCE_S) -> None:
    """Ask each to end, and after a while end by force what is left of their groups."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    give_up_at = time.monotonic() + patience_s
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, give_up_at - time.monotonic()))
        with suppress(ProcessLookupError):  # nobody is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return True
    return False


def _collect_static() -> None:
    """Collect and compress the static files, unless nothing changed since the last time."""
    state = _state_of_static()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def _state_of_static() -> str:
    files = [
        os.stat(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    ]
    newest = max((file.st_mtime_ns for file in files), default=0)
    return f"{len(files)} {sum(file.st_size for file in files)} {newest}"
