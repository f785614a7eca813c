"""What was paid wrongly is taken back (追回): how much, on which day, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import structlog
from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.errors import IllegalMove, VersionChanged, WrongPart
from casework.fulfilment import standing
from casework.fulfilment.standing import Fulfilment
from casework.fulfilment.waivers import DayAhead
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.fulfilment import FulfilmentState, ReclaimReason, Way

log = structlog.get_logger(__name__)


class TooMuchReclaimed(WrongPart):
    """More than the enterprise has."""

    code = "too_much_reclaimed"
    title = "追回金额有误"
    message = "追回金额不能超过已付金额。"
    pointer = "/amount"


def reclaim(  # noqa: PLR0913 -- what came back, and what of
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    *,
    amount: Decimal,
    on: date,
    reason: str,
    note: str,
    settled: Decimal | None = None,
) -> int:
    """Record that money came back. What is right stays paid, where only too much was paid; else
    nothing is paid any more.

    `settled`: what the caller has seen to be paid (None: whatever is), so that a form that is sent
    twice takes back once. Returns the application's version. Raises NotPermitted, CaseNotFound,
    NothingToFulfil, IllegalMove, TooMuchReclaimed, DayAhead, VersionChanged.
    """
    principal.require(Right.RECLAIM)
    why = ReclaimReason(reason)
    with db.transaction() as conn:
        case, found = standing.open_for(conn, receipt, principal)
        check(conn, principal, found)
        if settled not in (None, found.settled):
            raise VersionChanged(fen(found.settled))
        if not 0 < amount <= found.settled:
            raise TooMuchReclaimed(f"追回金额须大于0，不能超过已付的{found.settled:,.2f}元。")
        if on > case.today:
            raise DayAhead
        conn.exec_driver_sql(
            "INSERT INTO reclaim (application_id, fulfilment_id, amount, reason, reclaimed_on,"
            " recorded_by, recorded_at) VALUES (%(id)s, %(fulfilment)s, %(amount)s, %(reason)s,"
            " %(on)s, %(actor)s, app_now())",
            {
                "id": case.id,
                "fulfilment": found.id,
                "amount": amount,
                "reason": why.value,
                "on": on,
                "actor": principal.actor,
            },
        )
        if found.outstanding + amount > 0 and found.state is not FulfilmentState.CANCELLED:
            standing.put(conn, found, FulfilmentState.RECLAIMED)
        saved = desk.save(conn, case)
        event = desk.note(
            conn,
            saved,
            EventType.PAYMENT_RECLAIMED,
            principal.actor,
            reason=note,
            bureau=principal.bureau,
            amount=str(amount),
            reclaimed_on=on.isoformat(),
            reclaimed=why,
        )
        tell.concerned(conn, settings, saved, event)
    log.info("payment.reclaimed", receipt=case.receipt)
    return saved.version


def fen(settled: Decimal) -> int:
    """What is paid as a whole number, for a form to carry."""
    return int(settled * 100)


def check(_: Connection, principal: Principal, found: Fulfilment) -> None:
    """Whether somebody of the bureau can record that money came back. Raises NotPermitted,
    IllegalMove."""
    principal.require(Right.RECLAIM)
    if found.way is not Way.PAYMENT or found.settled <= 0:
        raise IllegalMove("本件没有已付的款项，不需要追回。")
    if found.with_bank:
        raise IllegalMove("本件还有一笔付款待银行答复，答复后才能登记追回。")
