"""Wishes of customers: one that many share, one that was done, one not now, and one that waits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.crm.models import Wish, WishStatus

if TYPE_CHECKING:
    from simpul.demo.history import Story

type Answer = tuple[int, WishStatus, str]

# days ago; who wishes it first, the others; the words; what Sari answers after so many days
WISHED: list[tuple[int, str, list[str], str, Answer | None]] = [
    (40, "jakarta", ["maju"], "Kardus diberi label ukuran di sisi pendek, supaya gampang dicari di rak.",
     (6, WishStatus.DONE, "Sudah: sejak bulan ini label ukuran ada di sisi pendek kardus.")),
    (25, "maju", ["padang", "jakarta", "siti"], "Derby dengan sol putih untuk anak muda.",
     (9, WishStatus.PLANNED, "Contohnya sedang kami buat. Dikabari begitu bisa dipesan.")),
    (18, "sukabumi", [], "Bayar uang muka cukup 20 persen.",
     (4, WishStatus.NOT_NOW, "Belum bisa: kulit kami beli tunai dari uang muka.")),
    (3, "padang", ["maju", "sukabumi"], "Ukuran 44 dan 45 untuk model pantofel.", None),
]  # fmt: skip


def plan(story: Story) -> None:
    for days, first, others, words, answer in WISHED:
        moment = (story.now - timedelta(days=days)).replace(hour=13, minute=10)
        story.at(moment, partial(_wish, story, first, others, words, answer))


def _wish(story: Story, who: str, others: list[str], words: str, answer: Answer | None) -> None:
    """One wishes it; from then on the others read it, and the workshop answers."""
    Wish.make(by=story.cast.contacts[who], words=words)
    for days, other in enumerate(others, 1):
        story.later(partial(_also, story, other, words), days=days)
    if answer is not None:
        later, status, said = answer
        story.later(partial(_answer, story, words, status, said), days=later)


def _also(story: Story, who: str, words: str) -> None:
    Wish.objects.get(words=words).vote(by=story.cast.contacts[who])


def _answer(story: Story, words: str, status: WishStatus, answer: str) -> None:
    Wish.objects.get(words=words).reply(by=story.cast.staff["sari"], status=status, answer=answer)
