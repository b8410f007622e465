"""What is owed, what is said to be paid, and what really came."""

from simpul.payments.models.account import BankAccount, NeedsAnother, NoAccount
from simpul.payments.models.allocation import Allocation, Moving, hold, party_credit
from simpul.payments.models.arrival import Arrival, ArrivalFile
from simpul.payments.models.bounce import take_back
from simpul.payments.models.claim import PaymentClaim
from simpul.payments.models.closing import PIECES, CashBox, DayClosing
from simpul.payments.models.collection import CashHanding, Collection, to_collect
from simpul.payments.models.credit import CreditNote
from simpul.payments.models.entry import BankEntry, BankImport, ImportRefused, Outrun
from simpul.payments.models.gateway import GatewayAccount, PaymentLink, without_link
from simpul.payments.models.gateway_payment import GatewayNotice, GatewayPayment
from simpul.payments.models.instruction import Instruction
from simpul.payments.models.mapping import ColumnMapping
from simpul.payments.models.messenger import WhatsAppNumber
from simpul.payments.models.payer import Payer, Sighting
from simpul.payments.models.purpose import Kind as PurposeKind
from simpul.payments.models.purpose import Purpose
from simpul.payments.models.receipt import NotYours, Receipt, TooMuch
from simpul.payments.models.refund import Forfeit, Refund, party_debt
from simpul.payments.models.statement import StagedEntry, StatementFile
from simpul.payments.models.tick import Tick, ticks_of

__all__ = [
    "PIECES",
    "Allocation",
    "Arrival",
    "ArrivalFile",
    "BankAccount",
    "BankEntry",
    "BankImport",
    "CashBox",
    "CashHanding",
    "Collection",
    "ColumnMapping",
    "CreditNote",
    "DayClosing",
    "Forfeit",
    "GatewayAccount",
    "GatewayNotice",
    "GatewayPayment",
    "ImportRefused",
    "Instruction",
    "Moving",
    "NeedsAnother",
    "NoAccount",
    "NotYours",
    "Outrun",
    "Payer",
    "PaymentClaim",
    "PaymentLink",
    "Purpose",
    "PurposeKind",
    "Receipt",
    "Refund",
    "Sighting",
    "StagedEntry",
    "StatementFile",
    "Tick",
    "TooMuch",
    "WhatsAppNumber",
    "hold",
    "party_credit",
    "party_debt",
    "take_back",
    "ticks_of",
    "to_collect",
    "without_link",
]
