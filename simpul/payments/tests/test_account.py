"""The account that buyers are shown: two people, and a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.payments.models import BankAccount
from simpul.payments.models.account import NeedsAnother
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState


def opened(by: Person) -> BankAccount:
    return BankAccount.open(by=by, bank="BCA", number="0000012345", holder="Sepatu Ciomas")


def usable(workshop: Workshop) -> BankAccount | None:
    return BankAccount.objects.newest(workshop.pk, BankAccount.Kind.BANK)


def test_it_is_used_after_a_second_look_and_a_day(
    workshop: Workshop, fajar: Person, owner: Person
) -> None:
    account = opened(fajar)
    assert usable(workshop) is None

    account.confirm(by=owner)
    assert account.waits
    assert usable(workshop) is None

    with clock.stopped(clock.now() + timedelta(hours=25)):
        assert usable(workshop) == account


def test_a_day_alone_is_not_enough(workshop: Workshop, fajar: Person) -> None:
    opened(fajar)

    with clock.stopped(clock.now() + timedelta(days=9)):
        assert usable(workshop) is None


def test_nobody_confirms_what_they_opened(fajar: Person) -> None:
    account = opened(fajar)

    with pytest.raises(NeedsAnother):
        account.confirm(by=fajar, reason="nobody else is here")

    account.refresh_from_db()
    assert account.status == BankAccount.Status.OPENED
    assert [entry.step for entry in journal_of(account)] == ["payments.open_account"]


def test_the_owner_may_alone_with_a_reason(owner: Person) -> None:
    account = opened(owner)
    with pytest.raises(NeedsAnother):
        account.confirm(by=owner)

    account.confirm(by=owner, reason="I am the only one here")

    assert account.status == BankAccount.Status.CONFIRMED
    assert journal_of(account).last().facts == {"reason": "I am the only one here"}  # type: ignore[union-attr]


def test_the_owner_may_skip_the_day(workshop: Workshop, fajar: Person, owner: Person) -> None:
    account = opened(fajar)
    account.confirm(by=owner)

    with pytest.raises(NotAllowed):
        account.hasten(by=fajar, reason="quick")
    assert usable(workshop) is None

    account.hasten(by=owner, reason="the old account is blocked")
    assert usable(workshop) == account


def test_it_stands_in_the_journal_without_its_number(fajar: Person) -> None:
    account = opened(fajar)

    entry = journal_of(account).get()
    assert (entry.step, entry.by) == ("payments.open_account", fajar)
    assert entry.facts == {"bank": "BCA"}


def test_sales_may_not_open_one(sari: Person) -> None:
    with pytest.raises(NotAllowed):
        opened(sari)

    assert not BankAccount.objects.exists()


def test_the_same_account_stands_once(fajar: Person) -> None:
    opened(fajar)

    with pytest.raises(Refused):
        opened(fajar)

    assert BankAccount.objects.count() == 1


def test_a_closed_account_is_asked_for_no_more(
    workshop: Workshop, account: BankAccount, owner: Person, fajar: Person
) -> None:
    with pytest.raises(NotAllowed):
        account.close(by=fajar)

    account.close(by=owner)

    assert usable(workshop) is None
    with pytest.raises(WrongState):
        BankAccount.objects.get(pk=account.pk).close(by=owner)
