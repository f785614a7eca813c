"""What came of a visit, with what was found there of the rent: waived, or not yet.

Found to be waived, the waiver is done by that visit, without a second person. Found not to be, the
bureau that sees to the landlord is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.errors import IllegalMove
from casework.followup import visit_acts
from casework.followup.requests import Asked
from casework.fulfilment import standing, waivers
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.requests import Changed
from store.db import Database
from vocabulary.events import EventType
from vocabulary.fulfilment import Found, Progress, WaiverFound, Way
from vocabulary.visits import VisitResult


def record_outcome(  # noqa: PLR0913 -- what came of a visit
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: visit_acts.Versions,
    *,
    visited_on: date,
    result: str,
    note: str,
    requests: Sequence[Asked] = (),
    waiver: str | None = None,
) -> Changed:
    """Record what came of a visit, and of the waivers that its applications wait for.

    Raises what :func:`casework.followup.visit_acts.record_outcome` does, and IllegalMove where
    nothing waits to be waived, or nobody was met.
    """
    found = None if waiver is None else WaiverFound(waiver)
    if found is not None:
        principal.require(Right.CONFIRM_WAIVER)
        if result == VisitResult.ABSENT:
            raise IllegalMove("上门未遇的，不能登记减免是否落实。")

    def of_waivers(conn: Connection) -> None:
        if found is not None:
            _note(conn, settings, principal, visit_id, visited_on, found)

    return visit_acts.record_outcome(
        db,
        settings,
        principal,
        visit_id,
        versions,
        visited_on=visited_on,
        result=result,
        note=note,
        requests=requests,
        first=of_waivers,
    )


def _note(
    conn: Connection,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    visited_on: date,
    found: WaiverFound,
) -> None:
    # All of them before the visit, in the order in which everybody locks them.
    ids = conn.exec_driver_sql(
        "SELECT a.id FROM application AS a JOIN visit AS v ON v.id = a.visit_id"
        " WHERE v.id = %(visit)s AND v.bureau = %(bureau)s ORDER BY a.id FOR NO KEY UPDATE OF a",
        {"visit": visit_id, "bureau": principal.bureau},
    ).scalars()
    is_any = False
    for number in list(ids):
        case = desk.open_unseen(conn, number)
        due = case and standing.of_application(conn, case.id)
        if case is None or not due or due.way is not Way.WAIVER:
            continue
        if due.progress is not Progress.TOLD:
            continue
        is_any = True
        if found is WaiverFound.DONE:
            waivers.put_done(conn, settings, principal, case, due, on=visited_on, how=Found.VISIT)
            continue
        saved = desk.save(conn, case)
        event = desk.note(
            conn,
            saved,
            EventType.WAIVER_NOT_DONE,
            principal.actor,
            bureau=due.bureau,
            amount=str(due.outstanding),
            visited_on=visited_on.isoformat(),
        )
        tell.concerned(conn, settings, saved, event, bureau=due.bureau)
    if not is_any:
        raise IllegalMove("本次走访没有待落实的减免。")
