"""Recommendations from the first visit to the reward."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Sum

from simpul.crm import tasks
from simpul.crm.doubts import doubts
from simpul.crm.loyalty import DELIVERED, Earned, earned_by
from simpul.crm.models import (
    Lead,
    NotReferred,
    PointLot,
    PointRules,
    PointUse,
    Recommender,
    Referral,
    find_recommender,
    hold,
)
from simpul.lib import clock
from simpul.orders.models import Order, OrderQuerySet
from simpul.parties.models import Party, Person, Workshop

OPEN = (Referral.Status.WAITING, Referral.Status.APPROVED)
BOTH = ("recommender__party__merged_into", "friend__merged_into")


def rewards(workshop: Workshop) -> bool:
    """Tell whether the owner gives anything for a recommendation."""
    rules = PointRules.of(workshop)
    return workshop.gives_points and bool(rules.for_recommender or rules.for_friend)


def gift(workshop: Workshop) -> int:
    """Return the points that a recommended customer gets."""
    return PointRules.of(workshop).for_friend if workshop.gives_points else 0


def may_recommend(party: Party) -> bool:
    """Tell whether a buyer may recommend: an order of his is delivered and paid."""
    orders = Order.objects.filter(buyer=party, status__in=DELIVERED)
    return any(one.counts for one in earned_by(orders))


@transaction.atomic
def register(*, by: Person, code: str = "", typed: bool = False, **facts: Any) -> Lead:
    """Take in whoever registers, and note by whose code; a known one is no new customer, and
    nobody is told so."""
    lead = Lead.register(by=by, **facts)
    is_new = not lead.was_known and not Referral.objects.filter(friend=lead.party).exists()
    if code and is_new and find_recommender(by.workshop, code) is not None:
        refer(lead.party, by=by, code=code, typed=typed)
    tasks.look_at_new.enqueue(lead.party_id)  # after the commit: nobody waits for it
    return lead


def refer(friend: Party, *, by: Person, code: str, typed: bool) -> Referral:
    """Note by whose code a new customer has come; what speaks against it holds it."""
    recommender = find_recommender(friend.workshop, code)
    flags = doubts(recommender, friend) if recommender is not None else []
    how = Referral.How.CODE if typed else Referral.How.LINK
    return Referral.note(by=by, friend=friend, code=code, how=how, flags=flags)


def begin(party: Party, *, by: Person) -> Recommender:
    """Give a buyer a code of its own. Raises NotReferred before the first order is done."""
    if not may_recommend(party):
        raise NotReferred
    return Recommender.begin(by=by, party=party)


def settle(workshop: Workshop, orders: OrderQuerySet) -> int:
    """Reward what is due, and let what was granted follow the friends' first orders; return how
    often something changed."""
    done = _reward_due(workshop) if rewards(workshop) else 0
    rewarded = Referral.objects.filter(workshop=workshop, status=Referral.Status.REWARDED)
    touched = rewarded.filter(order__in=orders.values("pk"))
    for referral in touched.select_related(*BOTH).order_by("pk"):
        if _is_own(referral):
            done += _void_own(workshop, referral)
            continue
        [earned] = earned_by(Order.objects.filter(referrals=referral))
        done += _follow(workshop, referral, earned)
    return done


class Standing(models.TextChoices):
    """How far somebody who came by a code has come, as the recommender may know it."""

    REGISTERED = "registered"
    ORDERED = "ordered"
    REWARDED = "rewarded"


def counts_of(recommender: Recommender) -> dict[str, int]:
    """Return how many came, how many of them have an order that was agreed on, how many brought a
    reward, and the points that this was: no names."""
    mine = Referral.objects.filter(recommender=recommender)
    ordered = mine.filter(friend__orders__agreed_revision__isnull=False).distinct()
    rewarded = mine.filter(status=Referral.Status.REWARDED)
    return {
        Standing.REGISTERED: mine.count(),
        Standing.ORDERED: ordered.count(),
        Standing.REWARDED: rewarded.count(),
    }


# Inside


def _reward_due(workshop: Workshop) -> int:
    """Reward each recommendation whose friend has an order that counts, unless it is doubtful."""
    rules = PointRules.of(workshop)
    waiting = Referral.objects.filter(workshop=workshop, status__in=OPEN)
    delivered = Order.objects.filter(
        buyer=OuterRef("friend"), fulfilled_at__gte=OuterRef("at"), status__in=DELIVERED
    )
    done = 0
    for referral in waiting.filter(Exists(delivered)).select_related(*BOTH).order_by("pk"):
        if _is_own(referral):
            done += _void_own(workshop, referral)
            continue
        orders = Order.objects.filter(buyer=referral.friend_id, fulfilled_at__gte=referral.at)
        large = [one for one in earned_by(orders) if one.counts >= max(rules.referral_least, 1)]
        if not large:
            continue
        first = min(large, key=lambda one: (one.order.fulfilled_at, one.order.pk))
        is_doubtful = referral.status == Referral.Status.WAITING
        flags = doubts(referral.recommender, referral.friend) if is_doubtful else []
        if flags:
            referral.hold(by=workshop.machine, flags=flags)
            continue
        referral.reward(
            by=workshop.machine,
            order=first.order,
            for_recommender=rules.for_recommender,
            for_friend=rules.for_friend,
        )
        _follow(workshop, referral, first)
        done += 1
    return done


def _standing(party: Party) -> Party:
    """Return the one that a party was merged into, or itself."""
    while party.merged_into is not None:
        party = party.merged_into
    return party


def _is_own(referral: Referral) -> bool:
    """Tell whether friend and recommender turned out to be one."""
    return _standing(referral.friend) == _standing(referral.recommender.party)


def _void_own(workshop: Workshop, referral: Referral) -> int:
    referral.void(by=workshop.machine, reason="")
    return 1


def _follow(workshop: Workshop, referral: Referral, earned: Earned) -> int:
    """Hold what both were given against what the order is worth now."""
    done = 0
    for party, kind, points in (
        (_standing(referral.recommender.party), PointLot.Kind.REFERRED, referral.for_recommender),
        (_standing(referral.friend), PointLot.Kind.WELCOME, referral.for_friend),
    ):
        wanted = points * earned.counts // earned.goods if earned.goods else 0
        done += _follow_one(workshop, referral, party, kind, wanted)
    return done


@transaction.atomic
def _follow_one(
    workshop: Workshop, referral: Referral, party: Party, kind: str, wanted: int
) -> bool:
    hold(party)
    lots = list(PointLot.objects.filter(referral=referral, kind=kind).order_by("-pk"))
    clawed = PointUse.objects.filter(lot__in=lots, kind=PointUse.Kind.CLAWED)
    stands = sum(lot.points for lot in lots) - (clawed.aggregate(n=Sum("points"))["n"] or 0)
    more = wanted - stands
    if more > 0:
        expires_on = PointRules.of(workshop).expires_on(clock.today())
        PointLot.grant(
            by=workshop.machine,
            party=party,
            kind=kind,
            referral=referral,
            points=more,
            expires_on=lots[-1].expires_on if lots else expires_on,
        )
        return True
    taken = False
    for lot in lots:
        share = min(-more, lot.counts_now())
        if share > 0:
            lot.claw(by=workshop.machine, points=share)
            more += share
            taken = True
    return taken
