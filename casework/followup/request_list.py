"""A bureau's requests (诉求), as it sees them: those it is to answer, and those on its cases."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from casework.docket import trail
from casework.followup import requests, visit_contacts
from casework.followup.requests import RequestNotFound
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.applicant import Applicant
from schemas.kit import paging
from schemas.requests import Request, RequestPage
from store import predicates
from store.db import Database
from vocabulary.events import EventType
from vocabulary.requests import RequestSource

_SHOWN: Final = f"""
SELECT q.id, to_jsonb(q) AS request, q.visit_id, q.source, q.transfers, a.id AS application,
    a.receipt, a.name, a.uscc, a.notice_id, {visit_contacts.GIVEN} AS contact
FROM request AS q JOIN application AS a ON a.id = q.application_id
WHERE (q.bureau = %(bureau)s OR a.lead_bureau = %(bureau)s)
"""  # noqa: S608 -- a constant


def list_requests(
    db: Database,
    principal: Principal,
    *,
    state: str | None = None,
    mine: bool | None = None,
    overdue: bool | None = None,
    before: int | None = None,
    limit: int | None = None,
    by_due: bool = False,
) -> RequestPage:
    """The bureau's requests, newest first.

    Takes exact filters (None: any); `mine`: those it is to answer itself; `overdue`: open past
    their day; `by_due`: the nearest promised day first, one page of them. Returns `items`,
    `next`. Raises NotPermitted.
    """
    principal.require(Right.READ_REQUESTS)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            _SHOWN + " AND (%(state)s::text IS NULL OR q.state = %(state)s)"
            " AND (%(mine)s::bool IS NULL OR (q.bureau = %(bureau)s) = %(mine)s)"
            " AND (%(overdue)s::bool IS NULL OR (q.state = 'open'"
            f"  AND q.due_on < {predicates.TODAY}) = %(overdue)s)"
            " AND (%(before)s::bigint IS NULL OR q.id < %(before)s)"
            f" ORDER BY {'q.due_on, q.id' if by_due else 'q.id DESC'} LIMIT %(limit)s",
            {
                "bureau": principal.bureau,
                "state": state,
                "mine": mine,
                "overdue": overdue,
                "before": before,
                "limit": size + 1,
            },
        ).all()
        cases = [row.application for row in rows[:size]]
        trail.looked(conn, principal, EventType.ACCESS_REQUESTS_LISTED, cases)
    return paging.page(RequestPage, rows, size, shown)


def read(db: Database, principal: Principal, request_id: int) -> Request:
    """One request. Raises NotPermitted, RequestNotFound."""
    principal.require(Right.READ_REQUESTS)
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            _SHOWN + " AND q.id = %(id)s", {"bureau": principal.bureau, "id": request_id}
        ).one_or_none()
        if row is None:
            raise RequestNotFound
        trail.looked(conn, principal, EventType.ACCESS_REQUEST_READ, [row.application])
    return shown(row)


def shown(row: Row[Any]) -> Request:
    """A request as its bureaus see it."""
    return requests.shown(
        Request,
        row.request,
        editions.names_of(row.notice_id),
        receipt=row.receipt,
        enterprise=Applicant(name=row.name, uscc=row.uscc),
        contact=visit_contacts.shown(row.contact),
        visit=row.visit_id,
        source=RequestSource(row.source),
        transfers=row.transfers,
    )
