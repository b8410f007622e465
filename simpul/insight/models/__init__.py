from simpul.insight.models.facts import OrderFact, PairsFact
from simpul.insight.models.forecasts import DemandForecast, ForecastSize
from simpul.insight.models.kept import FactsKept
from simpul.insight.models.outlooks import BuyerOutlook, BuyingOutlook
from simpul.insight.models.sums import AreaMonth, BuyerFact, ModelDay, ModelMonth
from simpul.insight.models.supplies import MaterialForecast

__all__ = [
    "AreaMonth",
    "BuyerFact",
    "BuyerOutlook",
    "BuyingOutlook",
    "DemandForecast",
    "FactsKept",
    "ForecastSize",
    "MaterialForecast",
    "ModelDay",
    "ModelMonth",
    "OrderFact",
    "PairsFact",
]
