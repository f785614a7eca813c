"""What was granted has been paid, but by no batch of ours: before payments were known here, or in
cash. It is written down, so that nothing is paid twice.
"""

from __future__ import annotations

from datetime import date

import structlog

from casework.docket import desk, tell
from casework.errors import IllegalMove
from casework.fulfilment import standing
from casework.fulfilment.waivers import DayAhead
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.fulfilment import FulfilmentState, Way

log = structlog.get_logger(__name__)

_OPEN = (FulfilmentState.DUE, FulfilmentState.RETURNED)
NO_LINE = "另行付款"


def record(
    db: Database, settings: Settings, principal: Principal, receipt: str, *, on: date, note: str
) -> int:
    """Write down that all that was still due is paid already.

    Returns the application's version. Raises NotPermitted, CaseNotFound, NothingToFulfil,
    IllegalMove, DayAhead.
    """
    principal.require(Right.RECLAIM)
    with db.transaction() as conn:
        case, found = standing.open_for(conn, receipt, principal)
        if found.way is not Way.PAYMENT or found.state not in _OPEN or found.with_bank:
            raise IllegalMove("本件没有待付的款项，或付款已送银行。")
        if on > case.today:
            raise DayAhead
        conn.exec_driver_sql(
            "UPDATE fulfilment SET state = 'paid', waived = %(amount)s, waived_on = %(on)s,"
            " waived_by = %(actor)s, changed_at = app_now() WHERE id = %(id)s",
            {"id": found.id, "amount": found.outstanding, "on": on, "actor": principal.actor},
        )
        saved = desk.save(conn, case)
        event = desk.note(
            conn,
            saved,
            EventType.PAYMENT_MADE,
            principal.actor,
            reason=note,
            bureau=principal.bureau,
            amount=str(found.outstanding),
            line=NO_LINE,
            paid_on=on.isoformat(),
        )
        tell.concerned(conn, settings, saved, event)
    log.info("payment.otherwise", receipt=case.receipt)
    return saved.version
