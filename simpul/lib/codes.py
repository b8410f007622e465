"""Codes that people say on the telephone and type into a transfer.

The alphabet has 23 capital letters: no I, O or Z, which people read as 1, 0 and 2. There are no
digits, so an 8 can only have been a B and a 5 an S. 23 is a prime number, which is why the last
letter of a short code, a weighted sum of the others, catches every single wrong letter and every
pair of neighbours that changed places (the argument behind ISO 7064 and the ISBN-10).
"""

import contextvars
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXY"
SPOKEN_LENGTH = 6
PUBLIC_LENGTH = 14  # log2(23) * 14 = 63 bits

_CONFUSED = str.maketrans({"8": "B", "5": "S", "0": "Q", "O": "Q", "6": "G", "7": "T"})
_WEIGHTS = (2, 3, 4, 5, 6, -1)  # of the letters, the last of which checks the others

_dice: contextvars.ContextVar[random.Random] = contextvars.ContextVar(
    "dice",
    default=secrets.SystemRandom(),  # noqa: B039 - it has no state
)


def spoken() -> str:
    """Return a new code of six letters, the last of which checks the others."""
    body = "".join(_dice.get().choices(ALPHABET, k=SPOKEN_LENGTH - 1))
    return body + _check_letter(body)


def public() -> str:
    """Return a code that cannot be guessed (63 bits), for pages that need no login."""
    drawn = _dice.get().randrange(len(ALPHABET) ** PUBLIC_LENGTH)  # asks the machine once
    letters = []
    for _place in range(PUBLIC_LENGTH):
        drawn, letter = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def pin() -> str:
    """Return the four digits that a receiver says to the courier."""
    return "".join(_dice.get().choices("0123456789", k=4))


def is_spoken(code: str) -> bool:
    """Tell whether this is a whole code with the right check letter."""
    return (
        len(code) == SPOKEN_LENGTH
        and all(letter in ALPHABET for letter in code)
        and _check_letter(code[:-1]) == code[-1]
    )


def tidy(typed: str) -> str:
    """Return what was typed in the form of a code: capitals, no blanks, digits as the letters meant."""
    return "".join(typed.split()).replace("-", "").upper().translate(_CONFUSED)


def meant(typed: str) -> set[str]:
    """Return the few codes that somebody may have meant who made one slip in typing.

    A wrong letter, neighbours that changed places, a letter forgotten or one too many. For each
    place there is exactly one letter that makes the check letter right: no list of all codes is
    searched.
    """
    typed = tidy(typed)
    if len(typed) == SPOKEN_LENGTH:
        places = range(SPOKEN_LENGTH)
        swapped = (typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in places[:-1])
        blank = (typed[:at] + "?" + typed[at + 1 :] for at in places)
        found = {*filter(is_spoken, swapped), *filter(None, map(_filled, blank))}
        return found - {typed}
    if len(typed) == SPOKEN_LENGTH - 1:
        blank = (typed[:at] + "?" + typed[at:] for at in range(SPOKEN_LENGTH))
        return {*filter(None, map(_filled, blank))}
    if len(typed) == SPOKEN_LENGTH + 1:
        return {*filter(is_spoken, (typed[:at] + typed[at + 1 :] for at in range(len(typed))))}
    return set()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Deal the same codes at each run inside the block: for the demonstration, never for real."""
    token = _dice.set(random.Random(seed))  # noqa: S311
    try:
        yield
    finally:
        _dice.reset(token)


def _filled(code: str) -> str:
    """Return the code with the one letter that fits in place of `?`, or nothing."""
    at = code.index("?")
    rest = code[:at] + code[at + 1 :]
    if not all(letter in ALPHABET for letter in rest):
        return ""
    known = zip(_WEIGHTS[:at] + _WEIGHTS[at + 1 :], rest, strict=True)
    off = sum(weight * ALPHABET.index(letter) for weight, letter in known)
    letter = -off * pow(_WEIGHTS[at], -1, len(ALPHABET)) % len(ALPHABET)
    return code[:at] + ALPHABET[letter] + code[at + 1 :]


def _check_letter(body: str) -> str:
    weighted = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2))
    return ALPHABET[weighted % len(ALPHABET)]
