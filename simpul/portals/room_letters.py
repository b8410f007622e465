"""The mail of the week from the room: sent as campaigns are, claimed before and marked after it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.conversations import replies
from simpul.conversations.reach import hours_of
from simpul.crm import leaving, room_letters
from simpul.crm.models import Post, Purpose, RoomLetter
from simpul.crm.room_letters import RoomNews, Talk
from simpul.lib import bounces, clock
from simpul.parties.models import Person, Workshop
from simpul.portals.letters import OF_A_PROGRAM
from simpul.ui.jinja import day_month

A_BATCH = 50
A_LINE = 200  # letters of what somebody said
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 30, 180, 720)]  # after each failure

log = logging.getLogger(__name__)


def send() -> tuple[int, int]:
    """Send what is due; return how many mails went out and how many failed."""
    if settings.DEMO:
        return 0, 0
    results = [
        _send(letter) for letter in RoomLetter.objects.due().select_related(*_WITH)[:A_BATCH]
    ]
    return results.count(True), results.count(False)


def mail_of(letter: RoomLetter, news: RoomNews) -> EmailMessage:
    """Return the mail in the reader's language, with the ways to end it (RFC 2369, RFC 8058)."""
    person, workshop = letter.identity.person, letter.workshop
    token = leaving.token_of(letter.identity, Purpose.COMMUNITY)
    address = settings.SITE_URL + reverse("storefront:leaving", args=[workshop.slug, token])
    headers = {
        **OF_A_PROGRAM,
        "Precedence": "bulk",
        "Message-ID": replies.of_the_room(letter.pk),
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    with override(person.language):
        subject = _("%(workshop)s: new in the distributors' room") % {"workshop": workshop}
        text = "\n\n".join(_parts(letter, person, news))
        why = _("You get this because you agreed: “%(words)s”") % {"words": Purpose.COMMUNITY.asked}
        more = _("No more of this: %(address)s") % {"address": address}
        body = f"{text}\n\n{workshop.name}\n\n-- \n{why}\n{more}"
    return EmailMessage(
        " ".join(subject.split()), body, to=[letter.identity.value], headers=headers
    )


def _parts(letter: RoomLetter, person: Person, news: RoomNews) -> list[str]:
    days = {
        "first": day_month(letter.week_on - room_letters.A_WEEK),
        "last": day_month(letter.week_on - timedelta(days=1)),
    }
    parts = [
        _("Hello %(name)s,") % {"name": person.name},
        _("this was new in the distributors' room from %(first)s to %(last)s:") % days,
        *(_talk(letter.workshop, talk) for talk in news.told),
    ]
    if news.untold:
        more = ngettext("%(n)s more talk", "%(n)s more talks", news.untold) % {"n": news.untold}
        where = reverse("buyer:room", args=[letter.workshop.slug])
        parts.append(f"{more}\n{settings.SITE_URL}{where}")
    if news.polls:
        parts.append(_("Questions that are open:"))
    for poll in news.polls:
        until = _("until %(day)s") % {"day": day_month(poll.closes_on)}
        said = _("you have answered") if poll.pk in news.answered else _("your answer is missing")
        line = f"{_short(poll.post)} ({until}; {said})"
        parts.append(f"{line}\n{_address(letter.workshop, poll.post)}")
    return parts


def _talk(workshop: Workshop, talk: Talk) -> str:
    """Return who said what, oldest first, and where to read on."""
    lines = [f"{_who(workshop, talk.thread)}: {_short(talk.thread)}"]
    lines += [f"- {_who(workshop, answer)}: {_short(answer)}" for answer in talk.answers]
    return "\n".join([*lines, _address(workshop, talk.thread)])


def _who(workshop: Workshop, post: Post) -> str:
    """Return whom the other distributors read: a shop, or who of us it is."""
    return post.party.name if post.party else f"{workshop}, {post.person}"


def _short(post: Post) -> str:
    return " ".join(Truncator(post.body).chars(A_LINE).split())


def _address(workshop: Workshop, thread: Post) -> str:
    return settings.SITE_URL + reverse("buyer:post", args=[workshop.slug, thread.pk])


def _send(letter: RoomLetter) -> bool | None:
    """Tell whether it went out; None where it waits, may not, or somebody else sends it."""
    person, now = letter.identity.person, clock.now()
    at = hours_of(person).awake_from(letter.workshop.awake_from(now))
    if at > now:
        letter.put_off(at)
        return None
    party = person.party
    news = room_letters.news_for(party, letter.week_on) if party is not None else None
    if news is None or not news.talks or not room_letters.may_be_sent(letter):
        letter.mark(RoomLetter.Status.DROPPED)
        return None
    if not letter.claim(PAUSES[min(letter.attempts, len(PAUSES) - 1)]):
        return None
    try:
        mail_of(letter, news).send()
    except Exception as failure:
        log.exception("Letter %s of the room could not be sent", letter.pk)
        _give_up_or_wait(letter, failure)
        return False
    letter.mark(RoomLetter.Status.SENT)
    return True


def _give_up_or_wait(letter: RoomLetter, failure: Exception) -> None:
    is_dead = bounces.is_dead(failure)
    if is_dead:
        letter.identity.come_back()
    if is_dead or letter.attempts >= len(PAUSES):
        letter.mark(RoomLetter.Status.FAILED)


_WITH = (
    "workshop",
    "identity__person__party",
    "identity__person__hours",
    "identity__person__workshop",
)
