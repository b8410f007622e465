"""What is owed, what is said to be paid, and what really came."""

from simpul.payments.models.account import BankAccount, NoAccount
from simpul.payments.models.claim import PaymentClaim
from simpul.payments.models.entry import BankEntry, BankImport, ImportRefused
from simpul.payments.models.instruction import Instruction
from simpul.payments.models.receipt import Allocation, NotYours, Receipt, TooMuch

__all__ = [
    "Allocation",
    "BankAccount",
    "BankEntry",
    "BankImport",
    "ImportRefused",
    "Instruction",
    "NoAccount",
    "NotYours",
    "PaymentClaim",
    "Receipt",
    "TooMuch",
]
