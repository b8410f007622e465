"""Programs of others that we ask and that tell us things: what every one of them must have.

A kind of them (payment gateways, carriers) is a class below `Provider` that says what can be asked;
one of a kind is one file with a class below that. The workshop's account there, with its sealed
keys, is a `ProviderAccount`: simpul/workflow/connections.py.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from simpul.lib.outgoing import Answer, Unreachable

type Keys = Mapping[str, str]

LATER = (408, 409, 425, 429)  # not now, or nobody knows: another try may help


@dataclass(frozen=True, slots=True)
class Call:
    """A notice as it came: its body untouched, its headers by their small names."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that the owner copies from the provider's pages, or chooses for them."""

    name: str
    label: str | Promise
    help: str | Promise
    is_needed: bool = True
    at_least: int = 1  # letters: one that the owner chooses must not be guessed


class Unreadable(Exception):
    """The body is no notice of this provider."""


class ProviderRefused(Exception):
    """The provider answered, and said no; the message is its own words, shortened."""


class Provider(ABC):
    """One such program. It knows its formats and addresses; it has no state and writes nothing."""

    slug: str
    name: str
    secrets: tuple[Secret, ...]
    calls: tuple[str, ...]  # hosts that it is asked at

    @abstractmethod
    def is_genuine(self, call: Call, keys: Keys) -> bool:
        """Tell whether whoever sent it has the key; compares in constant time, never raises."""

    def is_knock(self, call: Call) -> bool:
        """Tell whether it says nothing and only looks whether somebody is there."""
        return False


def fields_of(body: bytes) -> dict[str, Any]:
    """Return the fields of a JSON object; raises Unreadable."""
    try:
        found = json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as reason:
        raise Unreadable from reason
    if not isinstance(found, dict):
        raise Unreadable
    return found


def text_of(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that is a text which can be kept."""
    return next((fields[name] for name in names if _is_text(fields.get(name))), "")


def rupiah_of(value: object) -> int | None:
    """Return a whole number of rupiah, written as 5840217, "5840217" or "5840217.00"; or None."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    whole, _point, sen = str(value).partition(".")
    is_whole = whole.isascii() and whole.isdigit() and len(whole) <= 13 and not sen.strip("0")
    return int(whole) if is_whole else None


def answer_of(answer: Answer) -> Any:
    """Return the JSON of a good answer, {} where it is none.

    Raises ProviderRefused with what another answer says, Unreachable where a later try may help.
    """
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = {}
    if answer.is_good:
        return found
    if answer.status in LATER or answer.status >= 500:
        raise Unreachable(f"HTTP {answer.status}")
    raise refusal(answer, found)


def refusal(answer: Answer, found: Any) -> ProviderRefused:
    """Return what to raise where the JSON of an answer says no."""
    said = found if isinstance(found, dict) else {}
    errors = said.get("error_messages")
    text = (
        errors[0]
        if isinstance(errors, list) and errors
        else text_of(said, "error", "message", "status_message", "error_code")
    )
    return ProviderRefused(f"HTTP {answer.status} {text}".strip()[:200])


def _is_text(value: object) -> bool:
    """Tell whether it is a text that a database takes: without zeros and halves of characters."""
    return isinstance(value, str) and value == value.encode(errors="replace").decode().replace(
        "\0", ""
    )
