"""What the database holds of an uploaded table: its row, and its parts in sealed pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework.personal import file_cipher, texts
from store.db import Database
from vocabulary.identity import IdentityLevel
from vocabulary.imports import ImportPart, ImportState

_NAME: Final = "import_upload.name"
_COLUMNS: Final = (
    "u.id, u.bureau, u.uploaded_by, u.uploaded_at, u.expires_at, u.name, u.file_key, u.bytes,"
    " u.provision, u.vouched, u.state, u.read_bytes, u.fit, u.known, u.refused,"
    " EXISTS (SELECT FROM work_item AS w WHERE w.dead_at IS NOT NULL AND w.stage = 'import'"
    "  AND w.subject_id = u.id) AS is_stuck,"
    " ARRAY(SELECT DISTINCT p.part FROM import_piece AS p WHERE p.upload_id = u.id) AS parts"
)
_OWN: Final = "u.uploaded_by = %(actor)s AND u.expires_at > app_now()"


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded table. `fit`, `known`, `refused`: rows that can be, had been and cannot be filed;
    once it is filed, that were, had been and were not. `read_bytes`: how far it has been read of
    `bytes`. `is_stuck`: nobody tries it again by itself."""

    id: int
    bureau: str
    uploaded_by: str
    uploaded_at: datetime
    expires_at: datetime
    name: str
    key: bytes
    bytes: int
    provision: str | None
    vouched: IdentityLevel
    state: ImportState
    read_bytes: int
    fit: int
    known: int
    refused: int
    is_stuck: bool
    parts: frozenset[ImportPart]


def insert(conn: Connection, upload: dict[str, Any], days: int) -> tuple[int, bytes, datetime]:
    """A new row; its number, the key of its parts, and when it is taken away."""
    number = texts.fresh_id(conn, "import_upload")
    key = file_cipher.new_key()
    expires_at = conn.exec_driver_sql(
        "INSERT INTO import_upload (id, bureau, uploaded_by, uploaded_at, expires_at, name,"
        " file_key, bytes, provision, vouched, state) OVERRIDING SYSTEM VALUE"
        " VALUES (%(id)s, %(bureau)s, %(actor)s,"
        " app_now(), app_now() + %(days)s * interval '1 day', %(name)s, %(key)s, %(bytes)s,"
        " %(provision)s, %(vouched)s, 'checking') RETURNING expires_at",
        {
            **upload,
            "id": number,
            "days": days,
            "name": texts.seal(upload["name"], _NAME, number),
            "key": file_cipher.seal_key(key, "import_upload", "file_key", number),
        },
    ).scalar_one()
    return number, key, expires_at


def of_number(conn: Connection, number: int) -> Upload | None:
    """An upload, locked against two who go on with it."""
    row = conn.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM import_upload AS u WHERE u.id = %(id)s FOR NO KEY UPDATE",  # noqa: S608 -- constants
        {"id": number},
    ).one_or_none()
    return None if row is None else _upload(row)


def own(conn: Connection, actor: str, number: int) -> Upload | None:
    """Somebody's own upload, locked; None for another's and for one whose days are over."""
    row = conn.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM import_upload AS u WHERE u.id = %(id)s AND {_OWN}"  # noqa: S608 -- constants
        " FOR NO KEY UPDATE",
        {"id": number, "actor": actor},
    ).one_or_none()
    return None if row is None else _upload(row)


def every_own(conn: Connection, actor: str, most: int) -> list[Upload]:
    """Somebody's own uploads, the newest first."""
    rows = conn.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM import_upload AS u WHERE {_OWN} ORDER BY u.id DESC LIMIT %(most)s",  # noqa: S608 -- constants
        {"actor": actor, "most": most},
    )
    return [_upload(row) for row in rows]


def update(conn: Connection, number: int, **columns: Any) -> None:
    """Write columns of a row; names are ours."""
    listed = ", ".join(f"{name} = %({name})s" for name in columns)
    conn.exec_driver_sql(
        f"UPDATE import_upload SET {listed} WHERE id = %(id)s",  # noqa: S608 -- names of ours
        {**columns, "id": number},
    )


def write_part(
    conn: Connection, number: int, key: bytes, part: ImportPart, pieces: Iterable[bytes]
) -> None:
    """Put a part in the place of whatever was there. Each sealed piece is a row."""
    conn.exec_driver_sql(
        "DELETE FROM import_piece WHERE upload_id = %(id)s AND part = %(part)s",
        {"id": number, "part": part.value},
    )
    for serial, piece in enumerate(file_cipher.seal(key, _object(number, part), pieces)):
        conn.exec_driver_sql(
            "INSERT INTO import_piece (upload_id, part, serial, content)"
            " VALUES (%(id)s, %(part)s, %(serial)s, %(content)b)",
            {"id": number, "part": part.value, "serial": serial, "content": piece},
        )


def read_part(db: Database, number: int, key: bytes, part: ImportPart) -> Iterator[bytes]:
    """A part, piece by piece; no connection is held between two. Raises Unreadable."""
    return file_cipher.unseal(key, _object(number, part), _pieces(db, number, part))


def _pieces(db: Database, number: int, part: ImportPart) -> Iterator[bytes]:
    serial = 0
    while True:
        with db.statement() as conn:
            piece = conn.exec_driver_sql(
                "SELECT content FROM import_piece"
                " WHERE upload_id = %(id)s AND part = %(part)s AND serial = %(serial)s",
                {"id": number, "part": part.value, "serial": serial},
            ).scalar_one_or_none()
        if piece is None:
            return
        yield bytes(piece)
        serial += 1


def _object(number: int, part: ImportPart) -> str:
    return f"import-{number}-{part.value}"


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        id=row.id,
        bureau=row.bureau,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        expires_at=row.expires_at,
        name=texts.shown(row.name, _NAME, row.id) or "",
        key=file_cipher.unseal_key(row.file_key, "import_upload", "file_key", row.id),
        bytes=row.bytes,
        provision=row.provision,
        vouched=IdentityLevel(row.vouched),
        state=ImportState(row.state),
        read_bytes=row.read_bytes,
        fit=row.fit,
        known=row.known,
        refused=row.refused,
        is_stuck=row.is_stuck,
        parts=frozenset(ImportPart(each) for each in row.parts),
    )
