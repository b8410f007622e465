"""Which rows are here already: the same days from two files, in one layout or in two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from simpul.payments.overlap import OTHER, SAME, Day, Line, compare


@dataclass(frozen=True)
class Truth:
    """What the bank booked on a day, one after the other: sen and who."""

    entries: tuple[tuple[int, str], ...]
    opening: int = 100_000

    def written(
        self, layout: str, *, until: int | None = None, has_balances: bool = True
    ) -> list[Line]:
        """Return the day as this layout writes it, as far as it had come."""
        lines, balance = [], self.opening
        for at, (amount, who) in enumerate(self.entries[:until], start=1):
            balance += amount
            text = f"TRSF CR {who}" if layout == "A" else f"{who} TRANSFER DARI"
            left = balance if has_balances else None
            mark = f"{amount}|{text}|{left}"
            lines.append(Line(at, at, amount, text, mark, left, False, "", layout))
        return lines


def here(lines: list[Line]) -> list[Line]:
    """Return lines as they stand once they were imported, with their twins."""
    seen: Counter[str] = Counter()
    kept = []
    for line in lines:
        seen[line.fingerprint] += 1
        kept.append(line._replace(at=1_000 + line.at, twin=seen[line.fingerprint]))
    return kept


def new(day: Day) -> list[int]:
    return [row.amount for row, _twin in day.new]


NAMES = st.sampled_from(["CONTOH BUDI", "SITI AMINAH", "JAYA ABADI"])
DAYS = st.lists(st.tuples(st.sampled_from([50_000, -50_000, 70_000]), NAMES), max_size=7).map(
    lambda entries: Truth(tuple(entries))
)


@given(DAYS, st.integers(0, 7), st.sampled_from("AB"))
def test_with_balances_nothing_is_doubled_or_lost(truth: Truth, until: int, second: str) -> None:
    """Import a part of the day in one layout, then all of it in the same or another."""
    first = here(truth.written("A", until=until))

    day = compare(truth.written(second), first)

    assert not day.doubts
    assert Counter([one.amount for one in first] + new(day)) == Counter(
        amount for amount, _who in truth.entries
    )
    assert not compare(truth.written(second, until=until), first).new


@given(DAYS, st.integers(0, 7), st.sampled_from("AB"), st.booleans())
def test_without_balances_it_is_right_or_asked(
    truth: Truth, until: int, second: str, has_balances: bool
) -> None:
    first = here(truth.written("A", until=until, has_balances=has_balances))

    day = compare(truth.written(second, has_balances=False), first)

    found = Counter([one.amount for one in first] + new(day))
    wanted = Counter(amount for amount, _who in truth.entries)
    assert found == wanted or day.doubts
    assert not found - wanted


@given(DAYS)
def test_twins_are_numbered_on(truth: Truth) -> None:
    twice = Truth(truth.entries * 2)
    first = here(truth.written("A", has_balances=False))

    day = compare(twice.written("A", has_balances=False), first)

    marks = [(one.fingerprint, one.twin) for one in first]
    marks += [(row.fingerprint, twin) for row, twin in day.new]
    assert len(set(marks)) == len(marks) == 2 * len(truth.entries)


def test_a_text_that_the_bank_appended_to_is_the_same() -> None:
    [one] = here([Line(1, 1, 5, "NBMB BUDI", "a", None, False, "", "BRI")])
    later = Line(1, 1, 5, "NBMB BUDI WS_OB;77;", "b", None, False, "", "BRI")
    assert not compare([later], [one]).new


def test_two_names_are_not_taken_for_one() -> None:
    [one] = here([Line(1, 1, 5, "TRANSFER DARI CONTOH BUDI", "a", None, False, "", "A")])
    other = Line(1, 1, 5, "BI-FAST CR CONTOH SITI", "b", None, False, "", "B")

    [doubt] = compare([other], [one]).doubts
    assert (doubt.row, doubt.here) == (other, (one,))
    assert compare([other], [one], answers={1: SAME}).known == [other]
    assert new(compare([other], [one], answers={1: OTHER})) == [5]


def test_two_references_of_one_layout_are_two() -> None:
    [one] = here([Line(1, 1, 5, "TRF", "a", 105, True, "FT1", "MT940")])
    other = Line(1, 1, 5, "TRF", "b", 105, True, "FT2", "MT940")
    assert new(compare([other], [one])) == [5]


def test_a_counted_balance_proves_no_difference() -> None:
    """MT940 may order a day differently: then its balances say nothing."""
    [one] = here([Line(1, 1, 5, "DP CONTOH BUDI", "a", 105, False, "", "CSV")])
    other = Line(1, 1, 5, "CONTOH BUDI DP", "b", 305, True, "", "MT940")
    assert compare([other], [one]).known == [other]


def test_on_a_day_that_was_covered_nothing_is_new_without_asking() -> None:
    row = Line(1, 1, 5, "TRF", "a", 105, False, "", "A")
    assert compare([row], [], is_covered=True).doubts[0].here == ()
    assert new(compare([row], [], is_covered=True, answers={1: OTHER})) == [5]


def test_what_the_file_should_have_is_missed() -> None:
    [one] = here([Line(1, 1, 5, "TRF", "a", 105, False, "", "A")])
    assert compare([], [one], is_inside=True).missing == [one]
    assert compare([], [one]).missing == []


def test_one_layout_with_another_text_at_the_same_balance_is_asked() -> None:
    """The balance came back to the same figure, or somebody changed the text: nobody can tell."""
    [one] = here([Line(1, 1, 5, "TRSF CONTOH BUDI", "a", 105, False, "", "A")])
    row = Line(1, 1, 5, "SETORAN TUNAI", "b", 105, False, "", "A")
    assert compare([row], [one]).doubts[0].here == (one,)
