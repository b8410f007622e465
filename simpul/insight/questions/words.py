"""The words in which a question is put: what is counted, by what, of which days. Nothing else can be
asked; `docs/questions.md` tells people of each, and a test holds it against these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(StrEnum):
    """A figure that a source can add up; a measure is one of them, or one divided by another."""

    PAIRS = "pairs"
    SOLD = "sold"
    ORDERS = "orders"
    BUYERS = "buyers"
    NEW_BUYERS = "new_buyers"
    ENDED = "ended"  # orders wholly delivered
    IN_TIME = "in_time"
    LATE = "late"
    LATE_DAYS = "late_days"
    LEFT = "left"
    EARNED = "earned"  # what that was sold for of which it is known what was left
    COMPLAINTS = "complaints"


# what several rows have in common, and would be counted in each of them
WHOLE_ORDERS = {Part.ORDERS, Part.ENDED, Part.IN_TIME, Part.LATE, Part.LATE_DAYS}
WHOLE_BUYERS = {Part.BUYERS, Part.NEW_BUYERS}


class Counts(StrEnum):
    """The day on which something counts."""

    AGREED = "agreed"
    DELIVERED = "delivered"
    OPENED = "opened"


COUNTS_ON: dict[Part, Counts] = {
    Part.PAIRS: Counts.AGREED,
    Part.SOLD: Counts.AGREED,
    Part.ORDERS: Counts.AGREED,
    Part.BUYERS: Counts.AGREED,
    Part.NEW_BUYERS: Counts.AGREED,
    Part.ENDED: Counts.DELIVERED,
    Part.IN_TIME: Counts.DELIVERED,
    Part.LATE: Counts.DELIVERED,
    Part.LATE_DAYS: Counts.DELIVERED,
    Part.LEFT: Counts.DELIVERED,
    Part.EARNED: Counts.DELIVERED,
    Part.COMPLAINTS: Counts.OPENED,
}


class Measure(models.TextChoices):
    PAIRS = "pairs", _("Pairs")
    SOLD = "sold", _("Revenue")
    ORDERS = "orders", _("Orders")
    AVERAGE_ORDER = "average_order", _("Average order")
    PAIRS_AN_ORDER = "pairs_an_order", _("Pairs an order")
    A_PAIR = "a_pair", _("Revenue a pair")
    BUYERS = "buyers", _("Buyers")
    NEW_BUYERS = "new_buyers", _("New buyers")
    LATE = "late", _("Orders delivered late")
    IN_TIME = "in_time", _("Delivered in time")
    DAYS_LATE = "days_late", _("Days late")
    COMPLAINTS = "complaints", _("Complaints")
    LEFT = "contribution", _("Contribution")
    LEFT_SHARE = "contribution_share", _("Contribution, share of revenue")


class Unit(StrEnum):
    COUNT = "count"
    RUPIAH = "rupiah"
    MILLI = "milli"  # thousandths: of days, of pairs
    PERCENT = "percent"  # thousandths of a per cent


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a measure is reckoned: the first part, divided by the second if there is one."""

    parts: tuple[Part, ...]
    unit: Unit
    explains: Any

    @property
    def is_ratio(self) -> bool:
        return len(self.parts) > 1

    @property
    def tells_left(self) -> bool:
        """Whether it tells what is left of what was sold: for who sees the books."""
        return Part.LEFT in self.parts


MEANS: dict[Measure, Meaning] = {
    Measure.PAIRS: Meaning(
        (Part.PAIRS,), Unit.COUNT, _("What was ordered, on the day of the agreement.")
    ),
    Measure.SOLD: Meaning(
        (Part.SOLD,),
        Unit.RUPIAH,
        _("What was agreed on, with freight and discount, less what was credited."),
    ),
    Measure.ORDERS: Meaning(
        (Part.ORDERS,), Unit.COUNT, _("Agreed orders, on the day of the agreement.")
    ),
    Measure.AVERAGE_ORDER: Meaning(
        (Part.SOLD, Part.ORDERS), Unit.RUPIAH, _("Revenue divided by orders.")
    ),
    Measure.PAIRS_AN_ORDER: Meaning(
        (Part.PAIRS, Part.ORDERS), Unit.MILLI, _("Pairs divided by orders.")
    ),
    Measure.A_PAIR: Meaning((Part.SOLD, Part.PAIRS), Unit.RUPIAH, _("Revenue divided by pairs.")),
    Measure.BUYERS: Meaning(
        (Part.BUYERS,), Unit.COUNT, _("Who agreed on at least one order; each counts once.")
    ),
    Measure.NEW_BUYERS: Meaning(
        (Part.NEW_BUYERS,),
        Unit.COUNT,
        _("Buyers whose first order of all was agreed on in these days."),
    ),
    Measure.LATE: Meaning(
        (Part.LATE,),
        Unit.COUNT,
        _("Orders whose last pairs came after the day promised at the agreement."),
    ),
    Measure.IN_TIME: Meaning(
        (Part.IN_TIME, Part.ENDED),
        Unit.PERCENT,
        _("Of the orders wholly delivered, those that kept the day promised at the agreement."),
    ),
    Measure.DAYS_LATE: Meaning(
        (Part.LATE_DAYS, Part.LATE),
        Unit.MILLI,
        _("By how many days the late orders were late, on average."),
    ),
    Measure.COMPLAINTS: Meaning(
        (Part.COMPLAINTS,),
        Unit.COUNT,
        _("Complaints, warranty cases and returns, on the day on which they were opened."),
    ),
    Measure.LEFT: Meaning(
        (Part.LEFT,),
        Unit.RUPIAH,
        _("What is left after material, wages and freight, on the day of the last delivery."),
    ),
    Measure.LEFT_SHARE: Meaning(
        (Part.LEFT, Part.EARNED),
        Unit.PERCENT,
        _("Contribution divided by the revenue of the same orders."),
    ),
}


class By(models.TextChoices):
    MODEL = "model", _("Model")
    CATEGORY = "category", _("Category")
    COLOUR = "colour", _("Colour")
    SIZE = "size", _("Size")
    AREA = "area", _("Area")
    SOLD_AS = "sold_as", _("Kind of buyer")
    CHANNEL = "channel", _("Way of ordering")
    BUYER = "buyer", _("Buyer")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")
    WEEKDAY = "weekday", _("Day of the week")


OF_TIME = (By.MONTH, By.QUARTER, By.YEAR, By.WEEKDAY)
OF_GOODS = (
    By.MODEL,
    By.CATEGORY,
    By.COLOUR,
    By.SIZE,
)  # an order may stand in several rows of these
FILTERED = tuple(one for one in By if one not in OF_TIME)

BY_MEANS: dict[By, Any] = {
    By.MODEL: _("The model in the catalogue."),
    By.CATEGORY: _("The category of the model."),
    By.COLOUR: _("The colour, of all models that come in it."),
    By.SIZE: _("The size, of all models."),
    By.AREA: _("The town or regency of the buyer when the figures were taken."),
    By.SOLD_AS: _("Distributor, consumer, or a distributor for his dealer."),
    By.CHANNEL: _("Web, telephone and the other ways by which an order came."),
    By.BUYER: _("Each buyer by name."),
    By.MONTH: _("One row a month, in their order."),
    By.QUARTER: _("One row for each three months, from January on."),
    By.YEAR: _("One row a year."),
    By.WEEKDAY: _("Monday to Sunday, all weeks together."),
}


class How(models.TextChoices):
    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")


class Days(models.TextChoices):
    """Which days a question is about."""

    MONTH = "m1", _("last month")
    QUARTER = "m3", _("last 3 months")
    HALF = "m6", _("last 6 months")
    YEAR = "m12", _("last 12 months")
    TWO_YEARS = "m24", _("last 24 months")
    FIVE_YEARS = "m60", _("last 60 months")
    THIS_MONTH = "this_month", _("this month")
    THIS_YEAR = "this_year", _("this year")
    LAST_YEAR = "last_year", _("last year")
    CHOSEN = "chosen", _("from … to …")


class Order(models.TextChoices):
    USUAL = "", _("as is usual")
    MOST = "most", _("most first")
    LEAST = "least", _("least first")
    NAME = "name", _("by name or date")
