"""Talk on the desk: all conversations, who answers which, and the notes of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.conversations.forms import AssignForm, CallForm, MessageForm, NoteForm
from simpul.conversations.models import (
    SAID_BY,
    Channel,
    Conversation,
    ConversationQuerySet,
    FollowUp,
    InternalNote,
    Message,
    QuickReply,
    Ticket,
)
from simpul.crm.models import AnswerPage
from simpul.delivery.models import Shipment
from simpul.insight.models import MorningTask
from simpul.insight.morning import words
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person
from simpul.parties.roles import Role
from simpul.payments import texting
from simpul.portals.doors import path_for
from simpul.portals.downloads import Column, download
from simpul.portals.http import Request, number_of
from simpul.portals.talk import talk_about
from simpul.portals.workshop.answers import address_of
from simpul.procurement.models import PurchaseOrder
from simpul.workflow.steps import NotAllowed

A_PAGE = 30
KINDS: dict[str, type[models.Model]] = {
    "order": Order,
    "purchase": PurchaseOrder,
    "shipment": Shipment,
    "ticket": Ticket,
    "party": Party,
}
# where each of them names the party that it is talked about with
OTHERS = {"order": "buyer", "purchase": "supplier", "shipment": "courier", "ticket": "party"}
COLUMNS: tuple[Column, ...] = (
    (gettext_lazy("With"), lambda one: one.party.name),
    (gettext_lazy("About"), lambda one: one.label),
    (gettext_lazy("When"), lambda one: clock.day_of(one.last.at) if one.last else None),
    (gettext_lazy("Said by"), lambda one: str(one.last.by) if one.last else ""),
    (gettext_lazy("Last word"), lambda one: one.last.body if one.last else ""),
    (gettext_lazy("Who answers"), lambda one: str(one.assigned_to or "")),
)
SHOWN = ("all", "unread", "unanswered", "mine", "unassigned", "due")


@require_safe
def conversations(request: Request) -> HttpResponse:
    """All of them, the last word first."""
    begun = _found(request)  # those that are only to begin have no word yet
    found = begun.exclude(last=None)
    chosen = request.GET.get("shown", "")
    shown = begun if chosen == "due" else found
    rows = _shown(shown, chosen, request.person)
    if answer := download(request, "conversations", COLUMNS, rows, is_personal=True):
        return answer
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workshop/talk/list.html",
        {
            "page": page,
            "words": request.GET.get("q", ""),
            "chosen": chosen if chosen in SHOWN else "all",
            "channel": request.GET.get("channel", ""),
            "kind": request.GET.get("kind", ""),
            "counts": found.counts_for(request.person)
            | {"due": begun.due(request.person, clock.today()).count()},
            "channels": SAID_BY,
        },
    )


@require_POST
def assignment(request: Request, pk: int) -> HttpResponse:
    """Ask somebody to answer, or let it go."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.person), pk=pk)
    form = AssignForm(request.POST, colleagues=_colleagues(request))
    if form.is_valid() and (to := form.cleaned_data["to"]):
        conversation.assign(by=request.person, to=to)
    elif form.is_valid():
        conversation.let_go(by=request.person)
    return redirect(_page_of(request, conversation.subject))


@require_http_methods(["GET", "POST"])
def note(request: Request, kind: str, pk: int) -> HttpResponse:
    """Leave a note on a thing for the others of the workshop."""
    subject = _subject(request, kind, pk)
    if not request.person.may("conversations.note", subject):
        raise NotAllowed
    form = NoteForm(request.POST or None)
    if form.is_valid():
        InternalNote.write(by=request.person, subject=subject, **form.cleaned_data)
        return redirect(_page_of(request, subject))
    return render(
        request,
        "workshop/talk/note.html",
        {"subject": subject, "back": _page_of(request, subject), "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def call(request: Request, kind: str, pk: int) -> HttpResponse:
    """Note a telephone call or a visit: filled in already, saved with the second tap."""
    subject = _subject(request, kind, pk)
    if not request.person.may("conversations.call", subject):
        raise NotAllowed
    party = _party_of(kind, subject)
    people = Person.objects.active().filter(party=party).order_by("pk")
    form = CallForm(
        request.POST or None,
        people=people,
        initial={
            "channel": request.GET.get("how", Channel.PHONE),
            "direction": Message.Direction.OUT,
            "with_whom": people.first(),
        },
    )
    back = _page_of(request, subject)
    if form.is_valid():
        conversation = Conversation.of(subject, party)
        Message.call(by=request.person, conversation=conversation, **form.cleaned_data)
        return redirect(back)
    return render(
        request,
        "workshop/talk/call.html",
        {"subject": subject, "party": party, "back": back, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
def follow_up(request: Request, pk: int) -> HttpResponse:
    """The next step is done."""
    found = get_object_or_404(FollowUp.objects.visible_to(request.person), pk=pk)
    found.finish(by=request.person)
    return redirect(_page_of(request, found.conversation.subject))


def desk_talk(
    request: Request,
    subject: Any,
    party: Party | None,
    *,
    say_to: str,
    form: MessageForm | None = None,
    together: Sequence[models.Model] = (),
) -> dict[str, Any]:
    """Return what the cards of talk and notes show on the page of a thing.

    `party` is the other side of the talk; without one nothing can be said yet. `together` as in
    `talk_about`.
    """
    kind = next(name for name, model in KINDS.items() if isinstance(subject, model))
    replies = list(QuickReply.objects.visible_to(request.person).order_by("title", "pk"))
    chosen = number_of(request.GET.get("reply", ""))
    if chosen is not None and (form is None or not form.is_bound):
        form = _filled_in(next((one for one in replies if one.pk == chosen), None), subject, party)
    answer_pages, linked = _answer_pages(request)
    if linked is not None and (form is None or not form.is_bound):
        form = MessageForm(initial={"body": linked})
    task = number_of(request.GET.get("task", ""))
    if task is not None and (form is None or not form.is_bound):
        form = _drafted(request, task, party)
    notes = list(InternalNote.objects.visible_to(request.person).about(subject).for_page())
    talk = talk_about(
        request,
        subject,
        say_to=say_to,
        form=form,
        also=[one.body for one in notes],
        together=together,
    )
    conversation = Conversation.objects.filter(party=party).about(subject).first()
    return {
        **talk,
        "say_to": talk["say_to"] if party else "",
        "free_until": texting.free_until(party) if party and talk["say_to"] else None,
        "conversation": conversation,
        "assign_form": AssignForm(
            colleagues=_colleagues(request),
            initial={"to": conversation.assigned_to_id if conversation else None},
        ),
        "follow_ups": list(
            FollowUp.objects.open()
            .filter(conversation=conversation)
            .select_related("by")
            .order_by("due_on", "pk")
        )
        if conversation
        else [],
        "replies": replies,
        "answer_pages": answer_pages,
        "ticket_to": _ticket_to(request, subject, party),
        "call_to": reverse("workshop:call", args=[request.workshop.slug, kind, subject.pk])
        if party and request.person.may("conversations.call", subject)
        else "",
        "notes": notes,
        "note_form": NoteForm(),
        "note_to": reverse("workshop:note", args=[request.workshop.slug, kind, subject.pk]),
    }


def _answer_pages(request: Request) -> tuple[list[AnswerPage], str | None]:
    """Return the answer pages that can be linked to, once somebody asks for them, and what is said
    with the link of the one that was chosen."""
    chosen = number_of(request.GET.get("answer", ""))
    if chosen is None and "answers" not in request.GET:
        return [], None
    pages = list(AnswerPage.objects.visible_to(request.person).published().order_by("title", "pk"))
    one = next((page for page in pages if page.pk == chosen), None)
    return pages, f"{one.title}: {address_of(one, request.workshop.slug)}" if one else None


def _ticket_to(request: Request, subject: Any, party: Party | None) -> str:
    """Return where it is noted that a customer asks or complains about this; else nothing."""
    asks = party is not None and request.person.may("conversations.ask_ticket", party)
    if not asks or party is None or party.buyer_id is None:
        return ""
    if isinstance(subject, Order):
        return reverse("workshop:order-ticket", args=[request.workshop.slug, subject.number])
    if isinstance(subject, Party):
        return reverse("workshop:party-ticket", args=[request.workshop.slug, subject.pk])
    return ""


def _filled_in(reply: QuickReply | None, subject: Any, party: Party | None) -> MessageForm | None:
    """Return the form with a saved text, in the language of whoever reads it there."""
    if reply is None or party is None:
        return None
    reader = party.people.active().order_by("pk").first()
    text = reply.text(
        language=reader.language if reader else "id",
        name=reader.name if reader else party.name,
        number=getattr(subject, "number", ""),
    )
    return MessageForm(initial={"body": text})


def _drafted(request: Request, task: int, party: Party | None) -> MessageForm | None:
    """Return the form with what a task of the morning proposes to write, in the reader's language."""
    found = MorningTask.objects.visible_to(request.person).filter(pk=task, party=party).first()
    if found is None or party is None:
        return None
    reader = party.people.active().order_by("pk").first()
    with override(reader.language if reader else "id"):
        text = words.draft(found, reader.name if reader else party.name)
    return MessageForm(initial={"body": text}) if text else None


def _party_of(kind: str, subject: Any) -> Party:
    party = getattr(subject, OTHERS[kind]) if kind in OTHERS else subject
    if party is None:
        raise Http404
    return cast(Party, party)


def _found(request: Request) -> ConversationQuerySet:
    found = Conversation.objects.visible_to(request.person)
    if words := request.GET.get("q", "").strip():
        found = found.search(words)
    if (channel := request.GET.get("channel", "")) in Channel.values:
        found = found.filter(last__channel=channel)
    if model := KINDS.get(request.GET.get("kind", "")):
        found = found.filter(subject_type=ContentType.objects.get_for_model(model))
    return found


def _shown(found: ConversationQuerySet, chosen: str, person: Person) -> ConversationQuerySet:
    shown = found.with_unread(person)
    ways = {
        "unread": found.unread_by(person),
        "unanswered": shown.unanswered(),
        "mine": shown.mine(person),
        "unassigned": shown.unassigned(),
        "due": shown.due(person, clock.today()),
    }
    rows = ways.get(chosen, shown).select_related("party", "last__by", "assigned_to")
    return rows.prefetch_related("subject").order_by("-last")


def _colleagues(request: Request) -> Any:
    """Return who can be asked to answer: whoever may say something."""
    house = request.workshop
    roles = [
        role for role in Role if Person(workshop=house, role=role).may("conversations.say", house)
    ]
    people = Person.objects.visible_to(request.person).active().staff()
    return people.filter(role__in=roles).order_by("name", "pk")


def _subject(request: Request, kind: str, pk: int) -> Any:
    if kind not in KINDS:
        raise Http404
    model: Any = KINDS[kind]
    return get_object_or_404(model.objects.visible_to(request.person), pk=pk)


def _page_of(request: Request, subject: Any) -> str:
    path = path_for(subject, request.person)
    assert path is not None  # noqa: S101 - each of the kinds has a page on the desk
    return path
