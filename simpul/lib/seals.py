"""What stands in an address that opens something without a login: we sealed it, so nobody makes one up."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing


class Seal:
    """Seals the keys, `parts` in number, that addresses of one kind carry.

    `good_for` is None for one without end: no moment stands in it then, and it may lie in somebody's
    mailbox for years. So nothing of its shape may ever change.
    """

    def __init__(self, name: str, *, parts: int, good_for: timedelta | None = None) -> None:
        salt, sep = f"simpul.{name}", "."  # no messenger breaks a link at a dot
        self._endless = signing.Signer(salt=salt, sep=sep)
        self._timed = signing.TimestampSigner(salt=salt, sep=sep)
        self._parts = parts
        self._good_for = good_for

    def token_of(self, *parts: object) -> str:
        """Return what stands in the address; no part of it has a dot."""
        signer = self._timed if self._good_for else self._endless
        return signer.sign(".".join(map(str, parts)))

    def read(self, token: str) -> list[str]:
        """Return the parts; none where we did not seal it, too long ago, or in another shape."""
        try:
            if self._good_for:
                parts = self._timed.unsign(token, max_age=self._good_for).split(".")
            else:
                parts = self._endless.unsign(token).split(".")
        except (signing.BadSignature, ValueError):  # ValueError: no moment stands in it
            return []
        return parts if len(parts) == self._parts else []
