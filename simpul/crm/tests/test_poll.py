"""A question in the room: one answer a distributor, and pairs ordered ahead that bind nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Colourway, Product
from simpul.conversations.notices import audience_of
from simpul.crm.models import Offered, Poll, PollAnswer, PollChoice
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture
def look(workshop: Workshop) -> Colourway:
    """A model that is to come."""
    return testing.colourway(testing.product(workshop, is_published=False))


@pytest.fixture
def poll(sari: Person, look: Colourway) -> Poll:
    choices = [Offered("Loafer", look), Offered("Boot")]
    return Poll.ask(by=sari, question="Apa lagi?", closes_on=clock.in_days(3), choices=choices)


def choice(poll: Poll, words: str) -> PollChoice:
    return poll.choices.get(words=words)


def test_one_answer_a_distributor_weighed_by_what_was_bought(
    workshop: Workshop, poll: Poll, buyer: Party, dewi: Person
) -> None:
    order = testing.confirmed_order(buyer)
    toni = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    poll.answer(by=dewi, choice=choice(poll, "Boot"))
    poll.answer(by=dewi, choice=choice(poll, "Loafer"))
    poll.answer(by=toni, choice=choice(poll, "Boot"))

    counted = [(one.choice.words, one.count, one.weight, one.of) for one in poll.result()]
    pairs = sum(line.pairs for line in order.current.lines.all())
    assert counted == [("Loafer", 1, pairs, 2), ("Boot", 1, 0, 2)]


def test_a_sample_weighs_nothing(poll: Poll, buyer: Party, dewi: Person) -> None:
    order = testing.confirmed_order(buyer)
    Order.objects.filter(pk=order.pk).update(is_sample=True)
    poll.answer(by=dewi, choice=choice(poll, "Boot"))

    assert [one.weight for one in poll.result()] == [0, 0]


def test_only_distributors_answer_and_until_it_closes(
    poll: Poll, siti: Person, sari: Person, joko: Person, dewi: Person
) -> None:
    for refused in (siti, sari, joko):
        with pytest.raises(NotAllowed):
            poll.answer(by=refused, choice=choice(poll, "Boot"))
    with pytest.raises(NotAllowed):
        Poll.ask(by=dewi, question="x", closes_on=clock.today(), choices=[])
    with clock.stopped(clock.now() + timedelta(days=4)), pytest.raises(WrongState):
        poll.answer(by=dewi, choice=choice(poll, "Boot"))
    other = Poll.ask(by=sari, question="Lain", closes_on=clock.today(), choices=[Offered("x")])
    with pytest.raises(WrongState):
        poll.answer(by=dewi, choice=choice(other, "x"))
    assert not PollAnswer.objects.exists()


def test_what_is_ordered_ahead_goes_with_another_answer(poll: Poll, dewi: Person) -> None:
    with pytest.raises(WrongState):
        poll.order_ahead(by=dewi, sizes={"40": 5})
    poll.answer(by=dewi, choice=choice(poll, "Loafer"))
    poll.order_ahead(by=dewi, sizes={"40": 5, "41": 2})
    poll.answer(by=dewi, choice=choice(poll, "Loafer"))
    assert [one.pairs_ahead for one in poll.result()] == [7, 0]

    poll.answer(by=dewi, choice=choice(poll, "Boot"))
    assert PollAnswer.objects.get().sizes == {}
    with pytest.raises(WrongState):  # no model
        poll.order_ahead(by=dewi, sizes={"40": 5})


def test_those_who_ordered_ahead_are_told_once_the_model_is_there(
    workshop: Workshop, poll: Poll, look: Colourway, dewi: Person, sari: Person
) -> None:
    toni = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    for person in (dewi, toni):
        poll.answer(by=person, choice=choice(poll, "Loafer"))
    poll.order_ahead(by=dewi, sizes={"40": 5})
    with pytest.raises(WrongState):
        poll.offer(by=sari)
    assert not poll.choices.exclude(told_at=None).exists()

    Product.objects.filter(pk=look.product_id).update(is_published=True)
    poll.offer(by=sari)
    assert audience_of(journal_of(poll).get(step="crm.offer_ahead")) == [dewi]
    with pytest.raises(WrongState):
        poll.offer(by=sari)


def test_of_two_models_each_is_told_to_those_who_ordered_it_ahead(
    workshop: Workshop, look: Colourway, dewi: Person, sari: Person
) -> None:
    later = testing.colourway(testing.product(workshop, "BOT-01", is_published=False))
    choices = [Offered("Loafer", look), Offered("Boot", later)]
    poll = Poll.ask(by=sari, question="Apa?", closes_on=clock.in_days(3), choices=choices)
    toni = testing.person("Toni", testing.party(workshop, "Toko Toni"))
    for person, words in ((dewi, "Loafer"), (toni, "Boot")):
        poll.answer(by=person, choice=choice(poll, words))
        poll.order_ahead(by=person, sizes={"40": 5})

    for colourway in (look, later):  # the second before anybody was told of the first
        Product.objects.filter(pk=colourway.product_id).update(is_published=True)
        assert poll.can_be_offered()
        poll.offer(by=sari)
    lines = journal_of(poll).filter(step="crm.offer_ahead").order_by("pk")
    assert [audience_of(line) for line in lines] == [[dewi], [toni]]
    assert not poll.can_be_offered()
