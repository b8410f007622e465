from simpul.insight.models.cash import CashKept, CashWeek, PricingRules
from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.outlooks import BuyerOutlook, BuyingOutlook
from simpul.insight.models.sums import AreaMonth, BuyerFact, ModelDay, ModelMonth
from simpul.insight.models.workings import Working, WorkingsKept

__all__ = [
    "AreaMonth",
    "BuyerFact",
    "BuyerOutlook",
    "BuyingOutlook",
    "CashKept",
    "CashWeek",
    "FactsKept",
    "ModelDay",
    "ModelMonth",
    "OrderFact",
    "PairsFact",
    "PricingRules",
    "Working",
    "WorkingsKept",
]
