"""What a buyer keeps: where goods go to, and how to be reached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm.models import Dealing, Territory
from simpul.crm.territory_forms import PlaceForm
from simpul.orders.forms import PlainForm
from simpul.parties.forms import AddressForm, ProfileForm
from simpul.parties.models import Address, Party
from simpul.portals.http import Request, demand
from simpul.workflow.steps import NotAllowed


@require_safe
def addresses(request: Request) -> HttpResponse:
    mine = Address.objects.visible_to(request.person).order_by("pk")
    through = Dealing.objects.through(request.person).first()
    return render(request, "buyer/own/addresses.html", {"addresses": mine, "through": through})


@require_http_methods(["GET", "POST"])
def new_address(request: Request) -> HttpResponse:
    return _edit(request, Address(party=_party(request), receiver=request.person.name))


@require_http_methods(["GET", "POST"])
def address(request: Request, pk: int) -> HttpResponse:
    _party(request)
    return _edit(request, _find(request, pk))


@require_http_methods(["GET", "POST"])
def removal(request: Request, pk: int) -> HttpResponse:
    _party(request)
    address = _find(request, pk)
    form = PlainForm(request.POST or None)
    if form.is_valid():
        address.delete()
        return redirect("buyer:addresses", request.workshop.slug)
    return _page(request, "buyer/own/removal.html", form, address=address)


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    _party(request)
    form = ProfileForm(request.POST or None, person=request.person)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("buyer:profile", request.workshop.slug)
    return _page(
        request,
        "buyer/own/profile.html",
        form,
        areas=Territory.objects.visible_to(request.person).order_by("-pk"),
    )


@require_http_methods(["GET", "POST"])
def new_area(request: Request) -> HttpResponse:
    """Ask for one more area; sales grants it, or does not."""
    demand(request, "crm.ask_further_area", request.workshop)
    form = PlaceForm(request.POST or None)
    if form.is_valid():
        Territory.ask_further(by=request.person, **form.cleaned_data)
        messages.success(request, _("We have noted it, and answer you."))
        return redirect("buyer:profile", request.workshop.slug)
    return _page(request, "buyer/own/area.html", form)


def _edit(request: Request, address: Address) -> HttpResponse:
    form = AddressForm(request.POST or None, instance=address)
    if form.is_valid():
        form.save()
        return redirect("buyer:addresses", request.workshop.slug)
    return _page(request, "buyer/own/address.html", form, address=address)


def _party(request: Request) -> Party:
    party = request.person.party
    if party is None or not request.person.may("parties.keep_own", party):
        raise NotAllowed
    return party


def _find(request: Request, pk: int) -> Address:
    return get_object_or_404(Address.objects.visible_to(request.person), pk=pk)


def _page(request: Request, template: str, form: Any, **rest: Any) -> HttpResponse:
    return render(request, template, {"form": form, **rest}, status=422 if form.is_bound else 200)
