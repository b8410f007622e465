import json as formats
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.lib.bars import Bar
from simpul.parties.models import Person
from simpul.parties.roles import Role
from simpul.payments import importing, reconciliation
from simpul.payments.models import BankAccount
from simpul.workflow.steps import Refused


class Command(BaseCommand):
    help = "Read a bank's statement file, or refuse it whole."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        take = what.add_parser("import", help="read a file")
        take.add_argument("file", type=Path)
        take.add_argument("--account", required=True, help="the number of the workshop's account")
        take.add_argument("--workshop", help="whose, by its slug, where the number is not enough")
        take.add_argument("--from", dest="first", type=date.fromisoformat, help="first day (ISO)")
        take.add_argument("--to", dest="last", type=date.fromisoformat, help="last day (ISO)")
        take.add_argument("--json", action="store_true")

    def handle(
        self,
        *,
        file: Path,
        account: str,
        workshop: str | None,
        first: date | None,
        last: date | None,
        json: bool,
        **options: Any,
    ) -> None:
        ours = _account(account, workshop)
        period = (first, last) if first and last else None
        bar = Bar(self.stderr)
        try:
            handed_in = importing.hand_in(
                by=_finance(ours),
                account=ours,
                content=file.read_bytes(),
                period=period,
                name=file.name,
            )
            taken, matched = reconciliation.read(handed_in, told=_Progress(bar))
        except OSError as reason:
            raise CommandError(f"{file} cannot be read: {reason.strerror}") from reason
        except Refused as reason:
            if json:
                self.stdout.write(formats.dumps({"file": str(file), "refused": str(reason)}))
            raise CommandError(str(reason)) from reason
        finally:
            bar.clear()
        counted = {"rows": taken.rows, "new": taken.added, "matched": matched}
        if json:
            self.stdout.write(formats.dumps({"file": str(file), **counted}))
        else:
            self.stdout.write(
                f"{file}: {taken.rows} rows, {taken.added} of them new, {matched} matched"
            )


class _Progress:
    """Hears how far the reading is; how many rows there are is said once."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._expected = 0

    def __call__(self, phase: str, seen: int, expected: int | None) -> None:
        self._expected = expected or self._expected
        self._bar.show(seen, self._expected, f"{seen:,} rows, {phase}")


def _account(number: str, workshop: str | None) -> BankAccount:
    accounts = BankAccount.objects.filter(number=number).select_related("workshop")
    if workshop:
        accounts = accounts.filter(workshop__slug=workshop)
    found = list(accounts[:2])
    if len(found) != 1:
        raise CommandError(
            f"{len(found) or 'No'} account {number}: say --workshop or another number."
        )
    return found[0]


def _finance(account: BankAccount) -> Person:
    """Return in whose name the file is read: the first of finance, or the owner."""
    people = Person.objects.active().filter(workshop=account.workshop, party=None).order_by("pk")
    person = people.filter(role=Role.FINANCE).first() or people.filter(role=Role.OWNER).first()
    if person is None:
        raise CommandError(f"{account.workshop} has nobody who keeps the money.")
    return person
