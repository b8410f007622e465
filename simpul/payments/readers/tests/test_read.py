import re
from datetime import date

import pytest

from simpul.payments import readers
from simpul.payments.readers import LayoutUnknown, Statement, StatementRefused, source
from simpul.payments.readers.tests import samples

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))

STORY = [
    (date(2026, 11, 2), 584_021_700),
    (date(2026, 11, 3), 32_484_500),
    (date(2026, 11, 3), -537_600_000),
    (date(2026, 11, 4), 69_790_000),
]
BALANCES = [1_584_021_700, 1_616_506_200, 1_078_906_200, 1_148_696_200]
OPENING, CLOSING = 1_000_000_000, 1_148_696_200

ALL = {
    "BCA KlikBCA Bisnis": samples.KLIKBCA_BUSINESS,
    "BCA KlikBCA Bisnis (dd/mm)": samples.OLDER_KLIKBCA_BUSINESS,
    "KlikBCA Individual (English)": samples.KLIKBCA_INDIVIDUAL,
    "Mandiri Kopra/MCM": samples.MANDIRI_KOPRA,
    "Mandiri (comma, no balance)": samples.MANDIRI_WITH_COMMAS,
    "Mandiri Livin'": samples.LIVIN,
    "BRI CMS": samples.BRI_CMS,
    "BRI CMS (19)": samples.BRI_CMS_WITH_REMARK,
    "BRI (TGL_TRAN)": samples.BRI_SHORT,
    "BRI Internet Banking": samples.BRI_INTERNET,
    "BNI BNIDirect": samples.BNI_DIRECT,
    "BNI (D/K)": samples.BNI_SHEET,
    "BSI": samples.BSI,
    "BCA Pratinjau": samples.BCA_PREVIEW,
    "Mandiri (Posting Date)": samples.MANDIRI_POSTING,
    "Mandiri (Tgl. Val.)": samples.MANDIRI_GOVERNMENT,
    "BNI Mobile Banking": samples.BNI_MOBILE,
    "BNI (Tanggal Kirim)": samples.BNI_OLDER_SHEET,
    "CIMB OCTO": samples.CIMB,
    "Bank Jatim": samples.JATIM,
    "MT940": samples.MT940,
    "camt.053": samples.CAMT,
}
WITHOUT_BALANCES = [samples.MANDIRI_WITH_COMMAS, samples.BNI_OLDER_SHEET]
TABLES = [text for name, text in ALL.items() if name not in ("MT940", "camt.053")]
WITH_TOTALS = [samples.KLIKBCA_BUSINESS, samples.KLIKBCA_INDIVIDUAL]
WITH_BALANCES = [text for text in TABLES if text not in WITHOUT_BALANCES]
BOOKED_ON_THE_FOURTH = samples.OLDER_KLIKBCA_BUSINESS.replace("PEND", "'04/11")


def read(text: str, period: tuple[date, date] | None = NOVEMBER) -> Statement:
    return readers.read(text.encode(), period)


def refused(text: str | bytes, period: tuple[date, date] | None = NOVEMBER) -> StatementRefused:
    with pytest.raises(StatementRefused) as refusal:
        readers.read(text.encode() if isinstance(text, str) else text, period)
    return refusal.value


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


# One month in each layout


@pytest.mark.parametrize(
    "text", [*ALL.values(), BOOKED_ON_THE_FOURTH, samples.MT940_OF_MANDIRI, samples.MT940_OF_SWIFT]
)
def test_each_layout_tells_the_same_story(text: str) -> None:
    statement = read(text)

    story = [(row.booked_on, row.amount_sen) for row in statement.rows]
    if statement.rows[-1].pending:
        story[-1] = (date(2026, 11, 4), story[-1][1])
    assert story == STORY


@pytest.mark.parametrize(
    "text",
    [
        text
        for text in ALL.values()
        if text not in (*WITHOUT_BALANCES, samples.OLDER_KLIKBCA_BUSINESS)
    ],
)
def test_the_balances_are_those_of_the_file(text: str) -> None:
    statement = read(text, None)

    assert [row.balance_sen for row in statement.rows] == BALANCES
    assert (statement.opening_sen, statement.closing_sen) == (OPENING, CLOSING)
    assert statement.booked == statement.rows


def test_a_file_without_balances_says_so() -> None:
    statement = read(samples.MANDIRI_WITH_COMMAS, None)

    assert [row.balance_sen for row in statement.rows] == [None] * 4
    assert (statement.opening_sen, statement.closing_sen) == (None, None)


@pytest.mark.parametrize(("name", "text"), ALL.items())
def test_the_layout_is_named(name: str, text: str) -> None:
    assert read(text).layout == name


def test_the_account_is_the_one_that_the_file_names() -> None:
    accounts = {name: read(text).account for name, text in ALL.items()}
    assert {name: number for name, number in accounts.items() if number} == {
        "BCA KlikBCA Bisnis": "0000012345",
        "KlikBCA Individual (English)": "0000012345",
        "Mandiri Kopra/MCM": "1060000000001",
        "Mandiri (comma, no balance)": "1060000000001",
        "BRI CMS": "000001000000301",
        "BRI CMS (19)": "000001000000301",
        "BRI (TGL_TRAN)": "000001000000301",
        "Bank Jatim": "0011223344",
        "MT940": "1060000000001",
        "camt.053": "1060000000001",
    }


def test_the_text_holds_the_clue_and_the_line_is_that_of_the_file() -> None:
    first = {name: read(text).rows[0] for name, text in list(ALL.items())[:5]}

    bca = "TRSF E-BANKING CR 0211/FTSCY/WS95031 5840217.00 DP SO-2026-0017 CONTOH BUDI"
    assert [row.text for row in first.values()] == [
        *(bca, bca, bca),
        "DP SO-2026-0017 MCM InhouseTrf DARI CONTOH BUDI",
        "MCM InhouseTrf DARI CONTOH BUDI DP SO-2026-0017",
    ]
    assert [row.line for row in first.values()] == [8, 2, 6, 2, 2]


def test_what_is_pending_is_kept_but_not_booked() -> None:
    statement = read(samples.OLDER_KLIKBCA_BUSINESS)

    assert [row.pending for row in statement.rows] == [False, False, False, True]
    assert statement.rows[-1].booked_on == date(2026, 11, 30)
    assert len(statement.booked) == 3
    assert (statement.opening_sen, statement.closing_sen) == (OPENING, 1_078_906_200)


def test_a_quoted_pend_is_pending_too() -> None:
    assert read(changed(samples.OLDER_KLIKBCA_BUSINESS, "PEND", "'PEND")).rows[-1].pending


def test_totals_may_leave_out_what_is_pending() -> None:
    pending = changed(samples.KLIKBCA_INDIVIDUAL, "'04/11/2026", "PEND")
    without = changed(pending, "6862962.00", "6165062.00")
    without = changed(without, "Balance,=,11486962.00", "Balance,=,10789062.00")

    assert read(pending).closing_sen == read(without).closing_sen == 1_078_906_200
    assert refused(pending, None).line == 9


def test_a_december_day_stays_in_its_year() -> None:
    text = samples.OLDER_KLIKBCA_BUSINESS.replace("/11,", "/12,")
    statement = read(text, (date(2025, 12, 1), date(2026, 1, 31)))
    assert statement.rows[0].booked_on == date(2025, 12, 2)


def test_a_description_may_have_commas_and_line_ends() -> None:
    unquoted = changed(samples.KLIKBCA_INDIVIDUAL, "BI-FAST CR", "BI-FAST, CR, ")
    assert read(unquoted).rows[1].text == "BI-FAST, CR, TRANSFER DARI CONTOH SITI"
    wrapped = changed(samples.KLIKBCA_BUSINESS, "BI-FAST CR", "BI-FAST,\nCR")
    statement = read(wrapped)
    assert statement.rows[1].text == "BI-FAST, CR TRANSFER DARI CONTOH SITI"
    assert [row.line for row in statement.rows] == [8, 9, 11, 12]


@pytest.mark.parametrize("month", ["Nopember", "Nov", "NOVEMBER"])
def test_months_of_mandiri_are_indonesian_too(month: str) -> None:
    text = samples.MANDIRI_KOPRA.replace("November", month)
    assert read(text).rows[0].booked_on == date(2026, 11, 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [*TABLES, samples.MT940])
def test_encodings_and_line_ends_do_not_matter(text: str, encoding: str) -> None:
    expected = read(text.replace("BUDI", "ANDRÉ"))
    for end in ("\r\n", "\r", "\n"):
        content = text.replace("BUDI", "ANDRÉ").replace("\n", end).encode(encoding)
        assert readers.read(content, NOVEMBER) == expected


def test_twins_are_both_kept() -> None:
    line = samples.MANDIRI_WITH_COMMAS.splitlines()[1]
    statement = read(f"{samples.MANDIRI_WITH_COMMAS}{line}\n{line}\n")
    assert [row.amount_sen for row in statement.rows].count(584_021_700) == 3


def test_empty_lines_and_a_header_that_comes_again_are_passed_over() -> None:
    header, *entries = samples.MANDIRI_KOPRA.splitlines()
    text = "\n".join([header, entries[0], "", ";;;;;;;", header, *entries[1:], ""])
    assert [row.line for row in read(text).rows] == [2, 6, 7, 8]


# Refusals: the whole file, with the line


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b" \r\n\n", "\ufeff \n".encode("utf-16")]
)
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refused(content).reason == "The file is empty."


@pytest.mark.parametrize("text", TABLES)
def test_a_file_without_entries_is_refused(text: str) -> None:
    head = [line for line in text.splitlines() if "CONTOH BUDI" not in line][:7]
    until = next(
        i for i, line in enumerate(head) if any(r.delimiter_of(line) for r in readers.LAYOUTS)
    )
    assert refused("\n".join(head[: until + 1])).line in (None, until + 1)


@pytest.mark.parametrize(
    "text",
    [
        "Tanggal,Keterangan,Jumlah\n02/11/2026,DP,5840217.00\n",
        samples.KLIKBCA_BUSINESS.replace("Saldo", "Sisa"),
        samples.MANDIRI_KOPRA.replace("Credit Amount;Debit Amount", "Debit Amount;Credit Amount"),
        samples.MANDIRI_KOPRA.replace(";", ","),
        "halo",
        '"',
    ],
)
def test_a_layout_that_we_do_not_know_is_refused(text: str) -> None:
    refusal = refused(text)
    assert isinstance(refusal, LayoutUnknown)
    assert "no statement file that we know" in refusal.reason
    assert refusal.line is None


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\0", b"a\x81b", b"\xff\xfea"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    assert "no text file" in refused(content).reason


def test_a_file_too_long_is_refused() -> None:
    assert "500,000" in refused("1\n" * (source.MOST_LINES + 1)).reason


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "reason"),
    [
        (samples.KLIKBCA_BUSINESS, "324,845.00 CR", "324,845.00", 9, "neither credit nor debit"),
        (samples.KLIKBCA_BUSINESS, "324,845.00 CR", "324,845.00 K", 9, "neither credit nor debit"),
        (samples.KLIKBCA_BUSINESS, "324,845.00 CR", "324.845,00 CR", 9, "is no amount"),
        (samples.KLIKBCA_BUSINESS, "324,845.00 CR", "-324,845.00 CR", 9, "is no amount"),
        (samples.KLIKBCA_BUSINESS, '"324,845.00 CR"', '""', 9, "neither credit nor debit"),
        (samples.KLIKBCA_BUSINESS, '"324,845.00 CR"', '"- CR"', 9, "is no amount"),
        (samples.KLIKBCA_BUSINESS, "16,165,062.00", "", 9, "balance is missing"),
        (samples.KLIKBCA_BUSINESS, '"03/11/2026"', '"30/02/2026"', 9, "is no date"),
        (samples.KLIKBCA_BUSINESS, '"03/11/2026"', '"03/12/2026"', 9, "outside the period"),
        (samples.KLIKBCA_BUSINESS, '"03/11/2026"', '""', 9, "is no date"),
        (samples.KLIKBCA_BUSINESS, '"0000","324', '"324', 9, "4 cells, not 5"),
        (samples.KLIKBCA_BUSINESS, "Uang : Rp", "Uang : USD", 5, "not in rupiah"),
        (samples.KLIKBCA_BUSINESS, "30/11/2026", "31/11/2026", 4, "is no date"),
        (samples.KLIKBCA_BUSINESS, '","1"', '","2"', 15, "another number of entries"),
        (samples.KLIKBCA_BUSINESS, '","1"', '","one"', 13, "is no number"),
        (samples.KLIKBCA_BUSINESS, "Debet : 5,376,000", "Debet : 5,376,001", 15, "debits add up"),
        (
            samples.KLIKBCA_BUSINESS,
            "Kredit : 6,862,962",
            "Kredit : 6,862,692",
            15,
            "credits add up",
        ),
        (
            samples.KLIKBCA_BUSINESS,
            "Akhir : 11,486,962",
            "Akhir : 11,486,926",
            15,
            "all entries make",
        ),
        (samples.KLIKBCA_BUSINESS, "Awal : 10,000,000", "Awal : 10,000,001", 8, "should be"),
        (samples.KLIKBCA_BUSINESS, "Saldo Awal", "Saldo Akhir", 15, "stands twice"),
        (samples.KLIKBCA_BUSINESS, "16,165,062.00", "16,165,026.00", 9, "should be 16,165,062.00"),
        (samples.OLDER_KLIKBCA_BUSINESS, '"324,845.00",CR', '"324,845.00",', 3, "neither"),
        (samples.OLDER_KLIKBCA_BUSINESS, "16,165,062.00", "16,165,026.00", 3, "should be"),
        (samples.OLDER_KLIKBCA_BUSINESS, "'02/11", "'02/12", 2, "not lie once"),
        (samples.OLDER_KLIKBCA_BUSINESS, "CONTOH SITI", 'CONTOH "SITI', 3, "quotation marks"),
        (samples.KLIKBCA_INDIVIDUAL, ",324845.00", ",x", 7, "is no amount"),
        (samples.KLIKBCA_INDIVIDUAL, "IDR", "SGD", 3, "not in rupiah"),
        (samples.KLIKBCA_INDIVIDUAL, "Debet,=,5376000", "Debet,=,5376001", 13, "debits add up"),
        (samples.MANDIRI_KOPRA, "324845.00;0.00", "324845.00;1.00", 3, "Exactly one"),
        (samples.MANDIRI_KOPRA, "324845.00;0.00", "0.00;0.00", 3, "Exactly one"),
        (samples.MANDIRI_KOPRA, "324845.00;0.00", ";", 3, "Exactly one"),
        (samples.MANDIRI_KOPRA, "324845.00;0.00", "-324845.00;0.00", 3, "Exactly one"),
        (samples.MANDIRI_KOPRA, "324845.00;0.00", "324845,00;0,00", 3, "is no amount"),
        (samples.MANDIRI_KOPRA, "16165062.00", "16165062.01", 3, "should be 16,165,062.00"),
        (samples.MANDIRI_KOPRA, "001;IDR;03", "002;IDR;03", 3, "another account"),
        (samples.MANDIRI_KOPRA, "001;IDR;03", "001;USD;03", 3, "not in rupiah"),
        (samples.MANDIRI_KOPRA, "03 November", "31 November", 3, "is no date"),
        (samples.MANDIRI_KOPRA, "BI-FAST CR", "BI-FAST;CR", 3, "Exactly one|cells|amount"),
        (samples.MANDIRI_WITH_COMMAS, '".00","324,845.00"', '".00","324.845"', 3, "is no amount"),
        (samples.MANDIRI_WITH_COMMAS, '".00","324,845.00"', '".00"', 3, "8 cells, not 9"),
        (samples.MANDIRI_WITH_COMMAS, "1060000000001,03", "?,03", 3, "is no account number"),
    ],
)
def test_a_file_is_refused_whole_and_the_line_is_named(
    text: str, old: str, new: str, line: int, reason: str
) -> None:
    refusal = refused(changed(text, old, new))
    assert refusal.line == line
    assert re.search(reason, refusal.reason)
    assert str(refusal) == f"Line {line}: {refusal.reason}"


@pytest.mark.parametrize("text", WITH_TOTALS)
def test_a_file_that_was_cut_off_is_refused(text: str) -> None:
    all_lines = text.splitlines()
    for kept in range(len(all_lines)):
        assert refused("\n".join(all_lines[:kept])).reason


@pytest.mark.parametrize("text", WITH_BALANCES)
def test_a_line_that_is_missing_or_doubled_in_the_middle_is_noticed(text: str) -> None:
    siti = next(line for line in text.splitlines() if "SITI" in line)
    assert "should be" in refused(text.replace(f"{siti}\n", "")).reason
    assert "should be" in refused(text.replace(siti, f"{siti}\n{siti}")).reason


@pytest.mark.parametrize("text", WITH_TOTALS)
def test_not_one_digit_of_an_amount_can_change_unnoticed(text: str) -> None:
    """Put another digit at each place of each amount, balance and total."""
    tried = 0
    at = text.index("Date,") if "Date," in text else text.index('"Tanggal')
    for line in text[at:].splitlines()[1:]:
        figures = line.rpartition("0000")[2] if "CONTOH" in line else line
        for place in range(len(line) - len(figures), len(line)):
            if line[place].isdigit():
                other = str((int(line[place]) + 1) % 10)
                assert refused(changed(text, line, line[:place] + other + line[place + 1 :]))
                tried += 1
    assert tried > 90


def test_a_file_without_years_needs_a_period() -> None:
    refusal = refused(samples.OLDER_KLIKBCA_BUSINESS, None)
    assert (refusal.line, "which period" in refusal.reason) == (2, True)
