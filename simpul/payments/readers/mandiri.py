"""Mandiri: the exports of Kopra (formerly MCM) and of Livin'."""

from simpul.payments.readers.columns import EVERYWHERE, Columns

# Credit stands before debit; a month is a word in English or Indonesian.
KOPRA = Columns(
    name="Mandiri Kopra/MCM",
    header=(
        *("AccountNo", "Ccy", "PostDate", "Remarks", "AdditionalDesc"),
        *("Credit Amount", "Debit Amount", "Close Balance"),
    ),
    delimiters=";",
    number=0,
    currency=1,
    day=2,
    texts=(3, 4),
    credit=5,
    debit=6,
    balance=7,
)

# Two columns are called Description, zero is `.00`, there is no balance.
WITH_COMMAS = Columns(
    name="Mandiri (comma, no balance)",
    header=(
        *("Account No", "Date", "Val. Date", "Transaction Code", "Description", "Description"),
        *("Reference No.", "Debit", "Credit"),
    ),
    number=0,
    day=1,
    texts=(4, 5, 6),
    debit=7,
    credit=8,
)

LIVIN = Columns(
    name="Mandiri Livin'",
    header=("Tanggal", "Keterangan", "Nominal", "Saldo"),
    delimiters=EVERYWHERE,
    day=0,
    texts=(1,),
    amount=2,
    balance=3,
    thousands=".",
    opening_row="SALDO AWAL",
)

# Of these two the sources give the columns but no amounts: each cell must tell how it is written.
POSTING = Columns(
    name="Mandiri (Posting Date)",
    header=("Posting Date", "Remark", "Reference No", "Debit", "Credit", "Balance"),
    delimiters=EVERYWHERE,
    day=0,
    texts=(1, 2),
    debit=3,
    credit=4,
    balance=5,
    thousands="",
)
GOVERNMENT = Columns(
    name="Mandiri (Tgl. Val.)",
    header=(
        *("Tgl.", "Tgl. Val.", "Rincian Transaksi", "No. Referensi"),
        *("Debit", "Kredit", "Saldo", "Branch Code"),
    ),
    delimiters=EVERYWHERE,
    day=0,
    texts=(2, 3),
    debit=4,
    credit=5,
    balance=6,
    thousands="",
)

LAYOUTS = (KOPRA, WITH_COMMAS, LIVIN, POSTING, GOVERNMENT)
