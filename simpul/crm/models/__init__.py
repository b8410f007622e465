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
from simpul.crm.models.duplicate import Duplicate, cards_of, find_duplicates, like
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
    WhyLost,
    is_any_ordered,
    win_what_was_ordered,
)
from simpul.crm.models.listing import ListImport, ListRow
from simpul.crm.models.merging import Merging, MovedRow, NotMerged, NotUndone
from simpul.crm.models.point import PointLot, PointUse, TooFewPoints, balance_of, left_of
from simpul.crm.models.rule import PointRules, Tier, TierTerms
from simpul.crm.models.rules import MarketingRules
from simpul.crm.models.segment import Segment, SegmentQuerySet
from simpul.crm.models.service import MOST_HOURS, Goal, Service, ServiceGoal
from simpul.crm.models.voucher import NoVoucher, Voucher, VoucherUse, give_idle_back

__all__ = [
    "LONGEST_CAMPAIGN",
    "LONGEST_WORDS",
    "MET",
    "MOST_HOURS",
    "MOVES",
    "STAGES",
    "WRITTEN",
    "Campaign",
    "CampaignQuerySet",
    "CampaignStatus",
    "Consent",
    "ConsentHow",
    "ConsentQuerySet",
    "Duplicate",
    "Goal",
    "Lead",
    "LeadQuerySet",
    "ListImport",
    "ListRow",
    "MarketingRules",
    "Merging",
    "MovedRow",
    "NoVoucher",
    "NotMerged",
    "NotUndone",
    "Outcome",
    "PointLot",
    "PointRules",
    "PointUse",
    "Purpose",
    "Recipient",
    "RecipientQuerySet",
    "Segment",
    "SegmentQuerySet",
    "Service",
    "ServiceGoal",
    "Source",
    "Status",
    "Tier",
    "TierTerms",
    "TooFewPoints",
    "Voucher",
    "VoucherUse",
    "Ways",
    "Why",
    "WhyLost",
    "agreed_to",
    "balance_of",
    "cards_of",
    "consents_of",
    "find_duplicates",
    "give_idle_back",
    "is_any_ordered",
    "left_of",
    "like",
    "win_what_was_ordered",
]
