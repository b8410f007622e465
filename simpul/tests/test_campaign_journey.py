"""A campaign from the segment to what it brought, with a real mail server at the other end."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from simpul import testing
from simpul.conversations import replies
from simpul.conversations.models import Hours
from simpul.crm import drawing
from simpul.crm.models import Campaign, Consent, ConsentHow, Recipient, Segment
from simpul.crm.tests.test_campaign import begun, outcomes, reader
from simpul.lib import clock
from simpul.parties.models import Identity, Person, Workshop
from simpul.portals import circulars
from simpul.portals.bank import arriving
from simpul.workflow.models import Entry

NOW = datetime(2026, 11, 20, 10, tzinfo=clock.WIB)
DESK = "/ciomas/desk/customers"


class Mailbox:
    """A mail server that knows everybody but `nobody`."""

    def __init__(self) -> None:
        self.came: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail: Any = email.message_from_bytes(envelope.content, policy=default)
        self.came.append(mail)
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    found = Mailbox()
    server = Controller(found, hostname="127.0.0.1", port=port, ready_timeout=30)
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 10},
        }
    }
    yield found
    server.stop()


@pytest.fixture(autouse=True)
def _in_the_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def work(workshop: Workshop) -> None:
    """What the clock and the worker do in one turn."""
    drawing.begin_due(workshop)
    circulars.send()


def test_from_the_segment_to_what_it_brought(
    client: Client, workshop: Workshop, sari: Person, mailbox: Mailbox
) -> None:
    people = {name: reader(workshop, name) for name in ("Ayu", "Budi", "Cici")}
    reader(workshop, "Tidak", agrees=False)
    testing.login(client, sari)

    client.post(f"{DESK}/segments/new/", {"name": "Distributor", "kind": "distributor"})
    segment = Segment.objects.get()
    text = {
        "name": "Model baru", "segment": segment.pk, "purpose": "news", "ways": "either",
        "subject": "Model baru untuk {nama}", "body": "Halo {nama},\n\nada model baru.",
        "holdout_percent": 34, "result_days": 30,
    }  # fmt: skip
    photo = SimpleUploadedFile("model.jpg", testing.picture().content, "image/jpeg")
    made = client.post(f"{DESK}/campaigns/new/", text | {"picture": photo})["Location"]
    page = client.get(made).content.decode()
    assert "would be written to" in page
    assert client.post(f"{made}plan/", {"at": ""})["Location"] == made
    work(workshop)

    campaign = Campaign.objects.get()
    written = [one.party.name for one in campaign.recipients.reached().order_by("pk")]
    held = campaign.recipients.get(outcome="held_out").party.name
    assert sorted([*written, held]) == ["Ayu", "Budi", "Cici"]
    assert [mail["To"] for mail in mailbox.came] == [
        f"{name.lower()}@x.example" for name in written
    ]
    mail = mailbox.came[0]
    assert mail["Subject"] == f"Model baru untuk of {written[0]}"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>")
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None and address in plain.get_content()  # noqa: PT018
    assert rich is not None and address in rich.get_content()  # noqa: PT018

    assert '<img src="cid:picture"' in rich.get_content()
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [part["Content-ID"] for part in pictures] == ["<picture>"]

    mail_program = Client(enforce_csrf_checks=True)
    path = address.removeprefix("http://localhost")
    assert mail_program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert outcomes(campaign)[written[0]] == ("left", "")

    second = begun(sari, segment=segment)
    assert outcomes(second)[written[0]] == ("skipped", "no_consent")
    assert outcomes(second)[held] == ("waiting", "")
    work(workshop)
    assert len(mailbox.came) == 4
    assert {name for name in people if outcomes(second)[name][0] == "sent"} == {*people} - {
        written[0]
    }

    shop = people[written[1]].party
    assert shop is not None
    testing.confirmed_order(shop)
    brought = client.get(f"{made}result/").content.decode()
    assert "1 (50 %)" in brought
    assert "Rp\N{NO-BREAK SPACE}1,000,000" in brought  # of two who were written to


def test_a_mail_that_was_cut_off_is_sent_again_as_the_same(
    workshop: Workshop, sari: Person, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(workshop, "Ayu")
    made = begun(sari)
    with monkeypatch.context() as killed:
        killed.setattr(Recipient, "note_sent", lambda row: exit(1))
        with pytest.raises(SystemExit):
            circulars.send()
    assert circulars.send() == (0, 0)  # it is claimed
    with clock.stopped(NOW + timedelta(minutes=6)):
        assert circulars.send() == (1, 0)
        assert circulars.send() == (0, 0)
    assert len({mail["Message-ID"] for mail in mailbox.came}) == 1
    assert outcomes(made) == {"Ayu": ("sent", "")}


def test_in_the_quiet_time_nothing_goes_out(
    workshop: Workshop, sari: Person, mailbox: Mailbox
) -> None:
    reader(workshop, "Ayu")
    with clock.stopped(NOW.replace(hour=21)):
        begun(sari)
        circulars.send()
    assert mailbox.came == []
    assert Recipient.objects.get().next_try_at == NOW.replace(hour=7) + timedelta(days=1)


def test_an_address_that_is_gone_is_marked_at_once_or_by_a_report(
    workshop: Workshop, sari: Person, mailbox: Mailbox, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "simpul@bengkel.example"
    nobody, ayu = reader(workshop, "Nobody"), reader(workshop, "Ayu")
    made = begun(sari)
    assert circulars.send() == (1, 1)
    assert outcomes(made)["Nobody"] == ("bounced", "")
    assert nobody.identities.get().bounced_at is not None

    row = made.recipients.get(person=ayu)
    report = f"""From: MAILER-DAEMON@x.example
To: simpul@bengkel.example
Message-ID: <1@x.example>
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example

Final-Recipient: rfc822; ayu@x.example
Action: failed
Status: 5.1.1

--B
Content-Type: message/rfc822

Message-ID: {replies.circular(row.pk)}
Subject: Halo

Halo
--B--
"""
    arriving.take_mail(report.replace("\n", "\r\n").encode(), workshop=workshop)
    assert outcomes(made)["Ayu"] == ("bounced", "")
    assert ayu.identities.get().bounced_at is not None


def test_texts_are_sent_by_hand_and_noted(client: Client, workshop: Workshop, sari: Person) -> None:
    reader(workshop, "Telepon", "phone")
    made = begun(sari)
    testing.login(client, sari)
    page = f"{DESK}/campaigns/{made.pk}/texts/"
    shown = client.get(page).content.decode()
    assert "https://wa.me/62812" in shown
    assert "/ciomas/leaving/" in shown
    client.post(f"{page}{made.recipients.get().pk}/", {"how": "sent"})
    assert outcomes(made) == {"Telepon": ("sent", "")}
    assert "https://wa.me/" not in client.get(page).content.decode()
    line = Entry.objects.about(made).order_by("-pk")[0]
    assert (line.step, line.by) == ("crm.send_text", sari)
    assert line.facts == {"recipient": made.recipients.get().pk}


def test_a_text_waits_for_the_end_of_the_readers_own_quiet_time(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    """Also: the page asks the same for one text and for five."""
    for n in range(5):
        reader(workshop, f"Telepon {n}", "phone")
    made = begun(sari)
    testing.login(client, sari)
    page = f"{DESK}/campaigns/{made.pk}/texts/"
    client.get(page)
    with CaptureQueriesContext(connection) as five:
        assert client.get(page).text.count("https://wa.me/") == 5
    one = made.recipients.order_by("pk")[0]
    assert one.person is not None
    made.recipients.exclude(pk=one.pk).update(outcome="sent", sent_at=clock.now())
    with CaptureQueriesContext(connection) as single:
        assert client.get(page).text.count("https://wa.me/") == 1
    assert len(single) == len(five)

    hours = Hours.objects.create(person=one.person, quiet_from=time(9), quiet_until=time(11))
    shown = client.get(page).text
    assert "https://wa.me/" not in shown
    assert "Wants to be left alone until" in shown
    hours.delete()
    client.post(f"{page}{one.pk}/", {"how": "dropped"})
    assert outcomes(made)["Telepon 0"] == ("skipped", "not_needed")
    assert Entry.objects.about(made).order_by("-pk")[0].step == "crm.drop_text"


def test_what_a_hand_sent_while_a_colleague_paused_is_noted(
    client: Client, workshop: Workshop, sari: Person
) -> None:
    reader(workshop, "Telepon", "phone")
    made = begun(sari)
    testing.login(client, sari)
    made.pause(by=sari)
    address = f"{DESK}/campaigns/{made.pk}/texts/{made.recipients.get().pk}/"
    assert client.post(address, {"how": "sent"}).status_code == 302
    assert outcomes(made) == {"Telepon": ("sent", "")}


def test_a_trial_goes_to_who_writes_it_and_to_nobody_else(
    client: Client, workshop: Workshop, sari: Person, mailbox: Mailbox
) -> None:
    reader(workshop, "Ayu")
    made = begun(sari, picture=None)
    Identity.objects.create(workshop=workshop, person=sari, kind="mail", value="sari@x.example")
    testing.login(client, sari)
    client.post(f"{DESK}/campaigns/{made.pk}/trial/")
    (mail,) = mailbox.came
    assert (mail["To"], mail["Subject"]) == ("sari@x.example", "Test: Halo")
    assert outcomes(made) == {"Ayu": ("waiting", "")}
    assert Consent.objects.filter(how=ConsentHow.LINK).count() == 0


def test_a_gap_that_nobody_can_fill_is_refused(client: Client, sari: Person) -> None:
    segment = Segment.objects.create(workshop=sari.workshop, name="Semua")
    testing.login(client, sari)
    text = {
        "name": "X", "segment": segment.pk, "purpose": "news", "ways": "mail", "subject": "Halo",
        "body": "Halo {nema}", "holdout_percent": 10, "result_days": 30,
    }  # fmt: skip
    answer = client.post(f"{DESK}/campaigns/new/", text)
    assert answer.status_code == 422
    assert "{nema}" in answer.content.decode()
    assert not Campaign.objects.exists()
