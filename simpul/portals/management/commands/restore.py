import json as formats
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.portals import archive


class Command(BaseCommand):
    help = "Bring a backup back. The program must be stopped; what is there is kept aside."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file: Path, json: bool, **options: Any) -> None:
        try:
            aside = archive.restore(file)
        except archive.CannotArchive as reason:
            raise CommandError(str(reason)) from reason
        if json:
            self.stdout.write(formats.dumps({"file": str(file), "aside": str(aside or "")}))
        else:
            kept = f"; what was there lies in {aside}" if aside else ""
            self.stdout.write(f"Restored {file}{kept}")
