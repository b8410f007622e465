"""The request as the portals see it, once the gate has let it through."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from simpul.conversations.models import Channel, Notice
from simpul.parties.models import AccessLink, Person, User, Workshop
from simpul.workflow.steps import STEPS, NotAllowed, WrongState, can


class Visit(HttpRequest):
    """A request to a page that is open to everybody: `person` is there if we know the visitor."""

    workshop: Workshop
    person: Person | None
    link: AccessLink | None
    htmx: HtmxDetails


class Request(HttpRequest):
    """A request to a page of a portal: whoever asks has a person of the right kind.

    `workshop` comes from the address and is no argument of the view. `link` is set where an
    AccessLink opened the door, not a login.
    """

    workshop: Workshop
    person: Person
    link: AccessLink | None
    htmx: HtmxDetails


def find_person(user: User, slug: str) -> Person | None:
    """Return who this user is in the workshop, with workshop, party and how many `news` wait for
    this person, in one query."""
    return _people().filter(user=user, workshop__slug=slug).first()


@cache
def _people() -> QuerySet[Person]:
    """Everybody who is active, never asked for as such: every page asks for one of them, and to put
    the question together anew took a third of the time that its answer takes."""
    mine = Notice.objects.waiting().filter(person=OuterRef("pk"), channel=Channel.PORTAL)
    count = mine.order_by().values("person").annotate(n=Count("pk")).values("n")
    everybody = Person.objects.active().select_related("workshop", "party")
    return everybody.annotate(news=Coalesce(Subquery(count), 0))


def portal_of(request: HttpRequest) -> str:
    """Return the portal whose page this is, where several have the same."""
    assert request.resolver_match is not None  # noqa: S101 - a view was found
    return request.resolver_match.namespaces[0]


def number_of(typed: str) -> int | None:
    """Read a key or a quantity out of an address or a hidden field; None where it is no such number."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


def demand(request: Request, ability: str, subject: Any) -> None:
    """Refuse the page of what this person may not do, or of a step that the state does not allow.

    What was sent is for the step to judge: it may have been done already. Raises NotAllowed and
    WrongState.
    """
    if not request.person.may(ability, subject):
        raise NotAllowed
    is_asked = request.method == "GET" and ability in STEPS
    if is_asked and not can(request.person, ability, subject):
        raise WrongState(
            _("This is now “%(status)s”. Look at it again.")
            % {"status": subject.get_status_display()}
        )
