"""Buying material: who sells what, purchase orders, and what they are for."""

from simpul.procurement.models.bill import BilledReceipt, BillPayment, SupplierBill, value_of
from simpul.procurement.models.days import last_day, work_days
from simpul.procurement.models.inquiry import (
    Bid,
    BidAnswer,
    BidLine,
    InquiredLine,
    Inquiry,
    InquiryLine,
    Terms,
)
from simpul.procurement.models.line import Peg, PurchaseLine, share_out
from simpul.procurement.models.purchase import (
    OldRevision,
    ProposedLine,
    PurchaseOrder,
    PurchaseOrderQuerySet,
    Status,
    TooMuch,
)
from simpul.procurement.models.receipt import GoodsReceipt, ReceivedLine
from simpul.procurement.models.revision import LineTerms, PurchaseRevision, RevisedLine
from simpul.procurement.models.supply import SupplierPrice

__all__ = [
    "Bid",
    "BidAnswer",
    "BidLine",
    "BillPayment",
    "BilledReceipt",
    "GoodsReceipt",
    "InquiredLine",
    "Inquiry",
    "InquiryLine",
    "LineTerms",
    "OldRevision",
    "Peg",
    "ProposedLine",
    "PurchaseLine",
    "PurchaseOrder",
    "PurchaseOrderQuerySet",
    "PurchaseRevision",
    "ReceivedLine",
    "RevisedLine",
    "Status",
    "SupplierBill",
    "SupplierPrice",
    "Terms",
    "TooMuch",
    "last_day",
    "share_out",
    "value_of",
    "work_days",
]
