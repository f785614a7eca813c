"""An officer has checked who files (核对身份): by a call back, or from papers shown in person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import structlog

from casework.decision import overlaps
from casework.docket import desk, tell
from casework.docket.desk import Versions
from casework.errors import IllegalMove
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import parts
from config.settings import Settings
from store import ledger
from store.db import Database
from vocabulary.cases import Act
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


def check(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    note: str,
    contact: bool,
) -> int:
    """Put on record that the applicant is who the application says, and how that was checked.

    `contact`: whether the addresses of the contact were checked with it, so that messages may go
    there. Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged,
    IllegalMove.
    """
    principal.require(Right.CHECK_IDENTITY)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.CHECK_IDENTITY)
        given = case.enterprise.get("contact") or {}
        confirmed = {channel for channel, (name, *_) in CONFIRMABLE.items() if name in given}
        checked_at = conn.exec_driver_sql(
            "SELECT identity_checked_at FROM application WHERE id = %(id)s", {"id": case.id}
        ).scalar_one()
        if not is_of_use(checked_at, given, case.confirmed_channels):
            raise IllegalMove("身份已经核对过，联系方式也已核实。")
        saved = desk.save(
            conn,
            case,
            stamped="identity_checked_at",
            identity_checked_by=principal.actor,
            identity_note=parts.sealed_identity_note(case.receipt, note),
            confirmed_channels=sorted({*case.confirmed_channels, *(confirmed if contact else ())}),
        )
        if not case.is_verified:
            overlaps.tell_once_known(conn, settings, case.id)
        event = desk.note(
            conn,
            case,
            EventType.IDENTITY_CHECKED,
            principal.actor,
            bureau=principal.bureau,
            identity=case.identity,
            contact=contact,
        )
        tell.concerned(conn, settings, desk.open_case(conn, principal, receipt), event)
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    log.info("identity.checked", receipt=case.receipt)
    return saved.version


def is_of_use(
    checked_at: datetime | None, contact: Mapping[str, Any], confirmed: Collection[str]
) -> bool:
    """Whether there is anything to check: nobody has yet, or an address of the contact is not known
    to be theirs."""
    return checked_at is None or any(
        name in contact and channel not in confirmed for channel, (name, *_) in CONFIRMABLE.items()
    )
