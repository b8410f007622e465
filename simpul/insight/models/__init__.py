from simpul.insight.models.behaviour import Behaviour, Group, GroupedBuyer, PayingBuyer
from simpul.insight.models.cash import CashKept, CashWeek, PricingRules
from simpul.insight.models.causes import SpoiltMonth
from simpul.insight.models.costs import ItemWorth, LineWork, ShelfWorth
from simpul.insight.models.counted import CountedAnswer
from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.forecasts import DemandForecast, ForecastSize
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.morning import Morning, MorningKind, MorningRules, MorningTask
from simpul.insight.models.outlooks import BuyerOutlook, BuyingOutlook
from simpul.insight.models.questions import QuestionLetter, QuestionShare, SavedQuestion
from simpul.insight.models.sums import AreaDay, BuyerFact, ColourDay, ModelDay, ModelMonth, SizeDay
from simpul.insight.models.supplies import MaterialForecast
from simpul.insight.models.workings import Working, WorkingsKept

__all__ = [
    "AreaDay",
    "Behaviour",
    "BuyerFact",
    "BuyerOutlook",
    "BuyingOutlook",
    "CashKept",
    "CashWeek",
    "ColourDay",
    "CountedAnswer",
    "DemandForecast",
    "FactsKept",
    "ForecastSize",
    "Group",
    "GroupedBuyer",
    "ItemWorth",
    "LineWork",
    "MaterialForecast",
    "ModelDay",
    "ModelMonth",
    "Morning",
    "MorningKind",
    "MorningRules",
    "MorningTask",
    "OrderFact",
    "PairsFact",
    "PayingBuyer",
    "PricingRules",
    "QuestionLetter",
    "QuestionShare",
    "SavedQuestion",
    "ShelfWorth",
    "SizeDay",
    "SpoiltMonth",
    "Working",
    "WorkingsKept",
]
