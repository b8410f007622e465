"""Orders on the desk: the list, one order, and an order taken on the telephone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.models import Product
from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.models import DealerOrder, Dealing, Visit
from simpul.crm.vouchers import can_be_reduced
from simpul.delivery.models import Shipment
from simpul.insight.dates import outlook
from simpul.insight.lots import lots_in
from simpul.lib import clock
from simpul.orders.forms import OrderForm
from simpul.orders.models import Amendment, Order, OrderQuerySet, Status
from simpul.papers.models import Paper
from simpul.parties.models import Party
from simpul.payments import agreement
from simpul.payments.models import PaymentClaim
from simpul.portals import invitations, talk
from simpul.portals.ahead import ordered_ahead
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.parties import find_parties, unreached
from simpul.portals.workshop.talk import desk_talk
from simpul.production.models import Job
from simpul.production.queries import lying_free
from simpul.workflow.models import journal_of
from simpul.workflow.steps import can

A_PAGE = 50
SORTS = {
    "": ("-id",),
    "promised": ("promised_on", "id"),
    "buyer": ("buyer__name", "-id"),
    "total": ("-total", "-id"),
}
COLUMNS: list[Column] = [
    (gettext_lazy("Order"), lambda order: order.number),
    (gettext_lazy("Placed"), lambda order: clock.day_of(order.placed_at)),
    (gettext_lazy("Buyer"), lambda order: order.buyer.name),
    (gettext_lazy("State"), lambda order: str(order.get_status_display())),
    (gettext_lazy("Pairs"), lambda order: order.pairs),
    (gettext_lazy("Total"), lambda order: order.total),
    (gettext_lazy("Paid"), lambda order: order.paid_sum),
    (gettext_lazy("Promised for"), lambda order: order.promised_on),
]


@require_safe
def orders(request: Request) -> HttpResponse:
    searched, chosen = _searched(request), request.GET.get("status", "")
    sort = SORTS.get(request.GET.get("sort", ""), SORTS[""])
    found = _chosen(searched, chosen).order_by(*sort)
    if answer := download(request, "orders", COLUMNS, found.for_list()):
        return answer
    counts = dict(searched.order_by().values_list("status").annotate(n=Count("pk")))
    pages = Paginator(found.values_list("pk", flat=True), A_PAGE)
    if chosen in Status.values or not chosen:
        pages.count = counts.get(chosen, 0) if chosen else sum(counts.values())
    page = pages.get_page(request.GET.get("page"))
    shown = list(Order.objects.filter(pk__in=page.object_list).for_list().order_by(*sort))
    outlook.expect(request.workshop, shown)
    return render(
        request,
        "workshop/orders/list.html",
        {
            "page": page,
            "orders": shown,
            "words": request.GET.get("q", ""),
            "chosen": chosen,
            "sort": request.GET.get("sort", ""),
            "statuses": [(status, counts.get(status, 0)) for status in Status],
            "all": sum(counts.values()),
        },
    )


@require_safe
def order(request: Request, number: str) -> HttpResponse:
    return _page(request, find_order(request, number))


@require_POST
def message(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    if answer := talk.seen(request, order):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        conversation = Conversation.of(order, order.buyer)
        Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
        return redirect("workshop:order", request.workshop.slug, number)
    return _page(request, order, message_form=form)


def _page(request: Request, order: Order, message_form: MessageForm | None = None) -> HttpResponse:
    """Show the order, with a message that was written wrongly as it was typed."""
    jobs = list(Job.objects.filter(line__order=order).for_list().order_by("pk"))
    planned = {job.line_id for job in jobs if job.is_open}
    outlook.expect(request.workshop, [order])
    return render(
        request,
        "workshop/orders/page.html",
        {
            "order": order,
            "parts": outlook.parts_of(order),
            "may_redeem": can_be_reduced(request.person, order),
            "jobs": jobs,
            "tickets": Ticket.objects.visible_to(request.person)
            .of_customers()
            .about(order)
            .order_by("-pk"),
            "by_recipe": order.lines.filter(recipe__isnull=False)
            .select_related("recipe", "colourway__product")
            .order_by("pk"),
            "unplanned": [
                line
                for line in order.lines.all()
                if line.pk not in planned
                and any(size.made < size.pairs for size in line.sizes.all())
            ],
            "is_on_the_shelf": can(request.person, "production.take_from_stock", order)
            and bool(lying_free(order)),
            "amendments": Amendment.objects.about(order),
            "links": invitations.links_to(order),
            "shipments": Shipment.objects.visible_to(request.person).of(order),
            "claims": PaymentClaim.objects.filter(order=order).order_by("-pk"),
            "papers": Paper.objects.visible_to(request.person).about(order).order_by("pk"),
            "unreached": unreached(order.buyer),
            "journal": journal_of(order),
            **desk_talk(
                request,
                order,
                order.buyer,
                say_to=reverse(
                    "workshop:order-message", args=[request.workshop.slug, order.number]
                ),
                form=message_form,
            ),
        },
        status=422 if message_form else 200,
    )


@require_safe
def lots(request: Request, number: str) -> HttpResponse:
    """Which deliveries of material went into the order."""
    order = find_order(request, number)
    demand(request, "catalog.see_recipe", order)
    return render(request, "workshop/orders/lots.html", {"order": order, "lots": lots_in(order)})


@require_safe
def new(request: Request) -> HttpResponse:
    """Find the buyer on the telephone, by number or name."""
    demand(request, "orders.place", request.workshop)
    words = request.GET.get("q", "").strip()
    found = find_parties(request, words).buyers()[:10] if words else []
    return render(request, "workshop/orders/new.html", {"words": words, "found": list(found)})


@require_http_methods(["GET", "POST"])
def entry(request: Request, pk: int) -> HttpResponse:
    """Enter what the buyer says, for a dealer of his (`?dealer=`) too; the channel is kept."""
    demand(request, "orders.place", request.workshop)
    buyer = get_object_or_404(Party.objects.visible_to(request.person).buyers(), pk=pk)
    return take(request, buyer)


def take(request: Request, buyer: Party, visit: Visit | None = None) -> HttpResponse:
    """Show the order's form, or place the order; the buyer is on the telephone, or visited."""
    dealing, ahead = _dealing(request, buyer), ordered_ahead(request, buyer)
    products = Product.objects.filter(workshop=request.workshop, is_published=True).for_page()
    form = OrderForm(
        request.POST or None,
        buyer=buyer,
        products=products.order_by("position"),
        by_staff=True,
        pairs=ahead.wanted if ahead else None,
        initial={"channel": Order.Channel.VISIT} if visit else None,
        goes_to=dealing.dealer if dealing else None,
    )
    if form.is_valid():
        earliest_on = outlook.earliest_on(request.workshop, form.cleaned_data["wishes"])
        facts = form.cleaned_data | {
            "earliest_on": earliest_on,
            "repriced": form.grid.repriced(request.POST),
        }
        if dealing:
            order = DealerOrder.place(by=request.person, dealing=dealing, **facts).order
        else:
            order = agreement.take(by=request.person, buyer=buyer, **facts)
        if visit:
            return redirect("workshop:visit", request.workshop.slug, visit.pk)
        return redirect("workshop:order", request.workshop.slug, order.number)
    return render(
        request,
        "workshop/orders/entry.html",
        {
            "buyer": buyer,
            "visit": visit,
            "dealing": dealing,
            "as_of": clock.now(),
            "form": form,
            "earliest_url": reverse(
                "workshop:order-earliest", args=[request.workshop.slug, buyer.pk]
            ),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def earliest(request: Request, pk: int) -> HttpResponse:
    """Say when what the buyer on the telephone wants can be ready."""
    demand(request, "orders.place", request.workshop)
    buyer = get_object_or_404(Party.objects.visible_to(request.person).buyers(), pk=pk)
    products = Product.objects.filter(workshop=request.workshop, is_published=True).for_page()
    form = OrderForm(
        buyer=buyer, products=products.order_by("position"), by_staff=True, typed=request.GET
    )
    return render(
        request,
        "orders/_earliest.html",
        outlook.told(request.person, [] if form.grid.errors else form.grid.wishes),
    )


def find_order(request: Request, number: str) -> Order:
    orders = Order.objects.visible_to(request.person).for_page()
    orders = orders.select_related("for_dealer__dealing__dealer")
    return get_object_or_404(orders, number=number)


def _dealing(request: Request, buyer: Party) -> Dealing | None:
    """Return the dealer of the buyer's for whom the order is, if it is for one."""
    pk = number_of(request.GET.get("dealer", ""))
    if pk is None:
        return None
    theirs = Dealing.objects.visible_to(request.person).active().filter(distributor=buyer)
    return get_object_or_404(theirs.select_related("dealer", "distributor"), pk=pk)


def _searched(request: Request) -> OrderQuerySet:
    orders = Order.objects.visible_to(request.person)
    words = request.GET.get("q", "").strip()
    return orders.search(words, request.person.workshop_id) if words else orders


def _chosen(orders: OrderQuerySet, chosen: str) -> OrderQuerySet:
    if chosen == "open":
        return orders.open()
    if chosen == "late":
        return orders.late(clock.today())
    if chosen == "change":
        return orders.filter(pk__in=Amendment.objects.open().values("order"))
    return orders.filter(status=chosen) if chosen else orders
