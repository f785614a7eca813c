"""The whole trail for whoever audits: by person, by case, by day, page after page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework import events
from casework.events import NewEvent
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.audit import AuditEvent, AuditPage
from schemas.kit import paging
from schemas.kit.answers import build
from store.db import Database
from vocabulary.events import EventType
from vocabulary.receipts import parse

MOST_RECEIPTS: Final = 200
"""Cases of one look that are named; an export may hold thousands, and says how many."""

# The days are Chinese ones, by business time, as `at` is.
_PAGE: Final = """
WITH page AS (
    SELECT e.id, e.type, e.actor, e.application_id, e.shown, e.data, e.at, e.recorded_at
    FROM event AS e
    WHERE (%(person)s::text IS NULL OR e.actor = %(person)s)
        AND (%(type)s::text IS NULL OR e.type = %(type)s)
        AND (NOT %(of_case)s OR e.application_id = %(case)s OR e.shown @> ARRAY[%(case)s::bigint])
        AND (%(from)s::date IS NULL
            OR e.at >= %(from)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
        AND (%(to)s::date IS NULL
            OR e.at < (%(to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
        AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
    ORDER BY e.id DESC LIMIT %(limit)s
)
SELECT p.*, coalesce(cardinality(p.shown), (p.application_id IS NOT NULL)::int) AS cases,
    ARRAY(SELECT a.receipt FROM application AS a WHERE a.id = p.application_id
        OR a.id = ANY (p.shown[1:%(most)s]) ORDER BY a.id) AS receipts
FROM page AS p ORDER BY p.id DESC
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; None means any. `person`: an actor as events name it; days are included."""

    person: str | None = None
    case: str | None = None
    type: str | None = None
    day_from: date | None = None
    day_to: date | None = None


def read(
    db: Database,
    principal: Principal,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> AuditPage:
    """The trail, newest first; that it was looked through is an event, on the trail of each case
    that it named. Raises NotPermitted."""
    principal.require(Right.READ_AUDIT)
    with db.transaction() as conn:
        page = find(conn, wanted, before=before, limit=limit)
        data = {"bureau": principal.bureau, "rows": len(page.items)}
        named = sorted({receipt for each in page.items for receipt in each.receipts})
        shown = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = ANY(%(named)s) ORDER BY id",
            {"named": named},
        ).scalars()
        kind, actor = EventType.ACCESS_AUDIT_READ, principal.actor
        events.write(conn, [NewEvent(kind, actor, data=data, shown=shown.all() or None)])
    return page


def find(
    conn: Connection, wanted: Wanted, *, before: int | None = None, limit: int | None = None
) -> AuditPage:
    """A page of the trail. A receipt that is none's finds nothing."""
    size = paging.bounded(limit)
    case = None
    if wanted.case is not None:
        case = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s",
            {"receipt": parse(wanted.case)},
        ).scalar_one_or_none()
    rows = conn.exec_driver_sql(
        _PAGE,
        {
            "person": wanted.person,
            "type": wanted.type,
            "of_case": wanted.case is not None,
            "case": case,
            "from": wanted.day_from,
            "to": wanted.day_to,
            "before": before,
            "limit": size + 1,
            "most": MOST_RECEIPTS,
        },
    ).all()
    return paging.page(AuditPage, rows, size, _shown)


def _shown(row: Row[Any]) -> AuditEvent:
    known = row.type in set(EventType)
    is_look = known and row.type.startswith("access.")
    return build(
        AuditEvent, row, text=EventType(row.type).sentence(row.data, str) if is_look else None
    )
