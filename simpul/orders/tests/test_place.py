from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from simpul import testing
from simpul.catalog.models import Group, PriceRule, Unit
from simpul.lib import clock, codes
from simpul.orders.models import BelowMinimum, LineWish, Order, OrderRevision, Status
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, keyed

TO = {"receiver": "Dewi", "telephone": "+6281234567890", "address": "Jl. Raya Ciomas 7"}


def place(buyer: Party, by: Person, *wishes: LineWish, **facts: Any) -> Order:
    return Order.place(by=by, buyer=buyer, wishes=list(wishes), **{**TO, **facts})


def test_it_keeps_what_was_asked_at_the_prices_of_the_day(buyer: Party, dewi: Person) -> None:
    order = place(buyer, dewi, testing.wish(testing.product(buyer.workshop)))

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert order.number == f"SO-{clock.today().year}-0001"
    assert codes.is_spoken(order.code)
    assert (order.revision, order.total) == (1, 2_000_000)
    assert order.receiver == "Dewi"
    revision = order.current
    line = revision.lines.get()
    assert (line.sizes, line.pairs, line.price, line.per) == ({"40": 4, "41": 6}, 10, 200_000, 1)
    assert (revision.side, revision.by, revision.promised_on) == (
        OrderRevision.Side.BUYER,
        dewi,
        clock.in_days(14),
    )
    assert [(item.amount, item.due_on) for item in revision.instalments] == [
        (600_000, None),
        (1_400_000, clock.in_days(14)),
    ]


def test_a_code_that_is_drawn_again_is_not_given_twice(buyer: Party, dewi: Person) -> None:
    model = testing.product(buyer.workshop)
    made = []
    for _time in range(2):
        with codes.seeded(7):  # the same code first, each time
            made.append(place(buyer, dewi, testing.wish(model)).code)

    assert made[0] != made[1]
    assert all(map(codes.is_spoken, made))


def test_it_is_written_in_the_journal_without_names_and_numbers(buyer: Party, dewi: Person) -> None:
    order = place(buyer, dewi, testing.wish(testing.product(buyer.workshop)), remarks="Rahasia")

    entry = order.journal.get()
    assert (entry.step, entry.by) == ("orders.place", dewi)
    assert entry.facts == {"buyer": buyer.pk}


def test_the_price_is_that_of_all_pairs_of_the_model(buyer: Party, dewi: Person) -> None:
    model = testing.product(buyer.workshop)
    brown = testing.colourway(model, "Cokelat")
    PriceRule.objects.create(
        product=model,
        group=Group.WHOLESALE,
        from_pairs=20,
        amount=3_600_000,
        per=Unit.KODI,
        valid_from=testing.LONG_AGO,
    )

    order = place(
        buyer, dewi, testing.wish(model), LineWish(brown, {"42": 10}), wished_on=date(2099, 1, 1)
    )

    assert order.total == 3_600_000
    assert {line.amount for line in order.current.lines.all()} == {1_800_000}
    assert order.current.promised_on == date(2099, 1, 1)


def test_a_wish_sooner_than_it_can_be_made_gets_the_earliest_day(
    buyer: Party, dewi: Person
) -> None:
    model = testing.product(buyer.workshop, lead_days=21)

    order = place(buyer, dewi, testing.wish(model), wished_on=clock.in_days(3))

    assert (order.wished_on, order.current.promised_on) == (clock.in_days(3), clock.in_days(21))


def test_a_distributor_who_is_not_welcome_yet_asks_for_a_quote(workshop: Workshop) -> None:
    stranger = testing.party(workshop, "Toko Baru", is_welcome=False)

    order = testing.order(stranger)

    assert order.total == 0
    assert not order.current.is_priced
    assert order.current.plan == []


def test_a_consumer_pays_retail_at_once_when_it_is_little(siti: Person) -> None:
    assert siti.party is not None

    order = testing.order(siti.party, sizes={"39": 1})

    assert [item.amount for item in order.current.instalments] == [300_000]


def test_staff_may_for_a_buyer_on_the_telephone(buyer: Party, sari: Person) -> None:
    order = testing.order(buyer, by=sari, channel=Order.Channel.PHONE)

    assert order.channel == "phone"
    assert order.current.side == OrderRevision.Side.BUYER


def test_somebody_else_may_not(
    buyer: Party, siti: Person, fajar: Person, budi: Person, joko: Person
) -> None:
    for person in (siti, fajar, budi, joko):
        with pytest.raises(NotAllowed):
            testing.order(buyer, by=person)

    assert not Order.objects.exists()
    assert not Entry.objects.exists()


def test_who_does_not_buy_may_not(budi: Person) -> None:
    assert budi.party is not None

    with pytest.raises(NotAllowed):
        testing.order(budi.party, by=budi)

    assert not Order.objects.exists()


def test_the_same_form_twice_is_one_order(buyer: Party, dewi: Person) -> None:
    wish = testing.wish(testing.product(buyer.workshop))
    with keyed("one-form"):
        first = place(buyer, dewi, wish)
    with keyed("one-form"):
        again = place(buyer, dewi, wish)

    assert first == again
    assert Order.objects.count() == 1


def test_numbers_have_no_gap_after_a_refusal(buyer: Party, dewi: Person) -> None:
    testing.order(buyer)
    with pytest.raises(BelowMinimum):
        place(buyer, dewi)

    assert testing.order(buyer).number.endswith("-0002")


def test_it_needs_pairs_of_sizes_that_are_made_and_enough_of_them(
    buyer: Party, dewi: Person, joko: Person
) -> None:
    model = testing.product(buyer.workshop, minimum_pairs=12)
    black = model.colourways.get()
    foreign = testing.product(joko.workshop)
    black.variants.filter(size="43").update(is_offered=False)

    for wish in (
        LineWish(black, {}),
        LineWish(black, {"40": 0}),
        LineWish(black, {"40": -12}),
        LineWish(black, {"40": 11}),
        LineWish(black, {"43": 12}),
        LineWish(black, {"99": 12}),
        testing.wish(foreign, {"40": 12}),
    ):
        with pytest.raises(BelowMinimum):
            place(buyer, dewi, wish)

    assert not Order.objects.exists()


def test_the_minimum_is_for_shops_only(siti: Person) -> None:
    assert siti.party is not None
    model = testing.product(siti.workshop, minimum_pairs=12)

    assert testing.order(siti.party, model, sizes={"40": 1}).total == 300_000
