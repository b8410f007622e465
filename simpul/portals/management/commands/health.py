import json as formats
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from simpul.portals import health


class Command(BaseCommand):
    help = "Check settings, database, mail and disk; exit 1 if one is not well."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *, json: bool, **options: Any) -> None:
        answers = health.answers()
        if json:
            self.stdout.write(formats.dumps([asdict(answer) for answer in answers], indent=1))
        else:
            for answer in answers:
                self.stdout.write(
                    f"{'ok ' if answer.is_well else 'NO '} {answer.what}: {answer.text}"
                )
        if not all(answer.is_well for answer in answers):
            raise SystemExit(1)
