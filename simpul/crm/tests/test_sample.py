"""A sample goes out as every order does, and counts nowhere as one that was bought."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from simpul import testing
from simpul.catalog.models import Price, Product
from simpul.conversations.models import FollowUp
from simpul.crm import loyalty, referrals
from simpul.crm.models import (
    Dealing,
    Lead,
    LeadRules,
    MarketingRules,
    PointLot,
    PointRules,
    Sample,
    Wish,
    ask_about_arrived,
    is_any_ordered,
    wants_asking,
    win_what_was_ordered,
)
from simpul.crm.network import trees
from simpul.crm.reputation import standing_in_room
from simpul.crm.segmenting import Phase, fitting
from simpul.crm.visiting import candidates
from simpul.crm.wording import last_model
from simpul.lib import clock
from simpul.orders import tiers
from simpul.orders.models import LineWish, Order
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.models import Entry
from simpul.workflow.steps import NotAllowed, WrongState

NOON = datetime(2027, 3, 1, 12, tzinfo=clock.WIB)


@pytest.fixture
def lead(sari: Person) -> Lead:
    return Lead.note(by=sari, source="fair", name="Kios Ani", area="Kota Bogor")


@pytest.fixture
def derby(workshop: Workshop) -> Product:
    return testing.product(workshop, minimum_pairs=10)


def send(by: Person, lead: Lead, product: Product, price: int = 0) -> Sample:
    wish = LineWish(product.colourways.get(), {"40": 1}, Price(price, 1))
    return Sample.send(by=by, lead=lead, wishes=[wish], receiver="Ani", address="Bogor")


def sampled(buyer: Party) -> Order:
    """An order that is delivered and paid, and only was to look at."""
    order = testing.delivered_order(buyer)
    Order.objects.filter(pk=order.pk).update(is_sample=True)
    return order


def test_a_single_pair_is_sent_free_and_agreed_on_at_once(
    sari: Person, lead: Lead, derby: Product
) -> None:
    order = send(sari, lead, derby).order

    order.refresh_from_db()
    assert (order.status, order.total, order.is_sample) == ("confirmed", 0, True)
    assert not order.instalments.exists()
    assert (order.lines.get().sizes.get().pairs, order.buyer) == (1, lead.party)
    lead.refresh_from_db()
    assert (lead.status, lead.order) == ("sample", None)
    knots = {one.name: one.state for one in Order.objects.for_page().get().knots}
    assert (knots["down_payment"], knots["settlement"], knots["production"]) == (
        "done",
        "done",
        "waiting",
    )


def test_a_sample_may_have_a_price(sari: Person, lead: Lead, derby: Product) -> None:
    order = send(sari, lead, derby, price=150_000).order

    order.refresh_from_db()
    assert order.total == sum(one.amount for one in order.instalments.all()) == 150_000


def test_only_sales_sends_one_and_only_while_it_is_open(
    sari: Person, fajar: Person, dewi: Person, lead: Lead, derby: Product
) -> None:
    for person in (fajar, dewi):
        with pytest.raises(NotAllowed):
            send(person, lead, derby)
    lead.lose(by=sari, why="price")
    with pytest.raises(WrongState):
        send(sari, lead, derby)

    assert not Order.objects.exists()
    assert not Entry.objects.filter(step__in=["crm.send_sample", "orders.place"]).exists()


def test_it_wins_nobody(sari: Person, lead: Lead, derby: Product) -> None:
    send(sari, lead, derby)
    assert not is_any_ordered(lead.workshop)
    assert win_what_was_ordered(lead.workshop) == 0

    Party.objects.update(is_welcome=True)
    testing.confirmed_order(Party.objects.get(pk=lead.party_id), derby)

    assert win_what_was_ordered(lead.workshop) == 1
    assert Lead.objects.get().status == "won"


def test_what_was_planned_with_them_is_done_when_it_is_lost(
    sari: Person, lead: Lead, derby: Product
) -> None:
    send(sari, lead, derby)
    lead.plan_next(by=sari, words="Telepon", due_on=clock.in_days(1))

    lead.lose(by=sari, why="price")

    assert not FollowUp.objects.open().exists()


def test_how_they_liked_it_is_asked_some_days_after_it_arrived(
    sari: Person, lead: Lead, derby: Product
) -> None:
    LeadRules.objects.create(workshop=lead.workshop, like_days=5)
    sample = send(sari, lead, derby)
    assert not wants_asking(lead.workshop)
    Order.objects.update(arrived_on=NOON.date(), fulfilled_at=NOON + timedelta(days=2))

    with clock.stopped(NOON + timedelta(hours=1)):
        assert wants_asking(lead.workshop)
        assert ask_about_arrived(lead.workshop) == 1
        assert ask_about_arrived(lead.workshop) == 0

    step = FollowUp.objects.get()
    assert (step.due_on, step.by) == (NOON.date() + timedelta(days=5), sari)
    assert step.words == f"Ask how they liked the sample ({sample.order})"
    with pytest.raises(WrongState):
        Sample.objects.get().ask(by=lead.workshop.machine)


def test_where_the_seller_has_left_an_owner_asks(
    sari: Person, owner: Person, lead: Lead, derby: Product
) -> None:
    send(sari, lead, derby)
    Order.objects.update(arrived_on=NOON.date(), fulfilled_at=NOON)
    Person.objects.filter(pk__in=[sari.pk, owner.pk]).update(is_active=False)

    with clock.stopped(NOON + timedelta(hours=1)):
        assert ask_about_arrived(lead.workshop) == 0  # and nothing breaks off
        Person.objects.filter(pk=owner.pk).update(is_active=True)
        assert ask_about_arrived(lead.workshop) == 1

    assert FollowUp.objects.get().by == owner


def test_it_earns_no_points_and_no_tier(workshop: Workshop, owner: Person, buyer: Party) -> None:
    PointRules.decide(by=owner, is_on=True, wholesale_per=10_000)
    workshop.refresh_from_db()
    sampled(buyer)

    assert loyalty.settle(workshop, Order.objects.all()) == 0
    assert loyalty.standing_of(buyer).bought == 0
    assert not PointLot.objects.exists()


def test_it_is_no_first_order_of_a_friend(
    workshop: Workshop, owner: Person, buyer: Party, machine: Person
) -> None:
    PointRules.decide(by=owner, is_on=True, for_recommender=5)
    workshop.refresh_from_db()
    testing.delivered_order(buyer)
    code = referrals.begin(buyer, by=testing.contact_of(buyer)).code
    friend = testing.party(workshop, "Teman")
    sampled(friend)

    referral = referrals.refer(friend, by=machine, code=code, typed=True)
    sampled(friend)
    referrals.settle(workshop, Order.objects.all())

    referral.refresh_from_db()
    assert referral.order is None
    assert not referrals.may_recommend(friend)


def test_who_only_had_a_sample_is_a_prospect(workshop: Workshop, buyer: Party) -> None:
    sampled(buyer)
    rules, today = MarketingRules(workshop=workshop), clock.today()
    parties = Party.objects.filter(pk=buyer.pk)

    assert fitting(parties, {"phase": Phase.PROSPECT}, rules, today).exists()
    assert not fitting(parties, {"bought": "did"}, rules, today).exists()


def test_it_says_nothing_good_of_anybody_in_the_room(workshop: Workshop, buyer: Party) -> None:
    sampled(buyer)

    assert standing_in_room(workshop, [buyer.pk]) == {}


def test_a_wish_weighs_no_more_by_it(workshop: Workshop, buyer: Party, dewi: Person) -> None:
    Wish.make(by=dewi, words="Sol putih")
    sampled(buyer)
    since = clock.today() - timedelta(days=9)

    assert Wish.objects.with_weight(since).get().weight == 0
    assert Wish.objects.get().wished_by(since, 5)[0].weight == 0


def test_it_lowers_no_price(workshop: Workshop, buyer: Party) -> None:
    sampled(buyer)
    tiers.count_year(workshop)

    buyer.refresh_from_db()
    assert buyer.year_pairs == 0


def test_nobody_is_written_to_about_it(buyer: Party) -> None:
    sampled(buyer)

    assert last_model(buyer.pk) == "our shoes"


def test_it_tells_nothing_of_how_often_they_order(workshop: Workshop, buyer: Party) -> None:
    sampled(buyer)

    [one] = candidates(workshop, Party.objects.filter(pk=buyer.pk))

    assert one.ordered_on is None


def test_it_is_in_no_sum_of_the_network(sari: Person, buyer: Party, workshop: Workshop) -> None:
    Dealing.begin(by=sari, distributor=buyer, dealer=testing.party(workshop, "Kios"))
    sampled(buyer)

    assert [tree.own for tree in trees(sari)] == [0]
