"""Making exports, and clearing expired ones away: the work of the stage `export`.

A file is made in one transaction, read through a server-side cursor and stored in pieces, so
memory is bounded however many cases there are, and a worker that dies leaves nothing behind in the
database. The work item stays locked meanwhile: its lease may lapse, a second worker passes it over.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import trail
from casework.docket.finders import waiting
from casework.docket.promises import FACTS, open_promises
from casework.docket.states import TO_DETERMINE
from casework.errors import PermanentError
from casework.notices import editions
from casework.reporting import sheets
from casework.reporting.exports import note
from casework.reporting.scope import Scope
from casework.reporting.sheets import Cell, Kind
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from store import ledger, predicates
from store.db import Database
from store.ledger import Item
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.exports import ExportColumn, ExportFormat, ExportState
from vocabulary.identity import IdentityLevel, level_text
from vocabulary.outcomes import Outcome
from vocabulary.parties import Actor
from vocabulary.visits import VisitState
from vocabulary.work import Stage
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

PIECE_BYTES: Final = 512 * 1024
FETCHED_ROWS: Final = 2000
SHOWN_AT_ONCE: Final = 5000
"""Cases that one event names."""
LONGEST_PAUSE: Final = "15min"
"""Between two statements, while a workbook is being closed."""

_TOLD_BY: Final = (
    ("受理编号", Kind.TEXT, None),
    ("受理时间", Kind.MOMENT, ExportColumn.RECEIVED),
    ("措施", Kind.TEXT, ExportColumn.PROVISION),
    ("条款", Kind.TEXT, ExportColumn.PROVISION),
    ("申报单位", Kind.TEXT, None),
    ("统一社会信用代码", Kind.TEXT, None),
    ("身份核实", Kind.TEXT, ExportColumn.IDENTITY),
    ("状态", Kind.TEXT, ExportColumn.STANDING),
    ("核对结果", Kind.TEXT, ExportColumn.STANDING),
    ("还要认定", Kind.TEXT, ExportColumn.WAITS),
    ("计算金额（元）", Kind.YUAN, ExportColumn.AMOUNT),
    ("认定金额（元）", Kind.YUAN, ExportColumn.AMOUNT),
    ("准予金额（元）", Kind.YUAN, ExportColumn.AMOUNT),
    ("决定时间", Kind.MOMENT, ExportColumn.DECIDED),
    ("牵头单位", Kind.TEXT, ExportColumn.LEAD),
    ("走访日期", Kind.DAY, ExportColumn.VISIT),
    ("走访状态", Kind.TEXT, ExportColumn.VISIT),
    ("最近的期限", Kind.DAY, ExportColumn.DUE),
    ("期限事项", Kind.TEXT, ExportColumn.DUE),
    ("经办人", Kind.TEXT, ExportColumn.ASSIGNEE),
)
COLUMNS: Final = tuple((title, kind) for title, kind, _ in _TOLD_BY)
"""Of a file for which no columns were chosen; this is their order in any file."""

_ROWS = f"""
SELECT a.id, a.receipt, a.received_at, a.notice_id, a.provision, a.name, a.uscc, a.identity,
    a.identity_checked_at IS NOT NULL AS is_checked, a.state, a.outcome, a.amount,
    a.determined_amount,
    CASE WHEN {predicates.GRANTED} THEN {predicates.AMOUNT} END AS granted,
    CASE WHEN {predicates.GRANTED} OR {predicates.REFUSED} THEN {predicates.DECIDED_AT} END
        AS decided_at,
    CASE WHEN %(waits)s AND a.state = ANY(%(undecided)s::text[]) THEN
        nullif(s.document, jsonb_build_object()) END AS document,
    a.lead_bureau, {predicates.VISIT_DAY} AS visit_on, v.state AS visit_state,
    coalesce(c.name, c.label) AS assignee,
    CASE WHEN a.state = ANY(%(undecided)s::text[]) THEN {FACTS} END AS promised, app_now() AS now
FROM application AS a {predicates.DETERMINATION} LEFT JOIN visit AS v ON v.id = a.visit_id
LEFT JOIN account AS c ON c.actor = a.assignee
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force {{listed}}
WHERE {{condition}} ORDER BY {{order}}
"""  # noqa: S608 -- constants
_LISTED: Final = "JOIN unnest(%(cases)s::bigint[]) WITH ORDINALITY AS l (id, place) ON l.id = a.id"


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Make or clear away these work items' exports. Raises RetryableError if the database went."""
    return run_items(
        db, settings, Stage.EXPORT, item_ids, partial(_handle, settings), careful=careful
    )


def _handle(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    failed: dict[int, Exception] = {}
    for item in items:
        asked = conn.exec_driver_sql(
            "SELECT id, requested_by, bureau, filters, format, state, cases,"
            " columns, expires_at <= app_now() AS is_over"
            " FROM export WHERE id = %(id)s FOR NO KEY UPDATE",
            {"id": item.subject_id},
        ).one_or_none()
        if asked is None:
            failed[item.id] = PermanentError("there is no such export")
        elif asked.state == ExportState.PENDING:
            _make(conn, settings, asked)
        elif asked.state == ExportState.READY and asked.is_over:
            _clear(conn, asked.id)
    return failed


def _make(conn: Connection, settings: Settings, asked: Row[Any]) -> None:
    conn.exec_driver_sql(
        "SELECT set_config('idle_in_transaction_session_timeout', %(pause)s, true)",
        {"pause": LONGEST_PAUSE},
    )
    kind = ExportFormat(asked.format)
    with tempfile.TemporaryDirectory(prefix="wenqi-export-") as folder:
        path = Path(folder) / f"export.{kind.value}"
        cases = array("q")
        chosen = itemgetter(*_places(asked.columns))
        rows = map(chosen, _cells(conn, settings, asked, cases))
        count = sheets.WRITERS[kind](path, chosen(COLUMNS), rows)
        size = _store(conn, asked.id, path)
    expires_at = conn.exec_driver_sql(
        "UPDATE export SET state = 'ready', rows = %(rows)s, bytes = %(bytes)s,"
        " ready_at = app_now(), expires_at = coalesce(expires_at,"  # of whose account was reset
        "  app_now() + %(hours)s * interval '1 hour')"
        " WHERE id = %(id)s RETURNING expires_at",
        {"id": asked.id, "rows": count, "bytes": size, "hours": settings.export_hours},
    ).scalar_one()
    note(conn, EventType.EXPORT_READY, Actor.SYSTEM, asked.id, rows=count)
    _name_cases(conn, asked, cases)
    ledger.add(conn, Stage.EXPORT, [(asked.id, expires_at)])
    log.info("export.ready", export=asked.id, rows=count, bytes=size)


def _name_cases(conn: Connection, asked: Row[Any], cases: Sequence[int]) -> None:
    """Whose data the file holds, on the trail of each: who downloads it is shown all of them."""
    bureau = asked.requested_by.partition(":")[0]
    parts = (cases[start : start + SHOWN_AT_ONCE] for start in range(0, len(cases), SHOWN_AT_ONCE))
    kind = EventType.ACCESS_EXPORTED
    looks = (trail.look(bureau, asked.requested_by, kind, part, export=asked.id) for part in parts)
    events.write(conn, [look for look in looks if look])


def _clear(conn: Connection, export_id: int) -> None:
    conn.exec_driver_sql("DELETE FROM export_chunk WHERE export_id = %(id)s", {"id": export_id})
    conn.exec_driver_sql("UPDATE export SET state = 'expired' WHERE id = %(id)s", {"id": export_id})
    note(conn, EventType.EXPORT_EXPIRED, Actor.SYSTEM, export_id)
    log.info("export.expired", export=export_id)


def _store(conn: Connection, export_id: int, path: Path) -> int:
    """Put a file into the database piece by piece. Returns its size in bytes."""
    size = 0
    with path.open("rb") as file:
        for serial, piece in enumerate(iter(partial(file.read, PIECE_BYTES), b"")):
            conn.exec_driver_sql(
                "INSERT INTO export_chunk (export_id, serial, content)"
                " VALUES (%(id)s, %(serial)s, %(content)b)",
                {"id": export_id, "serial": serial, "content": piece},
            )
            size += len(piece)
    return size


def _scope(asked: Row[Any]) -> Scope:
    days = {"received_from", "received_to"}
    filters = {
        name: date.fromisoformat(value) if name in days else value
        for name, value in asked.filters.items()
    }
    return Scope(**{**filters, "bureau": asked.bureau})


def _places(columns: Sequence[str] | None) -> list[int]:
    """Where what was chosen stands in a row; None: all of it."""
    return [
        place
        for place, (_, _, told) in enumerate(_TOLD_BY)
        if told is None or columns is None or told.value in columns
    ]


def _cells(
    conn: Connection, settings: Settings, asked: Row[Any], cases: array[int]
) -> Iterator[tuple[Cell, ...]]:
    """The rows; the applications' numbers are added to `cases`."""
    condition, values = _scope(asked).condition(copied=True)
    listed, order = "", "a.id"
    if asked.cases is not None:
        # Those that were listed, as far as they are still the bureau's.
        listed, order = _LISTED, "l.place"
        values["cases"] = asked.cases
    rows = conn.exec_driver_sql(
        _ROWS.format(condition=condition, order=order, listed=listed),
        {
            **values,
            "undecided": sorted(TO_DETERMINE),
            "waits": asked.columns is None or ExportColumn.WAITS.value in asked.columns,
        },
        execution_options={"stream_results": True, "yield_per": FETCHED_ROWS},
    )
    for row in rows:
        cases.append(row.id)
        known = editions.provision_text(row.notice_id, row.provision)
        name_of = editions.names_of(row.notice_id)
        today = row.now.astimezone(CHINA).date()
        waits = dict.fromkeys(each["code"] for each in waiting(row.document or {"findings": ()}))
        nearest = next(iter(open_promises(settings.practice, row.promised, today)), None)
        yield (
            row.receipt,
            row.received_at,
            known.get("measure"),
            known.get("title", row.provision),
            row.name,
            row.uscc,
            level_text(IdentityLevel(row.identity), is_checked=row.is_checked),
            State(row.state).label,
            Outcome(row.outcome).label if row.outcome else None,
            "、".join(waits) or None,
            row.amount,
            row.determined_amount,
            row.granted,
            row.decided_at,
            name_of(row.lead_bureau) if row.lead_bureau else None,
            row.visit_on,
            VisitState(row.visit_state).label if row.visit_state else None,
            nearest.due_on if nearest else None,
            nearest.kind.label if nearest else None,
            row.assignee,
        )
