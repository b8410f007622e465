"""A wish is written once, wished once by each customer, and answered for all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.models import FollowUp
from simpul.conversations.notices import audience_of
from simpul.crm.listening import sounds_like_a_complaint
from simpul.crm.models import Wish, WishRules, WishStatus
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def wish(dewi: Person) -> Wish:
    return Wish.make(by=dewi, words="Derby dengan sol putih")


def others(workshop: Workshop, count: int) -> list[Person]:
    return [testing.person(f"P{n}", testing.party(workshop, f"Toko {n}")) for n in range(count)]


def told(wish: Wish, step: str) -> list[Person]:
    return audience_of(journal_of(wish).filter(step=step).order_by("-pk")[0])


def test_each_customer_counts_once(wish: Wish, dewi: Person, buyer: Party, siti: Person) -> None:
    wish.vote(by=siti)
    for again in (siti, dewi, testing.person("Rudi", buyer)):
        with pytest.raises(WrongState):
            wish.vote(by=again)

    assert Wish.objects.with_votes().get().votes_sum == 2
    assert journal_of(wish).filter(step="crm.vote_wish").count() == 1


def test_nobody_else_wishes(wish: Wish, sari: Person, budi: Person, joko: Person) -> None:
    for other in (sari, budi, joko):
        with pytest.raises(NotAllowed):
            wish.vote(by=other)
    with pytest.raises(NotAllowed):
        Wish.make(by=budi, words="Kulit lebih mahal")

    assert Wish.objects.count() == 1
    assert Wish.objects.with_votes().get().votes_sum == 1


def test_wishes_weigh_by_what_was_ordered(workshop: Workshop, wish: Wish, siti: Person) -> None:
    """What was only asked for, and what was ordered long ago, weighs nothing."""
    testing.confirmed_order(wish.party)
    testing.order(wish.party)
    old = testing.confirmed_order(wish.party)
    type(old).objects.filter(pk=old.pk).update(confirmed_at=clock.now() - timedelta(days=400))
    Wish.make(by=siti, words="Ukuran 46")

    since = WishRules.of(workshop).weighs_from
    weighed = Wish.objects.with_votes().with_weight(since).heaviest()
    assert [(one.words, one.weight) for one in weighed] == [
        ("Derby dengan sol putih", 10),
        ("Ukuran 46", 0),
    ]
    assert wish.wished_by(since, 5) == [(wish.party, 10)]


def test_a_person_is_called_once_when_many_wish_the_same(
    workshop: Workshop, wish: Wish, sari: Person
) -> None:
    WishRules.objects.create(workshop=workshop, many=3)
    first, second, third = others(workshop, 3)
    wish.vote(by=first)
    assert not Wish.objects.alarming().exists()
    wish.vote(by=second)
    wish.vote(by=third)

    assert Wish.objects.alarming().count() == 1
    assert journal_of(wish).get(step="crm.alert_wish").facts == {"why": "votes"}
    assert told(wish, "crm.alert_wish") == [sari]


def test_a_complaint_calls_a_person_at_once(dewi: Person, sari: Person) -> None:
    wish = Wish.make(by=dewi, words="Lem solnya lepas terus, tolong diperbaiki")

    assert wish.complains
    assert journal_of(wish).get(step="crm.alert_wish").facts == {"why": "complaint"}


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("Kecewa, jahitannya robek", True),
        ("Kirimannya TERLAMBAT dua minggu", True),
        ("The sole came off: poor quality", True),
        ("Tolong buat warna tan", False),
        ("Model tanpa tali untuk anak sekolah", False),
    ],
)
def test_what_sounds_like_a_complaint(text: str, complains: bool) -> None:
    assert sounds_like_a_complaint(text) is complains


def test_who_wishes_it_is_told_of_each_turn_once(
    wish: Wish, sari: Person, dewi: Person, siti: Person
) -> None:
    wish.vote(by=siti)
    wish.reply(by=sari, status=WishStatus.PLANNED, answer="Bulan depan.")
    assert told(wish, "crm.answer_wish") == [dewi, siti]

    with pytest.raises(WrongState):
        wish.reply(by=sari, status=WishStatus.PLANNED, answer="Lagi")
    wish.reword(by=sari, answer="Dua bulan lagi.")

    wish.refresh_from_db()
    assert (wish.status, wish.answer) == (WishStatus.PLANNED, "Dua bulan lagi.")
    assert told(wish, "crm.reword_wish") == []
    assert journal_of(wish).filter(step="crm.answer_wish").count() == 1


def test_what_is_done_leads_to_a_model_and_takes_no_more_votes(
    workshop: Workshop, wish: Wish, sari: Person, siti: Person
) -> None:
    derby = testing.product(workshop)
    wish.reply(by=sari, status=WishStatus.DONE, answer="Ada sekarang.", product=derby)
    assert wish.product == derby
    with pytest.raises(WrongState):
        wish.vote(by=siti)

    wish.reply(by=sari, status=WishStatus.NOT_NOW, answer="Sol putih habis.", product=derby)
    assert wish.product is None


def test_it_is_hidden_with_a_reason_and_shown_again(
    wish: Wish, sari: Person, dewi: Person, siti: Person
) -> None:
    wish.hide(by=sari, reason="Menyebut nama orang")
    assert not Wish.objects.visible_to(siti).exists()
    assert Wish.objects.visible_to(dewi).get().reason == "Menyebut nama orang"
    assert told(wish, "crm.hide_wish") == [dewi]
    assert "reason" not in journal_of(wish).get(step="crm.hide_wish").facts

    wish.show(by=sari)
    assert Wish.objects.visible_to(siti).exists()
    with pytest.raises(WrongState):
        wish.show(by=sari)


def test_of_a_hidden_one_only_its_writer_is_told(
    wish: Wish, sari: Person, dewi: Person, siti: Person
) -> None:
    wish.vote(by=siti)
    wish.hide(by=sari, reason="Menyebut nama orang")
    wish.reply(by=sari, status=WishStatus.PLANNED, answer="Bulan depan.")

    assert told(wish, "crm.answer_wish") == [dewi]


def test_the_buyer_may_not_answer_or_hide(wish: Wish, dewi: Person) -> None:
    with pytest.raises(NotAllowed):
        wish.reply(by=dewi, status=WishStatus.DONE, answer="x")
    with pytest.raises(NotAllowed):
        wish.hide(by=dewi, reason="x")

    wish.refresh_from_db()
    assert (wish.status, wish.hidden_at) == (WishStatus.NEW, None)


def test_the_next_step_waits_for_whoever_planned_it(wish: Wish, sari: Person) -> None:
    wish.follow(by=sari, words="Telepon Dewi", due_on=clock.in_days(1))

    planned = FollowUp.objects.get()
    assert (planned.by, planned.words, planned.conversation.party) == (
        sari,
        "Telepon Dewi",
        wish.party,
    )
