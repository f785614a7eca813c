"""The applicant's own contact: corrected at any time, and unconfirmed until a code is typed back.

Whoever holds a leaked access code could turn messages to themselves: what was confirmed and is
replaced is no longer confirmed, the earlier address is told, and so is the bureau.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.docket.desk import Case, Versions
from config.settings import Settings
from store import ledger
from store.db import Database
from vocabulary.cases import Act
from vocabulary.deliveries import Channel
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE, IdentityLevel
from vocabulary.parties import Actor
from vocabulary.work import Stage
from vocabulary.writing import name_form

log = structlog.get_logger(__name__)


def correct(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    versions: Versions | None = None,
    **contact: Any,
) -> int:
    """Put another contact in the place of the application's.

    Takes the new contact's members. Returns the application's version. Raises ApplicationNotFound,
    VersionChanged, IllegalMove (withdrawn).
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        desk.check(case, Act.CORRECT_CONTACT)
        was = case.enterprise.get("contact") or {}
        fields = sorted(name for name in {*was, *contact} if was.get(name) != contact.get(name))
        if not fields:
            return case.version
        enterprise = {**case.enterprise, "contact": contact}
        known = known_after(case, enterprise)
        saved = desk.save_filed(conn, case, enterprise, case.facts, **known)
        note(conn, settings, case, fields, known)
    log.info("contact.corrected", receipt=case.receipt)
    return saved.version


def known_after(case: Case, enterprise: Mapping[str, Any]) -> dict[str, Any]:
    """What is still known of who files once the application says this of the enterprise: columns of
    `application`, {} where nothing changes.

    An address that is replaced is not confirmed any more. Where the level rests on nothing but such
    an address, it falls; what a sending system or an officer knows does not rest on an address. It
    is of the enterprise that was named: of another one nobody has said anything.
    """
    was, now = case.enterprise.get("contact") or {}, enterprise.get("contact") or {}
    members = {channel: CONFIRMABLE[Channel(channel)][0] for channel in case.confirmed_channels}
    confirmed = [
        channel
        for channel, member in members.items()
        if member in now and was.get(member) == now[member]
    ]
    known: dict[str, Any] = {}
    level = case.identity
    if _party(enterprise) != _party(case.enterprise):
        known = dict.fromkeys(("identity_checked_by", "identity_checked_at", "identity_note"), None)
        level = min(level, IdentityLevel.CONTACT_VERIFIED, key=lambda each: each.rank)
    # A sending system vouches for channels that the contact may not have: those change nothing.
    if any(was.get(member) != now.get(member) for member in members.values()):
        known["confirmed_channels"] = confirmed
    if known and level is IdentityLevel.CONTACT_VERIFIED and not confirmed:
        level = IdentityLevel.UNVERIFIED
        known |= {"identity_how": None, "identity_at": None}
    if level is not case.identity:
        known["identity"] = level
    return known


def _party(enterprise: Mapping[str, Any]) -> str:
    """What an enterprise is known by: its credit code, else its name."""
    return enterprise.get("uscc") or name_form(enterprise["name"])


def note(
    conn: Connection,
    settings: Settings,
    case: Case,
    fields: list[str],
    known: Mapping[str, Any],
) -> None:
    """Write down that the contact was changed, without saying to what; tell the bureau, and the
    enterprise at the addresses that were confirmed before."""
    event = desk.note(
        conn,
        case,
        EventType.CONTACT_CORRECTED,
        Actor.APPLICANT,
        fields=fields,
        identity=known.get("identity", case.identity),
    )
    if "identity" in known:
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    tell.concerned(conn, settings, case, event)
