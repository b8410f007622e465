"""Recommendations: who came by whom, what speaks against it, and the reward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from simpul import testing
from simpul.crm import referrals, rewards
from simpul.crm.doubts import doubts
from simpul.crm.models import (
    Merging,
    NotReferred,
    PointRules,
    Recommender,
    Referral,
    balance_of,
)
from simpul.lib import clock
from simpul.orders.models import Order
from simpul.parties.models import Address, Identity, Party, Person, Workshop
from simpul.payments.models import Receipt, take_back
from simpul.workflow.steps import NotAllowed, WrongState

HIS = "+6281377770000"  # the telephone of who came by a code


@pytest.fixture
def recommender(workshop: Workshop, buyer: Party, dewi: Person, owner: Person) -> Recommender:
    """Dewi may recommend; it brings 100 points to her and 40 to the new customer."""
    testing.delivered_order(buyer)
    PointRules.decide(
        by=owner, is_on=True, wholesale_per=0, for_recommender=100, for_friend=40,
        referral_least=1_000_000, referral_most=3,
    )  # fmt: skip
    workshop.refresh_from_db()
    return referrals.begin(buyer, by=dewi)


def newcomer(workshop: Workshop, name: str = "Grosir Ani") -> Party:
    party = testing.party(workshop, name)
    testing.person(f"Contact of {name}", party)
    return party


def refer(recommender: Recommender, friend: Party) -> Referral:
    machine = friend.workshop.machine
    return referrals.refer(friend, by=machine, code=recommender.code, typed=False)


def settle(workshop: Workshop) -> int:
    return rewards.settle(workshop, Order.objects.filter(workshop=workshop))


def test_both_are_rewarded_once_the_first_order_is_delivered_and_paid(
    workshop: Workshop, buyer: Party, recommender: Recommender
) -> None:
    friend = newcomer(workshop)
    referral = refer(recommender, friend)
    order = testing.delivered_order(friend, paid=False, telephone=HIS)
    assert settle(workshop) == 0

    testing.pay(order)
    assert settle(workshop) == 1
    assert settle(workshop) == 0

    referral.refresh_from_db()
    assert (referral.status, referral.order) == (Referral.Status.REWARDED, order)
    assert (balance_of(buyer), balance_of(friend)) == (100, 40)
    testing.delivered_order(friend, telephone=HIS)
    assert settle(workshop) == 0


def test_a_small_first_order_earns_nothing(
    workshop: Workshop, buyer: Party, recommender: Recommender
) -> None:
    friend = newcomer(workshop)
    refer(recommender, friend)
    testing.delivered_order(friend, sizes={"40": 4}, telephone=HIS)  # Rp 800.000

    settle(workshop)
    assert balance_of(buyer) == 0


def test_what_comes_back_takes_the_reward_along_in_proportion(
    workshop: Workshop, buyer: Party, recommender: Recommender, fajar: Person
) -> None:
    friend = newcomer(workshop)
    refer(recommender, friend)
    order = testing.delivered_order(friend, telephone=HIS)
    settle(workshop)

    testing.credit(order, order.total // 4)
    settle(workshop)
    assert (balance_of(buyer), balance_of(friend)) == (75, 30)

    take_back(Receipt.objects.filter(party=friend).latest("pk"), by=fajar, reason="x")
    settle(workshop)
    assert (balance_of(buyer), balance_of(friend)) == (0, 0)


def _same_number(friend: Party, other: Party) -> None:
    for party in (friend, other):
        Address.objects.create(party=party, receiver="X", street="Jl. A", area=str(party.pk),
                               telephone="+6281299990000")  # fmt: skip


def _same_mailbox(friend: Party, other: Party) -> None:
    for party, mail in ((friend, "d.ewi+1@gmail.com"), (other, "dewi@gmail.com")):
        Identity.objects.create(
            workshop=party.workshop, person=testing.contact_of(party), kind="mail", value=mail
        )


def _same_address(friend: Party, other: Party) -> None:
    for party, street in ((friend, "Jl. Raya No. 7"), (other, "jalan raya 7")):
        Address.objects.create(party=party, receiver="X", street=street, area="Ciomas, Bogor")


def _same_name(friend: Party, other: Party) -> None:
    friend.name = "TK. Dewie"
    friend.save()


@pytest.mark.parametrize(
    ("make", "flag"),
    [
        (_same_number, "number"),
        (_same_mailbox, "mail"),
        (_same_address, "address"),
        (_same_name, "name"),
    ],
)
def test_what_looks_like_oneself_waits_for_a_look(
    workshop: Workshop,
    buyer: Party,
    sari: Person,
    recommender: Recommender,
    make: Callable[[Party, Party], None],
    flag: str,
) -> None:
    friend = newcomer(workshop)
    make(friend, buyer)
    referral = refer(recommender, friend)
    assert (referral.status, referral.flags) == (Referral.Status.HELD, [flag])
    testing.delivered_order(friend, telephone=HIS)
    settle(workshop)
    assert balance_of(buyer) == 0

    referral.approve(by=sari)
    settle(workshop)
    assert balance_of(buyer) == 100


def test_it_is_asked_again_before_the_reward(
    workshop: Workshop, buyer: Party, recommender: Recommender
) -> None:
    friend = newcomer(workshop)
    referral = refer(recommender, friend)
    testing.delivered_order(friend, telephone="+628111")
    Order.objects.filter(buyer=buyer).update(telephone="+628111")

    settle(workshop)

    referral.refresh_from_db()
    assert (referral.status, referral.flags) == (Referral.Status.HELD, ["number"])
    assert balance_of(buyer) == 0


def test_many_in_a_short_time_and_shared_addresses_are_flagged(
    workshop: Workshop, recommender: Recommender
) -> None:
    friends = [newcomer(workshop, name) for name in ("Alfa", "Beta", "Gamma", "Delta")]
    for friend in friends:
        Address.objects.create(party=friend, receiver="X", street="Jl. Baru 1", area="Depok")

    flags = [refer(recommender, friend).flags for friend in friends]

    assert flags == [[], ["shared"], ["shared"], ["shared", "many"]]
    with clock.stopped(clock.now() + timedelta(days=31)):
        assert doubts(recommender, newcomer(workshop, "Omega")) == []


def test_a_void_recommendation_takes_its_rewards_back(
    workshop: Workshop, buyer: Party, sari: Person, dewi: Person, recommender: Recommender
) -> None:
    friend = newcomer(workshop)
    referral = refer(recommender, friend)
    testing.delivered_order(friend, telephone=HIS)
    settle(workshop)
    referral.refresh_from_db()
    with pytest.raises(NotAllowed):
        referral.approve(by=dewi)

    referral.void(by=sari, reason="teman sendiri")
    settle(workshop)

    assert (balance_of(buyer), balance_of(friend)) == (0, 0)
    with pytest.raises(WrongState):
        referral.approve(by=sari)


def test_nobody_recommends_himself_a_customer_or_twice(
    workshop: Workshop, buyer: Party, recommender: Recommender
) -> None:
    friend, known = newcomer(workshop), newcomer(workshop, "Toko Lama")
    refer(recommender, friend)
    testing.confirmed_order(known)

    for party in (buyer, friend, known):
        with pytest.raises(NotReferred):
            refer(recommender, party)
    with pytest.raises(NotReferred):
        referrals.refer(newcomer(workshop, "X"), by=workshop.machine, code="ABCDEF", typed=True)
    assert Referral.objects.count() == 1


def test_who_has_bought_nothing_yet_has_no_code(siti: Person, recommender: Recommender) -> None:
    assert siti.party is not None
    with pytest.raises(NotReferred):
        referrals.begin(siti.party, by=siti)
    assert Recommender.objects.count() == 1


def test_whoever_registers_by_a_code_is_noted_and_a_known_one_is_not(
    workshop: Workshop, dewi: Person, recommender: Recommender
) -> None:
    facts: dict[str, Any] = {
        "by": workshop.machine, "name": "Grosir Ani", "contact": "Ani", "email": "ani@x.example",
        "password": "x", "buys_as": "distributor", "area": "Depok",
    }  # fmt: skip
    new = referrals.register(code=recommender.code, telephone="+62811", **facts)
    assert Referral.objects.get().friend == new.party
    assert Referral.objects.get().how == "link"

    Identity.objects.create(workshop=workshop, person=dewi, kind="phone", value="+62822")
    again = facts | {"email": "other@x.example"}
    lead = referrals.register(code=recommender.code, telephone="+62822", **again)
    assert lead.was_known
    assert Referral.objects.count() == 1


def test_who_only_registered_costs_no_query(
    workshop: Workshop,
    recommender: Recommender,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    refer(recommender, newcomer(workshop))
    with CaptureQueriesContext(connection) as asked:
        settle(workshop)

    refer(recommender, newcomer(workshop, "Grosir Budi"))
    with django_assert_num_queries(len(asked)):
        settle(workshop)


def test_a_recommender_who_was_merged_is_not_rewarded_again(
    workshop: Workshop, buyer: Party, recommender: Recommender, sari: Person
) -> None:
    friend, kept = newcomer(workshop), newcomer(workshop, "Toko Lain")
    refer(recommender, friend)
    testing.delivered_order(friend, telephone=HIS)
    settle(workshop)
    Recommender.begin(by=testing.contact_of(kept), party=kept)

    Merging.merge(by=sari, kept=kept, absorbed=buyer)

    assert settle(workshop) == 0
    assert balance_of(kept) == 100


@pytest.mark.parametrize("is_rewarded", [True, False])
def test_who_turns_out_to_have_recommended_himself_is_not_rewarded(
    is_rewarded: bool, workshop: Workshop, buyer: Party, recommender: Recommender, sari: Person
) -> None:
    friend = newcomer(workshop)
    referral = refer(recommender, friend)
    testing.delivered_order(friend, telephone=HIS)
    if is_rewarded:
        settle(workshop)

    Merging.merge(by=sari, kept=buyer, absorbed=friend)

    assert settle(workshop) == 1
    assert settle(workshop) == 0
    referral.refresh_from_db()
    assert (referral.status, balance_of(buyer)) == (Referral.Status.VOID, 0)
    assert referral.why_void == "Who came and who recommended are one and the same."
    with override("id"):
        assert referral.why_void == (
            "Yang datang dan yang merekomendasikan ternyata pelanggan yang sama."
        )
