from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.insight.keeping import keep
from simpul.lib.bars import Bar
from simpul.parties.models import Workshop


class Command(BaseCommand):
    help = "Reckon the figures of the analysis anew from the orders, or only what was touched."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workshop", help="only this one, by its slug")
        parser.add_argument("--touched", action="store_true", help="only what was touched")

    def handle(self, *, workshop: str | None, touched: bool, **options: Any) -> None:
        chosen = Workshop.objects.order_by("pk")
        if workshop:
            chosen = chosen.filter(slug=workshop)
            if not chosen:
                raise CommandError(f"There is no workshop called {workshop}.")
        for one in chosen:
            try:
                orders = keep.bring_up_to_date(one) if touched else self._anew(one)
            except keep.BeingRebuilt as reason:
                raise CommandError(f"{one.slug}: somebody reckons it anew just now.") from reason
            self.stdout.write(f"{one.slug}: {orders} orders")

    def _anew(self, workshop: Workshop) -> int:
        bar = Bar(self.stdout)
        orders = keep.rebuild(
            workshop, lambda done, of: bar.show(done, of, f"{done} of {of} orders")
        )
        bar.clear()
        return orders
