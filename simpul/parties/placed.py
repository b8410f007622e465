"""What stands somewhere on the map."""

from __future__ import annotations

from django.db import models

from simpul.lib.places import Spot


class Placed(models.Model):
    """Has a spot on the map, if somebody said so."""

    latitude = models.IntegerField(null=True, editable=False)  # millionths of a degree
    longitude = models.IntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def spot(self) -> Spot | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Spot(self.latitude, self.longitude)

    @spot.setter
    def spot(self, spot: Spot | None) -> None:
        self.latitude, self.longitude = spot or (None, None)
