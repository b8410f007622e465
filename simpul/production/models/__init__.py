"""The work: jobs, their stages, and what was counted at each."""

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
    "OPEN",
    "Job",
    "JobQuerySet",
    "JobSize",
    "JobStage",
    "MaterialMissing",
    "StageLog",
    "Status",
    "TooMany",
]
