from hypothesis import given
from hypothesis import strategies as st

from simpul.lib import codes

LETTERS = st.sampled_from(codes.ALPHABET)


def code() -> st.SearchStrategy[str]:
    bodies = st.text(LETTERS, min_size=5, max_size=5)
    return bodies.map(lambda body: body + codes._check_letter(body))


def test_new_codes_are_whole_and_have_no_letter_that_looks_like_a_digit() -> None:
    for _time in range(200):
        new = codes.spoken()
        assert codes.is_spoken(new)
        assert not set(new) & set("IOZ0123456789")
    assert len(codes.public()) == 14
    assert len(codes.pin()) == 4
    assert codes.pin().isdigit()


@given(code(), st.integers(0, 5), LETTERS)
def test_every_wrong_letter_is_caught(right: str, at: int, letter: str) -> None:
    wrong = right[:at] + letter + right[at + 1 :]
    assert codes.is_spoken(wrong) == (wrong == right)


@given(code(), st.integers(0, 4))
def test_every_pair_of_neighbours_that_changed_places_is_caught(right: str, at: int) -> None:
    wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert codes.is_spoken(wrong) == (wrong == right)


@given(code(), st.integers(0, 5), LETTERS)
def test_one_wrong_letter_leads_back_to_the_code(right: str, at: int, letter: str) -> None:
    wrong = right[:at] + letter + right[at + 1 :]
    assert wrong == right or right in codes.meant(wrong)
    assert right in codes.meant(right[:at] + "I" + right[at + 1 :])
    assert all(map(codes.is_spoken, codes.meant(wrong)))
    assert len(codes.meant(wrong)) <= 11


@given(code(), st.integers(0, 4))
def test_so_do_changed_forgotten_and_doubled_letters(right: str, at: int) -> None:
    swapped = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert swapped == right or right in codes.meant(swapped)
    assert right in codes.meant(right[:at] + right[at + 1 :])
    assert right in codes.meant(right[:at] + right[at] + right[at:])
    assert codes.meant("ABC") == codes.meant("ABCDEFGH") == set()


def test_what_people_type_is_read_as_they_meant_it() -> None:
    assert codes.tidy(" ab-8 5x\t") == "ABBSX"
    assert codes.tidy("o0") == "QQ"


def test_other_lengths_and_letters_are_no_codes() -> None:
    assert not codes.is_spoken("")
    assert not codes.is_spoken("ABCDE")
    assert not codes.is_spoken("ABCDEI")
    assert not codes.is_spoken("abcdef")


def test_the_demonstration_gets_the_same_codes_each_time() -> None:
    with codes.seeded(7):
        first = [codes.spoken(), codes.public(), codes.pin()]
    with codes.seeded(7):
        assert [codes.spoken(), codes.public(), codes.pin()] == first
    assert codes.public() != first[1]
