"""Acknowledging receipt of a case (签收), one or many."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from casework.docket import desk
from casework.docket.bulk import each
from casework.docket.desk import Case, Versions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.bulk import DoneList
from store.db import Database
from vocabulary.cases import Act
from vocabulary.events import EventType

log = structlog.get_logger(__name__)


def one(db: Database, principal: Principal, receipt: str, versions: Versions | None = None) -> int:
    """Acknowledge one case for the lead bureau; a second time changes nothing.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.ACKNOWLEDGE)
    with db.transaction() as conn:
        return _acknowledge(conn, principal, desk.open_case(conn, principal, receipt, versions))


def many(db: Database, principal: Principal, receipts: Sequence[str]) -> DoneList:
    """Acknowledge several cases, each in a transaction of its own.

    Returns what `bulk.each` does. Raises NotPermitted.
    """
    principal.require(Right.ACKNOWLEDGE)
    return each(receipts, lambda receipt: one(db, principal, receipt))


def _acknowledge(conn: Connection, principal: Principal, case: Case) -> int:
    desk.require_lead(case, principal)
    desk.check(case, Act.ACKNOWLEDGE)
    if case.is_acknowledged:
        return case.version
    saved = desk.stamp_acknowledged(conn, case, principal.actor)
    desk.note(conn, case, EventType.CASE_ACKNOWLEDGED, principal.actor, bureau=principal.bureau)
    log.info("case.acknowledged", receipt=case.receipt)
    return saved.version
