"""Who comes first: whoever was promised sooner, unless somebody puts one before another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from simpul import testing
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.orders.turns import ROOM, between, day_of, last_turn, own_turn
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState

A_DAY = date(2026, 12, 10)


def queue(workshop: Workshop) -> list[Order]:
    return list(Order.objects.running().filter(workshop=workshop).order_by("turn", "pk"))


@pytest.fixture
def four(buyer: Party) -> list[Order]:
    """Three orders of one day, and one of the next."""
    days = [21, 21, 21, 22]
    return [testing.confirmed_order(buyer, wished_on=clock.in_days(day)) for day in days]


# Places


def test_the_day_comes_first_then_who_ordered_first() -> None:
    places = [
        own_turn(A_DAY, 1), own_turn(A_DAY, 2), own_turn(A_DAY, 9_999_999), last_turn(A_DAY),
        own_turn(A_DAY + timedelta(days=1), 1),
    ]  # fmt: skip

    assert places == sorted(places)
    assert {day_of(place) for place in places[:4]} == {A_DAY}
    assert day_of(places[4]) == date(2026, 12, 11)


def test_between_two_is_a_place_that_is_nobodys_own() -> None:
    first, third = own_turn(A_DAY, 1), own_turn(A_DAY, 3)

    assert between(first, third) == own_turn(A_DAY, 2) + 1
    assert between(first, own_turn(A_DAY, 2)) == first + ROOM // 2
    assert between(first, first + 1) is None
    assert between(first - 1, first + 1) is None  # the only place is somebody's own


# The step


@pytest.mark.django_db
def test_agreed_orders_stand_in_the_order_of_their_promises(
    workshop: Workshop, buyer: Party, four: list[Order]
) -> None:
    soon = testing.confirmed_order(buyer, wished_on=clock.in_days(20))

    assert queue(workshop) == [soon, *four]
    assert all(order.has_own_turn for order in queue(workshop))


@pytest.mark.django_db
@pytest.mark.parametrize("moved", range(4))
@pytest.mark.parametrize("other", range(4))
@pytest.mark.parametrize("side", ["before", "after"])
def test_an_order_is_put_exactly_where_it_was_asked_for(
    workshop: Workshop, four: list[Order], udin: Person, moved: int, other: int, side: str
) -> None:
    if moved == other:
        with pytest.raises(WrongState):
            four[moved].take_turn(by=udin, **{side: four[other].number})
        assert queue(workshop) == four
        return
    asked = [order for order in four if order != four[moved]]
    asked.insert(asked.index(four[other]) + (side == "after"), four[moved])

    four[moved].take_turn(by=udin, **{side: four[other].number})

    assert queue(workshop) == asked
    assert Order.objects.get(pk=four[moved].pk).promised_on == four[moved].promised_on


@pytest.mark.django_db
def test_an_order_is_put_between_two_again_and_again(
    workshop: Workshop, four: list[Order], udin: Person
) -> None:
    first, second, third, last = four
    for _time in range(7):
        last.take_turn(by=udin, after=first.number)
        third.take_turn(by=udin, after=first.number)

    assert queue(workshop) == [first, third, last, second]


@pytest.mark.django_db
def test_who_orders_later_for_the_same_day_comes_behind_whoever_was_put_there(
    workshop: Workshop, buyer: Party, four: list[Order], udin: Person
) -> None:
    first, second, third, last = four
    first.take_turn(by=udin, after=third.number)
    second.take_turn(by=udin, after=last.number)

    new = [testing.confirmed_order(buyer, wished_on=clock.in_days(day)) for day in (21, 22)]

    assert queue(workshop) == [third, first, new[0], last, second, new[1]]


@pytest.mark.django_db
def test_where_no_room_is_left_nothing_moves(
    workshop: Workshop, four: list[Order], udin: Person
) -> None:
    first, second, third, _last = four
    assert first.turn is not None
    Order.objects.filter(pk=second.pk).update(turn=first.turn + 1)

    with pytest.raises(WrongState, match="No room is left"):
        third.take_turn(by=udin, after=first.number)

    assert queue(workshop)[2] == third
    assert Order.objects.get(pk=third.pk).has_own_turn
    assert not journal_of(third).filter(step="orders.take_turn").exists()


@pytest.mark.django_db
def test_it_goes_back_to_where_its_promise_puts_it(
    workshop: Workshop, four: list[Order], udin: Person
) -> None:
    four[3].take_turn(by=udin, before=four[0].number)
    assert not Order.objects.get(pk=four[3].pk).has_own_turn

    four[3].take_turn(by=udin)

    assert queue(workshop) == four
    assert Order.objects.get(pk=four[3].pk).has_own_turn
    facts = [one.facts for one in journal_of(four[3]).filter(step="orders.take_turn")]
    assert facts == [{"before": four[0].number}, {}]


@pytest.mark.django_db
def test_only_a_running_order_of_ours_has_a_turn(
    buyer: Party, four: list[Order], udin: Person, joko: Person
) -> None:
    asked = testing.order(buyer)
    stranger = testing.party(joko.workshop, "Lain")
    foreign = testing.confirmed_order(stranger, wished_on=clock.in_days(2))
    Order.objects.filter(pk=foreign.pk).update(number="SO-1999-0001")

    with pytest.raises(WrongState):
        asked.take_turn(by=udin, before=four[0].number)
    for number in (asked.number, "SO-1999-0001", "SO-1999-9999"):
        with pytest.raises(WrongState):
            four[1].take_turn(by=udin, before=number)

    assert Order.objects.get(pk=four[1].pk).has_own_turn


@pytest.mark.django_db
def test_neither_buyer_nor_money_nor_strangers_put_orders_in_a_row(
    four: list[Order], dewi: Person, fajar: Person, joko: Person
) -> None:
    for person in (dewi, fajar, joko):
        with pytest.raises(NotAllowed):
            four[1].take_turn(by=person, before=four[0].number)

    assert Order.objects.get(pk=four[1].pk).has_own_turn
