"""Readers of the files in which banks say what was paid.

`read` recognises a layout by its header row, never by the name of the bank or of the file, and
refuses the whole file when anything in it cannot be read or does not add up. To add a layout,
write a `Layout` and put it into `LAYOUTS`.
"""

from datetime import date

from django.utils.translation import gettext as _

from simpul.payments.readers.bca import KlikBcaBusiness, KlikBcaIndividual, OlderKlikBcaBusiness
from simpul.payments.readers.layout import Layout
from simpul.payments.readers.lines import lines_of
from simpul.payments.readers.mandiri import MandiriKopra, MandiriWithCommas
from simpul.payments.readers.statement import Row, Statement, StatementRefused

__all__ = ["LAYOUTS", "Row", "Statement", "StatementRefused", "read"]

LAYOUTS: tuple[Layout, ...] = (
    KlikBcaBusiness(),
    OlderKlikBcaBusiness(),
    KlikBcaIndividual(),
    MandiriKopra(),
    MandiriWithCommas(),
)
HEADER_WITHIN = 100  # lines


def read(content: bytes, period: tuple[date, date] | None = None) -> Statement:
    """Read a bank's file, all of it or nothing. Raises StatementRefused with the line and why.

    `period` (first and last day) is what somebody says of a file that does not say it itself: it
    gives days without a year their year.
    """
    lines = lines_of(content)
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        for layout in LAYOUTS:
            if layout.is_header(line):
                return layout.read(lines, at, period)
    names = ", ".join(layout.name for layout in LAYOUTS)
    raise StatementRefused(
        None,
        _("This is no statement file that we know. We read these: %(names)s.") % {"names": names},
    )
