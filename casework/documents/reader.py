"""Having a file read by a process that has no secrets, a bounded memory and a bounded time.

Decoders of pictures are large and written in C: what breaks one breaks that process alone. It is
given neither this one's environment nor its files; files that come together are read one after
the other, so that they raise memory by a known bound.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from casework.documents.errors import DocumentRefused, DocumentsBusy
from config.capacity import READ_FILES
from config.telemetry.logs import log
from vocabulary.documents import FileKind, FileRefusal

PIECE: Final = 256 * 1024
LONGEST_SECONDS: Final = 120
_WAIT_SECONDS: Final = 20
_LONGEST_HEAD: Final = 1024
_ROOT: Final = str(Path(__file__).parents[2])
_PROGRAM: Final = (
    f"import sys; sys.path.insert(0, {_ROOT!r});"
    " from casework.documents.reading.child import main; main()"
)
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
        with subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        ) as child:
            # It may hang as well as compute; nothing else ends a read that waits for it.
            timer = threading.Timer(LONGEST_SECONDS, child.kill)
            timer.start()
            try:
                yield _read(child, pieces)
            finally:
                timer.cancel()
                child.kill()
    finally:
        _slots.release()


def _read(child: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> FileRead:
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 -- pipes
    try:
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
    except BrokenPipeError:
        pass
    line = child.stdout.readline(_LONGEST_HEAD)
    if not line:
        log.warning("document.reader_died", status=child.wait())
        raise DocumentRefused(FileRefusal.BROKEN)
    head: dict[str, Any] = json.loads(line)
    if "refused" in head:
        raise DocumentRefused(FileRefusal(head["refused"]))
    return FileRead(
        kind=FileKind(head["kind"]),
        size=head["bytes"],
        thumbnail_size=head["thumbnail"],
        digest=head["sha256"],
        pages=head.get("pages"),
        width=head.get("width"),
        height=head.get("height"),
        _out=child.stdout,
    )
