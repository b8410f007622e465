from simpul.insight.models.behaviour import Behaviour, Group, GroupedBuyer, PayingBuyer
from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.outlooks import BuyerOutlook, BuyingOutlook
from simpul.insight.models.sums import AreaMonth, BuyerFact, ModelDay, ModelMonth

__all__ = [
    "AreaMonth",
    "Behaviour",
    "BuyerFact",
    "BuyerOutlook",
    "BuyingOutlook",
    "FactsKept",
    "Group",
    "GroupedBuyer",
    "ModelDay",
    "ModelMonth",
    "OrderFact",
    "PairsFact",
    "PayingBuyer",
]
