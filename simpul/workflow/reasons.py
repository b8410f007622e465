"""Reasons that the program gives by itself: kept as facts, and said to each reader in their own language.

A reason is what a person wrote, which stays as it was written, or what `because` returns. Whatever shows a
reason that the program may have given shows `said` of it; in a template this is the filter `said`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Given(models.TextChoices):
    """The reasons with their sentences; `what` is the fact that stands beside the reason."""

    ORDER_CHANGED = "order_changed", _("The order was changed: nothing of it is to be made.")
    RATHER_CHANGED = "rather_changed", _("I would rather change the order.")
    COUNTED_FOR = "counted_for", _("counted for %(what)s")
    COUNTED_WRONGLY = "counted_wrongly", _("Counted by mistake")
    GIVEN_BACK = "given_back", _("%(what)s gave it back to the payer.")
    WAITS_AGAIN = "waits_again", _("The entry waits again.")


def because(reason: Given, what: object = "") -> str:
    """Return what is kept of a reason: its value and, after a space, the fact that its sentence names."""
    return f"{reason.value} {what}".strip()


def said(reason: str) -> str:
    """Say a reason in the language of the moment; what a person wrote stays as it is."""
    given, _space, what = reason.partition(" ")
    return str(Given(given).label) % {"what": what} if given in Given else reason
