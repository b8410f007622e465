"""The room of the distributors: what they ask each other, and what the workshop says to it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.crm.models import Post

if TYPE_CHECKING:
    from simpul.demo.history import Story
    from simpul.parties.models import Person

type Answers = list[tuple[int, str, str]]

# days ago; who begins, with what; after how many hours who answers what
SAID: list[tuple[int, str, str, Answers]] = [
    (37, "maju", "Kardus basah kalau hujan di jalan. Ada yang punya cara membungkus yang lebih aman?",
     [(3, "padang", "Kami minta kardus dilapis plastik sebelum diikat. Sejak itu aman."),
      (26, "sari", "Terima kasih. Mulai bulan ini semua koli luar kota kami lapisi plastik.")]),
    (15, "sukabumi", "Ukuran berapa yang paling cepat habis di toko Bapak dan Ibu?",
     [(5, "jakarta", "41 dan 42. Yang 38 selalu tersisa."),
      (8, "maju", "Sama, 41 paling cepat. Di sini 43 juga dicari.")]),
    (6, "sari", "Sampel loafer dengan sol karet sudah jadi. Siapa yang mau melihat, kabari di sini.",
     [(4, "jakarta", "Mau, tolong dikirim bersama pesanan berikutnya.")]),
]  # fmt: skip


def plan(story: Story) -> None:
    for days, who, words, answers in SAID:
        moment = (story.now - timedelta(days=days)).replace(hour=9, minute=20)
        story.at(moment, partial(_begin, story, who, words, answers))


def _begin(story: Story, who: str, words: str, answers: Answers) -> None:
    post = Post.write(by=_person(story, who), body=words)
    for hours, other, said in answers:
        moment = post.at + timedelta(hours=hours)
        story.at(moment, partial(_answer, story, post, other, said))


def _answer(story: Story, post: Post, who: str, words: str) -> None:
    Post.answer(by=_person(story, who), thread=post, body=words)


def _person(story: Story, who: str) -> Person:
    return story.cast.staff.get(who) or story.cast.contacts[who]
