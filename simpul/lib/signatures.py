"""What stands below a letter without having been written: signatures, and what telephones add."""

from __future__ import annotations

import re

_ENDS = "-- "  # RFC 3676, 4.3: without the blank it may be a rule between two parts
_OF_A_TELEPHONE = re.compile(  # only with a name: goods are sent from and by way of things, too
    r"^\W{0,2}((sent (from|via|with)|dikirim (dari|melalui|lewat)|terkirim dari)"
    r" ((my|aplikasi|ponsel|cerdas|perangkat|hp) ){0,3}(iphone|ipad|android|samsung|galaxy|xiaomi"
    r"|redmi|poco|oppo|vivo|realme|infinix|huawei|blackberry|outlook|yahoo|gmail|mail for|mail untuk)"
    r"|get outlook for|dapatkan outlook untuk|yahoo mail:)\b.{0,120}$",
    re.I,
)


def without(text: str) -> str:
    """Return the text without its signature and without what a telephone added at its end."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line == _ENDS:
            lines = lines[:place]
            break
    while lines and (not lines[-1].strip() or _OF_A_TELEPHONE.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines).strip()
