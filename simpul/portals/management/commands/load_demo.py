from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.demo.load import load
from simpul.lib.bars import Bar
from simpul.parties.models import Workshop


class Command(BaseCommand):
    help = "Make the demonstration workshop with its history, in an empty database."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        if Workshop.objects.exists():
            raise CommandError("There is a workshop already.")
        bar = Bar(self.stdout)
        made = load(told=lambda share: bar.show(share, 1, f"{share:4.0%} of two years"))
        bar.clear()
        self.stdout.write(f"Made {made.name} at /{made.slug}/")
