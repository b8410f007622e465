"""Reports of mail servers: which address is gone for good, and which mail came back."""

from __future__ import annotations

from email import message_from_string
from email.message import Message

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


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1", "5.4.4", "5.0.0"])
def test_an_address_is_gone(status: str) -> None:
    assert bounces.gone(report(status, recipient="Dewi@Toko.example")) == "dewi@toko.example"


@pytest.mark.parametrize("status", ["4.4.1", "5.2.2", "5.3.4", "5.6.1", "5.7.1", "x", ""])
def test_what_may_pass_or_is_no_fault_of_the_address(status: str) -> None:
    assert bounces.gone(report(status)) == ""


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
