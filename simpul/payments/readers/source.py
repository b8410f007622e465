"""From the bytes of a file to its lines, one after the other."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from simpul.payments.readers.statement import StatementRefused

MOST_LINES = 500_000  # MT940 takes three and more for an entry
CHUNK = 1 << 16


class TextFile:
    """A text in UTF-8, UTF-16 or Windows-1252. Raises StatementRefused where it is none of them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoding, self.count = _encoding_of(file)
        if self.count > MOST_LINES:
            raise StatementRefused(
                None, _("The file has more than %(limit)s lines.") % {"limit": f"{MOST_LINES:,}"}
            )

    def lines(self) -> Iterator[str]:
        """Read from the top; whatever ends a line is left out."""
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(self._encoding)(), translate=True
        )
        at, rest, is_first = 0, "", True
        while True:
            self._file.seek(at)  # somebody else may read the same file in between
            chunk = self._file.read(CHUNK)
            at += len(chunk)
            text = decoder.decode(chunk, final=not chunk)
            rest += text.removeprefix("\ufeff") if is_first else text
            is_first = is_first and not text
            *lines, rest = rest.split("\n")
            yield from lines
            if not chunk:
                break
        if rest:
            yield rest


def _encoding_of(file: BinaryIO) -> tuple[str, int]:
    """Return how the file is encoded and how many lines it has."""
    for encoding in _possible(file):
        try:
            has_text, count = _tried(file, encoding)
        except UnicodeDecodeError:
            continue
        if count is not None:
            if not has_text:
                raise StatementRefused(None, _("The file is empty."))
            return encoding, count
    raise StatementRefused(None, _("This is no text file: download the statement as CSV."))


def _possible(file: BinaryIO) -> tuple[str, ...]:
    file.seek(0)
    start = file.read(CHUNK)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in start:  # UTF-16 that does not say so
        return ("utf-16-le",) if start[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _tried(file: BinaryIO, encoding: str) -> tuple[bool, int | None]:
    """Decode all of it; return whether it has text and its lines, None where it is no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    has_text, count, ends_in_return = False, 1, False
    file.seek(0)
    while True:
        chunk = file.read(CHUNK)
        text = decoder.decode(chunk, final=not chunk)
        if "\0" in text:
            return has_text, None
        has_text = has_text or bool(text.strip("\ufeff").strip())
        count += text.count("\n") + text.count("\r") - text.count("\r\n")
        count -= ends_in_return and text.startswith("\n")
        ends_in_return = text.endswith("\r")
        if not chunk:
            return has_text, count
