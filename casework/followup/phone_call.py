"""An applicant was called, because no message reached it (电话告知)."""

from __future__ import annotations

import structlog

from casework.docket import desk
from casework.errors import IllegalMove
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType

log = structlog.get_logger(__name__)


def tick_off(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: frozenset[int],
    *,
    note: str,
) -> int:
    """Record that everything there was to tell was told by telephone, and with what result.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove
    (there is nobody to call).
    """
    del settings
    principal.require(Right.CALL_BACK)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        told = deliveries.settle_calls(conn, case.id, note)
        if not told:
            raise IllegalMove("没有待办的电话告知。")
        # A call that the bureau has not been told of yet needs no telling any more: its work item
        # finds the delivery done.
        desk.note(conn, case, EventType.APPLICANT_CALLED, principal.actor, bureau=principal.bureau)
        saved = desk.save(conn, case)
    log.info("applicant.called", receipt=case.receipt, told=told)
    return saved.version
