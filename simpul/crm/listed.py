"""What a row of a list says of a business: which column means what, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from simpul.crm.headings import Unreadable, meant
from simpul.lib import phones
from simpul.lib.alike import Card

FIELDS = {
    "name": gettext_lazy("Name of the business or household"),
    "contact": gettext_lazy("Contact person"),
    "telephone": gettext_lazy("WhatsApp or telephone"),
    "email": gettext_lazy("E-mail"),
    "area": gettext_lazy("Town or area"),
    "street": gettext_lazy("Street, hamlet, RT/RW"),
    "kind": gettext_lazy("What is it to us?"),
}
# what people write above such a column; those of our own downloads, in both languages, among them
_HEADINGS = {
    "name": "name nama toko usaha business company perusahaan customer pelanggan supplier pemasok"
    " party mitra nama_toko nama_usaha nama_pelanggan organisation organization organisasi",
    "contact": "contact kontak people orang person pic contact_person narahubung pemilik owner"
    " nama_pemilik nama_kontak",
    "telephone": "telephone telepon telp tlp phone hp wa whatsapp no_hp no_wa no_telp no_telepon"
    " nomor_hp nomor_wa nomor_telepon handphone mobile ponsel phone_number nomor",
    "email": "email e_mail mail surel alamat_email",
    "area": "area town town_or_area kota kota_atau_daerah kabupaten daerah wilayah city region",
    "street": "street address alamat jalan street_address alamat_lengkap",
    "kind": "kind jenis type tipe kategori category kelompok",
}
_KINDS = {
    "distributor": "distributor grosir agen reseller dealer wholesale toko",
    "consumer": "consumer konsumen eceran perorangan retail pembeli buyer",
    "supplier": "supplier pemasok vendor",
    "courier": "courier kurir ojek ekspedisi",
}
_OF_A_CONTACT = ["name", "organisation"]  # of `tables.CARD`
_fits = MaxLengthValidator(254)  # what the book of addresses holds
_EATEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Business:
    """What a row tells; numbers are E.164, `kinds` are keys of a party's kinds."""

    name: str
    contact: str
    numbers: tuple[str, ...]
    mails: tuple[str, ...]
    area: str
    street: str
    kinds: frozenset[str]

    def card(self) -> Card:
        return Card(
            key=0,
            name=self.name,
            people=(self.contact,) if self.contact else (),
            address=" ".join(filter(None, [self.street, self.area])),
            numbers=frozenset(self.numbers),
            mails=frozenset(self.mails),
        )


def guessed(headings: Sequence[str]) -> list[str]:
    """Return for each column the field that its heading names, or nothing; each field but the
    numbers and addresses once."""
    found = meant(headings, FIELDS, _HEADINGS, several=("telephone", "email"))
    # who has an organisation is a person of it; who has none is a household by its own name
    if "name" in found and [heading.casefold() for heading in headings[:2]] == _OF_A_CONTACT:
        found[:2] = ["contact", "name"]
    return found


def business_in(cells: Sequence[str], mapping: Sequence[str], *, kind: str) -> Business:
    """Return what a row says; `kind` is what it is to us where the row does not say it.

    Raises Unreadable.
    """
    said: Mapping[str, list[str]] = {
        field: [
            cell
            for cell, meant in zip(cells, mapping, strict=False)
            if meant == field and cell.strip()
        ]
        for field in FIELDS
    }
    contact = " ".join(said["contact"]).split(",")[0].strip()
    name = " ".join(said["name"]).strip() or contact
    if not name:
        raise Unreadable(_("No name stands here."))
    return Business(
        name=name[:120],
        contact=contact[:80],
        numbers=tuple(dict.fromkeys(map(_number, _each(said["telephone"])))),
        mails=tuple(dict.fromkeys(map(_mail, _each(said["email"])))),
        area=" ".join(said["area"])[:80],
        street=" ".join(said["street"])[:160],
        kinds=_kinds(" ".join(said["kind"]), kind),
    )


def _each(cells: Sequence[str]) -> list[str]:
    """Return what several values in one cell are: parted by a comma, a semicolon or a slash."""
    parts = ([cell] if _EATEN.fullmatch(cell) else re.split(r"[,;/]", cell) for cell in cells)
    return [one.strip() for several in parts for one in several if one.strip()]


def _number(typed: str) -> str:
    typed = typed.lstrip("'")  # our own tables have it before a plus
    if _EATEN.fullmatch(typed):
        text = _("The spreadsheet has cut “%(typed)s”: make the column a text, and save it again.")
        raise Unreadable(text % {"typed": typed})
    try:
        return phones.normalise(typed)
    except phones.NotATelephone as reason:
        raise Unreadable(f"“{typed}”: {reason}") from reason


def _mail(typed: str) -> str:
    try:
        validate_email(typed.lower())
        _fits(typed.lower())
    except ValidationError as reason:
        raise Unreadable(_("“%(typed)s” is no e-mail address.") % {"typed": typed}) from reason
    return typed.lower()


def _kinds(typed: str, usual: str) -> frozenset[str]:
    words = set(re.findall(r"\w+", typed.casefold()))
    if not words:
        return frozenset({usual})
    kinds = frozenset(kind for kind, said in _KINDS.items() if words & set(said.split()))
    if not kinds:
        raise Unreadable(_("“%(typed)s” is no kind that we know.") % {"typed": typed})
    return kinds
