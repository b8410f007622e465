"""What the text of a bank's entry says of orders and of the payer. Pure: no database.

People type a code or a number into a small field of their bank's app and the bank cuts it, joins it
with other words or writes it in capitals. What is read here is only what may have been meant;
whether such an order exists, and whether the amount fits, is the question of `matching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from simpul.lib import codes

type Number = tuple[int, int]  # year and place in the series

LENGTH = codes.SPOKEN_LENGTH
LONGEST_NAME = 5  # words of a payer's name; banks cut after about twenty letters
_TOKEN = re.compile(r"[A-Z0-9]+")
_LETTERS = re.compile(r"[A-Z]+")
_SPACED = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{1,4}(?:[ .\-/][A-Z0-9]{1,4}){1,11}(?![A-Z0-9])")
_DIGIT = "[0-9OQ]"  # an O is a nought, and so is what reads like one
_NUMBER = re.compile(
    rf"(?<![A-Z])S[O0][-/ .:]*(2{_DIGIT}{{3}})(?:[-/ .:]*({_DIGIT}{{4,6}})|[-/ .:]+({_DIGIT}{{1,3}}))(?!\d)"
)
_LOOSE = re.compile(rf"(?<![A-Z])S[O0][-/ .:#]*({_DIGIT}{{1,5}})(?![\dOQ]|[-/ .]?\d)")
_BARE = re.compile(r"(?<!\d)(20\d\d)[-/](\d{4,6})(?!\d)")
_RUN = re.compile(rf"[{codes.ALPHABET}]{{{LENGTH},}}")  # what may hold a code
_MEANT = bytes(ord(codes.tidy(chr(at))) if chr(at) in "0123456789O" else at for at in range(256))
_APART = bytes(at for at in range(256) if not re.match("[A-Z0-9]", chr(at)))
_NOUGHT = str.maketrans("OQ", "00")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# How a payer is called is no part of the name: one bank writes it, the next one does not.
TITLES = _words(
    "CV PT UD PD FA TB TK TOKO TBK PERSERO BPK BAPAK PAK IBU BU SDR SDRI SDRA NY NYONYA TN TUAN"
    " HJ DRS DRA IR"
)
# What is typed beside the name, and what banks write around it.
_PURPOSE = _words(
    "DP UANG MUKA PANJAR PELUNASAN LUNAS LUNASI LUNASAN BAYAR BYR PEMBAYARAN PEMBYRN ORDER PESANAN"
    " PESAN SISA CICILAN ANGSURAN TERMIN TAHAP TRANSFER TRF TRSF INV INVOICE NOTA FAKTUR SO NO"
    " UNTUK UTK BUAT TGL SEPATU SANDAL BELI PEMBELIAN PASANG KODI TITIP TITIPAN SETORAN JAN FEB MAR"
    " APR MEI MAY JUN JUL AGU AGT AUG SEP OKT OCT NOV DES DEC JANUARI FEBRUARI MARET APRIL JUNI JULI"
    " AGUSTUS SEPTEMBER OKTOBER NOVEMBER DESEMBER ESB WS OB REF BERITA KET QRIS BCA BRI BNI BSI"
    " MANDIRI PERMATA CIMB DANAMON REK REKENING"
)
# Words of the banks. TRANSF and RANSFE are codes with the right check letter.
_NO_CODES = _PURPOSE | _words(
    "TRANSFER TRANSFERDARI BANKING EBANKING INHOUSETRF INHOUSE OTOMATIS SWITCHING SETTLEMENT TUNAI"
    " KLIRING CLEARING MOBILE INTERNET ATMSTRPRM FTSCY FTFVA NBMB BFST BIFAST TARIKAN"
)
# Where the banks put the payer (dialects of BCA, Mandiri, BRI, BNI and BSI).
_PAYER_FIRST = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bNBMB[ :]+(.+?) TO\b",
        r"\b(?:NBMB|BFST|ATMSTRPRM)[ :]*\d*[ ]*(.+?)(?: TO\b| ESB:|$)",
        r"\b(?:DARI|FROM)[ :]+(.+)",
        r"\b(?:TRANSFER|TRF|SWITCHING CR) DR[ :]+(?:\d{3} )?(.+)",
        r"\bLLG-[A-Z]+ (.+)",
        r"\bSKN (?:MSK|CR) (.+)",
    )
)
_PAYER_LAST = re.compile(r"/FTSCY/WS\d+[ ]*(?:[\d.,]*\d)?[ ]*(.+)")
_ACCOUNT = re.compile(r"\b(?:DARI|FROM|DR|REK|NOREK|A/C|ACC)\b[ .:]*(?:NO[ .:]*)?(\d{8,18})(?!\d)")
_LONG_DIGITS = re.compile(r"(?<![\d.,])\d{8,18}(?![\d.,]\d)")


def codes_in(text: str, known: Set[str] | None = None) -> set[str]:
    """Return whole codes with the right check letter: as words, with blanks inside, or glued.

    `known` is what codes there are: with it a text that has none is passed over quickly.
    """
    upper = text.upper()
    if known is not None:
        squeezed = upper.encode("ascii", "ignore").translate(_MEANT, _APART).decode()
        runs = _RUN.findall(squeezed)
        if known.isdisjoint([run[at : at + LENGTH] for run in runs for at in _starts(len(run))]):
            return set()
        return {code for code in _codes(upper) if code in known}
    return set(_codes(upper))


def numbers_in(text: str) -> set[Number]:
    """Return numbers of orders, however written: SO2026/0017, SO 2026 17, S0-2O26-OO17."""
    upper = text.upper()
    return {(_int(year), _int(long or short)) for year, long, short in _NUMBER.findall(upper)}


def half_numbers_in(text: str) -> set[Number]:
    """Return what may be a number of an order: `SO 17` (of no year, 0) and `2026-0017`."""
    upper = text.upper()
    found = {(0, _int(place)) for place in _LOOSE.findall(upper) if _int(place)}
    return found | {(int(year), int(place)) for year, place in _BARE.findall(upper)}


def named_in(text: str) -> tuple[set[str], set[str]]:
    """Return what may be codes, standing alone, and the numbers of orders in a longer text."""
    upper = text.upper()
    words = {*_TOKEN.findall(upper), *_LETTERS.findall(upper)} - _NO_CODES
    whole = {code for word in words if len(word) == LENGTH for code in _windows(word)}
    return whole, {f"SO-{year}-{place:04}" for year, place in numbers_in(text)}


def slips(text: str) -> dict[str, str]:
    """Return the codes that may be meant by a word with one slip in it, and the word as it stands."""
    found: dict[str, str] = {}
    upper = text.upper()
    for word in {*_TOKEN.findall(upper), *_LETTERS.findall(upper)} - _NO_CODES:
        if LENGTH - 1 <= len(word) <= LENGTH + 1 and sum(map(str.isalpha, word)) >= LENGTH - 2:
            for code in codes.meant(word):
                found.setdefault(code, word)
    return found


def number_of(text: str) -> Number:
    """Return year and place of a number of our own making, `SO-2026-0017`; noughts of another."""
    parts = text.split("-")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return 0, 0
    return int(parts[1]), int(parts[2])


def plain_name(name: str) -> str:
    """Return a name as it is compared: capitals, letters only, without titles."""
    return " ".join(_name_words(name.upper()))


def payer_name(text: str, without: frozenset[str] = frozenset()) -> str:
    """Return the payer as the bank wrote it, made plain; nothing where a text names nobody.

    `without` are words known to be something else: the codes of the orders that were paid.
    """
    upper = text.upper()
    for pattern in _PAYER_FIRST:
        if found := pattern.search(upper):
            return next(_stretches(found[1], without), "")
    if found := _PAYER_LAST.search(upper):
        return next(iter(list(_stretches(found[1], without))[::-1]), "")
    return ""


def payer_account(text: str) -> str:
    """Return the number of the payer's account, where the bank tells it."""
    found = _ACCOUNT.search(text.upper())
    return found[1] if found else ""


def names_in(text: str) -> Iterator[str]:
    """Yield every stretch of words that may be a learned name, the longest first."""
    words = _name_words(text.upper())
    for length in range(LONGEST_NAME, 1, -1):
        for at in range(len(words) - length + 1):
            yield " ".join(words[at : at + length])
    named = payer_name(text)
    if named and " " not in named:
        yield named


def accounts_in(text: str) -> set[str]:
    return set(_LONG_DIGITS.findall(text))


def _codes(upper: str) -> Iterator[str]:
    """Yield whole codes: as a word, with blanks inside, and glued to digits or other letters."""
    for token in {*_TOKEN.findall(upper), *_LETTERS.findall(upper)}:
        if len(token) >= LENGTH and token not in _NO_CODES:
            yield from _windows(token)
    for spaced in _SPACED.findall(upper):
        pieces = re.split(r"[ .\-/]", spaced)
        for first in range(len(pieces) - 1):
            joined = ""
            for piece in pieces[first:]:
                joined += piece
                if len(joined) >= LENGTH:
                    break
            if len(joined) == LENGTH:
                yield from _windows(joined)


def _starts(length: int) -> range:
    """Return where a code may begin in so many letters."""
    return range(length - LENGTH + 1)


def _windows(token: str) -> Iterator[str]:
    for at in _starts(len(token)):
        window = token[at : at + LENGTH]
        if sum(map(str.isalpha, window)) >= LENGTH - 2:
            code = codes.tidy(window)
            if codes.is_spoken(code):
                yield code


def _int(digits: str) -> int:
    return int(digits.translate(_NOUGHT))


def _name_words(upper: str) -> list[str]:
    return [word for word in _LETTERS.findall(upper) if len(word) > 1 and word not in TITLES]


def _stretches(rest: str, without: frozenset[str]) -> Iterator[str]:
    """Yield the names in what is left of a text: words without digits and without a purpose."""
    words: list[str] = []
    for token in [*re.findall(r"[A-Z']+|[^A-Z' ]+", rest), "0"]:
        word = token.replace("'", "")
        is_other = not word.isalpha() or word in _PURPOSE or word in without
        if not is_other:
            words += [word] if len(word) > 1 and word not in TITLES else []
        elif token.strip(".,") and words:
            if len("".join(words)) >= 3:
                yield " ".join(words[:LONGEST_NAME])
            words = []
