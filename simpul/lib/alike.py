"""How likely two cards tell of the same business or household, and which are worth comparing.

The weights are those of Fellegi and Sunter ("A Theory for Record Linkage", 1969): what agrees counts
log2(m / u) bits, m being how often it agrees where both are the same, u how often by chance, which
is how common the word is (Newcombe, 1959); what does not agree counts against. Words agree by the
similarity of Jaro and Winkler (Winkler, "String Comparator Metrics", 1990), each with its best
partner (Cohen, Ravikumar, Fienberg, "A Comparison of String Distance Metrics", 2003). Cards are
compared that share something uncommon, or stand beside each other in the alphabet (Hernández,
Stolfo, "The Merge/Purge Problem", 1995): as many pairs as there are cards, times a small number.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from math import log2
from typing import NamedTuple

from rapidfuzz.distance import JaroWinkler

from simpul.lib.spelling import COMMON, address_words, name_words

SMALLEST = 400  # a short list says little of how common a word is among people
MOST_BITS, COMMON_BITS, HOUSE_BITS = 8.0, 5.0, 4.0  # that one word is worth, at most
CLOSE = 0.86  # from here on two words may be one, written differently
MISSED = -3.5  # bits of a word that has no partner
SPARE = -0.7  # of one that the longer of the two texts has over
NUMBER, MAIL = 24.0, 20.0  # enough by itself, whatever the names are
SHARED = 3.0  # of a number or address that several have, or that is an office's
OTHER_NUMBER, OTHER_PERSON = -1.0, -1.5
MOST_OF_A_PERSON = 12.0
OTHER_HOUSE, LEAST_OF_A_PLACE, MOST_OF_A_PLACE = -6.0, -5.0, 22.0
PROBABLE = 3.0  # bits beyond the chance that two of so many are the same: from here on we ask
BLOCK = 12  # cards that share a key, at most: what more share is common
WINDOW = 3  # neighbours in the alphabet

OFFICE = frozenset(
    re.findall(
        r"\w+",
        "info admin administrasi sales order orders office kantor toko shop store cs hello halo kontak"
        " contact marketing finance keuangan purchasing pembelian gudang support mail email",
    )
)


@dataclass(frozen=True)
class Card:
    """What is known of one business or household: free text, numbers (E.164) and mail addresses."""

    key: int
    name: str
    people: tuple[str, ...] = ()
    address: str = ""
    numbers: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        return name_words(self.name)

    @cached_property
    def persons(self) -> tuple[tuple[str, ...], ...]:
        return tuple(filter(None, map(name_words, self.people)))

    @cached_property
    def place(self) -> tuple[str, ...]:
        return address_words(self.address)

    @cached_property
    def bones(self) -> frozenset[str]:
        people = (word for person in self.persons for word in person)
        return frozenset(map(_bones, (*self.words, *people)))

    @cached_property
    def place_bones(self) -> frozenset[str]:
        return frozenset(map(_bones, self.place))


class Reason(NamedTuple):
    """One thing that speaks for it: `number`, `mail`, `name`, `person` or `address`, and its bits."""

    what: str
    bits: float
    value: str = ""  # the number or mail address that both have


class Match(NamedTuple):
    """Two cards, the smaller key first, how many bits beyond chance speak for it, and which."""

    one: int
    other: int
    bits: float
    reasons: tuple[Reason, ...]

    @property
    def is_probable(self) -> bool:
        return self.bits >= PROBABLE

    @property
    def whys(self) -> list[str]:
        """What speaks for it, the strongest first."""
        return [one.what for one in sorted(self.reasons, key=lambda one: -one.bits)]


@dataclass
class Likeness:
    """Compares cards by how common their words are among all of them."""

    cards: list[Card]
    _names: Counter[str] = field(init=False)
    _places: Counter[str] = field(init=False)
    _ways: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = Counter(
            word
            for card in self.cards
            for word in {*card.words, *(word for person in card.persons for word in person)}
        )
        self._places = Counter(word for card in self.cards for word in set(card.place))
        self._ways = Counter(way for card in self.cards for way in card.numbers | card.mails)
        self._size = max(len(self.cards), SMALLEST)

    def matches(self) -> list[Match]:
        """Return every probable pair, the surest first."""
        by_key = {card.key: card for card in self.cards}
        pairs = (self.compare(by_key[one], by_key[other]) for one, other in self.candidates())
        return sorted((pair for pair in pairs if pair.is_probable), key=lambda pair: -pair.bits)

    def like(self, card: Card) -> list[Match]:
        """Return who is probably this one, which need not stand among the cards."""
        near = (
            other for other in self.cards if other.key != card.key and _has_part_of(other, card)
        )
        pairs = (self.compare(card, other) for other in near)
        return sorted((pair for pair in pairs if pair.is_probable), key=lambda pair: -pair.bits)

    def compare(self, one: Card, other: Card) -> Match:
        """Weigh all that both cards tell."""
        if one.key > other.key:
            one, other = other, one
        reasons = [
            *self._same_way("number", NUMBER, one.numbers, other.numbers),
            *self._same_way("mail", MAIL, one.mails, other.mails),
            Reason("address", self._same_place(one.place, other.place)),
            Reason("name", self._weigh(one.words, other.words, self._names)),
        ]
        bits = sum(reason.bits for reason in reasons) - log2(self._size)
        if bits + MOST_OF_A_PERSON >= PROBABLE:
            reasons.append(Reason("person", self._same_person(one, other)))
            bits += reasons[-1].bits
        told = tuple(reason for reason in reasons if reason.bits >= 1)
        return Match(one.key, other.key, round(bits, 1), told)

    def candidates(self) -> Iterator[tuple[int, int]]:
        """Return the pairs that are worth comparing, each once, the smaller key first."""
        blocks: dict[object, list[int]] = defaultdict(list)
        for card in self.cards:
            for key in self._keys(card):
                blocks[key].append(card.key)
        found = {
            (min(pair), max(pair))
            for keys in blocks.values()
            if 1 < len(keys) <= BLOCK
            for pair in combinations(keys, 2)
        }
        for order in (
            sorted((card.words, card.place, card.key) for card in self.cards),
            sorted((card.words[::-1], card.place, card.key) for card in self.cards),
        ):
            keys = [row[2] for row in order]
            for step in range(1, WINDOW + 1):
                found.update(
                    (min(pair), max(pair)) for pair in zip(keys, keys[step:], strict=False)
                )
        return iter(sorted(found))

    def _keys(self, card: Card) -> set[object]:
        """Return what a card is found by: its numbers, its uncommon words, and its words by twos."""
        names, places = card.bones, card.place_bones
        return {
            *card.numbers,
            *card.mails,
            *names,
            "".join(card.words),
            *(frozenset(two) for two in combinations(sorted(names), 2)),
            *((name, place) for name in names for place in places),
            *(("at", *two) for two in combinations(sorted(places), 2)),
        }

    def _same_way(
        self, what: str, bits: float, mine: frozenset[str], theirs: frozenset[str]
    ) -> Iterator[Reason]:
        both = mine & theirs
        if not both and mine and theirs:
            yield Reason(what, OTHER_NUMBER)
        for way in sorted(both):
            is_shared = self._ways[way] > 2 or way.partition("@")[0] in OFFICE
            yield Reason(what, SHARED if is_shared else bits, way)

    def _same_person(self, one: Card, other: Card) -> float:
        """Weigh the best pair of people, and a person whose name is that of the other business.

        What the names of the businesses have said already is not said again."""
        known = set(one.words) & set(other.words)
        best = OTHER_PERSON if one.persons and other.persons else 0.0
        for mine in one.persons:
            for theirs in other.persons:
                told = tuple(word for word in mine if word not in known)
                if told and set(mine) - known:
                    best = max(best, self._weigh(told, theirs, self._names) * 0.8)
        for persons, words in ((one.persons, other.words), (other.persons, one.words)):
            for person in persons:
                if not set(person) & known:
                    best = max(best, self._weigh(person, words, self._names) * 0.8)
        return min(best, MOST_OF_A_PERSON)

    def _same_place(self, mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
        """Weigh two addresses; another number in the same street is another house."""
        bits = self._weigh(mine, theirs, self._places)
        ours, others = (set(filter(str.isdigit, words)) for words in (mine, theirs))
        if ours and others and not ours & others:
            bits += OTHER_HOUSE
        return min(MOST_OF_A_PLACE, max(LEAST_OF_A_PLACE, bits))

    def _weigh(self, mine: tuple[str, ...], theirs: tuple[str, ...], common: Counter[str]) -> float:
        """Return the bits for and against two texts being the same one."""
        if not mine or not theirs:
            return 0.0
        if len(mine) > len(theirs):
            mine, theirs = theirs, mine
        left = list(theirs)
        bits = 0.0
        odd = []
        for word in mine:
            if word in left:
                left.remove(word)
                bits += self._bits(word, common)
            else:
                odd.append(word)
        if odd and _is_one("".join(mine), "".join(theirs)):
            return sum(self._bits(word, common) for word in mine)
        for word in odd:
            near, partner = 0.0, ""
            for one in left:
                if (found := _nearness(word, one)) > near:
                    near, partner = found, one
            if near < CLOSE:
                bits += MISSED
                continue
            left.remove(partner)
            full = min(self._bits(word, common), self._bits(partner, common))
            bits += full * (0.85 - (1 - near) * 2.5)
        return bits + SPARE * (len(theirs) - len(mine))

    def _bits(self, word: str, common: Counter[str]) -> float:
        """Return what agreeing on a word is worth: the rarer, the more."""
        most = COMMON_BITS if word in COMMON else MOST_BITS
        if word.isdigit() and len(word) < 4:
            most = HOUSE_BITS
        return min(log2(self._size / max(1, common[word])), most)


def pairs_of(groups: Iterable[list[int]]) -> set[tuple[int, int]]:
    """Return the pairs of keys that stand in one group together."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def _has_part_of(one: Card, other: Card) -> bool:
    """Tell whether two cards share anything by which they could be known for one."""
    return bool(
        one.bones & other.bones
        or one.numbers & other.numbers
        or one.mails & other.mails
        or len(one.place_bones & other.place_bones) > 1
    )


@lru_cache(maxsize=20_000)
def _bones(word: str) -> str:
    """Return what of a word is least often written differently: its first letter and consonants."""
    if not word[:1].isalpha():
        return word
    return (word[0] + "".join(sign for sign in word[1:] if sign not in "aiueoyh"))[:6]


def _is_one(mine: str, theirs: str) -> bool:
    """Tell whether two texts are one, but for the spaces."""
    return mine == theirs and len(mine) > 3


@lru_cache(maxsize=200_000)
def _nearness(mine: str, theirs: str) -> float:
    """Return 0 to 1; numbers are the same, or another number. An initial is near its name."""
    if mine == theirs:
        return 1.0
    if any(sign.isdigit() for sign in mine + theirs):
        return 0.0
    if len(mine) == 1 or len(theirs) == 1:
        return 0.88 if mine[0] == theirs[0] else 0.0
    return float(JaroWinkler.similarity(mine, theirs))
