"""Whom the workshop deals with: buyers, suppliers, couriers, and their people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import MessageForm, PreferencesForm
from simpul.conversations.models import Channel, Conversation, FollowUp, Message, Ticket
from simpul.conversations.notices import try_again
from simpul.crm.loyalty import standing_of
from simpul.crm.models import SPEAKS_FOR, MarketingRules, Rating, Visit, like
from simpul.crm.segmenting import Phase, phase_of
from simpul.delivery import rounds
from simpul.delivery.models import Shipment
from simpul.insight.models import BuyerOutlook
from simpul.insight.timeline import timeline
from simpul.insight.worth import Worth, contribution_of, worth_of
from simpul.lib import clock
from simpul.lib.alike import Card, Match
from simpul.orders.models import Instalment, Order
from simpul.parties.forms import ContactForm, CorrectionForm, PartyForm, ToneForm
from simpul.parties.models import (
    AccessLink,
    Identity,
    IdentityQuerySet,
    Party,
    PartyQuerySet,
    Workshop,
)
from simpul.payments.models import party_credit, party_debt
from simpul.portals import talk
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand
from simpul.portals.workshop.areas import areas_of
from simpul.portals.workshop.consents import agreed_by
from simpul.portals.workshop.history import with_paths
from simpul.portals.workshop.talk import desk_talk
from simpul.procurement.models import PurchaseOrder
from simpul.procurement.payables import term_of
from simpul.ui.jinja import number

A_PAGE = 50
LATEST = 5  # of what happened stand on the page itself
A_FEW = 12  # instalments; no order has more
COLUMNS: list[Column] = [
    (gettext_lazy("Name"), lambda party: party.name),
    (gettext_lazy("Kind"), lambda party: ", ".join(party.kinds)),
    (gettext_lazy("Town or area"), lambda party: party.area),
    (gettext_lazy("Since"), lambda party: clock.day_of(party.since)),
    (gettext_lazy("People"), lambda party: ", ".join(one.name for one in party.people.all())),
    (gettext_lazy("Telephone"), lambda party: _known_as(party, Identity.Kind.PHONE)),
    (gettext_lazy("E-mail"), lambda party: _known_as(party, Identity.Kind.MAIL)),
]
CHANNELS = {Identity.Kind.MAIL: Channel.MAIL, Identity.Kind.PHONE: Channel.WHATSAPP}


@require_safe
def parties(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    found = find_parties(request, words)
    kinds = {
        "buyers": found.buyers(),
        "suppliers": found.suppliers(),
        "couriers": found.couriers(),
        "unreached": found.unreached(),
    }
    shown = kinds.get(kind, found).order_by("name", "pk")
    with_people = shown.prefetch_related("people__identities")
    if answer := download(request, "parties", COLUMNS, with_people, is_personal=True):
        return answer
    return render(
        request,
        "workshop/parties/list.html",
        {
            "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "kind": kind,
            "counts": {name: rows.count() for name, rows in kinds.items()} | {"": found.count()},
        },
    )


@require_safe
def party(request: Request, pk: int) -> HttpResponse:
    party = Party.objects.visible_to(request.person).filter(pk=pk).first()
    if party is None:
        return _where_it_went(request, pk)
    return _page(request, party)


@require_POST
def message(request: Request, pk: int) -> HttpResponse:
    """Say something that is about no single order."""
    party = _find(request, pk)
    if answer := talk.seen(request, party):
        return answer
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, party, form)
    conversation = Conversation.of(party, party)
    Message.say(by=request.person, conversation=conversation, **form.cleaned_data)
    return redirect("workshop:party", request.workshop.slug, pk)


def _page(request: Request, party: Party, form: MessageForm | None = None) -> HttpResponse:
    """Show the party, with a message that was left empty to be written again."""
    orders = Order.objects.visible_to(request.person).filter(buyer=party).for_list()
    links = AccessLink.objects.filter(workshop=request.workshop, person__party=party)
    people = list(party.people.prefetch_related("identities").order_by("pk"))
    conversation = desk_talk(
        request,
        party,
        party,
        say_to=reverse("workshop:party-message", args=[request.workshop.slug, party.pk]),
        form=form,
    )
    return render(
        request,
        "workshop/parties/page.html",
        {
            "party": party,
            "people": people,
            "agreed": agreed_by(people) if party.buys_as else [],
            "areas": areas_of(request, party) if party.buys_as == Party.BuysAs.DISTRIBUTOR else [],
            "goes_to": party.addresses.order_by("pk"),
            "orders": orders.order_by("-id")[:20],
            "tickets": Ticket.objects.visible_to(request.person)
            .filter(party=party)
            .order_by("-pk")[:20],
            "credit": party_credit(party),
            "debt": party_debt(party),
            "purchases": _purchases_from(request, party) if party.is_supplier else [],
            "shipments": _shipments_of(request, party) if party.is_courier else [],
            "run": rounds.of(request.person, party) if party.is_courier else None,
            "links": links.alive(clock.now())
            .select_related("person")
            .prefetch_related("subject")
            .order_by("-pk"),
            **conversation,
            **_at_a_glance(request, party),
        },
        status=422 if form else 200,
    )


def _at_a_glance(request: Request, party: Party) -> dict[str, Any]:
    """Return what the head of the page shows: whom to call, the figures, what is to be done next
    about anything of theirs, and what happened last."""
    found, older = timeline(request.person, party, size=LATEST)
    visits = Visit.objects.visible_to(request.person).planned().filter(party=party)
    steps = FollowUp.objects.visible_to(request.person).open().filter(conversation__party=party)
    steps = steps.select_related("by", "conversation").prefetch_related("conversation__subject")
    sees_books = party.buys_as and request.person.may("insight.see_books", request.workshop)
    worth = worth_of(party, clock.today()) if party.buys_as else None
    return {
        "call": party.telephone(),
        "worth": worth,
        "phase": _phase(request, worth) if worth else None,
        "outlook": _outlook(request, party) if party.buys_as else None,
        "visit": visits.select_related("day__rep").order_by("day__on", "pk").first(),
        "terms": _terms(request.workshop, party),
        "content": Rating.objects.filter(party=party).sums() if party.buys_as else None,
        "left": contribution_of(party, clock.today()) if sees_books else None,
        "follow_ups": steps.order_by("due_on", "pk")[:LATEST],
        "happened": with_paths(request, found),
        "has_older": older is not None,
    }


def _outlook(request: Request, party: Party) -> BuyerOutlook | None:
    """Return whether it is still a customer, as it was judged last, for who sees the analysis."""
    if not request.person.may("insight.see_trend", request.workshop):
        return None
    return BuyerOutlook.objects.visible_to(request.person).filter(buyer=party).first()


def _terms(workshop: Workshop, party: Party) -> list[tuple[str, str]]:
    """Return what holds for a party where no order says otherwise, each with what it is called."""
    rows = []
    if party.buys_as:
        rows += [(_("Prices"), _price_list(party)), (_("Payment"), _payment(workshop, party))]
        if last := _agreed_last(party):
            rows.append((_("Agreed last"), last))
        if party.year_pairs:
            pairs = ngettext("%(n)s pair", "%(n)s pairs", party.year_pairs)
            rows.append((_("Bought in twelve months"), pairs % {"n": number(party.year_pairs)}))
        if workshop.gives_points and (tier := standing_of(party).tier):
            off = [f"−{tier.percent} %"] if tier.percent else []
            free = [_("free freight")] if tier.is_freight_free else []
            rows.append((_("Tier"), " · ".join([tier.name, *off, *free])))
        if party.sends_in_own_name:
            rows.append((_("Delivery"), _("also in their own name")))
    if party.is_supplier:
        days = term_of(party, workshop).days
        told = ngettext(
            "we pay %(n)s day after goods came", "we pay %(n)s days after goods came", days
        )
        rows.append((_("Their bills"), told % {"n": days}))
    return rows


def _price_list(party: Party) -> str:
    if party.buys_wholesale:
        return _("of distributors")
    return _("retail prices") if party.is_welcome else _("on request, until they are welcomed")


def _payment(workshop: Workshop, party: Party) -> str:
    """Say what is proposed for an order: `orders.proposed_plan`."""
    facts = {"percent": workshop.down_payment_percent, "n": workshop.payment_days}
    if workshop.down_payment_percent in (0, 100):
        text = ngettext(
            "all of it first, within %(n)s day",
            "all of it first, within %(n)s days",
            workshop.payment_days,
        )
    elif party.buys_wholesale:
        text = ngettext(
            "%(percent)s %% first within %(n)s day, the rest before the goods leave",
            "%(percent)s %% first within %(n)s days, the rest before the goods leave",
            workshop.payment_days,
        )
    else:
        text = ngettext(
            "small orders at once, larger ones with %(percent)s %% first, within %(n)s day",
            "small orders at once, larger ones with %(percent)s %% first, within %(n)s days",
            workshop.payment_days,
        )
    return text % facts


def _agreed_last(party: Party) -> str:
    """Say how the last agreed order is paid; nothing where there is none."""
    agreed = Order.objects.filter(buyer=party).bought()
    parts = Instalment.objects.filter(order__in=agreed)
    newest = parts.select_related("order").order_by("-order__confirmed_at", "-order", "pk")
    found = list(newest[:A_FEW])
    mine = [one for one in found if one.order_id == found[0].order_id]
    total = sum(one.amount for one in mine)
    if not total:
        return ""
    said = (f"{one.get_kind_display()} {round(100 * one.amount / total)} %" for one in mine)
    return f"{', '.join(said)} ({mine[0].order.number})"


def _phase(request: Request, worth: Worth) -> Phase:
    rules = MarketingRules.of(request.workshop)
    return phase_of(worth.first_on, worth.last_on, rules, clock.today())


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    demand(request, "parties.keep", request.workshop)
    form = PartyForm(
        request.POST or None, workshop=request.workshop, initial=_guess(request.GET.get("q", ""))
    )
    if form.is_valid():
        found = [] if "is_new" in request.POST else like(request.workshop, _card(form))
        if found:
            return _is_it_one(request, form, found)
        party = form.make_party()
        if party.buys_as and request.GET.get("then") == "order":
            return redirect("workshop:order-entry", request.workshop.slug, party.pk)
        return redirect("workshop:party", request.workshop.slug, party.pk)
    return render(
        request,
        "workshop/parties/new.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def contact(request: Request, pk: int) -> HttpResponse:
    demand(request, "parties.keep", request.workshop)
    party = _find(request, pk)
    form = ContactForm(request.POST or None, workshop=request.workshop)
    if form.is_valid():
        form.make(party)
        return redirect("workshop:party", request.workshop.slug, pk)
    return render(
        request,
        "workshop/parties/contact.html",
        {"form": form, "party": party},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def tone(request: Request, pk: int) -> HttpResponse:
    """How the party wants to be spoken to."""
    demand(request, "parties.keep", request.workshop)
    party = _find(request, pk)
    form = ToneForm(request.POST or None, instance=party)
    if form.is_valid():
        form.save()
        return redirect("workshop:party", request.workshop.slug, pk)
    return render(
        request,
        "workshop/parties/tone.html",
        {"form": form, "party": party},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def told(request: Request, pk: int, person: int) -> HttpResponse:
    """What somebody of the party is told, by which channel and when."""
    demand(request, "parties.keep", request.workshop)
    party = _find(request, pk)
    contact = get_object_or_404(party.people.active(), pk=person)
    form = PreferencesForm(request.POST or None, person=contact)
    if form.is_valid():
        form.save()
        return redirect("workshop:party", request.workshop.slug, pk)
    return render(
        request,
        "workshop/parties/told.html",
        {"form": form, "party": party, "contact": contact},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def correction(request: Request, pk: int, identity: int) -> HttpResponse:
    """Where nothing arrives: put the right number or address in its place, or say that it works."""
    demand(request, "parties.keep", request.workshop)
    party = _find(request, pk)
    dead = get_object_or_404(_known(party), pk=identity)
    form = CorrectionForm(request.POST or None, identity=dead)
    if form.is_valid():
        form.save()
        try_again(dead.person, CHANNELS[Identity.Kind(dead.kind)])
        messages.success(request, _("Saved. What did not arrive is sent again."))
        return redirect("workshop:party", request.workshop.slug, pk)
    return render(
        request,
        "workshop/parties/correction.html",
        {"form": form, "party": party, "identity": dead},
        status=422 if form.is_bound else 200,
    )


@require_POST
def revocation(request: Request, pk: int, link: int) -> HttpResponse:
    demand(request, "parties.keep", request.workshop)
    found = AccessLink.objects.filter(workshop=request.workshop, person__party_id=pk)
    get_object_or_404(found, pk=link).revoke()
    return redirect("workshop:party", request.workshop.slug, pk)


def unreached(party: Party) -> dict[str, Any]:
    """Return what a page shows of a party to whose people nothing arrives, and whom to call."""
    dead = list(Identity.objects.coming_back().filter(person__party=party).order_by("pk"))
    number = party.telephone() if dead else ""
    return {"dead": dead, "call": "" if number in [one.value for one in dead] else number}


def find_parties(request: Request, words: str) -> PartyQuerySet:
    found = Party.objects.visible_to(request.person)
    return found.search(words) if words else found


def _where_it_went(request: Request, pk: int) -> HttpResponse:
    """Lead from a party that was merged to the one that it is; of any other there is nothing."""
    merged = Party.objects.filter(workshop=request.workshop, merged_into__isnull=False)
    gone = get_object_or_404(merged.select_related("merged_into"), pk=pk)
    told = _("%(old)s is one with %(party)s: they were merged.")
    messages.info(request, told % {"old": gone.name, "party": gone.merged_into})
    return redirect("workshop:party", request.workshop.slug, gone.merged_into_id)


def _purchases_from(request: Request, party: Party) -> Any:
    found = PurchaseOrder.objects.visible_to(request.person).filter(supplier=party)
    return found.for_list().order_by("-id")[:10]


def _shipments_of(request: Request, party: Party) -> Any:
    found = Shipment.objects.visible_to(request.person).filter(courier=party)
    return found.for_list().order_by("-id")[:10]


def _known_as(party: Party, kind: str) -> str:
    """Return the numbers or addresses of its people, for a spreadsheet."""
    known = [one for person in party.people.all() for one in person.identities.all()]
    return ", ".join(one.value for one in known if one.kind == kind)


def _guess(words: str) -> dict[str, str]:
    """Tell from what somebody searched for in vain whether it is a number or a name."""
    return {"telephone" if any(letter.isdigit() for letter in words) else "name": words}


def _card(form: PartyForm) -> Card:
    """Return what was typed as the finder of duplicates reads it."""
    facts = form.cleaned_data
    return Card(
        key=0,
        name=facts["name"],
        people=(facts["contact"],),
        address=f"{facts['street']} {facts['area']}",
        numbers=frozenset(filter(None, [facts["telephone"]])),
        mails=frozenset(filter(None, [facts["email"]])),
    )


def _is_it_one(request: Request, form: PartyForm, found: list[tuple[Party, Match]]) -> HttpResponse:
    """Ask whether it is one of those that are there already; what was typed is kept."""
    return render(
        request,
        "workshop/parties/known.html",
        {
            "form": form,
            "found": found,
            "speaks_for": SPEAKS_FOR,
            "for_order": request.GET.get("then") == "order",
        },
    )


def _known(party: Party) -> IdentityQuerySet:
    people = Identity.objects.filter(person__party=party, person__is_active=True)
    return people.select_related("workshop", "person")


def _find(request: Request, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.person), pk=pk)
