"""Labels of packages and the packing list: made when they are asked for, kept nowhere, no papers of
the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from simpul.delivery import note
from simpul.delivery.models import Package, Shipment
from simpul.delivery.models.package import weight_of
from simpul.delivery.papers import Addressed
from simpul.lib import pdf, qr
from simpul.papers.models import LANGUAGE

LABEL = pdf.ROOT / "delivery/papers/label.typ"
PACKING_LIST = pdf.ROOT / "delivery/papers/packing_list.typ"

type PageOf = Callable[[Package], str]


class Sheet(models.TextChoices):
    """What a label is printed on."""

    THERMAL = "100", "100 × 150 mm"
    ROLL = "80", "80 mm"
    NARROW = "58", "58 mm"
    A4 = "a4", gettext_lazy("A4, eight a page")


class LabelWords(TypedDict):
    title: str
    sender: str
    receiver: str


class OneLabel(TypedDict):
    place: str  # KOLI 1/3
    order: str
    details: list[str]  # pairs, weight, sides
    contents: list[str]
    address: str  # of the page to which the QR leads; may be empty
    qr: str  # the same as an SVG


class LabelFacts(TypedDict):
    """What stands on the labels; all texts are finished, and none is a price."""

    lang: str
    words: LabelWords
    sheet: str
    number: str  # of the shipment
    sender: Addressed
    receiver: Addressed
    labels: list[OneLabel]


class PackingListWords(TypedDict):
    title: str
    line: str
    package: str
    contents: str
    pairs: str
    weight: str
    measures: str


class PackedFacts(TypedDict):
    head: str  # the order that begins with it, where there are several
    number: str
    contents: list[str]
    pairs: str
    weight: str
    measures: str


class PackingListFacts(TypedDict):
    lang: str
    letterhead: pdf.Letterhead
    number: str
    words: PackingListWords
    details: list[tuple[str, str]]
    packages: list[PackedFacts]
    total_packages: str
    total_pairs: str
    total_weight: str


def label_sheet(
    shipment: Shipment, sheet: Sheet, *, page_of: PageOf, only: Package | None = None
) -> bytes:
    """Return the labels of all its packages, or of one, as a PDF; the QR leads to `page_of` each."""
    with override(LANGUAGE):
        return pdf.render(LABEL, label_facts(shipment, sheet, page_of=page_of, only=only))


def label_facts(
    shipment: Shipment, sheet: Sheet, *, page_of: PageOf, only: Package | None = None
) -> LabelFacts:
    packages = list(shipment.packages.for_list())
    is_bare = shipment.first_order.in_buyers_name  # an address would name the workshop
    shown = [
        _label(package, f"{place}/{len(packages)}", "" if is_bare else page_of(package))
        for place, package in enumerate(packages, start=1)
        if only is None or package.pk == only.pk
    ]
    return {
        "lang": LANGUAGE,
        "words": {"title": _("Label"), "sender": _("Sender"), "receiver": _("Receiver")},
        "sheet": sheet.value,
        "number": shipment.number,
        "sender": note.sender_of(shipment),
        "receiver": note.receiver_of(shipment),
        "labels": shown,
    }


def packing_list(shipment: Shipment) -> bytes:
    """Return what lies in each package of a shipment as a PDF."""
    with override(LANGUAGE):
        return pdf.render(PACKING_LIST, packing_list_facts(shipment))


def packing_list_facts(shipment: Shipment) -> PackingListFacts:
    packages = list(shipment.packages.for_list())
    sender = note.sender_of(shipment)
    count = len(packages)
    return {
        "lang": LANGUAGE,
        "letterhead": {"name": sender["name"], "lines": sender["lines"]},
        "number": shipment.number,
        "words": {
            "title": _("Packing list"),
            "line": _("No."),
            "package": _("Package"),
            "contents": _("Contents"),
            "pairs": _("Pairs"),
            "weight": _("Weight"),
            "measures": _("Size"),
        },
        "details": [
            (_("Order"), shipment.known_as),
            (_("Receiver"), shipment.first_order.receiver),
            (_("Delivery note"), shipment.note_number or "–"),
        ],
        "packages": [
            {
                "head": head,
                "number": str(package.number),
                "contents": package.contents,
                "pairs": str(package.pairs),
                "weight": package.weighs,
                "measures": package.measures,
            }
            for package, head in note.by_order(packages)
        ],
        "total_packages": ngettext("%(n)s package", "%(n)s packages", count) % {"n": count},
        "total_pairs": str(sum(package.pairs for package in packages)),
        "total_weight": weight_of(packages),
    }


def _label(package: Package, place: str, address: str) -> OneLabel:
    pairs = ngettext("%(num)s pair", "%(num)s pairs", package.pairs) % {"num": package.pairs}
    return {
        "place": _("PACKAGE %(place)s") % {"place": place},
        "order": package.order.number,
        "details": [text for text in (pairs, package.weighs, package.measures) if text],
        "contents": package.contents,
        "address": address,
        "qr": qr.svg(address, ink=pdf.BLACK) if address else "",
    }
