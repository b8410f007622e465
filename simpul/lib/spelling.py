"""Names and addresses as Indonesians write them, reduced to the words by which one knows them again."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What stands before or behind a name and tells nothing of whose it is.
_TITLES = frozenset(
    re.findall(
        r"\w+",
        """
        bpk bapak pak bp ibu bu h hj haji hajah sdr sdri saudara saudari tn tuan ny nyonya nona mr mrs
        ms drs dra dr ir st se sh mm kh ust ustadz ustad mas mbak kang teh koh ci
        cv pt ud pd fa firma tbk persero usaha dagang perusahaan kop koperasi ukm umkm
        toko tk tko kios warung wr agen grosir distributor supplier pusat cab cabang the and dan
        """,
    )
)

# What so many businesses and people are called that it says little, however short the list.
_EVERYWHERE = """
    jaya makmur abadi sentosa sinar surya maju lancar berkah mulia indah barokah langkah bintang
    cahaya mekar harapan sejahtera utama prima karya mandiri bersama baru sumber rejeki rezeki murah
    sukses subur setia mitra usaha anugerah nusantara sepatu sandal kulit tas jati batik mebel kayu
    konveksi garmen bogor bandung jakarta surabaya timur barat utara selatan
    ahmad muhamad budi siti dewi agus sri nur joko eko dwi tri rina yanti wati putra putri hartono
    setiawan susanto wijaya lestari santoso hidayat saputra rahayu
"""

# What stands in every address.
_PLACES = frozenset(
    re.findall(
        r"\w+",
        """
        jl jln jalan gg gang no nomor nmr kp kampung kmp kel kelurahan kec kecamatan kab kabupaten kota
        ds desa dsn dusun blk blok komp komplek kompleks perum perumahan prov provinsi lt lantai
        samping sebelah depan belakang dekat dkt the
        """,
    )
)

_SHORT = {
    "jend": "jenderal", "jendral": "jenderal", "psr": "pasar", "ps": "pasar",
    "gn": "gunung", "tj": "tanjung", "tg": "tanjung", "sei": "sungai", "bdg": "bandung", "bgr": "bogor", "jkt": "jakarta",
    "sby": "surabaya", "smg": "semarang", "jogja": "yogyakarta", "yogya": "yogyakarta", "utr": "utara", "slt": "selatan",
    "tmr": "timur", "brt": "barat", "bks": "bekasi", "tng": "tangerang", "dpk": "depok",
}  # fmt: skip

# The spelling before 1972 (in which a `j` was our `y`), and letters that are heard alike.
_HEARD = (
    ("tj", "c"), ("dj", "y"), ("j", "y"), ("sy", "s"), ("oe", "u"), ("kh", "k"),
    ("ch", "k"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("gh", "g"), ("v", "f"), ("q", "k"), ("x", "ks"), ("z", "s"),
)  # fmt: skip


def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a name without titles and legal forms, spelt as they are heard.

    `CV. Soerja Djaja` and `Toko Surya Jaya` are both `surya`, `yaya`. A name of nothing but titles
    keeps them: there is nothing else to know it by.
    """
    words = _plain(text)
    kept = [word for word in words if word not in _TITLES] or words
    return tuple(heard(word) for word in kept)


def address_words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of an address without what stands in every address.

    `RT 03/RW 05` become `rt3`, `rw5`; a number loses its leading zeros.
    """
    found: list[str] = []
    words = iter(_plain(re.sub(r"(?i)\b(r[tw])[ .:/]*(?=\d)", r" \1", text)))
    for word in words:
        word = _SHORT.get(word, word)
        if word in _PLACES or word in ("rt", "rw"):
            continue
        numbered = re.fullmatch(r"(r[tw])?0*(\d+)([a-z]?)", word)
        found.append("".join(filter(None, numbered.groups())) if numbered else heard(word))
    return tuple(found)


@lru_cache(maxsize=20_000)
def heard(word: str) -> str:
    """Return a word as it is heard, whichever spelling it is written in."""
    if word in ("moh", "muh", "moch", "much", "mohd", "muhd"):
        return "muhamad"
    for written, sound in _HEARD:
        word = word.replace(written, sound)
    word = re.sub(r"(.)\1+", r"\1", word)
    return "muhamad" if re.fullmatch(r"m[ou][hk]am[ae]d", word) else word


COMMON = frozenset(heard(word) for word in _EVERYWHERE.split())


def _plain(text: str) -> list[str]:
    """Return the words of a text in small letters without accents; initials stay together."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(sign for sign in letters if not unicodedata.combining(sign))
    text = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text)  # c.v. is cv
    return re.findall(r"[a-z0-9]+", text.replace("'", "").replace("’", ""))
