import io

import pytest
from openpyxl import load_workbook

from simpul.lib.sheets import as_xlsx, harmless


@pytest.mark.parametrize("text", ["=1+1", "+62 812", "-5", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_sheet_would_reckon_stays_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Toko Maju", "Rp 5", "'=1"])
def test_all_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_workbook_has_the_texts_as_they_are() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(["x"], [["+62 812"], ["=1+1"]])))
    _heading, plus, equals = (row[0] for row in book["Simpul"].iter_rows())
    assert (plus.value, equals.value, equals.data_type) == ("+62 812", "=1+1", "s")
