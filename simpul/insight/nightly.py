"""What is reckoned once a night for a whole workshop, and kept until the next one."""

from __future__ import annotations

from django.db import models

from simpul.lib import clock
from simpul.parties.models import Workshop


def is_of_yesterday(kept: type[models.Model], facts: type[models.Model], of: Workshop) -> bool:
    """Whether there are facts to reckon with, and what is kept of them is not of today (`as_of`)."""
    is_told = kept._default_manager.filter(workshop=of, as_of=clock.today()).exists()
    return not is_told and facts._default_manager.filter(workshop=of).exists()
