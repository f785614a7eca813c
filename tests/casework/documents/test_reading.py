"""What a file is, its content says: pictures come out upright and bare, what cannot be read is
refused in words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from casework.documents import reader
from casework.documents.errors import DocumentRefused
from casework.documents.reading import pdfs, pictures
from casework.documents.reading.refused import Refused
from tests.support.papers import DATA, pdf, photo
from vocabulary.documents import MOST_PAGES, MOST_PIXELS, FileKind, FileRefusal


def read(content: bytes) -> tuple[reader.FileRead, bytes, bytes]:
    with reader.reading([content[:100], content[100:]]) as found:
        return found, b"".join(found.content()), b"".join(found.thumbnail())


def corner(content: bytes, place: str) -> tuple[int, ...]:
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    at = {"left": (3, 3), "right": (picture.width - 4, 3)}[place]
    colour = picture.getpixel(at)
    assert isinstance(colour, tuple)
    return colour


@pytest.mark.parametrize("heic", [False, True])
def test_a_telephones_photo_is_turned_upright_and_loses_what_the_camera_wrote(heic: bool) -> None:
    content = (DATA / "lease.heic").read_bytes() if heic else photo()
    assert b"Fictional" in content
    found, stored, thumbnail = read(content)
    assert (found.kind, found.size) == (FileKind.JPEG, len(stored))
    assert (found.width, found.height) == ((64, 96) if heic else (40, 60))
    red, green, _ = corner(stored, "right")
    assert (red > 150, green < 100) == (True, True)
    for kept in (stored, thumbnail):
        assert b"Exif" not in kept
        assert b"Fictional" not in kept
        assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_screenshot_stays_a_png_and_a_transparent_one_gets_white_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    made = pictures.read(out.getvalue())
    assert made.kind is FileKind.PNG
    assert corner(made.content, "left") == (255, 255, 255)


def test_what_hangs_behind_a_picture_is_left_behind() -> None:
    made = pictures.read(photo() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in made.content


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04" + bytes(100),
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\n%PDF-1.4 not at the beginning",
        b"MZ" + bytes(200),
    ],
)
def test_whatever_it_is_called_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(content)
    assert refused.value.why is FileRefusal.KIND


def _bomb() -> bytes:
    """A PNG of 40,000 × 40,000 pixels in some kilobytes."""

    def part(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))
        )

    head = struct.pack("!IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(5001) * 400, 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def test_a_picture_that_unpacks_into_too_much_is_refused_by_its_head() -> None:
    assert MOST_PIXELS < 40_000 * 40_000
    with pytest.raises(DocumentRefused) as refused:
        read(_bomb())
    assert refused.value.why is FileRefusal.PIXELS


@pytest.mark.parametrize("content", [photo()[:200], b"\xff\xd8\xff" + bytes(300), pdf()[:-60]])
def test_what_is_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(content)
    assert refused.value.why is FileRefusal.BROKEN


def test_an_empty_file_and_one_that_kills_its_reader_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(b"")
    assert refused.value.why is FileRefusal.EMPTY
    endless = (
        "import sys, json; sys.stdin.buffer.read(); print(json.dumps("
        "{'kind': 'image/png', 'bytes': 10 ** 12, 'thumbnail': 0, 'sha256': ''}))"
    )
    for program in ("import os; os.kill(os.getpid(), 11)", endless):
        monkeypatch.setattr(reader, "_PROGRAM", program)
        with pytest.raises(DocumentRefused) as refused, reader.reading([photo()]):
            pass
        assert refused.value.why is FileRefusal.BROKEN


@pytest.mark.parametrize("revision", ["r2", "r3", "r4", "r6"])
def test_a_pdf_that_only_forbids_printing_is_taken_and_a_locked_one_is_not(revision: str) -> None:
    assert pdfs.read(pdf(f"no-printing-{revision}")) is None
    with pytest.raises(Refused) as refused:
        pdfs.read(pdf(f"locked-{revision}"))
    assert refused.value.why is FileRefusal.LOCKED


@pytest.mark.parametrize("name", ["two-pages", "packed"])
def test_a_pdf_is_kept_as_it_came_and_its_pages_are_counted(name: str) -> None:
    found, stored, thumbnail = read(pdf(name))
    assert (found.kind, found.pages, stored, thumbnail) == (FileKind.PDF, 2, pdf(name), b"")


def test_a_pdf_with_too_many_pages_or_another_file_behind_it_is_refused() -> None:
    many = pdf().replace(b"\n", b"\n" + b"%/Type /Page \n" * MOST_PAGES, 1)
    start = many.rindex(b"xref\n", 0, many.rindex(b"startxref"))
    head, _, _ = many.rpartition(b"startxref")
    with pytest.raises(Refused) as refused:
        pdfs.read(head + b"startxref\n%d\n%%%%EOF\n" % start)
    assert refused.value.why is FileRefusal.PAGES
    with pytest.raises(Refused) as refused:
        pdfs.read(pdf() + b"PK\x03\x04" * 400)
    assert refused.value.why is FileRefusal.BROKEN


def test_the_reader_has_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-decoders")
    program = (
        "import os, json, sys; sys.stdin.buffer.read();"
        " print(json.dumps({'kind': 'image/png', 'bytes': 0, 'thumbnail': 0,"
        " 'sha256': str(sorted(os.environ))}))"
    )
    monkeypatch.setattr(reader, "_PROGRAM", program)
    with reader.reading([b"x"]) as found:
        assert "SECRET" not in found.digest
