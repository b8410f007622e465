import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from simpul.conversations import notices
from simpul.portals import (
    answered,
    circulars,
    confirmations,
    outbox,
    room_letters,
    timetable,
)

PAUSE_S = 3
SENDERS = (*outbox.ALL, circulars.send, confirmations.send, room_letters.send, answered.send)

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Tell people what was done: make notices of the journal's new lines and send the mail."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="again every few seconds")

    def handle(self, *, forever: bool, **options: Any) -> None:
        if not forever:
            told, _ready = notices.tell(), outbox.prepare()
            sent, failed = map(sum, zip(*(send() for send in SENDERS), strict=True))
            self.stdout.write(f"{told} notices made, {sent} mails sent, {failed} failed")
            return
        try:
            while True:
                self._once()
                time.sleep(PAUSE_S)
        except KeyboardInterrupt:
            return

    def _once(self) -> None:
        close_old_connections()
        try:
            notices.tell()
            outbox.prepare()
            timetable.start_due()
        except Exception:
            log.exception("The outbox will try again")
        for send in SENDERS:  # what fails keeps no other one waiting
            try:
                send()
            except Exception:
                log.exception("%s will try again", send.__module__)
