"""The work: jobs, their stages, what was counted at each, and the days and hands that there are."""

from simpul.production.models.hours import (
    LONGEST_CLOSED,
    Capacity,
    ClosedDays,
    WorkWeek,
    calendar_of,
)
from simpul.production.models.job import (
    OPEN,
    Job,
    JobQuerySet,
    JobSize,
    JobStage,
    MaterialMissing,
    Status,
    TooMany,
)
from simpul.production.models.log import StageLog

__all__ = [
    "LONGEST_CLOSED",
    "OPEN",
    "Capacity",
    "ClosedDays",
    "Job",
    "JobQuerySet",
    "JobSize",
    "JobStage",
    "MaterialMissing",
    "StageLog",
    "Status",
    "TooMany",
    "WorkWeek",
    "calendar_of",
]
