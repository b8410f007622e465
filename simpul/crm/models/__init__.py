"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.campaign import (
    LONGEST_CAMPAIGN,
    Campaign,
    CampaignQuerySet,
    CampaignStatus,
    Outcome,
    Recipient,
    RecipientQuerySet,
    Ways,
    Why,
)
from simpul.crm.models.consent import (
    Consent,
    ConsentHow,
    ConsentQuerySet,
    Purpose,
    agreed_to,
    consents_of,
)
from simpul.crm.models.lead import LONGEST_WORDS, Lead, LeadQuerySet, Source, Status
from simpul.crm.models.rules import MarketingRules
from simpul.crm.models.segment import Segment, SegmentQuerySet

__all__ = [
    "LONGEST_CAMPAIGN",
    "LONGEST_WORDS",
    "Campaign",
    "CampaignQuerySet",
    "CampaignStatus",
    "Consent",
    "ConsentHow",
    "ConsentQuerySet",
    "Lead",
    "LeadQuerySet",
    "MarketingRules",
    "Outcome",
    "Purpose",
    "Recipient",
    "RecipientQuerySet",
    "Segment",
    "SegmentQuerySet",
    "Source",
    "Status",
    "Ways",
    "Why",
    "agreed_to",
    "consents_of",
]
