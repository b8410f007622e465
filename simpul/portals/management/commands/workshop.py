import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from simpul.parties.models import Identity, Person, User, Workshop
from simpul.parties.roles import Role
from simpul.portals.serving import prepare_database

# the first part of an address that is no workshop's
RESERVED = {"accounts", "api", "gallery", "hooks", "l", "language", "look", "static"}


class Command(BaseCommand):
    help = "Make a new workshop with its owner; the owner sets a password by “forgot password”."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        new = what.add_parser("new", help="make a workshop")
        new.add_argument("slug", help="the first part of all its addresses, such as ciomas")
        new.add_argument("name", help="such as “Sepatu Ciomas”")
        new.add_argument("owner", help="the owner's name")
        new.add_argument("email", help="the owner's e-mail, for the login")
        new.add_argument("--json", action="store_true")

    def handle(
        self, *, slug: str, name: str, owner: str, email: str, json: bool, **options: Any
    ) -> None:
        _demand_shape(slug, email)
        prepare_database()
        if Workshop.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a workshop called {slug} already.")
        workshop = make(slug, name, owner, email.lower())
        if json:
            self.stdout.write(_as_json(workshop))
        else:
            self.stdout.write(f"Made the workshop {workshop.name} at /{workshop.slug}/")


@transaction.atomic
def make(slug: str, name: str, owner: str, email: str) -> Workshop:
    """Make a workshop with its machine and its owner, whose login may be known already."""
    workshop = Workshop.objects.create(slug=slug, name=name, email=email)
    Person.objects.create(workshop=workshop, role=Role.MACHINE, name="Simpul")
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    person = Person.objects.create(workshop=workshop, role=Role.OWNER, name=owner, user=user)
    Identity.objects.create(workshop=workshop, person=person, kind=Identity.Kind.MAIL, value=email)
    return workshop


def _demand_shape(slug: str, email: str) -> None:
    try:
        validate_slug(slug)
        validate_email(email)
    except ValidationError as reason:
        raise CommandError(" ".join(reason.messages)) from reason
    if slug in RESERVED or slug != slug.lower():
        raise CommandError(f"A workshop cannot be called {slug}.")


def _as_json(workshop: Workshop) -> str:
    return json.dumps({"slug": workshop.slug, "name": workshop.name, "path": f"/{workshop.slug}/"})
