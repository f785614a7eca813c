"""What workers do with an uploaded table: check it, file it, and take it away when its days are
over. The work of the stage `import`.

The table lies in a folder of this process alone while it is read. Who is killed in the middle is
followed by another: what was filed is recognised and given its receipt again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path, PurePath
from typing import Final

import structlog
from sqlalchemy import Connection

from casework.errors import RetryableError
from casework.importing import receipts, upload_rows, uploads
from casework.importing.check import check_file
from casework.importing.reading import Remarks
from casework.importing.receipts import Receipt
from casework.importing.run import Imported, Order, import_file
from casework.importing.upload_rows import Upload
from casework.importing.uploads import MOST_ROWS, Look, LookedRow
from casework.tables.values import TableError
from casework.work.run import ChunkResult, run_each
from config.settings import Settings
from store import ledger
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.identity import IdentityMeans
from vocabulary.imports import ImportPart, ImportState
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

_LONGEST: Final = 2000
"""Characters of a row's reasons that are kept for its page; the rejects have all of them."""
_TOLD_EVERY: Final = 64 * 1024
"""Bytes of the table between two times that it is said how far it is read."""


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Go on with these work items' tables, one after the other.

    Every attempt is counted before it is made, so `careful` adds nothing here. Raises
    RetryableError if the database went away.
    """
    del careful
    return run_each(db, settings, Stage.IMPORT, item_ids, partial(_go_on, db, settings))


def _go_on(db: Database, settings: Settings, item_id: int) -> bool:
    """Whether there was anything to do."""
    with db.transaction() as conn:
        items = ledger.lock(conn, Stage.IMPORT, [item_id])
        if not items:
            return False
        upload = upload_rows.of_number(conn, items[0].subject_id)
        if upload is not None and upload.expires_at <= app_now(conn):
            uploads.remove(conn, upload.id)
            upload = None
        if upload is None or upload.state not in (ImportState.CHECKING, ImportState.FILING):
            ledger.finish(conn, [item_id])
            return True
        ledger.begin(conn, [item_id])
    with _on_disk(db, upload) as path:
        if upload.state is ImportState.CHECKING:
            _check(db, settings, upload, path, item_id)
        else:
            _file(db, settings, upload, path, item_id)
    return True


def _check(db: Database, settings: Settings, upload: Upload, path: Path, item_id: int) -> None:
    state = ImportState.CHECKED
    try:
        rows, said = _look(db, settings, upload, path)
    except TableError as error:
        state, rows, said = ImportState.REFUSED, [], [f"{error}。"]
    known = sum(bool(row.receipt) for row in rows)
    refused = sum(bool(row.why) for row in rows)
    with db.transaction() as conn:
        upload_rows.write_part(
            conn, upload.id, upload.key, ImportPart.LOOKED, uploads.written(Look(rows, said))
        )
        upload_rows.update(
            conn,
            upload.id,
            state=state.value,
            read_bytes=upload.bytes,
            fit=len(rows) - known - refused,
            known=known,
            refused=refused,
        )
        ledger.finish(conn, [item_id])
    log.info("import.checked", upload=upload.id, rows=len(rows), state=state.value)


def _look(
    db: Database, settings: Settings, upload: Upload, path: Path
) -> tuple[list[LookedRow], list[str]]:
    """The rows, and what is to be said of the whole. Raises TableError, also for too many."""
    told = _Progress(db, upload)
    found = check_file(db, settings, path, provision=upload.provision, advance=told.advance)
    rows = [
        LookedRow(item.where, item.applicant()[0], receipt or "", " ".join(item.reasons)[:_LONGEST])
        for item, receipt in islice(found.rows, MOST_ROWS + 1)
    ]
    if len(rows) > MOST_ROWS:
        raise TableError(f"超过 {MOST_ROWS} 行，请分成几个文件上传")
    return rows, _remarks(found.items.remarks)


def _file(db: Database, settings: Settings, upload: Upload, path: Path, item_id: int) -> None:
    told = _Progress(db, upload)
    order = Order(
        upload.vouched, upload.provision, means=IdentityMeans.WINDOW, by=upload.uploaded_by
    )
    done = import_file(db, settings, path, order=order, advance=told.advance)
    if done.stopped is not None and done.stopped.again:
        raise RetryableError("the database or the disk was away in the middle of a table")
    look = uploads.looked(db, upload)
    said = [*look.said, *([f"受理没有完成：{done.stopped}。"] if done.stopped else [])]
    with db.transaction() as conn:
        upload_rows.write_part(
            conn, upload.id, upload.key, ImportPart.LOOKED, uploads.written(Look(look.rows, said))
        )
        for part, file in _files(done):
            content = file.read_bytes()
            if part is ImportPart.RECEIPTS:
                named = receipts.parse(content)
                content = receipts.written(_own_codes(conn, upload, named))
                uploads.name_cases(conn, upload, EventType.ACCESS_IMPORTED, named)
            upload_rows.write_part(conn, upload.id, upload.key, part, [content])
        upload_rows.update(
            conn,
            upload.id,
            state=ImportState.DONE.value,
            read_bytes=upload.bytes,
            fit=done.accepted - done.repeated,
            known=done.repeated,
            refused=done.refused,
        )
        ledger.finish(conn, [item_id])
    log.info("import.filed", upload=upload.id, accepted=done.accepted, refused=done.refused)


def _own_codes(conn: Connection, upload: Upload, named: Sequence[Receipt]) -> list[Receipt]:
    """Without the codes of what somebody else had filed: whoever may read a case could write its
    row anew, and would be handed the applicant's code."""
    own = conn.exec_driver_sql(
        "SELECT a.receipt FROM application AS a JOIN event AS e ON e.application_id = a.id"
        " WHERE a.receipt = ANY(%(receipts)s) AND e.type = %(type)s"
        "  AND e.data ->> 'filed_by' = %(actor)s",
        {
            "receipts": [each.receipt for each in named],
            "type": EventType.APPLICATION_RECEIVED,
            "actor": upload.uploaded_by,
        },
    )
    shown = set(own.scalars())
    return [each if each.receipt in shown else each._replace(code="") for each in named]


def _files(done: Imported) -> Iterator[tuple[ImportPart, Path]]:
    for file in done.files:
        is_receipts = ".receipts" in file.name
        yield ImportPart.RECEIPTS if is_receipts else ImportPart.REJECTS, file


def _remarks(remarks: Remarks) -> list[str]:
    return [
        f"{said}：{'、'.join(names)}。"
        for said, names in (
            ("没有导入的列（不属于申报表）", remarks.extra),
            ("没有导入的工作表（找不到列名）", remarks.without_headings),
            ("没有导入的工作表（已隐藏）", remarks.left_out),
        )
        if names
    ]


class _Progress:
    """Says in the table's row how far it is read."""

    def __init__(self, db: Database, upload: Upload) -> None:
        self._db, self._upload = db, upload
        self._read = self._told = 0

    def advance(self, count: int) -> None:
        """So many bytes more."""
        self._read += count
        if self._read - self._told >= _TOLD_EVERY:
            self._told = self._read
            with self._db.transaction() as conn:
                read = min(self._read, self._upload.bytes)
                upload_rows.update(conn, self._upload.id, read_bytes=read)


@contextmanager
def _on_disk(db: Database, upload: Upload) -> Iterator[Path]:
    """The table as a file, in a folder that only this process's user can read."""
    with tempfile.TemporaryDirectory(prefix="wenqi-import-") as folder:
        path = Path(folder) / f"table{PurePath(upload.name).suffix.lower()}"
        with path.open("wb") as file:
            for piece in upload_rows.read_part(db, upload.id, upload.key, ImportPart.TABLE):
                file.write(piece)
        yield path
