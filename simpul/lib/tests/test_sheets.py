import pytest

from simpul.lib.sheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+62 812", "-5", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_sheet_would_reckon_stays_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Toko Maju", "Rp 5", "'=1"])
def test_all_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
