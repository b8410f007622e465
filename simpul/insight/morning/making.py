"""The job of the early morning: what is shown today, and what is held out by lot."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, time, timedelta

from django.db import transaction

from simpul.insight.models import Morning, MorningRules, MorningTask
from simpul.insight.models.morning import NOT_USEFUL
from simpul.insight.morning.finding import Found, find
from simpul.insight.morning.following import follow
from simpul.lib import clock
from simpul.parties.models import Workshop

FROM = time(4)  # of the workshop's day: what is judged each night is judged by then
OF_A_KIND = 3  # in a morning, so that one kind does not push all others out


def is_needed(workshop: Workshop) -> bool:
    """Whether it is morning, and today's tasks are not made."""
    if clock.now().astimezone(clock.WIB).time() < FROM:
        return False
    return not Morning.objects.filter(workshop=workshop, made_on=clock.today()).exists()


def make(workshop: Workshop) -> int:
    """Note what followed from earlier tasks and make today's; return how many are shown.

    Once a day: whoever asks again changes nothing.
    """
    if not is_needed(workshop):
        return 0
    today, rules = clock.today(), MorningRules.of(workshop)
    found = find(workshop, rules.left_out)  # the longest part: nobody waits for it
    Morning.objects.get_or_create(workshop=workshop)
    with transaction.atomic():
        morning = Morning.objects.select_for_update().get(workshop=workshop)
        if morning.made_on == today:
            return 0
        follow(workshop, today)
        shown = _draw(workshop, rules, found, today)
        morning.made_on = today
        morning.save()
    return shown


def _draw(workshop: Workshop, rules: MorningRules, found: list[Found], today: date) -> int:
    """Save the first of what was found, as many as the rules let; what the lot holds out makes room
    for the next. What is still open from before goes on as it is, with today's figures."""
    latest = _latest(workshop, today)
    of_a_kind: Counter[str] = Counter()
    shown = 0
    for one in found:
        if shown == rules.tasks:
            break
        task = latest.get(one.about)
        until = task.stands_until() if task is not None else today
        if of_a_kind[one.kind] == OF_A_KIND or (until is not None and today < until):
            continue
        if task is None or until is not None:
            task = new(workshop, one, today, rules.holdout_percent)
        of_a_kind[one.kind] += 1
        shown += not task.is_held
        task.rank = shown
        task.gain, task.chance, task.facts, task.last_on = one.gain, one.chance, one.facts, today
        task.save()
    return shown


def _latest(workshop: Workshop, today: date) -> dict[tuple[object, ...], MorningTask]:
    """Return the last task about each thing, of those that may still keep the next one away."""
    since = today - timedelta(days=2 * NOT_USEFUL)
    tasks = MorningTask.objects.filter(workshop=workshop, last_on__gte=since)
    return {task.about: task for task in tasks.order_by("day", "pk")}


def new(workshop: Workshop, found: Found, today: date, percent: int) -> MorningTask:
    """Return a task that is not saved yet, with its figures and its lot; it has no rank yet."""
    task = MorningTask(
        workshop=workshop,
        kind=found.kind,
        party_id=found.party,
        order_id=found.order,
        claim_id=found.claim,
        product_id=found.product,
        material_id=found.material,
        day=today,
        gain=found.gain,
        chance=found.chance,
        facts=found.facts,
    )
    task.is_held = _is_held(task, found, percent)
    return task


def _is_held(task: MorningTask, found: Found, percent: int) -> bool:
    """Draw the lot: a hash of the workshop, the day and what it is about, so that it can be drawn
    again and nobody chooses."""
    words = [task.workshop.pk, task.day, *found.about]
    lot = hashlib.sha256(":".join(map(str, words)).encode()).digest()
    return int.from_bytes(lot[:4]) % 100 < percent
