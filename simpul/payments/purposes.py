"""What money that goes out may have been for: learned from what was said before, names, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from simpul.parties.models import Party, Person, Workshop
from simpul.payments.models import BankEntry, Purpose, PurposeKind
from simpul.payments.models.purpose import IN, OUT
from simpul.ui.jinja import day_short

Kind = PurposeKind

LEARNED = 2_000  # of the latest purposes: older ones teach nothing
SAME = 5_000  # entries that are looked at for the same words
# Words of the banks' texts, in the order in which they are tried. Telling words stand first.
WORDS: tuple[tuple[str, Kind], ...] = (
    (r"(PAJAK|PPH|TAX)\W*(ATAS\W*)?(BUNGA|JASA|INTEREST)", Kind.INTEREST_TAX),
    (r"(BIAYA|BY|BEA|FEE)\W*(ADM|TRANSF|TRF|TRANSAKSI|LAYANAN|SMS|BI.?FAST|RTGS|KLIRING)", Kind.FEE),
    (r"\b(ADMIN|ADM)\W*(FEE|BULANAN|REK)|SERVICE CHARGE|\bPROVISI\b", Kind.FEE),
    (r"\b(BUNGA|JASA GIRO|BAGI HASIL|BONUS WADIAH|INTEREST)\b", Kind.INTEREST),
    (r"\b(MIDTRANS|XENDIT|DOKU|GOPAY MERCHANT|QRIS SETTLEMENT)\b", Kind.GATEWAY),
    (r"TARIK(AN)?\W*(TUNAI|ATM)|\bATM\W*WITHDRAWAL|CASH WITHDRAWAL", Kind.CASH_BOX),
    (r"SETOR(AN)?\W*TUNAI|CASH DEPOSIT", Kind.CASH_BOX),
    (r"\b(PLN|LISTRIK|TOKEN|PDAM|TELKOM|INDIHOME|INTERNET)\b", Kind.POWER),
    (r"\b(DJP|MPN|PAJAK|411128|BILLING PAJAK|PPH)\b", Kind.TAX),
    (r"\b(SEWA|KONTRAK(AN)?|RENT)\b", Kind.RENT),
    (r"\b(BORONGAN|UPAH)\b", Kind.WAGES),
    (r"\b(GAJI|PAYROLL|SALARY|THR)\b", Kind.SALARY),
    (r"\b(ANGSURAN|CICILAN|PINJAMAN|KUR|KREDIT USAHA)\b", Kind.LOAN),
    (r"\bPRIVE\b", Kind.DRAWING),
    (r"\bMODAL\b", Kind.CAPITAL),
)  # fmt: skip
SAYS_NOTHING = {"TOKO", "BAPAK", "IBU", "PAK", "STORE"}  # banks leave it out
MONTHS = {"JAN", "FEB", "MAR", "APR", "MEI", "MAY", "JUN", "JUL", "AGU", "AUG", "AGS", "SEP", "OKT",
          "OCT", "NOV", "DES", "DEC", "JANUARI", "FEBRUARI", "MARET", "APRIL", "JUNI", "JULI",
          "AGUSTUS", "SEPTEMBER", "OKTOBER", "NOVEMBER", "DESEMBER"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an entry may have been for, and why."""

    kind: str
    party: Party | None
    reason: str
    alike: int = 0  # other entries, not explained yet, with the same words

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    party_id: int | None
    on: date


def skeleton(text: str) -> str:
    """Return the words of a bank's text that come again each time: no numbers, days or months."""
    words = re.findall(r"[A-Z0-9]+", text.upper())
    telling = (word for word in words if word.isalpha() and len(word) > 1 and word not in MONTHS)
    return " ".join(telling)


def proposals(workshop: Workshop, entries: Sequence[BankEntry]) -> dict[int, Proposal]:
    """Return for each entry the likeliest purpose, with a fixed number of queries."""
    known = _learned(workshop)
    parties = {
        party.pk: party
        for party in Party.objects.standing()
        .filter(workshop=workshop)
        .exclude(is_supplier=False, is_courier=False)
    }
    alike = Counter(
        (skeleton(text), amount > 0)
        for text, amount in BankEntry.objects.filter(workshop=workshop)
        .unexplained()
        .order_by("-pk")
        .values_list("text", "amount_sen")[:SAME]
    )
    found = {}
    for entry in entries:
        key = (skeleton(entry.text), entry.amount_sen > 0)
        guess = _guess(entry, known.get(key), parties)
        if guess is not None:
            kind, party, reason = guess
            found[entry.pk] = Proposal(kind, party, reason, max(alike[key] - 1, 0))
    return found


def alike(entry: BankEntry) -> list[BankEntry]:
    """Return the other entries that are not explained and have the same words, oldest first."""
    rows = BankEntry.objects.filter(workshop_id=entry.workshop_id).unexplained()
    rows = rows.filter(amount_sen__gt=0) if entry.amount_sen > 0 else rows.filter(amount_sen__lt=0)
    mine = skeleton(entry.text)
    found = rows.exclude(pk=entry.pk).order_by("booked_on", "pk")[:SAME]
    return [one for one in found if skeleton(one.text) == mine]


@transaction.atomic
def explain_all(entries: Iterable[BankEntry], *, by: Person, kind: str, party: Party | None) -> int:
    """Explain the rest of each entry in the same way, or none of them; return how many."""
    count = 0
    for entry in entries:
        entry.explain(by=by, kind=kind, party=party)
        count += 1
    return count


def _learned(workshop: Workshop) -> dict[tuple[str, bool], _Known]:
    """What the same words were for before; the latest word counts."""
    rows = (
        Purpose.objects.filter(workshop=workshop, entry__isnull=False)
        .standing()
        .order_by("-pk")
        .values_list("entry__text", "amount_sen", "kind", "party", "on")[:LEARNED]
    )
    known: dict[tuple[str, bool], _Known] = {}
    for text, amount, kind, party, on in rows:
        known.setdefault((skeleton(text), amount > 0), _Known(kind, party, on))
    return known


def _guess(
    entry: BankEntry, known: _Known | None, parties: dict[int, Party]
) -> tuple[str, Party | None, str] | None:
    comes = entry.amount_sen > 0
    if known is not None and (known.party_id is None or known.party_id in parties):
        party = parties.get(known.party_id or 0)
        return known.kind, party, _("As on %(day)s: the same words.") % {"day": day_short(known.on)}
    said = set(re.findall(r"[A-Z]+", entry.text.upper()))
    longest_first = sorted(parties.values(), key=lambda one: (-len(one.name), one.pk))
    for party in longest_first:
        if _is_named(party.name, said) and (party.is_supplier or party.is_courier):
            kind = (Kind.BACK if comes else Kind.SUPPLIER) if party.is_supplier else Kind.COURIER
            if kind in (IN if comes else OUT):
                return kind, party, _("The name %(name)s stands in the text.") % {"name": party}
    for pattern, kind in WORDS:
        hit = re.search(pattern, entry.text.upper())
        if hit and kind in (IN if comes else OUT):
            return kind, None, _("“%(words)s” stands in the text.") % {"words": hit.group().strip()}
    return None


def _is_named(name: str, said: set[str]) -> bool:
    """Tell whether all words of a name stand in the text, but for those that banks leave out."""
    words = {word for word in re.findall(r"[A-Z]+", name.upper()) if len(word) > 2}
    telling = words - SAYS_NOTHING
    return bool(telling) and telling <= said
