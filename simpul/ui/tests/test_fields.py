from __future__ import annotations

import pytest
from django.utils import translation

from simpul.ui.fields import RupiahField


@pytest.mark.parametrize(("language", "shown"), [("id", "4.690.000"), ("en", "4,690,000")])
def test_a_sum_is_shown_as_its_reader_writes_it_and_read_again(language: str, shown: str) -> None:
    field = RupiahField()

    with translation.override(language):
        assert field.prepare_value(4_690_000) == shown
        assert field.clean(shown) == 4_690_000


def test_what_was_typed_stays() -> None:
    assert RupiahField().prepare_value("4,69 jt") == "4,69 jt"
