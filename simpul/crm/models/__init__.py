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
from simpul.crm.models.segment import MarketingRules, Segment, SegmentQuerySet

__all__ = [
    "LONGEST_WORDS",
    "Consent",
    "ConsentHow",
    "ConsentQuerySet",
    "Lead",
    "LeadQuerySet",
    "MarketingRules",
    "Purpose",
    "Segment",
    "SegmentQuerySet",
    "Source",
    "Status",
    "agreed_to",
    "consents_of",
]
