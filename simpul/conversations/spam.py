"""What tells a robot in the guest book, without asking anybody else.

Signs only set a text apart: a person reads it all the same. A browser that then finds a number
(about 16,000 tries, a second of work) takes its text out of suspicion, but for what filled in a field
that people do not see.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.core import signing

from simpul.lib import clock
from simpul.lib.limits import is_too_often

TRAP, FAST, OLD, LINKS, REPEATED = "trap", "fast", "old", "links", "repeated"

FASTEST = timedelta(seconds=3)  # nobody reads a form and writes in less
OLDEST = timedelta(days=2)  # a page that stood open so long, or one form for many texts
MOST_LINKS = 1
REMEMBERED = timedelta(days=7)
BITS = 14  # zeros that a proof begins with

_SALT = "simpul.guestbook"
_PROOF_SALT = "simpul.guestbook.proof"
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.I)


def stamp() -> str:
    """Return the signed moment at which a form was handed out."""
    return signing.dumps(int(clock.now().timestamp()), salt=_SALT)


def signs_of(body: str, *, stamped: str, trap: str, where: str) -> list[str]:
    """Return what speaks against a person having written this `where` just now."""
    text = " ".join(body.lower().split())
    remembered_s = int(REMEMBERED.total_seconds())
    found = [
        TRAP if trap else "",
        _timing(stamped),
        LINKS if len(_LINK.findall(body)) > MOST_LINKS else "",
        REPEATED if is_too_often(f"guest:{where}", text, times=1, seconds=remembered_s) else "",
    ]
    return list(filter(None, found))


def is_provable(signs: str) -> bool:
    return bool(signs) and TRAP not in signs.split()


def challenge(entry: int) -> str:
    """Return what a browser counts for, and what names the entry (signed)."""
    return signing.dumps(entry, salt=_PROOF_SALT)


def entry_of(challenge: str) -> int | None:
    """Return the entry that a challenge of the last two days is about."""
    try:
        entry: int = signing.loads(challenge, salt=_PROOF_SALT, max_age=OLDEST)
    except signing.BadSignature:
        return None
    return entry


def is_proof(challenge: str, number: str) -> bool:
    """Tell whether this number makes the digest of both begin with enough zeros."""
    digest = hashlib.sha256(f"{challenge}:{number[:20]}".encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0


def _timing(stamped: str) -> str:
    try:
        age = clock.now().timestamp() - signing.loads(stamped, salt=_SALT)
    except signing.BadSignature:
        return FAST
    if age < FASTEST.total_seconds():
        return FAST
    return OLD if age > OLDEST.total_seconds() else ""
