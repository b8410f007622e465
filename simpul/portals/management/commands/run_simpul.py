from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simpul.portals import serving


class Command(BaseCommand):
    help = (
        "Run the program: web pages (--web), jobs and notices (--worker); both unless one is named."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--web", action="store_true", help="only the web pages")
        parser.add_argument("--worker", action="store_true", help="only jobs and notices")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, web: bool, worker: bool, host: str, port: int, **options: Any) -> None:
        both = web == worker
        if web or both:
            try:
                serving.demand_port(host, port)
            except serving.CannotServe as reason:
                raise CommandError(str(reason)) from reason
        serving.prepare()
        where = f"at http://{host}:{port}/" if web or both else "its jobs and notices"
        self.stdout.write(f"Simpul runs {where}")
        self.stdout.flush()
        if serving.run(host=host, port=port, web=web or both, worker=worker or both):
            raise CommandError("A process ended by itself, and the others were stopped.")
