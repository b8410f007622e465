"""Changes of agreed orders at the desk: what they would cost, proposing them and answering."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.changes.agreeing import accept
from simpul.changes.pricetag import PriceTag, tag_if, tag_of
from simpul.insight.dates import outlook
from simpul.orders.forms import ReasonForm
from simpul.orders.models import Amendment, Status
from simpul.orders.offers import AmendmentForm, DelayForm
from simpul.portals import invitations
from simpul.portals.http import Request, demand
from simpul.portals.workshop.orders import find_order
from simpul.procurement.queries import known_prices
from simpul.workflow.models import journal_of
from simpul.workflow.steps import WrongState


@require_http_methods(["GET", "POST"])
def new(request: Request, number: str) -> HttpResponse:
    """Ask for other pairs, prices or days; look what it means, then propose it."""
    order = find_order(request, number)
    demand(request, "orders.propose_change", order)
    form = AmendmentForm(request.POST or None, order=order)
    told: dict[str, Any] = {"tag": None}
    if form.is_valid():
        facts = {"by": request.person, "order": order, **form.cleaned_data}
        try:
            if "look" not in request.POST:
                made = Amendment.propose(**facts)
                return redirect(
                    "workshop:change", request.workshop.slug, number, made.revision.number
                )
            told = _told(request, tag_if(**facts))
        except WrongState as reason:  # said in the form: what was typed stays
            form.add_error(None, str(reason))
    return render(
        request,
        "workshop/changes/new.html",
        {"order": order, "form": form, **told},
        status=422 if form.is_bound and form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def delay(request: Request, number: str) -> HttpResponse:
    """Tell the buyer a new day, in words that are drafted, with what can be chosen."""
    order = find_order(request, number)
    demand(request, "orders.propose_change", order)
    found = outlook.delay_of(order) if order.status == Status.CONFIRMED else None
    form = DelayForm(request.POST or None, order=order, ready_on=found[0] if found else None)
    if found is not None and not form.is_bound:
        with override(form.language):  # the buyer's, also of why
            told = outlook.delay_of(order)
            form.draft(told[2] if told else [])
    if form.is_valid():
        try:
            made = Amendment.propose(
                by=request.person,
                order=order,
                wishes=[line.wish for line in order.current.lines.all()],
                shipping=order.current.shipping,
                discount=order.current.discount,
                **form.cleaned_data,
            )
        except WrongState as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("workshop:change", request.workshop.slug, number, made.revision.number)
    return render(
        request,
        "workshop/changes/delay.html",
        {"order": order, "form": form, "found": found},
        status=422 if form.is_bound else 200,
    )


@require_safe
def change(request: Request, number: str, revision: int) -> HttpResponse:
    order = find_order(request, number)
    amendment = _find(request, number, revision)
    told: dict[str, Any] = {"tag": None}
    if amendment.is_open:
        told = _told(request, tag_of(order, amendment.revision))
    waits = amendment.is_open and amendment.is_ours
    links = invitations.links_to(order) if waits else []
    return render(
        request,
        "workshop/changes/page.html",
        {
            "order": order,
            "amendment": amendment,
            "links": links,
            "journal": journal_of(amendment),
            **told,
        },
    )


@require_POST
def acceptance(request: Request, number: str, revision: int) -> HttpResponse:
    accept(_find(request, number, revision), by=request.person)
    return redirect("workshop:order", request.workshop.slug, number)


@require_POST
def withdrawal(request: Request, number: str, revision: int) -> HttpResponse:
    _find(request, number, revision).withdraw(by=request.person)
    return redirect("workshop:order", request.workshop.slug, number)


@require_http_methods(["GET", "POST"])
def refusal(request: Request, number: str, revision: int) -> HttpResponse:
    order = find_order(request, number)
    amendment = _find(request, number, revision)
    demand(request, "orders.refuse_change", amendment)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        amendment.refuse(by=request.person, **form.cleaned_data)
        return redirect("workshop:order", request.workshop.slug, number)
    return render(
        request,
        "workshop/orders/step.html",
        {
            "order": order,
            "form": form,
            "question": _("Refuse the change"),
            "label": _("Refuse"),
            "explanation": _("The order stands as it was agreed. The buyer reads the reason."),
            "is_final": True,
        },
        status=422 if form.is_bound else 200,
    )


def _told(request: Request, tag: PriceTag) -> dict[str, Any]:
    """What a price tag says, and when the pairs that come on top can be ready."""
    prices = {key: known.price for key, known in known_prices(request.person).items()}
    may_see = request.person.may("catalog.see_recipe", request.person)
    told = {"tag": tag, **outlook.told(request.person, tag.more)}
    return told | ({"materials": True, "worth": tag.worth(prices)} if may_see else {})


def _find(request: Request, number: str, revision: int) -> Amendment:
    amendments = Amendment.objects.visible_to(request.person).for_page()
    return get_object_or_404(amendments, order__number=number, revision__number=revision)
