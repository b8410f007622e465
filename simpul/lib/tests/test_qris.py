"""QRIS against the payloads, amounts and refusals that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.lib import qris
from simpul.lib.qris import BrokenQris

HEAD = "00020101021{kind}26670015COM.EXAMPLE.WWW011893600999000000001702150000000000000170303UMI51440014ID.CO.QRIS.WWW0215ID10999000000170303UMI520456615303360"
TAIL = "5802ID5921BENGKEL SEPATU CONTOH6005BOGOR610516610"
STATIC = HEAD.format(kind=1) + TAIL + "63048CA5"
PRICED = HEAD.format(kind=2) + "54071250347"
DYNAMIC = PRICED + TAIL + "63041035"
BILLED = PRICED + TAIL + "62230112SO-2026-00170703A016304BCDB"
FIXED_FEE = PRICED + "55020256041000" + TAIL + "63046F34"
PERCENT_FEE = PRICED + "55020357042.50" + TAIL + "63044875"


def sealed(text: str) -> str:
    """Give a text that was tampered with its right CRC."""
    return f"{text}6304{qris.crc(text + '6304')}"


def changed(old: str, new: str, source: str = STATIC) -> str:
    assert source.count(old) == 1
    return sealed(source[:-8].replace(old, new))


def test_the_crc_is_the_one_of_the_standard() -> None:
    assert qris.crc("123456789") == "29B1"


@pytest.mark.parametrize(
    ("payload", "length"),
    [(STATIC, 203), (DYNAMIC, 214), (BILLED, 241), (FIXED_FEE, 228), (PERCENT_FEE, 228)],
)
def test_known_payloads_are_read(payload: str, length: int) -> None:
    assert len(payload) == length
    read = qris.read(payload)

    assert (read.merchant, read.city, read.postcode) == ("BENGKEL SEPATU CONTOH", "BOGOR", "16610")
    assert (read.nmid, read.provider) == ("ID1099900000017", "COM.EXAMPLE.WWW")
    assert (read.pan, read.category) == ("936009990000000017", "5661")
    assert read.is_static == (payload is STATIC)
    assert read.amount == ("" if payload is STATIC else "1250347")


def test_the_bill_number_is_read() -> None:
    assert qris.read(BILLED).bill_number == "SO-2026-0017"


def test_the_static_one_becomes_the_dynamic_one() -> None:
    assert qris.dynamic(STATIC, 1_250_347) == DYNAMIC


def test_additional_data_keep_what_stands_there() -> None:
    terminal = sealed(STATIC[:-8] + "62070703A01")
    assert qris.dynamic(terminal, 1_250_347, "SO-2026-0017") == BILLED
    replaced = sealed(STATIC[:-8] + "621501040815" + "0703A01")
    assert qris.dynamic(replaced, 1_250_347, "SO-2026-0017") == BILLED


def test_a_bill_number_that_does_not_fit_is_left_away() -> None:
    full = sealed(STATIC[:-8] + "6293" + "0225" + "1" * 25 + "0325" + "2" * 25 + "0431" + "3" * 31)
    assert qris.read(qris.dynamic(full, 5, "SO-2026-0017")).bill_number == ""
    assert qris.read(qris.dynamic(STATIC, 5, "X" * 40)).bill_number == "X" * 25


def test_a_code_without_point_of_initiation_is_static() -> None:
    bare = changed("010211", "")
    assert qris.read(bare).is_static
    assert qris.dynamic(bare, 1_250_347) == DYNAMIC


def test_the_provider_has_a_name_for_people() -> None:
    assert qris.read(STATIC).provider_name == "EXAMPLE"
    bca = changed("0015COM.EXAMPLE.WWW", "0015ID.CO.BCACA.WWW")
    assert qris.read(bca).provider_name == "BCACA"


@pytest.mark.parametrize(
    ("amount", "is_sound"),
    [
        ("1000", True), ("1000.00", True), ("1000.", True), ("0.50", True), ("1", True),
        ("0", False), ("0.00", False), ("1000,00", False), ("1.000", False), ("1 000", False),
        ("-1000", False), ("12345678901234", False), ("", False),
    ],
)  # fmt: skip
def test_amounts(amount: str, is_sound: bool) -> None:
    payload = changed("54071250347", f"54{len(amount):02}{amount}", DYNAMIC)
    if is_sound:
        assert qris.read(payload).amount == amount
    else:
        with pytest.raises(BrokenQris):
            qris.read(payload)


REFUSED = {
    "the CRC is damaged by one": STATIC[:-1] + "6",
    "the CRC is in small letters": STATIC[:-4] + STATIC[-4:].lower(),
    "a length is 00": changed("6005BOGOR", "6000"),
    "a length runs over the end": sealed("000201" + "01021126990015"),
    "a length inside a template runs over": changed("0015COM.EXAMPLE", "0099COM.EXAMPLE"),
    "there is text after the CRC": STATIC + "00",
    "there is a line after the CRC": STATIC + "\nx",
    "a second 54": changed("5802ID", "54011" + "5802ID", DYNAMIC),
    "the amount is 0": changed("54071250347", "54010", DYNAMIC),
    "a name of 26 signs": changed("5921BENGKEL SEPATU CONTOH", "5926BENGKEL SEPATU CONTOH JAYA"),
    "a town of 16 signs": changed("6005BOGOR", "6016BOGOR BARAT DAYA"),
    "no postal code": changed("610516610", ""),
    "a stroke in the name": changed("SEPATU CONTOH", "SEPATU|CONTOH"),
    "a web address": "https://contoh.example/menu",
    "nothing": "",
    "another country": changed("5802ID", "5802MY"),
    "another currency": changed("5303360", "5303458"),
    "no merchant": sealed("000201010211" + "520456615303360" + TAIL),
    "no CRC": STATIC[:-8],
    "half of it": STATIC[:100],
    "not first": sealed("010211000201" + STATIC[12:-8]),
    "a version of tomorrow": changed("000201", "000202"),
    "neither static nor dynamic": changed("010211", "010213"),
    "no category": changed("52045661", ""),
    "a fixed fee without its kind": changed("5802ID", "56041000" + "5802ID"),
    "a percentage without its number": changed("5802ID", "550203" + "5802ID"),
    "a percentage of nothing": changed("57042.50", "570500.00", PERCENT_FEE),
    "letters for a length": changed("6005BOGOR", "60xxBOGOR"),
    "too long": sealed(STATIC[:-8] + "".join(f"{name}99{'x' * 99}" for name in (80, 81, 82, 83))),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_broken_is_refused(why: str) -> None:
    with pytest.raises(BrokenQris) as refusal:
        qris.read(REFUSED[why])
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (DYNAMIC, "for one payment only"),
        (changed("5802ID", "54045000" + "5802ID"), "for one payment only"),
        (changed("52045661", "52044829"), "between people"),
        (changed("5802ID", "550201" + "5802ID"), "fee or tip"),
    ],
)
def test_what_is_no_shops_static_code_is_refused(payload: str, words: str) -> None:
    qris.read(payload)
    for take in (qris.read_static, lambda text: qris.dynamic(text, 5)):
        with pytest.raises(BrokenQris, match=words):
            take(payload)


def test_no_amount_fits_into_the_longest() -> None:
    room = qris.LONGEST - len(STATIC)
    rows = [(80, 99), (81, 99)]
    left = room - sum(size + 4 for _name, size in rows) - 4
    full = sealed(STATIC[:-8] + "".join(f"{n}{s:02}{'x' * s}" for n, s in [*rows, (82, left)]))
    assert len(full) == qris.LONGEST

    with pytest.raises(BrokenQris, match="no amount fits"):
        qris.dynamic(full, 1_250_347)


@pytest.mark.parametrize("amount", [0, -1, 10**13])
def test_what_is_no_amount_is_a_mistake_of_the_program(amount: int) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        qris.dynamic(STATIC, amount)


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="|"))
names = st.integers(min_value=65, max_value=99).map(lambda number: f"{number:02}")


@st.composite
def shops(draw: st.DrawFn) -> str:
    """Static codes of any shop, with objects that nobody knows, in any order between 00 and 63."""
    account = f"00{15:02}COM.EXAMPLE.WWW"
    parts = [
        ("01", "11"),
        (draw(st.sampled_from(["26", "31", "45"])), account),
        ("51", "0014ID.CO.QRIS.WWW0215ID1099900000017"),
        ("52", "5661"),
        ("53", "360"),
        ("58", "ID"),
        ("59", draw(texts.filter(lambda text: 0 < len(text) <= 25))),
        ("60", draw(texts.filter(lambda text: 0 < len(text) <= 15))),
        ("61", "16610"),
    ]
    for name in draw(st.sets(names, max_size=2)):
        parts.append((name, draw(texts.filter(lambda text: 0 < len(text) <= 40))))
    shuffled = draw(st.permutations(parts))
    return sealed("000201" + "".join(f"{name}{len(value):02}{value}" for name, value in shuffled))


@given(shops(), st.integers(1, qris.HIGHEST), texts.filter(lambda text: len(text) <= 25))
def test_what_is_written_is_read(payload: str, amount: int, bill_number: str) -> None:
    made = qris.dynamic(payload, amount, bill_number)
    before, after = qris.read(payload), qris.read(made)

    assert (after.amount, after.bill_number) == (str(amount), bill_number.strip())
    assert (after.merchant, after.nmid, after.city) == (before.merchant, before.nmid, before.city)
    assert not after.is_static
    untouched = {"01", "62", "63", "54"}
    kept = [pair for pair in qris._root(made) if pair[0] not in untouched]
    assert kept == [pair for pair in qris._root(payload) if pair[0] not in untouched]


@given(st.sampled_from([STATIC, DYNAMIC, BILLED]), st.data())
def test_any_single_changed_character_is_refused(payload: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(payload) - 1))
    sign = data.draw(
        st.characters(min_codepoint=0, max_codepoint=127).filter(lambda c: c != payload[at])
    )
    with pytest.raises(BrokenQris):
        qris.read(payload[:at] + sign + payload[at + 1 :])


@given(st.text())
def test_nothing_else_comes_out_of_any_text(text: str) -> None:
    with pytest.raises(BrokenQris):
        qris.read(text)
