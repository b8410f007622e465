import pytest
from pytest_django import Settings

from simpul.lib.sealing import Unsealable, seal, unseal

KEYS = {"server_key": "SB-Mid-server-CONTOH"}


def test_it_comes_back_as_it_was() -> None:
    assert unseal(seal(KEYS)) == KEYS


def test_nothing_of_it_can_be_read() -> None:
    assert "CONTOH" not in seal(KEYS)
    assert seal(KEYS) != seal(KEYS)


def test_another_secret_key_opens_nothing(settings: Settings) -> None:
    sealed = seal(KEYS)
    settings.SECRET_KEY = "another"
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_an_older_secret_key_still_opens(settings: Settings) -> None:
    sealed, old = seal(KEYS), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert unseal(sealed) == KEYS


@pytest.mark.parametrize("altered", ["", "x", "ü"])
def test_what_was_altered_is_refused(altered: str) -> None:
    with pytest.raises(Unsealable):
        unseal(seal(KEYS)[:-4] + altered)
