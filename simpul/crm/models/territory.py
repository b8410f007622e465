"""The areas of distributors: who has asked for which, who holds it, and from when until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.lib.regions import Region
from simpul.parties.models import Party, Person, Workshop
from simpul.workflow.steps import WrongState, creation, step

MOST_ASKED = 20  # areas in one registration; more is no area any more


class AreaTaken(WrongState):
    """Somebody else holds it, and one of the two was to have it alone."""


class TerritoryStatus(models.TextChoices):
    ASKED = "asked", _("asked for")
    HELD = "held", _("held")
    DECLINED = "declined", _("not granted")


class Claim(NamedTuple):
    """An area from a day to a day, both included; None: without an end."""

    region: Region
    since: date
    until: date | None = None
    is_exclusive: bool = False

    def overlaps(self, other: Claim) -> bool:
        """Tell whether on some day some place lies in both."""
        begins = max(self.since, other.since)
        ends = [day for day in (self.until, other.until) if day is not None]
        return all(begins <= day for day in ends) and self.region.meets(other.region)

    def clashes(self, other: Claim) -> bool:
        """Tell whether they overlap although one of the two is to be somebody's alone."""
        return (self.is_exclusive or other.is_exclusive) and self.overlaps(other)


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def visible_to(self, person: Person) -> Self:
        """A distributor sees his own areas; who holds the others he does not."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(party_id=person.party_id)

    def asked(self) -> Self:
        return self.filter(status=TerritoryStatus.ASKED)

    def held(self) -> Self:
        """Those that were granted and have not ended before today; some begin later."""
        still = Q(until=None) | Q(until__gte=clock.today())
        return self.filter(still, status=TerritoryStatus.HELD)

    def over(self) -> Self:
        """Those that were held once, or were not granted."""
        ran_out = Q(status=TerritoryStatus.HELD, until__lt=clock.today())
        return self.filter(ran_out | Q(status=TerritoryStatus.DECLINED))

    def search(self, words: str) -> Self:
        named = Q(regency__icontains=words) | Q(province__icontains=words)
        return self.filter(named | Q(party__name__icontains=words))


class Territory(models.Model):
    """That a distributor serves a regency or city, or a whole province, or has asked for it."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="territories")
    regency = models.CharField(max_length=80, blank=True)  # empty: the whole province
    province = models.CharField(max_length=40, blank=True)  # empty: nobody has said so
    status = models.CharField(
        max_length=8, choices=TerritoryStatus, default=TerritoryStatus.ASKED, editable=False
    )
    is_exclusive = models.BooleanField(default=False, editable=False)
    since = models.DateField(null=True, editable=False)
    until = models.DateField(null=True, editable=False)  # the last day on which it is held
    reason = models.CharField(max_length=300, blank=True, editable=False)  # of its end
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(regency="", province=""), name="territory_is_somewhere"
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(since__isnull=False),
                name="territory_held_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="territory_begins_first",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return str(self.region)

    # Steps

    @classmethod
    @creation("crm.ask_area")
    def ask(cls, *, by: Person, party: Party, regency: str = "", province: str = "") -> Territory:
        """Note which area a distributor wants to serve; sales grants it, or does not."""
        return cls.objects.create(
            workshop_id=by.workshop_id, party=party, regency=regency, province=province
        )

    @classmethod
    @creation("crm.ask_further_area")
    def ask_further(cls, *, by: Person, regency: str = "", province: str = "") -> Territory:
        """Let a distributor ask for one more area. Raises WrongState where he has asked for it, or
        serves it."""
        mine = cls.objects.filter(party=by.party_id)
        standing = [*mine.asked().order_by("pk"), *mine.held().order_by("pk")]
        if any(one.region == Region(regency, province) for one in standing):
            raise WrongState(_now("You have asked for this area, or serve it already."))
        if len(standing) >= MOST_ASKED:
            raise WrongState(_now("These are many areas: write to us instead."))
        return cls.objects.create(
            workshop_id=by.workshop_id, party=by.party, regency=regency, province=province
        )

    @classmethod
    @creation("crm.give_area")
    def give(
        cls,
        *,
        by: Person,
        party: Party,
        regency: str = "",
        province: str = "",
        since: date,
        until: date | None = None,
        is_exclusive: bool = False,
        despite: bool = False,
    ) -> Territory:
        """Let a distributor serve an area that nobody had to ask for. Raises as `grant` does."""
        given = cls(
            workshop_id=by.workshop_id,
            party=party,
            regency=regency,
            province=province,
            status=TerritoryStatus.HELD,
        )
        given._hold(since, until, is_exclusive=is_exclusive, despite=despite)
        given.save()
        return given

    @step("crm.grant_area", source=TerritoryStatus.ASKED, target=TerritoryStatus.HELD)
    def grant(
        self,
        *,
        by: Person,
        regency: str = "",
        province: str = "",
        since: date,
        until: date | None = None,
        is_exclusive: bool = False,
        despite: bool = False,
    ) -> None:
        """Let the distributor serve it from a day on, perhaps to a day, perhaps alone.

        `despite` is said knowingly where somebody else holds it. Raises AreaTaken where that was
        not said, WrongState for who is no welcome distributor.
        """
        self.regency, self.province = regency, province
        self._hold(since, until, is_exclusive=is_exclusive, despite=despite)

    @step("crm.decline_area", source=TerritoryStatus.ASKED, target=TerritoryStatus.DECLINED)
    def decline(self, *, by: Person, reason: str = "") -> None:
        """Say no, and why."""
        self.reason = reason

    @step("crm.end_area", source=TerritoryStatus.HELD)
    def end(self, *, by: Person, on: date, reason: str = "") -> None:
        """Let a day be the last on which they serve it. Raises WrongState for a day before it began,
        or behind the day on which it ends anyway."""
        if self.since is None or not self.since <= on <= (self.until or on):
            raise WrongState(_now("Choose a day on which they serve it."))
        self.until, self.reason = on, reason

    # Questions

    @property
    def region(self) -> Region:
        return Region(self.regency, self.province)

    @property
    def claim(self) -> Claim:
        """What it would be once it is granted, today and without an end; or what it is."""
        return Claim(self.region, self.since or clock.today(), self.until, self.is_exclusive)

    @property
    def buyer_id(self) -> int:
        return self.party_id

    @property
    def is_over(self) -> bool:
        """Tell whether it was held, and is no more; it stays what it was."""
        return self.until is not None and self.until < clock.today()

    # Inside

    def _hold(self, since: date, until: date | None, *, is_exclusive: bool, despite: bool) -> None:
        # one at a time in a workshop: two of them together could each be the only one
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=self.workshop_id)
        if self.party.buys_as != Party.BuysAs.DISTRIBUTOR or not self.party.is_welcome:
            raise WrongState(_now("Welcome them as a distributor first."))
        if until is not None and until < since:
            raise WrongState(_now("It ends before it begins."))
        self.since, self.until, self.is_exclusive = since, until, is_exclusive
        others = overlapping(self.claim, _held_beside(self))
        if any(self.claim.clashes(one.claim) for one in others) and not despite:
            raise AreaTaken(_now("Somebody else holds this area."))


def overlapping(claim: Claim, others: Iterable[Territory]) -> list[Territory]:
    """Return those of the areas of others that the claim overlaps, those held alone first."""
    found = [one for one in others if claim.overlaps(one.claim)]
    return sorted(found, key=lambda one: (not one.is_exclusive, one.since or date.max, one.pk))


def held_by_others(person: Person, party: int) -> list[Territory]:
    """Return the areas that others hold now or later, with who they are. One question."""
    held = Territory.objects.visible_to(person).held().exclude(party=party)
    return list(held.select_related("party").order_by("pk"))


def ask_for(party: Party, regions: Collection[Region], *, by: Person) -> None:
    """Note all the areas that a distributor wants to serve."""
    for one in list(regions)[:MOST_ASKED]:
        Territory.ask(by=by, party=party, regency=one.regency[:80], province=one.province)


def _held_beside(territory: Territory) -> Iterable[Territory]:
    held = Territory.objects.filter(workshop_id=territory.workshop_id, status=TerritoryStatus.HELD)
    return held.exclude(party=territory.party_id).order_by("pk")
