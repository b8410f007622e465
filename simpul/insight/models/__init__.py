from simpul.insight.models.counted import CountedAnswer
from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.outlooks import BuyerOutlook, BuyingOutlook
from simpul.insight.models.questions import QuestionLetter, QuestionShare, SavedQuestion
from simpul.insight.models.sums import AreaMonth, BuyerFact, ModelDay, ModelMonth

__all__ = [
    "AreaMonth",
    "BuyerFact",
    "BuyerOutlook",
    "BuyingOutlook",
    "CountedAnswer",
    "FactsKept",
    "ModelDay",
    "ModelMonth",
    "OrderFact",
    "PairsFact",
    "QuestionLetter",
    "QuestionShare",
    "SavedQuestion",
]
