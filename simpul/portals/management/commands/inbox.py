import json as formats
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from simpul.conversations.models import Message
from simpul.lib import mails
from simpul.parties.models import Workshop
from simpul.payments.models import Arrival
from simpul.portals.bank import arriving
from simpul.workflow.steps import Refused


class Command(BaseCommand):
    help = "Take in a mail, an answer or a proof of payment: a file, or - for what is piped in."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the mail as it came (.eml), or -")
        parser.add_argument("--workshop", help="whose, by its slug, where there are several")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file: str, workshop: str | None, json: bool, **options: Any) -> None:
        try:
            taken = arriving.take_mail(_content(file), workshop=_workshop(workshop))
        except OSError as reason:
            raise _Later(f"{file} cannot be read: {reason.strerror}") from reason
        except Refused as reason:
            raise _Later(str(reason)) from reason
        except DatabaseError as reason:
            raise _Later("The database is not ready.") from reason
        self.stdout.write(formats.dumps(_facts(taken)) if json else f"{file}: {_line(taken)}")


class _Later(CommandError):
    """A mail server that pipes tries again; any other number would tell the sender (sysexits.h)."""

    def __init__(self, text: str) -> None:
        super().__init__(text, returncode=os.EX_TEMPFAIL)


def _content(file: str) -> bytes:
    """Read no more than is ever looked at."""
    if file == "-":
        return sys.stdin.buffer.read(mails.MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(mails.MOST_BYTES + 1)


def _workshop(slug: str | None) -> Workshop:
    workshops = Workshop.objects.filter(slug=slug) if slug else Workshop.objects.all()
    found = list(workshops[:2])
    if len(found) != 1:
        raise _Later("There is no such workshop." if slug else "Say --workshop SLUG.")
    return found[0]


def _facts(taken: Arrival | Message) -> dict[str, Any]:
    if isinstance(taken, Message):
        return {"message": taken.pk, "about": str(taken.shown_with), "files": taken.files.count()}
    claim = taken.claim
    return {
        "arrival": taken.pk,
        "status": taken.status,
        "why": taken.why,
        "order": str(claim.order) if claim else None,
        "amount": claim.amount if claim else None,
    }


def _line(taken: Arrival | Message) -> str:
    if isinstance(taken, Message):
        return f"a message about {taken.shown_with}"
    if taken.claim is not None:
        return f"reported as a payment of order {taken.claim.order}"
    why = f" ({taken.why})" if taken.why else ""
    waits = taken.status == Arrival.Status.WAITING
    return f"{'waits for a person' if waits else taken.status}{why}"
