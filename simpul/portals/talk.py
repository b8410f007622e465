"""What was said about a thing, as every portal shows it, and who has read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Model
from django.http import HttpResponse

from simpul.conversations.forms import MessageForm
from simpul.conversations.models import Message, ReadMark
from simpul.insight.mentions import documents_in
from simpul.parties.models import Person
from simpul.portals.doors import path_for
from simpul.portals.http import Request, number_of

A_TALK = 100  # messages; what was said before them stands on earlier pages


def talk_about(
    request: Request,
    subject: Any,
    *,
    say_to: str,
    form: MessageForm | None = None,
    also: Iterable[str] = (),
    together: Sequence[Model] = (),
) -> dict[str, Any]:
    """Return what `conversations/_thread.html` shows: the newest, or what stands before the message
    that `?earlier=` names. `say_to` takes what is said and what was
    read; `also` are more texts whose documents get links; `together` are all the things whose talk
    is read as one, where that is more than the subject."""
    told = Message.objects.visible_to(request.person).about(*(together or [subject]))
    before = number_of(request.GET.get("earlier", ""))
    newest: list[Message] = []
    if before is not None:
        newest = list(told.filter(pk__lt=before).reverse()[: A_TALK + 1])
    if not newest:  # where nothing stands before it, as well
        before = None
        newest = list(told.reverse()[: A_TALK + 1])
    said = newest[:A_TALK][::-1]
    talks = {one.conversation_id for one in said}
    found = ReadMark.objects.filter(conversation__in=talks).select_related("person")
    marks = list(found.order_by("message"))
    may_say = request.person.may("conversations.say", subject)
    return {
        "messages_here": said,
        "said_earlier": said[0].pk if len(newest) > A_TALK else None,
        "is_said_earlier": before is not None,
        "message_form": form or MessageForm(),
        "say_to": say_to if may_say else "",
        "seen_to": say_to,
        "addresses": addresses_in(request, [*(one.body for one in said), *also]),
        "read_at": _read_at(said, marks, request.person),
        "unread": None if before else _unread(said, marks, request.person),
    }


def addresses_in(request: Request, texts: Iterable[str]) -> dict[str, str]:
    """Return number -> address of the documents that the texts name, for this reader.

    Whoever came by a link may open nothing but the one document.
    """
    if request.link is not None:
        return {}
    found = documents_in(texts, request.person)
    paths = {number: path_for(one, request.person) for number, one in found.items()}
    return {number: path for number, path in paths.items() if path}


def seen(request: Request, *subjects: Model) -> HttpResponse | None:
    """Note up to where the talk about a thing (or several of one kind) was read, where a page
    reports that."""
    up_to = number_of(request.POST.get("seen", ""))
    if up_to is None:
        return None
    said = Message.objects.visible_to(request.person).about(*subjects).filter(pk__lte=up_to)
    for conversation, last in (
        said.order_by()
        .values_list("conversation")
        .annotate(last=Max("pk"))
        .values_list("conversation", "last")
    ):
        ReadMark.move(request.person, conversation, last)
    return HttpResponse(status=204)


def _read_at(
    said: Sequence[Message], marks: Sequence[ReadMark], person: Person
) -> dict[int, datetime]:
    """Return when the other side has read the last message of ours that it has read."""
    theirs = {one.conversation_id: one for one in marks if one.person.is_staff != person.is_staff}
    last = {
        one.conversation_id: one.pk
        for one in said
        if one.by.is_staff == person.is_staff
        and one.conversation_id in theirs
        and one.pk <= theirs[one.conversation_id].message_id
    }
    return {message: theirs[conversation].at for conversation, message in last.items()}


def _unread(said: Sequence[Message], marks: Sequence[ReadMark], person: Person) -> int | None:
    """Return the last message of the other side, if this person has not read it."""
    mine = {one.conversation_id: one.message_id for one in marks if one.person_id == person.pk}
    news = [
        one.pk
        for one in said
        if one.by.is_staff != person.is_staff and one.pk > mine.get(one.conversation_id, 0)
    ]
    return news[-1] if news else None
