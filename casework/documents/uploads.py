"""Taking a file in: piece by piece, then read, stored, read back, and only then in its row.

A piece is an object of its own until the file is whole, so that a lost connection costs one piece,
and no file is ever in memory: a thread holds one piece. Nothing here holds a transaction while
the store or another process works; whoever comes second finds its piece or its file there already.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from casework.documents import reader, rows
from casework.documents.errors import DocumentRefused, DocumentsBusy, StoreAway, WrongOffset
from casework.documents.rows import Document, Owner
from casework.documents.stores import ObjectMissing, Store
from casework.personal import file_cipher, texts
from casework.personal.encryption import Unreadable
from config import keys
from config.capacity import TAKEN_FILES
from config.settings import Settings
from config.telemetry.logs import log
from store import ledger
from store.db import Database
from vocabulary.documents import DocumentState, FileRefusal
from vocabulary.work import Stage

PIECE: Final = 1024 * 1024
"""Bytes of a piece at most: what a thread holds."""
MOST_PIECES: Final = 200
_WAIT_SECONDS: Final = 1
_slots = threading.BoundedSemaphore(TAKEN_FILES)

Read = Callable[[int], bytes]
"""Reads at most so many bytes of what is sent; none at its end."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that is stored and was read back, and whose row is still to be written; or, where it
    is not `fresh`, one that this owner has handed in before."""

    owner_hash: bytes
    content_hash: bytes
    object: str
    thumbnail: str | None
    key: bytes
    read: reader.FileRead
    fresh: bool


def object_of(document: Document, offset: int, size: int) -> str:
    """Where a piece lies."""
    return f"pieces/{document.handle}/{offset}-{size}"


def receive(
    db: Database, store: Store, document: Document, key: bytes, offset: int, read: Read
) -> int:
    """Store what is sent of a file, from an offset on. Returns how much of it has been received.

    Raises WrongOffset, DocumentRefused (more than was announced), DocumentsBusy, StoreAway.
    """
    if offset != document.received:
        raise WrongOffset(document.received)
    with _slot():
        count = len(document.pieces)
        while piece := _piece(read):
            count += 1
            if offset + len(piece) > document.size or count > MOST_PIECES:
                raise DocumentRefused(FileRefusal.TOO_LARGE)
            name = object_of(document, offset, len(piece))
            store.put(name, file_cipher.seal(key, name, [piece]))
            with db.transaction() as conn:
                if not rows.add_piece(conn, document, offset, len(piece)):
                    raise WrongOffset(offset)
            offset += len(piece)
    return offset


def place(db: Database, store: Store, owner: Owner, document: Document, key: bytes) -> Placed:
    """Read a file that has been received whole, store it, and read it back.

    Raises DocumentRefused, DocumentsBusy, StoreAway.
    """
    with _slot(), reader.reading(_received(store, document, key)) as read:
        whose = _keyed(owner.apart)
        content = _keyed(f"{owner.apart} {read.digest}")
        known = _known(db, whose, content)
        new = file_cipher.new_key()
        name = f"files/{content.hex()[:2]}/{content.hex()}-{secrets.token_hex(8)}"
        small = f"{name}.small" if read.thumbnail_size else None
        if not known:
            store.put(name, file_cipher.seal(new, name, read.content()))
            if small is not None:
                store.put(small, file_cipher.seal(new, small, read.thumbnail()))
            _read_back(store, new, name, read.digest)
    return Placed(whose, content, name, small, new, read, fresh=not known)


def digest(store: Store, document: Document, key: bytes) -> str:
    """SHA-256, in hexadecimal digits, of what has been received of a file so far.

    Raises DocumentRefused (a piece is lost), DocumentsBusy, StoreAway.
    """
    seen = hashlib.sha256()
    with _slot():
        for piece in _received(store, document, key):
            seen.update(piece)
    return seen.hexdigest()


def attach(
    conn: Connection, settings: Settings, document: Document, placed: Placed, *, filed: bool
) -> bool:
    """Give a document its file; both rows are the caller's transaction. Whether the file that was
    placed is the one that is kept: the same content may be known already.

    `filed`: it is part of the application at once. Raises DocumentsBusy where what was known has
    been swept meanwhile.
    """
    kept = _in_use(conn, placed)
    is_new = kept is None
    if kept is None:
        if not placed.fresh:
            raise DocumentsBusy
        kept = _insert(conn, settings, placed)
    conn.exec_driver_sql(
        "UPDATE document SET file_id = %(file)s, piece_key = NULL, added_at = app_now(),"
        " filed_at = CASE WHEN %(filed)s THEN app_now() END WHERE id = %(id)s",
        {"file": kept, "filed": filed, "id": document.id},
    )
    return is_new


def _in_use(conn: Connection, placed: Placed) -> int | None:
    """The file of this content, kept from being swept until the transaction has ended."""
    # Two who hand in the same at once: the second waits for the first's row.
    conn.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(%(key)s)",
        {"key": int.from_bytes(placed.content_hash[:8], "big", signed=True)},
    )
    found: int | None = conn.exec_driver_sql(
        "UPDATE document_file SET stored_at = app_now()"
        " WHERE owner_hash = %(owner)s AND content_hash = %(content)s RETURNING id",
        {"owner": placed.owner_hash, "content": placed.content_hash},
    ).scalar()
    return found


def _insert(conn: Connection, settings: Settings, placed: Placed) -> int:
    row = texts.fresh_id(conn, "document_file")
    scanned = settings.documents.clamd is not None
    state = DocumentState.CHECKING if scanned else DocumentState.READY
    conn.exec_driver_sql(
        "INSERT INTO document_file (id, owner_hash, content_hash, object, thumbnail, file_key,"
        " kind, bytes, pages, width, height, state, stored_at) OVERRIDING SYSTEM VALUE VALUES"
        " (%(id)s, %(owner)s, %(content)s, %(object)s, %(thumbnail)s, %(key)s, %(kind)s,"
        " %(bytes)s, %(pages)s, %(width)s, %(height)s, %(state)s, app_now())",
        {
            "id": row,
            "owner": placed.owner_hash,
            "content": placed.content_hash,
            "object": placed.object,
            "thumbnail": placed.thumbnail,
            "key": file_cipher.seal_key(placed.key, "document_file", "file_key", row),
            "kind": placed.read.kind.value,
            "bytes": placed.read.size,
            "pages": placed.read.pages,
            "width": placed.read.width,
            "height": placed.read.height,
            "state": state.value,
        },
    )
    if scanned:
        ledger.add(conn, Stage.SCAN, [(row, None)])
    return row


def forget(store: Store, document: Document, *names: str | None) -> None:
    """Remove a document's pieces and objects; what cannot be removed now is swept later."""
    offset, pieces = 0, []
    for size in document.pieces:
        pieces.append(object_of(document, offset, size))
        offset += size
    with suppress(StoreAway):
        store.remove([*pieces, *(name for name in names if name)])


def _received(store: Store, document: Document, key: bytes) -> Iterator[bytes]:
    offset = 0
    for size in document.pieces:
        name = object_of(document, offset, size)
        try:
            yield from file_cipher.unseal(key, name, store.get(name))
        except (ObjectMissing, Unreadable) as error:
            log.error("document.piece_lost", error=type(error).__name__)
            raise DocumentRefused(FileRefusal.BROKEN) from None
        offset += size


def _keyed(text: str) -> bytes:
    """What tells a text again, under the oldest data key: whoever has the rows can try nothing."""
    return hmac.digest(keys.held().keys[-1].of(b"documents"), text.encode(), "sha256")


def _known(db: Database, whose: bytes, content: bytes) -> bool:
    with db.statement() as conn:
        return bool(
            conn.exec_driver_sql(
                "SELECT EXISTS (SELECT FROM document_file WHERE owner_hash = %(owner)s"
                " AND content_hash = %(content)s)",
                {"owner": whose, "content": content},
            ).scalar()
        )


def _read_back(store: Store, key: bytes, name: str, digest: str) -> None:
    """What is called received can be read. Raises StoreAway."""
    seen = hashlib.sha256()
    try:
        for piece in file_cipher.unseal(key, name, store.get(name)):
            seen.update(piece)
    except (ObjectMissing, Unreadable):
        seen = hashlib.sha256()
    if seen.hexdigest() != digest:
        log.error("document.not_read_back")
        raise StoreAway


def _piece(read: Read) -> bytes:
    """A whole piece, or what is left."""
    held = bytearray()
    while len(held) < PIECE and (more := read(PIECE - len(held))):
        held += more
    return bytes(held)


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=_WAIT_SECONDS):
        raise DocumentsBusy
    try:
        yield
    finally:
        _slots.release()
