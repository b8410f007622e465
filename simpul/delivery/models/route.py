"""The table of routes: what a way usually costs, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now

from simpul.delivery.models.package import Package
from simpul.delivery.models.shipment import Shipment
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, creation, step


class RouteQuerySet(models.QuerySet["Route"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def standing(self) -> Self:
        return self.filter(dropped_at=None)

    def for_list(self) -> Self:
        return self.standing().order_by("name", "pk")


class Route(models.Model):
    """A way to some place: a fee for the shipment, for each package, and for each kg charged.

    The weight charged is the larger of the real one and that by volume; it is counted in whole kg,
    and as many grams above them as `grace` says are let pass. What it proposes may be agreed
    otherwise with each shipment.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=10, choices=Shipment.Mode)
    area = models.CharField(max_length=80, blank=True)
    fee = models.PositiveBigIntegerField(default=0)  # rupiah, for the shipment
    package_fee = models.PositiveBigIntegerField(default=0)  # rupiah, for each package
    kg_fee = models.PositiveBigIntegerField(default=0)  # rupiah, for each kg charged
    divisor = models.PositiveIntegerField(
        default=0
    )  # cubic centimetres that count as a kg; 0: none
    grace = models.PositiveSmallIntegerField(default=0)  # gram
    days = models.PositiveSmallIntegerField(null=True)
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = RouteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "name"],
                condition=Q(dropped_at=None),
                name="route_once_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("delivery.add_route")
    def add(cls, *, by: Person, name: str, mode: str, **terms: str | int | None) -> Route:
        """Write down what a way costs; `terms` are the other fields of the table."""
        made = cls(workshop_id=by.workshop_id)
        made._say(name=name, mode=mode, **terms)
        return made

    @step("delivery.change_route")
    def change(self, *, by: Person, name: str, mode: str, **terms: str | int | None) -> None:
        """It costs something else from now on; shipments keep what was proposed to them."""
        self._demand_standing()
        self._say(name=name, mode=mode, **terms)

    @step("delivery.drop_route")
    def drop(self, *, by: Person) -> None:
        """Propose it no more."""
        self._demand_standing()
        self.dropped_at = clock.now()

    # Questions

    def fee_for(self, packages: Iterable[Package]) -> int | None:
        """Return what packages cost on this way; None where it is paid by a weight nobody knows."""
        each = list(packages)
        fee: int = self.fee + self.package_fee * len(each)
        if not self.kg_fee:
            return fee
        charged = self.charged_kg(each)
        return None if charged is None else fee + self.kg_fee * charged

    def charged_kg(self, packages: Iterable[Package]) -> int | None:
        """Return the whole kg that are charged, at least one; None where a weight is not known."""
        grams = 0
        for package in packages:
            if package.grams is None:
                return None
            grams += max(package.grams, package.volume_grams(self.divisor))
        return max(-(-(grams - self.grace) // 1000), 1)

    # Inside

    def _say(self, *, name: str, **terms: str | int | None) -> None:
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=self.workshop_id)
        others = Route.objects.standing().filter(workshop=self.workshop_id).exclude(pk=self.pk)
        if others.filter(name=name).exists():
            raise WrongState(_now("There is a route of this name already."))
        self.name = name
        for field, value in terms.items():
            setattr(self, field, value)
        self.save()

    def _demand_standing(self) -> None:
        if self.dropped_at is not None:
            raise WrongState(_now("This route is not used any more."))
