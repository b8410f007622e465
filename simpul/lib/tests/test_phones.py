import pytest

from simpul.lib import phones
from simpul.lib.phones import NotATelephone

NUMBERS = {
    "0812-3456-7890": "+6281234567890",
    "+62 812 3456 7890": "+6281234567890",
    "62812 3456 7890": "+6281234567890",
    "812 3456 7890": "+6281234567890",
    "+62 0812 3456 7890": "+6281234567890",
    "0811 123 456": "+62811123456",
    "0895 3456 78901": "+62895345678901",
    "0851 5612 3456": "+6285156123456",
    "(0251) 8631234": "+622518631234",
    "021-5551234": "+62215551234",
    "+65 8123 4567": "+6581234567",
    "1500123": "+621500123",
    "0062 812 3456 7890": "+6281234567890",
    "+62 (0)812.3456.7890": "+6281234567890",
    "\u202a+62\xa0812\u20113456\u20117890\u202c": "+6281234567890",  # copied from a chat
}


@pytest.mark.parametrize(("typed", "e164"), NUMBERS.items())
def test_a_number_is_kept_as_e164(typed: str, e164: str) -> None:
    assert phones.normalise(typed) == e164


@pytest.mark.parametrize("typed", NUMBERS.values())
def test_a_kept_number_stays_as_it_is(typed: str) -> None:
    assert phones.normalise(typed) == typed


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("08123456789012", "whole"),
        ("0812 345", "whole"),
        ("08l2 3456 7890", "only digits"),
        ("0812-3456-7890 ext 2", "only digits"),
        ("budi@example.com", "only digits"),
        ("", "not a telephone"),
        ("+", "not a telephone"),
        ("0", "not a telephone"),
    ],
)
def test_what_is_no_number_is_asked_about(typed: str, reason: str) -> None:
    with pytest.raises(NotATelephone, match=reason):
        phones.normalise(typed)


@pytest.mark.parametrize(
    ("e164", "mobile"),
    [
        ("+6281234567890", True),
        ("+62895345678901", True),
        ("+6581234567", True),
        ("+622518631234", False),
        ("+621500123", False),
    ],
)
def test_whatsapp_is_expected_at_mobiles_only(e164: str, mobile: bool) -> None:
    assert phones.is_mobile(e164) is mobile


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+62811123456", "0811-123-456"),
        ("+622518631234", "(0251) 8631234"),
        ("+6581234567", "+65 8123 4567"),
    ],
)
def test_a_number_is_shown_as_people_read_it(e164: str, shown: str) -> None:
    assert phones.national(e164) == shown


def test_whatsapp_opens_with_the_text_ready() -> None:
    text = "Halo, pesanan SO-2026-0017 siap.\nSisa Rp 8.760.000. Terima kasih & salam"
    assert phones.whatsapp_link(phones.normalise("0812-3456-7890"), text) == (
        "https://wa.me/6281234567890?text=Halo%2C%20pesanan%20SO-2026-0017%20siap.%0A"
        "Sisa%20Rp%208.760.000.%20Terima%20kasih%20%26%20salam"
    )
