"""The upload door: what people hand in is judged by its bytes, re-encoded and stored by its hash.

Threats and order of checks: limit while reading, decide by bytes, allowlist, pixel cap, re-encode
(which drops metadata), store outside the web root, file and folder on disk before the row commits.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MEGABYTE = 1_000_000
IMAGE_LIMIT = 15 * MEGABYTE
FILE_LIMIT = 10 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_600
JPEG_QUALITY = 85

PHOTO = frozenset({"image"})
PROOF = frozenset({"image", "pdf"})
STATEMENT = frozenset({"text"})


class Refusal(ValueError):
    """The file is not taken; the message is a sentence for whoever handed it in."""


class Incoming(Protocol):
    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file that passed the door."""

    content: bytes
    kind: str  # media type
    suffix: str
    sha256: str

    @property
    def size(self) -> int:
        return len(self.content)


def admit(file: Incoming, kinds: frozenset[str]) -> Admitted:
    """Read and judge a file. Raises Refusal with a sentence that says what to do."""
    limit = IMAGE_LIMIT if "image" in kinds else FILE_LIMIT
    content = _read(file, limit)
    if not content:
        raise Refusal(_("The file is empty: choose another one."))
    if "image" in kinds and _looks_like_an_image(content):
        return _image(content)
    if "pdf" in kinds and content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:] or len(content) > FILE_LIMIT:
            raise Refusal(_("This PDF is damaged or too large."))
        return _admitted(content, "application/pdf", "pdf")
    if "text" in kinds and _looks_like_text(content):
        return _admitted(content, "text/csv", "csv")
    if "pdf" in kinds:
        raise Refusal(_("Only photos (JPEG, PNG, WebP) and PDF files can be handed in."))
    if "image" in kinds:
        raise Refusal(_("Only photos (JPEG, PNG, WebP) can be handed in."))
    raise Refusal(_("Only text files (CSV) can be handed in."))


def store(admitted: Admitted, root: Path) -> str:
    """Write the file under its hash and return its path below `root`; the same file only once."""
    relative = f"{admitted.sha256[:2]}/{admitted.sha256}.{admitted.suffix}"
    path = root / relative
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            file.write(admitted.content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return relative


def _read(file: Incoming, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in file.chunks():
        size += len(chunk)
        if size > limit:
            raise Refusal(_("The file is larger than %(limit)s MB.") % {"limit": limit // MEGABYTE})
        parts.append(chunk)
    return b"".join(parts)


def _looks_like_an_image(content: bytes) -> bool:
    return (
        content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or content[:4] == b"RIFF"
        and content[8:12] == b"WEBP"
    )


def _looks_like_text(content: bytes) -> bool:
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in content


def _image(content: bytes) -> Admitted:
    """Decode, turn upright, shrink and encode anew as JPEG, without any metadata."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Refusal(_("This picture has too many pixels: take it smaller."))
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                buffer = io.BytesIO()
                upright.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise Refusal(_("This picture is damaged: take it again.")) from error
    return _admitted(buffer.getvalue(), "image/jpeg", "jpg")


def _admitted(content: bytes, kind: str, suffix: str) -> Admitted:
    return Admitted(content, kind, suffix, hashlib.sha256(content).hexdigest())
