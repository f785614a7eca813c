"""The rows of documents: what an application or a draft was handed, and how far it has come."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.documents.errors import DocumentNotFound, TooManyDocuments
from casework.personal import file_cipher, texts
from vocabulary.documents import MOST_DOCUMENTS, DocumentState, FileKind

_HANDLE_BYTES: Final = 16
_SELECT: Final = """
SELECT d.id, d.application_id, d.handle, d.serial, d.paper, d.name, d.bytes, d.received,
    d.pieces, d.piece_key, d.file_id, d.added_at, d.filed_at,
    coalesce(f.state, 'receiving') AS state, f.kind, f.bytes AS stored_bytes,
    f.pages, f.object, f.thumbnail, f.file_key
FROM document AS d LEFT JOIN document_file AS f ON f.id = d.file_id
"""


class Owner(NamedTuple):
    """Whose documents: an application's or a draft's (`column`: by which column of ours, `id`: its
    row), and within what contents are known again (`apart`): an enterprise's that is known to file
    itself, or that one filing."""

    column: str
    id: int
    apart: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands. `size`: bytes as announced, `received`: of them so far; `kind`,
    `stored_size`, `pages`, `file_id`: of what is stored, None until it is."""

    id: int
    application_id: int | None
    handle: str
    serial: int
    paper: str
    name: str
    state: DocumentState
    size: int
    received: int
    pieces: tuple[int, ...]
    kind: FileKind | None
    stored_size: int | None
    pages: int | None
    file_id: int | None
    has_thumbnail: bool
    added_at: datetime | None
    filed_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether all of it has been received, read or not."""
        return self.received == self.size


class Sealed(NamedTuple):
    """Where a document's bytes lie, and their key: those of its pieces, or of its file."""

    key: bytes
    object: str | None
    thumbnail: str | None


def of_owner(conn: Connection, owner: Owner) -> list[Document]:
    """Every document, in the order in which they were begun."""
    rows = conn.exec_driver_sql(
        f"{_SELECT} WHERE d.{owner.column} = %(id)s ORDER BY d.serial",
        {"id": owner.id},
    )
    return [_document(row) for row in rows]


def find(conn: Connection, owner: Owner, handle: str) -> Document:
    """One of them, locked. Raises DocumentNotFound."""
    return _document(_row(conn, owner, handle))


def sealed(conn: Connection, owner: Owner, handle: str) -> Sealed:
    """How one of them is read. Raises DocumentNotFound, KeyMissing, Unreadable."""
    row = _row(conn, owner, handle)
    if row.file_id is None:
        key = file_cipher.unseal_key(row.piece_key, "document", "piece_key", row.id)
    else:
        key = file_cipher.unseal_key(row.file_key, "document_file", "file_key", row.file_id)
    return Sealed(key, row.object, row.thumbnail)


def filed_with(conn: Connection, applications: Sequence[int], most: int) -> list[Document]:
    """What was filed with some applications and can be opened, the newest first."""
    rows = conn.exec_driver_sql(
        f"{_SELECT} WHERE d.application_id = ANY(%(ids)s) AND d.filed_at IS NOT NULL"
        " AND f.state = 'ready' ORDER BY d.added_at DESC, d.id DESC LIMIT %(most)s",
        {"ids": list(applications), "most": most},
    )
    return [_document(row) for row in rows]


def begin(conn: Connection, owner: Owner, paper: str, name: str, size: int) -> Document:
    """A document of which nothing has been received. The owner's row is locked by the caller.

    Raises TooManyDocuments.
    """
    row = texts.fresh_id(conn, "document")
    key = file_cipher.seal_key(file_cipher.new_key(), "document", "piece_key", row)
    new = {"paper": paper, "bytes": size, "piece_key": key}
    return _insert(conn, owner, row, name, new)


def repeat(conn: Connection, owner: Owner, document: Document, *, filed: bool) -> Document:
    """The file of another of the enterprise's documents as one more document of this owner, whose
    row is locked by the caller. `filed`: it is part of the application at once.

    Raises TooManyDocuments, DocumentNotFound where the file has gone meanwhile.
    """
    # So that it is not swept before this document is there.
    used = conn.exec_driver_sql(
        "UPDATE document_file SET stored_at = app_now() WHERE id = %(id)s AND state = 'ready'",
        {"id": document.file_id},
    )
    if not used.rowcount:
        raise DocumentNotFound
    new = {
        "paper": document.paper,
        "bytes": document.size,
        "received": document.size,
        "file_id": document.file_id,
    }
    times = ("added_at", "filed_at") if filed else ("added_at",)
    return _insert(conn, owner, texts.fresh_id(conn, "document"), document.name, new, times)


def _insert(
    conn: Connection,
    owner: Owner,
    row: int,
    name: str,
    new: Mapping[str, object],
    times: Sequence[str] = (),
) -> Document:
    """`new`, `times`: names of columns from code; those of `times` take the business time."""
    count, last = conn.exec_driver_sql(
        "SELECT count(*), coalesce(max(serial), 0) FROM document"  # noqa: S608 -- a name of ours
        f" WHERE {owner.column} = %(owner)s",
        {"owner": owner.id},
    ).one()
    if count >= MOST_DOCUMENTS:
        raise TooManyDocuments
    handle = secrets.token_hex(_HANDLE_BYTES)
    given = {
        "id": row,
        "handle": handle,
        owner.column: owner.id,
        "serial": last + 1,
        "name": texts.seal(name, "document.name", row),
        **new,
    }
    values = {each: f"%({each})s" for each in given}
    values |= dict.fromkeys(("begun_at", *times), "app_now()")
    conn.exec_driver_sql(
        f"INSERT INTO document ({', '.join(values)}) OVERRIDING SYSTEM VALUE"  # noqa: S608
        f" VALUES ({', '.join(values.values())})",
        given,
    )
    return find(conn, owner, handle)


def add_piece(conn: Connection, document: Document, offset: int, size: int) -> bool:
    """One more piece has been stored. Whether it was the one that was waited for."""
    return bool(
        conn.exec_driver_sql(
            "UPDATE document SET received = received + %(size)s, pieces = pieces || %(size)s::int"
            " WHERE id = %(id)s AND received = %(offset)s AND file_id IS NULL",
            {"id": document.id, "offset": offset, "size": size},
        ).rowcount
    )


def end(conn: Connection, document: Document) -> None:
    """No more of it comes: what has been received is all of it."""
    conn.exec_driver_sql(
        "UPDATE document SET bytes = received WHERE id = %(id)s AND file_id IS NULL",
        {"id": document.id},
    )


def twin(conn: Connection, owner: Owner, document: Document) -> str | None:
    """The handle of another document of the same content and paper: of one that is filed another
    that is filed, of one that is not another that is not."""
    found: str | None = conn.exec_driver_sql(
        "SELECT d.handle FROM document AS d JOIN document AS n ON n.id = %(id)s"  # noqa: S608
        " WHERE d.file_id = n.file_id AND d.paper = n.paper AND d.id <> n.id"
        " AND (d.filed_at IS NULL) = (n.filed_at IS NULL)"
        f" AND d.{owner.column} = %(owner)s ORDER BY d.serial LIMIT 1",
        {"id": document.id, "owner": owner.id},
    ).scalar()
    return found


def foreign(conn: Connection, owner: Owner, uscc: str | None) -> list[Document]:
    """Those whose file has been filed with an application of another credit code."""
    rows = conn.exec_driver_sql(
        f"{_SELECT} WHERE d.{owner.column} = %(owner)s AND EXISTS (SELECT FROM document AS o"  # noqa: S608
        "  JOIN application AS a ON a.id = o.application_id"
        "  WHERE o.file_id = d.file_id AND a.uscc IS DISTINCT FROM %(uscc)s) ORDER BY d.serial",
        {"owner": owner.id, "uscc": uscc},
    )
    return [_document(row) for row in rows]


def remove(conn: Connection, document: Document) -> None:
    """Forget a document; what was stored of it is swept once nothing refers to it."""
    conn.exec_driver_sql("DELETE FROM document WHERE id = %(id)s", {"id": document.id})


def _row(conn: Connection, owner: Owner, handle: str) -> Any:
    row = conn.exec_driver_sql(
        f"{_SELECT} WHERE d.handle = %(handle)s AND d.{owner.column} = %(id)s"
        " FOR NO KEY UPDATE OF d",
        {"handle": handle, "id": owner.id},
    ).one_or_none()
    if row is None:
        raise DocumentNotFound
    return row


def _document(row: Any) -> Document:
    return Document(
        id=row.id,
        application_id=row.application_id,
        handle=row.handle,
        serial=row.serial,
        paper=row.paper,
        name=texts.unseal(row.name, "document.name", row.id) or "",
        state=DocumentState(row.state),
        size=row.bytes,
        received=row.received,
        pieces=tuple(row.pieces),
        kind=FileKind(row.kind) if row.kind else None,
        stored_size=row.stored_bytes,
        pages=row.pages,
        file_id=row.file_id,
        has_thumbnail=row.thumbnail is not None,
        added_at=row.added_at,
        filed_at=row.filed_at,
    )
