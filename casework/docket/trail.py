"""The trail: who looked at personal data, and everything that happened to a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import Connection, Row

from casework import events, paging
from casework.errors import CaseNotFound
from casework.events import NewEvent
from casework.formats import local
from casework.paging import Page
from casework.people.access import Principal
from casework.people.rights import Right
from casework.receipt import parse
from store import predicates
from store.db import Database
from vocabulary.events import EventType


def looked(
    conn: Connection,
    principal: Principal,
    kind: EventType,
    *,
    application_id: int | None = None,
    receipts: list[str] | None = None,
) -> None:
    """Record that somebody was shown personal data: of one application, or of those listed."""
    if receipts is not None and not receipts:
        return
    data = {"receipts": receipts} if receipts else {}
    events.write(conn, [NewEvent(kind, principal.actor, application_id, data)])


class Entry(TypedDict):
    """One event of a case's trail, as its bureaus see it."""

    id: int
    at: str
    type: str
    actor: str
    from_state: str | None
    to_state: str | None
    data: Mapping[str, object]


def of_case(
    db: Database,
    principal: Principal,
    receipt: str,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> Page[Entry]:
    """Every event of one of the bureau's cases, who looked at it included, newest first.

    Out: `items`, `next`. Raises NotPermitted, CaseNotFound.
    """
    principal.require(Right.READ_TRAIL)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        application_id = conn.exec_driver_sql(
            "SELECT id FROM application AS a WHERE receipt = %(receipt)s"  # noqa: S608 -- a constant
            f" AND {predicates.ON_THE_CASE}",
            {"receipt": parse(receipt), "bureau": principal.bureau},
        ).scalar_one_or_none()
        if application_id is None:
            raise CaseNotFound
        rows = conn.exec_driver_sql(
            "SELECT id, type, actor, from_state, to_state, data, at FROM event"
            " WHERE application_id = %(id)s AND (%(before)s::bigint IS NULL OR id < %(before)s)"
            " ORDER BY id DESC LIMIT %(limit)s",
            {"id": application_id, "before": before, "limit": size + 1},
        ).all()
        looked(conn, principal, EventType.ACCESS_TRAIL_READ, application_id=application_id)
    return paging.page(Page[Entry], rows, size, _event)


def _event(row: Row[Any]) -> Entry:
    return {
        "id": row.id,
        "at": local(row.at),
        "type": row.type,
        "actor": row.actor,
        "from_state": row.from_state,
        "to_state": row.to_state,
        "data": row.data,
    }
