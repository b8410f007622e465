"""Why a row of a list has its verdict, or why what was made of it stays: kept as plain facts, and said to
each reader in their own language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.catalog.models import Group, Price
from simpul.crm.listed_products import FIELDS, in_words, price_in_words

type Because = dict[str, Any]  # `why`, a value of Why, and the facts that its sentence names


class Why(models.TextChoices):
    """The sentences. What the gaps stand for is said by `because`; `party` is whom the row names."""

    SAME_WAY = "same_way", _("Same number or address: %(party)s")
    OURS = "ours", _("Same number or address: one of us")
    SAME_AS_LINE = "same_as_line", _("Same number or address as line %(line)s")
    ALIKE = "alike", _("Looks like %(party)s")
    MEANWHILE = "meanwhile", _("Came in by another way meanwhile.")
    UNREADABLE = "unreadable", _("A cell cannot be read.")  # the row itself says which, and why
    # of a model
    SAME_LOOK = "same_look", _("Same model and colour as line %(line)s")
    CONTRADICTS = "contradicts", _("Line %(line)s says something else of this model: %(column)s.")
    LACKS = "lacks", _("A new model needs more: %(columns)s.")
    SAME_NAME = "same_name", _("%(code)s has the same name.")
    MORE_OF_NEW = "more_of_new", _("Another colour of the new model.")
    NEW_COLOUR = "new_colour", _("A new colour of %(code)s")
    NO_COLOUR = "no_colour", _("Say which colour.")
    NO_SIZES = "no_sizes", _("A new colour needs its sizes.")
    NOT_OPENED = "not_opened", _("The row that says more of this model was not taken.")
    CHANGES = "changes", "%(changes)s"
    SO_ALREADY = "so_already", _("It is so already.")
    # what was made of it stays
    ORDER = "order", _("There is an order.")
    RECIPE = "recipe", _("There is a recipe for it.")
    STOCK = "stock", _("It lies in the stock.")
    PURCHASE = "purchase", _("There is a purchase order.")
    TALK = "talk", _("There is a conversation.")
    NOTE = "note", _("There is a note about it.")
    MONEY = "money", _("Money came from it.")
    CONSENT = "consent", _("They said what may be sent to them.")
    LINK = "link", _("A link was sent to them.")
    LOGIN = "login", _("They have a login.")
    MORE_PEOPLE = "more_people", _("More people were added.")
    WORK = "work", _("Something was done with it.")
    OTHER_PRICE = "other_price", _("It has another price by now.")
    OTHER_COLOUR = "other_colour", _("It has another colour by now.")
    ORDERED = "ordered", _("It was ordered at this price.")
    CHANGED = "changed", _("It was changed since: %(column)s.")
    PHOTO = "photo", _("It has a photo by now.")
    WORDS = "words", _("It has words of its own by now.")


def because(why: Why, **facts: Any) -> Because:
    """Return what is kept of a reason: plain values only. `column` and `columns` are names of fields
    of a list of models, `changes` what `change_of` returns."""
    return {"why": why.value, **facts}


def change_of(field: str, before: Any, after: Any) -> list[Any]:
    """Return what is kept of a change: the field and both values; a price as its amount and pairs."""
    return [field, *(_plain(value) for value in (before, after))]


def sentence(reason: Because, *, party: str = "") -> str:
    """Say a reason in the language of the moment; nothing where there is none. `party` is the name of
    whom the row looks like."""
    if not reason:
        return ""
    facts = {name: _GAPS.get(name, str)(value) for name, value in reason.items()}
    return str(Why(reason["why"]).label) % {"party": party or "–", **facts}


def _plain(value: Any) -> Any:
    return [value.amount, value.per] if isinstance(value, Price) else value


def _column(field: str) -> str:
    return str(FIELDS[field])


def _changes(changed: list[list[Any]]) -> str:
    return "; ".join(
        f"{_column(field)}: {_told(field, before)} → {_told(field, after)}"
        for field, before, after in changed
    )


def _told(field: str, value: Any) -> str:
    if field in Group:
        return price_in_words(Price(*value) if value else None)
    return in_words(field, value) or "–"


_GAPS: dict[str, Callable[[Any], str]] = {
    "column": _column,
    "columns": lambda fields: ", ".join(map(_column, fields)),
    "changes": _changes,
}
