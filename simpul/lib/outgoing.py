"""The one way out: what this program asks of other programs.

Only hosts that the caller names, only HTTPS, no redirects, no proxy from the environment, no
answer that is too long or takes too long. Call it outside of a transaction.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import connection

CONNECT_S, ANSWER_S = 5, 15
LONGEST = 1_000_000


class Unreachable(Exception):
    """No answer: whether the other side did what was asked is not known."""


class NotAllowedThere(Exception):
    """This host is none of those that the caller may ask."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def ask(
    method: str,
    url: str,
    *,
    hosts: Collection[str],
    login: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    json: Mapping[str, Any] | None = None,
    content: bytes | None = None,
    longest: int = LONGEST,
) -> Answer:
    """Ask another program and return its answer, good or bad; raises Unreachable."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or host not in hosts or "@" in parts.netloc:
        raise NotAllowedThere(host)
    _demand_no_transaction()
    url = _address(url, host)
    give_up_at = time.monotonic() + CONNECT_S + ANSWER_S
    try:
        with (
            httpx.Client(
                timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(
                method, url, auth=login, headers=headers, json=json, content=content
            ) as answer,
        ):
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > longest:
                    raise Unreachable("the answer is too long")
                if time.monotonic() > give_up_at:
                    raise Unreachable("the answer takes too long")
            return Answer(answer.status_code, body)
    except httpx.HTTPError as reason:
        raise Unreachable(type(reason).__name__) from reason


def _address(url: str, host: str) -> str:
    """Lead a host to where the settings say: a test has its own server on the loopback."""
    instead = settings.OUTGOING_INSTEAD.get(host)
    return url.replace(f"https://{host}", instead, 1) if instead else url


def _demand_no_transaction() -> None:
    """A slow answer must not hold locks. The transaction around a test does not count."""
    if any(not getattr(one, "_from_testcase", False) for one in connection.atomic_blocks):
        raise RuntimeError("asked another program inside of a transaction")
