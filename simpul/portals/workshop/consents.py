"""What may be sent to the people of a party, and the proof of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from simpul.crm.consent_forms import SaidForm
from simpul.crm.models import Consent, ConsentHow, Purpose, consents_of
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand

A_PAGE = 20
COLUMNS: tuple[Column, ...] = (
    (_lazy("When"), lambda one: f"{one.at.astimezone(clock.WIB):%Y-%m-%d %H:%M}"),
    (_lazy("Number or address"), lambda one: one.value),
    (_lazy("Purpose"), lambda one: str(one.get_purpose_display())),
    (_lazy("Agreed to"), lambda one: str(_("yes") if one.is_given else _("no"))),
    (_lazy("In these words"), lambda one: one.words),
    (_lazy("Noted by"), lambda one: str(one.by)),
    (_lazy("How"), lambda one: str(one.get_how_display())),
)


class Agreed(NamedTuple):
    identity: Identity
    purposes: list[str]  # in words


@require_http_methods(["GET", "POST"])
def consents(request: Request, pk: int) -> HttpResponse:
    """Note what somebody said, below it all that was ever said."""
    demand(request, "crm.give_consent", request.workshop)
    party = get_object_or_404(Party.objects.visible_to(request.person).buyers(), pk=pk)
    people = Identity.objects.filter(person__party=party, person__is_active=True)
    identities = people.select_related("person__party").order_by("person", "pk")
    form = SaidForm(request.POST or None, identities=identities)
    if form.is_valid():
        form.note_it(by=request.person, how=ConsentHow.STAFF)
        messages.success(request, _("Saved."))
        return redirect("workshop:party", request.workshop.slug, pk)
    said = Consent.objects.visible_to(request.person).filter(identity__person__party=party)
    rows = said.select_related("identity__person", "by").order_by("-pk")
    if answer := download(request, "consents", COLUMNS, rows, is_personal=True):
        return answer
    return render(
        request,
        "workshop/customers/consents/page.html",
        {
            "party": party,
            "form": form,
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        },
        status=422 if form.is_bound else 200,
    )


def agreed_by(people: Iterable[Person]) -> list[Agreed]:
    """Return for each number and address of these people what may be sent there."""
    identities = [one for person in people for one in person.identities.all() if person.is_active]
    standing = consents_of(identities)
    return [
        Agreed(
            one, [str(purpose.label) for purpose in Purpose if (one.pk, purpose.value) in standing]
        )
        for one in identities
    ]
