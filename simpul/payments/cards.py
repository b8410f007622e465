"""The QRIS of an instruction as a picture: to save on a telephone, or to print."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from simpul.lib import pdf
from simpul.payments import papers
from simpul.payments.models import Instruction
from simpul.payments.papers import QrisFacts
from simpul.ui.jinja import day_short, rupiah

PPI = 300


def qris_card(instruction: Instruction) -> bytes:
    """Return a PNG in the language of the moment. The instruction has a QRIS (`qris_code`)."""
    return pdf.pictures(papers.QRIS, _facts(instruction), ppi=PPI)[0]


def _facts(instruction: Instruction) -> QrisFacts:
    assert instruction.qris is not None  # noqa: S101 - for the type checker
    read = instruction.qris.read
    order = _("Order %(order)s · pay until %(day)s")
    return {
        "lang": get_language() or "id",
        "words": {
            "exactly": _("Exactly this amount is in the code"),
            "counts": _("It counts once the workshop has seen it."),
        },
        "merchant": read.merchant,
        "place": " · ".join(filter(None, [f"{read.city} {read.postcode}", read.nmid])),
        "qris": instruction.qris_code,
        "amount": rupiah(instruction.amount),
        "order": order % {"order": instruction.order, "day": day_short(instruction.due_on)},
    }
