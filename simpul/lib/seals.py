"""What stands in an address that opens something without a login: we sealed it, so nobody makes one up."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing


class Seal:
    """Seals the keys that addresses of one kind carry; `good_for` is None for one without end."""

    def __init__(self, name: str, *, good_for: timedelta | None = None) -> None:
        # no messenger breaks a link at a dot
        self._signer = signing.TimestampSigner(salt=f"simpul.{name}", sep=".")
        self._good_for = good_for

    def token_of(self, *parts: object) -> str:
        """Return what stands in the address; no part of it has a dot."""
        return self._signer.sign(".".join(map(str, parts)))

    def read(self, token: str) -> list[str]:
        """Return the parts; none where we did not seal it, or too long ago."""
        try:
            return self._signer.unsign(token, max_age=self._good_for).split(".")
        except signing.BadSignature:
            return []
