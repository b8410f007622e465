"""Packing and sending on the desk: cartons, shipments, couriers, hand-overs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.models import GoodsReturn
from simpul.delivery import packing
from simpul.delivery.forms import (
    AttemptForm,
    CartonForm,
    CountForm,
    DeliveryForm,
    FailureForm,
    FetchForm,
    FillForm,
    OfferForm,
    ShipmentForm,
)
from simpul.delivery.labels import Sheet
from simpul.delivery.models import (
    UNDER_WAY,
    CarrierAccount,
    Consignment,
    Handover,
    NoProof,
    NotCounted,
    NothingTaken,
    Package,
    Route,
    Shipment,
    ShipmentQuerySet,
    Status,
    WrongPin,
)
from simpul.delivery.models.package import weight_of
from simpul.lib import clock
from simpul.orders.models import Gate, LineSize, Order, OrderQuerySet
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Party
from simpul.portals import invitations, talk
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.talk import desk_talk
from simpul.stock.models import Item
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed

A_PAGE = 50
COLUMNS: list[Column] = [
    (gettext_lazy("Shipment"), str),
    (gettext_lazy("Orders"), lambda shipment: " ".join(str(order) for order in shipment.orders)),
    (gettext_lazy("Buyer"), lambda shipment: shipment.buyer.name),
    (gettext_lazy("Travels"), lambda shipment: str(shipment.get_mode_display())),
    (gettext_lazy("Courier"), lambda shipment: shipment.courier.name if shipment.courier else ""),
    (gettext_lazy("Packages"), lambda shipment: len(shipment.packages.all())),
    (gettext_lazy("Pairs fetched back"), lambda shipment: shipment.fetches or ""),
    (gettext_lazy("Opened"), lambda shipment: clock.day_of(shipment.opened_at)),
    (gettext_lazy("State"), lambda shipment: str(shipment.get_status_display())),
]
PICTURES = ("photo", "signature", "damage", "damage_more")  # of a hand-over


@require_safe
def deliveries(request: Request) -> HttpResponse:
    """What is to be packed and sent, and what is under way."""
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = Shipment.objects.visible_to(request.person).search(words)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    shown = _chosen(found, chosen).for_list().order_by("-id")
    if answer := download(request, "deliveries", COLUMNS, shown):
        return answer
    pages = Paginator(shown, A_PAGE)
    if not chosen:
        pages.count = sum(counts.values())
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/deliveries/list.html",
        {
            "page": page,
            "words": words,
            "chosen": chosen,
            "statuses": [(status, counts.get(status, 0)) for status in Status],
            "all": sum(counts.values()),
            "running": sum(counts.get(status, 0) for status in UNDER_WAY),
            "to_pack": _to_pack(request),
            "to_send": _to_send(request),
        },
    )


# Packing


@require_http_methods(["GET", "POST"])
def packing_page(request: Request, number: str) -> HttpResponse:
    """Fill the next carton by hand."""
    order = _order(request, number)
    form = CartonForm(request.POST or None, ready=packing.ready(order))
    if form.is_valid():
        Package.pack(
            by=request.person,
            order=order,
            contents=form.contents,
            weight=form.cleaned_data["weight"],
        )
        return redirect("workshop:packing", request.workshop.slug, number)
    return _show_packing(request, order, form, FillForm())


@require_POST
def filling(request: Request, number: str) -> HttpResponse:
    """Fill cartons with so many pairs each."""
    order = _order(request, number)
    form = FillForm(request.POST)
    if form.is_valid():
        packing.fill(order, by=request.person, **form.cleaned_data)
        return redirect("workshop:packing", request.workshop.slug, number)
    return _show_packing(request, order, CartonForm(ready=packing.ready(order)), form)


@require_POST
def unpacking(request: Request, number: str, position: int) -> HttpResponse:
    packages = Package.objects.visible_to(request.person).filter(order__number=number)
    get_object_or_404(packages, number=position).unpack(by=request.person)
    return redirect("workshop:packing", request.workshop.slug, number)


@require_http_methods(["GET", "POST"])
def new_shipment(request: Request, number: str) -> HttpResponse:
    order = _order(request, number)
    if not request.person.may("delivery.open", order):
        raise NotAllowed
    along = _along(request, order)
    ready = [order, *(one for one in along if one.is_open(Gate.HAND_OVER))]
    waiting = list(Package.objects.filter(order__in=ready).waiting().for_list())
    ways = _ways(request, order, waiting)
    tariff, fee = _way(request, ways)
    initial = _proposed(order, tariff, fee) | {"along": [one.number for one in ready[1:]]}
    form = ShipmentForm(request.POST or None, initial=initial, along=along)
    if form.is_valid():
        said = form.cleaned_data
        orders = [order, *said.pop("along", [])]
        made = Shipment.open(by=request.person, orders=orders, tariff=tariff, **said)
        return redirect("workshop:shipment", request.workshop.slug, made.number)
    return render(
        request,
        "workshop/deliveries/new.html",
        {
            "order": order,
            "form": form,
            "packages": waiting,
            "weight": weight_of(waiting),
            "ways": ways,
            "tariff": tariff,
            "lacks_weight": tariff is not None and fee is None,
        },
        status=422 if form.is_bound else 200,
    )


# One shipment


@require_safe
def shipment(request: Request, number: str) -> HttpResponse:
    return _page(request, _find(request, number), MessageForm())


def _page(request: Request, shipment: Shipment, form: MessageForm) -> HttpResponse:
    say = reverse("workshop:shipment-message", args=[request.workshop.slug, shipment.number])
    is_open = shipment.courier is None and bool(shipment.offers.all())
    asked = _who_asked(shipment) if is_open else None
    if asked:
        say += f"?to={asked.pk}"
    told = desk_talk(request, shipment, shipment.courier or asked, say_to=say, form=form)
    return render(
        request,
        "workshop/deliveries/shipment.html",
        {
            "shipment": shipment,
            "links": invitations.links_to(shipment) if shipment.status in _LINKED else [],
            "paper": shipment.note_paper(),
            "weight": weight_of(shipment.packages.all()),
            "sheets": Sheet,
            "consignment": Consignment.objects.filter(shipment=shipment).standing().first(),
            "carriers": CarrierAccount.objects.visible_to(request.person).connected().exists(),
            "tickets": Ticket.objects.visible_to(request.person).about(shipment).order_by("pk"),
            "unpaid": _unpaid(shipment),
            "goods": _goods(shipment) if shipment.fetches else None,
            **(told | {"asked": asked, "call_to": told["call_to"] if shipment.courier else ""}),
            "collects": 0 if shipment.fetches else shipment.cash_to_collect(),
            "journal": journal_of(shipment).prefetch_related("subject"),
        },
        status=422 if form.is_bound else 200,
    )


def _goods(shipment: Shipment) -> GoodsReturn | None:
    """Return which pairs it fetches back, and of which ticket they are."""
    found = GoodsReturn.objects.filter(shipment=shipment).for_page()
    return found.select_related("ticket").first()


def _unpaid(shipment: Shipment) -> list[Order]:
    """Return its orders of which money must come before it leaves; what is fetched back needs none."""
    if shipment.fetches:
        return []
    return [one for one in shipment.orders if not one.is_open(Gate.HAND_OVER)]


def _who_asked(shipment: Shipment) -> Party | None:
    """Return the courier who wrote last, while nobody has accepted."""
    said = Conversation.objects.about(shipment).exclude(asked=None).select_related("party")
    last = said.order_by("-asked").first()
    return last.party if last else None


@require_http_methods(["GET", "POST"])
def offer(request: Request, number: str) -> HttpResponse:
    shipment = _find(request, number)
    demand(request, "delivery.offer", shipment)
    form = OfferForm(request.POST or None, shipment=shipment)
    if form.is_valid():
        shipment.offer(by=request.person, **form.facts)
        return _back(request, number)
    return _ask(request, shipment, form, "offer")


@require_POST
def withdrawal(request: Request, number: str) -> HttpResponse:
    _find(request, number).withdraw(by=request.person)
    return _back(request, number)


@require_POST
def cancellation(request: Request, number: str) -> HttpResponse:
    _find(request, number).cancel(by=request.person)
    return _back(request, number)


@require_POST
def note(request: Request, number: str) -> HttpResponse:
    """Issue the delivery note."""
    _find(request, number).issue_note(by=request.person)
    return _back(request, number)


@require_http_methods(["GET", "POST"])
def hand_over(request: Request, number: str) -> HttpResponse:
    shipment = _find(request, number)
    demand(request, "delivery.hand_over", shipment)
    form = CountForm(request.POST or None)
    if form.is_valid():
        try:
            shipment.hand_over(by=request.person, **form.cleaned_data)
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _ask(request, shipment, form, "hand_over")


@require_http_methods(["GET", "POST"])
def delivery(request: Request, number: str) -> HttpResponse:
    """Note what the courier says on the telephone, or what the buyer fetches."""
    shipment = _find(request, number)
    demand(request, "delivery.deliver", shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = DeliveryForm(
        request.POST or None,
        request.FILES or None,
        shipment=shipment,
        since=None if shipment.mode == Shipment.Mode.PICK_UP else shipment.began_on,
        initial={"count": shipment.packages.count(), "receiver": shipment.first_order.receiver},
    )
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
    return _ask(request, shipment, form, "delivery")


@require_http_methods(["GET", "POST"])
def fetching(request: Request, number: str) -> HttpResponse:
    """Note that goods were fetched back, as the courier says on the telephone."""
    shipment = _find(request, number)
    if not shipment.fetches:
        raise Http404
    demand(request, "delivery.fetch", shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = FetchForm(
        request.POST or None,
        request.FILES or None,
        since=shipment.began_on,
        initial={"count": shipment.fetches, "giver": shipment.first_order.receiver},
    )
    if form.is_valid():
        try:
            shipment.fetch(by=request.person, **form.cleaned_data)
        except (WrongPin, NoProof) as reason:
            form.add_error("pin", str(reason))
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _ask(request, shipment, form, "fetching")


@require_http_methods(["GET", "POST"])
def failure(request: Request, number: str) -> HttpResponse:
    """What was to be delivered, or fetched, was not."""
    shipment = _find(request, number)
    demand(request, shipment.failing, shipment)
    if shipment.has_heard(request.POST.get("client_id", "")):
        return _back(request, number)
    form = FailureForm(request.POST or None, is_fetching=bool(shipment.fetches))
    if form.is_valid():
        shipment.fail(by=request.person, **form.cleaned_data)
        return _back(request, number)
    return _ask(request, shipment, form, "failure")


@require_http_methods(["GET", "POST"])
def attempt(request: Request, number: str) -> HttpResponse:
    """Plan when it is tried again."""
    shipment = _find(request, number)
    demand(request, shipment.planning, shipment)
    form = AttemptForm(request.POST or None)
    if form.is_valid():
        shipment.plan(by=request.person, **form.cleaned_data)
        return _back(request, number)
    return _ask(request, shipment, form, "attempt")


@require_http_methods(["GET", "POST"])
def homecoming(request: Request, number: str) -> HttpResponse:
    """Count packages that come back."""
    shipment = _find(request, number)
    demand(request, "delivery.take_back", shipment)
    form = CountForm(request.POST or None)
    if form.is_valid():
        try:
            shipment.take_back(by=request.person, **form.cleaned_data)
        except NotCounted as reason:
            form.add_error("count", str(reason))
        else:
            return _back(request, number)
    return _ask(request, shipment, form, "homecoming")


@require_POST
def message(request: Request, number: str) -> HttpResponse:
    """Say something to the courier, or to one who was asked and wrote before he accepted."""
    shipment = _find(request, number)
    if answer := talk.seen(request, shipment):
        return answer
    to = number_of(request.GET.get("to", ""))
    wrote = Conversation.objects.about(shipment).exclude(asked=None).filter(party=to).first()
    party = wrote.party if wrote else shipment.courier
    if party is None or not request.person.may("conversations.say", shipment):
        raise NotAllowed
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, shipment, form)
    conversation = Conversation.of(shipment, party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return _back(request, number)


@require_safe
def photo(request: Request, number: str, pk: int, which: str = "photo") -> HttpResponse:
    """Show a picture of a delivery: the photo, the signature, or what was damaged."""
    if which not in PICTURES:
        raise Http404
    shown = Handover.objects.filter(shipment=_find(request, number))
    found = getattr(get_object_or_404(shown.select_related(which), pk=pk), which)
    if found is None:
        raise Http404
    return serve_upload(found)


_LINKED = (Status.OFFERED, *UNDER_WAY)


def _find(request: Request, number: str) -> Shipment:
    shipments = Shipment.objects.visible_to(request.person).for_page()
    return get_object_or_404(shipments.prefetch_related("waves__couriers"), number=number)


def _order(request: Request, number: str) -> Order:
    orders = Order.objects.visible_to(request.person).select_related("buyer")
    return get_object_or_404(orders.prefetch_related("instalments"), number=number)


def _chosen(found: ShipmentQuerySet, chosen: str) -> ShipmentQuerySet:
    if chosen == "running":
        return found.under_way()
    return found.filter(status=chosen) if chosen else found


def _to_pack(request: Request) -> OrderQuerySet:
    """Running orders with finished pairs that lie in no carton."""
    running = Order.objects.visible_to(request.person).filter(status=OrderStatus.CONFIRMED)
    lie = LineSize.objects.of(running).filter(made__gt=F("packed"))
    found = running.filter(pk__in=lie.values("line__order"))
    lying = Sum(F("lines__sizes__made") - F("lines__sizes__packed"))
    found = found.annotate(lying=lying, asked=Sum("lines__sizes__pairs"))
    return found.select_related("buyer").order_by("promised_on", "pk")


def _to_send(request: Request) -> OrderQuerySet:
    """Running orders with packages that are in no shipment: each with how many (`standing`)."""
    running = Order.objects.visible_to(request.person).filter(status=OrderStatus.CONFIRMED)
    standing = Package.objects.filter(shipment=None, unpacked_at=None)
    is_standing = Q(packages__shipment=None, packages__unpacked_at=None)
    found = running.filter(pk__in=standing.values("order")).annotate(
        standing=Count("packages", filter=is_standing)
    )
    return (
        found.select_related("buyer").prefetch_related("instalments").order_by("promised_on", "pk")
    )


def _along(request: Request, order: Order) -> list[Order]:
    """Return other orders of which packages wait for the same door."""
    return list(_to_send(request).at_the_door_of(order))


def _route(order: Order) -> str:
    """Propose from where to where."""
    here = order.workshop.area.partition(",")[0] or order.workshop.name
    return f"{here} – {order.buyer.area}" if order.buyer.area else ""


def _ways(
    request: Request, order: Order, packages: list[Package]
) -> list[tuple[Route, int | None]]:
    """Return the routes of the table with what they would cost, those to the buyer's area first."""
    area = order.buyer.area.casefold()
    routes = Route.objects.visible_to(request.person).for_list()
    near = sorted(routes, key=lambda one: not (one.area and one.area.casefold() in area))
    return [(one, one.fee_for(packages)) for one in near]


def _way(request: Request, ways: list[tuple[Route, int | None]]) -> tuple[Route | None, int | None]:
    """Return the route that was chosen from the table, and what it would cost."""
    chosen = request.GET.get("route", "")
    return next((way for way in ways if str(way[0].pk) == chosen), (None, None))


def _proposed(order: Order, tariff: Route | None, fee: int | None) -> dict[str, Any]:
    if tariff is None:
        return {"route": _route(order)}
    return {"mode": tariff.mode, "route": tariff.name, "fee": fee, "days": tariff.days}


def _show_packing(request: Request, order: Order, form: CartonForm, fill: FillForm) -> HttpResponse:
    packages = Package.objects.filter(order=order, unpacked_at=None).select_related("shipment")
    is_bound = form.is_bound or fill.is_bound
    return render(
        request,
        "workshop/deliveries/packing.html",
        {
            "order": order,
            "form": form,
            "fill": fill,
            "packages": packages.for_list(),
            "is_paid": order.is_open(Gate.PACKING),
            "shelves": Item.shelves_of_variants(size.variant_id for size, _pairs in form.ready),
        },
        status=422 if is_bound else 200,
    )


def _back(request: Request, number: str) -> HttpResponse:
    return redirect("workshop:shipment", request.workshop.slug, number)


def _ask(request: Request, shipment: Shipment, form: Form, page: str) -> HttpResponse:
    return render(
        request,
        f"workshop/deliveries/{page}.html",
        {"shipment": shipment, "form": form},
        status=422 if form.is_bound else 200,
    )
