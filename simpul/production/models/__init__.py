"""The work: jobs, their stages, what was counted at each, what it earned, and the days,
hands and lasts that there are."""

from simpul.production.models.causes import MOST_CAUSES, CauseList, cause_label
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
from simpul.production.models.lasts import LastSet, LastUse
from simpul.production.models.log import StageLog
from simpul.production.models.outwork import Out, Outwork, OutworkMaterial, OutworkSize, outs
from simpul.production.models.own import OwnPairs
from simpul.production.models.photo import StagePhoto
from simpul.production.models.stage_plan import StagePlan
from simpul.production.models.wages import (
    NothingLeft,
    SettledLog,
    TooLittle,
    WagePayment,
    WageSheet,
    WageSlip,
    unspent,
)

__all__ = [
    "LONGEST_CLOSED",
    "MOST_CAUSES",
    "OPEN",
    "Capacity",
    "CauseList",
    "ClosedDays",
    "Job",
    "JobQuerySet",
    "JobSize",
    "JobStage",
    "LastSet",
    "LastUse",
    "MaterialMissing",
    "NothingLeft",
    "Out",
    "Outwork",
    "OutworkMaterial",
    "OutworkSize",
    "OwnPairs",
    "SettledLog",
    "StageLog",
    "StagePhoto",
    "StagePlan",
    "Status",
    "TooLittle",
    "TooMany",
    "WagePayment",
    "WageSheet",
    "WageSlip",
    "WorkWeek",
    "calendar_of",
    "cause_label",
    "outs",
    "unspent",
]
