"""A landlord has waived: it says so, or the visit has found it."""

from __future__ import annotations

from datetime import date

import structlog
from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.docket.desk import Case
from casework.errors import IllegalMove, WrongPart
from casework.fulfilment import standing
from casework.fulfilment.standing import Fulfilment
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.fulfilment import Found, Progress, Way

log = structlog.get_logger(__name__)


class DayAhead(WrongPart):
    """A day that is still to come."""

    code = "day_ahead"
    title = "日期有误"
    message = "日期不能晚于今天。"
    pointer = "/on"


def confirm(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    *,
    on: date,
    found: str,
) -> int:
    """Record that the rent was waived, by whom that is known, and on which day.

    For the bureau that sees to the landlord, and for the one that leads and visits. Returns the
    application's version. Raises NotPermitted, CaseNotFound, NothingToFulfil, IllegalMove,
    DayAhead.
    """
    principal.require(Right.CONFIRM_WAIVER)
    how = Found(found)
    with db.transaction() as conn:
        case, due = standing.open_for(conn, receipt, principal, lead_too=True)
        check(conn, principal, due)
        if on > case.today:
            raise DayAhead
        version = put_done(conn, settings, principal, case, due, on=on, how=how)
    log.info("waiver.done", receipt=case.receipt)
    return version


def check(_: Connection, principal: Principal, due: Fulfilment) -> None:
    """Whether somebody of the bureaus can record the waiver. Raises NotPermitted, IllegalMove."""
    principal.require(Right.CONFIRM_WAIVER)
    if due.way is not Way.WAIVER or due.progress is not Progress.TOLD:
        raise IllegalMove("现在不能登记减免：公示期未满、有异议或复核中，或已办结。")


def put_done(
    conn: Connection,
    settings: Settings,
    principal: Principal,
    case: Case,
    due: Fulfilment,
    *,
    on: date,
    how: Found,
) -> int:
    """Write down that a locked case's waiver is done, and tell it. Returns the version."""
    conn.exec_driver_sql(
        "UPDATE fulfilment SET state = 'waived', waived = %(amount)s, waived_on = %(on)s,"
        " waived_how = %(how)s, waived_by = %(actor)s, changed_at = app_now()"
        " WHERE id = %(id)s",
        {
            "id": due.id,
            "amount": due.outstanding,
            "on": on,
            "how": how.value,
            "actor": principal.actor,
        },
    )
    saved = desk.save(conn, case)
    event = desk.note(
        conn,
        saved,
        EventType.WAIVER_DONE,
        principal.actor,
        bureau=principal.bureau,
        amount=str(due.outstanding),
        waived_on=on.isoformat(),
        found=how,
    )
    tell.concerned(conn, settings, saved, event)
    return saved.version
