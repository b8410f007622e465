"""BRI: the cash management portal (CMS), its short form, and internet banking."""

from simpul.payments.readers.columns import Columns

_CMS = (
    *("ID", "NOREK", "TGL_TRAN", "TGL_EFEKTIF", "JAM_TRAN", "SEQ", "DESK_TRAN"),
    *("SALDO_AWAL_MUTASI", "MUTASI_DEBET", "MUTASI_KREDIT", "SALDO_AKHIR_MUTASI", "GLSIGN"),
    *("TRUSER", "KODE_TRAN", "KODE_TRAN_TELLER", "TRREMK", "TLBDS1", "TLBDS2"),
)


def _cms(name: str, header: tuple[str, ...]) -> Columns:
    """Each row says the balance before and after it. A transfer and its fee share one SEQ."""
    return Columns(
        name=name,
        header=header,
        number=1,
        day=2,
        reference=5,
        texts=(6, *range(15, len(header))),
        before=7,
        debit=8,
        credit=9,
        balance=10,
    )


CMS = _cms("BRI CMS", _CMS)
CMS_WITH_REMARK = _cms("BRI CMS (19)", (*_CMS, "REMARK_CUSTOM"))

SHORT = Columns(
    name="BRI (TGL_TRAN)",
    header=("TGL_TRAN", "DESK_TRAN", "MUTASI_DEBET", "MUTASI_KREDIT", "SALDO_AKHIR_MUTASI"),
    delimiters=";",
    day=0,
    texts=(1,),
    debit=2,
    credit=3,
    balance=4,
)

INTERNET = Columns(
    name="BRI Internet Banking",
    header=("Tanggal Transaksi", "Uraian Transaksi", "Teller", "Debet", "Kredit", "Saldo"),
    day=0,
    texts=(1,),
    debit=3,
    credit=4,
    balance=5,
    thousands=".",
)

LAYOUTS = (CMS, CMS_WITH_REMARK, SHORT, INTERNET)
