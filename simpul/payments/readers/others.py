"""BSI, CIMB and Bank Jatim."""

from simpul.payments.readers import cells
from simpul.payments.readers.columns import EVERYWHERE, Columns

# The columns come from a source, the way rows are written is assumed: no original was seen.
BSI = Columns(
    name="BSI",
    header=("TrxId", "Tanggal", "Trx Time", "D/K", "Mutasi", "Saldo", "Keterangan"),
    delimiters=EVERYWHERE,
    reference=0,
    day=1,
    sign=3,
    signs=cells.K_D,
    amount=4,
    balance=5,
    texts=(6,),
)

# Of these two the sources give the columns but no amounts: each cell must tell how it is written.
CIMB = Columns(
    name="CIMB OCTO",
    header=("Tanggal", "Deskripsi", "Debit", "Kredit", "Saldo"),
    delimiters=EVERYWHERE,
    day=0,
    texts=(1,),
    debit=2,
    credit=3,
    balance=4,
    thousands="",
)
JATIM = Columns(
    name="Bank Jatim",
    header=(
        *("Post Date", "Effective Date", "Account", "Name", "Description"),
        *("Currency", "Debit", "Credit", "Balance", "Reference No"),
    ),
    delimiters=EVERYWHERE,
    day=0,
    number=2,
    texts=(4, 9),
    currency=5,
    debit=6,
    credit=7,
    balance=8,
    thousands="",
)

LAYOUTS = (BSI, CIMB, JATIM)
