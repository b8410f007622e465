"""Photos of the work in the demonstration: the model's own drawing stands for the picture."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.core.files.base import ContentFile

from simpul.catalog import models as catalog
from simpul.lib import clock, uploads
from simpul.production.models import JobStage, StagePhoto

if TYPE_CHECKING:
    from simpul.demo.history import Story

DRAWINGS = Path(catalog.__file__).parent / "static" / "catalog" / "drawings"
LATELY = 10  # days: older work has no photos, a telephone takes them since then
WORDS = {3: "Sol sudah rekat, tinggal finishing.", 4: "Sudah bersih, siap dikemas."}


def take(story: Story, stage: JobStage) -> None:
    """Let the foreman take a photo at the later stages of every second job of the last days."""
    job = stage.job
    is_late_on = stage.position > 2
    if (story.now - clock.now()).days < LATELY and is_late_on and job.pk % 2:
        words = WORDS.get(stage.position, "")
        photo = of_drawing(job.line.colourway.drawing)
        StagePhoto.take(by=story.cast.staff["udin"], stage=stage, photo=photo, words=words)


def wish(drawing: str) -> uploads.Handed:
    """A photo that a buyer sends of a shoe like the one that is meant."""
    return uploads.Handed("sepatu.jpg", of_drawing(drawing))


@functools.cache
def of_drawing(drawing: str) -> uploads.Admitted:
    """Return a photo of a model, as somebody hands it in."""
    page = (
        "#set page(width: 800pt, height: 600pt, margin: 0pt)\n"
        f'#image("{drawing or "placeholder"}.svg", width: 100%, height: 100%, fit: "cover")'
    )
    content: Any = typst.Compiler(page.encode(), root=DRAWINGS).compile(format="png", ppi=72.0)
    return uploads.admit(ContentFile(content), uploads.PHOTO)
