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
from simpul.crm.models.voucher import NoVoucher, Voucher, VoucherUse, give_idle_back

__all__ = [
    "LONGEST_WORDS",
    "Lead",
    "LeadQuerySet",
    "NoVoucher",
    "PointLot",
    "PointRules",
    "PointUse",
    "Source",
    "Status",
    "Tier",
    "TierTerms",
    "TooFewPoints",
    "Voucher",
    "VoucherUse",
    "balance_of",
    "give_idle_back",
    "left_of",
]
