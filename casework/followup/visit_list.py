"""A bureau's visits (走访), as it sees them.

It sees those it does itself, and those about an application it leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final, TypeVar

from sqlalchemy import Row

from casework.docket import trail
from casework.errors import NotFound
from casework.followup import visit_booking, visit_contacts
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from schemas.accounts import Colleague
from schemas.applicant import Applicant
from schemas.kit import paging
from schemas.visits import PlannedVisit, VisitedApplication, VisitPage
from store import predicates
from store.db import Database
from store.money import OUTSTANDING, PROGRESS
from vocabulary.events import EventType
from vocabulary.fulfilment import Progress
from vocabulary.visits import VisitResult, VisitState, is_guess

T = TypeVar("T")

OF_APPLICATION: Final = """
(SELECT to_jsonb(v) FROM visit AS v WHERE v.id = a.visit_id AND v.state <> 'cancelled')
"""
"""The visit that an application `a` is waiting for, or had, as JSON."""
_OURS: Final = """
(v.bureau = %(bureau)s OR EXISTS (SELECT FROM application AS o
    WHERE o.visit_id = v.id AND o.lead_bureau = %(bureau)s))
"""
# Here `a` is each application of the visit.
_WAIVER_DUE: Final = f"""(SELECT sum({OUTSTANDING}) FROM application AS a
    JOIN fulfilment AS f ON f.application_id = a.id
    WHERE a.visit_id = v.id AND f.way = 'waiver' AND {PROGRESS} = '{Progress.TOLD}')"""  # noqa: S608 -- constants
SHOWN: Final = f"""
SELECT v.id, to_jsonb(v) AS visit, v.version, v.due_on, v.planned_on, v.note, v.uscc, a.name,
    a.notice_id, {visit_contacts.OF_VISIT} AS contacts,
    ARRAY(SELECT o.id FROM application AS o WHERE o.visit_id = v.id) AS cases,
    (SELECT jsonb_agg(jsonb_build_object('receipt', o.receipt, 'provision', o.provision,
            'lead_bureau', o.lead_bureau, 'state', o.state) ORDER BY o.id)
        FROM application AS o WHERE o.visit_id = v.id) AS applications,
    {_WAIVER_DUE} AS waiver_due,
    (SELECT jsonb_build_object('label', g.label, 'name', g.name) FROM account AS g
        WHERE g.actor = {predicates.VISITOR}) AS assignee
FROM visit AS v {predicates.OF_VISIT}
"""  # noqa: S608 -- constants
"""A visit `v` as `planned` shows it; to be followed by a condition."""


class VisitNotFound(NotFound):
    """No such visit, or not one of this bureau's; deliberately one answer."""

    code = "visit_not_found"
    title = "没有找到该走访"
    message = "没有找到该走访，或该走访不属于本单位。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; None means any. `open`: still to come, or not; days are included;
    `mine`: those of whoever asks alone."""

    state: str | None = None
    open: bool | None = None
    planned_from: date | None = None
    planned_to: date | None = None
    mine: bool = False


def list_visits(
    db: Database,
    principal: Principal,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> VisitPage:
    """The bureau's visits, the newest first. Returns `items`, `next`. Raises NotPermitted."""
    principal.require(Right.READ_VISITS)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            SHOWN + f" WHERE {_OURS}"
            "  AND (%(state)s::text IS NULL OR v.state = %(state)s)"
            "  AND (%(open)s::bool IS NULL OR (v.state = ANY(%(states)s)) = %(open)s)"
            "  AND (%(from)s::date IS NULL OR v.planned_on >= %(from)s)"
            "  AND (%(to)s::date IS NULL OR v.planned_on <= %(to)s)"
            f"  AND (%(visitor)s::text IS NULL OR {predicates.OF_VISITOR})"
            "  AND (%(before)s::bigint IS NULL OR v.id < %(before)s)"
            " ORDER BY v.id DESC LIMIT %(limit)s",
            {
                "bureau": principal.bureau,
                "state": wanted.state,
                "open": wanted.open,
                "states": visit_booking.OPEN,
                "from": wanted.planned_from,
                "to": wanted.planned_to,
                "visitor": principal.actor if wanted.mine else None,
                "before": before,
                "limit": size + 1,
            },
        ).all()
        cases = [each for row in rows[:size] for each in row.cases]
        trail.looked(conn, principal, EventType.ACCESS_VISITS_LISTED, cases)
    return paging.page(VisitPage, rows, size, planned)


def read(db: Database, principal: Principal, visit_id: int) -> PlannedVisit:
    """One visit. Raises NotPermitted, VisitNotFound."""
    principal.require(Right.READ_VISITS)
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            SHOWN + f" WHERE v.id = %(id)s AND {_OURS}",
            {"id": visit_id, "bureau": principal.bureau},
        ).one_or_none()
        if row is None:
            raise VisitNotFound
        trail.looked(conn, principal, EventType.ACCESS_VISIT_READ, row.cases)
    return planned(row)


def shown(
    kind: Callable[..., T], visit: Mapping[str, Any], names: Callable[[str], str], **more: object
) -> T:
    """A visit as the enterprise or (`kind`, with `more`) its bureaus see it.

    The row is as PostgreSQL gives it in JSON.
    """
    state, starts, visited = VisitState(visit["state"]), visit["starts_at"], visit["visited_on"]
    return kind(
        bureau=visit["bureau"],
        bureau_name=names(visit["bureau"]),
        planned_on=date.fromisoformat(visit["planned_on"]),
        starts_at=starts and time.fromisoformat(starts),
        provisional=is_guess(state, is_provisional=visit["provisional"]),
        basis=visit["basis"],
        state=state,
        state_text=state.label,
        visited_on=visited and date.fromisoformat(visited),
        result=visit["result"] and VisitResult(visit["result"]),
        **more,
    )


def planned(row: Row[Any]) -> PlannedVisit:
    """A row of `SHOWN` as the bureaus see it."""
    result = row.visit["result"]
    contacts = [visit_contacts.shown(each) for each in row.contacts or ()]
    return shown(
        PlannedVisit,
        row.visit,
        editions.names_of(row.notice_id),
        id=row.id,
        version=row.version,
        enterprise=Applicant(name=row.name, uscc=row.uscc),
        address=visit_contacts.address_of(contacts),
        contacts=contacts,
        promised_on=row.due_on or row.planned_on,
        applications=[VisitedApplication(**each) for each in row.applications or ()],
        waiver_due=row.waiver_due,
        assignee=Colleague(**row.assignee) if row.assignee else None,
        result_text=result and VisitResult(result).label,
        note=texts.shown(row.note, "visit.note", row.id),
    )
