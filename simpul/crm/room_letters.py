"""What was new in the room in a week, for each distributor that wishes to read it by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from simpul.crm.models import Poll, Post, PostQuerySet, Purpose, RoomLetter, agreed_to
from simpul.lib import clock
from simpul.parties.models import Identity, IdentityQuerySet, Party, Workshop

A_WEEK = timedelta(days=7)
MOST_TOLD = 10  # threads in a letter; the rest is read in the room


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread of which something is new: whether it began in these days, and its new answers."""

    thread: Post
    is_new: bool
    answers: list[Post]


@dataclass(frozen=True, slots=True)
class RoomNews:
    """What others said in a week, by thread, and the questions that are open now."""

    talks: list[Talk]
    polls: list[Poll]
    answered: set[int]  # the polls to which this distributor has said something

    @property
    def told(self) -> list[Talk]:
        return self.talks[:MOST_TOLD]

    @property
    def untold(self) -> int:
        return len(self.talks) - len(self.told)


def is_needed(workshop: Workshop) -> bool:
    """Tell whether something was said last week, and there is somebody who was not written to."""
    return _said(workshop.pk, _monday()).exists() and bool(_unwritten(workshop))


def write_due(workshop: Workshop) -> None:
    """Put a letter in the outbox for each who wants it, once a week, if others have said something."""
    monday = _monday()
    letters = [
        RoomLetter(workshop=workshop, identity=identity, week_on=monday)
        for identity in _unwritten(workshop)
        if identity.person.party is not None and news_for(identity.person.party, monday).talks
    ]
    RoomLetter.objects.bulk_create(letters, ignore_conflicts=True)


def news_for(party: Party, week_on: date) -> RoomNews:
    """Return what a distributor has to read of the seven days before; its own words are no news."""
    said = _said(party.workshop_id, week_on).exclude(party=party)
    rows = said.select_related("party", "person", "thread__party", "thread__person")
    found: dict[int, Talk] = {}
    for post in rows.order_by("pk"):
        thread = post.thread or post
        talk = found.setdefault(thread.pk, Talk(thread, post.thread is None, []))
        if post.thread is not None:
            talk.answers.append(post)
    asked = Poll.objects.filter(
        workshop=party.workshop_id, closes_on__gte=clock.today(), post__hidden_at=None
    )
    polls = list(asked.select_related("post").order_by("closes_on", "pk"))
    answered = asked.filter(answers__party=party).values_list("pk", flat=True)
    return RoomNews(list(found.values()), polls, set(answered))


def may_be_sent(letter: RoomLetter) -> bool:
    """Tell whether its reader still wants it, is reached there, and may still enter the room."""
    identity = letter.identity
    return is_welcome(identity) and _agreed(letter.workshop).filter(pk=identity.pk).exists()


def is_welcome(identity: Identity) -> bool:
    """Tell whether this is the mail address of somebody who enters the room, with a login."""
    person = identity.person
    is_mail = identity.kind == Identity.Kind.MAIL and person.user_id is not None
    return is_mail and person.party_id is not None and person.may("crm.write_post", identity)


# Inside


def _monday() -> date:
    today = clock.today()
    return today - timedelta(days=today.weekday())


def _said(workshop: int, week_on: date) -> PostQuerySet:
    """Return what was said in the seven days before, and is not hidden."""
    return Post.objects.filter(
        workshop=workshop,
        hidden_at=None,
        thread__hidden_at=None,
        at__gte=clock.begin_of(week_on - A_WEEK),
        at__lt=clock.begin_of(week_on),
    )


def _unwritten(workshop: Workshop) -> list[Identity]:
    """Return the addresses that are to get this week's letter and have none."""
    written = RoomLetter.objects.filter(workshop=workshop, week_on=_monday())
    rows = _agreed(workshop).exclude(pk__in=written.values("identity"))
    return [one for one in rows.select_related("person__party").order_by("pk") if is_welcome(one)]


def _agreed(workshop: Workshop) -> IdentityQuerySet:
    return agreed_to(Purpose.COMMUNITY).filter(workshop=workshop, kind=Identity.Kind.MAIL)
