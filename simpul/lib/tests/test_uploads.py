import contextlib
import hashlib
import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from simpul.lib import uploads
from simpul.lib.uploads import PHOTO, PROOF, STATEMENT, Admitted, Refusal

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>"
    b"endobj\ntrailer<</Root 1 0 R>>\nstartxref\n104\n%%EOF\n"
)
CSV = b"Tanggal,Keterangan,Jumlah\r\n02/11/2026,DP,5840217.00\r\n"


def hand_in(content: bytes, kinds: frozenset[str] = PROOF, name: str = "bukti.jpg") -> Admitted:
    return uploads.admit(SimpleUploadedFile(name, content), kinds)


def picture(
    size: tuple[int, int] = (80, 40), form: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "brown" if mode != "L" else 90).save(buffer, form, **options)
    return buffer.getvalue()


def shown(admitted: Admitted) -> Image.Image:
    return Image.open(io.BytesIO(admitted.content))


def png_header(width: int, height: int) -> bytes:
    """A small PNG that claims to be huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


# Pictures


def test_a_smaller_one_of_a_picture() -> None:
    whole = hand_in(picture((1_200, 900)))

    small = uploads.smaller(whole, 480)

    assert shown(small).size == (480, 360)
    assert (small.kind, small.suffix) == ("image/jpeg", "jpg")
    assert small.sha256 == hashlib.sha256(small.content).hexdigest() != whole.sha256
    assert shown(uploads.smaller(hand_in(picture((80, 40))), 480)).size == (80, 40)  # not larger


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg(form: str) -> None:
    admitted = hand_in(picture(form=form))

    assert (admitted.kind, admitted.suffix) == ("image/jpeg", "jpg")
    assert admitted.sha256 == hashlib.sha256(admitted.content).hexdigest()
    assert admitted.size == len(admitted.content)
    assert (shown(admitted).format, shown(admitted).size) == ("JPEG", (80, 40))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_shown(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (9, 9)).save(buffer, "PNG")
    assert shown(hand_in(buffer.getvalue())).mode == "RGB"


def test_a_jpeg_for_print_can_be_shown() -> None:
    buffer = io.BytesIO()
    Image.new("CMYK", (9, 9)).save(buffer, "JPEG")
    assert shown(hand_in(buffer.getvalue())).mode == "RGB"


def test_what_is_transparent_lies_on_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(buffer, "PNG")
    assert shown(hand_in(buffer.getvalue())).getpixel((4, 4)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller() -> None:
    assert shown(hand_in(picture((4_000, 1_000)))).size == (1_600, 400)


def test_it_stands_upright_and_tells_nothing_of_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "a telephone"
    exif.get_ifd(0x8825)[1] = "S"  # GPS
    original = picture((80, 40), exif=exif, comment=b"rumah saya")

    admitted = hand_in(original)

    assert b"a telephone" in original
    assert shown(admitted).size == (40, 80)
    assert not shown(admitted).getexif()
    for private in (b"Exif", b"a telephone", b"rumah saya"):
        assert private not in admitted.content


def test_what_hides_behind_a_picture_is_gone() -> None:
    admitted = hand_in(picture() + b"<script>alert(1)</script>")
    assert b"script" not in admitted.content


@pytest.mark.parametrize("side", [7_100, 9_600, 60_000])  # over 50, over 89 (Pillow's), huge
def test_a_bomb_does_not_go_off(side: int) -> None:
    bomb = png_header(side, side)
    assert len(bomb) < 1_000
    with pytest.raises(Refusal, match="too many pixels"):
        hand_in(bomb)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(form: str) -> None:
    noisy = Image.effect_noise((200, 200), 90)
    buffer = io.BytesIO()
    noisy.save(buffer, form)
    with pytest.raises(Refusal, match="damaged"):
        hand_in(buffer.getvalue()[: buffer.tell() // 2])


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of corrupt EXIF
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_bytes_are_refused_or_admitted_but_nothing_else(form: str) -> None:
    dice = random.Random(5)
    exif = Image.Exif()
    exif[0x0112] = 6
    good = picture(form=form, exif=exif)
    for _time in range(300):
        bad = bytearray(good)
        for _byte in range(dice.randint(1, 6)):
            bad[dice.randrange(12, len(bad))] = dice.randrange(256)
        with contextlib.suppress(Refusal):
            hand_in(bytes(bad))


# Other kinds


def test_a_pdf_is_kept_as_it_is() -> None:
    admitted = hand_in(PDF)
    assert (admitted.kind, admitted.suffix, admitted.content) == ("application/pdf", "pdf", PDF)


def test_half_a_pdf_is_refused() -> None:
    with pytest.raises(Refusal, match="damaged"):
        hand_in(PDF[:90])


def test_a_large_pdf_is_refused_where_a_photo_of_that_size_is_not() -> None:
    with pytest.raises(Refusal, match="10 MB"):
        hand_in(PDF[:-6] + b"\n" * uploads.FILE_LIMIT + PDF[-30:])


@pytest.mark.parametrize(
    "content",
    [CSV, b"\xef\xbb\xbf" + CSV, "Kayu é".encode("cp1252"), CSV.decode().encode("utf-16")],
)
def test_text_is_kept_as_it_is(content: bytes) -> None:
    admitted = hand_in(content, STATEMENT, "mutasi.csv")
    assert (admitted.kind, admitted.suffix, admitted.content) == ("text/csv", "csv", content)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"


@pytest.mark.parametrize("kinds", [PHOTO, PROOF, STATEMENT])
@pytest.mark.parametrize(
    "content",
    [SVG, b"\n  " + HTML, b"\xef\xbb\xbf" + HTML, GIF, ZIP, b"MZ\x90\x00", b"RIFF\0\0\0\0WAVEfmt "],
)
def test_nothing_else_comes_in_under_any_name(content: bytes, kinds: frozenset[str]) -> None:
    for name in ("bukti.jpg", "bukti.pdf", "mutasi.csv"):
        with pytest.raises(Refusal, match=r"^Only "):
            hand_in(content, kinds, name)


def test_each_door_takes_only_its_own_kinds() -> None:
    for content, kinds in ((PDF, PHOTO), (CSV, PHOTO), (CSV, PROOF)):
        with pytest.raises(Refusal, match="Only photos"):
            hand_in(content, kinds)
    for content in (PDF, picture(), HTML.decode().encode("utf-16"), b"\xff\xfea"):
        with pytest.raises(Refusal, match="Only text"):
            hand_in(content, STATEMENT)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refusal, match="empty"):
        hand_in(b"")


def test_reading_stops_at_the_limit() -> None:
    class Endless:
        read = 0

        def chunks(self) -> Iterator[bytes]:
            while True:
                self.read += 1
                yield b"\xff\xd8\xff" * 350_000

    endless = Endless()
    with pytest.raises(Refusal, match="15 MB"):
        uploads.admit(endless, PROOF)
    assert endless.read == 15


# Storing


def test_a_file_is_stored_under_its_hash(tmp_path: Path) -> None:
    admitted = hand_in(PDF)

    relative = uploads.store(admitted, tmp_path / "uploads")

    assert relative == f"{admitted.sha256[:2]}/{admitted.sha256}.pdf"
    assert (tmp_path / "uploads" / relative).read_bytes() == PDF


def test_the_same_file_is_stored_once(tmp_path: Path) -> None:
    admitted = hand_in(PDF)
    first = uploads.store(admitted, tmp_path)
    written = (tmp_path / first).stat().st_mtime_ns

    assert uploads.store(admitted, tmp_path) == first
    assert (tmp_path / first).stat().st_mtime_ns == written
    assert len(list(tmp_path.rglob("*.*"))) == 1


def test_file_and_folders_are_on_the_disk_before_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    relative = uploads.store(hand_in(PDF), tmp_path)

    draft, folder, root = synced
    assert draft.endswith(".part")
    assert (folder, root) == (str((tmp_path / relative).parent), str(tmp_path))


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        uploads.store(hand_in(PDF), tmp_path)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# Bank files that are no text


def workbook(**members: bytes) -> bytes:
    """A zip with these members beside those that every workbook has."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_workbook_is_kept_as_it_is() -> None:
    content = workbook(**{"xl/worksheets/sheet1.xml": b"<x/>", "xl/printerSettings/p1.bin": b"p"})

    admitted = hand_in(content, STATEMENT, "mutasi.xlsx")

    assert (admitted.suffix, admitted.content) == ("xlsx", content)


def test_a_bomb_is_seen_before_it_is_unpacked() -> None:
    bomb = workbook(**{"xl/worksheets/sheet1.xml": bytes(uploads.MOST_UNPACKED + 1)})
    assert len(bomb) < uploads.MEGABYTE

    with pytest.raises(Refusal, match="too large once"):
        hand_in(bomb, STATEMENT)


def test_a_workbook_of_very_many_parts_is_refused() -> None:
    parts = {f"xl/worksheets/sheet{n}.xml": b"" for n in range(uploads.MOST_MEMBERS)}

    with pytest.raises(Refusal, match="too large once"):
        hand_in(workbook(**parts), STATEMENT)


@pytest.mark.parametrize(
    "name",
    ["../xl/a.xml", "/xl/a.xml", "xl/../../a.xml", "xl/vbaProject.bin", "a.exe", "xl\\a.xml"],
)
def test_a_workbook_with_other_parts_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="parts"):
        hand_in(workbook(**{name: b"x"}), STATEMENT)


@pytest.mark.parametrize("content", [b"PK\3\4", b"PK\3\4" + bytes(99), workbook()[:-9]])
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="Only text"):
        hand_in(content, STATEMENT)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")

    with pytest.raises(Refusal, match="Only text"):
        hand_in(buffer.getvalue(), STATEMENT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_data_in_xml_is_kept_as_it_is(encoding: str) -> None:
    content = '<?xml version="1.0"?>\n<p:Document xmlns:p="urn:x"/>'.encode(encoding)
    assert hand_in(content, STATEMENT, "mutasi.xml").suffix == "xml"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>1</script></html>",
        b"<svg/>",
        b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "b">]><Document/>',
        b'<?xml version="1.0"?><svg><Document/></svg>',
    ],
)
def test_pages_pictures_and_entities_are_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="Only text"):
        hand_in(content, STATEMENT)


def test_a_statement_may_be_larger_than_a_proof() -> None:
    large = b"1\n" * (uploads.FILE_LIMIT // 2 + 1)

    assert hand_in(large, STATEMENT).size == len(large)
    with pytest.raises(Refusal, match="40 MB"):
        hand_in(b"1\n" * (uploads.STATEMENT_LIMIT // 2 + 1), STATEMENT)
