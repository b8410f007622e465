import json as formats
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.lib import mails
from simpul.parties.models import Workshop
from simpul.payments import inbox
from simpul.payments.models import Arrival
from simpul.workflow.steps import Refused


class Command(BaseCommand):
    help = "Take in a mail with a proof of payment: a file, or - for what a mail server pipes in."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the mail as it came (.eml), or -")
        parser.add_argument("--workshop", help="whose, by its slug, where there are several")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file: str, workshop: str | None, json: bool, **options: Any) -> None:
        ours = _workshop(workshop)
        try:
            arrival = inbox.take_mail(_content(file), workshop=ours)
        except OSError as reason:
            raise CommandError(f"{file} cannot be read: {reason.strerror}") from reason
        except Refused as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(formats.dumps(_facts(arrival)) if json else _line(file, arrival))


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
        raise CommandError("There is no such workshop." if slug else "Say --workshop SLUG.")
    return found[0]


def _facts(arrival: Arrival) -> dict[str, Any]:
    claim = arrival.claim
    return {
        "arrival": arrival.pk,
        "status": arrival.status,
        "why": arrival.why,
        "order": str(claim.order) if claim else None,
        "amount": claim.amount if claim else None,
    }


def _line(file: str, arrival: Arrival) -> str:
    if arrival.claim is not None:
        return f"{file}: reported as a payment of order {arrival.claim.order}"
    why = f" ({arrival.why})" if arrival.why else ""
    waits = arrival.status == Arrival.Status.WAITING
    return f"{file}: {'waits for a person' if waits else arrival.status}{why}"
