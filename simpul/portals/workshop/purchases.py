"""Material on the desk: what is needed, purchase orders, and who sells what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.models import Material
from simpul.changes import dealing
from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Conversation, Message
from simpul.insight.dates import outlook, whatif
from simpul.lib import clock, phones, sheets
from simpul.orders.models import Order, OrderNeed
from simpul.parties.models import AccessLink, Identity
from simpul.portals import talk
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.talk import desk_talk
from simpul.procurement import planning
from simpul.procurement.forms import (
    ChangeForm,
    DelayForm,
    LessForm,
    MovingForm,
    ReasonForm,
    ReceiptForm,
    RepetitionForm,
    SendingForm,
    SupplierPriceForm,
)
from simpul.procurement.models import (
    PurchaseLine,
    PurchaseOrder,
    ReceivedLine,
    Status,
    SupplierPrice,
    TooMuch,
)
from simpul.procurement.queries import (
    bought,
    compared,
    offers_of,
    pegs_of,
    reasons_of,
    unclaimed,
)
from simpul.workflow.models import journal_of
from simpul.workflow.steps import WrongState

A_PAGE = 50


# What is needed


@require_safe
def needs(request: Request) -> HttpResponse:
    ended = planning.ended_with_material(request.workshop)
    rows = planning.wanted(request.workshop, planning.kept_for(ended))
    if answer := download(request, "needs", NEEDS, rows):
        return answer
    sold = SupplierPrice.objects.visible_to(request.person)
    return render(
        request,
        "workshop/purchases/needs.html",
        {
            "rows": rows,
            "sold": set(sold.values_list("material", flat=True)),
            "ended": ended,
            "for_store": planning.orders_for_store(rows),
            "claims": planning.claimants(rows),
            "proposals": planning.proposals(request.workshop, rows),
            "misdealt": dealing.misdealt(request.workshop, rows),
            "overtaken": dealing.overtaken(request.workshop, rows),
            "open_purchases": _found(request).open().for_list().order_by("-id")[:10],
            "tab": "needs",
        },
    )


@require_POST
def plan(request: Request) -> HttpResponse:
    """Set aside what the store has, deal out what is on its way for none, and draft what is to be bought."""
    demand(request, "procurement.propose", request.workshop)
    made = planning.plan(request.workshop, by=request.person)
    if made:
        text = ngettext("%(n)s draft was made.", "%(n)s drafts were made.", len(made))
        messages.success(request, text % {"n": len(made)})
    else:
        messages.info(request, _("Nothing had to be bought."))
    return redirect("workshop:purchases", request.workshop.slug)


@require_POST
def deal(request: Request) -> HttpResponse:
    """Deal anew, in the turns of the orders, what lies there or comes for orders that nobody works on."""
    demand(request, "procurement.release", request.workshop)
    served = dealing.deal(request.workshop, by=request.person)
    if served:
        numbers = ", ".join(order.number for order in served)
        messages.success(request, _("Dealt anew, in turn: %(orders)s.") % {"orders": numbers})
    else:
        messages.info(request, _("Everything is in turn already."))
    return redirect("workshop:purchases", request.workshop.slug)


@require_http_methods(["GET", "POST"])
def substitution(request: Request, pk: int) -> HttpResponse:
    """Take for what an order needs another material that its recipe allows; `?taken=`: which one
    was thought of."""
    needs = OrderNeed.objects.filter(line__order__in=Order.objects.visible_to(request.person))
    named = needs.select_related(
        *("material__workshop", "recipe_line__material"),
        *("line__order", "line__colourway__product"),
    ).prefetch_related("recipe_line__alternatives__material")
    need = get_object_or_404(named, pk=pk)
    order, others = need.line.order, {one.material.code: one.material for one in need.others}
    demand(request, "procurement.substitute", order)
    if not others or not need.uncovered:
        raise WrongState(_("All of it is covered already, or the recipe allows nothing else."))
    if request.method == "POST":
        instead_of, taken = request.POST.get("instead_of", ""), request.POST.get("taken", "")
        planning.substitute(
            order, by=request.person, need=need.pk, instead_of=instead_of, taken=taken
        )
        material = others.get(taken, need.material)
        text = _("%(order)s takes %(material)s now.") % {"order": order, "material": material}
        messages.success(request, text)
        return redirect("workshop:purchases", request.workshop.slug)
    asked = request.GET.get("taken", "")
    return render(
        request,
        "workshop/purchases/substitution.html",
        {
            "need": need,
            "order": order,
            "rows": planning.instead_of(need),
            "taken": asked if asked in others else next(iter(others)),
        },
    )


NEEDS: tuple[Column, ...] = (
    (gettext_lazy("Code"), lambda row: row.material.code),
    (gettext_lazy("Material"), lambda row: str(row.material)),
    (gettext_lazy("Size"), lambda row: row.size),
    (gettext_lazy("Unit"), lambda row: row.material.unit_here),
    (gettext_lazy("Missing"), lambda row: sheets.quantity(row.open_quantity)),
    (gettext_lazy("Missing, once paid"), lambda row: sheets.quantity(row.waiting)),
    (gettext_lazy("For the shelf"), lambda row: sheets.quantity(row.refill)),
    (gettext_lazy("Needed by"), lambda row: row.needed_on),
    (gettext_lazy("Free in the store"), lambda row: sheets.quantity(row.free)),
    (gettext_lazy("On its way"), lambda row: sheets.quantity(row.on_order + row.coming)),
    (
        gettext_lazy("For"),
        lambda row: " ".join(dict.fromkeys(asked.order.number for asked in row.asked)),
    ),
)


# Purchase orders


@require_safe
def purchases(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = _found(request).search(words) if words else _found(request)
    counts = dict(found.order_by().values_list("status").annotate(n=Count("pk")))
    late = found.late(clock.today())
    shown = late if chosen == "late" else found.filter(status=chosen) if chosen else found
    shown = shown.for_list().order_by("-id")
    if answer := download(request, "purchases", _columns(request), shown):
        return answer
    page = Paginator(shown, A_PAGE)
    return render(
        request,
        "workshop/purchases/list.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": [(status, counts.get(status, 0)) for status in Status],
            "all": sum(counts.values()),
            "late": late.count(),
            "today": clock.today(),
            "tab": "orders",
        },
    )


def _columns(request: Request) -> list[Column]:
    """Return what a spreadsheet of purchases holds; prices only for who may see them."""
    total: list[Column] = [(gettext_lazy("Total"), lambda purchase: purchase.total)]
    return [
        (gettext_lazy("Purchase order"), str),
        (gettext_lazy("Supplier"), lambda purchase: purchase.supplier.name),
        (gettext_lazy("State"), lambda purchase: str(purchase.get_status_display())),
        (gettext_lazy("Lines"), lambda purchase: purchase.line_count),
        *(total if request.person.may("procurement.see_prices", request.workshop) else []),
        (
            gettext_lazy("Next to come"),
            lambda purchase: purchase.due_on if purchase.is_open else None,
        ),
    ]


@require_safe
def purchase(request: Request, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), MessageForm())


def _page(request: Request, purchase: PurchaseOrder, form: MessageForm) -> HttpResponse:
    receipts = purchase.receipts.select_related("by").prefetch_related(
        Prefetch("lines", ReceivedLine.objects.select_related("line__material"))
    )
    pegs = pegs_of(purchase)
    every = {peg.need.line.order for mine in pegs.values() for peg in mine}
    orders = sorted(every, key=lambda order: (order.turn or 0, order.pk))
    outlook.expect(request.workshop, orders)
    current = purchase.current
    return render(
        request,
        "workshop/purchases/page.html",
        {
            "purchase": purchase,
            "rows": compared(purchase),
            "effects": whatif.if_agreed(request.person, purchase, current)
            if current and purchase.status == Status.COUNTERED
            else [],
            "pegs": pegs,
            "orders": orders,
            "receipts": receipts.order_by("pk"),
            "reasons": reasons_of(purchase, pegs) if purchase.is_draft else {},
            "spare": unclaimed(purchase) if purchase.status == Status.CONFIRMED else {},
            "other_drafts": _other_drafts(request, purchase) if purchase.is_draft else [],
            "links": _links(request, purchase),
            **desk_talk(
                request,
                purchase,
                purchase.supplier,
                say_to=reverse(
                    "workshop:purchase-message", args=[request.workshop.slug, purchase.pk]
                ),
                form=form,
            ),
            "journal": journal_of(purchase),
            "today": clock.today(),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def lines(request: Request, pk: int) -> HttpResponse:
    """Change a draft."""
    purchase = _find(request, pk)
    demand(request, "procurement.change", purchase)
    form = ChangeForm(request.POST or None, lines=purchase.lines.all())
    if form.is_valid():
        purchase.change(by=request.person, terms=form.terms)
        return _back(request, pk)
    return _ask(request, purchase, form, "lines")


@require_http_methods(["GET", "POST"])
def moving(request: Request, pk: int, line: int) -> HttpResponse:
    """Ask another supplier for a line of a draft, or for a part of it."""
    purchase = _find(request, pk)
    demand(request, "procurement.move_line", purchase)
    found = get_object_or_404(
        PurchaseLine.objects.filter(purchase=purchase).select_related("material"), pk=line
    )
    offers = SupplierPrice.objects.visible_to(request.person).filter(material=found.material)
    form = MovingForm(
        request.POST or None,
        line=found,
        offers=sorted(
            offers.exclude(supplier=purchase.supplier).for_list(),
            key=lambda one: (one.rate, one.pk),
        ),
        drafts=list(_found(request).filter(status=Status.DRAFT).order_by("pk")),
    )
    if form.is_valid():
        purchase.move_line(by=request.person, line=found, **form.facts)
        messages.success(request, _("Moved: look over the other draft."))
        return _back(request, pk)
    return _ask(request, purchase, form, "moving", line=found)


@require_POST
def joining(request: Request, pk: int) -> HttpResponse:
    """Take another draft of this supplier into this one."""
    purchase = _find(request, pk)
    others = _found(request).filter(supplier=purchase.supplier)
    found = get_object_or_404(others, pk=number_of(request.POST.get("other", "")) or 0)
    purchase.join(by=request.person, other=found)
    return _back(request, pk)


@require_http_methods(["GET", "POST"])
def sending(request: Request, pk: int) -> HttpResponse:
    purchase = _find(request, pk)
    demand(request, "procurement.send", purchase)
    form = SendingForm(request.POST or None)
    if form.is_valid():
        purchase.send(by=request.person, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "sending", rows=compared(purchase))


@require_POST
def agreement(request: Request, pk: int) -> HttpResponse:
    """Agree to the revision that was read."""
    purchase = _find(request, pk)
    revision = request.POST.get("revision", "")
    purchase.agree(by=request.person, revision=int(revision) if revision.isdecimal() else 0)
    return _back(request, pk)


@require_http_methods(["GET", "POST"])
def repetition(request: Request, pk: int) -> HttpResponse:
    """Ask the supplier again."""
    purchase = _find(request, pk)
    demand(request, "procurement.insist", purchase)
    form = RepetitionForm(request.POST or None, lines=purchase.lines.all())
    if form.is_valid():
        note = form.cleaned_data["note"]
        purchase.insist(by=request.person, note=note, terms=form.terms)
        return _back(request, pk)
    return _ask(request, purchase, form, "repetition", rows=compared(purchase))


@require_http_methods(["GET", "POST"])
def receipt(request: Request, pk: int) -> HttpResponse:
    """Count what came."""
    purchase = _find(request, pk)
    demand(request, "procurement.receive", purchase)
    form = ReceiptForm(
        request.POST or None, lines=purchase.lines.all(), is_all="all" in request.GET
    )
    if form.is_valid():
        note = form.cleaned_data["note"]
        try:
            purchase.receive(by=request.person, goods=form.goods, note=note, marks=form.marks)
        except TooMuch as reason:
            form.add_error(None, str(reason))
        else:
            return _back(request, pk)
    return _ask(request, purchase, form, "receipt")


@require_http_methods(["GET", "POST"])
def delay(request: Request, pk: int, line: int) -> HttpResponse:
    """Note another expected day of a line."""
    purchase = _find(request, pk)
    demand(request, "procurement.expect", purchase)
    found = _line(purchase, line)
    form = DelayForm(request.POST or None, initial={"day": found.expected_on})
    if form.is_valid():
        purchase.expect(by=request.person, line=found, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "delay", line=found)


@require_http_methods(["GET", "POST"])
def less(request: Request, pk: int, line: int) -> HttpResponse:
    """Ask the supplier to leave something out; what no order needs is proposed."""
    purchase = _find(request, pk)
    demand(request, "procurement.ask_less", purchase)
    found = _line(purchase, line)
    spare = unclaimed(purchase).get(found.pk, 0)
    form = LessForm(request.POST or None, initial={"quantity": found.quantity - spare})
    if form.is_valid():
        purchase.ask_less(by=request.person, line=found, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "less", line=found, spare=spare)


@require_http_methods(["GET", "POST"])
def shortfall(request: Request, pk: int, line: int) -> HttpResponse:
    """Wait no longer for the rest of a line."""
    purchase = _find(request, pk)
    demand(request, "procurement.close_short", purchase)
    found = _line(purchase, line)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        purchase.close_short(by=request.person, line=found, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "shortfall", line=found)


@require_http_methods(["GET", "POST"])
def cancellation(request: Request, pk: int) -> HttpResponse:
    purchase = _find(request, pk)
    demand(request, "procurement.cancel", purchase)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        purchase.cancel(by=request.person, **form.cleaned_data)
        return _back(request, pk)
    return _ask(request, purchase, form, "cancellation")


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    purchase = _find(request, pk)
    if answer := talk.seen(request, purchase):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, purchase, form)
    conversation = Conversation.of(purchase, purchase.supplier)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return _back(request, pk)


# Who sells what


def _of_terms(cell: Callable[[Any], sheets.Cell]) -> Callable[[Any], sheets.Cell]:
    """Read a cell of an Offer from the price that it is."""
    return lambda one: cell(one.terms)


PRICES: tuple[Column, ...] = (  # of a SupplierPrice
    (gettext_lazy("Code"), lambda price: price.material.code),
    (gettext_lazy("Material"), lambda price: str(price.material)),
    (gettext_lazy("Supplier"), lambda price: price.supplier.name),
    (gettext_lazy("Price"), lambda price: price.price),
    (gettext_lazy("Of"), lambda price: price.unit or price.material.unit_here),
    (gettext_lazy("Holds"), lambda price: sheets.quantity(price.unit_size)),
    (gettext_lazy("Unit"), lambda price: price.material.unit_here),
    (gettext_lazy("Delivery, days"), lambda price: price.lead_days),
    (gettext_lazy("At least"), lambda price: sheets.quantity(price.minimum)),
    (gettext_lazy("In portions of"), lambda price: sheets.quantity(price.pack)),
)
OFFERS: tuple[Column, ...] = (
    *((heading, _of_terms(cell)) for heading, cell in PRICES),
    (gettext_lazy("On time"), lambda one: one.on_time),
    (gettext_lazy("Deliveries"), lambda one: one.deliveries),
    (gettext_lazy("Rejected, %"), lambda one: one.rejected_percent),
)
PAID: tuple[Column, ...] = (  # of a Bought
    (gettext_lazy("Day"), lambda one: one.on),
    (gettext_lazy("Supplier"), lambda one: one.received.receipt.purchase.supplier.name),
    (gettext_lazy("Size"), lambda one: one.received.line.size),
    (gettext_lazy("Price"), lambda one: one.received.line.price),
    (gettext_lazy("Change, %"), lambda one: round(one.change_percent)),
    (gettext_lazy("Quantity"), lambda one: sheets.quantity(one.received.good)),
    (gettext_lazy("Days late"), lambda one: one.days_late),
)


@require_safe
def prices(request: Request) -> HttpResponse:
    demand(request, "procurement.see_prices", request.workshop)
    words = request.GET.get("q", "").strip()
    found = SupplierPrice.objects.visible_to(request.person).search(words).for_list()
    rows = found.order_by("material__code", "price", "pk")
    if answer := download(request, "supplier-prices", PRICES, rows):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/purchases/prices.html",
        {"page": page, "words": words, "tab": "prices"},
    )


@require_safe
def offers(request: Request, pk: int) -> HttpResponse:
    """Who sells a material, side by side, and what was paid for it in the last year."""
    demand(request, "procurement.see_prices", request.workshop)
    material = get_object_or_404(Material.objects.visible_to(request.person), pk=pk)
    offered, paid = offers_of(material), bought(material)
    answer = download(request, f"paid-{pk}", PAID, paid, of="paid") or download(
        request, f"offers-{pk}", OFFERS, offered
    )
    if answer:
        return answer
    page = Paginator(paid, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/purchases/offers.html",
        {"material": material, "offers": offered, "page": page},
    )


@require_http_methods(["GET", "POST"])
def price(request: Request) -> HttpResponse:
    """Note what a supplier asks; `?price=` begins with what is known, `?material=` with nothing."""
    demand(request, "procurement.price", request.workshop)
    form = SupplierPriceForm(
        request.POST or None, workshop=request.workshop, initial=_known(request)
    )
    if form.is_valid():
        SupplierPrice.quote(by=request.person, **form.cleaned_data)
        return redirect("workshop:supplier-prices", request.workshop.slug)
    return render(
        request,
        "workshop/purchases/price.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


# Inside


def _found(request: Request) -> Any:
    return PurchaseOrder.objects.visible_to(request.person)


def _find(request: Request, pk: int) -> PurchaseOrder:
    purchases = PurchaseOrder.objects.visible_to(request.person).for_page()
    return get_object_or_404(purchases, pk=pk)


def _line(purchase: PurchaseOrder, pk: int) -> PurchaseLine:
    return get_object_or_404(PurchaseLine.objects.filter(purchase=purchase), pk=pk)


def _other_drafts(request: Request, purchase: PurchaseOrder) -> list[PurchaseOrder]:
    drafts = _found(request).filter(status=Status.DRAFT, supplier=purchase.supplier)
    return list(drafts.exclude(pk=purchase.pk).for_list().order_by("pk"))


def _ask(
    request: Request, purchase: PurchaseOrder, form: Form, page: str, **more: Any
) -> HttpResponse:
    return render(
        request,
        f"workshop/purchases/{page}.html",
        {"purchase": purchase, "form": form} | more,
        status=422 if form.is_bound else 200,
    )


def _back(request: Request, pk: int) -> HttpResponse:
    return redirect("workshop:purchase", request.workshop.slug, pk)


def _known(request: Request) -> dict[str, Any]:
    """Return what the price form begins with."""
    material, known = request.GET.get("material", ""), request.GET.get("price", "")
    if known.isdecimal():
        found = SupplierPrice.objects.visible_to(request.person).filter(pk=int(known)).first()
        if found is not None:
            return {
                "supplier": found.supplier_id,
                "material": found.material_id,
                "price": found.price,
                "lead_days": found.lead_days,
                "minimum": found.minimum or None,
                "pack": found.pack or None,
                "unit": found.unit,
                "unit_size": found.unit_size if found.unit else None,
            }
    return {"material": material, "lead_days": 3}


def _links(request: Request, purchase: PurchaseOrder) -> list[dict[str, Any]]:
    """Return the living links of the supplier's people, each with a text ready for WhatsApp."""
    if not purchase.is_under_way or not request.person.may("procurement.send", purchase):
        return []
    links = (
        AccessLink.objects.alive(clock.now())
        .select_related("person")
        .filter(subject_type=ContentType.objects.get_for_model(purchase), subject_id=purchase.pk)
    )
    shown = []
    for link in links.prefetch_related("person__identities").order_by("pk"):
        address = settings.SITE_URL + reverse("access", args=[link.token])
        with override(link.person.language):
            text = _("Hello %(name)s, here is our order %(number)s: %(address)s %(workshop)s") % {
                "name": link.person.name,
                "number": purchase.number,
                "address": address,
                "workshop": request.workshop.name,
            }
        numbers = [
            identity.value
            for identity in link.person.identities.all()
            if identity.kind == Identity.Kind.PHONE
        ]
        shown.append(
            {
                "name": link.person.name,
                "address": address,
                "whatsapp": phones.whatsapp_link(numbers[0], text) if numbers else None,
            }
        )
    return shown
