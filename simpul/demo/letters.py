"""What came by mail and message in the last days: one proof that is certain, and some that are not.

The mails go the same way as real ones; senders and numbers are invented.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from django.db import models
from PIL import Image, ImageDraw

from simpul.conversations.models import Channel
from simpul.lib import clock
from simpul.lib.mails import Letter
from simpul.parties.models import Identity, Workshop
from simpul.payments import inbox
from simpul.payments.models import Instruction
from simpul.ui.jinja import rupiah


def days(now: datetime) -> list[datetime]:
    """Return when the letters come: two days ago, before noon."""
    return [(now - timedelta(days=2)).replace(hour=11, minute=minute) for minute in (5, 20, 40)]


def picture(number: str, amount: int) -> bytes:
    """A picture as a telephone shows after a transfer."""
    made = Image.new("RGB", (540, 760), "#f4f6f8")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, 540, 120), fill="#1f4e79")
    draw.text((30, 45), "Transfer Berhasil (CONTOH)", fill="white", font_size=28)
    lines = (number, f"Rp {amount:,}", "BENGKEL SEPATU CONTOH", "BCA 0000012345")
    for row, text in enumerate(lines):
        draw.text((30, 180 + 70 * row), text, fill="#222", font_size=26)
    buffer = io.BytesIO()
    made.save(buffer, "PNG")
    return buffer.getvalue()


def from_the_buyer(workshop: Workshop) -> None:
    """A buyer's own address and the number of its order: this is reported by itself."""
    known = Identity.objects.filter(workshop=workshop, kind=Identity.Kind.MAIL)
    mailers = known.exclude(person__party=None).values("person__party")
    asked = _unreported(workshop).filter(order__buyer__in=mailers).first()
    if asked is None:
        return
    sender = known.filter(person__party=asked.order.buyer_id).select_related("person").first()
    assert sender is not None  # noqa: S101 - it was asked for above
    text = (
        f"Selamat siang Bu Sari,\n\nSudah kami transfer dari BRI {rupiah(asked.amount)}. "
        f"Buktinya terlampir.\n\nSalam,\n{sender.person.name}\n"
    )
    subject = f"Bukti transfer {asked.order.number}"
    _mail(workshop, sender.value, sender.person.name, subject, text, asked)


def from_a_stranger(workshop: Workshop) -> None:
    """A husband's address, that nobody has entered: a person must look."""
    asked = _unreported(workshop).first()
    if asked is not None:
        text = "Istri saya minta dikirimkan bukti transfernya. Mohon dicek, terima kasih."
        subject = f"Pembayaran pesanan {asked.order.number}"
        _mail(workshop, "h.yanto@surat.example", "H. Yanto", subject, text, asked)


def by_message(workshop: Workshop) -> None:
    """A message without its picture."""
    known = Identity.objects.filter(workshop=workshop, kind=Identity.Kind.PHONE)
    asked = _unreported(workshop).last()
    sender = known.filter(person__party=asked.order.buyer_id).first() if asked else None
    if sender is not None:
        text = "Bu, tadi pagi sudah saya transfer ya. Buktinya menyusul."
        letter = Letter("wamid.contoh", sender.value, str(sender.person), "", text, "", clock.now())
        inbox.take(letter, channel=Channel.WHATSAPP, workshop=workshop)


def _unreported(workshop: Workshop) -> models.QuerySet[Instruction]:
    asked = Instruction.objects.open().filter(workshop=workshop, order__claims=None)
    return asked.select_related("order").order_by("-pk")


def _mail(
    workshop: Workshop, sender: str, name: str, subject: str, text: str, asked: Instruction
) -> None:
    mail = EmailMessage()
    mail["From"] = f"{name} <{sender}>"
    mail["To"] = workshop.email
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{clock.now():%Y%m%d%H%M}.{asked.order.number}@contoh.example>"
    mail.set_content(text)
    proof = picture(asked.order.number, asked.amount)
    mail.add_attachment(proof, maintype="image", subtype="png", filename="bukti transfer.png")
    inbox.take_mail(bytes(mail), workshop=workshop)
