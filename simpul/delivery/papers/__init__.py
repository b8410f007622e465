"""What stands on the delivery note: its facts, all of them finished texts.

`words` are the labels in the reader's language. What every paper says
(`simpul.lib.pdf.PaperFacts`) is added when it is issued.
"""

from pathlib import Path
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _

from simpul.lib.pdf import Letterhead

DELIVERY_NOTE = Path(__file__).parent / "surat_jalan.typ"


class DeliveryNoteWords(TypedDict):
    title: str
    sender: str
    receiver: str
    courier: str
    line: str
    package: str
    contents: str
    pairs: str
    condition: str
    remarks: str
    differences: str
    name_and_day: str
    copies: str
    copy_receiver: str
    copy_courier: str
    copy_workshop: str
    check: str


class Addressed(TypedDict):
    name: str
    lines: list[str]  # address, telephone


class PackageFacts(TypedDict):
    head: str  # the order that begins with it, where there are several
    number: str
    contents: list[str]  # a line for each model and colour, with its sizes
    pairs: str
    weight: str  # may be empty


class Signatures(TypedDict):
    """The names below the lines; empty where the hand writes it."""

    sender: str
    courier: str
    receiver: str


class DeliveryNoteFacts(TypedDict):
    """The paper that travels with the goods: never a price, never the PIN."""

    words: DeliveryNoteWords
    sender: Addressed
    receiver: Addressed
    details: list[tuple[str, str]]  # name and value: date, order, mode, courier, vehicle
    packages: list[PackageFacts]
    total_packages: str  # 3 packages
    total_pairs: str
    remarks: str
    signatures: Signatures
    letterhead: NotRequired[Letterhead]  # these two take the place of what every paper says
    check_url: NotRequired[str]


def delivery_note_words() -> DeliveryNoteWords:
    return {
        "title": _("Delivery note"),
        "sender": _("Sender"),
        "receiver": _("Receiver"),
        "courier": _("Courier"),
        "line": _("No."),
        "package": _("Package"),
        "contents": _("Contents"),
        "pairs": _("Pairs"),
        "condition": _("Condition"),
        "remarks": _("Remarks"),
        "differences": _("Written by the receiver: what is missing or damaged"),
        "name_and_day": _("Name and date"),
        "copies": _("White: back to the sender. Red: for the receiver. Yellow: archive."),
        "copy_receiver": _("Copy 1: for the receiver"),
        "copy_courier": _("Copy 2: for the courier"),
        "copy_workshop": _("Copy 3: signed, back to the workshop"),
        "check": _("Scan to see that it is genuine"),
    }
