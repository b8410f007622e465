"""The answer to a kept question by mail: once a week, to who may see it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from pytest_django import Settings

from simpul import testing
from simpul.insight.keeping import keep
from simpul.insight.models import CountedAnswer, QuestionLetter, SavedQuestion
from simpul.insight.questions import long
from simpul.insight.questions.answer import TooMany
from simpul.lib import clock
from simpul.parties.models import Identity, Party, Person
from simpul.parties.roles import Role
from simpul.portals import answered

NOW = datetime(2026, 11, 25, 9, tzinfo=clock.WIB)  # a Wednesday
FRIDAY = datetime(2026, 11, 27, 7, tzinfo=clock.WIB)


def wanted(owner: Person, person: Person, measure: str = "pairs") -> QuestionLetter:
    """The owner's question, shared with that person's role, for Fridays at seven."""
    asked = {"measure": measure, "by": "size", "days": "m12"}
    facts: dict[str, Any] = {"workshop": owner.workshop, "asked": asked, "name": "Ukuran yang laku"}
    question = SavedQuestion.objects.create(
        owner=owner, tells_left=measure == "contribution", **facts
    )
    question.share([Role(person.role)])
    letter = QuestionLetter(question=question, person=person, weekday=5, hour=7)
    with clock.stopped(NOW):
        letter.plan()
    return letter


@pytest.fixture
def ordered(buyer: Party, sari: Person) -> None:
    Person.objects.filter(pk=sari.pk).update(language="id")
    Identity.objects.get_or_create(
        workshop=sari.workshop,
        person=sari,
        kind=Identity.Kind.MAIL,
        value="sari@contoh.example",
    )
    with clock.stopped(datetime(2026, 9, 1, 9, tzinfo=clock.WIB)):
        testing.confirmed_order(
            buyer, testing.product(buyer.workshop, "DRB-01"), sizes={"40": 10, "41": 20}
        )
    with clock.stopped(NOW):
        keep.bring_up_to_date(buyer.workshop)


def sent_at(moment: datetime) -> tuple[int, int]:
    with clock.stopped(moment):
        return answered.send()


def _no_route(self: EmailMessage) -> None:
    raise OSError


@pytest.mark.usefixtures("ordered")
def test_it_is_sent_once_at_its_hour_and_again_a_week_later(owner: Person, sari: Person) -> None:
    letter = wanted(owner, sari)
    assert sent_at(FRIDAY - timedelta(minutes=1)) == (0, 0)
    assert [sent_at(FRIDAY), sent_at(FRIDAY)] == [(1, 0), (0, 0)]
    [told] = mail.outbox
    assert (told.to, told.subject) == (["sari@contoh.example"], "Sepatu Ciomas: Ukuran yang laku")
    body = str(told.body)
    assert "Pasang seluruhnya: 30. Terbanyak 41: 20. Itu 67% dari seluruhnya." in body
    assert "- 40: 10\n- 41: 20\n- Semuanya: 30" in body
    assert f"/ciomas/desk/insight/questions/{letter.question_id}/" in body
    [(name, text, kind)] = told.attachments
    assert (name, kind) == ("question.csv", "text/csv")
    assert str(text).splitlines() == ["Ukuran,Pasang", "40,10", "41,20", "Semuanya,30"]
    assert sent_at(FRIDAY + timedelta(days=7)) == (1, 0)
    first, second = (one.extra_headers["Message-ID"] for one in mail.outbox)
    assert first != second


@pytest.mark.usefixtures("ordered")
def test_what_breaks_off_is_sent_again_under_the_same_name(
    owner: Person, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = wanted(owner, sari)
    monkeypatch.setattr(answered, "_plan", lambda letter: None)  # killed after it went out
    assert sent_at(FRIDAY) == (1, 0)
    assert sent_at(FRIDAY + timedelta(minutes=4)) == (0, 0)
    monkeypatch.undo()
    assert sent_at(FRIDAY + timedelta(minutes=5)) == (1, 0)
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 1
    letter.refresh_from_db()
    assert (letter.sends_at, letter.tries) == (FRIDAY + timedelta(days=7), 0)


@pytest.mark.usefixtures("ordered")
def test_a_mailbox_that_is_gone_is_noted_and_not_tried_again_each_week(
    owner: Person,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(message: EmailMessage) -> int:
        raise SMTPRecipientsRefused({"sari@contoh.example": (550, b"5.1.1 no such user")})

    caplog.set_level(logging.CRITICAL, logger="simpul.portals.answered")
    monkeypatch.setattr(EmailMessage, "send", refuse)
    letter = wanted(owner, sari)

    assert sent_at(FRIDAY) == (0, 1)
    letter.refresh_from_db()
    assert letter.next_try_at == FRIDAY + timedelta(weeks=1)
    assert Identity.objects.get(person=sari, value="sari@contoh.example").bounced_at is not None


@pytest.mark.usefixtures("ordered")
def test_what_fails_is_tried_again_and_then_next_week(
    owner: Person,
    sari: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter = wanted(owner, sari)
    caplog.set_level(logging.CRITICAL, logger="simpul.portals.answered")
    monkeypatch.setattr(EmailMessage, "send", _no_route)
    moments = [timedelta(), timedelta(minutes=5), timedelta(minutes=65), timedelta(minutes=425)]
    assert [sent_at(FRIDAY + one) for one in moments] == [(0, 1)] * 4
    letter.refresh_from_db()
    assert letter.sends_at == FRIDAY + timedelta(days=7)


@pytest.mark.usefixtures("ordered")
def test_who_may_not_see_it_any_more_gets_nothing(owner: Person, sari: Person) -> None:
    taken_back = wanted(owner, sari)
    taken_back.question.share([])
    of_margins = wanted(owner, sari, "contribution")
    assert sent_at(FRIDAY) == (0, 0)
    assert not QuestionLetter.objects.filter(pk__in=[taken_back.pk, of_margins.pk]).exists()
    deleted = wanted(owner, sari)
    deleted.question.drop()
    assert sent_at(FRIDAY) == (0, 0)
    assert mail.outbox == []


@pytest.mark.usefixtures("ordered")
def test_the_demonstration_sends_no_answers(
    owner: Person, sari: Person, settings: Settings
) -> None:
    wanted(owner, sari)
    settings.DEMO = True
    assert sent_at(FRIDAY) == (0, 0)
    assert mail.outbox == []


@pytest.mark.usefixtures("ordered")
def test_what_cannot_be_answered_any_more_says_so(owner: Person, sari: Person) -> None:
    letter = wanted(owner, sari)
    letter.question.asked |= {"on1": "model", "what1": "#987654"}
    letter.question.save()
    assert sent_at(FRIDAY) == (1, 0)
    assert "tidak bisa dijawab" in str(mail.outbox[0].body)
    assert mail.outbox[0].attachments == []


@pytest.mark.usefixtures("ordered")
def test_what_takes_long_is_counted_by_the_worker_and_told_at_the_next_try(
    owner: Person, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted(owner, sari)
    begun: list[int] = []

    def refuse(*_asked: object) -> None:
        raise TooMany(60_000)

    def begin(key: int) -> None:
        begun.append(key)

    monkeypatch.setattr(answered, "count_now", refuse)
    worker = SimpleNamespace(count_answer=SimpleNamespace(enqueue=begin))
    monkeypatch.setattr(answered, "tasks", worker)
    assert sent_at(FRIDAY) == (0, 1)
    with clock.stopped(FRIDAY):
        long.count(CountedAnswer.objects.get(pk=begun[0]))
    assert sent_at(FRIDAY + timedelta(minutes=6)) == (1, 0)
    assert "Pasang seluruhnya: 30." in str(mail.outbox[0].body)
    assert len(begun) == 1
