"""Who hears of what by which channel, and when."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from simpul.conversations import notices, reach
from simpul.conversations.forms import PreferencesForm
from simpul.conversations.models import (
    Channel,
    Conversation,
    Hours,
    How,
    Kind,
    Message,
    Notice,
    Preference,
)
from simpul.conversations.tests.test_notices import reachable
from simpul.lib import clock
from simpul.parties.models import Party, Person
from simpul.workflow.models import Entry

MAIL, PORTAL, WHATSAPP = Channel.MAIL, Channel.PORTAL, Channel.WHATSAPP
EVENING = datetime(2026, 3, 2, 21, 30, tzinfo=clock.WIB)


@pytest.fixture
def dewi(dewi: Person) -> Person:
    return reachable(dewi, mail="dewi@example.com", phone="+628122", login=True)


def wish(person: Person, kind: str, channel: str, how: str) -> None:
    Preference.objects.create(person=person, kind=kind, channel=channel, how=how)


def say(buyer: Party, by: Person) -> None:
    Message.say(by=by, conversation=Conversation.of(buyer, buyer), body="Halo")
    notices.tell()


def told() -> dict[str, Notice]:
    return {one.channel: one for one in Notice.objects.all()}


def typed(person: Person, **other: str) -> dict[str, str]:
    form = PreferencesForm(person=person)
    shown = {name: str(form[name].value() or "") for name in form.fields}
    return shown | other


def test_who_wishes_nothing_hears_as_before(buyer: Party, sari: Person, dewi: Person) -> None:
    say(buyer, sari)
    assert {way: one.is_daily for way, one in told().items()} == {
        PORTAL: False,
        MAIL: False,
        WHATSAPP: False,
    }


def test_a_channel_is_silenced_for_one_kind_only(buyer: Party, sari: Person, dewi: Person) -> None:
    wish(dewi, Kind.TALK, WHATSAPP, How.NEVER)
    wish(dewi, Kind.MONEY, MAIL, How.NEVER)
    say(buyer, sari)
    assert set(told()) == {PORTAL, MAIL}


def test_a_wish_goes_before_what_the_party_prefers(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    Party.objects.update(prefers=Party.Prefers.MAIL)
    wish(dewi, Kind.TALK, WHATSAPP, How.AT_ONCE)
    say(buyer, sari)
    assert set(told()) == {PORTAL, MAIL, WHATSAPP}


def test_nobody_silences_where_money_is_paid_to(buyer: Party, sari: Person, dewi: Person) -> None:
    for kind in Kind:
        wish(dewi, kind, MAIL, How.NEVER)
    Hours.objects.create(person=dewi, quiet_from=time(20), quiet_until=time(7))
    [person] = notices.with_ways(Person.objects.filter(pk=dewi.pk))

    for step in reach.MUST_KNOW:
        assert reach.ways(person, step)[MAIL] == How.AT_ONCE
        assert reach.hour_for(person, step, How.AT_ONCE, EVENING) == EVENING
    assert MAIL not in reach.ways(person, "payments.instruct")


def test_in_the_quiet_time_it_waits_but_not_on_the_page(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    Hours.objects.create(person=dewi, quiet_from=time(21), quiet_until=time(6))
    with clock.stopped(EVENING):
        say(buyer, sari)
    morning = datetime(2026, 3, 3, 6, 0, tzinfo=clock.WIB)
    assert {way: one.next_try_at for way, one in told().items()} == {
        PORTAL: EVENING,
        MAIL: morning,
        WHATSAPP: morning,
    }


def test_what_comes_once_a_day_waits_for_its_hour(buyer: Party, sari: Person, dewi: Person) -> None:
    wish(dewi, Kind.TALK, MAIL, How.DAILY)
    Hours.objects.create(person=dewi, daily_at=time(17))
    with clock.stopped(EVENING):
        say(buyer, sari)
    assert told()[MAIL].is_daily
    assert told()[MAIL].next_try_at == datetime(2026, 3, 3, 17, 0, tzinfo=clock.WIB)


def test_what_comes_back_is_told_by_the_next_channel(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    Party.objects.update(prefers=Party.Prefers.MAIL)
    say(buyer, sari)
    assert set(told()) == {PORTAL, MAIL}

    assert notices.come_back(told()[MAIL])
    assert {way: one.status for way, one in told().items()} == {
        PORTAL: "waiting",
        MAIL: "failed",
        WHATSAPP: "waiting",
    }
    assert notices.come_back(told()[MAIL])  # once more, and it is not told twice
    assert Notice.objects.count() == 3


def test_what_nobody_wants_there_is_not_told_there_instead(
    buyer: Party, sari: Person, dewi: Person
) -> None:
    wish(dewi, Kind.TALK, WHATSAPP, How.NEVER)
    say(buyer, sari)
    assert not notices.come_back(told()[MAIL])
    assert set(told()) == {PORTAL, MAIL}


def test_only_what_differs_from_the_usual_is_kept(dewi: Person) -> None:
    form = PreferencesForm(
        typed(dewi, **{"money-mail": "daily", "quiet_from": "21:00", "quiet_until": "06:00"}),
        person=dewi,
    )
    assert form.is_valid(), form.errors
    form.save()
    assert list(Preference.objects.values_list("kind", "channel", "how")) == [
        ("money", "mail", "daily")
    ]
    hours = Hours.objects.get()
    assert (hours.quiet_from, hours.quiet_until, hours.daily_at) == (time(21), time(6), time(7))

    dewi.refresh_from_db()
    again = PreferencesForm(typed(dewi, **{"money-mail": "at_once"}), person=dewi)
    assert again.is_valid()
    again.save()
    assert not Preference.objects.exists()


def test_only_a_letter_gathers_a_day(dewi: Person) -> None:
    assert not PreferencesForm(typed(dewi, **{"money-whatsapp": "daily"}), person=dewi).is_valid()


def test_half_of_a_quiet_time_is_none(dewi: Person) -> None:
    form = PreferencesForm(typed(dewi, quiet_from="21:00"), person=dewi)
    assert list(form.errors) == ["quiet_until"]


def test_one_chooses_among_what_may_come(dewi: Person, budi: Person, viewer: Person) -> None:
    heard = [Kind.ORDERS, Kind.MONEY, Kind.DELIVERY, Kind.TALK, Kind.OPINION]
    assert reach.kinds_for(dewi) == heard
    assert reach.kinds_for(budi) == [Kind.MATERIAL, Kind.TALK]
    assert reach.kinds_for(viewer) == [Kind.TALK]


def test_every_step_that_is_told_is_of_a_kind_that_its_audience_may_choose() -> None:
    shut = [
        (step, word)
        for step, words in notices.TOLD.items()
        for word in words
        if (kind := reach.kind_of(step)) and kind not in reach._HEARD[_ALSO.get(word, word)]
    ]
    assert shut == []


# who is meant by a word that is no side and no role
_ALSO = {
    "asked": "courier",
    "payers": "buyer",
    "interested": "buyer",
    "addressed": "buyer",
    "dealer": "buyer",
    "other": "owner",
    "named": "viewer",
}


def test_a_notice_of_yesterday_is_of_the_journal(buyer: Party, sari: Person, dewi: Person) -> None:
    """Who changes a wish changes nothing of what was told already."""
    say(buyer, sari)
    wish(dewi, Kind.TALK, MAIL, How.NEVER)
    Entry.objects.update(told_at=None)
    notices.tell()
    assert set(told()) == {PORTAL, MAIL, WHATSAPP}
