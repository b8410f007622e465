"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.consent import (
    Consent,
    ConsentHow,
    ConsentQuerySet,
    Purpose,
    agreed_to,
    consents_of,
)
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
    "agreed_to",
    "balance_of",
    "consents_of",
    "left_of",
]
