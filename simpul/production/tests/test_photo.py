"""Photos of the work at a stage, and who sees them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from simpul import testing
from simpul.parties.models import Person
from simpul.production.models import Job, JobStage, StagePhoto
from simpul.workflow.models import journal_of
from simpul.workflow.steps import NotAllowed, WrongState


def seen_by(person: Person) -> int:
    return StagePhoto.objects.visible_to(person).count()


def test_it_is_kept_whole_and_small(job: Job, stages: list[JobStage], udin: Person) -> None:
    photo = StagePhoto.take(
        by=udin, stage=stages[1], photo=testing.picture(900), words="Jahitan rapi"
    )

    assert (photo.stage, photo.by, photo.words, photo.is_shown) == (
        stages[1],
        udin,
        "Jahitan rapi",
        True,
    )
    sizes = []
    for upload in (photo.upload, photo.small):
        with Image.open(io.BytesIO(upload.read())) as image:
            sizes.append(image.size)
    assert sizes == [(900, 450), (480, 240)]
    entry = journal_of(photo).get()
    assert (entry.step, entry.facts) == (
        "production.take_photo",
        {"stage": stages[1].pk},
    )


def test_the_buyer_sees_his_own(
    job: Job, dewi: Person, siti: Person, sari: Person, joko: Person
) -> None:
    testing.photo(job)
    testing.photo(job, is_shown=False)

    assert [seen_by(one) for one in (dewi, siti, sari, joko)] == [1, 0, 2, 0]


def test_it_is_taken_back_from_his_sight_and_shown_again(
    job: Job, udin: Person, sari: Person, dewi: Person
) -> None:
    photo = testing.photo(job)

    photo.hide(by=sari)
    assert seen_by(dewi) == 0
    with pytest.raises(WrongState):
        photo.hide(by=udin)

    photo.show(by=udin)
    assert seen_by(dewi) == 1
    with pytest.raises(WrongState):
        photo.show(by=udin)
    assert [entry.step for entry in journal_of(photo)] == [
        "production.take_photo",
        "production.hide_photo",
        "production.show_photo",
    ]


def test_the_others_may_not(
    job: Job, stages: list[JobStage], dewi: Person, rina: Person, joko: Person
) -> None:
    photo = testing.photo(job)
    for person in (dewi, rina, joko):
        with pytest.raises(NotAllowed):
            StagePhoto.take(by=person, stage=stages[0], photo=testing.picture())
        with pytest.raises(NotAllowed):
            photo.hide(by=person)

    assert StagePhoto.objects.get().is_shown


def test_not_before_the_work_or_after_its_end(job: Job, udin: Person) -> None:
    job.cancel(by=udin, reason="batal")

    with pytest.raises(WrongState):
        testing.photo(job)

    assert not StagePhoto.objects.exists()
