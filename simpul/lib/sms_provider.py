"""Whoever sends SMS for this installation: any provider that is asked by HTTP, as the settings say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from simpul.lib import outgoing, phones
from simpul.lib.outgoing import Unreachable

_GAPS = re.compile(r"\{(?:number|text|id)\}")
LATER = {408, 425, 429}  # not now, says the provider; any other 4xx says not at all


class Refused(Exception):
    """The provider does not send this, and would not send it another time."""


class Provider(Protocol):
    """What sends a text to a number. The same `identifier` is the same message, sent once more."""

    def send(self, *, to: str, text: str, identifier: str) -> None:
        """Send to an E.164 number; raises Refused, or Unreachable where another try may help."""


class HttpProvider:
    """Asks one address. `{number}`, `{text}` and `{id}` stand in it and in the fields for what
    is sent; `good` is what an answer must contain, for who answers 200 even where he refuses."""

    def __init__(
        self,
        *,
        url: str,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, Any] | None = None,
        body: str = "form",
        numbers: str = "+62",
        good: str = "",
    ) -> None:
        self.url, self.method, self.headers = url, method, dict(headers or {})
        self.fields, self.body = dict(fields or {}), body
        self.numbers, self.good = numbers, good

    def send(self, *, to: str, text: str, identifier: str) -> None:
        facts = {"{number}": self._written(to), "{text}": text, "{id}": identifier}
        in_address = {gap: quote(value, safe="") for gap, value in facts.items()}
        headers = {"Idempotency-Key": identifier, **self.headers}
        fields = _filled(self.fields, facts)
        content = None
        if fields and self.body == "form":
            content = urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = outgoing.ask(
            self.method,
            _filled(self.url, in_address),
            hosts=(urlsplit(self.url).hostname or "",),
            headers=headers,
            content=content,
            json=fields if fields and self.body == "json" else None,
        )
        if 400 <= answer.status < 500 and answer.status not in LATER:
            raise Refused(str(answer.status))
        if not answer.is_good:
            raise Unreachable(str(answer.status))
        if self.good.encode() not in answer.body:
            raise Refused("not the answer that was agreed on")

    def _written(self, e164: str) -> str:
        """Write a number as the provider reads it: +62812…, 62812… or 0812…"""
        if self.numbers == "+62":
            return e164
        if self.numbers == "0" and phones.is_domestic(e164):
            return "0" + e164.removeprefix("+62")
        return e164.removeprefix("+")


def is_on() -> bool:
    return bool(settings.SMS)


def provider() -> Provider:
    """Return who sends; ask `is_on` before."""
    return HttpProvider(**settings.SMS)


def _filled(told: Any, facts: Mapping[str, str]) -> Any:
    """Put what is sent into the gaps of a text, or of all texts of a list or an object."""
    if isinstance(told, dict):
        return {name: _filled(value, facts) for name, value in told.items()}
    if isinstance(told, list):
        return [_filled(value, facts) for value in told]
    if not isinstance(told, str):
        return told
    return _GAPS.sub(lambda gap: facts[gap[0]], told)
