"""QRIS, the one QR standard of all Indonesian banks and wallets: read a shop's code, write one with an amount.

The payload is EMVCo's merchant-presented QR (*EMV QRCPS, Merchant-Presented Mode*) with the rules of
ASPI and Bank Indonesia: a row of objects, each two digits of name, two digits of length, and the
value; 26 to 51, 62 and 64 hold such a row themselves. The last object is a CRC over all before it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 512
HIGHEST = 10**13 - 1  # what fits into the thirteen characters of 54
BILL_NUMBER = 25

FORMAT, POINT, CATEGORY, CURRENCY, AMOUNT = "00", "01", "52", "53", "54"
COUNTRY, NAME, CITY, POSTCODE, MORE, CRC = "58", "59", "60", "61", "62", "63"
FEES = ("55", "56", "57")
ACCOUNTS = [f"{number:02}" for number in range(26, 52)]
REPOSITORY = "51"  # the national one, which knows every merchant by its NMID
TEMPLATES = {*ACCOUNTS, MORE, "64"}
STATIC, DYNAMIC = "11", "12"
BETWEEN_PEOPLE = "4829"  # a category for transfers, not for shops

_AMOUNT = re.compile(
    r"(?=.{1,13}$)0*[1-9][0-9]*(\.[0-9]{0,2})?|(?=.{1,13}$)0+\.(0[1-9]|[1-9][0-9]?)"
)
_PERCENT = re.compile(r"(?!0?0\.00?$)[0-9]{1,2}\.[0-9]{1,2}")

type Objects = list[tuple[str, str]]  # name and value, in the order they stand


class BrokenQris(ValueError):
    """It cannot be used; the message is a sentence for whoever showed it."""


@dataclass(frozen=True, slots=True)
class Qris:
    """What a payload says."""

    payload: str
    merchant: str
    city: str
    postcode: str
    nmid: str  # empty where the code does not stand in the national repository
    provider: str  # reverse domain, such as ID.CO.BCA.WWW
    pan: str  # the merchant's number at the provider
    category: str
    is_static: bool  # shown to many payers, who type the amount
    amount: str  # as it stands there; empty where the payer types it
    bill_number: str

    @property
    def provider_name(self) -> str:
        """`ID.CO.BCA.WWW` is `BCA`, `COM.GO-JEK.WWW` is `GO-JEK`: for people, never to check."""
        parts = self.provider.upper().removesuffix(".WWW").split(".")
        telling = [part for part in parts if part not in {"ID", "CO", "COM", "OR", "NET"}]
        return telling[0] if telling else self.provider


def read(text: str) -> Qris:
    """Read a payload, static or dynamic. Raises BrokenQris with a sentence for all that is wrong."""
    payload = text.strip()
    root = _root(payload)
    found = dict(root)
    _demand_merchant(found)
    _demand_amount(found)
    inside = {name: dict(_objects(value)) for name, value in root if name in TEMPLATES}
    accounts = [inside[name] for name in ACCOUNTS if name in inside and name != REPOSITORY]
    account = accounts[0] if accounts else inside[REPOSITORY]
    return Qris(
        payload=payload,
        merchant=found[NAME],
        city=found[CITY],
        postcode=found[POSTCODE],
        nmid=inside.get(REPOSITORY, {}).get("02", ""),
        provider=account.get("00", ""),
        pan=account.get("01", ""),
        category=found[CATEGORY],
        is_static=found.get(POINT, STATIC) == STATIC and AMOUNT not in found,
        amount=found.get(AMOUNT, ""),
        bill_number=inside.get(MORE, {}).get("01", ""),
    )


def read_static(text: str) -> Qris:
    """Read a shop's printed code, from which codes with an amount can be made.

    Raises BrokenQris, also for a code that is sound but no shop's static one.
    """
    qris = read(text)
    found = dict(_root(qris.payload))
    if not qris.is_static:
        raise BrokenQris(
            _("This QRIS is for one payment only. Take the printed one, without an amount.")
        )
    if qris.category == BETWEEN_PEOPLE:
        raise BrokenQris(_("This QR is for transfers between people, not for a shop."))
    if any(name in found for name in FEES):
        raise BrokenQris(_("This QRIS adds a fee or tip to the amount. Ask for one without."))
    return qris


def dynamic(payload: str, amount: int, bill_number: str = "") -> str:
    """Make the code for one payment of exactly this amount from a shop's static code.

    Point of initiation becomes 12, the amount stands behind the currency, the bill number in the
    additional data where it fits; all else stays byte for byte, and the CRC is new. There is
    never a fee: merchants may not add one. Raises BrokenQris for a source that is none.
    """
    if not 0 < amount <= HIGHEST:
        raise ValueError(f"{amount} is no amount of a QRIS")
    root = _root(read_static(payload).payload)[:-1]
    dated = [
        *[(FORMAT, "01"), (POINT, DYNAMIC)],
        *[pair for pair in root if pair[0] not in (FORMAT, POINT)],
    ]
    behind = [name for name, _value in dated].index(CURRENCY) + 1
    priced = [*dated[:behind], (AMOUNT, str(amount)), *dated[behind:]]
    for objects in (_with_bill_number(priced, bill_number[:BILL_NUMBER].strip()), priced):
        made = _sealed(objects)
        if len(made) <= LONGEST:
            return made
    raise BrokenQris(_("This QRIS is so long that no amount fits into it any more."))


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE (ISO/IEC 13239: 0x1021, from 0xFFFF) in four capital digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


# Reading


def _root(payload: str) -> Objects:
    """Return the objects of a whole payload, held against its CRC."""
    if not payload.startswith("000201"):
        raise BrokenQris(
            _("This is no QRIS: its text begins with “%(text)s”.") % {"text": payload[:20]}
        )
    if len(payload) > LONGEST:
        raise BrokenQris(_("This QRIS is longer than %(most)s signs.") % {"most": LONGEST})
    if not payload.isprintable():
        raise BrokenQris(_("This QRIS holds signs that cannot be printed."))
    objects = _objects(payload)
    if objects[-1][0] != CRC or payload[-8:-4] != "6304":
        raise BrokenQris(_("This QRIS does not end with its check digits: a part is missing."))
    if payload[-4:] != crc(payload[:-4]):
        raise BrokenQris(_("The check digits do not fit: a sign was changed or read wrongly."))
    return objects


def _objects(text: str) -> Objects:
    """Take a row of objects apart. Raises BrokenQris where a name or length is none, or twice."""
    objects: Objects = []
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not (len(head) == 4 and head.isascii() and head.isdigit()) or head[2:] == "00":
            raise BrokenQris(_("This QRIS is broken at sign %(at)s.") % {"at": at + 1})
        name, size = head[:2], int(head[2:])
        value = text[at + 4 : at + 4 + size]
        if len(value) < size:
            raise BrokenQris(_("Part %(name)s runs over the end.") % {"name": name})
        if any(name == other for other, _value in objects):
            raise BrokenQris(_("Part %(name)s stands there twice.") % {"name": name})
        objects.append((name, value))
        at += 4 + size
    return objects


def _demand_merchant(found: dict[str, str]) -> None:
    """Hold what names the merchant and the country against the standard."""
    if not any(name in found for name in ACCOUNTS):
        raise BrokenQris(_("This QRIS names no account of a merchant."))
    if found.get(POINT, STATIC) not in (STATIC, DYNAMIC):
        raise BrokenQris(_("This QRIS says neither that it is static nor that it is dynamic."))
    if found.get(CURRENCY) != "360":
        raise BrokenQris(_("This QR is not for payments in rupiah."))
    if found.get(COUNTRY) != "ID":
        raise BrokenQris(_("This QR is not of an Indonesian merchant."))
    if not re.fullmatch(r"[0-9]{4}", found.get(CATEGORY, "")):
        raise BrokenQris(_("This QRIS does not say what kind of merchant it is of."))
    for name, longest in ((NAME, 25), (CITY, 15), (POSTCODE, 10)):
        value = found.get(name, "")
        if not 0 < len(value) <= longest or "|" in value:
            raise BrokenQris(
                _(
                    "Name, town or postal code of the merchant (part %(name)s) is missing or too long."
                )
                % {"name": name}
            )


def _demand_amount(found: dict[str, str]) -> None:
    """Hold amount and fee against the standard's list of right and wrong forms."""
    if AMOUNT in found and not _AMOUNT.fullmatch(found[AMOUNT]):
        raise BrokenQris(_("“%(text)s” is no amount of a QRIS.") % {"text": found[AMOUNT]})
    kind, fixed, percent = (found.get(name) for name in FEES)
    is_sound = {
        None: fixed is None and percent is None,
        "01": fixed is None and percent is None,
        "02": fixed is not None and percent is None and bool(_AMOUNT.fullmatch(fixed)),
        "03": percent is not None and fixed is None and bool(_PERCENT.fullmatch(percent)),
    }
    if not is_sound.get(kind, False):
        raise BrokenQris(_("The fee of this QRIS cannot be read."))


# Writing


def _with_bill_number(root: Objects, bill_number: str) -> Objects:
    """Put the bill number into the additional data; leave them as they are where it does not fit."""
    if not bill_number:
        return root
    old = dict(root).get(MORE, "")
    kept = [(name, value) for name, value in (_objects(old) if old else []) if name != "01"]
    value = _written([("01", bill_number), *kept])
    if len(value) > 99:
        return root
    if old:
        return [(name, value if name == MORE else was) for name, was in root]
    ahead = next((at for at, (name, _was) in enumerate(root) if name > MORE), len(root))
    return [*root[:ahead], (MORE, value), *root[ahead:]]


def _sealed(root: Objects) -> str:
    text = f"{_written(root)}{CRC}04"
    return text + crc(text)


def _written(objects: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}{len(value):02}{value}" for name, value in objects)
