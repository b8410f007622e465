"""Winning, serving and keeping customers, on the orders that are really there."""

from simpul.crm.models.lead import LONGEST_WORDS, Lead, LeadQuerySet, Source, Status
from simpul.crm.models.remedy import Remedy, RemedyQuerySet
from simpul.crm.models.service import MOST_HOURS, Goal, Service, ServiceGoal

__all__ = [
    "LONGEST_WORDS",
    "MOST_HOURS",
    "Goal",
    "Lead",
    "LeadQuerySet",
    "Remedy",
    "RemedyQuerySet",
    "Service",
    "ServiceGoal",
    "Source",
    "Status",
]
