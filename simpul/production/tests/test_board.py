from __future__ import annotations

from simpul import testing
from simpul.parties.models import Party, Person
from simpul.production.models import Job
from simpul.production.queries import board, progress_of


def test_a_stage_stands_once_and_where_it_comes_last(buyer: Party, udin: Person) -> None:
    """One model is cut and stitched; the other is skived in between."""
    short, long = testing.released_job(buyer), testing.released_job(buyer)
    for position, name in ((2, "Seset"), (3, "Jahit")):
        long.stages.filter(position=position).update(name=name)
    for job, position in ((short, 1), (long, 1), (long, 2)):
        job.tap(by=udin, stage=job.stages.get(position=position), good={"40": 4 - position})

    posts = board(progress_of(Job.objects.for_list().order_by("pk")))

    assert [(post.name, post.waiting) for post in posts] == [
        ("Potong", 14),
        ("Seset", 1),
        ("Jahit", 5),
    ]
