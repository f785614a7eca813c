"""What runs in the process that reads one file: takes it from standard input, writes a line of
JSON and what is to be stored to standard output."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Final

from casework.documents.reading import pdfs, pictures
from casework.documents.reading.bounds import bound
from casework.documents.reading.refused import Refused
from vocabulary.documents import MOST_BYTES, FileKind, FileRefusal

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes that reading one file may take."""
SECONDS: Final = 60
"""Of computing."""


def main() -> None:
    """Read one file; a refusal is an answer as well."""
    bound(MEMORY, SECONDS)
    out = sys.stdout.buffer
    try:
        head, content, thumbnail = _read(sys.stdin.buffer.read(MOST_BYTES + 1))
    except Refused as refused:
        head, content, thumbnail = {"refused": refused.why.value}, b"", b""
    except MemoryError:
        head, content, thumbnail = {"refused": FileRefusal.PIXELS.value}, b"", b""
    out.write(json.dumps(head).encode() + b"\n")
    out.write(content)
    out.write(thumbnail)
    out.flush()


def _read(content: bytes) -> tuple[dict[str, object], bytes, bytes]:
    if not content:
        raise Refused(FileRefusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise Refused(FileRefusal.TOO_LARGE)
    head: dict[str, object]
    if pictures.is_picture(content[:16]):
        picture = pictures.read(content)
        stored, thumbnail = picture.content, picture.thumbnail
        head = {"kind": picture.kind.value, "width": picture.width, "height": picture.height}
    elif content.startswith(pdfs.HEAD):
        stored, thumbnail = content, b""
        head = {"kind": FileKind.PDF.value, "pages": pdfs.read(content)}
    else:
        raise Refused(FileRefusal.KIND)
    digest = hashlib.sha256(stored).hexdigest()
    head |= {"bytes": len(stored), "thumbnail": len(thumbnail), "sha256": digest}
    return head, stored, thumbnail
