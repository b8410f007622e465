"""Mail of all kinds becomes plain text and files; whatever comes, nothing falls over."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.lib import mails
from simpul.lib.mails import Letter, Unreadable
from simpul.lib.tests.samples import NAMES, mail

A_WHILE = 10  # seconds: no mail holds the program up


def read(name: str) -> Letter:
    return mails.read(mail(name))


def files(letter: Letter) -> list[tuple[str, bool]]:
    return [(one.name, one.is_inline) for one in letter.attached]


def test_gmail_gives_text_once_and_its_picture() -> None:
    letter = read("gmail.eml")
    assert (letter.sender, letter.sender_name) == ("dewi@toko.example", "Dewi | Toko Maju")
    assert letter.subject == "Bukti transfer DP SO-2026-0001"
    assert letter.id == "CAF3b9example01@mail.gmail.example"
    assert letter.sent_at == datetime(2026, 11, 24, 3, 12, 41, tzinfo=UTC)
    assert letter.text.startswith("Selamat pagi Bu Sari,\n\nDP pesanan kami")
    assert letter.text.count("Selamat pagi") == 1
    assert files(letter) == [("WhatsApp Image 2026-11-24 at 10.11.02.jpeg", False)]
    assert letter.attached[0].content.startswith(b"\xff\xd8\xff")


def test_outlook_answers_below_what_is_new() -> None:
    letter = read("outlook.eml")
    assert letter.text == ("Terlampir bukti transfernya, nominal 600.000 ya Bu.\n\nSalam,\nDewi")
    assert letter.answered.startswith("From: Sepatu Ciomas <simpul@bengkel.example>\nSent: 23")
    assert "SO-2026-0001" in letter.answered
    assert files(letter) == [("image001.png", True), ("Bukti Transfer.pdf", False)]


def test_a_telephones_picture_stands_in_the_text() -> None:
    letter = read("iphone.eml")
    assert letter.text == "Barusan saya transfer ya 🙏\n\nDikirim dari iPhone saya"
    assert letter.subject == ""
    assert files(letter) == [("IMG_0417.jpeg", True)]


def test_a_forwarded_mail_is_looked_into() -> None:
    letter = read("forwarded.eml")
    assert letter.sender == "dewi@toko.example"
    assert letter.id == "fwd-1@toko.example"
    assert "Nominal: Rp 600.000,00" in letter.text
    assert files(letter) == [("struk.png", True)]


def test_old_charsets_are_read() -> None:
    letter = read("windows1252.eml")
    assert letter.subject == "Bukti pembayaran – pesanan saya"
    assert letter.text == "“Sudah lunas” ya Pak… terima kasih – Siti"


def test_markup_becomes_lines_and_nothing_of_it_runs() -> None:
    letter = read("html_only.eml")
    assert letter.text == "Pesanan SO-2026-0001\n\nNominal Rp 600.000\ntanggal 23-11-2026"


def test_a_broken_mail_gives_what_can_be_read() -> None:
    letter = read("broken.eml")
    assert letter.sender == "dewi@toko.example"
    assert letter.subject.startswith("Bukti SO-2026-0001")
    assert letter.sent_at is None
    assert letter.text == "Bukti ada di bawah. Nominal Rp 600.000"
    assert letter.attached[0].content.startswith(b"\xff\xd8\xff")
    assert mails.fingerprint(letter).startswith("sha256:")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bounce.eml", mails.BOUNCE),
        ("autoreply.eml", mails.REPLY),
        ("list.eml", mails.LIST),
        ("bank_app.eml", mails.MACHINE),
        ("gmail.eml", ""),
        ("iphone.eml", ""),
    ],
)
def test_what_nobody_wrote_is_known(name: str, kind: str) -> None:
    assert read(name).automatic == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"Return-Path: <>", mails.BOUNCE),
        (b"From: postmaster@mx.example", mails.BOUNCE),
        (b"Precedence: junk", mails.REPLY),
        (b"X-Autoreply: yes", mails.REPLY),
        (b"Precedence: list", mails.LIST),
        (b"Auto-Submitted: auto-generated; x=y", mails.MACHINE),
        (b"Auto-Submitted: no", ""),
        (b"Return-Path: <dewi@toko.example>", ""),
    ],
)
def test_each_sign_of_a_machine_is_enough(head: bytes, kind: str) -> None:
    assert mails.read(head + b"\r\nSubject: x\r\n\r\nx").automatic == kind


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@b.example, c@d.example",
        b"From: a@b.example\r\nFrom: c@d.example",
        b"From: Dewi",
        b"From: " + b"(" * 9_000 + b"a@b.example",
        b"Subject: x",
    ],
)
def test_several_senders_or_none_are_nobody(head: bytes) -> None:
    assert mails.read(head + b"\r\n\r\nx").sender == ""


def test_the_same_address_is_written_in_many_ways() -> None:
    assert mails.address(" Dewi@TOKO.example\u200b") == "dewi@toko.example"


def test_invisible_signs_are_dropped() -> None:
    letter = mails.read("Subject: a\0b\u202e\r\n\r\nSO\u200b-2026\u2060-0001\0 \ud7ff".encode())
    assert letter.subject == "ab"
    assert letter.text == "SO-2026-0001"


DEEP = b"".join(
    b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (one, one) for one in range(59)
)


@pytest.mark.parametrize(
    "content",
    [
        DEEP + b"\nx\n" * 500_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 10_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" * 100,
        b"Content-Type: message/rfc822\n\n" * 100,
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000,
        b"x" * (mails.MOST_BYTES + 1),
    ],
)
def test_bombs_are_refused_at_once(content: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable):
        mails.read(content)
    assert time.monotonic() - began < A_WHILE


@pytest.mark.parametrize(
    "content",
    [
        DEEP + b"\nx",
        b"Content-Type: text/html\n\n" + b"<div>" * 60_000,
        b"Content-Type: text/html\n\n" + b"<a " * 60_000,
        b"Content-Type: text/html\n\n" + b"<style>" * 60_000,
        b"Content-Type: text/html\n\n" + b"&" * 200_000,
        b"Content-Type: multipart/mixed; " + b"a*0*=b;" * 20_000 + b"\n\nx",
        b"Date: " + b"1" * 100_000 + b"\n\nx",
        b"Date: Mon, 99999999999999999999 Nov 2026 10:00:00 +99999\n\nx",
        b"Message-ID: <" + b"a" * 100_000 + b">\n\nx",
        b"\0" * 100_000,
        b"",
    ],
)
def test_nothing_holds_the_program_up(content: bytes) -> None:
    began = time.monotonic()
    mails.read(content)
    assert time.monotonic() - began < A_WHILE


# Random bytes in true mails: headers, boundaries and contents torn at any place


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_torn_mails_never_fall_over(data: st.DataObject) -> None:
    content = bytearray(mail(data.draw(st.sampled_from(NAMES))))
    for _tear in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 400))
        content[at : at + gone] = data.draw(st.binary(max_size=40))
    try:
        letter = mails.read(bytes(content))
    except Unreadable:
        return
    for text in (letter.text, letter.subject, letter.sender, letter.id, mails.fingerprint(letter)):
        text.encode()
        assert "\0" not in text
    assert len(letter.text) <= mails.LONGEST_TEXT
    assert len(letter.sender) <= mails.LONGEST_LINE
