from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from PIL import Image

from simpul.catalog.forms import PhotoForm, PriceForm, SizesField
from simpul.catalog.models import write_sizes
from simpul.lib import clock

FACTS = {"group": "wholesale", "from_pairs": "60", "per": "20"}


def price(**words: str) -> PriceForm:
    return PriceForm(FACTS | {"valid_from": clock.today().isoformat()} | words)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("7081000", 7_081_000), ("Rp 7.081.000,-", 7_081_000), ("250rb", 250_000)],
)
def test_a_price_is_typed_as_people_write(typed: str, amount: int) -> None:
    form = price(amount=typed)

    assert form.is_valid()
    assert form.cleaned_data == {
        "group": "wholesale",
        "from_pairs": 60,
        "year_pairs": 0,
        "amount": amount,
        "per": 20,
        "valid_from": clock.today(),
    }


@pytest.mark.parametrize("typed", ["", "0", "-5", "100.00", "gratis"])
def test_what_is_no_price_is_refused(typed: str) -> None:
    form = price(amount=typed)

    assert not form.is_valid()
    assert list(form.errors) == ["amount"]


@pytest.mark.parametrize(
    ("typed", "sizes"),
    [
        ("38-41", ["38", "39", "40", "41"]),
        ("39 – 40, 43", ["39", "40", "43"]),
        ("41 39;39", ["39", "41"]),
    ],
)
def test_sizes_are_typed_as_people_write(typed: str, sizes: list[str]) -> None:
    assert SizesField().clean(typed) == sizes


@pytest.mark.parametrize("typed", ["", "M", "43-39", "5-9", "39-4", "38..41"])
def test_what_is_no_size_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        SizesField().clean(typed)


def test_sizes_are_written_short_and_read_again() -> None:
    sizes = ["38", "39", "40", "42", "44", "45"]

    assert write_sizes(sizes) == "38–40, 42, 44–45"
    assert SizesField().clean(write_sizes(sizes)) == sizes


def test_a_picture_is_admitted_and_anything_else_is_not() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "PNG")
    good = SimpleUploadedFile("shoe.png", buffer.getvalue())
    bad = SimpleUploadedFile("shoe.png", b"%PDF-1.7")

    assert PhotoForm({}, MultiValueDict({"photo": [good]})).is_valid()
    form = PhotoForm({}, MultiValueDict({"photo": [bad]}))
    assert list(form.errors) == ["photo"]
