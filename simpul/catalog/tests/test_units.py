"""The unit of a material is typed by the workshop; the usual ones are known in English too."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from simpul.catalog.models import Material


@pytest.mark.parametrize(
    ("unit", "of_one", "of_several"),
    [
        ("pasang", "pair", "pairs"),
        ("Lembar ", "sheet", "sheets"),
        ("kaki", "sq ft", "sq ft"),
        ("kg", "kg", "kg"),
        ("ikat", "ikat", "ikat"),
    ],
)
def test_a_unit_is_told_in_the_language_of_its_reader(
    unit: str, of_one: str, of_several: str
) -> None:
    material = Material(unit=unit)
    with override("en"):
        assert material.unit_here == of_one
        assert material.unit_of(1000) == of_one
        assert material.unit_of(3200) == material.unit_of() == of_several
    with override("id"):
        assert material.unit_of(3200) == unit
