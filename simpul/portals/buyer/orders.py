"""A buyer's orders: the list, and the page of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message, Ticket
from simpul.crm.vouchers import can_be_reduced
from simpul.delivery.models import Shipment
from simpul.insight.dates import outlook
from simpul.orders.models import Amendment, Order, Status
from simpul.papers.models import Paper
from simpul.payments.models import PaymentClaim
from simpul.portals import talk
from simpul.portals.files import serve_attachment, serve_upload
from simpul.portals.http import Request
from simpul.production.models import StagePhoto
from simpul.workflow.models import journal_of

A_PAGE = 30


@require_safe
def orders(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    chosen = request.GET.get("status", "")
    found = Order.objects.visible_to(request.person)
    if words:
        found = found.search(words, request.person.workshop_id)
    counts = dict(found.order_by().values_list("status").annotate(count=Count("pk")))
    shown = found.filter(status=chosen) if chosen in Status.values else found
    pages = Paginator(shown.with_progress().order_by("-id"), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    outlook.expect(request.workshop, page.object_list)
    return render(
        request,
        "buyer/orders/list.html",
        {
            "page": page,
            "words": words,
            "chosen": chosen,
            "all": sum(counts.values()),
            "statuses": [
                (status, counts[status.value]) for status in Status if status.value in counts
            ],
        },
    )


@require_safe
def order(request: Request, number: str) -> HttpResponse:
    return show_order(request, find_order(request, number))


@require_POST
def message(request: Request, number: str) -> HttpResponse:
    order = find_order(request, number)
    if answer := talk.seen(request, order):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_order(request, order, form, status=422)
    conversation = Conversation.of(order, order.buyer)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("buyer:order", request.workshop.slug, number)


@require_safe
def message_file(request: Request, number: str, file: int) -> HttpResponse:
    """A picture or PDF that came with talk about the order."""
    order = get_object_or_404(Order.objects.visible_to(request.person), number=number)
    return serve_attachment(request, file, order)


@require_safe
def photo(request: Request, number: str, pk: int) -> HttpResponse:
    """A photo of the work on this order, as it is or small."""
    photos = StagePhoto.objects.visible_to(request.person).filter(
        stage__job__line__order__number=number
    )
    found = get_object_or_404(photos.select_related("upload", "small"), pk=pk)
    return serve_upload(found.picture(is_small="small" in request.GET))


def find_order(request: Request, number: str) -> Order:
    orders = Order.objects.visible_to(request.person).for_page()
    orders = orders.select_related("for_dealer__dealing__dealer")
    return get_object_or_404(orders, number=number)


def show_order(
    request: Request, order: Order, form: MessageForm | None = None, status: int = 200
) -> HttpResponse:
    outlook.expect(request.workshop, [order])
    return render(
        request,
        "buyer/orders/page.html",
        {
            "order": order,
            "parts": outlook.parts_of(order),
            "amendments": Amendment.objects.about(order),
            "may_redeem": not request.link and can_be_reduced(request.person, order),
            **talk.talk_about(
                request,
                order,
                say_to=reverse("buyer:order-message", args=[request.workshop.slug, order.number]),
                form=form,
            ),
            "tickets": Ticket.objects.visible_to(request.person)
            .of_customers()
            .about(order)
            .order_by("-pk"),
            "claims": PaymentClaim.objects.visible_to(request.person)
            .filter(order=order)
            .order_by("-pk"),
            "shipments": Shipment.objects.visible_to(request.person)
            .of(order)
            .for_list()
            .prefetch_related("courier__people__identities", "consignments", "handovers")
            .order_by("pk"),
            "photos": StagePhoto.objects.visible_to(request.person).of(order).for_list(),
            "papers": Paper.objects.visible_to(request.person).about(order).order_by("pk"),
            "journal": journal_of(order).exclude(step="orders.take_turn"),  # names others' orders
        },
        status=status,
    )
