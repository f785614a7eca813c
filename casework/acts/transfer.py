"""Transferring a case to the right bureau (退单、转办): once by anyone, then by the supervisor."""

from __future__ import annotations

import structlog

from casework.docket import desk, tell
from casework.docket.desk import Versions
from casework.errors import NotPermitted
from casework.followup import chase, visit_handover
from casework.followup.requests import InvalidTransfer
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.cases import Act
from vocabulary.events import EventType

log = structlog.get_logger(__name__)


def transfer(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    to: str,
    reason: str,
) -> int:
    """Hand the case to another bureau of the notice, which leads it from then on.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove,
    InvalidTransfer.
    """
    principal.require(Right.TRANSFER)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.TRANSFER)
        transfers: int = conn.exec_driver_sql(
            "SELECT transfers FROM application WHERE id = %(id)s", {"id": case.id}
        ).scalar_one()
        if not is_open_to(principal, transfers):
            raise NotPermitted("此件已转办过一次，再次转办须由本单位主管办理。")
        if to not in editions.edition(case.notice_id).notice.bureaus:
            raise InvalidTransfer(f"通知中没有代码为 {to} 的单位。")
        if to == principal.bureau:
            raise InvalidTransfer("不能转办给本单位。")
        # First, so that whatever follows the event finds the new lead.
        saved = desk.save(
            conn,
            case,
            lead_bureau=to,
            # Read by code of the release before only; to be dropped in the next.
            assigned_bureau=to,
            copied_bureaus=[bureau for bureau in case.copied_bureaus if bureau != to],
            transfers=transfers + 1,
            acknowledged_at=None,
            acknowledged_by=None,
            assignee=None,
        )
        event = desk.note(
            conn,
            case,
            EventType.CASE_TRANSFERRED,
            principal.actor,
            bureau=principal.bureau,
            to=to,
            reason=reason,
            standing_in_for=principal.standing_in_for(Right.TRANSFER_AGAIN) if transfers else None,
        )
        # Whoever visits and calls back is whoever leads.
        visit_handover.follow_transfer(conn, settings, case.id, principal.bureau, to)
        conn.exec_driver_sql(
            "UPDATE callback SET bureau = %(to)s WHERE application_id = %(id)s AND done_at IS NULL",
            {"id": case.id, "to": to},
        )
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, case, event, bureau=to)
    log.info("case.transferred", receipt=case.receipt, to=to)
    return saved.version


def is_open_to(principal: Principal, transfers: int) -> bool:
    """Whether the person may transfer a case that was transferred so often."""
    return not transfers or principal.may(Right.TRANSFER_AGAIN)
