"""What will be asked for, as it was forecast last: rows that a page reads without any of the methods.

Told anew each night by `insight.demand`; nothing is typed in, and nothing else writes here.
"""

from __future__ import annotations

from typing import NamedTuple, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Product, Variant
from simpul.parties.models import Person, Workshop


class Span(NamedTuple):
    """Pairs expected in so many weeks, and between which limits in 8 of 10 cases (None: not judged)."""

    weeks: int
    expected: int
    low: int | None
    high: int | None


class Judged(NamedTuple):
    """How far off one way was (`methods.judging`); None where that cannot be told."""

    way: str
    with_feasts: bool
    mase: float | None
    rmsse: float | None
    bias: float
    pinball: float | None


class DemandForecastQuerySet(models.QuerySet["DemandForecast"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else self.none()

    def of_models(self) -> Self:
        return self.filter(product__isnull=False).select_related("product")


class DemandForecast(models.Model):
    """The pairs of a model (none: of all together) that will be asked for in the weeks from `begins`.

    `past`: pairs of the periods before, the latest last, each of `weeks_each` weeks; `ahead`: mean and
    limits of each to come; `spans`: the same of the next 4, 8 and 12 weeks together. Of these `ordered`
    pairs are agreed on already; `undelivered`: pairs of all orders not wholly delivered.
    """

    SPANS = (4, 8, 12)  # weeks

    class Pattern(models.TextChoices):
        SMOOTH = "smooth", _("steady")
        ERRATIC = "erratic", _("often, but unevenly")
        INTERMITTENT = "intermittent", _("seldom")
        LUMPY = "lumpy", _("seldom and unevenly")

    class Way(models.TextChoices):
        NAIVE = "naive", _("like last time")
        SEASONAL = "seasonal naive", _("like a year before")
        SIMPLE = "simple smoothing", _("smoothed")
        DAMPED = "damped trend", _("smoothed, with a trend that fades")
        SEASON = "trend and season", _("smoothed, with trend and season")
        CROSTON = "Croston", "Croston"
        SBA = "SBA", "SBA"
        TSB = "TSB", "TSB"

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, related_name="+", db_index=False
    )
    as_of = models.DateField()
    begins = models.DateField()  # a Monday
    weeks_each = models.PositiveSmallIntegerField()
    pattern = models.CharField(max_length=12, choices=Pattern)
    adi = models.FloatField()
    cv2 = models.FloatField()
    way = models.CharField(max_length=16, choices=Way)
    with_feasts = models.BooleanField(default=False)
    ordered = models.PositiveIntegerField()
    undelivered = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()  # in the longest span
    past = models.JSONField()
    ahead = models.JSONField()
    spans = models.JSONField()
    judged = models.JSONField(default=list)

    objects = DemandForecastQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "product"], name="forecast_once_a_model"),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=models.Q(product=None),
                name="forecast_of_all_once",
            ),
        ]

    def __str__(self) -> str:
        return f"forecast of {self.product_id} from {self.begins}"

    # Questions

    def span(self, weeks: int) -> Span:
        return next(Span(*one) for one in self.spans if one[0] == weeks)

    @property
    def is_judged(self) -> bool:
        return bool(self.judged)

    @property
    def is_naive(self) -> bool:
        return self.way in (self.Way.NAIVE, self.Way.SEASONAL)

    @property
    def is_seldom(self) -> bool:
        return self.pattern in (self.Pattern.INTERMITTENT, self.Pattern.LUMPY)

    @property
    def ways(self) -> list[Judged]:
        """All that competed, the nearest first."""
        rows = [Judged(*one) for one in self.judged]
        return sorted(rows, key=lambda one: (self._off(one) is None, self._off(one) or 0.0))

    @property
    def gain_percent(self) -> int | None:
        """By how many per cent the way that was taken is nearer than `like last time`; None where
        nothing was judged, or that is never wrong."""
        off = {(one.way, one.with_feasts): self._off(one) for one in self.ways}
        plain, mine = off.get((self.Way.NAIVE, False)), off.get((self.way, self.with_feasts))
        return round(100 * (1 - mine / plain)) if plain and mine is not None else None

    def _off(self, one: Judged) -> float | None:
        return one.rmsse if self.is_seldom else one.mase


class ForecastSize(models.Model):
    """How many pairs of one size of a colourway are still to be ordered within 4, 8 and 12 weeks."""

    forecast = models.ForeignKey(
        DemandForecast, models.CASCADE, related_name="sizes", db_index=False
    )
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", db_index=False)
    pairs_4 = models.PositiveIntegerField()
    pairs_8 = models.PositiveIntegerField()
    pairs_12 = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["forecast", "variant"], name="forecast_size_once")
        ]

    def __str__(self) -> str:
        return f"{self.pairs_12} pairs of {self.variant_id}"

    def pairs(self, weeks: int) -> int:
        return {4: self.pairs_4, 8: self.pairs_8, 12: self.pairs_12}[weeks]
