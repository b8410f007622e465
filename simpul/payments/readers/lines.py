"""From the bytes of a file to its lines."""

from django.utils.translation import gettext as _

from simpul.payments.readers.statement import StatementRefused

MEGABYTE = 1_000_000
LARGEST = 10 * MEGABYTE
MOST_LINES = 200_000


def lines_of(content: bytes) -> list[str]:
    """Decode UTF-8, UTF-16 or Windows-1252 and split into lines. Raises StatementRefused."""
    if len(content) > LARGEST:
        raise StatementRefused(
            None, _("The file is larger than %(limit)s MB.") % {"limit": LARGEST // MEGABYTE}
        )
    text = _decoded(content).removeprefix("\ufeff")
    if not text.strip():
        raise StatementRefused(None, _("The file is empty."))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if len(lines) > MOST_LINES:
        raise StatementRefused(
            None, _("The file has more than %(limit)s lines.") % {"limit": f"{MOST_LINES:,}"}
        )
    return lines


def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise StatementRefused(None, _("This is no text file: download the statement as CSV."))


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in content:  # UTF-16 that does not say so
        return ("utf-16-le",) if content[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8", "cp1252")
