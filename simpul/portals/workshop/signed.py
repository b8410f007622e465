"""Delivery notes that come back signed: found by their code, entered, and what is possible next."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from simpul.delivery.forms import PaperCodeForm, SignedPaperForm
from simpul.delivery.models import NotCounted, NothingTaken, Shipment, Status
from simpul.lib import codes
from simpul.papers.models import Paper, PaperQuerySet
from simpul.portals.http import Request, demand
from simpul.workflow.steps import WrongState


@require_http_methods(["GET", "POST"])
def search(request: Request) -> HttpResponse:
    """Ask for the code of a paper that came back."""
    form = PaperCodeForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data["code"].strip().upper()
        paper = _papers(request).filter(Q(code=codes.tidy(typed)) | Q(number=typed)).first()
        if paper is not None:
            return redirect("workshop:signed-paper", request.workshop.slug, paper.code)
        form.add_error("code", _("There is no delivery note with this code or number."))
    return render(
        request,
        "workshop/signed/search.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def paper(request: Request, code: str) -> HttpResponse:
    """Where the QR leads us: the form for what stands on the paper, or what is to be done first."""
    paper = get_object_or_404(_papers(request), code=codes.tidy(code))
    shipments = Shipment.objects.visible_to(request.person).for_page()
    shipment = get_object_or_404(shipments, pk=paper.subject_id)
    is_void = shipment.note_number != paper.number
    came_back = shipment.has_signed_paper
    takes = not is_void and not came_back and (shipment.is_out or shipment.delivered_at is not None)
    form = SignedPaperForm(
        request.POST or None,
        request.FILES or None,
        shipment=shipment,
        initial={"count": shipment.packages.count(), "receiver": shipment.first_order.receiver},
    )
    if request.method == "POST":
        demand(
            request,
            "delivery.file_paper" if shipment.delivered_at else "delivery.deliver",
            shipment,
        )
        if is_void:
            raise WrongState(_("This delivery note is void: look at its shipment."))
        if came_back:
            return redirect("workshop:shipment", request.workshop.slug, shipment.number)
    if form.is_valid():
        try:
            shipment.take_paper(by=request.person, **form.facts)
        except NothingTaken as reason:
            form.add_error("refused", str(reason))
        except NotCounted as reason:
            form.add_error("count", str(reason))
        except WrongState as reason:
            if shipment.status not in (Status.PICKED_UP, Status.FAILED, Status.DELIVERED):
                raise
            form.add_error("signed_on", str(reason))
        else:
            return redirect("workshop:shipment", request.workshop.slug, shipment.number)
    return render(
        request,
        "workshop/signed/page.html",
        {
            "paper": paper,
            "shipment": shipment,
            "form": form,
            "is_void": is_void,
            "came_back": came_back,
            "takes": takes and request.person.may("delivery.file_paper", shipment),
        },
        status=422 if form.is_bound else 200,
    )


def _papers(request: Request) -> PaperQuerySet:
    return Paper.objects.visible_to(request.person).filter(kind=Paper.Kind.DELIVERY_NOTE)
