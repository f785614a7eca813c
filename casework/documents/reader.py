"""Having a file read by a process of its own (:mod:`casework.documents.apart`).

Files that come together are read one after the other, so that they raise memory by a known bound.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen
from typing import IO, Final

from casework.documents import apart
from casework.documents.errors import DocumentRefused, DocumentsBusy
from config.capacity import READ_FILES
from vocabulary.documents import MOST_BYTES, FileKind, FileRefusal

PIECE: Final = 256 * 1024
LONGEST_SECONDS: Final = 120
_MOST_STORED: Final = 4 * MOST_BYTES
"""Bytes: a picture that is encoded anew may be larger than it came."""
_WAIT_SECONDS: Final = 20
_PROGRAM: Final = apart.program("casework.documents.reading.child")
_slots = threading.BoundedSemaphore(READ_FILES)


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file turned out to be. `content` and then `thumbnail` are to be read in this order;
    `digest`: SHA-256 of the content."""

    kind: FileKind
    size: int
    thumbnail_size: int
    digest: str
    pages: int | None
    width: int | None
    height: int | None
    _out: IO[bytes]

    def content(self) -> Iterator[bytes]:
        """What is to be stored, in pieces."""
        return self._pieces(self.size)

    def thumbnail(self) -> Iterator[bytes]:
        """Its thumbnail, in pieces; nothing for a PDF."""
        return self._pieces(self.thumbnail_size)

    def _pieces(self, left: int) -> Iterator[bytes]:
        while left > 0:
            piece = self._out.read(min(PIECE, left))
            if not piece:
                raise DocumentRefused(FileRefusal.BROKEN)
            left -= len(piece)
            yield piece


@contextmanager
def reading(pieces: Iterable[bytes]) -> Iterator[FileRead]:
    """Read a file that comes in pieces. Raises DocumentRefused, DocumentsBusy."""
    if not _slots.acquire(timeout=_WAIT_SECONDS):
        raise DocumentsBusy
    try:
        with apart.started(_PROGRAM, seconds=LONGEST_SECONDS) as child:
            yield _read(child, pieces)
    finally:
        _slots.release()


def _read(child: Popen[bytes], pieces: Iterable[bytes]) -> FileRead:
    answer = apart.asked(child, pieces)
    if answer is None:
        raise DocumentRefused(FileRefusal.BROKEN)
    head = answer.said
    if "refused" in head:
        raise DocumentRefused(FileRefusal(head["refused"]))
    # Whoever takes that process over says what they like: we store no more for it.
    if head["bytes"] + head["thumbnail"] > _MOST_STORED:
        raise DocumentRefused(FileRefusal.BROKEN)
    return FileRead(
        kind=FileKind(head["kind"]),
        size=head["bytes"],
        thumbnail_size=head["thumbnail"],
        digest=head["sha256"],
        pages=head.get("pages"),
        width=head.get("width"),
        height=head.get("height"),
        _out=answer.out,
    )
