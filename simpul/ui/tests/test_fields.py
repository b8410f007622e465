from __future__ import annotations

import pytest
from django import forms
from django.utils import translation
from pytest_django.asserts import assertHTMLEqual

from simpul.ui.fields import Options, RupiahField, SharedSelect


@pytest.mark.parametrize(("language", "shown"), [("id", "4.690.000"), ("en", "4,690,000")])
def test_a_sum_is_shown_as_its_reader_writes_it_and_read_again(language: str, shown: str) -> None:
    field = RupiahField()

    with translation.override(language):
        assert field.prepare_value(4_690_000) == shown
        assert field.clean(shown) == 4_690_000


def test_what_was_typed_stays() -> None:
    assert RupiahField().prepare_value("4,69 jt") == "4,69 jt"


@pytest.mark.parametrize("chosen", ["", "2", None, "gone"])
def test_a_shared_select_is_a_select(chosen: str | None) -> None:
    choices = [("", "nothing"), ("1", "Kulit <box>"), ("2", "Sol “38”")]
    shared = SharedSelect(Options(choices)).render("line-0-material", chosen, {"id": "one"})
    known = forms.Select(choices=choices).render("line-0-material", chosen, {"id": "one"})

    assertHTMLEqual(shared, known)
