"""Prospects on their way to a first order: a fair, a telephone call, and one that came to nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.crypto import get_random_string

from simpul.catalog.models import Price, Product
from simpul.crm.models import Lead, LeadOffer, Quotation, Sample, Terms, Territory
from simpul.lib import clock
from simpul.lib.regions import Region
from simpul.orders.models import LineWish
from simpul.parties.models import Party

if TYPE_CHECKING:
    from simpul.demo.history import Story

# days ago; what Sari notes: source, name, contact, telephone, town, words; what it may bring,
# the stage it has come to, the next step and in how many days from today
MET: list[tuple[int, dict[str, Any], int, str, str, int]] = [
    (16, {"source": "fair", "name": "Toko Contoh Priangan", "contact": "Kang Asep",
          "telephone": "+6281200000071", "area": "Garut",
          "message": "Suka derby cokelat, minta harga untuk 60 pasang."},
     0, "quotation", "Tanyakan keputusan soal penawaran", -1),
    (16, {"source": "fair", "name": "UD Contoh Langkah", "contact": "Bu Yuni",
          "telephone": "+6281200000072", "area": "Kota Cirebon",
          "message": "Cari sandal kulit untuk dua toko."},
     7_500_000, "talking", "Telepon, tanyakan ukuran", 0),
    (9, {"source": "phone", "name": "Koperasi Contoh Guru", "contact": "Pak Darto",
         "telephone": "+6281200000073", "area": "Kota Bogor",
         "message": "Sepatu dinas untuk 40 guru, ingin lihat contohnya dulu."},
     8_800_000, "sample", "Tanyakan kesan atas contohnya", 3),
    (5, {"source": "recommended", "name": "Butik Contoh Rara", "contact": "Mbak Rara",
         "telephone": "+6281200000074", "area": "Bandung",
         "message": "Kenal dari Toko Contoh Maju."},
     0, "", "Kirim katalog", 1),
]  # fmt: skip


# days ago since when, who, regency, province, alone
AREAS = [
    (400, "maju", "Kota Bogor", "Jawa Barat", True),
    (400, "koperasi", "Kab. Bogor", "Jawa Barat", False),
    (300, "jakarta", "", "DKI Jakarta", False),
    (200, "sukabumi", "Kota Sukabumi", "Jawa Barat", False),
    (200, "padang", "", "Sumatera Barat", True),
]
# how long ago, whom, and whether the distributor has taken it
HANDED_ON: list[tuple[timedelta, dict[str, Any], bool]] = [
    (timedelta(days=4, hours=3), {"name": "Kios Contoh Melati", "contact": "Bu Mela",
        "telephone": "+6281200000076", "area": "Tanah Sareal, Kota Bogor",
        "message": "Mau 10 pasang sandal untuk dicoba dijual di kios."}, True),
    (timedelta(hours=1), {"name": "Bu Contoh Ratna", "buys_as": Party.BuysAs.CONSUMER,
        "contact": "Bu Ratna", "telephone": "+6281200000077", "area": "Kota Bogor",
        "message": "Cari pantofel nomor 38, boleh dicoba dulu di toko?"}, False),
]  # fmt: skip
WISHED = [Region("Kota Bogor", "Jawa Barat"), Region("Kab. Cianjur", "Jawa Barat")]


def plan(story: Story) -> None:
    story.at((story.now - timedelta(days=40)).replace(hour=9), partial(_areas, story))
    story.at((story.now - timedelta(days=2)).replace(hour=9), partial(_wants_areas, story))
    for back, facts, is_taken in HANDED_ON:
        story.at(story.now - back, partial(_hand_on, story, facts, is_taken))
    for days, facts, worth, stage, words, in_days in MET:
        moment = (story.now - timedelta(days=days)).replace(hour=11, minute=20)
        story.at(moment, partial(_meet, story, facts, worth, stage, words, in_days))
    story.at((story.now - timedelta(days=30)).replace(hour=10), partial(_in_vain, story))


def _meet(
    story: Story, facts: dict[str, Any], worth: int, stage: str, words: str, in_days: int
) -> None:
    sari = story.cast.staff["sari"]
    due_on = clock.day_of(story.now) + timedelta(days=in_days)
    lead = Lead.note(by=sari, next_words=words, next_on=due_on, **facts)
    if worth:
        lead.estimate(by=sari, worth=worth)
    if stage == "quotation":
        _offer(story, lead)
    elif stage == "sample":
        _sample(story, lead)
    elif stage:
        lead.move(by=sari, stage=stage)


def _offer(story: Story, lead: Lead) -> None:
    """Sixty pairs of the derby at a price of its own; nobody has answered yet."""
    model = Product.objects.for_page().get(workshop=story.cast.workshop, code="DRB-01")
    colour = min(model.colourways.all(), key=lambda one: (one.position, one.pk))
    sizes = dict.fromkeys(
        sorted(one.size for one in colour.variants.all() if one.is_offered)[:5], 12
    )
    wishes = [LineWish(colour, sizes, Price(188_000, 1))]
    total = sum(wish.amount for wish in wishes)
    terms = Terms(
        valid_until=clock.day_of(story.now) + timedelta(days=5),
        ready_days=21,
        down_payment=total * 3 // 10,
        note="Harga sudah termasuk kotak. Ongkos kirim menyusul.",
    )
    Quotation.send(by=story.cast.staff["sari"], lead=lead, wishes=wishes, terms=terms)


def _sample(story: Story, lead: Lead) -> None:
    """A pair to look at, free; it waits to be made."""
    model = Product.objects.for_page().get(workshop=story.cast.workshop, code="DRB-01")
    colour = min(model.colourways.all(), key=lambda one: (one.position, one.pk))
    size = next(one.size for one in colour.variants.all() if one.is_offered)
    Sample.send(
        by=story.cast.staff["sari"],
        lead=lead,
        wishes=[LineWish(colour, {size: 1}, Price(0, 1))],
        receiver=lead.person.name,
        address="Jl. Contoh Guru No. 1\nKota Bogor",
        telephone="+6281200000073",
    )


def _hand_on(story: Story, facts: dict[str, Any], is_taken: bool) -> None:
    """Somebody in Bogor asks for a few pairs: Toko Contoh Maju sells there."""
    sari = story.cast.staff["sari"]
    lead = Lead.note(by=sari, source="phone", **facts)
    offer = LeadOffer.hand_on(by=sari, lead=lead, agreed=True)
    if is_taken:
        offer.take(by=story.cast.contacts["maju"])


def _areas(story: Story) -> None:
    """Who serves which area, as it was agreed on the telephone in the years before."""
    for days, key, regency, province, is_exclusive in AREAS:
        Territory.give(
            by=story.cast.staff["sari"],
            party=story.cast.parties[key],
            regency=regency,
            province=province,
            since=clock.day_of(story.now) - timedelta(days=days),
            is_exclusive=is_exclusive,
        )


def _wants_areas(story: Story) -> None:
    """A shop registers and wants to sell where somebody sells alone."""
    Lead.register(
        by=story.cast.workshop.machine,
        name="Toko Contoh Pakuan",
        contact="Pak Yayan",
        telephone="+6281200000075",
        email="pakuan@contoh.example",
        password=get_random_string(24),
        buys_as=Party.BuysAs.DISTRIBUTOR,
        area="Kota Bogor",
        areas=WISHED,
        message="Toko baru di Jalan Suryakencana, ingin jadi distributor.",
    )


def _in_vain(story: Story) -> None:
    sari = story.cast.staff["sari"]
    lead = Lead.note(
        by=sari,
        source="visit",
        name="Toko Contoh Mulia",
        area="Sukabumi",
        message="Minta sepatu kerja di bawah 150 ribu.",
    )
    lead.lose(by=sari, why="price", reason="Cari yang di bawah 150 ribu.")
