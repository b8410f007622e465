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

_CONFUSED = str.maketrans({"8": "B", "5": "S", "0": "Q", "6": "G", "7": "T"})

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
    return "".join(_dice.get().choices(ALPHABET, k=PUBLIC_LENGTH))


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


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Deal the same codes at each run inside the block: for the demonstration, never for real."""
    token = _dice.set(random.Random(seed))  # noqa: S311
    try:
        yield
    finally:
        _dice.reset(token)


def _check_letter(body: str) -> str:
    weighted = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2))
    return ALPHABET[weighted % len(ALPHABET)]
