"""What the clock starts: a name, a function of the domain, and how often. Nothing else ticks.

`simpul serve` looks every few seconds which jobs are due; the worker runs them, each for one
workshop. However many machines look, each turn is run once; one that breaks off is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.tasks import task

from simpul.crm import drawing, handing, listing, looking, ratings, rewards, room_letters, vouchers
from simpul.crm.models import (
    ask_about_arrived,
    find_duplicates,
    is_any_ordered,
    wants_asking,
    win_what_was_ordered,
)
from simpul.delivery import carrying, waves
from simpul.insight import cash, demand, returning, workings
from simpul.insight.behaviour import job as behaviour
from simpul.insight.keeping import keep
from simpul.insight.morning import making
from simpul.lib import clock
from simpul.orders import tiers
from simpul.parties.models import Workshop
from simpul.payments import online, whatsapp
from simpul.payments.reminders import remind_due
from simpul.portals import circulars
from simpul.portals.bank import pictures
from simpul.workflow.models import Turn

AGAIN = timedelta(minutes=15)  # when a turn that did not end is tried again


def always(workshop: Workshop) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """`run` gets the workshop. It must bear being run twice: a turn may break off after its work.

    What comes round often says with `is_needed`, in a query or two, whether there is anything to
    do; otherwise the worker is not asked.
    """

    name: str
    run: Callable[[Workshop], object]
    every: timedelta
    is_needed: Callable[[Workshop], object] = always


JOBS: tuple[Job, ...] = (
    Job("reminders", remind_due, timedelta(minutes=30)),
    Job("crm.won", win_what_was_ordered, timedelta(minutes=5), is_any_ordered),
    Job("payments.pictures", pictures.fetch_due, timedelta(minutes=5), whatsapp.is_needed),
    Job("payments.links", online.tend_links, timedelta(minutes=1), online.wants_links),
    Job("payments.unread", online.apply_unread, timedelta(minutes=5), online.unread),
    Job("payments.news", online.ask_for_news, timedelta(hours=24), online.has_questions),
    Job("delivery.waves", waves.tend, timedelta(minutes=1), waves.is_needed),
    Job("delivery.carriers", carrying.tend, timedelta(minutes=5), carrying.needs_tending),
    Job("crm.samples", ask_about_arrived, timedelta(minutes=15), wants_asking),
    Job("crm.handing", handing.tend, timedelta(minutes=1), handing.is_needed),
    Job("crm.campaigns", circulars.begin_due, timedelta(minutes=1), drawing.is_needed),
    Job(looking.JOB, find_duplicates, timedelta(hours=24)),
    Job("crm.lists", listing.forget, timedelta(hours=24)),
    Job("delivery.news", carrying.ask_for_news, timedelta(hours=24), carrying.has_questions),
    Job("crm.ratings", ratings.tend, timedelta(minutes=30), ratings.is_needed),
    Job("crm.room", room_letters.write_due, timedelta(minutes=30), room_letters.is_needed),
    Job("orders.year", tiers.count_year, timedelta(hours=24), tiers.is_asked),
    Job("crm.points", rewards.tend, timedelta(minutes=15), rewards.is_needed),
    Job("crm.vouchers", vouchers.tend, timedelta(minutes=5), vouchers.is_idle),
    Job("crm.points_over", rewards.close_day, timedelta(hours=24), rewards.has_points),
    Job("insight.facts", keep.bring_up_to_date, timedelta(minutes=15), keep.is_behind),
    Job("insight.returning", returning.judge, timedelta(minutes=30), returning.is_needed),
    Job("insight.demand", demand.foretell, timedelta(minutes=30), demand.is_needed),
    Job("insight.workings", workings.reckon, timedelta(minutes=30), workings.is_needed),
    Job("insight.cash", cash.reckon, timedelta(minutes=15), cash.is_behind),
    Job("insight.morning", making.make, timedelta(minutes=15), making.is_needed),
    Job("insight.behaviour", behaviour.tell, timedelta(minutes=30), behaviour.is_needed),
)


def start_due() -> int:
    """Hand the worker every job whose turn it is; return how many."""
    _make_missing()
    jobs = {job.name: job for job in JOBS}
    due = Turn.objects.filter(job__in=jobs, due_at__lte=clock.now()).select_related("workshop")
    return sum(_start(turn, jobs[turn.job]) for turn in due.order_by("due_at", "pk"))


@task
def take_turn(turn: int) -> None:
    """Run a job that was claimed, and note when its next turn is."""
    row = Turn.objects.select_related("workshop").get(pk=turn)
    job = next(job for job in JOBS if job.name == row.job)
    job.run(row.workshop)
    Turn.objects.filter(pk=turn).update(ended_at=clock.now(), due_at=clock.now() + job.every)


def _make_missing() -> None:
    """Give each job its first turn in each workshop."""
    known = set(Turn.objects.values_list("workshop", "job"))
    missing = [
        Turn(workshop_id=workshop, job=job.name)
        for workshop in Workshop.objects.values_list("pk", flat=True)
        for job in JOBS
        if (workshop, job.name) not in known
    ]
    if missing:
        Turn.objects.bulk_create(missing, ignore_conflicts=True)


def _start(turn: Turn, job: Job) -> bool:
    """Take the turn for this process; should it break off, it is due again after a while."""
    now = clock.now()
    mine = Turn.objects.filter(pk=turn.pk, due_at=turn.due_at)
    if not job.is_needed(turn.workshop):
        mine.update(due_at=now + job.every)
        return False
    if not mine.update(began_at=now, due_at=now + AGAIN):
        return False
    take_turn.enqueue(turn.pk)
    return True
