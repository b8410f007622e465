"""Regencies, cities and provinces as people write them. Pure; which regency lies where is not known
here: it is as somebody says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from simpul.lib.spelling import address_words

PROVINCES = (
    "Aceh", "Bali", "Banten", "Bengkulu", "DI Yogyakarta", "DKI Jakarta", "Gorontalo", "Jambi",
    "Jawa Barat", "Jawa Tengah", "Jawa Timur", "Kalimantan Barat", "Kalimantan Selatan",
    "Kalimantan Tengah", "Kalimantan Timur", "Kalimantan Utara", "Kepulauan Bangka Belitung",
    "Kepulauan Riau", "Lampung", "Maluku", "Maluku Utara", "Nusa Tenggara Barat",
    "Nusa Tenggara Timur", "Papua", "Papua Barat", "Papua Barat Daya", "Papua Pegunungan",
    "Papua Selatan", "Papua Tengah", "Riau", "Sulawesi Barat", "Sulawesi Selatan",
    "Sulawesi Tengah", "Sulawesi Tenggara", "Sulawesi Utara", "Sumatera Barat",
    "Sumatera Selatan", "Sumatera Utara",
)  # fmt: skip

_SHORT = {
    "dki": "DKI Jakarta", "jakarta": "DKI Jakarta", "diy": "DI Yogyakarta", "jabar": "Jawa Barat",
    "jateng": "Jawa Tengah", "jatim": "Jawa Timur", "sumbar": "Sumatera Barat",
    "sumsel": "Sumatera Selatan", "sumut": "Sumatera Utara", "babel": "Kepulauan Bangka Belitung",
    "bangka belitung": "Kepulauan Bangka Belitung", "kepri": "Kepulauan Riau",
    "kalbar": "Kalimantan Barat", "kalsel": "Kalimantan Selatan", "kalteng": "Kalimantan Tengah",
    "kaltim": "Kalimantan Timur", "kaltara": "Kalimantan Utara", "sulbar": "Sulawesi Barat",
    "sulsel": "Sulawesi Selatan", "sulteng": "Sulawesi Tengah", "sultra": "Sulawesi Tenggara",
    "sulut": "Sulawesi Utara", "ntb": "Nusa Tenggara Barat", "ntt": "Nusa Tenggara Timur",
    "malut": "Maluku Utara",
}  # fmt: skip

_KIND = re.compile(r"(?i)(kota(?:\s*madya)?|kab(?:upaten)?)\b\.?\s*(?=\w)")
_PROVINCE = re.compile(r"(?i)prov(?:insi)?\b\.?\s*")
# a regency stands behind a comma, or begins with what it is
_PARTS = re.compile(r"(?i)[,;\n]|(?=\b(?:kota|kab|kabupaten|prov|provinsi)\b)")


@dataclass(frozen=True, slots=True)
class Region:
    """A regency or city; without one a whole province. What is not known is empty."""

    regency: str = ""
    province: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.regency, self.province]))

    def meets(self, other: Region) -> bool:
        """Tell whether some place lies in both: the same regency, or a province that contains it.

        Whoever does not say whether it is the city or the regency around it means either.
        """
        if self.province and other.province and self.province != other.province:
            return False
        if not (self.regency and other.regency):
            return bool(self.province) and self.province == other.province
        kind, name = _parts(self.regency)
        its_kind, its_name = _parts(other.regency)
        return name == its_name and (not kind or not its_kind or kind == its_kind)


def read_list(text: str) -> list[Region]:
    """Return the regions that somebody lists, each once: a line, or with commas.

    A province behind regencies of a line says where they lie; alone it is meant as a whole.
    """
    found: list[Region] = []
    for line in text.replace(";", "\n").splitlines():
        names = [name.strip(" .") for name in line.split(",")]
        provinces = [known for name in names if (known := province_of(name))]
        regencies = [clean(name) for name in names if name and not province_of(name)]
        if regencies:
            province = provinces[0] if len(provinces) == 1 else ""
            found += [Region(name, province) for name in regencies]
        else:
            found += [Region(province=name) for name in provinces]
    return [one for place, one in enumerate(found) if one not in found[:place]]


def last_of(text: str) -> str:
    """Return the town or regency at the end of what was written, as it was written: `Sirimau, Kota
    Ambon` is Kota Ambon."""
    return " ".join(text.rpartition(",")[2].split())


def read_place(text: str) -> list[Region]:
    """Return every region that the area of an address may mean: `Ciomas, Kab. Bogor, Jawa Barat`."""
    parts = [part.strip(" .") for part in _PARTS.split(text)]
    province = next((known for part in reversed(parts) if (known := province_of(part))), "")
    names = [clean(part) for part in parts if part and not province_of(part)]
    whole = [Region(province=province)] if province and not names else []
    return [Region(name, province) for name in names if _parts(name)[1]] or whole


@lru_cache(maxsize=4_096)
def town_of(text: str) -> str:
    """Return the regency or city that the area of an address names last, else its province, as we
    write it; empty where it names none."""
    places = read_place(text)
    return places[-1].regency or places[-1].province if places else ""


def province_of(text: str) -> str:
    """Return the province that a text names, as we write it; empty where it is none."""
    words = " ".join(_PROVINCE.sub("", text, count=1).casefold().replace(".", "").split())
    return _SHORT.get(words) or next((one for one in PROVINCES if one.casefold() == words), "")


def clean(text: str) -> str:
    """Return the name of a regency or city as it is shown: `kab bogor` is `Kab. Bogor`."""
    text = " ".join(text.split())
    found = _KIND.match(text)
    kind = "" if found is None else "Kab. " if found[1].casefold().startswith("kab") else "Kota "
    name = text[found.end() :] if found else text
    return kind + (name.title() if name.islower() or name.isupper() else name)


def _parts(name: str) -> tuple[str, tuple[str, ...]]:
    """Return what a regency is (empty: not said), and the words by which one knows it."""
    found = _KIND.match(name)
    kind = "" if found is None else found[1][:3].casefold()
    return kind, address_words(name[found.end() :] if found else name)
