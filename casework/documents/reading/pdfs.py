"""PDF: whether it is whole, how many pages it has, and whether it opens without a password.

It is stored as it came, and sent only as a download: what a PDF can do (scripts, links, enclosed
files) is the reader's viewer's to forbid, and `pages` draws pictures of it. So it is read no
further than that at upload; a parser for all of it would be one more thing to attack.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from casework.documents.reading import pdf_passwords
from casework.documents.reading.refused import Refused
from vocabulary.documents import MOST_PAGES, FileRefusal

HEAD: Final = b"%PDF-"
_END: Final = b"%%EOF"
_AFTER_END: Final = 1024
"""Some programs write a few bytes behind the end; what is more belongs to another file."""
_MOST_UNPACKED: Final = 64 * 1024 * 1024
_LONGEST_DICTIONARY: Final = 4096
_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED: Final = re.compile(rb"/Type\s*/ObjStm\b")
_START: Final = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF")
_TABLE: Final = re.compile(rb"\s*(?:xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")


def read(content: bytes) -> int | None:
    """How many pages it has; None where encryption hides it. Raises Refused."""
    end = content.rfind(_END)
    starts = _START.findall(content[-(_AFTER_END * 4) :])
    if end < 0 or content[end + len(_END) :].strip(b"\0\r\n\t ")[_AFTER_END:] or not starts:
        raise Refused(FileRefusal.BROKEN)
    start = int(starts[-1])
    if start >= len(content) or not _TABLE.match(content[start : start + 64]):
        raise Refused(FileRefusal.BROKEN)
    if pdf_passwords.is_encrypted(content):
        if not pdf_passwords.opens_without(content):
            raise Refused(FileRefusal.LOCKED)
        return None
    pages = len(_PAGE.findall(content)) + _packed_pages(content)
    if pages == 0:
        raise Refused(FileRefusal.BROKEN)
    if pages > MOST_PAGES:
        raise Refused(FileRefusal.PAGES)
    return pages


def _packed_pages(content: bytes) -> int:
    """Pages that are described within packed objects, unpacked up to a bound."""
    pages, left = 0, _MOST_UNPACKED
    for found in _PACKED.finditer(content):
        at = content.find(b"stream", found.end(), found.end() + _LONGEST_DICTIONARY)
        if at < 0:
            continue
        at += len(b"stream")
        at += 2 if content[at : at + 2] == b"\r\n" else 1
        unpacker = zlib.decompressobj()
        try:
            objects = unpacker.decompress(memoryview(content)[at:], left)
        except zlib.error:
            continue
        left -= len(objects)
        if left <= 0:
            raise Refused(FileRefusal.PAGES)
        pages += len(_PAGE.findall(objects))
    return pages
