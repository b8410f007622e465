"""The doors of the house: who may enter which portal, and what a refused step answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import activate
from django.utils.translation import gettext as _

from simpul.crm import confirming
from simpul.lib import clock
from simpul.parties.models import AccessLink, Person, User, Workshop
from simpul.portals import errors
from simpul.portals.doors import portal_path, sides_of
from simpul.portals.http import find_person
from simpul.ui.jinja import phone
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, Refused, WrongState, keyed

type Answer = Callable[[HttpRequest], HttpResponse]

OPEN_NAMES = {"home", "access", "language", "look", "gallery"}
LOGIN_NAMES = ("account_", "mfa_")  # allauth keeps these doors itself
CLOSED_PORTALS = {"buyer", "workshop", "supplier", "courier"}
HOOKS = "/hooks/"  # notices of programs: no form, and their body is for the hook to read
LONGEST_KEY = 36


class Storms:
    """Answer 503 when the database is out of reach or its queue too long."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.storm(request) if isinstance(exception, errors.STORM) else None


class PortalGate:
    """Let each kind of person into their own portal only; what is not known here is refused.

    A portal's pages find `request.workshop`, `request.person` and `request.link`; rights are read
    afresh each time. The form's key is kept open around the view, so no view can forget it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with keyed(_form_key(request)):
            answer = self.get_response(request)
        _note_number(request)
        return answer

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        portal = match.namespaces[0] if match and match.namespaces else ""
        if portal == "storefront":
            _enter_shop(request, kwargs.pop("workshop"))
            return None
        if portal == "bank":
            _let_in(request, _workshop(kwargs.pop("workshop")), None)
            return None
        if portal in CLOSED_PORTALS:
            return _enter_portal(request, portal, kwargs.pop("workshop"))
        name = (match.view_name if match else "") or ""  # with its namespace
        if name in OPEN_NAMES or name.startswith(LOGIN_NAMES):
            return None
        raise Http404


class Refusals:
    """Say in plain words why a step was not done. Nothing has changed by then."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if getattr(request, "is_closed", False) and "Cache-Control" not in answer:
            answer["Cache-Control"] = "no-store"
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        text = _("%(why)s Nothing was changed.") % {"why": exception}
        if isinstance(exception, NotAllowed):
            return errors.again(request, 403, _("Not for you"), text)
        if isinstance(exception, WrongState):
            return errors.again(request, 409, _("It has moved on"), text)
        return errors.again(request, 409, _("That cannot be done"), text)


def _form_key(request: HttpRequest) -> str:
    if request.method != "POST" or request.path.startswith(HOOKS):
        return ""
    key = request.POST.get("key", "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise SuspiciousOperation("a form's key of the wrong shape")
    return key


def _enter_shop(request: HttpRequest, slug: str) -> None:
    person = _own_person(request, slug)
    _let_in(request, person.workshop if person else _workshop(slug), person)


def _enter_portal(request: HttpRequest, portal: str, slug: str) -> HttpResponse | None:
    own = _own_person(request, slug)
    if own is not None and portal in sides_of(own):
        _let_in(request, own.workshop, own)
        return None
    prefix, link = _own_link(request)
    if link is not None and portal in sides_of(link.person):
        _let_in(request, link.person.workshop, link.person, link)
        mark = request.session.get("marks", {}).get(prefix)
        if mark and request.method == "POST":
            request.marked = mark, _end_of_journal()  # type: ignore[attr-defined]
        return None
    workshop = own.workshop if own else _workshop(slug)
    if own is not None:
        return _wrong_portal(request, own)
    if prefix:
        return old_link(request, workshop)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    raise Http404


def _note_number(request: Any) -> None:
    """Note that a number is proved, if behind the link that was sent there a step has been done: the
    journal has it. What was refused proves nothing, nor does what the page tells us by itself."""
    if marked := getattr(request, "marked", None):
        mark, end = marked
        if Entry.objects.filter(by=request.person, pk__gt=end).exists():
            confirming.number_is_used(mark, request.person)


def _end_of_journal() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _let_in(
    request: Any, workshop: Workshop, person: Person | None, link: AccessLink | None = None
) -> None:
    request.workshop, request.person, request.link = workshop, person, link
    request.is_closed = request.resolver_match.namespaces[0] in CLOSED_PORTALS
    if person is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        activate(person.language)


def _workshop(slug: str) -> Workshop:
    workshop = Workshop.objects.filter(slug=slug).first()
    if workshop is None:
        raise Http404
    return workshop


def _own_person(request: HttpRequest, slug: str) -> Person | None:
    return find_person(request.user, slug) if isinstance(request.user, User) else None


def _own_link(request: HttpRequest) -> tuple[str, AccessLink | None]:
    """Return the address below which a link was opened here, and the link if it still lives."""
    doors: dict[str, int] = request.session.get("doors", {})
    for prefix, pk in doors.items():
        if request.path.startswith(prefix):
            living = AccessLink.objects.alive(clock.now()).filter(pk=pk)
            return prefix, living.select_related("person__workshop", "person__party").first()
    return "", None


def _wrong_portal(request: HttpRequest, person: Person) -> HttpResponse:
    text = _("This part of the house is for others.")
    links = [(_("To your own pages"), portal_path(person))]
    return errors.refusal(request, 403, _("Not for you"), text, links)


def old_link(request: HttpRequest, workshop: Workshop | None) -> HttpResponse:
    """Say that a link opens nothing any more, and whom to ask for a new one."""
    links = None
    if workshop is not None and workshop.telephone:
        number = phone(workshop.telephone)
        text = _("Ask %(workshop)s for a new one.") % {"workshop": workshop.name}
        links = [
            (_("Call %(telephone)s") % {"telephone": number}, f"tel:{workshop.telephone}"),
            (_("To the shop window"), reverse("storefront:profile", args=[workshop.slug])),
        ]
    else:
        text = _("Ask whoever sent it to you for a new one.")
    answer = errors.refusal(request, 404, _("This link is no longer valid"), text, links)
    add_never_cache_headers(answer)
    return answer
