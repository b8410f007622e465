"""`simpul inbox`: a mail from a file or from a mail server's pipe."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from simpul import testing
from simpul.lib.tests.samples import mail
from simpul.orders.models import Order
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.payments import agreement, inbox
from simpul.payments.models import Arrival


@pytest.fixture
def order(buyer: Party, dewi: Person, fajar: Person, owner: Person) -> Order:
    testing.account(buyer.workshop)
    made = testing.order(buyer)
    agreement.confirm(made, by=testing.seller(buyer.workshop))
    Identity.objects.create(
        workshop=buyer.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )
    return made


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("inbox", *words, stdout=out)
    return out.getvalue()


def saved(folder: Path, content: bytes) -> str:
    path = folder / "mail.eml"
    path.write_bytes(content)
    return str(path)


def test_a_file_becomes_a_claim(order: Order, tmp_path: Path) -> None:
    file = saved(tmp_path, mail("gmail.eml", order.number))
    assert run(file) == f"{file}: reported as a payment of order {order.number}\n"
    facts: dict[str, Any] = json.loads(run(file, "--json"))
    assert facts == {
        "arrival": Arrival.objects.get().pk,
        "status": "claimed",
        "why": "",
        "order": order.number,
        "amount": 600_000,
    }


def test_a_mail_server_pipes_it_in(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = SimpleNamespace(buffer=io.BytesIO(mail("text_only.eml")))
    monkeypatch.setattr(sys, "stdin", piped)
    assert run("-", "--workshop", "ciomas") == f"-: a message about {order}\n"


def test_what_nobody_wrote_is_said_so(workshop: Workshop, tmp_path: Path) -> None:
    assert run(saved(tmp_path, mail("list.eml"))).endswith(": aside (list)\n")


def test_with_two_workshops_it_asks_which(workshop: Workshop, joko: Person, tmp_path: Path) -> None:
    file = saved(tmp_path, mail("list.eml"))
    with pytest.raises(CommandError, match="Say --workshop SLUG"):
        run(file)
    with pytest.raises(CommandError, match="no such workshop"):
        run(file, "--workshop", "nowhere")
    run(file, "--workshop", "cibaduyut")
    assert Arrival.objects.get().workshop == joko.workshop


def test_a_flood_and_a_missing_file_fail(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path / "none.eml"))
    monkeypatch.setattr(inbox, "OF_ALL", 0)
    with pytest.raises(CommandError, match="letters came today") as failed:
        run(saved(tmp_path, mail("list.eml")))
    assert failed.value.returncode == 75  # the mail server keeps it and tells nobody
