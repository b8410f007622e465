import json as formats
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.lib import clock
from simpul.portals import archive


class Command(BaseCommand):
    help = "Make one file of the database and the uploads, while the program runs."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file: Path | None, json: bool, **options: Any) -> None:
        target = file or Path(f"simpul-{clock.now():%Y%m%d-%H%M%S}.tar.gz")
        try:
            archive.backup(target)
        except archive.CannotArchive as reason:
            raise CommandError(str(reason)) from reason
        size = target.stat().st_size
        if json:
            self.stdout.write(formats.dumps({"file": str(target), "bytes": size}))
        else:
            self.stdout.write(f"Backed up to {target} ({size / 1_000_000:.1f} MB)")
