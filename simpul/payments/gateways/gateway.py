"""What a payment gateway must be able to do, and the few words all of them are read into.

A new one is one file beside this: a class with these methods, and its name in `__init__.py`.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

from simpul.lib import outgoing
from simpul.lib.outgoing import Answer
from simpul.lib.providers import Call, Keys, Provider, ProviderRefused

SECRET_WORDS = ("signature", "token", "secret", "masked_card", "api_key")  # in names of fields


class State(IntegerChoices):
    """How far a payment is. It only ever climbs, so that the order of the notices does not matter.

    What stands higher is the stronger word: a payment that expired and yet settles is settled; a
    capture that comes after the cancellation it led to changes nothing.
    """

    WAITING = 0, _("waits for the payer")
    EXPIRED = 10, _("expired")
    HELD = 20, _("held for a check")
    DENIED = 25, _("denied")
    CAPTURED = 30, _("paid, not settled yet")
    CANCELLED = 40, _("cancelled")
    SETTLED = 50, _("paid")

    @property
    def is_money(self) -> bool:
        return self in (State.CAPTURED, State.SETTLED)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says of one payment."""

    payment: str  # the gateway's name of it
    reference: str  # our name of the link that was paid
    state: State | None  # none: a word that we do not know
    word: str  # the gateway's own
    amount: int | None  # whole rupiah; none: not said, or not a whole number of them
    currency: str
    refunds: Mapping[str, int] = field(default_factory=dict)  # what went back, each by its name
    method: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link that is to be made."""

    reference: str
    amount: int
    words: str
    made_at: datetime
    expires_at: datetime
    is_again: bool  # it was asked for before, and nobody knows whether that arrived


@dataclass(frozen=True, slots=True)
class Made:
    """A link as the gateway made it."""

    url: str
    number: str  # by which the gateway closes it


class Gateway(Provider):
    """One gateway."""

    pages: tuple[str, ...]  # hosts that its payment pages may lie on

    @abstractmethod
    def number_of(self, call: Call) -> str:
        """Return the gateway's own number of this notice, the same at each repetition, or ''."""

    @abstractmethod
    def read(self, body: bytes) -> Told:
        """Return what it says; raises Unreadable."""

    @abstractmethod
    def make_link(self, wanted: Wanted, keys: Keys, *, is_live: bool) -> Made:
        """Make a page on which this can be paid; raises Unreachable or ProviderRefused."""

    @abstractmethod
    def close_link(self, reference: str, number: str, keys: Keys, *, is_live: bool) -> None:
        """Let the page not be paid any more; raises Unreachable or ProviderRefused."""

    @abstractmethod
    def look_up(self, reference: str, keys: Keys, *, is_live: bool) -> list[bytes]:
        """Ask what became of a link: bodies that `read` reads; raises as above."""

    def ask(
        self, method: str, url: str, key: str, json: dict[str, Any] | None = None, idem: str = ""
    ) -> Answer:
        """Ask the gateway, as whoever has this key."""
        headers = {"Idempotency-Key": idem} if idem else {}
        headers["Accept"] = "application/json"
        return outgoing.ask(
            method, url, hosts=self.calls, login=(key, ""), headers=headers, json=json
        )

    def demand_page(self, url: object) -> str:
        """Return the address buyers are led to, if it is one of the gateway's own pages."""
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        if parts.scheme != "https" or parts.hostname not in self.pages or "@" in parts.netloc:
            raise ProviderRefused(f"an address that is not {self.name}'s")
        return str(url)


def shown(body: str) -> str:
    """Return a notice as people can read it, with whatever proves or opens something masked."""
    try:
        found = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        return body
    return json.dumps(_masked(found), indent=2, ensure_ascii=False)


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, name) for inner in value]
    is_secret = any(word in name.lower() for word in SECRET_WORDS)
    return "***" if is_secret and value not in (None, "") else value
