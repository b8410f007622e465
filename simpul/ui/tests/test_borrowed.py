"""The words of the packages that we say in our own way are still theirs, and are told."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext, override

from simpul.ui.borrowed import BORROWED

PLACES = {"allauth": "locale", "django": "conf/locale", "django.contrib.auth": "locale"}


def texts(path: Path) -> set[str]:
    with path.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


def test_each_is_a_text_of_a_package() -> None:
    known: set[str] = set()
    for package, folder in PLACES.items():
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        known |= texts(Path(spec.origin).parent / folder / "id/LC_MESSAGES/django.po")
    assert set(BORROWED) <= known


def test_our_english_is_only_for_what_is_borrowed() -> None:
    ours = texts(Path(settings.LOCALE_PATHS[0]) / "en/LC_MESSAGES/django.po")
    assert ours <= set(BORROWED)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Forgot the password?"), ("id", "Lupa sandi?")]
)
def test_our_words_come_before_theirs(language: str, told: str) -> None:
    with override(language):
        assert gettext("Forgot your password?") == told
