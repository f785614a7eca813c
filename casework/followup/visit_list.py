"""A bureau's visits (走访), as it sees them.

It sees those it does itself, and those about an application it leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from casework import editions, paging
from casework.docket import trail
from casework.errors import VisitNotFound
from casework.followup import visit_booking
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.applicant import Applicant
from schemas.visits import PlannedVisit, VisitedApplication, VisitPage
from store.db import Database
from vocabulary.events import EventType
from vocabulary.visits import VisitResult, VisitState

_OURS: Final = """
(v.bureau = %(bureau)s OR EXISTS (SELECT FROM application AS o
    WHERE o.visit_id = v.id AND o.lead_bureau = %(bureau)s))
"""
_SHOWN: Final = """
SELECT v.id, v.bureau, v.planned_on, v.due_on, v.starts_at, v.provisional, v.basis, v.state,
    v.visited_on, v.result, v.note, v.version, v.uscc, a.name, a.notice_id,
    a.enterprise -> 'contact' AS contact,
    (SELECT jsonb_agg(jsonb_build_object('receipt', o.receipt, 'provision', o.provision,
            'lead_bureau', o.lead_bureau, 'state', o.state) ORDER BY o.id)
        FROM application AS o WHERE o.visit_id = v.id) AS applications
FROM visit AS v JOIN application AS a ON a.id = v.application_id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; None means any. `open`: still to come, or not; days are included."""

    state: str | None = None
    open: bool | None = None
    planned_from: date | None = None
    planned_to: date | None = None


def list_visits(
    db: Database,
    principal: Principal,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> VisitPage:
    """The bureau's visits, latest planned first. Out: `items`, `next`. Raises NotPermitted."""
    principal.require(Right.READ_VISITS)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            _SHOWN + f" WHERE {_OURS}"
            "  AND (%(state)s::text IS NULL OR v.state = %(state)s)"
            "  AND (%(open)s::bool IS NULL OR (v.state = ANY(%(states)s)) = %(open)s)"
            "  AND (%(from)s::date IS NULL OR v.planned_on >= %(from)s)"
            "  AND (%(to)s::date IS NULL OR v.planned_on <= %(to)s)"
            "  AND (%(before)s::bigint IS NULL OR v.id < %(before)s)"
            " ORDER BY v.id DESC LIMIT %(limit)s",
            {
                "bureau": principal.bureau,
                "state": wanted.state,
                "open": wanted.open,
                "states": visit_booking.OPEN,
                "from": wanted.planned_from,
                "to": wanted.planned_to,
                "before": before,
                "limit": size + 1,
            },
        ).all()
        receipts = sorted({each["receipt"] for row in rows[:size] for each in row.applications})
        trail.looked(conn, principal, EventType.ACCESS_VISITS_LISTED, receipts=receipts)
    return paging.page(VisitPage, rows, size, shown)


def read(db: Database, principal: Principal, visit_id: int) -> PlannedVisit:
    """One visit. Raises NotPermitted, VisitNotFound."""
    principal.require(Right.READ_VISITS)
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            _SHOWN + f" WHERE v.id = %(id)s AND {_OURS}",
            {"id": visit_id, "bureau": principal.bureau},
        ).one_or_none()
        if row is None:
            raise VisitNotFound
        receipts = [each["receipt"] for each in row.applications or ()]
        trail.looked(conn, principal, EventType.ACCESS_VISIT_READ, receipts=receipts)
    return shown(row)


def shown(row: Row[Any]) -> PlannedVisit:
    """A visit as its bureaus see it."""
    names = editions.edition(row.notice_id).notice.name_of
    state, result = VisitState(row.state), row.result and VisitResult(row.result)
    return PlannedVisit(
        id=row.id,
        version=row.version,
        bureau=row.bureau,
        bureau_name=names(row.bureau),
        enterprise=Applicant(name=row.name, uscc=row.uscc),
        contact=row.contact or {},
        planned_on=row.planned_on,
        promised_on=row.due_on or row.planned_on,
        starts_at=row.starts_at,
        provisional=row.provisional,
        basis=row.basis,
        state=state,
        state_text=state.label,
        applications=[VisitedApplication(**each) for each in row.applications or ()],
        visited_on=row.visited_on,
        result=result,
        result_text=result and result.label,
        note=row.note,
    )
