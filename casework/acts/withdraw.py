"""The applicant withdraws: what the application held is given back, and what was planned ends."""

from __future__ import annotations

import structlog

from casework.acts.supplement import finish as finish_supplement
from casework.decision import benefits, caps
from casework.docket import desk, tell
from casework.docket.desk import Versions
from casework.followup import visit_acts
from config.settings import Settings
from store.db import Database
from vocabulary.cases import Act, SupplementState
from vocabulary.events import EventType
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)

# What waits for somebody ends with the application, and so does a determination under review.
_DROP = """
WITH proposals AS (
    UPDATE determination SET state = 'rejected', decided_at = app_now()
    WHERE application_id = %(id)s AND state = 'proposed'
), determinations AS (
    UPDATE determination SET state = 'superseded'
    WHERE application_id = %(id)s AND state = 'in_force'
)
UPDATE review SET state = 'dropped', decided_at = app_now()
WHERE application_id = %(id)s AND state = 'open'
"""


def withdraw(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    reason: str | None = None,
    versions: Versions | None = None,
) -> int:
    """Withdraw an application that no determination has settled.

    Returns its version. Applications that were linked to it are assessed again. Raises
    ApplicationNotFound, VersionChanged, IllegalMove.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        state = desk.state_after(case, Act.WITHDRAW)
        benefits.release(conn, case.id)
        caps.release(conn, case.id)
        finish_supplement(conn, case, SupplementState.CLOSED)
        conn.exec_driver_sql(_DROP, {"id": case.id})
        event = desk.note(
            conn,
            case,
            EventType.APPLICATION_WITHDRAWN,
            Actor.APPLICANT,
            to_state=state,
            reason=reason,
        )
        saved = desk.save(conn, case, state=state, determined_amount=None)
        visit_acts.follow_end(conn, case.id)
        tell.concerned(conn, settings, case, event)
    log.info("application.withdrawn", receipt=case.receipt)
    return saved.version
