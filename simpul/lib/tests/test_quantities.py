import pytest
from django.utils.translation import override

from simpul.lib.quantities import parse_quantity, write_quantity


@pytest.mark.parametrize(
    ("language", "text", "milli"),
    [
        ("id", "3,2", 3_200),
        ("id", "3.2", 3_200),
        ("id", "1.250", 1_250_000),
        ("id", "1,250", 1_250),
        ("id", "1.250,5", 1_250_500),
        ("id", " 12 ", 12_000),
        ("en", "3.2", 3_200),
        ("en", "1,250", 1_250_000),
        ("en", "1.250", 1_250),
        ("en", "1,250.5", 1_250_500),
        ("en", "0", 0),
    ],
)
def test_it_reads_what_people_write(language: str, text: str, milli: int) -> None:
    with override(language):
        assert parse_quantity(text) == milli


@pytest.mark.parametrize("text", ["", "-1", "1,2,3", "3,2041", "a", "1..2", "1.25.000"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_quantity(text)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("milli", [0, 1, 25, 3_200, 1_250_000, 1_250_500])
def test_what_is_written_is_read_again(language: str, milli: int) -> None:
    with override(language):
        assert parse_quantity(write_quantity(milli)) == milli
