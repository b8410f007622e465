"""A package by the code on its label: what lies in it, what it weighs, and its label."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from simpul.delivery.forms import WeightForm
from simpul.delivery.labels import Sheet, label_sheet, packing_list
from simpul.delivery.models import Package, Shipment
from simpul.portals.files import serve_sheet
from simpul.portals.http import Request, demand
from simpul.workflow.models import journal_of


@require_safe
def package(request: Request, code: str) -> HttpResponse:
    """Where the QR of a label leads."""
    found = _find(request, code)
    return render(
        request,
        "workshop/deliveries/package.html",
        {"package": found, "sheets": Sheet, "journal": journal_of(found)},
    )


@require_http_methods(["GET", "POST"])
def weight(request: Request, code: str) -> HttpResponse:
    found = _find(request, code)
    demand(request, "delivery.weigh", found)
    form = WeightForm(request.POST or None, package=found)
    if form.is_valid():
        found.weigh(by=request.person, **form.cleaned_data)
        return redirect("workshop:package", request.workshop.slug, code)
    return render(
        request,
        "workshop/deliveries/weight.html",
        {"package": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def label(request: Request, code: str, sheet: str) -> HttpResponse:
    """Print the label of one package again."""
    found = _find(request, code)
    if found.shipment is None:
        raise Http404
    content = label_sheet(found.shipment, _sheet(sheet), page_of=_address, only=found)
    return serve_sheet(content, f"{found.shipment.number}-{found.number}")


@require_safe
def labels(request: Request, number: str, sheet: str) -> HttpResponse:
    """Print the labels of all packages of a shipment."""
    content = label_sheet(_shipment(request, number), _sheet(sheet), page_of=_address)
    return serve_sheet(content, f"{number}-label")


@require_safe
def contents(request: Request, number: str) -> HttpResponse:
    """Print the packing list of a shipment."""
    return serve_sheet(packing_list(_shipment(request, number)), f"{number}-koli")


def _find(request: Request, code: str) -> Package:
    packages = Package.objects.visible_to(request.person).for_list()
    return get_object_or_404(
        packages.select_related(
            "order__workshop", "order__buyer", "shipment__workshop", "shipment__buyer"
        ),
        code=code,
    )


def _shipment(request: Request, number: str) -> Shipment:
    """Return a shipment that has packages: one that was cancelled has nothing to be labelled."""
    shipments = Shipment.objects.visible_to(request.person)
    found = get_object_or_404(shipments.select_related("workshop", "buyer"), number=number)
    if not found.packages.exists():
        raise Http404
    return found


def _sheet(name: str) -> Sheet:
    if name not in Sheet:
        raise Http404
    return Sheet(name)


def _address(package: Package) -> str:
    """Return the address of its page, for the camera of a telephone."""
    slug = package.order.workshop.slug
    return settings.SITE_URL + reverse("workshop:package", args=[slug, package.code])
