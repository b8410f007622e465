"""Is all well with this installation? One answer for each thing it stands on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import mailers
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

LEAST_DISK = 500_000_000

# what keeps a committed step through a power cut, and how to ask for it
PROMISES: dict[str, tuple[str, dict[str, str]]] = {
    "sqlite": ("PRAGMA", {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}),
    "postgresql": ("SHOW", {"fsync": "on", "synchronous_commit": "on"}),
}


@dataclass(frozen=True, slots=True)
class Answer:
    what: str
    is_well: bool
    text: str


def answers() -> list[Answer]:
    return [check() for check in CHECKS]


def settings_answer() -> Answer:
    wrong = []
    if settings.DEBUG:
        wrong.append("SIMPUL_DEBUG is on")
    if not settings.IS_HTTPS and settings.HOST != "localhost":
        wrong.append(f"SIMPUL_HTTPS is off for {settings.HOST}")
    return Answer("settings", not wrong, "; ".join(wrong) or f"{settings.SITE_URL}")


def database_answer() -> Answer:
    try:
        with connection.cursor() as cursor:
            ask, wanted = PROMISES[connection.vendor]
            found = {}
            for name in wanted:
                cursor.execute(f"{ask} {name}")
                found[name] = str(cursor.fetchone()[0])
            waiting = _waiting_migrations()
    except (DatabaseError, ImproperlyConfigured) as reason:
        return Answer("database", False, str(reason).strip())
    facts = ", ".join(f"{name}={value}" for name, value in found.items())
    if waiting:
        return Answer("database", False, f"{waiting} migrations are not applied; {facts}")
    return Answer("database", found == wanted, f"{connection.vendor}, {facts}")


def mail_answer() -> Answer:
    backend = settings.MAILERS["default"]["BACKEND"]
    if "smtp" not in backend:
        name = backend.split(".")[-2]
        return Answer("mail", True, f"not sent, only written to the {name}")
    host = settings.MAILERS["default"]["OPTIONS"]["host"]
    try:
        sender = mailers["default"]
        sender.open()
        sender.close()
    except OSError as reason:
        return Answer("mail", False, f"{host} does not answer: {reason}")
    return Answer("mail", True, f"{host} answers")


def disk_answer() -> Answer:
    free = shutil.disk_usage(settings.DATA).free
    probe = settings.DATA / "probe"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as reason:
        return Answer("disk", False, f"{settings.DATA} cannot be written: {reason.strerror}")
    return Answer("disk", free > LEAST_DISK, f"{settings.DATA}, {free / 1e9:.1f} GB free")


CHECKS: list[Callable[[], Answer]] = [settings_answer, database_answer, mail_answer, disk_answer]


def _waiting_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
