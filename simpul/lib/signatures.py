"""What stands below a letter without having been written: signatures, and what telephones add."""

from __future__ import annotations

import re

_ENDS = re.compile(r"^-- ?$")  # RFC 3676, 4.3
_OF_A_TELEPHONE = re.compile(
    r"^\W{0,2}(sent from|sent via|get outlook for|dikirim (dari|melalui|lewat)|terkirim dari"
    r"|dapatkan outlook untuk|yahoo mail:)\b.{0,120}$",
    re.I,
)


def without(text: str) -> str:
    """Return the text without its signature and without what a telephone added at its end."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if _ENDS.match(line):
            lines = lines[:place]
            break
    while lines and (not lines[-1].strip() or _OF_A_TELEPHONE.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines).strip()
