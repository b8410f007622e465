"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.lead import (
    LONGEST_WORDS,
    MET,
    MOVES,
    STAGES,
    WRITTEN,
    Lead,
    LeadQuerySet,
    Source,
    Status,
    Why,
    is_any_ordered,
    win_what_was_ordered,
)

__all__ = [
    "LONGEST_WORDS",
    "MET",
    "MOVES",
    "STAGES",
    "WRITTEN",
    "Lead",
    "LeadQuerySet",
    "Source",
    "Status",
    "Why",
    "is_any_ordered",
    "win_what_was_ordered",
]
