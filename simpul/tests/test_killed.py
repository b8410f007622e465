"""A process that tells people is killed where it hurts, and nothing is lost.

The program's own command runs as a process against a real mail server on the loopback. It is ended
with SIGKILL inside of the telling, between claiming a notice and sending it, and after the server
took a mail but before the notice was marked. What can be promised is in docs/decisions/0045.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from simpul import testing
from simpul.conversations.models import Channel, Conversation, How, Kind, Message, Preference
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.parties.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

# The command at another time; with a second argument it dies inside of its transaction, when it has
# told so many lines of the journal.
COMMAND = """
import os, signal, sys
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from simpul.conversations import notices
from simpul.lib import clock

def dying(entry, tell=notices._tell, told=[]):
    told.append(tell(entry))
    if len(told) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return told[-1]

if len(sys.argv) > 2:
    notices._tell = dying
with clock.stopped(clock.now() + timedelta(minutes=int(sys.argv[1]))):
    call_command("outbox")
"""


class MailServer:
    """Takes what comes, and kills whoever brings it where it is told to."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.running: subprocess.Popen[bytes] | None = None
        self.kills: Callable[[Mail | None], bool] = lambda mail: False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._strike(None)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content)
        self.mails.append(mail)
        self._strike(mail)
        return "250 OK"

    def _strike(self, mail: Mail | None) -> None:
        if self.running is not None and self.kills(mail):
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()


@pytest.fixture
def server() -> Iterator[tuple[MailServer, int]]:
    taken = MailServer()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: SMTP(taken, loop=loop), "127.0.0.1", 0)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield taken, listening.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    listening.close()
    loop.run_until_complete(listening.wait_closed())
    loop.close()


@pytest.fixture
def told(workshop: Workshop, buyer: Party, dewi: Person) -> None:
    """Two who sell hear of two messages at once, and a third one once a day."""
    for name in ("Sari", "Sinta", "Susi"):
        person = testing.staff(name, workshop, Role.SALES)
        Identity.objects.create(
            workshop=workshop, person=person, kind="mail", value=f"{name.lower()}@example.com"
        )
    Preference.objects.create(person=person, kind=Kind.TALK, channel=Channel.MAIL, how=How.DAILY)
    for body in ("Halo", "Apa kabar?"):
        Message.say(by=dewi, conversation=Conversation.of(buyer, buyer), body=body)


def test_nothing_is_lost_and_nothing_is_told_twice_but_in_the_last_gap(
    told: None, server: tuple[MailServer, int], tmp_path: Path
) -> None:
    taken, port = server
    environment = {**os.environ, **_database(tmp_path), "SIMPUL_SMTP_HOST": "127.0.0.1"}
    environment |= {"SIMPUL_SMTP_PORT": str(port), "SIMPUL_SMTP_TLS": "0"}

    def run(minutes: int, *dies_after: str) -> int:
        command = [sys.executable, "-c", COMMAND, str(minutes), *dies_after]
        taken.running = subprocess.Popen(command, env=environment)  # noqa: S603
        return taken.running.wait(300)  # on a machine where much else runs

    # inside of the telling: all of it is still to be told
    assert run(0, "2") == -signal.SIGKILL
    assert _ask(tmp_path, "SELECT count(*) FROM conversations_notice") == [(0,)]

    # claimed, and not sent
    taken.kills = lambda mail: mail is None
    assert run(0) == -signal.SIGKILL
    assert taken.mails == []

    # the server has it, and nobody knows
    taken.kills = lambda mail: mail is not None
    assert run(2) == -signal.SIGKILL
    assert len(taken.mails) == 1

    # the same with the letter of the day
    taken.kills = lambda mail: mail is not None and mail["To"] == "susi@example.com"
    assert run(25 * 60) == -signal.SIGKILL
    assert len(taken.mails) == 1 + 4 + 1

    taken.kills = lambda mail: False
    assert run(26 * 60) == 0

    ids = Counter((mail["To"], mail["Message-ID"]) for mail in taken.mails)
    assert sorted((to, times) for (to, _id), times in ids.items()) == [
        ("sari@example.com", 1),
        ("sari@example.com", 2),  # the one that nobody knew of
        ("sinta@example.com", 1),
        ("sinta@example.com", 1),
        ("susi@example.com", 2),  # her letter, for the same reason
    ]
    texts = {(mail["Message-ID"], _text(mail)) for mail in taken.mails}
    assert len(texts) == len(ids)  # the second is the first, word for word
    assert _text(taken.mails[-1]).count("- Dewi") == 2
    status = "SELECT channel, status, count(*) FROM conversations_notice GROUP BY 1, 2"
    assert _ask(tmp_path, status) == [("mail", "sent", 6)]


def _text(mail: Mail) -> str:
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def _database(folder: Path) -> dict[str, str]:
    """Return where the process finds what the test has made: on PostgreSQL in the same database, on
    SQLite in a copy, for the test's own lies in memory."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        path = f"/{connection.settings_dict['NAME']}"
        return {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=path))}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(folder / "simpul.sqlite3")])
    return {"SIMPUL_DATA": str(folder)}


def _ask(folder: Path, question: str) -> list[tuple[Any, ...]]:
    if os.environ.get("DATABASE_URL"):
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
    with sqlite3.connect(folder / "simpul.sqlite3") as file:
        return list(file.execute(question))
