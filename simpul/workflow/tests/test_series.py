from datetime import UTC, datetime

import pytest
from django.db import transaction

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.workflow.models import NumberSeries


def test_numbers_follow_each_other_without_a_gap(workshop: Workshop, joko: Person) -> None:
    with clock.stopped(datetime(2026, 11, 24, tzinfo=UTC)):
        assert [NumberSeries.draw(workshop, "SO") for _time in range(3)] == [
            "SO-2026-0001",
            "SO-2026-0002",
            "SO-2026-0003",
        ]
        assert NumberSeries.draw(workshop, "KW") == "KW-2026-0001"
        assert NumberSeries.draw(joko.workshop, "SO") == "SO-2026-0001"
    with clock.stopped(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):  # new year in Bogor
        assert NumberSeries.draw(workshop, "SO") == "SO-2027-0001"


def test_a_step_that_fails_gives_its_number_back(workshop: Workshop) -> None:
    first = NumberSeries.draw(workshop, "SO")
    with pytest.raises(ZeroDivisionError):
        draw_and_fail(workshop)
    assert NumberSeries.draw(workshop, "SO") == first[:-1] + "2"


@transaction.atomic
def draw_and_fail(workshop: Workshop) -> float:
    NumberSeries.draw(workshop, "SO")
    return 1 / 0
