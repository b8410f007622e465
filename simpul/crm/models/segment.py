"""Some of the customers: by conditions that are asked anew each time, or chosen one by one."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.parties.models import Party, Person, Workshop

BY_MARGIN = ("left_least", "left_most")  # conditions that tell what is earned with somebody


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, person: Person) -> Self:
        """For the workshop's own people; what tells of margins for who sees the books."""
        if not person.is_staff:
            return self.none()
        ours = self.filter(workshop_id=person.workshop_id)
        if person.may("insight.see_books", person.workshop):
            return ours
        return ours.without_margins()

    def without_margins(self) -> Self:
        return self.exclude(conditions__has_any_keys=list(BY_MARGIN))

    def kept(self) -> Self:
        return self.filter(dropped_at=None)


class Segment(models.Model):
    """`conditions` are plain values by name (`crm/segmenting.py`); a list has members instead."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    conditions = models.JSONField(default=dict, editable=False)
    is_list = models.BooleanField(default=False, editable=False)
    members = models.ManyToManyField(
        Party, related_name="+", through="SegmentMember", editable=False
    )
    dropped_at = models.DateTimeField(null=True, editable=False)  # past campaigns keep it

    objects = SegmentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def drop(self) -> None:
        """Offer it no more; what was sent to it stays as it was."""
        self.dropped_at = clock.now()
        self.save(update_fields=["dropped_at"])


class SegmentMember(models.Model):
    """Somebody who was chosen for a list."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "party"], name="segment_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} of {self.segment_id}"
