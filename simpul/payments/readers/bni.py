"""BNI: the business portal BNIDirect, and sheets of internet and mobile banking."""

from simpul.payments.readers import cells
from simpul.payments.readers.columns import EVERYWHERE, Columns

DIRECT = Columns(
    name="BNI BNIDirect",
    header=("Post Date", "Branch", "Journal No", "Description", "Debit", "Credit", "Balance"),
    day=0,
    reference=2,
    texts=(3,),
    debit=4,
    credit=5,
    balance=6,
)

SHEET = Columns(
    name="BNI (D/K)",
    header=("Tanggal Transaksi", "Keterangan", "Jumlah", "D/K", "Saldo"),
    delimiters=EVERYWHERE,
    day=0,
    texts=(1,),
    amount=2,
    sign=3,
    signs=cells.K_D,
    balance=4,
)

# Of these two the sources give the columns but no amounts: each cell must tell how it is written.
MOBILE = Columns(
    name="BNI Mobile Banking",
    header=("Tanggal", "Keterangan", "Tipe", "Jumlah", "Saldo"),
    delimiters=EVERYWHERE,
    day=0,
    texts=(1,),
    sign=2,
    amount=3,
    balance=4,
    thousands="",
)
OLDER_SHEET = Columns(
    name="BNI (Tanggal Kirim)",
    header=("No.", "Tanggal Kirim", "Cabang", "Journal No.", "Deskripsi", "Amount", "Db/Cr"),
    delimiters=EVERYWHERE,
    day=1,
    reference=3,
    texts=(4,),
    amount=5,
    sign=6,
    thousands="",
)

LAYOUTS = (DIRECT, SHEET, MOBILE, OLDER_SHEET)
