"""Each word in which a question can be put stands in the guides of both languages, as it is meant."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from simpul.insight.questions.sources import can_be_told_by
from simpul.insight.questions.words import BY_MEANS, MEANS, By, How, Measure
from simpul.settings import PACKAGE

GUIDES = {"en": "docs/guides/questions.md", "id": "docs/panduan/pertanyaan.md"}


def rows(language: str) -> list[str]:
    """Return the lines of both tables of a guide."""
    with override(language):
        measures = [f"| {one.label} | {MEANS[one].explains} | {_told_by(one)} |" for one in Measure]
        return measures + [f"| {one.label} | {BY_MEANS[one]} |" for one in By]


def _told_by(measure: Measure) -> str:
    told = can_be_told_by(measure)
    return "*" if told == list(By) else ", ".join(str(one.label) for one in told)


@pytest.mark.parametrize("language", GUIDES)
def test_every_word_of_a_question_stands_in_the_guide(language: str) -> None:
    guide = (PACKAGE.parent / GUIDES[language]).read_text().splitlines()
    assert [line for line in rows(language) if line not in guide] == []
    told = [line for line in guide if line.startswith("| ") and line not in rows(language)]
    assert len(told) == 4  # the heads of both tables: nothing stands there that cannot be asked
    with override(language):
        assert all(f"*{one.label}*" in "\n".join(guide) for one in How)
