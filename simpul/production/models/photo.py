"""Photos of the work at a stage, of which the buyer sees those that are meant for him."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext as _now

from simpul.lib import clock, uploads
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Person
from simpul.production.models.job import JobStage, Status
from simpul.workflow.steps import WrongState, creation, step

SMALL = 480  # pixels of the longest side, where many photos stand beside each other


class StagePhotoQuerySet(models.QuerySet["StagePhoto"]):
    def visible_to(self, person: Person) -> Self:
        """The workshop's people see all; a buyer sees of his own orders what is shown to him."""
        ours = self.filter(stage__job__workshop=person.workshop_id)
        if person.is_staff:
            return ours
        return ours.filter(stage__job__line__order__buyer=person.party_id, is_shown=True)

    def of(self, order: Order) -> Self:
        return self.filter(stage__job__line__order=order)

    def for_list(self) -> Self:
        """Load what a strip of photos shows, the latest first."""
        return self.select_related("stage", "by").order_by("-pk")


class StagePhoto(models.Model):
    """A fact: this is how the work looked at a stage of a job."""

    stage = models.ForeignKey(JobStage, models.PROTECT, related_name="photos")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    small = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    words = models.CharField(max_length=120, blank=True)
    is_shown = models.BooleanField(default=True, editable=False)  # to the buyer
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = StagePhotoQuerySet.as_manager()

    def __str__(self) -> str:
        return f"photo {self.pk} at {self.stage_id}"

    # Steps

    @classmethod
    @creation("production.take_photo", private=("words",))
    def take(
        cls,
        *,
        by: Person,
        stage: JobStage,
        photo: uploads.Admitted,
        words: str = "",
        is_shown: bool = True,
    ) -> StagePhoto:
        """Keep a photo of the work at a stage, with a line of words, for the buyer to see or not."""
        if stage.job.status in (Status.PLANNED, Status.CANCELLED):
            raise WrongState(_now("There is nothing to see yet: this job is not in work."))
        return cls.objects.create(
            stage=stage,
            upload=Upload.keep(photo, by=by),
            small=Upload.keep(uploads.smaller(photo, SMALL), by=by),
            words=words,
            is_shown=is_shown,
            by=by,
        )

    @step("production.hide_photo")
    def hide(self, *, by: Person) -> None:
        """Take it back from the buyer's sight."""
        if not self.is_shown:
            raise WrongState(_now("The buyer does not see this photo."))
        self.is_shown = False

    @step("production.show_photo")
    def show(self, *, by: Person) -> None:
        """Let the buyer see it."""
        if self.is_shown:
            raise WrongState(_now("The buyer sees this photo already."))
        self.is_shown = True

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.stage.job.workshop_id

    def picture(self, *, is_small: bool) -> Upload:
        """The file to show, the whole or the small one."""
        return self.small if is_small else self.upload
