"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.lead import LONGEST_WORDS, Lead, LeadQuerySet, Source, Status

__all__ = [
    "LONGEST_WORDS",
    "Lead",
    "LeadQuerySet",
    "Source",
    "Status",
]
