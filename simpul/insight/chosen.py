"""Which orders are meant, whatever the way from a table to them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q

from simpul.parties.models import Workshop

type Chosen = Callable[[str], Q]  # from a way to orders, such as "line__order": which are meant


def these(keys: Collection[int]) -> Chosen:
    """Choose orders by their keys."""
    return lambda way: Q(**{f"{way}__in": keys})


def between(workshop: Workshop, first: int, last: int) -> Chosen:
    """Choose all orders of a workshop from one key to another: shorter to say than many keys."""
    return lambda way: Q(**{f"{way}__gte": first, f"{way}__lte": last, _whose(way): workshop})


def every(workshop: Workshop) -> Chosen:
    """Choose all orders of a workshop."""
    return lambda way: Q(**{_whose(way): workshop})


def _whose(way: str) -> str:
    return "workshop" if way == "pk" else f"{way}__workshop"
