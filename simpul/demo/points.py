"""Points: the owner begins to give them half a year ago, and they come week by week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simpul.crm import loyalty, referrals, rewards
from simpul.crm.models import PointRules, Recommender, TierTerms, Voucher
from simpul.demo.people import Cast
from simpul.lib import clock
from simpul.parties.roles import Role

if TYPE_CHECKING:
    from simpul.demo.history import Story

WEEKS = 28
TIERS = [
    TierTerms("Perunggu", 25_000_000, 1),
    TierTerms("Perak", 75_000_000, 2),
    TierTerms("Emas", 150_000_000, 3, is_freight_free=True),
]


def plan(story: Story) -> None:
    begins = (story.now - timedelta(weeks=WEEKS)).replace(hour=8, minute=15)
    story.at(begins, lambda: _decide(story.cast))
    story.at(begins + timedelta(weeks=20), lambda: _begin_to_recommend(story.cast))
    for week in range(1, WEEKS + 1):
        story.at(begins + timedelta(weeks=week), lambda: _settle(story.cast))


def _decide(cast: Cast) -> None:
    owner = cast.workshop.people.get(role=Role.OWNER)
    PointRules.decide(
        by=owner,
        is_on=True,
        tiers=TIERS,
        starts_on=clock.today(),
        for_recommender=200,
        for_friend=100,
        referral_least=2_000_000,
    )
    cast.workshop.refresh_from_db()


def _begin_to_recommend(cast: Cast) -> None:
    """Dewi asks for a link, and there is a voucher for whoever buys much at once."""
    shop = cast.parties["maju"]
    if referrals.may_recommend(shop):
        referrals.begin(shop, by=cast.contacts["maju"])
    Voucher.issue(
        by=cast.staff["sari"],
        code="BORONG",
        amount=150_000,
        least=5_000_000,
        until_on=clock.in_days(120),
        note="Untuk yang memesan banyak sekaligus",
    )


def code_of(cast: Cast) -> str:
    """Return the code by which Dewi recommends the workshop, if she has one yet."""
    mine = Recommender.objects.filter(party=cast.parties["maju"]).first()
    return mine.code if mine else ""


def _settle(cast: Cast) -> None:
    rewards.settle(cast.workshop, loyalty.touched(cast.workshop, clock.now() - timedelta(days=9)))
