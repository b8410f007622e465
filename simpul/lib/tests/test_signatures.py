"""What stands below a letter is cut, and nothing of the letter."""

import pytest

from simpul.lib import signatures


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Siap.\n\n-- \nToko Dewi\nJl. Raya 1", "Siap."),
        ("Ukuran 40: 2\n--\nUkuran 41: 3", "Ukuran 40: 2\n--\nUkuran 41: 3"),
        ("Sudah.\nDikirim lewat JNE, resi JP0123", "Sudah.\nDikirim lewat JNE, resi JP0123"),
        ("Sent via JNE, JP0123", "Sent via JNE, JP0123"),
        ("Oke.\nDikirim dari ponsel cerdas Samsung Galaxy saya.", "Oke."),
        ("Oke.\n\nDikirim dari iPhone saya", "Oke."),
        ("Oke.\n\nSent from my Galaxy\n", "Oke."),
        ("Oke.\n\n[Dikirim dari Yahoo Mail untuk Android](https://x.example)", "Oke."),
        ("Dapatkan Outlook untuk Android", ""),
        (
            "Dikirim dari Bandung kemarin.\n\nSudah sampai?",
            "Dikirim dari Bandung kemarin.\n\nSudah sampai?",
        ),
        ("Ukuran 40 -- dua pasang", "Ukuran 40 -- dua pasang"),
        ("", ""),
    ],
)
def test_what_is_kept(text: str, kept: str) -> None:
    assert signatures.without(text) == kept
