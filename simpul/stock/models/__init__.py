"""What lies where, what moved, and what is kept for whom."""

from simpul.stock.models.balance import Balance, Movement, NotEnough, Reservation
from simpul.stock.models.count import Count, CountSheet, Found, Moved, Transfer
from simpul.stock.models.item import HOUSE, Item, Location
from simpul.stock.models.lot import LotChoice

__all__ = [
    "HOUSE",
    "Balance",
    "Count",
    "CountSheet",
    "Found",
    "Item",
    "Location",
    "LotChoice",
    "Moved",
    "Movement",
    "NotEnough",
    "Reservation",
    "Transfer",
]
