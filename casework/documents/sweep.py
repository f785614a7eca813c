"""Sweeping up: uploads that nobody goes on with, files that nothing refers to, objects without a
row. A file's row goes first, its object after that, so that no row is without its object."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import Connection

from casework.documents import stores
from casework.documents.stores import Store
from config.settings import Settings
from store.db import Database

log = structlog.get_logger(__name__)

UPLOAD_HOURS: Final = 48
"""So long an upload can be gone on with."""
FILE_HOURS: Final = 1
"""So long a file may lie without a document: its document is about to be written."""
OBJECT_HOURS: Final = 24
"""So long, by the real clock, an object may lie without a row."""
BLOCK: Final = 500


class Swept(NamedTuple):
    """How many went."""

    uploads: int = 0
    files: int = 0
    objects: int = 0


def run(db: Database, settings: Settings) -> Swept:
    """Sweep everything there is. Running twice changes nothing. Raises StoreAway."""
    store = stores.open_store(settings.documents)
    swept = Swept(_uploads(db), _files(db, store), _objects(db, store))
    if any(swept):
        log.info("documents.swept", **swept._asdict())
    return swept


def _uploads(db: Database) -> int:
    with db.transaction() as conn:
        return conn.exec_driver_sql(
            "DELETE FROM document WHERE file_id IS NULL"
            " AND begun_at < app_now() - %(hours)s * interval '1 hour'",
            {"hours": UPLOAD_HOURS},
        ).rowcount


def _files(db: Database, store: Store) -> int:
    count, block = 0, BLOCK
    while block == BLOCK:
        with db.transaction() as conn:
            gone = _unused(conn)
        store.remove(name for row in gone for name in row if name)
        block = len(gone)
        count += block
    return count


def _unused(conn: Connection) -> list[Any]:
    return list(
        conn.exec_driver_sql(
            "DELETE FROM document_file WHERE id IN (SELECT f.id FROM document_file AS f"
            "  WHERE f.stored_at < app_now() - %(hours)s * interval '1 hour'"
            "  AND NOT EXISTS (SELECT FROM document AS d WHERE d.file_id = f.id)"
            "  ORDER BY f.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)"
            " RETURNING object, thumbnail",
            {"hours": FILE_HOURS, "most": BLOCK},
        ).all()
    )


def _objects(db: Database, store: Store) -> int:
    until = datetime.now(UTC) - timedelta(hours=OBJECT_HOURS)
    old = (each.name for each in store.every() if each.since < until)
    count = 0
    while names := list(islice(old, BLOCK)):
        orphans = set(names) - _known(db, names)
        store.remove(orphans)
        count += len(orphans)
    return count


def _known(db: Database, names: Iterable[str]) -> set[str]:
    """Of these objects those that a row refers to."""
    with db.statement() as conn:
        found = conn.exec_driver_sql(
            "SELECT n FROM unnest(%(names)s::text[]) AS u (n) WHERE EXISTS"
            " (SELECT FROM document_file AS f WHERE n IN (f.object, f.thumbnail))"
            " OR EXISTS (SELECT FROM document AS d WHERE d.file_id IS NULL"
            "  AND d.handle = split_part(n, '/', 2) AND n LIKE 'pieces/%%')",
            {"names": list(names)},
        ).scalars()
        return set(found)
