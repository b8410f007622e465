"""The answers to kept questions, by mail once a week to whom wants them."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.insight import tasks
from simpul.insight.models import QuestionLetter, SavedQuestion
from simpul.insight.questions import long
from simpul.insight.questions.answer import Answer, Tally, TooMany, answer, count_now
from simpul.insight.questions.forms import QuestionForm
from simpul.insight.questions.sources import TooManyRows
from simpul.insight.questions.telling import asked, columns, label, sentence, shown
from simpul.lib import bounces, clock, sheets
from simpul.lib.patience import TooLong
from simpul.parties.models import Identity, Person
from simpul.portals.letters import OF_A_PROGRAM

A_BATCH = 20
# after each failure a longer pause; after the last one it comes next week
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 60, 360)]

log = logging.getLogger(__name__)


def send() -> tuple[int, int]:
    """Send the letters whose hour has come; return how many went out and how many failed.

    Each is claimed, with the time of the next try, before it is sent, and planned for the next week
    after it: what a process leaves behind that is killed in between is sent again, under the same
    Message-ID. Who may not see the answer any more gets nothing, and is asked no more.
    """
    if settings.DEMO:
        return 0, 0
    due = QuestionLetter.objects.due().select_related("question", "person__workshop")[:A_BATCH]
    results = [_send(letter) for letter in due if _claim(letter) and _is_wanted(letter)]
    return results.count(True), results.count(False)


def mail_of(letter: QuestionLetter) -> EmailMessage:
    """Return the letter in the reader's language: a sentence, a short table, and all rows as a file."""
    person, question = letter.person, letter.question
    path = reverse("workshop:question", args=[person.workshop.slug, question.pk])
    with override(person.language):
        found = _answer(question, person)
        parts = [_("Hello %(name)s,") % {"name": person.name}, question.name]
        if found is None:
            parts.append(
                _("This question cannot be answered as it stands. Look at it and change it:")
            )
        else:
            parts += [asked(found), sentence(found), _table(found)]
            parts.append(_("Look at it, change its hour or end it here:"))
        parts += [settings.SITE_URL + path, person.workshop.name]
        mail = EmailMessage(
            " ".join(f"{person.workshop.name}: {question.name}".split()),
            "\n\n".join(filter(None, parts)),
            headers=_head(letter),
        )
        if found is not None:
            mail.attach("question.csv", _file(found), "text/csv")
    return mail


def _claim(letter: QuestionLetter) -> bool:
    pause = PAUSES[min(letter.tries, len(PAUSES) - 1)]
    mine = QuestionLetter.objects.filter(pk=letter.pk, next_try_at=letter.next_try_at)
    letter.next_try_at = clock.now() + pause
    return mine.update(tries=F("tries") + 1, next_try_at=letter.next_try_at) == 1


def _is_wanted(letter: QuestionLetter) -> bool:
    person = letter.person
    seen = SavedQuestion.objects.visible_to(person).filter(pk=letter.question_id)
    may_see = person.may("insight.see_trend", person.workshop)
    if person.is_active and may_see and not letter.question.is_of_buyers and seen.exists():
        return True
    letter.delete()
    return False


def _send(letter: QuestionLetter) -> bool:
    mine = Identity.objects.filter(person=letter.person).usable(Identity.Kind.MAIL).first()
    try:
        if mine is None:
            log.warning("Letter %s has nowhere to go", letter.pk)
        else:
            mail = mail_of(letter)
            mail.to = [mine.value]
            mail.send()
    except Exception as failure:
        if not isinstance(failure, NotCountedYet):
            log.exception("Letter %s could not be sent", letter.pk)
        is_dead = bounces.is_dead(failure)
        if is_dead and mine is not None:
            mine.come_back()
        if is_dead or letter.tries >= len(PAUSES):
            _plan(letter)
        return False
    _plan(letter)
    return mine is not None


def _plan(letter: QuestionLetter) -> None:
    """Set the next week's moment, unless somebody chose another one meanwhile."""
    mine = QuestionLetter.objects.filter(pk=letter.pk, next_try_at=letter.next_try_at).first()
    if mine is not None:
        mine.plan()


def _head(letter: QuestionLetter) -> dict[str, str]:
    said = f"{settings.SECRET_KEY}:{letter.pk}:{letter.sends_at.isoformat()}"
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    return {**OF_A_PROGRAM, "Message-ID": f"<answer-{letter.pk}-{mark}@{settings.HOST}>"}


class NotCountedYet(Exception):
    """The worker counts it; the letter is for the next try."""


def _answer(question: SavedQuestion, person: Person) -> Answer | None:
    form = QuestionForm(question.asked, person=person)
    if not form.is_valid():
        return None
    try:
        tallies = _counted(form, person)
    except TooManyRows:
        return None
    return answer(form.question, person.workshop, clock.today(), tallies)


def _counted(form: QuestionForm, person: Person) -> list[Tally]:
    """Return what was counted. Raises NotCountedYet where the worker has to, and lets it begin: other
    mail does not wait for it."""
    try:
        return count_now(form.question, person.workshop, clock.today())
    except (TooMany, TooLong):
        row = long.counted(form, person)
        if row is not None and row.ended_at:
            return long.tallies_of(row)
        if (begun := long.begin(form, person)) is not None:
            tasks.count_answer.enqueue(begun.pk)
        raise NotCountedYet from None


def _table(found: Answer) -> str:
    measures = found.question.measures
    lines = []
    for row in [*found.shown, *([found.others] if found.others else []), found.total]:
        figures = [shown(one, value) for one, value in zip(measures, row.now, strict=True)]
        lines.append(f"- {label(found, row)}: {' · '.join(figures)}")
    if found.more:
        more = ngettext(
            "%(n)s row more is in the file.", "%(n)s rows more are in the file.", found.more
        )
        lines.append(more % {"n": found.more})
    return "\n".join(lines)


def _file(found: Answer) -> str:
    told = columns(found)
    rows = [*found.rows, found.total]
    return sheets.as_csv(
        [str(heading) for heading, _cell in told],
        [[cell(row) for _h, cell in told] for row in rows],
    )
