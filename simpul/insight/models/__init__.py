from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.sums import AreaMonth, BuyerFact, ModelDay, ModelMonth

__all__ = [
    "AreaMonth",
    "BuyerFact",
    "FactsKept",
    "ModelDay",
    "ModelMonth",
    "OrderFact",
    "PairsFact",
]
