"""Points: the owner begins to give them half a year ago, and they come week by week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simpul.crm import loyalty
from simpul.crm.models import PointRules, TierTerms
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
    for week in range(1, WEEKS + 1):
        story.at(begins + timedelta(weeks=week), lambda: _settle(story.cast))


def _decide(cast: Cast) -> None:
    owner = cast.workshop.people.get(role=Role.OWNER)
    PointRules.decide(by=owner, is_on=True, tiers=TIERS, starts_on=clock.today())
    cast.workshop.refresh_from_db()


def _settle(cast: Cast) -> None:
    loyalty.settle(cast.workshop, loyalty.touched(cast.workshop, clock.now() - timedelta(days=9)))
