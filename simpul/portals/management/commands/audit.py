import json as formats
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.insight.audit import findings
from simpul.parties.models import Workshop


class Command(BaseCommand):
    help = "Hold the invariants of the design against the facts; exit 1 and name what is broken."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workshop", help="only this one, by its slug")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, workshop: str | None, json: bool, **options: Any) -> None:
        one = Workshop.objects.filter(slug=workshop).first() if workshop else None
        if workshop and one is None:
            raise CommandError(f"There is no workshop called {workshop}.")
        found = list(findings(one))
        if json:
            self.stdout.write(formats.dumps([asdict(finding) for finding in found], indent=1))
        else:
            for finding in found:
                self.stdout.write(f"{finding.invariant}: {finding.subject}: {finding.text}")
            if not found:
                self.stdout.write("Every invariant holds.")
        if found:
            raise SystemExit(1)
