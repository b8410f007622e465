"""The doors that belong to no portal: the start page, links without login, the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from simpul.lib import clock
from simpul.parties.models import AccessLink, Person, User, Workshop
from simpul.portals.accounts import people_of
from simpul.portals.doors import document_of, path_for, portal_path
from simpul.portals.middleware import old_link

MOST_DOORS = 20  # links that one browser keeps open
LOOK_SALT = "simpul.look"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the one shop window, or show them all, with the reader's own pages first."""
    people = people_of(request.user) if isinstance(request.user, User) else []
    workshops = list(Workshop.objects.order_by("name", "pk"))
    if len(workshops) == 1 and len(people) < 2:
        return redirect("storefront:profile", workshops[0].slug)
    portals = [(person, portal_path(person)) for person in people]
    return render(request, "portals/home.html", {"workshops": workshops, "portals": portals})


@never_cache
@require_safe
def access(request: HttpRequest, token: str) -> HttpResponse:
    """Open one document to whoever holds its link, and leave the token behind.

    Nothing is used up, because messengers fetch the address to make a preview.
    """
    links = AccessLink.objects.by_token(token).select_related(
        "workshop", "person__workshop", "person__party"
    )
    link = links.alive(clock.now()).first()
    path = _own_page(link) if link else None
    if link is None or path is None:
        known = links.first()
        answer = old_link(request, known.workshop if known else None)
    else:
        _open(request, path, link)
        answer = redirect(path)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in the browser, and with the people whose login this is."""
    chosen = request.POST.get("language")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        Person.objects.filter(user=request.user).update(language=chosen)
    return set_language(request)


@never_cache
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """Enter the demonstration as one of its people; there is no such door anywhere else."""
    if not settings.DEMO:
        raise Http404
    try:
        pk = signing.loads(token, salt=LOOK_SALT)
    except signing.BadSignature:
        raise Http404 from None
    people = Person.objects.active().select_related("workshop", "party", "user")
    person = get_object_or_404(people, pk=pk, user__isnull=False)
    assert person.user is not None  # noqa: S101 - asked for above
    login(request, person.user, settings.AUTHENTICATION_BACKENDS[0])
    return redirect(portal_path(person))


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all components of the design system on one page."""
    return render(request, "ui/gallery.html")


def look_path(person: Person) -> str:
    return reverse("look", args=[signing.dumps(person.pk, salt=LOOK_SALT)])


def _own_page(link: AccessLink) -> str | None:
    """Return the page of the link's document; a page of many things is opened by no link."""
    if link.subject is None or document_of(link.subject, link.person) != link.subject:
        return None
    return path_for(link.subject, link.person)


def _open(request: HttpRequest, path: str, link: AccessLink) -> None:
    doors: dict[str, int] = request.session.get("doors", {})
    doors.pop(path, None)
    kept = dict(list(doors.items())[-MOST_DOORS + 1 :])
    if doors or request.user.is_authenticated:
        request.session.cycle_key()
    opened = {**kept, path: link.pk}
    marks: dict[str, str] = request.session.get("marks", {})
    mark = request.GET.get("n", "")
    if mark and not request.user.is_authenticated:  # a colleague who tries the link proves nothing
        marks[path] = mark
    request.session["doors"] = opened
    request.session["marks"] = {one: marks[one] for one in marks if one in opened}
