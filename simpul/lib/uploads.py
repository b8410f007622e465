"""The upload door: what people hand in is judged by its bytes, re-encoded and stored by its hash.

The order of checks: a limit while reading, the kind by its bytes, pixels before decoding, a new
encoding (which drops metadata), a place outside the web root, on the disk before the row commits.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import tempfile
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MEGABYTE = 1_000_000
IMAGE_LIMIT = 15 * MEGABYTE
FILE_LIMIT = 10 * MEGABYTE
STATEMENT_LIMIT = 40 * MEGABYTE  # a hundred thousand entries of BRI's widest export are 25 MB
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_600
JPEG_QUALITY = 85

PHOTO = frozenset({"image"})
PROOF = frozenset({"image", "pdf"})
STATEMENT = frozenset({"text", "xml", "workbook"})
LIST = frozenset({"text", "workbook"})

MOST_MEMBERS = 200  # of a workbook, which is a zip
MOST_UNPACKED = 200 * MEGABYTE
WORKBOOK_NAMES = re.compile(r"(?:\[Content_Types\]\.xml|(?:_rels|docProps|xl|customXml)/[\w./ -]+)")

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")

# What Pillow raises on hostile bytes besides its own errors (which are OSErrors).
_DAMAGED = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError),
    *(struct.error, zlib.error, MemoryError),
)

_one_picture_at_a_time = threading.Lock()

# For the whole process, because a filter set around each decode is not safe between threads.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


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


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that passed the door, under the name it had; `name` says nothing of what it is."""

    name: str
    file: Admitted


def admit(file: Incoming, kinds: frozenset[str]) -> Admitted:
    """Read and judge a file. Raises Refusal with a sentence that says what to do."""
    content = _read(file, _limit(kinds))
    if not content:
        raise Refusal(_("The file is empty: choose another one."))
    if "image" in kinds and _looks_like_an_image(content):
        return _image(content)
    if "pdf" in kinds and content.startswith(b"%PDF-"):
        return _pdf(content)
    if "workbook" in kinds and content.startswith(b"PK\3\4"):
        return _workbook(content)
    if "xml" in kinds and _looks_like_xml(content):
        return _admitted(content, "application/xml", "xml")
    if "text" in kinds and _looks_like_text(content):
        return _admitted(content, "text/csv", "csv")
    if "pdf" in kinds:
        raise Refusal(_("Only photos (JPEG, PNG, WebP) and PDF files can be handed in."))
    if "image" in kinds:
        raise Refusal(_("Only photos (JPEG, PNG, WebP) can be handed in."))
    if "xml" not in kinds:
        raise Refusal(_("Only CSV, XLSX and vCard files can be handed in."))
    raise Refusal(_("Only text files (CSV, MT940), XLSX and camt.053 can be handed in."))


def letter(content: bytes) -> Admitted:
    """Keep a mail as it came, which whoever reads it has measured; it is only ever downloaded."""
    return _admitted(content, "message/rfc822", "eml")


def longest_side(admitted: Admitted) -> int:
    """Return how large a picture is, in pixels; nothing for what is no picture."""
    if not admitted.kind.startswith("image/"):
        return 0
    with Image.open(io.BytesIO(admitted.content), formats=IMAGE_FORMATS) as image:
        return max(image.size)


def smaller(admitted: Admitted, longest: int) -> Admitted:
    """Return an admitted picture with no side longer than so many pixels."""
    with (
        _one_picture_at_a_time,
        Image.open(io.BytesIO(admitted.content), formats=IMAGE_FORMATS) as image,
    ):
        return _admitted(_shown(image, longest), "image/jpeg", "jpg")


def store(admitted: Admitted, root: Path) -> str:
    """Write the file under its hash and return its path below `root`; the same file only once.

    When it returns, the file and its folder are on the disk: the row may commit.
    """
    relative = f"{admitted.sha256[:2]}/{admitted.sha256}.{admitted.suffix}"
    path = root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write(path, admitted.content)
    for folder in (path.parent, root):  # also for a file whose first writer is not done yet
        _sync_folder(folder)
    return relative


def _read(file: Incoming, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in file.chunks():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        parts.append(chunk)
    return b"".join(parts)


def _limit(kinds: frozenset[str]) -> int:
    if "image" in kinds:
        return IMAGE_LIMIT
    return STATEMENT_LIMIT if "text" in kinds else FILE_LIMIT


def _too_large(limit: int) -> Refusal:
    return Refusal(_("The file is larger than %(limit)s MB.") % {"limit": limit // MEGABYTE})


def _looks_like_an_image(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )


def _looks_like_text(content: bytes) -> bool:
    """Tell text from programs, pictures, archives (control characters) and from markup."""
    opening = _opening(content).lower()
    return not opening.startswith(("<", "%pdf-")) and not _has_control_characters(content)


def _looks_like_xml(content: bytes) -> bool:
    """Tell data in XML from pages (HTML, SVG) and from what declares entities."""
    opening = _opening(content)
    names = re.findall(r"<(?![?!])(?:\w+:)?(\w+)", opening)
    is_data = opening.startswith("<") and names[:1] == ["Document"] and "<!" not in opening
    return is_data and not _has_control_characters(content)


def _opening(content: bytes) -> str:
    """Return the first characters, as far as they can be read at all."""
    start = content[:2_000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", errors="ignore").lstrip()
    return start.decode("latin-1").removeprefix("\xef\xbb\xbf").lstrip()


def _has_control_characters(content: bytes) -> bool:
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return re.search(rb"[\0-\x08\x0e-\x1f]", content) is not None
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError:
        return True
    return re.search(r"[\0-\x08\x0e-\x1f]", text) is not None


def _workbook(content: bytes) -> Admitted:
    """Look at the list of what is packed, before anything of it is unpacked."""
    other = Refusal(_("Only text files (CSV, MT940), XLSX and camt.053 can be handed in."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, *_DAMAGED) as error:
        raise other from error
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names or any(member.flag_bits & 0x1 for member in members):
        raise other
    if len(set(names)) != len(names) or not all(map(_belongs_to_a_workbook, names)):
        raise Refusal(_("This workbook has parts (such as macros) that no statement has."))
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise Refusal(_("This workbook is too large once it is unpacked."))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _admitted(content, kind, "xlsx")


def _belongs_to_a_workbook(name: str) -> bool:
    is_plain = WORKBOOK_NAMES.fullmatch(name) and ".." not in name
    return bool(is_plain) and not re.search("vba|macro|activex|embeddings", name, re.IGNORECASE)


def _pdf(content: bytes) -> Admitted:
    if len(content) > FILE_LIMIT:
        raise _too_large(FILE_LIMIT)
    ending = content[-2048:]
    if b"startxref" not in ending or b"%%EOF" not in ending:
        raise Refusal(_("This PDF is damaged: save it again and hand in the new one."))
    return _admitted(content, "application/pdf", "pdf")


def _image(content: bytes) -> Admitted:
    try:
        with (
            _one_picture_at_a_time,
            Image.open(io.BytesIO(content), formats=IMAGE_FORMATS) as image,
        ):
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            picture = _shown(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal(_("This picture has too many pixels: take it smaller.")) from error
    except _DAMAGED as error:
        raise Refusal(_("This picture is damaged: take it again.")) from error
    return _admitted(picture, "image/jpeg", "jpg")


def _shown(image: Image.Image, longest: int = LONGEST_SIDE) -> bytes:
    """Decode, shrink, turn upright, lay on white and encode anew as JPEG, without any metadata."""
    image.draft("RGB", (longest, longest))
    image.thumbnail((longest, longest))
    picture = ImageOps.exif_transpose(image)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    clean = picture.convert("RGB")
    clean.info.clear()
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _admitted(content: bytes, kind: str, suffix: str) -> Admitted:
    return Admitted(content, kind, suffix, hashlib.sha256(content).hexdigest())


def _write(path: Path, content: bytes) -> None:
    """Write a draft beside it and rename: a reader sees the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            os.replace(draft.name, path)
        except BaseException:
            os.unlink(draft.name)
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
