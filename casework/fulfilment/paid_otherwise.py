"""What was granted has been paid, but by no batch of ours: before payments were known here, or in
cash. It is written down, so that nothing is paid twice: by one head, and by another who says the
same, since otherwise one person could keep an enterprise from its money.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework.docket import desk, tell
from casework.docket.desk import Case
from casework.errors import IllegalMove, NotPermitted
from casework.fulfilment import standing
from casework.fulfilment.standing import Fulfilment
from casework.fulfilment.waivers import DayAhead
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from store.predicates import TODAY
from vocabulary.events import EventType
from vocabulary.fulfilment import FulfilmentState, Way

log = structlog.get_logger(__name__)

_OPEN = (FulfilmentState.DUE, FulfilmentState.RETURNED)
NO_LINE = "另行付款"

# Of what is not paid yet, `waived_on` and `waived_by` are what the first of the two said.
_SAID: Final = f"""
SELECT waived_on AS paid_on, waived_by AS by, publicised_until >= {TODAY}
    OR EXISTS (SELECT FROM objection AS o WHERE o.application_id = f.application_id
        AND o.state = 'open') AS too_early
FROM fulfilment AS f WHERE id = %(id)s
"""  # noqa: S608 -- a constant


class AnotherConfirms(NotPermitted):
    """Whoever said that it was paid does not confirm it, nor does who stands in for them."""

    code = "another_confirms"
    title = "须由另一位主管确认"
    message = "已登记另行付款，须由另一位主管登记同一付款日期，才算付清。"


def record(
    db: Database, settings: Settings, principal: Principal, receipt: str, *, on: date, note: str
) -> int:
    """Write down that all that was still due is paid already: it is once a second head says the
    same day.

    Returns the application's version. Raises NotPermitted, CaseNotFound, NothingToFulfil,
    IllegalMove (also within the publicity days, under review, and while an objection is open),
    DayAhead, AnotherConfirms.
    """
    principal.require(Right.RECLAIM)
    with db.transaction() as conn:
        case, found = standing.open_for(conn, receipt, principal)
        said = _said(conn, found)
        if on > case.today:
            raise DayAhead
        if said.paid_on != on:
            return _say(conn, case, principal, found, on, note)
        _refuse_the_same(principal, said)
        conn.exec_driver_sql(
            "UPDATE fulfilment SET state = 'paid', waived = %(amount)s, waived_by = %(actor)s,"
            " changed_at = app_now() WHERE id = %(id)s",
            {"id": found.id, "amount": found.outstanding, "actor": principal.actor},
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


def check(conn: Connection, principal: Principal, found: Fulfilment) -> None:
    """Whether somebody of the bureau can say that it was paid, on the day that was said, if one
    was. Raises NotPermitted, IllegalMove, AnotherConfirms."""
    principal.require(Right.RECLAIM)
    said = _said(conn, found)
    if said.paid_on is not None:
        _refuse_the_same(principal, said)


def _said(conn: Connection, found: Fulfilment) -> Row[Any]:
    """What the first of the two has said of what can still be paid. Raises IllegalMove."""
    if found.way is not Way.PAYMENT or found.state not in _OPEN or found.with_bank:
        raise IllegalMove("本件没有待付的款项，或付款已送银行。")
    said = conn.exec_driver_sql(_SAID, {"id": found.id}).one()
    if said.too_early or not found.stands:
        raise IllegalMove("公示期未满、有异议待答复或正在复核，不能登记已另行付款。")
    return said


def _refuse_the_same(principal: Principal, said: Row[Any]) -> None:
    if said.by == principal.actor or not principal.may(Right.RECLAIM, but=frozenset({said.by})):
        raise AnotherConfirms


def _say(
    conn: Connection, case: Case, principal: Principal, found: Fulfilment, on: date, note: str
) -> int:
    """The first of the two, or another day than the first said."""
    conn.exec_driver_sql(
        "UPDATE fulfilment SET waived_on = %(on)s, waived_by = %(actor)s, changed_at = app_now()"
        " WHERE id = %(id)s",
        {"id": found.id, "on": on, "actor": principal.actor},
    )
    saved = desk.save(conn, case)
    desk.note(
        conn,
        saved,
        EventType.PAYMENT_CLAIMED,
        principal.actor,
        reason=note,
        bureau=principal.bureau,
        paid_on=on.isoformat(),
    )
    log.info("payment.claimed", receipt=case.receipt)
    return saved.version
