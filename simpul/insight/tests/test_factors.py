"""The four factors of the house, and on which step everybody stands."""

from __future__ import annotations

from datetime import date, timedelta

from simpul import testing
from simpul.crm.models import Lead
from simpul.delivery.models import Shipment
from simpul.insight import factors
from simpul.insight.factors import Factor, Name, Step, Word
from simpul.insight.keeping import keep
from simpul.insight.models import BuyerFact, BuyerOutlook, Working
from simpul.insight.spans import months_back
from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

TODAY = date(2026, 11, 25)


def bought(workshop: Workshop, name: str, days: int, *, longer: float | None = None) -> Party:
    """A buyer who ordered on so many days; such a silence is that seldom."""
    party = testing.party(workshop, name)
    BuyerFact.objects.create(
        buyer=party,
        workshop=workshop,
        first_on=TODAY,
        last_on=TODAY,
        orders=days,
        days=days,
        late=0,
    )
    if longer is not None:
        BuyerOutlook.objects.create(
            buyer=party,
            workshop=workshop,
            buys_as="distributor",
            last_on=TODAY,
            orders=days,
            waited=9,
            gaps=days,
            longer=longer,
            stake=0,
        )
    return party


def test_everybody_stands_on_one_step(workshop: Workshop, sari: Person) -> None:
    bought(workshop, "Once", 1)
    bought(workshop, "Twice", 2, longer=0.5)
    loyal = bought(workshop, "Loyal", 4)
    bought(workshop, "Gone", 9, longer=0.04)
    merged = bought(workshop, "Merged", 3)
    Party.objects.filter(pk=merged.pk).update(merged_into=loyal)
    stranger = testing.workshop("cibaduyut")
    bought(stranger, "Theirs", 4)

    assert factors.funnel(sari) == {
        Step.PROSPECT: 0,
        Step.QUOTED: 0,
        Step.FIRST: 1,
        Step.AGAIN: 1,
        Step.LOYAL: 1,
        Step.LOST: 1,
    }
    assert [row.buyer.name for row in factors.buyers_on(sari, Step.LOST)] == ["Gone"]
    assert [row.buyer.name for row in factors.buyers_on(sari, Step.LOYAL)] == ["Loyal"]


def test_a_prospect_stands_where_the_board_has_it(sari: Person) -> None:
    for name, status in (("A", "new"), ("B", "talking"), ("C", "quoted"), ("D", "sample")):
        party = testing.party(sari.workshop, name)
        Lead.objects.create(
            workshop=sari.workshop,
            party=party,
            person=testing.person(name, party),
            status=status,
        )
    counts = factors.funnel(sari)
    assert (counts[Step.PROSPECT], counts[Step.QUOTED]) == (2, 2)


def test_what_is_called_better_is_more_than_chance_would_do(buyer: Party, owner: Person) -> None:
    product = testing.product(buyer.workshop)
    noon = clock.now().replace(hour=5, minute=0)
    for days, orders in ((40, 2), (10, 3)):
        for _order in range(orders):
            with clock.stopped(noon - timedelta(days=days)):
                testing.confirmed_order(buyer, product)
    keep.bring_up_to_date(buyer.workshop)
    agreed = factors.figures(owner, clock.today())[Factor.ORDER][0]
    assert (agreed.name, agreed.value, agreed.before) == (Name.AGREED, 3, 2)
    assert agreed.word == Word.SAME

    for _order in range(9):
        with clock.stopped(noon - timedelta(days=10)):
            testing.confirmed_order(buyer, product)
    keep.bring_up_to_date(buyer.workshop)
    assert factors.figures(owner, clock.today())[Factor.ORDER][0].word == Word.BETTER


def test_promises_are_held_against_the_three_months_before(
    workshop: Workshop, owner: Person
) -> None:
    rows = (
        ("2026-05-01", 10, 9),
        ("2026-08-01", 20, 19),
        ("2026-10-01", 20, 6),
        ("2026-11-01", 0, 0),
    )
    Working.objects.bulk_create(
        Working(
            workshop=workshop,
            kind=Working.Kind.PROMISE,
            place=place,
            month=date.fromisoformat(month),
            count=count,
            kept=kept,
        )
        for place, (month, count, kept) in enumerate(rows)
    )
    [promises, _under_way] = factors.figures(owner, TODAY)[Factor.DISTRIBUTION]
    assert (promises.value, promises.before, promises.word) == (30, 95, Word.WORSE)


def test_a_share_near_all_hardly_varies_by_chance(owner: Person) -> None:
    """76 kept of 80 after 64 of 80: Fisher's test gives 0.007; as mere counts it would be 0.35."""
    months = [months_back(TODAY, n) for n in range(6)]
    Working.objects.bulk_create(
        Working(
            workshop=owner.workshop,
            kind=Working.Kind.PROMISE,
            place=at,
            month=month,
            count=count,
            kept=kept,
        )
        for at, (month, count, kept) in enumerate(
            zip(months, (20, 30, 30, 40, 20, 20), (19, 28, 29, 32, 16, 16), strict=True)
        )
    )
    promises = factors.figures(owner, TODAY)[Factor.DISTRIBUTION][0]
    assert (promises.value, promises.before, promises.word) == (95, 80, Word.BETTER)


def test_finished_is_what_passed_the_last_stage_in_all_the_days(owner: Person) -> None:
    """Not on those days alone on which some passed: that is another figure, of the page of the floor."""
    Working.objects.bulk_create(
        Working(
            workshop=owner.workshop,
            kind=Working.Kind.SPEED,
            place=at,
            name=name,
            count=pairs,
            kept=80,
            days=5,
            days_before=4,
        )
        for at, (name, pairs) in enumerate((("Potong", 90), ("Kemas", 60)))
    )
    finished = factors.figures(owner, TODAY)[Factor.PRODUCTION][0]
    assert (finished.name, finished.value, finished.before) == (Name.FINISHED, 60, 80)


def with_a_courier(person: Person) -> object:
    told = factors.figures(person, clock.today())
    return next(one.value for rows in told.values() for one in rows if one.name == Name.ON_THE_WAY)


def test_goods_on_their_way_back_are_with_a_courier_too(
    buyer: Party, sari: Person, asep: Person, owner: Person
) -> None:
    made = Shipment.call_for(by=sari, order=testing.delivered_order(buyer), pairs=2)
    testing.offer_to(made, asep)
    assert with_a_courier(owner) == 0
    made.accept(by=asep)
    assert with_a_courier(owner) == 1
    made.fetch(by=asep, giver="Dewi", count=2, pin=made.pin)
    assert with_a_courier(owner) == 1


def test_where_nothing_is_known_nothing_is_said(owner: Person) -> None:
    found = factors.figures(owner, TODAY)
    assert [(one.value, one.word) for some in found.values() for one in some] == [
        (0, None), (0, None), (None, None), (0, None), (None, None), (0, None), (None, None), (0, None),
    ]  # fmt: skip
