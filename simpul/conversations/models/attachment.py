"""Files that came with what somebody said: pictures and PDF, opened by whoever may read the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _now

from simpul.lib import clock, uploads
from simpul.lib.uploads import Handed
from simpul.papers.models import Upload
from simpul.parties.models import Person
from simpul.workflow.steps import Refused

if TYPE_CHECKING:
    from simpul.conversations.models.message import Message

MOST_FILES = 6  # with one message
A_DAY = 60  # of one party: more is no talk any more
A_NAME = 80  # letters of a file's name
SMALL = 320  # pixels of the longest side, in the thread


class MessageFileQuerySet(models.QuerySet["MessageFile"]):
    def visible_to(self, person: Person) -> Self:
        ours = self.filter(message__workshop_id=person.workshop_id)
        if person.is_staff:
            return ours
        return ours.filter(message__conversation__party_id=person.party_id)

    def about(self, *subjects: models.Model) -> Self:
        """Those of the talk about a thing, or about several of one kind."""
        kind = ContentType.objects.get_for_model(subjects[0])
        talk = "message__conversation__subject"
        return self.filter(**{f"{talk}_type": kind, f"{talk}_id__in": [one.pk for one in subjects]})

    def taken(self) -> Self:
        return self.exclude(upload=None)

    def in_order(self) -> Self:
        return self.select_related("upload").order_by("position")


class MessageFile(models.Model):
    """A picture or PDF that came with a message."""

    message = models.ForeignKey(
        "conversations.Message", models.PROTECT, related_name="files", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=A_NAME, blank=True)
    upload = models.ForeignKey(  # none: the file was not taken
        Upload, models.PROTECT, null=True, related_name="+"
    )
    small = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")  # of a picture

    objects = MessageFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="message_file_once")
        ]

    def __str__(self) -> str:
        return self.name or f"{self.position}"

    @classmethod
    def keep(
        cls, message: Message, files: Sequence[Handed], refused: Sequence[str], *, by: Person
    ) -> None:
        """Keep the files of a message in their order, and the names of those that were not taken.

        Raises Refused where a party sends too many.
        """
        if by.party_id is not None and files:
            today = cls.objects.filter(
                message__conversation__party=by.party_id,
                message__by__party=by.party_id,
                message__at__gte=clock.begin_of(clock.today()),
            )
            if today.count() + len(files) > A_DAY:
                raise Refused(_now("That is a lot of files for one day: please telephone us."))
        for position, one in enumerate(files, start=1):
            upload = Upload.keep(one.file, by=by)
            small = (
                Upload.keep(uploads.smaller(one.file, SMALL), by=by) if upload.is_image else None
            )
            cls.objects.create(
                message=message,
                position=position,
                name=one.name[:A_NAME],
                upload=upload,
                small=small,
            )

        for position, name in enumerate(refused, start=len(files) + 1):
            cls.objects.create(message=message, position=position, name=name[:A_NAME])

    def picture(self, *, is_small: bool) -> Upload | None:
        """The file to give, if it was taken: the whole, or a small one of a picture."""
        return self.small if is_small and self.small else self.upload
