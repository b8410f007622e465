"""The room of the distributors: what they ask each other, and what the workshop asks them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.catalog.models import Colourway
from simpul.crm.models import Offered, Poll, Post
from simpul.lib import clock

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


# who answers the question of which model is to come, and takes how many pairs of each size
CHOSEN: list[tuple[str, int, dict[str, int]]] = [
    ("maju", 0, {"40": 8, "41": 12, "42": 8}),
    ("jakarta", 0, {"41": 20, "42": 20}),
    ("sukabumi", 1, {}),
    ("padang", 0, {}),
]


def plan(story: Story) -> None:
    asked = (story.now - timedelta(days=4)).replace(hour=10, minute=5)
    story.at(asked, partial(_ask, story))
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


def _ask(story: Story) -> None:
    """Which model is to come; some say how many pairs they would take."""
    look = Colourway.objects.filter(
        product__workshop=story.cast.workshop, product__code="LFR-02"
    ).order_by("position", "pk")[0]
    poll = Poll.ask(
        by=story.cast.staff["sari"],
        question="Model mana yang kita kerjakan dulu untuk musim depan?",
        closes_on=clock.in_days(14),
        choices=[
            Offered("Loafer dengan sol karet", look),
            Offered("Bot pendek berbahan suede"),
            Offered("Cukup model yang sekarang"),
        ],
    )
    for hours, (who, chosen, sizes) in enumerate(CHOSEN, 1):
        moment = clock.now() + timedelta(hours=7 * hours)
        story.at(moment, partial(_choose, story, poll, who, chosen, sizes))


def _choose(story: Story, poll: Poll, who: str, chosen: int, sizes: dict[str, int]) -> None:
    person = story.cast.contacts[who]
    poll.answer(by=person, choice=poll.choices.order_by("position")[chosen])
    if sizes:
        poll.order_ahead(by=person, sizes=sizes)
