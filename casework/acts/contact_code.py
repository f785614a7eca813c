"""The one-time code: sent to the telephone or mail address that was given, typed back here.

It is the only thing that is sent to an unconfirmed address, so it names nobody, three a day are all
that an address ever gets, and what is answered never says whether it was sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.acts import one_time_codes
from casework.acts.one_time_codes import CodeRefused
from casework.decision import overlaps
from casework.docket import desk, tell
from casework.docket.desk import Case, Versions
from casework.errors import Conflict, Invalid
from casework.outbox import deliveries
from casework.outbox.code_addresses import MINUTES
from casework.outbox.deliveries import Notification
from config.settings import Settings
from schemas.identity import CodeAsked
from store import ledger
from store.db import Database
from vocabulary.cases import Act
from vocabulary.codes import Purpose
from vocabulary.deliveries import APPLICANT, Channel
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE, IdentityLevel
from vocabulary.parties import Actor
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


class NoAddress(Invalid):
    """The contact has no such address."""

    code = "no_address"
    title = "没有可以接收验证码的地址"
    message = "联系人没有填写电子邮箱。可以先更正联系方式。"


class ChannelClosed(Conflict):
    """The deployment sends nothing over this channel."""

    code = "channel_closed"
    title = "没有开通这一渠道"
    message = "本系统没有开通这一渠道。请换一种方式，或到联系单位当面核对身份。"


def ask(
    db: Database, settings: Settings, receipt: str, access_code: str, *, channel: str
) -> CodeAsked:
    """Send a code to the contact's telephone or mail address; the answer is the same if none is
    sent because there were enough today.

    Raises ApplicationNotFound, IllegalMove (confirmed already, withdrawn), NoAddress,
    ChannelClosed.
    """
    over = Channel(channel)
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code)
        desk.check(case, Act.VERIFY_CONTACT)
        if over in case.confirmed_channels:
            raise desk.refuse(case, Act.VERIFY_CONTACT, "这一联系方式已经核实，不必再核实。")
        address = _address(case, over)
        if not deliveries.sends_codes(settings, over):
            raise ChannelClosed
        made = one_time_codes.make(conn, settings, case, Purpose.CONTACT, over, address)
        event = desk.note(
            conn,
            case,
            EventType.CONTACT_CODE_ASKED,
            Actor.APPLICANT,
            contact_code=None if made is None else made.id,
        )
        if made is not None:
            about = (event.id, case.id, None, APPLICANT)
            deliveries.write(conn, [Notification(*about, over, address)])
    log.info("contact.code_asked", receipt=case.receipt, channel=over.value)
    return CodeAsked(
        channel=over,
        sent_to=one_time_codes.masked(over, address),
        minutes=MINUTES,
    )


def verify(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    code: str,
    versions: Versions | None = None,
) -> int:
    """Take a code that was typed back: its address is confirmed, and what waited for it happens.

    Returns the application's version. Raises ApplicationNotFound, VersionChanged, IllegalMove,
    CodeRefused.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        desk.check(case, Act.VERIFY_CONTACT)
        contact = case.enterprise.get("contact") or {}
        channel = one_time_codes.take(conn, settings, case, Purpose.CONTACT, code, contact)
        version = None if channel is None else _confirm(conn, settings, case, channel)
    # Only now: a wrong code counts.
    if version is None:
        raise CodeRefused
    log.info("contact.verified", receipt=case.receipt)
    return version


def _address(case: Case, channel: Channel) -> str:
    label = CONFIRMABLE[channel][1]
    address = deliveries.address_over(channel, case.enterprise.get("contact") or {})
    if address is None:
        raise NoAddress(f"联系人没有填写{label}，不能接收验证码。可以先更正联系方式。")
    return address


def _confirm(conn: Connection, settings: Settings, case: Case, channel: Channel) -> int:
    """Write down that the address is confirmed, and have happen what waited for it."""
    member, _, means = CONFIRMABLE[channel]
    confirmed = sorted({*case.confirmed_channels, channel.value})
    known: dict[str, Any] = {"confirmed_channels": confirmed}
    stamped = None
    if case.identity is IdentityLevel.UNVERIFIED:
        known |= {"identity": IdentityLevel.CONTACT_VERIFIED, "identity_how": means}
        stamped = "identity_at"
    saved = desk.save(conn, case, stamped=stamped, **known)
    if not case.is_verified:
        overlaps.tell_once_known(conn, settings, case.id)
    event = desk.note(
        conn,
        case,
        EventType.CONTACT_VERIFIED,
        Actor.APPLICANT,
        how=means,
        identity=known.get("identity", case.identity),
    )
    contact = {**case.confirmed_contact, member: case.enterprise["contact"][member]}
    tell.concerned(conn, settings, replace(saved, confirmed_contact=contact), event)
    ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    return saved.version
