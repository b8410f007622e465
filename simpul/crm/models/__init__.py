"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.lead import LONGEST_WORDS, Lead, LeadQuerySet, Source, Status
from simpul.crm.models.point import (
    PointLot,
    PointUse,
    TooFewPoints,
    balance_of,
    left_of,
)
from simpul.crm.models.rule import PointRules, Tier, TierTerms

__all__ = [
    "LONGEST_WORDS",
    "Lead",
    "LeadQuerySet",
    "PointLot",
    "PointRules",
    "PointUse",
    "Source",
    "Status",
    "Tier",
    "TierTerms",
    "TooFewPoints",
    "balance_of",
    "left_of",
]
