"""News of the workshop: for all, for those who ordered a model, and a draft; pictures of the work."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from simpul.catalog.models import Product
from simpul.crm.models import Bulletin, BulletinReader, Segment, ShownPicture
from simpul.crm.publishing import publish
from simpul.demo import photos
from simpul.papers.models import Upload
from simpul.production.models import StagePhoto

if TYPE_CHECKING:
    from simpul.demo.history import Story


def plan(story: Story) -> None:
    for days, happens in ((33, _hours), (12, _derby), (2, _draft), (1, _show)):
        moment = (story.now - timedelta(days=days)).replace(hour=10, minute=40)
        story.at(moment, partial(happens, story))


def _hours(story: Story) -> None:
    publish(_write(
        story,
        "Mesin press sol yang baru",
        "Sejak minggu ini sol direkatkan dengan mesin press yang baru. Rekatnya lebih rata, dan satu"
        " kodi selesai setengah hari lebih cepat.",
        "A new sole press",
        "Since this week soles are pressed on by a new machine. They hold more evenly, and a kodi is"
        " done half a day sooner.",
        is_public=True,
    ), by=story.cast.staff["sari"])  # fmt: skip


def _derby(story: Story) -> None:
    derby = Product.objects.get(workshop=story.cast.workshop, code="DRB-01")
    chosen = Segment.objects.create(
        workshop=story.cast.workshop,
        name="Pernah membeli Derby",
        conditions={"bought": "did", "product": derby.pk},
    )
    picture = photos.of_drawing("derby-brown")
    told = _write(
        story,
        "Derby cokelat tua sudah ada",
        "Warna yang sering ditanyakan: cokelat tua, dengan sol jahit. Ukuran 38 sampai 43, harga sama"
        " dengan yang hitam.",
        "The Derby in dark brown is here",
        "The colour that many asked for: dark brown, with a stitched sole. Sizes 38 to 43, at the"
        " price of the black one.",
        product=derby,
        segment=chosen,
        is_public=True,
        picture=Upload.keep(picture, by=story.cast.staff["sari"]),
    )
    publish(told, by=story.cast.staff["sari"])
    readers = BulletinReader.objects.filter(bulletin=told).order_by("pk")
    for reader in readers[2:4]:
        reader.open()


def _draft(story: Story) -> None:
    _write(
        story,
        "Jadwal sebelum Lebaran",
        "Pesanan yang masuk sampai akhir bulan depan masih bisa selesai sebelum Lebaran.",
        "",
        "",
    )


def _show(story: Story) -> None:
    for photo in StagePhoto.objects.filter(is_shown=True).order_by("-pk")[:3]:
        ShownPicture.show(by=story.cast.staff["hadi"], photo=photo)


def _write(
    story: Story, title: str, body: str, title_en: str, body_en: str, **facts: Any
) -> Bulletin:
    return Bulletin.write(
        by=story.cast.staff["sari"],
        title=title,
        body=body,
        title_en=title_en,
        body_en=body_en,
        **facts,
    )
