"""What the shop window tells of the workshop itself: how punctual it is, and pictures of its work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Person, Workshop
from simpul.production.models import StagePhoto
from simpul.workflow.steps import WrongState, creation, step


class ShowcaseRules(models.Model):
    """From how many orders on it is said how many came on time, and over how many days."""

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, related_name="showcase_rules", editable=False
    )
    fewest = models.PositiveSmallIntegerField(
        _("orders from which on it is said how many came on time"), default=20
    )
    days = models.PositiveSmallIntegerField(_("days that are looked at"), default=365)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fewest__gt=0, days__gt=0), name="showcase_rules_can_be_kept"
            )
        ]

    def __str__(self) -> str:
        return f"rules of what {self.workshop_id} shows"

    @classmethod
    def of(cls, workshop: Workshop) -> ShowcaseRules:
        """Return the workshop's own rules, or the usual ones."""
        return cls.objects.filter(workshop=workshop).first() or cls(workshop=workshop)

    @property
    def looks_from(self) -> date:
        return clock.today() - timedelta(days=self.days)


class ShownPictureQuerySet(models.QuerySet["ShownPicture"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.standing()

    def standing(self) -> Self:
        """Those that everybody sees, the newest first."""
        return self.filter(taken_off_at=None).order_by("-pk")


class ShownPicture(models.Model):
    """A photo of the work that the owner shows to everybody: of the goods, never of a face."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    photo = models.ForeignKey(StagePhoto, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    taken_off_at = models.DateTimeField(null=True, editable=False)

    objects = ShownPictureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["photo"], condition=Q(taken_off_at=None), name="picture_shown_once"
            )
        ]

    def __str__(self) -> str:
        return f"picture {self.photo_id}"

    # Steps

    @classmethod
    @creation("crm.show_picture")
    def show(cls, *, by: Person, photo: StagePhoto) -> ShownPicture:
        """Show it to everybody. Raises WrongState where it is shown already."""
        StagePhoto.objects.select_for_update(of=("self",), no_key=True).get(pk=photo.pk)
        if cls.objects.standing().filter(photo=photo).exists():
            raise WrongState(_now("Everybody sees this picture already."))
        return cls.objects.create(workshop_id=photo.workshop_id, photo=photo)

    @step("crm.take_picture_off")
    def take_off(self, *, by: Person) -> None:
        """Show it no more."""
        if self.taken_off_at is not None:
            raise WrongState(_now("This picture is not shown."))
        self.taken_off_at = clock.now()
