"""Notices of payment gateways."""

from __future__ import annotations

from django.http import HttpResponse

from simpul.portals.bank.door import Call, hook, plain

MOST_BYTES = 64_000


@hook(most_bytes=MOST_BYTES)
def notice(request: Call, provider: str) -> HttpResponse:
    """No gateway is connected yet, so there is nobody whose signature could be right."""
    return plain(404, "Nobody here knows this gateway.")
