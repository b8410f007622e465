"""Lists from spreadsheets and telephones as tables, and what a row of them says."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from simpul.crm.headings import Unreadable
from simpul.crm.listed import business_in, guessed
from simpul.crm.tables import MOST_ROWS, ListRefused, read_table

CONTACTS = """BEGIN:VCARD\r
VERSION:3.0\r
N:Aminah;Siti;;;\r
FN:Siti Aminah\r
ORG:Toko Sepatu Melati;Grosir\r
item1.TEL;TYPE=CELL:+62 812-3456-7890\r
TEL;TYPE=WORK:(0251) 8661234\r
EMAIL;TYPE=INTERNET:siti@melati.example\r
ADR;TYPE=WORK:;;Jl. Raya Laladon\\, No. 7;Bo\r
 gor;Jawa Barat;16610;Indonesia\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:2.1\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Pak =\r
Joko=20Su=C3=A9\r
TEL;CELL:081298765432\r
END:VCARD\r
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_is_cut_whatever_parts_its_cells(encoding: str, delimiter: str) -> None:
    rows = ["Nama,Kota,No HP", "Toko Réa,Bogor,0812-3456-7890", "", "UD Jaya,,'+6281298765432"]
    text = "\r\n".join(row.replace(",", delimiter) for row in rows)

    table = read_table(text.encode(encoding))

    assert table.headings == ["Nama", "Kota", "No HP"]
    assert table.lines == [
        (2, ["Toko Réa", "Bogor", "0812-3456-7890"]),
        (4, ["UD Jaya", "", "+6281298765432"]),
    ]


def test_a_workbook_gives_its_first_sheet_with_rows() -> None:
    book, out = Workbook(), BytesIO()
    sheet = book.create_sheet("Pelanggan")
    for row in (["Nama", "HP"], ["Toko A", 6281234567890], ["Toko B", 81298765432.0]):
        sheet.append(row)
    book.save(out)

    table = read_table(out.getvalue())

    assert [line.cells for line in table.lines] == [
        ["Toko A", "6281234567890"],
        ["Toko B", "81298765432"],
    ]


def test_the_contacts_of_a_telephone_are_a_list() -> None:
    table = read_table(CONTACTS.encode())
    mapping = guessed(table.headings)
    shop, household = (business_in(line.cells, mapping, kind="consumer") for line in table.lines)

    assert (shop.name, shop.contact) == ("Toko Sepatu Melati", "Siti Aminah")
    assert shop.numbers == ("+6281234567890", "+622518661234")
    assert shop.mails == ("siti@melati.example",)
    assert (shop.street, shop.area) == ("Jl. Raya Laladon, No. 7", "Bogor")
    assert (household.name, household.contact) == ("Pak Joko Sué", "Pak Joko Sué")
    assert household.numbers == ("+6281298765432",)
    assert [line.number for line in table.lines] == [1, 12]


def test_what_no_database_takes_is_left_out() -> None:
    name = "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:Bu=00 Ani\nEND:VCARD\n"
    assert read_table(name.encode()).lines == [(1, ["Bu Ani", "", "", "", "", ""])]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Nama,HP\n", "No rows stand below the headings."),
        (b'Nama,HP\n"Toko A,08\n', "Line 2: the quotation marks do not fit"),
        (b"Nama,HP\nToko A," + b"0" * 131_073, "or a cell is far too long."),
        (b"BEGIN:VCARD\nFN:Siti\n", "Line 1: this contact has no end."),
        (b"PK\3\4nothing", "This workbook is damaged"),
        (b"Nama\n" + b"Toko\n" * (MOST_ROWS + 1), "hand it in in parts"),
        (b"\0\1\2", "save it as CSV or XLSX"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(content: bytes, why: str) -> None:
    with pytest.raises(ListRefused, match=why.replace(".", r"\.")):
        read_table(content)


def test_columns_are_known_by_their_headings_in_both_languages() -> None:
    assert guessed(["Nama Toko", "Pemilik", "No. HP", "Alamat", "Kota", "Catatan"]) == [
        "name", "contact", "telephone", "street", "area", "",
    ]  # fmt: skip
    # those of our own downloads
    ours = ["Name", "Kind", "Town or area", "Since", "People", "Telephone", "E-mail"]
    assert guessed(ours) == ["name", "kind", "area", "", "contact", "telephone", "email"]
    assert guessed(["WA", "Telp", "Nama", "Name"]) == ["telephone", "telephone", "name", ""]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["", "", ""], "No name"),
        (["Toko", "6,28123E+12", ""], "cut"),
        (["Toko", "6.28E+11", ""], "cut"),
        (["Toko", "0812", ""], "“0812”"),
        (["Toko", "0812-3456-7890", "makelar"], "makelar"),
        (["Toko", "", "", f"a@{'b.' * 126}id"], "is no e-mail address"),  # 256 letters
    ],
)
def test_a_row_that_cannot_be_read_says_why(cells: list[str], why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        business_in(cells, ["name", "telephone", "kind", "email"], kind="distributor")


def test_a_number_that_has_lost_its_nought_is_whole_again() -> None:
    row = business_in(["Toko", "81234567890 / 0251-8661234", "Distributor, Pemasok"],
                      ["name", "telephone", "kind"], kind="consumer")  # fmt: skip
    assert row.numbers == ("+6281234567890", "+622518661234")
    assert row.kinds == {"distributor", "supplier"}
