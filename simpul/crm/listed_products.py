"""What a row of a list says of a model in one colour: which column means what, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from simpul.catalog.forms import SizesField
from simpul.catalog.models import Group, Price, Unit, write_sizes
from simpul.crm.headings import Unreadable, meant, slug
from simpul.lib import clock, money
from simpul.ui.jinja import rupiah

# the headings of the list that the catalogue downloads
FIELDS = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Model"),
    "name_en": gettext_lazy("Model in English"),
    "category": gettext_lazy("Category"),
    "colour": gettext_lazy("Colour"),
    "colour_en": gettext_lazy("Colour in English"),
    "sizes": gettext_lazy("Sizes"),
    "wholesale": gettext_lazy("Wholesale"),
    "retail": gettext_lazy("Retail"),
    "lead_days": gettext_lazy("Days to make"),
    "minimum_pairs": gettext_lazy("Least pairs for a distributor"),
    "is_published": gettext_lazy("Shown"),
    "prices_from": gettext_lazy("Prices hold from"),
}
_HEADINGS = {
    "code": "code kode kode_model kode_barang kode_produk sku article artikel",
    "name": "name nama product produk model nama_model nama_produk nama_barang",
    "name_en": "name_in_english nama_inggris",
    "category": "category kategori kelompok jenis",
    "colour": "colour color warna",
    "sizes": "size sizes ukuran nomor no",
    "wholesale": "wholesale_price harga_grosir grosir harga_distributor distributor",
    "retail": "retail_price harga_eceran eceran harga price harga_jual",
    "lead_days": "lead_time hari lama_pembuatan waktu_pembuatan",
    "minimum_pairs": "minimum minimum_pairs minimal",
    "is_published": "published tampil status",
    "prices_from": "from valid_from mulai berlaku harga_mulai",
}
_LONGEST = {"code": 20, "name": 80, "name_en": 80, "category": 60, "colour": 40, "colour_en": 40}
_YES, _NO = "yes ya y 1 true", "no tidak n 0 false"
_UNITS = {"pair": 1, "pasang": 1, "lusin": 12, "dozen": 12, "kodi": 20, "gros": 144, "gross": 144}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True, slots=True)
class Look:
    """What a row tells of a model in one colour. What it does not say is not among the facts."""

    code: str
    colour: str  # may be empty
    facts: Mapping[str, Any]  # by the fields of a product and of a colourway; `sizes` in order
    prices: Mapping[Group, Price]
    prices_from: date  # the day from which they hold


def guessed(headings: Sequence[str]) -> list[str]:
    """Return for each column the field that its heading names, or nothing; each field once."""
    return meant(headings, FIELDS, _HEADINGS)


def look_in(cells: Sequence[str], mapping: Sequence[str]) -> Look:
    """Return what a row says. Raises Unreadable."""
    said = {
        field: cell.strip()
        for cell, field in zip(cells, mapping, strict=False)
        if field and cell.strip()
    }
    for field, most in _LONGEST.items():
        if len(said.get(field, "")) > most:
            text = _("%(column)s: at most %(most)s characters.")
            raise Unreadable(text % {"column": FIELDS[field], "most": most})
    if not said.get("code"):
        raise Unreadable(_("No code stands here."))
    facts: dict[str, Any] = {
        field: said[field]
        for field in ("name", "name_en", "category", "colour_en")
        if field in said
    }
    if "sizes" in said:
        facts["sizes"] = _sizes(said["sizes"])
    for field, least, most in (("lead_days", 0, 365), ("minimum_pairs", 1, 32_767)):
        if field in said:
            facts[field] = _number(field, said[field], least, most)
    if "is_published" in said:
        facts["is_published"] = _is_shown(said["is_published"])
    return Look(
        code=said["code"].upper(),
        colour=said.get("colour", ""),
        facts=facts,
        prices={group: _price(group, said[group]) for group in Group if group in said},
        prices_from=_day(said["prices_from"]) if "prices_from" in said else clock.today(),
    )


def written_price(price: Price | None) -> int | str | None:
    """Return a price as it stands in a list: of a pair a number, of several pairs with the unit."""
    if price is None or price.per == Unit.PAIR:
        return price.amount if price else None
    return f"{price.amount} / {price.unit}"


def price_in_words(price: Price | None) -> str:
    """Return a price as it stands in a sentence: of a pair rupiah, of several pairs with the unit."""
    if price is None:
        return "–"
    amount = rupiah(price.amount)
    return amount if price.per == Unit.PAIR else f"{amount}/{price.unit}"


def in_words(field: str, value: Any) -> str:
    """Return a fact as it stands in a sentence."""
    if field == "sizes":
        return write_sizes(value)
    if isinstance(value, bool):
        return _("shown") if value else _("not shown")
    return str(value)


def _sizes(typed: str) -> list[str]:
    try:
        return SizesField().clean(typed)
    except forms.ValidationError as reason:
        raise Unreadable(f"“{typed}”: {' '.join(reason.messages)}") from reason


def _number(field: str, typed: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", typed) or not least <= int(typed) <= most:
        text = _("%(column)s: “%(typed)s” is no number from %(least)s to %(most)s.")
        facts = {"column": FIELDS[field], "typed": typed, "least": least, "most": most}
        raise Unreadable(text % facts)
    return int(typed)


def _is_shown(typed: str) -> bool:
    word = slug(typed)
    if word in {*_YES.split(), *_both("shown")}:
        return True
    if word in {*_NO.split(), *_both("not shown")}:
        return False
    raise Unreadable(_("“%(typed)s”: write “yes” or “no” for what is shown.") % {"typed": typed})


def _both(word: str) -> set[str]:
    """Return a word of our own tables as both languages write it."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(slug(_(word)))
    return found


def _price(group: Group, typed: str) -> Price:
    """Read `185000`, `Rp 185.000` or `3.700.000 / kodi`."""
    amount, _slash, unit = typed.partition("/")
    per = _UNITS.get(slug(unit), 0) if unit.strip() else 1
    if not per:
        raise Unreadable(_("“%(unit)s” is no unit that prices are for.") % {"unit": unit.strip()})
    try:
        rupiah = money.parse_rupiah(amount)
    except ValueError as reason:
        raise Unreadable(f"{group.label}: “{typed}”. {reason}") from reason
    if not 0 < rupiah < 2**53:
        raise Unreadable(_("A price is more than zero."))
    return Price(rupiah, per)


def _day(typed: str) -> date:
    """Read `2027-03-01` or `1/3/2027`, the day first; none that is over."""
    found = _DAY.fullmatch(typed)
    try:
        day = date(*_parts(found)) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Unreadable(_("“%(typed)s” is no day: write it as 2027-03-01.") % {"typed": typed})
    if day < clock.today():
        raise Unreadable(
            _("“%(typed)s” is over: prices change from a day to come.") % {"typed": typed}
        )
    return day


def _parts(found: re.Match[str]) -> tuple[int, int, int]:
    if found[1]:
        return int(found[1]), int(found[2]), int(found[3])
    return int(found[6]), int(found[5]), int(found[4])
