"""A stored file on its way out, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casework.documents import names, stores
from casework.documents.errors import DocumentNotFound, StoreAway
from casework.documents.rows import Document, Sealed
from casework.documents.stores import ObjectMissing
from casework.personal import file_cipher
from casework.personal.encryption import Unreadable
from config.settings import Settings
from config.telemetry.logs import log
from vocabulary.documents import FileKind


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sent: its pieces, its type, what it is called, how many bytes (None: a thumbnail's
    are not known)."""

    pieces: Iterator[bytes]
    media_type: str
    filename: str
    size: int | None


def open_stored(
    settings: Settings, document: Document, sealed: Sealed, *, stem: str, small: bool
) -> Opened:
    """Raises DocumentNotFound (no thumbnail), StoreAway: before the first piece, where a file is
    not there or not as it was stored at its beginning."""
    name = sealed.thumbnail if small else sealed.object
    if name is None or document.kind is None:
        raise DocumentNotFound
    kind = FileKind.JPEG if small else document.kind
    pieces = read_stored(settings, sealed.key, name)
    return Opened(
        pieces=pieces,
        media_type=kind.value,
        filename=names.given(stem, document.paper, document.serial, kind),
        size=None if small else document.stored_size,
    )


def read_stored(settings: Settings, key: bytes, name: str) -> Iterator[bytes]:
    """A stored file in pieces. Raises StoreAway."""
    store = stores.open_store(settings.documents)
    try:
        pieces = file_cipher.unseal(key, name, store.get(name))
        first = next(pieces)
    except (ObjectMissing, Unreadable) as error:
        log.error("document.unreadable", error=type(error).__name__)
        raise StoreAway from None
    return _with(first, pieces)


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
