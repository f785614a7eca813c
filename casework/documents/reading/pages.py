"""A page of a PDF as a picture: drawn by PDFium, without scripts, links and enclosed files.

It says what it could not do faithfully: a font that a page uses and does not bring along is
replaced by one of this machine's, or by none.
"""

from __future__ import annotations

import ctypes
import io
import itertools
from typing import Final, NamedTuple

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from casework.documents.reading.bounds import MOST_DRAWN
from vocabulary.documents import MOST_PAGES

TURNS: Final = (0, 90, 180, 270)
_QUALITIES: Final = (88, 60, 30)
"""Of the picture: a page full of noise is sent coarser."""
_MOST_OBJECTS: Final = 5000
"""Looked through for fonts."""
_DEEPEST: Final = 3
_LONGEST_NAME: Final = 128
_ALWAYS_THERE: Final = ("Helvetica", "Courier", "Times", "Symbol", "ZapfDingbats", "Arial")
"""What the names of fonts begin with that PDFium has itself."""


class Undrawable(Exception):
    """There is nothing to show of this file."""


class Drawn(NamedTuple):
    """A page. `number`: which one it is; `pages`: of how many; `lacks_fonts`: whether what is
    written may be missing or look otherwise."""

    picture: bytes
    number: int
    pages: int
    lacks_fonts: bool


def draw(content: bytes, number: int, longest: int, turn: int) -> Drawn:
    """The page, or the one that is nearest to the number; its longer side has so many pixels,
    whatever size the page says it has. Raises Undrawable."""
    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if not 0 < pages <= MOST_PAGES:
            raise Undrawable
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()  # what was typed into the fields of a form is drawn with it
        number = min(max(number, 1), pages)
        page = document[number - 1]
        scale = longest / max(page.get_size())
        drawn = page.render(scale=scale, rotation=turn).to_pil().convert("RGB")
        lacks_fonts = _lacks_fonts(page)
    except (pypdfium2.PdfiumError, ArithmeticError, ValueError, MemoryError):
        raise Undrawable from None
    return Drawn(_encoded(drawn), number, pages, lacks_fonts)


def _encoded(picture: Image.Image) -> bytes:
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= MOST_DRAWN:
            return out.getvalue()
    raise Undrawable


def _lacks_fonts(page: pypdfium2.PdfPage) -> bool:
    texts = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=_DEEPEST)
    for each in itertools.islice(texts, _MOST_OBJECTS):
        font = raw.FPDFTextObj_GetFont(each)
        if font and raw.FPDFFont_GetIsEmbedded(font) == 0 and not _is_always_there(font):
            return True
    return False


def _is_always_there(font: raw.FPDF_FONT) -> bool:
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    raw.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME)
    return name.value.decode(errors="replace").startswith(_ALWAYS_THERE)
