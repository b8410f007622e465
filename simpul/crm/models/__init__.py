"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.duplicate import Duplicate, cards_of, find_duplicates, like
from simpul.crm.models.lead import LONGEST_WORDS, Lead, LeadQuerySet, Source, Status
from simpul.crm.models.merging import Merging, MovedRow, NotMerged, NotUndone

__all__ = [
    "LONGEST_WORDS",
    "Duplicate",
    "Lead",
    "LeadQuerySet",
    "Merging",
    "MovedRow",
    "NotMerged",
    "NotUndone",
    "Source",
    "Status",
    "cards_of",
    "find_duplicates",
    "like",
]
