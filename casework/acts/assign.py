"""Saying which officer of the lead bureau works on a case (指派), one or many.

It gives no right and takes none: who may do what goes by roles. It says whose turn it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from casework.docket import desk
from casework.docket.bulk import each
from casework.docket.desk import Versions
from casework.people import colleagues
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.bulk import DoneList
from store.db import Database
from vocabulary.cases import Act
from vocabulary.events import EventType

log = structlog.get_logger(__name__)


def one(
    db: Database,
    _: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions | None = None,
    *,
    to: str | None = None,
) -> int:
    """Give a case to a colleague; None: to nobody. To whom it is given already changes nothing.

    Takes what the colleague is called in the bureau. Returns the case's version. Raises
    NotPermitted, NoSuchColleague, CaseNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.ASSIGN)
    with db.transaction() as conn:
        account, actor = (None, None) if to is None else colleagues.find(conn, principal, to)
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.ASSIGN)
        if case.assignee == actor:
            return case.version
        saved = desk.save(conn, case, assignee=actor)
        desk.note(
            conn,
            case,
            EventType.CASE_ASSIGNED if actor else EventType.CASE_UNASSIGNED,
            principal.actor,
            bureau=principal.bureau,
            account=account,
            standing_in_for=principal.standing_in_for(Right.ASSIGN),
        )
    log.info("case.assigned", receipt=case.receipt)
    return saved.version


def many(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipts: Sequence[str],
    to: str | None = None,
) -> DoneList:
    """Give several cases to a colleague, each in a transaction of its own: also all that another
    one leaves behind, whose days stay as they are. Returns what `bulk.each` does. Raises
    NotPermitted, NoSuchColleague."""
    principal.require(Right.ASSIGN)
    if to is not None:
        with db.statement() as conn:
            colleagues.find(conn, principal, to)
    return each(receipts, lambda receipt: one(db, settings, principal, receipt, to=to))
