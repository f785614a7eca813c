"""Pictures: turned upright, encoded anew without what a camera wrote beside the picture."""

from __future__ import annotations

import io
import warnings
from typing import Final, NamedTuple

import pi_heif
from PIL import Image, ImageOps

from casework.documents.reading.refused import Refused
from vocabulary.documents import MOST_BYTES, MOST_PIXELS, FileKind, FileRefusal

LONGEST_SIDE: Final = 5000
"""Pixels of what is stored: a page of A4 at 430 dpi."""
THUMBNAIL: Final = 360
_QUALITY: Final = 88
_FORMATS: Final = ("JPEG", "PNG", "HEIF")
_PAPER: Final = (255, 255, 255)


class Picture(NamedTuple):
    """A picture as it is stored, and its thumbnail (JPEG)."""

    kind: FileKind
    content: bytes
    thumbnail: bytes
    width: int
    height: int


def is_picture(head: bytes) -> bool:
    """Whether the first bytes are those of a picture that is taken."""
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        head[4:8] == b"ftyp" and head[8:12] in _BRANDS
    )


_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"})


def read(content: bytes) -> Picture:
    """Raises Refused (too many pixels, broken)."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            made = _made(opened, is_png=opened.format == "PNG") if _is_small(opened) else None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused(FileRefusal.PIXELS) from None
    except Exception:  # noqa: BLE001 -- decoders raise whatever they like
        raise Refused(FileRefusal.BROKEN) from None
    if made is None:
        raise Refused(FileRefusal.PIXELS)
    return made


def _is_small(opened: Image.Image) -> bool:
    """By what the head says, before anything is unpacked."""
    return opened.width * opened.height <= MOST_PIXELS


def _made(opened: Image.Image, *, is_png: bool) -> Picture:
    # JPEG is read smaller at once where it is far larger than what is stored.
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.load()
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = _plain(ImageOps.exif_transpose(opened))
    kind = FileKind.PNG if is_png else FileKind.JPEG
    stored = _encoded(upright, kind)
    if len(stored) > MOST_BYTES:
        kind, stored = FileKind.JPEG, _encoded(upright, FileKind.JPEG)
    small = upright.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(kind, stored, _encoded(small, FileKind.JPEG), *upright.size)


def _plain(picture: Image.Image) -> Image.Image:
    """Three colours or grey, on white paper; a fresh object, to which nothing else hangs."""
    if picture.mode not in {"L", "RGB"}:
        if "A" in picture.getbands() or "transparency" in picture.info:
            layer = picture.convert("RGBA")
            paper = Image.new("RGB", layer.size, _PAPER)
            paper.paste(layer, mask=layer.getchannel("A"))
            return paper
        picture = picture.convert("RGB")
    plain = Image.new(picture.mode, picture.size)
    plain.paste(picture)
    return plain


def _encoded(picture: Image.Image, kind: FileKind) -> bytes:
    out = io.BytesIO()
    if kind is FileKind.PNG:
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=_QUALITY, progressive=True)
    return out.getvalue()
