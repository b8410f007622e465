"""What looks after every step must see whatever is written, in whichever way."""

from __future__ import annotations

from django.db import transaction

from simpul.lib import rows
from simpul.parties.models import Party, Person, Workshop
from simpul.tests.stored import Ear, Stored
from simpul.workflow.models import Turn


def test_what_is_written_is_seen_by_the_next_look(workshop: Workshop, buyer: Party) -> None:
    with Ear() as ear:
        stored = Stored(ear, (Party, Turn))
        first = stored.rows()
        assert stored.rows() == first

        Party.objects.filter(pk=buyer.pk).update(name="Toko Lain")
        second = stored.rows()
        assert second != first

        with transaction.atomic():
            rows.insert([Turn(workshop=workshop, job="x")])  # by COPY on PostgreSQL
        third = stored.rows()
        assert len(third[Turn._meta.db_table]) == 1 + len(second[Turn._meta.db_table])

        Turn.objects.all().delete()
        assert stored.rows()[Turn._meta.db_table] == []


def test_what_was_taken_back_is_as_it_was(buyer: Party) -> None:
    with Ear() as ear:
        stored = Stored(ear, (Party,))
        before = stored.rows()
        with transaction.atomic():
            Party.objects.filter(pk=buyer.pk).update(name="Toko Lain")
            transaction.set_rollback(True)
        assert stored.rows() == before


def test_tables_are_told_that_were_read(buyer: Party, dewi: Person) -> None:
    with Ear() as ear:
        with ear.tables_read() as tables:
            assert Person.objects.filter(party__name=buyer.name).get() == dewi
        assert tables == {Person._meta.db_table, Party._meta.db_table}
        with ear.tables_read() as tables:  # with parentheses on PostgreSQL
            parties = Party.objects.order_by().values_list("pk")
            list(parties.union(Turn.objects.order_by().values_list("pk"), all=True))
        assert tables == {Party._meta.db_table, Turn._meta.db_table}
