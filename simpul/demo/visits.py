"""Sari goes to see buyers: what she found three weeks ago, and her list of today; and a dealer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from simpul.crm.models import Dealing, VisitDay
from simpul.lib import clock

if TYPE_CHECKING:
    from simpul.demo.history import Story

FOUND: list[tuple[str, dict[str, Any]]] = [
    ("sukabumi", {"body": "Pak Dedi minta derby hitam ukuran 40–42 untuk akhir bulan.",
                  "pairs_seen": 18, "seen": "Loafer cokelat laku, sandal mengendap.",
                  "rival": "Merek lain dari Bandung 165 ribu, diskon 10%."}),
    ("koperasi", {"body": "Pak Usman puas dengan sepatu sekolah, menunggu tahun ajaran baru.",
                  "pairs_seen": 6, "seen": "Tinggal ukuran 37 dan 44."}),
]  # fmt: skip
TODAY = ("maju", "wulan", "sukabumi")


def plan(story: Story) -> None:
    before = (story.now - timedelta(days=22)).replace(hour=14, minute=40)
    story.at(before, partial(_visit, story))
    story.at((story.now - timedelta(days=1)).replace(hour=16), partial(_plan_today, story))
    story.at((story.now - timedelta(days=60)).replace(hour=9), partial(_through, story))


def _visit(story: Story) -> None:
    sari = story.cast.staff["sari"]
    parties = [story.cast.parties[key] for key, _facts in FOUND]
    day = VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=parties)
    for visit, (key, facts) in zip(day.visits.order_by("pk"), FOUND, strict=True):
        visit.note(by=sari, with_whom=story.cast.contacts[key], **facts)


def _plan_today(story: Story) -> None:
    sari = story.cast.staff["sari"]
    parties = [story.cast.parties[key] for key in TODAY]
    VisitDay.plan(by=sari, rep=sari, on=clock.day_of(story.now), parties=parties)


def _through(story: Story) -> None:
    Dealing.begin(
        by=story.cast.staff["sari"],
        distributor=story.cast.parties["jakarta"],
        dealer=story.cast.parties["koperasi"],
    )
