"""The room is for the workshop and its welcome distributors; the desk keeps it tidy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.notices import audience_of
from simpul.crm.models import Post
from simpul.crm.reputation import standing_in_room
from simpul.lib import clock
from simpul.orders.models import Instalment
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def post(dewi: Person) -> Post:
    return Post.write(by=dewi, body="Derby laku di mana?")


@pytest.fixture
def toni(workshop: Workshop) -> Person:
    """Toni has another shop."""
    return testing.person("Toni", testing.party(workshop, "Toko Toni"))


def told(post: Post, step: str) -> list[Person]:
    return audience_of(journal_of(post).get(step=step))


def test_only_distributors_that_are_welcome_and_staff_are_in_it(
    workshop: Workshop, post: Post, toni: Person, sari: Person, siti: Person, budi: Person,
    viewer: Person, joko: Person,
) -> None:  # fmt: skip
    new = testing.person("Baru", testing.party(workshop, "Toko Baru", is_welcome=False))
    for inside in (toni, sari):
        assert Post.objects.visible_to(inside).exists()
        Post.answer(by=inside, thread=post, body="Di Garut")
    for outside in (siti, budi, new, joko):
        assert not Post.objects.visible_to(outside).exists()
        with pytest.raises(NotAllowed):
            Post.write(by=outside, body="x") if outside != joko else Post.answer(
                by=outside, thread=post, body="x"
            )
    with pytest.raises(NotAllowed):
        Post.write(by=viewer, body="x")
    assert Post.objects.count() == 3


def test_an_answer_is_told_to_who_spoke_there_and_lifts_the_thread(
    post: Post, dewi: Person, toni: Person, sari: Person
) -> None:
    other = Post.write(by=toni, body="Lain")
    assert list(Post.objects.threads()) == [other, post]

    answer = Post.answer(by=sari, thread=post, body="Di Bandung")

    assert list(Post.objects.threads()) == [post, other]
    assert told(answer, "crm.answer_post") == [dewi]
    assert told(post, "crm.write_post") == [sari]
    assert "body" not in journal_of(post).get(step="crm.write_post").facts


def test_what_is_reported_waits_for_the_desk(
    post: Post, dewi: Person, toni: Person, sari: Person
) -> None:
    post.report(by=toni, complaint="Iklan")
    assert list(Post.objects.reported()) == [post]
    assert told(post, "crm.report_post") == [sari]

    with pytest.raises(NotAllowed):
        post.clear(by=dewi)
    post.clear(by=sari)
    assert not Post.objects.reported().exists()
    assert post.complaint == ""


def test_what_is_hidden_with_its_answers_is_seen_by_its_writer_and_the_desk(
    post: Post, dewi: Person, toni: Person, sari: Person
) -> None:
    Post.answer(by=dewi, thread=post, body="Ada yang tahu?")
    post.hide(by=sari, reason="Menyebut harga")

    assert not Post.objects.visible_to(toni).exists()
    assert Post.objects.visible_to(dewi).get(thread=None).reason == "Menyebut harga"
    assert told(post, "crm.hide_post") == [dewi]
    with pytest.raises(WrongState):
        Post.answer(by=toni, thread=post, body="x")

    post.show(by=sari)
    assert Post.objects.visible_to(toni).count() == 2
    with pytest.raises(WrongState):
        post.show(by=sari)


def test_reputation_is_said_in_words(workshop: Workshop, buyer: Party) -> None:
    other = testing.party(workshop, "Toko Lain")
    for _turn in range(4):
        testing.pay(testing.confirmed_order(buyer))
    testing.confirmed_order(other)
    testing.order(testing.party(workshop, "Toko Baru"))

    year = clock.today().year
    assert standing_in_room(workshop, [party.pk for party in Party.objects.all()]) == {
        buyer.pk: [f"customer since {year}", "orders regularly", "pays on time"],
        other.pk: [f"customer since {year}"],
    }


def test_who_paid_late_once_does_not_pay_on_time(workshop: Workshop, buyer: Party) -> None:
    for _turn in range(4):
        testing.pay(testing.confirmed_order(buyer))
    late = Instalment.objects.order_by("pk")[0]
    Instalment.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=9))

    assert "pays on time" not in standing_in_room(workshop, [buyer.pk])[buyer.pk]
