"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.consent import (
    Consent,
    ConsentHow,
    ConsentQuerySet,
    Purpose,
    agreed_to,
    consents_of,
)
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
    "MET",
    "MOVES",
    "STAGES",
    "WRITTEN",
    "Consent",
    "ConsentHow",
    "ConsentQuerySet",
    "Lead",
    "LeadQuerySet",
    "PointLot",
    "PointRules",
    "PointUse",
    "Purpose",
    "Source",
    "Status",
    "Tier",
    "TierTerms",
    "TooFewPoints",
    "Why",
    "agreed_to",
    "balance_of",
    "consents_of",
    "is_any_ordered",
    "left_of",
    "win_what_was_ordered",
]
