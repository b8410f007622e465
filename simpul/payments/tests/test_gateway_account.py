"""Whose keys stand at the gateway, his account the money goes to: who may enter them."""

from datetime import timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.payments.models import GatewayAccount
from simpul.workflow.models import Entry, journal_of
from simpul.workflow.steps import NotAllowed, Refused, WrongState

KEYS = {"server_key": "SB-Mid-server-CONTOH"}


def connect(by: Person, **facts: object) -> GatewayAccount:
    facts = {"provider": "midtrans", "keys": KEYS, "is_live": True} | facts
    return GatewayAccount.connect(by=by, **facts)  # type: ignore[arg-type]


def test_buyers_see_it_after_a_day(owner: Person) -> None:
    account = connect(owner)
    assert account.open_keys() == KEYS
    assert account.waits
    assert not GatewayAccount.objects.usable().exists()
    with clock.stopped(clock.now() + timedelta(hours=25)):
        assert GatewayAccount.objects.usable().get() == account


def test_or_at_once_where_the_owner_says_why(owner: Person) -> None:
    account = connect(owner, reason="toko baru buka")
    assert GatewayAccount.objects.usable().get() == account


def test_a_sandbox_is_for_nobodys_money(owner: Person) -> None:
    connect(owner, is_live=False, reason="coba")
    assert not GatewayAccount.objects.usable().exists()


def test_newer_keys_take_the_place_of_older_ones(owner: Person) -> None:
    old = connect(owner)
    new = connect(owner, keys={"server_key": "newer"})
    old.refresh_from_db()
    assert (old.status, old.keys) == ("closed", "")
    assert GatewayAccount.objects.connected().get() == new


def test_the_journal_keeps_no_key(owner: Person) -> None:
    account = connect(owner, reason="coba")
    entry = journal_of(account).get()
    assert (entry.step, entry.by) == ("payments.connect_gateway", owner)
    assert entry.facts == {"provider": "midtrans", "is_live": True, "reason": "coba"}
    assert "CONTOH" not in account.keys


@pytest.mark.parametrize("who", ["sari", "fajar", "dewi", "machine"])
def test_only_the_owner_connects(who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        connect(request.getfixturevalue(who))
    assert not GatewayAccount.objects.exists()
    assert not Entry.objects.exists()


def test_nobody_knows_every_gateway(owner: Person) -> None:
    with pytest.raises(Refused):
        connect(owner, provider="celengan")
    assert not GatewayAccount.objects.exists()


def test_it_is_disconnected_once(owner: Person) -> None:
    account = connect(owner)
    account.disconnect(by=owner)
    assert (account.status, account.keys) == ("closed", "")
    assert journal_of(account).filter(step="payments.disconnect_gateway").count() == 1
    with pytest.raises(WrongState):
        account.disconnect(by=owner)


def test_only_the_owner_disconnects(owner: Person, fajar: Person, joko: Person) -> None:
    account = connect(owner)
    for who in (fajar, joko):
        with pytest.raises(NotAllowed):
            account.disconnect(by=who)
    account.refresh_from_db()
    assert account.status == "connected"
    assert account.open_keys() == KEYS


def test_each_workshop_has_its_own(owner: Person, workshop: Workshop, joko: Person) -> None:
    mine, theirs = connect(owner), testing.gateway(joko.workshop)
    assert GatewayAccount.objects.visible_to(owner).get() == mine
    assert GatewayAccount.objects.visible_to(joko).get() == theirs
