"""Who agreed to what, some segments, and campaigns: one is over, one waits to be tapped, one is a draft.

Nothing is sent; what is said to be sent is only noted.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.crm import drawing
from simpul.crm.models import Campaign, Consent, ConsentHow, Outcome, Purpose, Segment, Ways
from simpul.parties.models import Party

if TYPE_CHECKING:
    from simpul.demo.history import Story

AGREED = {  # on their own page, or said to Sari on the telephone
    "maju": (Purpose.NEWS, Purpose.OFFERS, Purpose.COMMUNITY),
    "padang": (Purpose.NEWS, Purpose.OFFERS),
    "jakarta": (Purpose.NEWS,),
    "sukabumi": (Purpose.NEWS, Purpose.OFFERS),
    "koperasi": (Purpose.NEWS,),
    "siti": (Purpose.NEWS, Purpose.OFFERS),
    "wulan": (Purpose.NEWS,),
    "nita": (Purpose.NEWS, Purpose.OFFERS),
}
NEWS = """Halo {nama},

terima kasih sudah memesan {model}. Minggu ini ada warna baru: cokelat tua, dengan sol jahit.
Contohnya bisa dilihat di etalase kami.

Salam,
Sari"""
OFFER = """Halo {nama},

untuk pesanan {model} berikutnya yang masuk sebelum akhir bulan, ongkos kirim kami yang tanggung."""


def plan(story: Story) -> None:
    for days, hour, happens in ((75, 9, _agree), (60, 10, _sort), (40, 9, _news), (1, 10, _offer)):
        moment = (story.now - timedelta(days=days)).replace(hour=hour, minute=15)
        story.at(moment, partial(happens, story))


def _agree(story: Story) -> None:
    for key, purposes in AGREED.items():
        contact = story.cast.contacts[key]
        has_login = contact.user_id is not None
        for identity in contact.identities.order_by("pk"):
            is_phone = identity.kind == identity.Kind.PHONE
            for purpose in purposes:
                if is_phone and purpose == Purpose.COMMUNITY:
                    continue  # the room is told of by mail
                Consent.give(
                    by=contact if has_login else story.cast.staff["sari"],
                    identity=identity,
                    purpose=purpose,
                    how=ConsentHow.PORTAL if has_login else ConsentHow.STAFF,
                    words=purpose.asked,
                    note="" if has_login else f"{contact.name}, lewat telepon",
                )


def _sort(story: Story) -> None:
    workshop = story.cast.workshop
    for name, conditions in (
        ("Semua pembeli", {}),
        ("Toko yang tidur", {"kind": Party.BuysAs.DISTRIBUTOR.value, "phase": "sleeping"}),
        ("Pembeli besar setengah tahun", {"least": 20_000_000, "months": 6}),
        ("Perlu dipertahankan", {"phase": "retain"}),
        ("Sisanya paling besar", {"left_least": 1_000_000, "months": 6}),
    ):
        Segment.objects.create(workshop=workshop, name=name, conditions=conditions)
    chosen = Segment.objects.create(workshop=workshop, name="Undangan pameran", is_list=True)
    chosen.members.set([story.cast.parties[key] for key in ("maju", "koperasi", "wulan")])


def _news(story: Story) -> None:
    """It went out by mail and WhatsApp; one reader wants no more of it."""
    campaign = _begin(story, "Warna baru", Purpose.NEWS, "Warna baru dari Ciomas", NEWS)
    for recipient in campaign.recipients.waiting():
        recipient.note_sent()
    last = campaign.recipients.filter(outcome=Outcome.SENT).order_by("pk").last()
    if last is not None and last.identity is not None:
        Consent.end(
            last.identity,
            [Purpose.NEWS],
            how=ConsentHow.LINK,
            words="Jangan kirim kabar ini lagi",
            by=story.cast.workshop.machine,
        )
        last.leave()
    drawing.begin_due(story.cast.workshop)


def _offer(story: Story) -> None:
    """Texts that wait to be tapped, and a draft."""
    _begin(story, "Ongkos kirim gratis", Purpose.OFFERS, "Ongkos kirim gratis", OFFER)
    _write(story, "Kabar sebelum Ramadan", Purpose.NEWS, "Pesan sebelum Ramadan", NEWS)


def _begin(story: Story, name: str, purpose: str, subject: str, body: str) -> Campaign:
    campaign = _write(story, name, purpose, subject, body)
    campaign.plan(by=story.cast.staff["sari"])
    drawing.begin_due(story.cast.workshop)
    return campaign


def _write(story: Story, name: str, purpose: str, subject: str, body: str) -> Campaign:
    return Campaign.write(
        by=story.cast.staff["sari"],
        name=name,
        segment=Segment.objects.get(workshop=story.cast.workshop, name="Semua pembeli"),
        purpose=purpose,
        ways=Ways.WHATSAPP if purpose == Purpose.OFFERS else Ways.EITHER,
        subject=subject,
        body=body,
    )
