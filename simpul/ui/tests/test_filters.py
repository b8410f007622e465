"""Numbers, money, days and telephones as both languages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from markupsafe import Markup

from simpul.lib import clock
from simpul.ui import jinja

SPACE = "\N{NO-BREAK SPACE}"
DAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # the 25th in Bogor


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (1_250_000, "Rp 1.250.000", "Rp 1,250,000"),
        (-1_250_000, "−Rp 1.250.000", "−Rp 1,250,000"),
        (0, "Rp 0", "Rp 0"),
        (999, "Rp 999", "Rp 999"),
    ],
)
def test_rupiah(amount: int, indonesian: str, english: str) -> None:
    with override("id"):
        assert jinja.rupiah(amount) == indonesian.replace(" ", SPACE)
    with override("en"):
        assert jinja.rupiah(amount) == english.replace(" ", SPACE)


def test_days_of_a_length() -> None:
    with override("id"):
        assert (jinja.days(1_000), jinja.days(1_900)) == ("1 hari", "1,9 hari")
    with override("en"):
        assert [jinja.days(milli) for milli in (0, 900, 1_000, 2_000)] == [
            "0 days",
            "0.9 days",
            "1 day",
            "2 days",
        ]


def test_numbers() -> None:
    with override("id"):
        assert jinja.number(1_234_567) == "1.234.567"
        assert jinja.quantity(1_234_567_500) == "1.234.567,5"
        assert jinja.quantity(3_200) == "3,2"
        assert jinja.quantity(12_000) == "12"
        assert jinja.quantity(-50) == "-0,05"
        assert jinja.percent(0.125) == "12,5%"
        assert jinja.percent(1) == "100%"
        assert jinja.bytes_(1_320_000) == "1,3\N{NO-BREAK SPACE}MB"
    with override("en"):
        assert jinja.number(1_234_567) == "1,234,567"
        assert jinja.quantity(1_234_567_500) == "1,234,567.5"
        assert jinja.percent(0.125) == "12.5%"
        assert jinja.bytes_(180_400) == "180\N{NO-BREAK SPACE}kB"


def test_days() -> None:
    with override("id"):
        assert jinja.day(DAY) == "24 November 2026".replace(" ", SPACE)
        assert jinja.day("2026-08-17") == "17 Agustus 2026".replace(" ", SPACE)
        assert jinja.day_long(DAY) == f"Selasa, 24{SPACE}November{SPACE}2026"
        assert jinja.day_short(DAY) == "24 Nov 2026".replace(" ", SPACE)
        assert jinja.day_short(date(2026, 8, 17)) == "17 Agu 2026".replace(" ", SPACE)
    with override("en"):
        assert jinja.day(DAY) == "24 November 2026".replace(" ", SPACE)
        assert jinja.day_long(DAY) == f"Tuesday, 24{SPACE}November{SPACE}2026"
        assert jinja.day_short(DAY) == "24 Nov 2026".replace(" ", SPACE)


def test_moments_are_told_in_the_time_of_the_workshop() -> None:
    with override("id"):
        assert jinja.moment(NINE) == f"24{SPACE}Nov{SPACE}2026, 09.00{SPACE}WIB"
        assert jinja.moment(NINE.isoformat()) == f"24{SPACE}Nov{SPACE}2026, 09.00{SPACE}WIB"
        assert jinja.day(LATE) == f"25{SPACE}November{SPACE}2026"
    with override("en"):
        assert jinja.hour(NINE) == "09:00\N{NO-BREAK SPACE}WIB"


def test_a_number_is_not_broken_at_its_hyphens() -> None:
    assert jinja.unbroken("Bayar SO-2026-0045 & <b>") == (
        'Bayar <span class="nowrap">SO-2026-0045</span> &amp; &lt;b&gt;'
    )
    assert jinja.unbroken("Senin–Sabtu, 08.00–16.00") == (
        'Senin–Sabtu, <span class="nowrap">08.00–16.00</span>'
    )
    linked = Markup('<a href="/SO-2026-0045/">SO-2026-0045</a>')
    assert jinja.unbroken(linked) == linked


def test_how_long_ago() -> None:
    before = clock.now() - timedelta(days=3, minutes=1)
    with override("id"):
        assert jinja.ago(before) == "3 hari yang lalu"
    with override("en"):
        assert jinja.ago(before) == "3 days ago"


@pytest.mark.parametrize(
    ("e164", "written"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+62811123456", "0811-1234-56"),
        ("+62895345678901", "0895-3456-78901"),
        ("+622518631234", "(0251) 8631234"),
        ("+62215551234", "(021) 5551234"),
        ("+6581234567", "+6581234567"),
    ],
)
def test_telephones(e164: str, written: str) -> None:
    assert jinja.phone(e164) == written.replace(" ", SPACE)
