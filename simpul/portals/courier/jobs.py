"""The courier's jobs: what is offered, what is carried, and what is said at the door.

Nobody sees a price here, and the address only from acceptance to a day after delivery. Some pages
may be kept on the telephone (`Keep-Until`), no longer than they would be shown here.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message
from simpul.delivery.forms import (
    AttemptForm,
    CountForm,
    DeliveryForm,
    FetchForm,
    SentFailureForm,
)
from simpul.delivery.models import (
    UNDER_WAY,
    CourierOffer,
    NoProof,
    NotCounted,
    NothingTaken,
    Shipment,
    Status,
    WrongPin,
)
from simpul.lib import clock
from simpul.portals import talk
from simpul.portals.files import serve_attachment, serve_paper
from simpul.portals.http import Request, demand
from simpul.workflow.steps import NotAllowed

A_PAGE = 20
A_DAY = timedelta(days=1)


@require_safe
def jobs(request: Request) -> HttpResponse:
    mine = Shipment.objects.for_courier(request.person).for_list()
    open_statuses = (Status.OFFERED, *UNDER_WAY)
    done = mine.exclude(status__in=open_statuses).order_by("-id")
    answer = render(
        request,
        "courier/jobs/list.html",
        {
            "running": mine.filter(status__in=UNDER_WAY).order_by("id"),
            "offers": _open_offers(request),
            "page": Paginator(done, A_PAGE).get_page(request.GET.get("page")),
        },
    )
    return answer if request.GET else _keep(request, answer)  # not page two in its place


@require_safe
def job(request: Request, number: str) -> HttpResponse:
    return _page(request, find_job(request, number), MessageForm())


def _page(request: Request, shipment: Shipment, form: MessageForm) -> HttpResponse:
    is_mine = shipment.courier_id == request.person.party_id
    answer = render(
        request,
        "courier/jobs/page.html",
        {
            "shipment": shipment,
            "offer": shipment.offer_to(request.person),
            "is_mine": is_mine,
            "shows_address": shipment.shows_address_to(request.person),
            "collects": _collects(shipment) if is_mine else 0,
            "holds": shipment.held if is_mine else 0,
            "has_note": is_mine and shipment.note_number and shipment.is_under_way,
            **talk.talk_about(
                request,
                shipment,
                say_to=reverse("courier:message", args=[request.workshop.slug, shipment.number]),
                form=form,
            ),
        },
        status=422 if form.is_bound else 200,
    )
    return _keep(request, answer, shipment)


def _collects(shipment: Shipment) -> int:
    """Return the sum that is to be collected at the door; nothing where goods are fetched back."""
    if shipment.fetches or not shipment.is_under_way:
        return 0
    return shipment.cash_to_collect()


@require_POST
def acceptance(request: Request, number: str) -> HttpResponse:
    find_job(request, number).accept(by=request.person)
    return _back(request, number)


@require_POST
def passing(request: Request, number: str) -> HttpResponse:
    find_job(request, number).pass_on(by=request.person)
    return _back(request, number)


@require_http_methods(["GET", "POST"])
def pick_up(request: Request, number: str) -> HttpResponse:
    shipment = find_job(request, number)
    demand(request, "delivery.pick_up", shipment)
    form = CountForm(request.POST or None)
    if form.is_valid():
        try:
            shipment.pick_up(by=request.person, **form.cleaned_data)
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _ask(request, shipment, form, "pick_up")


@require_http_methods(["GET", "POST"])
def delivery(request: Request, number: str) -> HttpResponse:
    """At the door: name, count, PIN or photo."""
    shipment = find_job(request, number)
    demand(request, "delivery.deliver", shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = DeliveryForm(request.POST or None, request.FILES or None, shipment=shipment)
    if form.is_valid():
        try:
            shipment.deliver(by=request.person, **form.facts)
        except (WrongPin, NoProof) as reason:
            form.add_error("pin", str(reason))
        except NothingTaken as reason:
            form.add_error("refused", str(reason))
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _keep(request, _ask(request, shipment, form, "delivery"), shipment)


@require_http_methods(["GET", "POST"])
def fetching(request: Request, number: str) -> HttpResponse:
    """At the buyer's door, where goods are fetched back: count, PIN or photo."""
    shipment = find_job(request, number)
    if not shipment.fetches:
        raise Http404
    demand(request, "delivery.fetch", shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = FetchForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            shipment.fetch(by=request.person, **form.cleaned_data)
        except (WrongPin, NoProof) as reason:
            form.add_error("pin", str(reason))
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _keep(request, _ask(request, shipment, form, "fetching"), shipment)


@require_http_methods(["GET", "POST"])
def failure(request: Request, number: str) -> HttpResponse:
    """What was to be delivered, or fetched, was not."""
    shipment = find_job(request, number)
    demand(request, shipment.failing, shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = SentFailureForm(request.POST or None, is_fetching=bool(shipment.fetches))
    if form.is_valid():
        shipment.fail(by=request.person, **form.cleaned_data)
        if form.is_late:
            messages.warning(request, _("The day that you planned has passed: plan another one."))
        return _back(request, number)
    return _keep(request, _ask(request, shipment, form, "failure"), shipment)


@require_http_methods(["GET", "POST"])
def attempt(request: Request, number: str) -> HttpResponse:
    """Plan when it is tried again."""
    shipment = find_job(request, number)
    demand(request, shipment.planning, shipment)
    form = AttemptForm(request.POST or None)
    if form.is_valid():
        shipment.plan(by=request.person, **form.cleaned_data)
        return _back(request, number)
    return _ask(request, shipment, form, "attempt")


@require_POST
def message(request: Request, number: str) -> HttpResponse:
    shipment = find_job(request, number)
    if answer := talk.seen(request, shipment):
        return answer
    if request.person.party is None or not request.person.may("conversations.say", shipment):
        raise NotAllowed
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, shipment, form)
    conversation = Conversation.of(shipment, request.person.party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return _back(request, number)


@require_safe
def message_file(request: Request, number: str, file: int) -> HttpResponse:
    """A picture or PDF that came with talk about the job."""
    return serve_attachment(request, file, find_job(request, number))


@require_safe
def note(request: Request, number: str) -> HttpResponse:
    """Give the delivery note to the courier that carries it."""
    shipment = find_job(request, number)
    paper = shipment.note_paper() if shipment.shows_address_to(request.person) else None
    if paper is None:
        raise Http404
    return serve_paper(request, paper)


def find_job(request: Request, number: str) -> Shipment:
    """Find what the person carries or was asked for; what it buys is shown elsewhere."""
    found = get_object_or_404(Shipment.objects.visible_to(request.person).for_page(), number=number)
    if found.courier_id != request.person.party_id and not found.is_offered_to(request.person):
        raise Http404
    return found


def _open_offers(request: Request) -> list[CourierOffer]:
    offers = CourierOffer.objects.filter(
        courier=request.person.party_id,
        status=CourierOffer.Status.OFFERED,
        shipment__status=Status.OFFERED,
    )
    related = offers.select_related("shipment__buyer").prefetch_related("shipment__packages")
    return list(related.order_by("expires_at", "pk"))


def _back(request: Request, number: str) -> HttpResponse:
    return redirect("courier:job", request.workshop.slug, number)


def _ask(request: Request, shipment: Shipment, form: Form, page: str) -> HttpResponse:
    return render(
        request,
        f"courier/jobs/{page}.html",
        {"shipment": shipment, "form": form},
        status=422 if form.is_bound else 200,
    )


def _keep(request: Request, answer: HttpResponse, shipment: Shipment | None = None) -> HttpResponse:
    """Let the telephone keep the page for a day; one with an address only while it is shown here."""
    until = shipment.address_until(request.person) if shipment else clock.now() + A_DAY
    if until is None:
        return answer
    if request.link is not None:
        until = min(until, request.link.expires_at)
    answer["Keep-Until"] = str(int(until.timestamp()))
    return answer
