"""How many pairs the workshop can make in a week, by its narrowest post. For pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from simpul.catalog.models import Stage
from simpul.insight.models import ModelDay
from simpul.insight.spans import WEEK
from simpul.lib.workdays import DAY
from simpul.parties.models import Workshop, in_this_language
from simpul.production.models import Capacity, calendar_of

MIX_WEEKS = 26  # whose orders say which models are made how often


@dataclass(frozen=True, slots=True)
class Narrowest:
    """The post that gets the fewest pairs done, as the reader calls it, how many a day, and how many in each week asked for."""

    post: str
    a_day: int
    weeks: list[int]


def narrowest(workshop: Workshop, today: date, mondays: Sequence[date]) -> Narrowest | None:
    """Return what can be made in the weeks of these Mondays, of models as they were ordered lately.

    None where no post has both its minutes a pair and its people. Days on which the workshop is
    closed make no pairs, and of the running week those that are over. Five questions.
    """
    minutes = {one.post: one.minutes for one in Capacity.objects.filter(workshop=workshop)}
    stages = Stage.objects.active().filter(product__workshop=workshop, minutes__gt=0)
    rows = stages.order_by("pk").values_list("product", "name", "name_en", "minutes")
    recent = ModelDay.objects.filter(
        workshop=workshop, day__gte=today - MIX_WEEKS * WEEK, pairs__gt=0
    )
    mix = dict(recent.order_by().values_list("product").annotate(n=Sum("pairs")))
    spent: dict[str, int] = defaultdict(int)  # minutes of all these pairs
    english: dict[str, str] = {}
    known = {product for product, *_stage in rows}
    for product, name, name_en, each in rows:
        spent[name] += each * mix.get(product, 0)
        english[name] = name_en
    pairs = sum(count for product, count in mix.items() if product in known)
    done = {
        post: minutes[post] * pairs // used
        for post, used in spent.items()
        if used and post in minutes
    }
    if not done:
        return None
    post = min(done, key=lambda name: (done[name], name))
    open_days = calendar_of(workshop).open_days(today, max(mondays) + WEEK - DAY)
    weeks = [
        done[post] * sum(monday <= day < monday + WEEK for day in open_days) for monday in mondays
    ]
    return Narrowest(in_this_language(post, english[post]), done[post], weeks)
