"""What stands on the papers about money: its facts, all of them finished texts.

`words` are the labels in the reader's language. What every paper says
(`simpul.lib.pdf.PaperFacts`) is added when it is issued.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypedDict

from django.utils.translation import get_language
from django.utils.translation import gettext as _

KUITANSI = Path(__file__).parent / "kuitansi.typ"
INVOICE = Path(__file__).parent / "invoice.typ"
QRIS = Path(__file__).parent / "qris.typ"


class KuitansiWords(TypedDict):
    title: str
    received_from: str
    sum: str
    purpose: str
    check: str


class KuitansiFacts(TypedDict):
    """The receipt of money that really came."""

    words: KuitansiWords
    received_from: str
    in_words: str  # Lima juta … rupiah
    purpose: list[str]  # a line for each thing it pays
    amount: str  # Rp 5.840.217
    place_and_day: str  # Ciomas, 2 November 2026
    stamp: str  # what stands in the place of the meterai; empty where none is due
    signed_by: str
    signed_as: str


class InvoiceWords(TypedDict):
    title: str
    to: str
    what: str
    quantity: str
    price: str
    amount: str
    asked: str
    pay_to: str
    qris: str
    taxes: str
    check: str


class Addressed(TypedDict):
    name: str
    lines: list[str]


class InvoiceLine(TypedDict):
    what: str
    more: str  # sizes, colour; may be empty
    quantity: str
    price: str
    amount: str


class InvoiceFacts(TypedDict):
    """What is asked for now, of which total, and how to pay it."""

    words: InvoiceWords
    to: Addressed
    details: list[tuple[str, str]]  # name and value: date, order, promised for
    lines: list[InvoiceLine]
    sums: list[tuple[str, str]]  # name and value: total, each payment, last what is left
    taxes: list[tuple[str, str]]  # price, base and PPN; empty where the workshop is no PKP
    asked: str  # Rp 5.840.217
    due: str  # a sentence: Please pay by …
    pay_to: list[str]  # bank, account number, holder; empty where nothing is to be paid
    qris: str  # the payload of exactly what is asked; may be empty
    qris_note: str  # how it counts, or why there is none
    remarks: str


class QrisWords(TypedDict):
    exactly: str
    counts: str


class QrisFacts(TypedDict):
    """A code to save or print, with what it pays. It is no paper and has no number."""

    lang: str
    words: QrisWords
    merchant: str
    place: str  # Bogor 16610 · ID1099900000017
    qris: str  # the payload
    amount: str
    order: str


def _once_a_language[Words](make: Callable[..., Words]) -> Callable[..., Words]:
    """Look labels up once: a statement may bring thousands of papers. Nobody may change them."""

    @lru_cache(maxsize=64)
    def kept(_language: str | None, *said: str) -> Words:
        return make(*said)

    @wraps(make)
    def words(*said: str) -> Words:
        return kept(get_language(), *said)

    return words


@_once_a_language
def kuitansi_words() -> KuitansiWords:
    return {
        "title": _("Receipt"),
        "received_from": _("Received from"),
        "sum": _("The sum of"),
        "purpose": _("In payment of"),
        "check": _("Scan to see that it is genuine"),
    }


@_once_a_language
def invoice_words(title: str) -> InvoiceWords:
    return {
        "title": title,
        "to": _("Billed to"),
        "what": _("Goods"),
        "quantity": _("Quantity"),
        "price": _("Price"),
        "amount": _("Line total"),
        "asked": _("To pay now, exactly"),
        "pay_to": _("By transfer to"),
        "qris": _("Or by QRIS"),
        "taxes": _("PPN is included; the tax invoice (faktur pajak) is a paper of its own"),
        "check": _("Scan to see that it is genuine"),
    }
