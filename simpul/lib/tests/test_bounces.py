"""Reports of mail servers: which address is gone for good, and which mail came back."""

from __future__ import annotations

from email import message_from_string
from email.message import Message
from smtplib import SMTPRecipientsRefused

import pytest

from simpul.lib import bounces, mails
from simpul.lib.tests.samples import mail


def report(status: str, action: str = "failed", recipient: str = "dewi@toko.example") -> Message:
    return message_from_string(
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\n\n'
        "--r\nContent-Type: text/plain\n\nTidak sampai\n\n"
        "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n\n"
        "--r\nContent-Type: text/rfc822-headers\n\nTo: x\nMessage-ID: <a-1@b.example>\n\n--r--\n"
    )


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_an_address_is_gone(status: str) -> None:
    assert bounces.gone(report(status, recipient="Dewi@Toko.example")) == "dewi@toko.example"


NOT_GONE = [
    "4.1.1",
    "5.0.0",
    "5.1.7",
    "5.1.8",
    "5.1.100",
    "5.2.2",
    "5.2.3",
    "5.3.4",
    "5.4.4",
    "5.7.1",
]


@pytest.mark.parametrize("status", [*NOT_GONE, "x", ""])
def test_what_may_pass_or_is_no_fault_of_the_address(status: str) -> None:
    assert bounces.gone(report(status)) == ""


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1"])
def test_a_server_says_the_same_in_its_answer(status: str) -> None:
    said = f"{status} nobody here".encode()
    assert bounces.is_dead(SMTPRecipientsRefused({"a@b.example": (550, said)}))
    assert not bounces.is_dead(SMTPRecipientsRefused({"a@b.example": (450, said)}))
    two = {"a@b.example": (550, said), "c@b.example": (450, b"4.2.1 later")}
    assert not bounces.is_dead(SMTPRecipientsRefused(two))


@pytest.mark.parametrize("said", [*NOT_GONE, "mailbox unavailable", ""])
def test_an_answer_that_blames_another_or_nobody_takes_no_address_away(said: str) -> None:
    assert not bounces.is_dead(SMTPRecipientsRefused({"a@b.example": (550, said.encode())}))
    assert not bounces.is_dead(SMTPRecipientsRefused({}))


def test_what_is_only_late_is_not_gone() -> None:
    assert bounces.gone(report("5.1.1", action="delayed")) == ""


def test_the_mail_that_came_back_is_named() -> None:
    assert bounces.returned(report("5.1.1")) == ["<a-1@b.example>"]
    letter = mails.read(report("5.1.1").as_bytes())
    assert (letter.automatic, letter.gone) == (mails.BOUNCE, "dewi@toko.example")
    assert "<a-1@b.example>" in letter.marks


def test_a_full_mailbox_is_a_bounce_of_nobody() -> None:
    letter = mails.read(mail("bounce.eml"))
    assert (letter.automatic, letter.gone) == (mails.BOUNCE, "")
