"""The bank of the demonstration: statement files as BCA's business portal exports them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    on: date
    rupiah: int  # negative: money going out
    text: str


@dataclass(slots=True)
class Bank:
    """Keeps what was booked, and exports what is new since the last file."""

    number: str
    holder: str
    balance: int = 10_000_000
    lines: list[Line] = field(default_factory=list)

    def book(self, on: date, rupiah: int, text: str) -> None:
        self.lines.append(Line(on, rupiah, text))

    def export(self) -> bytes:
        """Return the statement of all that was booked since the last one, and forget it."""
        lines = sorted(self.lines, key=lambda line: line.on)
        self.lines = []
        first, last = lines[0].on, lines[-1].on
        opening = self.balance
        rows = []
        for line in lines:
            self.balance += line.rupiah
            sign = "CR" if line.rupiah > 0 else "DB"
            rows.append(
                f'"{line.on:%d/%m/%Y}","{line.text}","0000","{_sen(abs(line.rupiah))} {sign}","{_sen(self.balance)}"'
            )
        credits = [line.rupiah for line in lines if line.rupiah > 0]
        debits = [-line.rupiah for line in lines if line.rupiah < 0]
        return "\n".join(
            [
                '"Informasi Rekening - Mutasi Rekening"',
                f'"No. rekening : {self.number}"',
                f'"Nama : {self.holder}"',
                f'"Periode : {first:%d/%m/%Y} - {last:%d/%m/%Y}"',
                '"Kode Mata Uang : Rp"',
                "",
                '"Tanggal Transaksi","Keterangan","Cabang","Jumlah","Saldo"',
                *rows,
                f'"Saldo Awal : {_sen(opening)}"',
                f'"Mutasi Debet : {_sen(sum(debits))}","{len(debits)}"',
                f'"Mutasi Kredit : {_sen(sum(credits))}","{len(credits)}"',
                f'"Saldo Akhir : {_sen(self.balance)}"',
                "",
            ]
        ).encode()


def _sen(rupiah: int) -> str:
    return f"{rupiah:,}.00"
