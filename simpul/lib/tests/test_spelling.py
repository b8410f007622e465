import pytest

from simpul.lib.spelling import address_words, name_words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("CV. Soerja Djaja", ("surya", "yaya")),
        ("C.V. Surya Jaya", ("surya", "yaya")),
        ("Toko Surya Jaya", ("surya", "yaya")),
        ("Tk. Sumber Rejeki", ("sumber", "reyeki")),
        ("Bpk. H. Achmad Sjarif", ("akmad", "sarif")),
        ("Bapak Haji Akhmad Syarif", ("akmad", "sarif")),
        ("Moch. Taufiq", ("muhamad", "taufik")),
        ("Mohammad Taufik", ("muhamad", "taufik")),
        ("Ny. Tjitra", ("citra",)),
        ("PT Maju Mundur Tbk", ("mayu", "mundur")),
        ("Toko", ("toko",)),  # nothing else is known of it
        ("", ()),
    ],
)
def test_a_name_is_its_words_as_they_are_heard(written: str, words: tuple[str, ...]) -> None:
    assert name_words(written) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Jl. Raya Ciomas No. 012", ("raya", "ciomas", "12")),
        ("Jalan Raya Tjiomas 12", ("raya", "ciomas", "12")),
        (
            "Kp. Sawah RT 03/RW 05, Kec. Ciomas, Kab. Bogor",
            ("sawah", "rt3", "rw5", "ciomas", "bogor"),
        ),
        (
            "Kampung Sawah Rt.3 Rw.05 Kecamatan Ciomas Bgr",
            ("sawah", "rt3", "rw5", "ciomas", "bogor"),
        ),
        ("Jend. Sudirman 12A", ("yenderal", "sudirman", "12a")),
    ],
)
def test_an_address_is_what_tells_it_from_others(written: str, words: tuple[str, ...]) -> None:
    assert address_words(written) == words
