"""Reminding of a visit (走访提醒): the bureau and the enterprise, some working days before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Connection, Row

from casework import deliver, work
from casework.deliver import Notification
from casework.errors import PermanentError
from casework.work import Report
from config.settings import Settings
from store.db import Database
from store.ledger import Item
from store.vocabulary import Stage, VisitState

log = structlog.get_logger(__name__)


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> Report:
    """Write the reminders of these work items' visits; everything commits in one transaction.

    A visit that is no longer merely planned (reminded, done, cancelled) needs no reminder: its
    item is simply done. Raises RetryableError if the database went away.
    """
    return work.run(
        db, settings, Stage.REMIND, item_ids, partial(_remind, settings), careful=careful
    )


def _remind(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    visits = {row.id: row for row in _load(conn, [item.subject_id for item in items])}
    planned = [row for row in visits.values() if row.state == VisitState.PLANNED]
    if planned:
        conn.exec_driver_sql(
            "UPDATE visit SET state = 'reminded' WHERE id = ANY(%(ids)s)",
            {"ids": [row.id for row in planned]},
        )
        _tell(conn, settings, planned, _events(conn, planned))
    log.info("visits.reminded", visits=[row.id for row in planned])
    return {
        item.id: PermanentError("there is no such visit")
        for item in items
        if item.subject_id not in visits
    }


def _load(conn: Connection, ids: Sequence[int]) -> Sequence[Row[tuple[object, ...]]]:
    return conn.exec_driver_sql(
        "SELECT v.id, v.application_id, v.bureau, v.planned_on, v.state,"
        "  a.enterprise -> 'contact' AS contact"
        " FROM visit AS v JOIN application AS a ON a.id = v.application_id"
        " WHERE v.id = ANY(%(ids)s) ORDER BY v.id FOR NO KEY UPDATE OF v",
        {"ids": list(ids)},
    ).all()


def _events(conn: Connection, visits: Sequence[Row[tuple[object, ...]]]) -> dict[int, int]:
    """One event per visit. Out: visit id -> event id."""
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, data, at)"
        " SELECT id, 'visit.reminded', 'system', data::jsonb, app_now()"
        " FROM unnest(%(ids)s::bigint[], %(data)s::text[]) AS u (id, data)"
        " RETURNING (data ->> 'visit')::bigint, id",
        {
            "ids": [row.application_id for row in visits],
            "data": [
                json.dumps(
                    {
                        "visit": row.id,
                        "bureau": row.bureau,
                        "planned_on": row.planned_on.isoformat(),
                    }
                )
                for row in visits
            ],
        },
    )
    return {row[0]: row[1] for row in rows}


def _tell(
    conn: Connection,
    settings: Settings,
    visits: Sequence[Row[tuple[object, ...]]],
    events: dict[int, int],
) -> None:
    told: list[Notification] = []
    for row in visits:
        about = (events[row.id], row.application_id, row.id)
        told += deliver.to_bureau(settings, *about, row.bureau)
        told += deliver.to_enterprise(settings, *about, row.contact or {})
    deliver.write(conn, told)
