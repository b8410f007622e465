"""Lasts, moulds and cutting dies by size: how many pairs of a size can be at a stage in a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now

from simpul.catalog.models import Product
from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.steps import WrongState, creation, step


class LastSetQuerySet(models.QuerySet["LastSet"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def standing(self) -> Self:
        return self.filter(dropped_at=None)

    def for_list(self) -> Self:
        """Load the models too, by their names: a query for each kind of thing."""
        uses = LastUse.objects.select_related("product").order_by("product__name", "pk")
        return self.prefetch_related(models.Prefetch("uses", uses)).order_by("name", "pk")


class LastSet(models.Model):
    """Lasts of one shape (or moulds, or dies): so many of each size, for these models at one post.

    A post is a stage by its name. Models that share a set share what its lasts make in a day.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    post = models.CharField(max_length=40)
    turns = models.PositiveSmallIntegerField(default=1)  # pairs that one of them makes a day
    sizes = models.JSONField()  # {"39": 4, "40": 6, …}
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = LastSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "name"],
                condition=Q(dropped_at=None),
                name="last_set_once_by_name",
            ),
            models.CheckConstraint(condition=Q(turns__gt=0), name="last_set_makes_something"),
        ]

    def __str__(self) -> str:
        return self.name

    # Steps

    @classmethod
    @creation("production.add_lasts")
    def add(
        cls,
        *,
        by: Person,
        name: str,
        post: str,
        turns: int,
        sizes: Mapping[str, int],
        products: Iterable[Product],
    ) -> LastSet:
        """Let no more pairs of these models pass a post in a day than there are lasts of their size."""
        made = cls(workshop_id=by.workshop_id)
        made._say(name, post, turns, sizes, products)
        return made

    @step("production.change_lasts")
    def change(
        self,
        *,
        by: Person,
        name: str,
        post: str,
        turns: int,
        sizes: Mapping[str, int],
        products: Iterable[Product],
    ) -> None:
        """Bought, broken, or used for other models: what is said takes the place of what was known."""
        self._demand_standing()
        self._say(name, post, turns, sizes, products)

    @step("production.drop_lasts")
    def drop(self, *, by: Person) -> None:
        """Use them no more; nothing waits for them any longer."""
        self._demand_standing()
        self.uses.all().delete()
        self.dropped_at = clock.now()

    @property
    def by_size(self) -> list[tuple[str, int]]:
        """How many there are of each size, in the order of the sizes."""
        return sorted(self.sizes.items(), key=lambda one: int(one[0]))

    # Inside

    def _say(
        self,
        name: str,
        post: str,
        turns: int,
        sizes: Mapping[str, int],
        products: Iterable[Product],
    ) -> None:
        wanted = list(products)
        Workshop.objects.select_for_update(of=("self",), no_key=True).get(pk=self.workshop_id)
        others = LastSet.objects.standing().filter(workshop=self.workshop_id).exclude(pk=self.pk)
        if others.filter(name=name).exists():
            raise WrongState(_now("There are lasts of this name already."))
        if not wanted or any(one.workshop_id != self.workshop_id for one in wanted):
            raise WrongState(_now("Say which models are made on them."))
        if not any(sizes.values()):
            raise WrongState(_now("Say how many there are of each size."))
        taken = LastUse.objects.filter(product__in=wanted, post=post).exclude(lasts=self.pk)
        if (found := taken.select_related("lasts", "product").first()) is not None:
            raise WrongState(
                _now("%(model)s is made on other lasts at this stage already: %(lasts)s.")
                % {"model": found.product, "lasts": found.lasts}
            )
        self.name, self.post, self.turns = name, post, turns
        self.sizes = {size: count for size, count in sizes.items() if count}
        self.save()
        self.uses.all().delete()
        LastUse.objects.bulk_create(
            LastUse(lasts=self, product=product, post=post) for product in wanted
        )

    def _demand_standing(self) -> None:
        if self.dropped_at is not None:
            raise WrongState(_now("These lasts are not used any more."))


class LastUse(models.Model):
    """A model that is made on lasts; at one post on one set only. The post is that of the set."""

    lasts = models.ForeignKey(LastSet, models.CASCADE, related_name="uses")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False)
    post = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "post"], name="last_use_once_a_post")
        ]

    def __str__(self) -> str:
        return f"{self.lasts_id} of {self.product_id}"
