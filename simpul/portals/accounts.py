"""How logins behave here: nobody signs up alone, and everybody lands in their own portal."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from simpul.parties.models import Person, User
from simpul.portals.doors import portal_path


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A login is made by registering with a workshop, or by its invitation."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the portal of whoever logged in, or to the choice between several."""
        people = people_of(request.user) if isinstance(request.user, User) else []
        return portal_path(people[0]) if len(people) == 1 else reverse("home")


def people_of(user: User) -> list[Person]:
    """Return all persons that this user is, in any workshop."""
    people = Person.objects.active().filter(user=user).select_related("workshop", "party")
    return list(people.order_by("workshop__name", "pk"))
