from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.portals import serving
from simpul.portals.doors import sides_of
from simpul.portals.entrance import look_path

STAFF = (Role.OWNER, Role.SALES, Role.FINANCE, Role.STOCK, Role.PRODUCTION, Role.VIEWER)


class Command(BaseCommand):
    help = "Run the program over a demonstration workshop, and print a link for every role."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Start it as: simpul demo")
        try:
            serving.demand_port(host, port)
        except serving.CannotServe as reason:
            raise CommandError(str(reason)) from reason
        marker = Path(settings.DATA) / "demonstration"
        if not marker.exists():
            self.stdout.write("Making the demonstration workshop, once. It takes a few minutes.")
            self.stdout.flush()
        serving.prepare()
        if not marker.exists():
            self._load()
            marker.touch()
        self.stdout.write(self._welcome())
        self.stdout.flush()
        if serving.run(host=host, port=port, web=True, worker=True):
            raise CommandError("A process ended by itself, and the others were stopped.")

    def _load(self) -> None:
        """Load the demonstration, and never open a real workshop to everybody."""
        if Workshop.objects.exists():
            raise CommandError(
                f"{settings.DATA} holds a real workshop: choose another folder with SIMPUL_DATA."
            )
        call_command("load_demo", stdout=self.stdout)

    def _welcome(self) -> str:
        lines = ["", f"Simpul runs at {settings.SITE_URL}/", "", "Look around as"]
        rows = [
            (role, person.name, settings.SITE_URL + look_path(person))
            for role, person in self._cast()
        ]
        wide = [max(len(row[column]) for row in rows) if rows else 0 for column in (0, 1)]
        lines += [f"  {role:{wide[0]}}  {name:{wide[1]}}  {link}" for role, name, link in rows]
        return "\n".join([*lines, "", "Stop with Ctrl-C. The data stays."])

    def _cast(self) -> list[tuple[str, Person]]:
        """Return one person with a login for each kind of visitor."""
        people = Person.objects.active().exclude(user=None).select_related("workshop", "party")
        cast: dict[str, Person] = {}
        for person in people.order_by("pk"):
            for kind in self._kinds(person):
                cast.setdefault(kind, person)
        order = [*(role.value for role in STAFF), "distributor", "consumer", "supplier", "courier"]
        return [(kind, cast[kind]) for kind in order if kind in cast]

    def _kinds(self, person: Person) -> list[str]:
        if person.party is None:
            return [person.role]
        return [person.party.buys_as if side == "buyer" else side for side in sides_of(person)]
