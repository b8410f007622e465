"""The components as a page gets them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.utils.translation import override


@pytest.fixture
def ui() -> Any:
    engine: Any = engines["jinja2"]
    return engine.env.globals["ui"]


class Letter(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the door")
    words = forms.CharField(label="Words", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect
    )
    secret = forms.CharField(required=False, widget=forms.HiddenInput)


def test_a_field_ties_its_help_and_its_errors(ui: Any) -> None:
    html = ui.field(Letter({})["name"])

    assert '<label class="field__label" for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-help"' in html
    assert 'id="id_name-error"' in html


def test_only_what_may_stay_empty_is_marked(ui: Any) -> None:
    with override("en"):
        assert "(optional)" in ui.field(Letter()["words"])
        assert "(optional)" not in ui.field(Letter()["name"])


def test_choices_are_a_fieldset_with_a_legend(ui: Any) -> None:
    html = ui.field(Letter()["kind"])

    assert "<fieldset" in html
    assert "<legend" in html


def test_a_form_tells_all_errors_first_and_is_safe_to_send_twice(ui: Any) -> None:
    html = ui.form(Letter({}), action="/here/", label="Send", cancel="/back/")

    assert 'action="/here/"' in html
    assert html.index("<focus-error") < html.index('class="field"')
    assert 'name="key" value="' in html
    assert 'href="/back/"' in html
    assert '<input type="hidden" name="secret"' in html
    assert ui.form(Letter()) != ui.form(Letter())  # each has a key of its own


def test_what_people_typed_is_escaped(ui: Any) -> None:
    assert "&lt;b&gt;" in ui.badge("placed", "<b>")
    assert "&lt;b&gt;" in ui.field(Letter({"name": "<b>"})["name"])
    assert "<b>" not in ui.breadcrumbs([(None, "<b>")])


def test_pages_keep_the_search(ui: Any) -> None:
    page = Paginator(range(100), 10).page(2)
    html = ui.pagination(page, {"q": "to ko", "page": "2"})

    assert 'href="?q=to%20ko&amp;page=3"' in html or 'href="?q=to%20ko&page=3"' in html
    assert 'rel="prev"' in html


def test_one_page_needs_no_pages(ui: Any) -> None:
    assert not ui.pagination(Paginator([1], 10).page(1)).strip()


def test_a_knot_tells_its_state_in_words(ui: Any) -> None:
    knot = {"label": "Production", "count": 14, "of": 1024, "unit": "pairs", "on": None}
    rope = [knot | {"state": "doing"}, knot | {"state": "late", "count": 0}]

    with override("en"):
        html = ui.knots(rope)
    assert "14 of 1,024 pairs" in html
    assert 'data-state="doing" data-next="late"' in html
    assert 'data-state="late" data-next="end"' in html
    assert "late</span>" in html.replace("\n", "").replace("  ", "")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_gallery_shows_everything(ui: Any, language: str) -> None:
    with override(language):
        html = (
            engines["jinja2"]
            .get_template("ui/gallery.html")
            .render({"language": language, "demo": True})
        )
    assert html.count('class="knot"') == 21
    assert "hx-boost" in html
    assert "style=" not in html


def test_rarer_actions_wait_behind_one_button_without_javascript(ui: Any) -> None:
    engine: Any = engines["jinja2"]
    with override("en"):
        html = engine.from_string(
            '{% call ui.more() %}{{ ui.button("CSV", kind="quiet", href="/csv/") }}{% endcall %}'
        ).render({})

    assert '<details class="more">' in html
    assert "More</summary>" in html
    assert html.index("</summary>") < html.index('href="/csv/"') < html.index("</details>")
