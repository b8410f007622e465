"""Work that is ready to be counted."""

from __future__ import annotations

import pytest

from simpul import testing
from simpul.parties.models import Party, Person
from simpul.production.models import Job, JobStage


@pytest.fixture
def job(buyer: Party, udin: Person) -> Job:
    """Ten pairs, 4 of 40 and 6 of 41, through Potong, Jahit and Finishing: released."""
    return testing.released_job(buyer)


@pytest.fixture
def stages(job: Job) -> list[JobStage]:
    return list(job.stages.order_by("position"))
