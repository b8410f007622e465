"""Facts that are only added are read once, and nothing that came since is missed."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from simpul import testing
from simpul.catalog.models import Material
from simpul.insight import recent
from simpul.insight.books.growing import Growing
from simpul.insight.books.postings import books_of
from simpul.parties.models import Party, Workshop
from simpul.stock.models import Movement


class Reader:
    """Reads movements, remembers how many at a time, and is not shown those that are hidden."""

    def __init__(self) -> None:
        self.hidden: list[int] = []
        self.read: list[int] = []
        self.growing = Growing(self._rows, self._read)

    def of(self, workshop: Workshop) -> list[int]:
        return [quantity for _pk, quantity in self.growing.of(workshop)]

    def _rows(self, workshop: Workshop) -> QuerySet[Movement]:
        return Movement.objects.filter(workshop=workshop).exclude(pk__in=self.hidden)

    def _read(self, rows: QuerySet[Movement]) -> list[tuple[int, int]]:
        found = list(rows.values_list("pk", "quantity"))
        self.read.append(len(found))
        return found


@pytest.fixture
def leather(workshop: Workshop) -> Material:
    return testing.material(workshop, "KULIT")


def test_only_what_is_new_is_read(leather: Material) -> None:
    reader = Reader()
    assert reader.of(leather.workshop) == []
    for quantity in (1_000, 2_000, 3_000):
        testing.stock_up(leather, quantity)
    assert reader.of(leather.workshop) == [1_000, 2_000, 3_000]
    testing.stock_up(leather, 4_000)
    assert reader.of(leather.workshop) == [1_000, 2_000, 3_000, 4_000]
    assert reader.read == [0, 3, 2]  # the last one known is looked at again


def test_what_becomes_visible_late_is_not_missed(leather: Material) -> None:
    reader = Reader()
    testing.stock_up(leather, 1_000)
    late = Movement.objects.get()
    reader.hidden = [late.pk]  # its transaction is still open, on PostgreSQL
    testing.stock_up(leather, 2_000)
    assert reader.of(leather.workshop) == [2_000]
    reader.hidden = []
    assert reader.of(leather.workshop) == [1_000, 2_000]


def test_a_key_given_twice_is_noticed(leather: Material) -> None:
    reader = Reader()
    testing.stock_up(leather, 1_000)
    assert reader.of(leather.workshop) == [1_000]
    Movement.objects.update(quantity=7_000)  # as after a transaction that came to nothing
    assert reader.of(leather.workshop) == [7_000]
    Movement.objects.all().delete()
    assert reader.of(leather.workshop) == []


def test_each_workshop_has_its_own(leather: Material) -> None:
    reader, other = Reader(), testing.workshop("cibaduyut")
    testing.stock_up(leather, 1_000)
    testing.stock_up(testing.material(other, "KULIT"), 2_000)
    assert (reader.of(leather.workshop), reader.of(other)) == ([1_000], [2_000])


def test_who_was_not_asked_for_longest_is_forgotten(
    leather: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "KEPT", 2)
    reader, first = Reader(), leather.workshop
    others = [testing.workshop("cibaduyut"), testing.workshop("tajur")]
    testing.stock_up(leather, 1_000)
    for one in (first, others[0], first, others[1]):
        reader.of(one)
    reader.read.clear()
    assert reader.of(first) == [1_000]
    assert reader.read == [1]  # the last one known only: it was kept
    reader.of(others[0])
    reader.of(others[1])  # the first is the one nobody asked for longest
    testing.stock_up(leather, 2_000)
    reader.read.clear()
    assert reader.of(first) == [1_000, 2_000]
    assert reader.read == [2]


def test_the_books_go_on_with_what_happened_since(buyer: Party) -> None:
    job = testing.released_job(buyer)
    foreman = testing.foreman(buyer.workshop)
    before = books_of(buyer.workshop)
    job.tap(by=foreman, stage=job.stages.get(position=1), good={"40": 1}, worker="Oman")
    job.tap(by=foreman, stage=job.stages.get(position=1), good={"41": 1}, worker="Oman")
    added = books_of(buyer.workshop).postings[len(before.postings) :]
    assert [one.what for one in added].count("work") == 2
