"""Who is still a customer: what the job of the night writes for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pytest

from simpul import testing
from simpul.conversations.models import Ticket
from simpul.insight import returning
from simpul.insight.keeping.sums import sum_buyers
from simpul.insight.methods.beta_geometric import ModifiedBetaGeometric
from simpul.insight.methods.histories import Histories
from simpul.insight.models import BuyerOutlook, BuyingOutlook, OrderFact
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Party, Person, Workshop
from simpul.production.models import ClosedDays

EVERY_24 = [
    24 * n + jitter for n, jitter in zip(range(1, 9), (0, 3, -2, 4, 0, -3, 2, 0), strict=True)
]


def told(workshop: Workshop, ago: Mapping[Party, Sequence[int]], *, takes: int = 0) -> None:
    """Write the facts of orders agreed so many days ago, each delivered after `takes` days."""
    today = clock.today()
    rows = [(buyer, days) for buyer, some in ago.items() for days in some]
    before = Order.objects.count()
    orders = Order.objects.bulk_create(
        Order(
            workshop=workshop,
            buyer=buyer,
            number=f"ORD-{before + at}",
            code=f"{before + at:06}",
            public_code=f"{before + at:014}",
            receiver="x",
            address="x",
        )
        for at, (buyer, _days) in enumerate(rows)
    )
    OrderFact.objects.bulk_create(
        OrderFact(
            order=order,
            workshop=workshop,
            buyer=buyer,
            sold_as=OrderFact.SoldAs.DISTRIBUTOR,
            channel=Order.Channel.WEB,
            agreed_on=today - timedelta(days=days),
            promised_on=today,
            delivered_on=min(today - timedelta(days=days - takes), today)
            if takes <= days
            else None,
            pairs=10,
            sold=1_000_000,
            contribution=_left(buyer, days) if takes <= days else None,
        )
        for order, (buyer, days) in zip(orders, rows, strict=True)
    )
    sum_buyers(workshop, {buyer.pk for buyer in ago})


def _left(buyer: Party, days: int) -> int:
    """What is left of an order: it differs between buyers, and from order to order."""
    return 100_000 + 2_000 * (buyer.pk % 50) + 5_000 * (days % 7)


def regulars(workshop: Workshop, count: int = 4) -> dict[Party, list[int]]:
    """Buyers who order about every 24 days, the last time two days ago."""
    names = [testing.party(workshop, f"Toko {at}") for at in range(count)]
    return {one: [days - 22 for days in EVERY_24] for one in names}


def outlook(buyer: Party) -> BuyerOutlook:
    returning.judge(buyer.workshop)
    return BuyerOutlook.objects.get(buyer=buyer)


def test_few_buyers_are_judged_by_their_gaps_alone(workshop: Workshop, buyer: Party) -> None:
    told(workshop, regulars(workshop) | {buyer: [61 + days - 24 for days in EVERY_24]})
    found = outlook(buyer)

    assert (found.waited, found.gaps, found.orders) == (61, 7, 8)
    assert found.usual is not None
    assert 22 <= found.usual <= 26
    assert found.is_overdue
    assert found.longer_of_100 == 0
    assert found.alive is None
    assert found.stake == pytest.approx(8_000_000, rel=1e-4)  # all that was bought in a year
    summary = BuyingOutlook.objects.get()
    assert (summary.model, summary.buyers, summary.repeat_buyers) == ("", 5, 5)
    assert summary.tested == {}


def test_the_clock_stands_still_while_the_workshop_is_closed(
    workshop: Workshop, buyer: Party, sari: Person
) -> None:
    told(workshop, regulars(workshop) | {buyer: [61 + days - 24 for days in EVERY_24]})
    today = clock.today()
    ClosedDays.objects.create(
        workshop=workshop,
        first_on=today - timedelta(days=50),
        last_on=today - timedelta(days=11),
        words="Lebaran",
    )
    found = outlook(buyer)
    assert found.waited == 21
    assert not found.is_overdue


def test_an_order_that_is_still_made_gives_no_reason_to_order(
    workshop: Workshop, buyer: Party
) -> None:
    late = [61 + days - 24 for days in EVERY_24]
    told(workshop, regulars(workshop) | {buyer: late[1:]})
    told(workshop, {buyer: [61]}, takes=70)
    assert outlook(buyer).waited == 0


def test_a_complaint_that_is_open_gives_no_reason_to_order(
    workshop: Workshop, buyer: Party, dewi: Person
) -> None:
    told(workshop, regulars(workshop) | {buyer: [61 + days - 24 for days in EVERY_24]})
    asked = Ticket.ask(
        by=dewi, kind=Ticket.Kind.COMPLAINT, subject=buyer, party=buyer, body="The glue opens."
    )
    asked.opened_at = clock.now() - timedelta(days=45)
    asked.save()
    assert outlook(buyer).waited == 16


def test_distributors_and_consumers_are_judged_apart(workshop: Workshop, buyer: Party) -> None:
    household = testing.party(workshop, "Ibu Ani", buys_as=Party.BuysAs.CONSUMER)
    told(workshop, regulars(workshop) | {household: [400]})
    found = outlook(household)
    assert (found.usual, found.longer, found.stake) == (None, None, 0)
    assert {one.buys_as: one.buyers for one in BuyingOutlook.objects.all()} == {
        "distributor": 4,
        "consumer": 1,
    }


@pytest.fixture
def book(workshop: Workshop) -> dict[Party, list[int]]:
    """Ninety shops of two years, made up by a model of its own."""
    chance = np.random.default_rng(4)
    shops = Party.objects.bulk_create(
        Party(workshop=workshop, name=f"Toko {at:02}", buys_as=Party.BuysAs.DISTRIBUTOR)
        for at in range(90)
    )
    model = ModifiedBetaGeometric(2.0, 60.0, 0.8, 5.0)
    found: dict[Party, list[int]] = {}
    for at, shop in enumerate(shops):
        age = 300 + at * 5
        count, last = model.simulate(np.array([float(age)]), seed=at)
        between = chance.integers(1, max(int(last[0]), 2), max(int(count[0]) - 1, 0))
        days = {age, *(age - int(one) for one in between)} | (
            {age - int(last[0])} if count else set()
        )
        found[shop] = sorted(days)
    return found


def test_many_buyers_have_chances_with_their_certainty(
    workshop: Workshop, book: dict[Party, list[int]]
) -> None:
    told(workshop, book)
    returning.judge(workshop)

    summary = BuyingOutlook.objects.get()
    assert summary.model in ("BG/NBD", "MBG/NBD", "Pareto/NBD")
    assert summary.expected is not None
    assert summary.least is not None
    assert summary.most is not None
    assert summary.least < summary.expected < summary.most
    rows = list(BuyerOutlook.objects.order_by("-stake"))
    assert len(rows) == 90
    for row in rows:
        if row.alive_percent is None:
            assert (summary.model, row.orders) == ("BG/NBD", 1)
        else:
            assert row.alive_percent[1] <= row.alive_percent[0] <= row.alive_percent[2]
        assert row.worth is not None
        assert row.expected is not None
        assert 90_000 * row.expected - 1 < row.worth < 240_000 * row.expected + 1
        assert row.lifetime is not None
        assert row.worth <= row.lifetime < 13 * row.worth + 13  # three years have 12 quarters
    assert summary.expected == pytest.approx(sum(row.expected or 0 for row in rows))


def test_beside_it_stands_what_it_would_have_foretold(
    workshop: Workshop, book: dict[Party, list[int]]
) -> None:
    told(workshop, book)
    returning.judge(workshop)

    tested = BuyingOutlook.objects.get().tested
    since = [days for some in book.values() for days in some if days < 182]
    assert tested["ordered"] == len(since)
    assert 0.4 < tested["expected"] / tested["ordered"] < 2.5
    assert tested["days"][-1] == clock.today().isoformat()
    assert len(tested["sums"]) == len(tested["expected_sums"]) == len(tested["days"])


def test_the_back_test_is_told_what_was_known_on_its_day(
    workshop: Workshop, book: dict[Party, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders take forty days, and there was a closed month: on both days the clocks stood still."""
    told(workshop, book, takes=40)
    today = clock.today()
    for ago in (400, 60):
        first = today - timedelta(days=ago)
        ClosedDays.objects.create(
            workshop=workshop, first_on=first, last_on=first + timedelta(days=29), words="x"
        )
    asked: list[Histories] = []

    def fitted(histories: Histories) -> None:
        asked.append(histories)

    monkeypatch.setattr(returning, "fitted", fitted)
    returning.judge(workshop)
    in_the_past = asked.pop()

    past = clock.now() - timedelta(days=returning.HELD_BACK)
    day = clock.day_of(past)
    OrderFact.objects.filter(agreed_on__gt=day).delete()
    OrderFact.objects.filter(delivered_on__gt=day).update(delivered_on=None, contribution=None)
    held: list[Histories] = []
    monkeypatch.setattr(returning, "still_buying", lambda known, horizon: held.append(known))
    with clock.stopped(past):
        returning.judge(workshop)
    then = held.pop()
    for name in ("frequency", "recency", "age"):
        assert getattr(in_the_past, name).tolist() == getattr(then, name).tolist()
    assert (then.age - then.recency).min() == 0  # somebody's order was being made


def test_nothing_is_held_back_where_the_workshop_was_closed_all_that_time(
    workshop: Workshop, book: dict[Party, list[int]]
) -> None:
    told(workshop, book)
    today = clock.today()
    first = today - timedelta(days=returning.HELD_BACK)
    ClosedDays.objects.create(workshop=workshop, first_on=first, last_on=today, words="x")
    returning.judge(workshop)
    assert BuyingOutlook.objects.get().tested == {}


def test_judged_again_it_says_the_same(workshop: Workshop, book: dict[Party, list[int]]) -> None:
    told(workshop, book)
    returning.judge(workshop)
    before = list(BuyerOutlook.objects.order_by("pk").values())
    returning.judge(workshop)
    assert list(BuyerOutlook.objects.order_by("pk").values()) == before


def test_nobody_is_judged_where_nobody_buys(workshop: Workshop) -> None:
    assert not returning.is_needed(workshop)
    returning.judge(workshop)
    assert not BuyingOutlook.objects.exists()


def test_they_are_judged_once_a_day(workshop: Workshop) -> None:
    told(workshop, regulars(workshop))
    assert returning.is_needed(workshop)
    returning.judge(workshop)
    assert not returning.is_needed(workshop)
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert returning.is_needed(workshop)
