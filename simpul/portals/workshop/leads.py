"""Prospects: the board on which they move towards a first order, the list, and one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.models import FollowUp, GuestEntry
from simpul.crm import tasks
from simpul.crm.lead_forms import (
    GiveForm,
    LeadFilterForm,
    LeadRulesForm,
    LossForm,
    MoveForm,
    NextForm,
    NoteLeadForm,
    WelcomeForm,
    WorthForm,
)
from simpul.crm.models import (
    MOVES,
    SPEAKS_FOR,
    STAGES,
    Duplicate,
    Lead,
    LeadOffer,
    LeadQuerySet,
    LeadRules,
    Source,
    Status,
    like,
    nearest,
)
from simpul.insight.factors import STAGES_ON
from simpul.lib import clock, phones
from simpul.lib.alike import Card, Match
from simpul.parties.models import Identity, Party, Person
from simpul.parties.roles import Role
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, demand, number_of
from simpul.portals.workshop.areas import areas_of
from simpul.workflow.models import journal_of

A_PAGE = 30
MOST_NEAR = 3  # of who would be asked next
COLUMNS: tuple[Column, ...] = (
    (_lazy("Who"), lambda lead: lead.party.name),
    (_lazy("Area"), lambda lead: lead.party.area),
    (_lazy("Stage"), lambda lead: str(lead.get_status_display())),
    (_lazy("Why not"), lambda lead: str(lead.get_why_display())),
    (_lazy("Source"), lambda lead: str(lead.get_source_display())),
    (_lazy("Since"), lambda lead: clock.day_of(lead.at)),
    (_lazy("It may bring"), lambda lead: lead.worth),
    (_lazy("Who looks after it"), lambda lead: lead.kept_by or str(lead.owner or "")),
)
ON_STEP = {f"on-{step}": step for step in STAGES_ON}  # of the way to a customer
A_COLUMN = 20  # cards of one stage; the rest stands in the list


@require_safe
def leads(request: Request) -> HttpResponse:
    """The board: a column for each stage, what is overdue first."""
    found = Lead.objects.visible_to(request.person)
    is_mine = request.GET.get("of") == "me"
    if is_mine:
        found = found.filter(owner=request.person)
    cards: dict[str, list[Lead]] = {stage: [] for stage in STAGES}
    for lead in found.open().for_board(A_COLUMN):
        cards[lead.status].append(lead)
    sums = found.stages()
    asked = request.GET.get("stage", "")
    return render(
        request,
        "workshop/customers/leads/board.html",
        {
            "columns": [(stage, cards[stage], *sums.get(stage, (0, 0))) for stage in STAGES],
            "ends": [(end, *sums.get(end, (0, 0))) for end in (Status.WON, Status.LOST)],
            "shown": asked if asked in STAGES else Status.NEW,
            "is_mine": is_mine,
            "moves": MOVES,
            "today": clock.today(),
        },
    )


@require_safe
def lead_list(request: Request) -> HttpResponse:
    """All of them, searched and filtered."""
    found = Lead.objects.visible_to(request.person)
    words = request.GET.get("q", "").strip()
    form = LeadFilterForm(request.GET, colleagues=_colleagues(request))
    form.is_valid()
    for name in ("source", "owner"):
        if value := form.cleaned_data.get(name):
            found = found.filter(**{name: value})
    if words:
        found = found.search(words)
    chosen = request.GET.get("status", "")
    shown = _shown(found, chosen)
    if answer := download(request, "prospects", COLUMNS, shown, is_personal=True):
        return answer
    sums = found.stages()
    return render(
        request,
        "workshop/customers/leads/list.html",
        {
            "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "form": form,
            "chosen": chosen,
            "step": ON_STEP.get(chosen),
            "statuses": [(status, sums.get(status, (0, 0))[0]) for status in Status],
            "all": sum(count for count, _worth in sums.values()),
            "today": clock.today(),
        },
    )


@require_safe
def lead(request: Request, pk: int) -> HttpResponse:
    return _page(request, pk)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Note somebody whom we met; then the next one, with the same source."""
    demand(request, "crm.note_lead", request.workshop)
    form = NoteLeadForm(
        request.POST or None, initial={"source": request.GET.get("source", Source.FAIR)}
    )
    if form.is_valid():
        known = _chosen(request)
        found = [] if known or "is_new" in request.POST else _alike(request, form)
        if found:
            return _is_it_one(request, form, found)
        noted = Lead.note(by=request.person, known=known, **form.cleaned_data)
        _look_at(noted)
        if "open" in request.POST:
            return redirect("workshop:lead", request.workshop.slug, noted.pk)
        messages.success(request, _("%(name)s is noted. Who is next?") % {"name": noted})
        again = reverse("workshop:new-lead", args=[request.workshop.slug])
        return redirect(f"{again}?source={noted.source}")
    return render(
        request,
        "workshop/customers/leads/new.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def guest_lead(request: Request, pk: int) -> HttpResponse:
    """Make a prospect of whoever wrote in the guest book."""
    entry = get_object_or_404(GuestEntry.objects.visible_to(request.person), pk=pk)
    noted = Lead.note(
        by=request.person,
        source=Source.GUESTBOOK,
        name=entry.name,
        telephone=_telephone_in(entry.contact),
        email=entry.mail,
        message=entry.body,
        guest=entry,
    )
    _look_at(noted)
    return redirect("workshop:lead", request.workshop.slug, noted.pk)


@require_POST
def welcome(request: Request, pk: int) -> HttpResponse:
    form = WelcomeForm(request.POST)
    buys_as = form.cleaned_data["buys_as"] if form.is_valid() else ""
    _find(request, pk).welcome(by=request.person, buys_as=buys_as)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def stage(request: Request, pk: int) -> HttpResponse:
    """Move it to another stage, from its page or from its card on the board."""
    form = MoveForm(request.POST)
    moved = _find(request, pk)
    if form.is_valid():
        moved.move(by=request.person, **form.cleaned_data)
    if "from_board" in request.POST:
        board = reverse("workshop:leads", args=[request.workshop.slug])
        return redirect(f"{board}?stage={moved.status}")
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def owner(request: Request, pk: int) -> HttpResponse:
    form = GiveForm(request.POST, colleagues=_colleagues(request))
    if form.is_valid():
        _find(request, pk).assign(by=request.person, **form.cleaned_data)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def worth(request: Request, pk: int) -> HttpResponse:
    form = WorthForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, worth_form=form)
    _find(request, pk).estimate(by=request.person, **form.cleaned_data)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def next_step(request: Request, pk: int) -> HttpResponse:
    form = NextForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, next_form=form)
    _find(request, pk).plan_next(by=request.person, **form.cleaned_data)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def loss(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.lose_lead", found)
    form = LossForm(request.POST or None)
    if form.is_valid():
        found.lose(by=request.person, **form.cleaned_data)
        return redirect("workshop:lead", request.workshop.slug, pk)
    return render(
        request,
        "workshop/customers/leads/loss.html",
        {"lead": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).reopen(by=request.person)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def handing_on(request: Request, pk: int) -> HttpResponse:
    """Offer it to the nearest distributor."""
    found = _find(request, pk)
    LeadOffer.hand_on(by=request.person, lead=found, agreed="agreed" in request.POST)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_POST
def recall(request: Request, pk: int, offer: int) -> HttpResponse:
    found = LeadOffer.objects.visible_to(request.person).filter(lead=pk)
    get_object_or_404(found, pk=offer).recall(by=request.person)
    return redirect("workshop:lead", request.workshop.slug, pk)


@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """How long a distributor has to answer, and when a sample is asked about."""
    demand(request, "crm.keep_lead_rules", request.workshop)
    form = LeadRulesForm(request.POST or None, instance=LeadRules.of(request.workshop))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:leads", request.workshop.slug)
    return render(
        request,
        "workshop/customers/leads/rules.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _chosen(request: Request) -> Party | None:
    """Return whom somebody saw to be the same as the one that was typed."""
    pk = number_of(request.POST.get("known", ""))
    return Party.objects.visible_to(request.person).standing().filter(pk=pk).first() if pk else None


def _alike(request: Request, form: NoteLeadForm) -> list[tuple[Party, Match]]:
    """Return who is probably the same; whose number or address it is needs no question."""
    facts = form.cleaned_data
    ways = Q(kind=Identity.Kind.PHONE, value=facts["telephone"])
    ways |= Q(kind=Identity.Kind.MAIL, value=facts["email"].lower())
    mine = Identity.objects.filter(workshop=request.workshop).exclude(person__party=None)
    return [] if mine.filter(ways).exists() else like(request.workshop, _card(form))


def _card(form: NoteLeadForm) -> Card:
    """Return what was typed as the finder of duplicates reads it."""
    facts = form.cleaned_data
    return Card(
        key=0,
        name=facts["name"],
        people=tuple(filter(None, [facts["contact"]])),
        address=facts["area"],
        numbers=frozenset(filter(None, [facts["telephone"]])),
        mails=frozenset(filter(None, [facts["email"].lower()])),
    )


def _is_it_one(
    request: Request, form: NoteLeadForm, found: list[tuple[Party, Match]]
) -> HttpResponse:
    """Ask whether it is one of those that are there already; what was typed is kept."""
    return render(
        request,
        "workshop/customers/leads/known.html",
        {
            "form": form,
            "found": found,
            "speaks_for": SPEAKS_FOR,
            "then": "open" if "open" in request.POST else "again",
        },
    )


def _look_at(noted: Lead) -> None:
    """Let the worker find whom somebody new probably is; the page of the prospect says it."""
    if not noted.was_known:
        tasks.look_at_new.enqueue(noted.party_id)


def _page(
    request: Request,
    pk: int,
    *,
    next_form: NextForm | None = None,
    worth_form: WorthForm | None = None,
) -> HttpResponse:
    """Show one, with what was typed where a form was refused."""
    found = get_object_or_404(Lead.objects.visible_to(request.person).for_page(), pk=pk)
    steps = FollowUp.objects.open().filter(conversation__party=found.party_id)
    initial = {"to": found.owner_id}
    return render(
        request,
        "workshop/customers/leads/page.html",
        {
            "lead": found,
            "twins": Duplicate.objects.visible_to(request.person).twins_of(found.party_id),
            "areas": areas_of(request, found.party),
            "samples": found.samples.select_related("order").order_by("-pk"),
            **_handing(found),
            "moves": MOVES,
            "quotations": found.quotations.order_by("-pk"),
            "follow_ups": list(steps.select_related("by").order_by("due_on", "pk")),
            "next_form": next_form or NextForm(initial={"due_on": clock.in_days(1)}),
            "worth_form": worth_form or WorthForm(initial={"worth": found.worth or ""}),
            "owner_form": GiveForm(colleagues=_colleagues(request), initial=initial),
            "today": clock.today(),
            "journal": journal_of(found).select_related("by").order_by("-pk"),
        },
        status=422 if next_form or worth_form else 200,
    )


def _handing(lead: Lead) -> dict[str, Any]:
    """Return which distributors were offered it, and who would be asked next."""
    offers = list(lead.offers.select_related("distributor", "territory").order_by("pk"))
    is_held = any(one.status in ("offered", "taken") for one in offers)
    can_go = lead.status in STAGES and not is_held
    return {
        "offers": offers,
        "near": nearest(lead)[:MOST_NEAR] if can_go else [],
        "answer_hours": LeadRules.of(lead.workshop).answer_hours if can_go else 0,
    }


def _shown(found: LeadQuerySet, chosen: str) -> LeadQuerySet:
    rows = found.for_list()
    if chosen == "due":
        return rows.open().due(clock.today())
    if chosen in ON_STEP:
        return rows.filter(status__in=STAGES_ON[ON_STEP[chosen]])
    return rows.filter(status=chosen) if chosen in Status else rows


def _colleagues(request: Request) -> Any:
    """Return who can look after a prospect: whoever may move it."""
    house = request.workshop
    roles = [role for role in Role if Person(workshop=house, role=role).may("crm.move_lead", house)]
    people = Person.objects.visible_to(request.person).active().staff()
    return people.filter(role__in=roles).order_by("name", "pk")


def _telephone_in(contact: str) -> str:
    """Return the number that a guest left (E.164); empty where it is none."""
    try:
        return phones.normalise(contact)
    except phones.NotATelephone:
        return ""


def _find(request: Request, pk: int) -> Lead:
    return get_object_or_404(Lead.objects.visible_to(request.person), pk=pk)
