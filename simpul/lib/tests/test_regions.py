from __future__ import annotations

import pytest

from simpul.lib.regions import (
    PROVINCES,
    Region,
    clean,
    last_of,
    province_of,
    read_list,
    read_place,
    town_of,
)


def test_there_are_38_provinces() -> None:
    assert len(set(PROVINCES)) == 38


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("Kota Bogor", "kota bogor", True),
        ("Kab. Bogor", "Kabupaten Bogor", True),
        ("Kota Bogor", "Kab. Bogor", False),
        ("Bogor", "Kab. Bogor", True),
        ("Bgr", "Kota Bogor", True),
        ("Kota Bogor", "Kota Depok", False),
        ("Tangerang", "Tangerang Selatan", False),
        ("Kab. Bandoeng", "Kab Bandung", True),
    ],
)
def test_the_same_regency(one: str, other: str, meets: bool) -> None:
    assert Region(one).meets(Region(other)) is meets
    assert Region(other).meets(Region(one)) is meets


def test_a_province_contains_its_regencies() -> None:
    west, bogor = Region(province="Jawa Barat"), Region("Kota Bogor", "Jawa Barat")

    assert west.meets(bogor)
    assert bogor.meets(west)
    assert west.meets(west)
    assert not west.meets(Region("Kota Semarang", "Jawa Tengah"))
    assert not west.meets(Region("Kota Bogor"))  # nobody said where that lies
    assert bogor.meets(Region("Kota Bogor"))
    assert not bogor.meets(Region("Kota Bogor", "Banten"))
    assert not west.meets(Region(province="Banten"))


def test_what_somebody_lists() -> None:
    assert read_list("kota bogor, KAB DEPOK, jabar\nBanten\nKota Bogor, Jawa Barat\n\n") == [
        Region("Kota Bogor", "Jawa Barat"),
        Region("Kab. Depok", "Jawa Barat"),
        Region(province="Banten"),
    ]
    assert read_list("Bali, Banten") == [Region(province="Bali"), Region(province="Banten")]
    assert read_list(" , ") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ciomas, Kab. Bogor", ["Ciomas", "Kab. Bogor"]),
        ("Ciomas Kab Bogor, Jawa Barat", ["Ciomas, Jawa Barat", "Kab. Bogor, Jawa Barat"]),
        ("Kota Bogor", ["Kota Bogor"]),
        ("Kotabaru", ["Kotabaru"]),
        ("Jawa Barat", ["Jawa Barat"]),
        ("", []),
    ],
)
def test_what_an_address_may_mean(text: str, found: list[str]) -> None:
    assert [str(one) for one in read_place(text)] == found


def test_how_it_is_written() -> None:
    assert [clean(text) for text in ("kabupaten bogor", "KOTA DEPOK", "Garut", "Kotabaru")] == [
        "Kab. Bogor",
        "Kota Depok",
        "Garut",
        "Kotabaru",
    ]
    assert [province_of(text) for text in ("prov. jawa barat", "D.I. Yogyakarta", "x")] == [
        "Jawa Barat",
        "DI Yogyakarta",
        "",
    ]


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("Sirimau, Kota Ambon", "Kota Ambon"),
        ("  Kab.  Bogor ", "Kab. Bogor"),
        ("", ""),
        ("Ciomas, ", ""),
    ],
)
def test_the_area_is_what_stands_last(written: str, area: str) -> None:
    assert last_of(written) == area


@pytest.mark.parametrize(
    ("written", "town"),
    [
        ("Ciomas, Kab. Bogor, Jawa Barat", "Kab. Bogor"),
        ("Dramaga, kabupaten bogor", "Kab. Bogor"),
        ("PADANG", "Padang"),
        ("Jawa Barat", "Jawa Barat"),
        ("Sumatera Barat, Padang", "Padang"),
        ("", ""),
        (" , ", ""),
    ],
)
def test_the_town_of_an_area(written: str, town: str) -> None:
    assert town_of(written) == town
