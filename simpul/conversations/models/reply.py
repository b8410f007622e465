"""Texts that the workshop says again and again."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Person, Workshop


class QuickReplyQuerySet(models.QuerySet["QuickReply"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()


class QuickReply(models.Model):
    """A saved text in both languages, with places for the name of the reader and the number."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=60)
    body = models.CharField(_("text in Indonesian"), max_length=1000)
    body_en = models.CharField(_("text in English"), max_length=1000, blank=True)

    objects = QuickReplyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def text(self, *, language: str, name: str, number: str) -> str:
        """Return the text for a reader: `{name}` and `{number}`, or `{nama}` and `{nomor}`, filled in."""
        text = self.body_en if language == "en" and self.body_en else self.body
        for gap, words in (("name", name), ("nama", name), ("number", number), ("nomor", number)):
            text = text.replace(f"{{{gap}}}", words)
        return text
