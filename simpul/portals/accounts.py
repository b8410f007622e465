"""How logins behave here: nobody signs up alone, and everybody lands in their own portal."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from simpul.crm import confirming
from simpul.parties.models import Person, User
from simpul.portals.doors import portal_path


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A login is made by registering with a workshop, or by its invitation."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """Note that an address is theirs, where the code was sent there by which they came."""
        for record in get_authentication_records(request, user):
            if record.get("method") == "code" and record.get("email"):
                confirming.logged_in_by(record["email"], people_of(user))
        answer: HttpResponse = super().post_login(request, user, **how)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the portal of whoever logged in, or to the choice between several."""
        people = people_of(request.user) if isinstance(request.user, User) else []
        return portal_path(people[0]) if len(people) == 1 else reverse("home")


def people_of(user: User) -> list[Person]:
    """Return all persons that this user is, in any workshop."""
    people = Person.objects.active().filter(user=user).select_related("workshop", "party")
    return list(people.order_by("workshop__name", "pk"))
