"""The workshop's number at WhatsApp, and who may enter its keys."""

from __future__ import annotations

import pytest

from simpul.parties.models import Person
from simpul.payments.models import WhatsAppNumber
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

KEYS = {
    "number_id": "106540352242922",
    "app_secret": "rahasia-aplikasi",
    "verify_token": "kata-verifikasi",
    "access_token": "token-akses",
}


def test_its_keys_are_sealed(owner: Person) -> None:
    number = WhatsAppNumber.connect(by=owner, **KEYS)
    assert number.open_keys() == {name: KEYS[name] for name in list(KEYS)[1:]}
    assert not any(word in number.keys for word in KEYS.values())


def test_the_journal_keeps_no_key(owner: Person) -> None:
    entry = journal_of(WhatsAppNumber.connect(by=owner, **KEYS)).get()
    assert (entry.step, entry.by) == ("payments.connect_whatsapp", owner)
    assert entry.facts == {"number_id": KEYS["number_id"]}


def test_newer_keys_replace_older_ones(owner: Person) -> None:
    first, second = (
        WhatsAppNumber.connect(by=owner, **KEYS),
        WhatsAppNumber.connect(by=owner, **KEYS),
    )
    first.refresh_from_db()
    assert (first.status, first.keys) == ("closed", "")
    assert WhatsAppNumber.objects.connected().get() == second


def test_only_the_owner_may(sari: Person, fajar: Person, dewi: Person, owner: Person) -> None:
    for person in (sari, fajar, dewi):
        with pytest.raises(NotAllowed):
            WhatsAppNumber.connect(by=person, **KEYS)
    assert not WhatsAppNumber.objects.exists()
    number = WhatsAppNumber.connect(by=owner, **KEYS)
    with pytest.raises(NotAllowed):
        number.disconnect(by=fajar)
    assert WhatsAppNumber.objects.connected().exists()


def test_it_is_disconnected_once(owner: Person) -> None:
    number = WhatsAppNumber.connect(by=owner, **KEYS)
    number.disconnect(by=owner)
    assert (number.status, number.keys) == ("closed", "")
    entry = journal_of(number).last()
    assert entry is not None
    assert entry.step == "payments.disconnect_whatsapp"
    with pytest.raises(WrongState):
        number.disconnect(by=owner)
