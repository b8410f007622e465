"""Readers of the files in which banks say what was paid.

`recognise` knows a layout by its header row, never by the name of the bank or of the file; reading
refuses the whole file when anything in it cannot be read or does not add up. To add a layout that
is a table, describe its `Columns` and put it into `LAYOUTS`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from django.utils.translation import gettext as _

from simpul.payments.readers import bca, bni, bri, camt, mandiri, mt940, others
from simpul.payments.readers.cells import Period
from simpul.payments.readers.layout import HEADER_WITHIN, Layout, Lines, Table, TableReading
from simpul.payments.readers.sheet import sheets_of
from simpul.payments.readers.source import TextFile
from simpul.payments.readers.statement import (
    LayoutUnknown,
    Reading,
    Row,
    Statement,
    StatementRefused,
)

__all__ = [
    "LAYOUTS",
    "LayoutUnknown",
    "Period",
    "Reading",
    "Row",
    "Statement",
    "StatementRefused",
    "read",
    "recognise",
]

LAYOUTS: tuple[Layout, ...] = (
    bca.KlikBcaBusiness(),
    bca.OlderKlikBcaBusiness(),
    bca.KlikBcaIndividual(),
    bca.PREVIEW,
    *mandiri.LAYOUTS,
    *bri.LAYOUTS,
    *bni.LAYOUTS,
    *others.LAYOUTS,
)
_WORKBOOK = b"PK\3\4"


def recognise(
    file: BinaryIO, period: Period | None = None, taught: Sequence[Layout] = ()
) -> Reading:
    """Return how to read a file. Raises LayoutUnknown, or StatementRefused where it is no table.

    `period` (first and last day) is what somebody says of a file that does not say it itself: it
    gives days without a year their year. `taught` are layouts that somebody described by hand.
    """
    tables: list[Table]
    file.seek(0)
    start = file.read(len(_WORKBOOK))
    if start == _WORKBOOK:
        tables = list(sheets_of(file))
    elif camt.is_xml(file):
        return camt.CamtReading(file)
    else:
        text = TextFile(file)
        if mt940.is_mt940(text):
            return mt940.Mt940Reading(text)
        tables = [Lines(text)]
    found = [known for table in tables if (known := _known(table, period, taught))]
    if len(found) > 1:
        raise StatementRefused(None, _("More than one sheet has entries: hand them in one by one."))
    if not found:
        raise LayoutUnknown(None, _("This is no statement file that we know."))
    return found[0]


def read(content: bytes, period: Period | None = None) -> Statement:
    """Read a bank's file, all of it or nothing. Raises StatementRefused with the line and why."""
    return recognise(io.BytesIO(content), period).whole()


def _known(table: Table, period: Period | None, taught: Sequence[Layout]) -> TableReading | None:
    for at in range(min(HEADER_WITHIN, len(table.head()))):
        for layout in (*LAYOUTS, *taught):
            if table.is_header(at, layout):
                return TableReading(layout, table, at, period)
    return None
