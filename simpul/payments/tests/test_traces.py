"""What a bank's text says, in the dialects of the banks."""

from __future__ import annotations

import pytest

from simpul.lib.codes import ALPHABET, is_spoken
from simpul.payments import traces

CODE = next("KTRMB" + end for end in ALPHABET if is_spoken("KTRMB" + end))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("TRSF E-BANKING CR 0211/FTSCY/WS95031 5840217.00 DP SO-2026-0017 CONTOH BUDI", "CONTOH BUDI"),
        ("TRSF E-BANKING CR 0211/FTSCY/WS95031 5500000.00CONTOH BUDI", "CONTOH BUDI"),
        ("BI-FAST CR TRANSFER DARI CONTOH SITI", "CONTOH SITI"),
        ("KR OTOMATIS LLG-MANDIRI PT CONTOH MAJU", "CONTOH MAJU"),
        ("SWITCHING CR TRANSFER DR 008 Bpk. CONTOH BUDI", "CONTOH BUDI"),
        ("DP SO-2026-0017 MCM InhouseTrf DARI CONTOH BUDI", "CONTOH BUDI"),
        ("MCM InhouseTrf DARI CONTOH BUDI DP SO-2026-0017", "CONTOH BUDI"),
        ("BI-FAST CR DARI Ibu CONTOH SITI", "CONTOH SITI"),
        ("NBMB CONTOH BUDI TO SEPATU CONTOH ESB:NBMB:0000000001", "CONTOH BUDI"),
        ("BFST CONTOH SITI ESB:BFST:0000000002", "CONTOH SITI"),
        ("BFST CONTOH SITI ESB:BFST:0000000002 WS_OB;12345;x", "CONTOH SITI"),
        ("TRANSFER DARI CONTOH BUDI DP SO-2026-0017", "CONTOH BUDI"),
        (f"TRANSFER DARI UD CONTOH JAYA {CODE}", "CONTOH JAYA"),
        ("SETORAN TUNAI", ""),
        ("KR OTOMATIS MID : 000000000017 SEPATU CONTOH TGH: 700000.00 DDR: 2100.00", ""),
        ("QRIS SEPATU CONTOH", ""),
        ("BUNGA", ""),
    ],
)  # fmt: skip
def test_the_payer_stands_where_the_bank_puts_it(text: str, name: str) -> None:
    assert traces.payer_name(text, without=frozenset({CODE})) == name
    if " " in name:
        assert name in traces.names_in(text)


def test_titles_are_no_part_of_a_name() -> None:
    names = ("CV. Maju Jaya", "PT Maju Jaya Tbk", "UD Maju Jaya", "Toko Maju Jaya", "Bpk Maju Jaya")
    assert {traces.plain_name(name) for name in names} == {"MAJU JAYA"}


def test_an_account_is_told_apart_from_references() -> None:
    assert traces.payer_account("TRANSFER DARI 1060000000001 BUDI") == "1060000000001"
    assert traces.payer_account("NBMB BUDI TO X ESB:NBMB:0000000001") == ""
    assert traces.accounts_in("5840217.00 DARI 1060000000001") == {"1060000000001"}


def test_words_of_the_bank_are_no_codes() -> None:
    """TRANSF has the right check letter, as one word in twenty-three has."""
    assert is_spoken("TRANSF")
    assert traces.codes_in("BI-FAST CR TRANSFER DARI INHOUSETRF") == set()


def test_with_the_known_codes_a_text_is_passed_over_quickly_and_reads_the_same() -> None:
    for text in (f"DP {CODE}", f"DP{CODE}X", " ".join(CODE), f"{CODE[:3]} {CODE[3:]}", "DP BUDI"):
        assert traces.codes_in(text, {CODE}) == traces.codes_in(text) & {CODE}
    assert traces.codes_in("DP " + CODE, {"ABCDEF"}) == set()


def test_in_a_long_text_only_words_that_stand_alone_are_codes() -> None:
    assert traces.named_in(f"bukti dp {CODE.lower()} untuk SO-2026-17") == (
        {CODE},
        {"SO-2026-0017"},
    )
    assert traces.named_in(f"xx{CODE}xx") == (set(), set())


def test_a_number_of_another_making_is_none_of_ours() -> None:
    assert traces.number_of("SO-2026-0017") == (2026, 17)
    assert traces.number_of("SO-2026-0017-1") == traces.number_of("X") == (0, 0)
    assert traces.numbers_in("SO 2026 175840217") == set()
    assert traces.half_numbers_in("SO 17, 2026-0018") == {(0, 17), (2026, 18)}
