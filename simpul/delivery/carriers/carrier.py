"""What a carrier's programs must be able to do, and the few words all of them are read into.

A new one is one file beside this: a class with these methods, and its name in `__init__.py`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

from simpul.lib.providers import Keys, Provider

# companies that carry parcels, by the short names that are customary for them
NAMES = {
    "jne": "JNE",
    "jnt": "J&T Express",
    "sicepat": "SiCepat",
    "anteraja": "AnterAja",
    "ninja": "Ninja Xpress",
    "tiki": "TIKI",
    "pos": "Pos Indonesia",
    "idexpress": "ID Express",
    "lion": "Lion Parcel",
    "sap": "SAP Express",
}


class State(IntegerChoices):
    """How far the packages are, as the carrier says. What is shown only ever climbs, so that the
    order in which its words arrive does not matter."""

    BOOKED = 0, _("booked")
    COMING = 10, _("a driver comes to fetch it")
    FETCHED = 20, _("fetched by the carrier")
    HELD = 25, _("held up on the way")
    MOVING = 30, _("on the way")
    GOING_BACK = 40, _("on its way back")
    GIVEN_UP = 50, _("not carried")
    BACK = 60, _("brought back")
    DELIVERED = 70, _("delivered, as the carrier says")

    @property
    def is_final(self) -> bool:
        return self in (State.GIVEN_UP, State.BACK, State.DELIVERED)

    @property
    def is_bad(self) -> bool:
        return self in (State.GOING_BACK, State.GIVEN_UP, State.BACK)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One package: gram, and millimetres where it was measured."""

    name: str
    grams: int
    sides: tuple[int, int, int] | None
    value: int  # whole rupiah, as the workshop declares it; 0: nothing


@dataclass(frozen=True, slots=True)
class Place:
    """Where packages stand or go; the telephone is E.164."""

    name: str
    telephone: str
    address: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What one service of one company costs."""

    company: str  # its short name
    service: str  # the service's short name
    name: str  # as people read it: JNE Reguler
    price: int  # whole rupiah
    days: int | None  # at most; none: not said, or within the day by hours


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be carried from where to where, and by whom."""

    reference: str  # our name of it
    origin: Place
    target: Place
    sender: tuple[str, str]  # name and telephone that the label shows
    company: str
    service: str
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking as the carrier's side made it."""

    reference: str  # the carrier's own name of it
    number: str  # the tracking number; may come later
    url: str  # its page of tracking; may be empty
    price: int | None  # whole rupiah


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says of one booking."""

    reference: str
    state: State | None  # none: nothing about its way, or a word that we do not know
    word: str  # the carrier's own
    number: str
    url: str
    price: int | None
    at: datetime | None


class Carrier(Provider):
    """One such side."""

    @abstractmethod
    def read(self, body: bytes) -> Told:
        """Return what it says; raises Unreadable."""

    @abstractmethod
    def rates(
        self, origin: str, target: str, parcels: tuple[Parcel, ...], keys: Keys
    ) -> list[Rate]:
        """Ask what it costs between two postcodes; raises Unreachable or ProviderRefused."""

    @abstractmethod
    def book(self, wanted: Wanted, keys: Keys) -> Booked:
        """Order that it is carried. This costs money and is never asked twice by itself; raises
        Unreachable, where nobody knows whether it was booked, or ProviderRefused."""

    @abstractmethod
    def call_off(self, reference: str, keys: Keys) -> None:
        """Take a booking back; raises as above."""

    @abstractmethod
    def look_up(self, reference: str, keys: Keys) -> bytes:
        """Ask how far a booking is: a body that `read` reads; raises as above."""
