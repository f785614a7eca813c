"""The trail: who looked at personal data, and everything that happened to a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework import events
from casework.docket import reasons
from casework.errors import CaseNotFound
from casework.events import NewEvent
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.cases import TrailEvent, TrailPage
from schemas.kit import paging
from schemas.kit.answers import build
from store import predicates
from store.db import Database
from vocabulary.events import EventType
from vocabulary.receipts import parse

ONE_LOOK: Final = "30 minutes"
"""Looks of one person that lie no further back are one look: who opens a paper and comes back has
not seen the others yet."""


def last_look(db: Database, principal: Principal, receipt: str) -> Row[Any] | None:
    """The event (`id`, `at`) by which the person last looked at a case, before the present look;
    None: never. Raises NotPermitted."""
    principal.require(Right.READ_CASE)
    with db.statement() as conn:
        return conn.exec_driver_sql(
            "WITH look AS (SELECT e.id, e.at FROM application AS a"  # noqa: S608 -- constants
            "  JOIN event AS e ON e.application_id = a.id"
            f" WHERE a.receipt = %(receipt)s AND {predicates.ON_THE_CASE}"
            "  AND e.type = 'access.case_read' AND e.actor = %(actor)s)"
            " SELECT id, at FROM look WHERE id = (SELECT coalesce(max(id) FILTER"
            f"  (WHERE at < app_now() - interval '{ONE_LOOK}'), min(id)) FROM look)",
            {"receipt": parse(receipt), "bureau": principal.bureau, "actor": principal.actor},
        ).one_or_none()


def looked(
    conn: Connection,
    principal: Principal,
    kind: EventType,
    cases: Iterable[int],
    **data: object,
) -> None:
    """Record that somebody was shown personal data of these applications: one event, which each
    of them has on its trail."""
    write(conn, look(principal.bureau, principal.actor, kind, cases, **data))


def looked_at_document(conn: Connection, principal: Principal, case: int, serial: int) -> None:
    """Record that somebody was shown a document of which they turn the pages: those of one look
    are one event."""
    is_new = conn.exec_driver_sql(
        "SELECT NOT EXISTS (SELECT FROM event WHERE application_id = %(case)s"  # noqa: S608 -- a constant
        f" AND type = %(type)s AND actor = %(actor)s AND at > app_now() - interval '{ONE_LOOK}'"
        " AND data @> jsonb_build_object('document', %(serial)s::int))",
        {
            "case": case,
            "type": EventType.ACCESS_DOCUMENT_READ.value,
            "actor": principal.actor,
            "serial": serial,
        },
    ).scalar_one()
    if is_new:
        looked(conn, principal, EventType.ACCESS_DOCUMENT_READ, [case], document=serial)


def write(conn: Connection, made: NewEvent | None) -> None:
    """Record a look; none where nothing was shown."""
    if made is not None:
        events.write(conn, [made])


def look(
    bureau: str, actor: str, kind: EventType, cases: Iterable[int], **data: object
) -> NewEvent | None:
    """The event of a look by somebody of a bureau; None where nothing was shown."""
    shown = sorted(set(cases))
    said = {"bureau": bureau, **data}
    match shown:
        case []:
            return None
        case [one]:
            return NewEvent(kind, actor, one, said)
        case _:
            return NewEvent(kind, actor, data=said, shown=shown)


def of_case(
    db: Database,
    principal: Principal,
    receipt: str,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> TrailPage:
    """Every event of one of the bureau's cases, who looked at it included, newest first.

    Returns `items`, `next`. Raises NotPermitted, CaseNotFound.
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
            " WHERE (application_id = %(id)s OR shown @> ARRAY[%(id)s::bigint])"
            " AND (%(before)s::bigint IS NULL OR id < %(before)s)"
            " ORDER BY id DESC LIMIT %(limit)s",
            {"id": application_id, "before": before, "limit": size + 1},
        ).all()
        told = reasons.by_id(conn, rows)
        looked(conn, principal, EventType.ACCESS_TRAIL_READ, [application_id])
    return paging.page(TrailPage, rows, size, lambda row: build(TrailEvent, row, data=told[row.id]))
