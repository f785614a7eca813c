"""Saying which officer of the lead bureau works on a case (指派): whose turn it is, no right."""

from __future__ import annotations

from collections.abc import Sequence

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
        account, actor = colleagues.find(conn, principal, to) if to else (None, None)
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.ASSIGN)
        if case.assignee == actor:
            return case.version
        saved = desk.save(conn, case, assignee=actor)
        kind = EventType.CASE_ASSIGNED if actor else EventType.CASE_UNASSIGNED
        desk.note(conn, case, kind, principal.actor, bureau=case.lead_bureau, account=account)
    return saved.version


def many(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipts: Sequence[str],
    to: str | None = None,
) -> DoneList:
    """Give several cases to a colleague, each in a transaction of its own; their days stay as they
    are. Returns what `bulk.each` does. Raises NotPermitted, NoSuchColleague."""
    principal.require(Right.ASSIGN)
    with db.statement() as conn:
        _ = to is None or colleagues.find(conn, principal, to)
    return each(receipts, lambda receipt: one(db, settings, principal, receipt, to=to))
