"""Having files scanned: until a scanner has said that one is clean, nobody opens it.

No transaction is open while the scanner is talked to. What it gives no verdict on waits and is
tried again with the stage's back-off, in the end as a dead letter; it never passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.documents import clamd, stores
from casework.documents.clamd import ScanFailed, Verdict
from casework.documents.errors import StoreAway
from casework.documents.stores import ObjectMissing
from casework.errors import RetryableError
from casework.personal import file_cipher
from casework.personal.encryption import Unreadable
from casework.work.run import ChunkResult, run_each
from config.settings import Settings
from store import ledger
from store.db import Database
from vocabulary.documents import DocumentState
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


class _Job(NamedTuple):
    item_id: int
    file_id: int
    object: str
    key: bytes


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Have these work items' files scanned, one after the other.

    Every attempt is counted before it is made, so `careful` adds nothing here. Raises
    RetryableError if the database went away.
    """
    del careful

    def scan(item_id: int) -> bool:
        job = _take(db, item_id)
        if job is not None:
            _settle(db, settings, job, _scanned(settings, job))
        return job is not None

    return run_each(db, settings, Stage.SCAN, item_ids, scan, _told)


def _take(db: Database, item_id: int) -> _Job | None:
    with db.transaction() as conn:
        items = ledger.lock(conn, Stage.SCAN, [item_id])
        if not items:
            return None
        row = conn.exec_driver_sql(
            "SELECT id, object, file_key FROM document_file"
            " WHERE id = %(id)s AND state = 'checking'",
            {"id": items[0].subject_id},
        ).one_or_none()
        if row is None:
            ledger.finish(conn, [item_id])
            return None
        key = file_cipher.unseal_key(row.file_key, "document_file", "file_key", row.id)
        ledger.begin(conn, [item_id])
    return _Job(item_id, row.id, row.object, key)


def _scanned(settings: Settings, job: _Job) -> DocumentState:
    """Raises ScanFailed, StoreAway."""
    if settings.documents.clamd is None:
        raise ScanFailed("CLAMD_URL is not set")
    store = stores.open_store(settings.documents)
    try:
        pieces = file_cipher.unseal(job.key, job.object, store.get(job.object))
        verdict = clamd.scan(settings.documents.clamd, pieces)
    except (ObjectMissing, Unreadable):
        return DocumentState.LOST
    return DocumentState.READY if verdict is Verdict.CLEAN else DocumentState.INFECTED


_EVENTS: Final = {
    DocumentState.INFECTED: EventType.DOCUMENT_QUARANTINED,
    DocumentState.LOST: EventType.DOCUMENT_LOST,
}


def _settle(db: Database, settings: Settings, job: _Job, state: DocumentState) -> None:
    with db.transaction() as conn:
        cases = conn.exec_driver_sql(
            "SELECT DISTINCT application_id FROM document"
            " WHERE file_id = %(id)s AND application_id IS NOT NULL ORDER BY 1",
            {"id": job.file_id},
        ).scalars()
        if state in _EVENTS:
            for each in cases.all():
                _tell(conn, settings, each, job.file_id, _EVENTS[state])
        # What is lost is not known again: the same is to be taken anew.
        conn.exec_driver_sql(
            "UPDATE document_file SET state = %(state)s, checked_at = app_now(),"
            " content_hash = CASE WHEN %(state)s = 'lost' THEN"
            "  uuid_send(gen_random_uuid()) ELSE content_hash END WHERE id = %(id)s",
            {"id": job.file_id, "state": state.value},
        )
        ledger.finish(conn, [job.item_id])
    log.info("document.scanned", state=state.value)


def _tell(
    conn: Connection, settings: Settings, application_id: int, file_id: int, kind: EventType
) -> None:
    case = desk.open_unseen(conn, application_id)
    if case is None:
        return
    serial = conn.exec_driver_sql(
        "SELECT serial FROM document WHERE application_id = %(application)s"
        " AND file_id = %(file)s ORDER BY serial LIMIT 1",
        {"application": application_id, "file": file_id},
    ).scalar_one()
    event = desk.note(conn, case, kind, Actor.SYSTEM, document=serial)
    tell.concerned(conn, settings, case, event)


def _told(error: Exception) -> Exception:
    """What the ledger may say of it."""
    if isinstance(error, ScanFailed):
        return RetryableError(str(error))
    return (
        RetryableError("the store of documents is away") if isinstance(error, StoreAway) else error
    )
