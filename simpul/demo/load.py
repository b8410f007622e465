"""Load the demonstration into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from simpul.demo import catalogue, history, mornings, people, questions
from simpul.insight import cash, demand, workings
from simpul.insight.behaviour import job as behaviour
from simpul.insight.keeping import keep
from simpul.lib import clock, codes
from simpul.parties.models import Workshop

SEED = 1987


@transaction.atomic
def load(
    now: datetime | None = None, months: int = 26, told: Callable[[float], None] | None = None
) -> Workshop:
    """Tell the history up to `now`; the same seed and day give the same workshop.

    `told` hears which share of the months is over.
    """
    now = (now or clock.now()).astimezone(clock.WIB)
    opened = (now - timedelta(days=round(months * 30.4))).replace(
        hour=8, minute=0, second=0, microsecond=0
    )
    with codes.seeded(SEED):
        with clock.stopped(opened):
            cast = people.gather(opened)
            catalogue.fill(cast.workshop, opened.date(), now.date())
        history.tell(cast, now, opened, SEED, told)
    with clock.stopped(now):
        keep.rebuild(cast.workshop)
        workings.reckon(cast.workshop)
        cash.reckon(cast.workshop)
        demand.foretell(cast.workshop)
        behaviour.tell(cast.workshop)
        mornings.look_back(cast.workshop)
        questions.keep(cast.workshop)
    return cast.workshop
