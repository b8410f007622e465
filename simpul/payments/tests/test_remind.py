"""Reminders: before, on the day and after; never at night, and never once the money has come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.conversations import notices
from simpul.conversations.models import Channel, Notice
from simpul.lib import clock, uploads
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments import agreement, importing
from simpul.payments.models import Instruction, PaymentClaim
from simpul.payments.reminders import remind_due
from simpul.tests.statement import statement
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

MONDAY = datetime(2026, 11, 2, 10, tzinfo=clock.WIB)


@pytest.fixture
def asked(buyer: Party, sari: Person) -> Instruction:
    """600.000 asked for on Monday the second, due on Thursday the fifth."""
    with clock.stopped(MONDAY):
        testing.account(buyer.workshop)
        order = testing.order(buyer)
        agreement.confirm(order, by=sari)
    asked = Instruction.objects.get(order=order)
    assert asked.due_on == date(2026, 11, 5)
    return asked


def days_spoken_of(asked: Instruction, *, until: int = 40) -> list[int]:
    """Let the clock ask three times a day; return after how many days from Monday it spoke."""
    spoken = []
    for hours in range(0, until * 24, 8):
        with clock.stopped(MONDAY + timedelta(hours=hours)):
            if remind_due(asked.workshop):
                spoken.append(hours // 24)
    return spoken


def remind(asked: Instruction, by: Person) -> None:
    days = (clock.today() - asked.due_on).days
    asked.remind(by=by, days=days, amount=asked.amount, due_on=asked.due_on)


def lines(asked: Instruction) -> list[dict[str, object]]:
    return [one.facts for one in journal_of(asked) if one.step == "payments.remind"]


def test_it_speaks_on_the_day_and_on_the_days_after(asked: Instruction) -> None:
    assert days_spoken_of(asked) == [3, 5, 10, 17]  # asked for three days before: that was enough
    assert [one["days"] for one in lines(asked)] == [0, 2, 7, 14]
    assert lines(asked)[0] == {"days": 0, "amount": asked.amount, "due_on": "2026-11-05"}


def test_it_speaks_some_days_before_where_the_day_is_far(asked: Instruction) -> None:
    Instruction.objects.update(due_on=date(2026, 11, 20))
    assert days_spoken_of(asked, until=17) == [15]
    assert [one["days"] for one in lines(asked)] == [-3]


def test_what_was_missed_is_said_once(asked: Instruction) -> None:
    with clock.stopped(MONDAY + timedelta(days=11)):
        assert remind_due(asked.workshop) == 1
        assert remind_due(asked.workshop) == 0
    assert [one["days"] for one in lines(asked)] == [7]


def test_the_workshop_chooses_the_days(asked: Instruction) -> None:
    Workshop.objects.filter(pk=asked.workshop_id).update(remind_before=0, remind_after="1")
    asked.refresh_from_db()
    assert days_spoken_of(asked) == [3, 4]


def test_at_night_it_is_quiet(asked: Instruction) -> None:
    for hour in (20, 23):
        with clock.stopped(MONDAY.replace(day=5, hour=hour)):
            assert remind_due(asked.workshop) == 0
    with clock.stopped(MONDAY.replace(day=6, hour=6, minute=59)):
        assert remind_due(asked.workshop) == 0
    with clock.stopped(MONDAY.replace(day=6, hour=7)):
        assert remind_due(asked.workshop) == 1


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "awake"),
    [(20, 7, 12, 12), (20, 7, 20, 31), (20, 7, 6, 7), (20, 7, 7, 7), (1, 5, 3, 5), (1, 5, 0, 0)],
)
def test_the_quiet_time_ends_in_the_morning(
    workshop: Workshop, begins: int, ends: int, hour: int, awake: int
) -> None:
    workshop.quiet_from = workshop.quiet_from.replace(hour=begins)
    workshop.quiet_until = workshop.quiet_until.replace(hour=ends)
    midnight = MONDAY.replace(hour=0)
    assert workshop.awake_from(midnight + timedelta(hours=hour)) == midnight + timedelta(
        hours=awake
    )


def test_it_stops_at_once_when_the_money_comes(asked: Instruction, dewi: Person) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    with clock.stopped(MONDAY + timedelta(days=3)):
        remind_due(asked.workshop)
        notices.tell()
        text = Notice.objects.get(entry__step="payments.remind")
        assert text.channel == Channel.WHATSAPP
        testing.pay(asked.order, asked.amount)

    text.refresh_from_db()
    assert text.status == Notice.Status.DROPPED


def test_what_was_not_told_yet_is_not_told_once_it_is_settled(
    asked: Instruction, dewi: Person
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.PHONE, value="+6281234567890"
    )
    with clock.stopped(MONDAY + timedelta(days=3)):
        remind_due(asked.workshop)
        testing.pay(asked.order, asked.amount)
        notices.tell()
    assert not Notice.objects.filter(entry__step="payments.remind").exists()


def test_who_reported_a_payment_is_not_reminded(asked: Instruction, dewi: Person) -> None:
    with clock.stopped(MONDAY + timedelta(days=2)):
        PaymentClaim.submit(
            by=dewi,
            order=asked.order,
            amount=asked.amount,
            paid_on=clock.today(),
            proof=uploads.Admitted(b"a picture", "image/jpeg", "jpg", "0" * 64),
        )
    assert days_spoken_of(asked) == []


def test_whose_money_may_have_come_is_not_reminded(asked: Instruction, fajar: Person) -> None:
    with clock.stopped(MONDAY + timedelta(days=2)):
        importing.take(
            by=fajar,
            account=asked.account,
            content=statement([(clock.today(), asked.base, "TRSF E-BANKING CR")]),
        )
    assert days_spoken_of(asked) == []


def test_who_wants_none_gets_none(asked: Instruction) -> None:
    Party.objects.update(is_reminded=False)
    assert days_spoken_of(asked) == []


def test_another_workshop_reminds_its_own(asked: Instruction, joko: Person) -> None:
    with clock.stopped(MONDAY + timedelta(days=3)):
        assert remind_due(joko.workshop) == 0
    assert lines(asked) == []


def test_a_person_reminds_once_a_day_and_then_the_machine_is_silent(
    asked: Instruction, fajar: Person
) -> None:
    with clock.stopped(MONDAY + timedelta(days=3)):
        remind(asked, fajar)
        with pytest.raises(WrongState):
            remind(asked, fajar)
        assert remind_due(asked.workshop) == 0
    assert len(lines(asked)) == 1


def test_the_buyer_and_the_floor_may_not(asked: Instruction, dewi: Person, udin: Person) -> None:
    for person in (dewi, udin):
        with pytest.raises(NotAllowed):
            remind(asked, person)
    asked.refresh_from_db()
    assert (asked.reminded_at, lines(asked)) == (None, [])


def test_nobody_is_reminded_of_another_amount(asked: Instruction, fajar: Person) -> None:
    with pytest.raises(WrongState):
        asked.remind(by=fajar, days=0, amount=asked.amount + 1, due_on=asked.due_on)
    assert lines(asked) == []


def test_nothing_is_reminded_of_once_it_is_closed(asked: Instruction, fajar: Person) -> None:
    asked.close(by=fajar)
    with pytest.raises(WrongState):
        remind(Instruction.objects.get(pk=asked.pk), fajar)


@pytest.mark.parametrize("hour", [10, 22])
def test_by_hand_at_night_waits_for_the_morning(
    asked: Instruction, fajar: Person, dewi: Person, hour: int
) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind=Identity.Kind.MAIL, value="dewi@example.com"
    )
    with clock.stopped(MONDAY.replace(hour=hour)):
        remind(asked, fajar)
        notices.tell()
    notice = Notice.objects.get(entry__step="payments.remind", channel=Channel.MAIL)
    assert notice.next_try_at == (MONDAY if hour == 10 else MONDAY.replace(day=3, hour=7))


def test_the_buyer_hears_by_the_preferred_way(asked: Instruction, dewi: Person) -> None:
    for kind, value in (("mail", "dewi@example.com"), ("phone", "+6281234567890")):
        Identity.objects.create(workshop=dewi.workshop, person=dewi, kind=kind, value=value)
    Party.objects.filter(people=dewi).update(prefers="whatsapp")
    with clock.stopped(MONDAY + timedelta(days=3)):
        remind_due(asked.workshop)
        notices.tell()
    told = Notice.objects.filter(entry__step="payments.remind").values_list("channel", flat=True)
    assert list(told) == [Channel.WHATSAPP]


def test_looking_asks_no_more_for_many(
    asked: Instruction,
    buyer: Party,
    sari: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    workshop = asked.workshop
    for _turn in range(2):
        # who reminds, what is asked for
        with clock.stopped(MONDAY), django_assert_num_queries(2):
            assert remind_due(workshop) == 0
        with clock.stopped(MONDAY):
            for _n in range(5):
                agreement.confirm(testing.order(buyer), by=sari)
