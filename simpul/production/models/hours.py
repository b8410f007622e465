"""When the workshop works, and how much each post can do in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now

from simpul.lib import clock
from simpul.lib.workdays import WorkCalendar
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

LONGEST_CLOSED = 60  # days in one go; more is a slip of the finger


class WorkWeek(models.Model):
    """The days of the week on which a workshop works. Without a row: Monday to Saturday."""

    workshop = models.OneToOneField(Workshop, models.PROTECT, related_name="work_week")
    weekdays = models.CharField(max_length=7, default="1111110")  # Monday first; 1: work
    keeps_holidays = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(weekdays="0000000"), name="work_week_has_a_day")
        ]

    def __str__(self) -> str:
        return self.weekdays

    @classmethod
    def of(cls, workshop: Workshop) -> WorkWeek:
        """Return that of a workshop, or the usual one, which is not kept."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @classmethod
    def kept_of(cls, workshop: Workshop) -> WorkWeek:
        return cls.objects.get_or_create(workshop=workshop)[0]

    @property
    def days(self) -> list[int]:
        """The days of the week on which is worked; 0 is Monday."""
        return [day for day, is_open in enumerate(self.weekdays) if is_open == "1"]

    @step("production.set_week")
    def set(self, *, by: Person, weekdays: Sequence[int], keeps_holidays: bool) -> None:
        """Work on these days of the week (0 is Monday), and on public holidays or not."""
        chosen = set(weekdays) & set(range(7))
        if not chosen:
            raise WrongState(_now("Work on at least one day of the week."))
        self.weekdays = "".join("1" if day in chosen else "0" for day in range(7))
        self.keeps_holidays = keeps_holidays


class ClosedDaysQuerySet(models.QuerySet["ClosedDays"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def standing(self) -> Self:
        return self.filter(opened_at=None)


class ClosedDays(models.Model):
    """Days on which the workshop is closed beside the public holidays: the weeks around Lebaran."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    first_on = models.DateField()
    last_on = models.DateField()
    words = models.CharField(max_length=60)
    opened_at = models.DateTimeField(null=True, editable=False)  # it is open after all

    objects = ClosedDaysQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")), name="closed_days_in_order"
            )
        ]
        indexes = [models.Index(fields=["workshop", "-last_on"])]

    def __str__(self) -> str:
        return self.words

    @classmethod
    @creation("production.close_days")
    def close(cls, *, by: Person, first_on: date, last_on: date, words: str) -> ClosedDays:
        """Do not work on these days."""
        if last_on < first_on or last_on < clock.today():
            raise WrongState(_now("The last day is before the first one, or past."))
        if (last_on - first_on).days >= LONGEST_CLOSED:
            raise WrongState(_now("At most %(days)s days in one go.") % {"days": LONGEST_CLOSED})
        return cls.objects.create(
            workshop_id=by.workshop_id, first_on=first_on, last_on=last_on, words=words
        )

    @step("production.open_days")
    def open(self, *, by: Person) -> None:
        """Work on them after all."""
        if self.opened_at is not None:
            raise WrongState(_now("These days are open already."))
        self.opened_at = clock.now()


class Capacity(models.Model):
    """How many people work at a post, and for how long each. A post is a stage by its name."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    post = models.CharField(max_length=40)
    people = models.PositiveSmallIntegerField(default=1)
    minutes_each = models.PositiveSmallIntegerField(default=480)  # a day

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "post"], name="capacity_once_a_post"),
            models.CheckConstraint(
                condition=Q(people__gt=0, minutes_each__gt=0, minutes_each__lte=24 * 60),
                name="capacity_of_something",
            ),
        ]

    def __str__(self) -> str:
        return self.post

    @classmethod
    @creation("production.set_capacity")
    def set(cls, *, by: Person, post: str, people: int, minutes_each: int) -> Capacity:
        """Let so many people work so many minutes a day each at a post; it takes the place of
        what was known."""
        return cls.objects.update_or_create(
            workshop_id=by.workshop_id,
            post=post,
            defaults={"people": people, "minutes_each": minutes_each},
        )[0]

    @property
    def minutes(self) -> int:
        """What all of them can do in a day."""
        return self.people * self.minutes_each


def calendar_of(workshop: Workshop, *, since: date | None = None) -> WorkCalendar:
    """Return on which days a workshop works, and has worked since a day (none: today)."""
    week = WorkWeek.of(workshop)
    first_on = since or clock.today()
    closed = ClosedDays.objects.standing().filter(workshop=workshop, last_on__gte=first_on)
    return WorkCalendar(
        weekdays=frozenset(week.days),
        keeps_holidays=week.keeps_holidays,
        closed=tuple(closed.order_by("first_on", "pk").values_list("first_on", "last_on")),
    )
