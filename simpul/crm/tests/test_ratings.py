"""A customer is asked once about each thing, seldom, and not against its will; who is not content is called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simpul import testing
from simpul.conversations.models import Channel, FollowUp, How, Kind, Preference, Ticket
from simpul.conversations.notices import audience_of
from simpul.crm import leaving, ratings
from simpul.crm.models import Purpose, Rating, RatingRules
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.orders.models import Status as OrderStatus
from simpul.parties.models import Identity, Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


@pytest.fixture(autouse=True)
def _reached(dewi: Person) -> None:
    Identity.objects.create(
        workshop=dewi.workshop, person=dewi, kind="mail", value="dewi@toko.example"
    )


def solved(dewi: Person, sari: Person) -> Ticket:
    party = dewi.party
    assert party is not None
    ticket = Ticket.ask(by=dewi, kind="complaint", subject=party, party=party, body="Sol lepas.")
    ticket.solve(by=sari, how="repaired", reason="Dilem ulang.")
    return ticket


def delivered(buyer: Party, days: int) -> Order:
    order = testing.confirmed_order(buyer)
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.FULFILLED,
        arrived_on=clock.in_days(-days),
        fulfilled_at=clock.now(),  # noted later: it is asked after the day on which it arrived
    )
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def rating(dewi: Person, sari: Person, machine: Person) -> Rating:
    return Rating.ask(by=machine, about=solved(dewi, sari))


def told(rating: Rating, step: str) -> list[Person]:
    return audience_of(journal_of(rating).filter(step=step).order_by("-pk")[0])


def test_a_solved_ticket_is_asked_about_once(
    workshop: Workshop, dewi: Person, sari: Person
) -> None:
    ticket = solved(dewi, sari)
    assert ratings.is_needed(workshop)

    assert (ratings.tend(workshop), ratings.tend(workshop)) == (1, 0)

    rating = Rating.objects.get()
    assert (rating.ticket, rating.party, rating.status) == (ticket, dewi.party, "asked")
    assert told(rating, "crm.ask_rating") == [dewi]
    Rating.objects.update(asked_at=clock.now() - timedelta(days=99))
    assert not ratings.is_needed(workshop)
    with pytest.raises(WrongState):
        Rating.ask(by=workshop.machine, about=ticket)


def test_an_order_some_days_after_it_arrived_unless_it_is_disputed(
    workshop: Workshop, buyer: Party, dewi: Person
) -> None:
    delivered(buyer, 4)
    order = delivered(buyer, 5)
    delivered(buyer, 20)  # too long ago
    disputed = Ticket.ask(by=dewi, kind="return", subject=order, party=buyer, body="Kekecilan.")
    assert ratings.tend(workshop) == 0

    Ticket.objects.filter(pk=disputed.pk).delete()
    assert ratings.tend(workshop) == 1
    assert Rating.objects.get().order == order


def test_seldom(workshop: Workshop, buyer: Party, dewi: Person, sari: Person) -> None:
    delivered(buyer, 5)
    solved(dewi, sari)
    assert ratings.tend(workshop) == 1
    assert Rating.objects.get().ticket is not None

    RatingRules.objects.create(workshop=workshop, quiet_days=3)
    Rating.objects.update(asked_at=clock.now() - timedelta(days=4))
    assert ratings.tend(workshop) == 1


def test_who_wants_nothing_more_of_any_kind_is_not_asked(
    workshop: Workshop, dewi: Person, sari: Person
) -> None:
    address = Identity.objects.filter(person=dewi, kind=Identity.Kind.MAIL).get()
    solved(dewi, sari)
    leaving.leave(leaving.Leaving(address, Purpose.NEWS, 0), is_all=True, is_one_click=False)

    assert ratings.tend(workshop) == 0
    assert not Rating.objects.exists()


def test_neither_who_does_not_want_it_nor_where_it_is_off(
    workshop: Workshop, dewi: Person, sari: Person
) -> None:
    solved(dewi, sari)
    wanted = Preference.objects.create(
        person=dewi, kind=Kind.OPINION, channel=Channel.MAIL, how=How.NEVER
    )
    assert ratings.tend(workshop) == 0
    wanted.delete()
    rules = RatingRules.objects.create(workshop=workshop, is_on=False)
    assert not ratings.is_needed(workshop)
    assert ratings.tend(workshop) == 0
    rules.delete()
    assert ratings.tend(workshop) == 1


def test_an_answer_is_kept_and_changed_for_some_days(rating: Rating, dewi: Person) -> None:
    rating.reply(by=dewi, stars=5, words="Cepat")
    assert (rating.status, rating.stars, rating.words) == ("answered", 5, "Cepat")
    with pytest.raises(WrongState):
        rating.reply(by=dewi, stars=4)
    rating.change(by=dewi, stars=4, words="Cukup cepat")
    assert journal_of(rating).get(step="crm.change_rating").facts == {"stars": 4}

    Rating.objects.update(answered_at=clock.now() - timedelta(days=7))
    with pytest.raises(WrongState):
        rating.change(by=dewi, stars=1)

    rating.refresh_from_db()
    assert (rating.stars, rating.words, rating.alerted_at) == (4, "Cukup cepat", None)


@pytest.mark.parametrize("stars", [0, 6])
def test_only_from_one_to_five(rating: Rating, dewi: Person, stars: int) -> None:
    with pytest.raises(WrongState):
        rating.reply(by=dewi, stars=stars)
    rating.refresh_from_db()
    assert rating.status == "asked"
    assert not journal_of(rating).filter(step="crm.answer_rating").exists()


def test_nobody_else_answers(rating: Rating, sari: Person, siti: Person, joko: Person) -> None:
    for other in (sari, siti, joko):
        with pytest.raises(NotAllowed):
            rating.reply(by=other, stars=5)
    rating.refresh_from_db()
    assert rating.status == "asked"


def test_a_low_answer_calls_a_person_until_something_is_planned(
    rating: Rating, dewi: Person, sari: Person
) -> None:
    rating.reply(by=dewi, stars=2, words="Lama")
    rating.refresh_from_db()
    assert (rating.stars, rating.words) == (2, "Lama")
    assert told(rating, "crm.alert_rating") == [sari]
    assert Rating.objects.alarming().get() == rating

    rating.follow(by=sari, words="Telepon Dewi", due_on=clock.today())

    assert not Rating.objects.alarming().exists()
    step = FollowUp.objects.get()
    assert (step.by, step.words, step.conversation.subject) == (sari, "Telepon Dewi", rating.ticket)
    rating.change(by=dewi, stars=1)
    assert journal_of(rating).filter(step="crm.alert_rating").count() == 1


def test_the_figures(workshop: Workshop, buyer: Party, dewi: Person, machine: Person) -> None:
    for stars in (5, 4, 2):
        found = Rating.ask(by=machine, about=delivered(buyer, 5))
        found.reply(by=dewi, stars=stars)
    Rating.ask(by=machine, about=delivered(buyer, 5))

    assert Rating.objects.all().sums() == (4, 3, 1, 3_700)
    (month,) = Rating.objects.all().by_month()
    assert month == (clock.today().replace(day=1), 3, 3_700)


def test_who_got_a_sample_is_asked_as_any_other(
    workshop: Workshop, buyer: Party, dewi: Person
) -> None:
    order = delivered(buyer, days=6)
    Order.objects.filter(pk=order.pk).update(is_sample=True)
    assert ratings.is_needed(workshop)
    assert ratings.tend(workshop) == 1
    assert Rating.objects.get().order == order
