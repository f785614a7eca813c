"""The one-time code: sent to the telephone or mail address that was given, typed back here.

It is the only thing that is sent to an unconfirmed address, so it names nobody, three a day are all
that an address ever gets, and what is answered never says whether it was sent. It is derived from
random bytes under SECRET_KEY, so that neither the database nor a dump holds it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from casework import credentials
from casework.docket import desk, tell
from casework.docket.desk import Case, Versions
from casework.errors import Conflict, Invalid
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from config.settings import Settings
from schemas.identity import CodeAsked
from schemas.kit.telephone import read_telephone
from store import ledger
from store.db import Database
from store.predicates import TODAY, day
from vocabulary.cases import Act
from vocabulary.deliveries import APPLICANT, Channel
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE, IdentityLevel
from vocabulary.parties import Actor
from vocabulary.work import Stage
from vocabulary.writing import mailbox_form

log = structlog.get_logger(__name__)

MINUTES: Final = 10
"""How long a code is good for."""
MOST_TRIES: Final = 5
"""Wrong codes after which those that are out are good for nothing."""
MOST_A_DAY: Final = 3
"""Codes to one address in a day, whoever asks and for however many applications."""
MOST_OF_ONE: Final = 6
"""Codes of one application in a day, however often its contact is corrected."""


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


class CodeRefused(Invalid):
    """Wrong, expired, used or tried too often; deliberately one answer."""

    code = "code_refused"
    title = "验证码不正确或已失效"
    message = (
        f"验证码不正确或已失效。验证码{MINUTES}分钟内有效，输错{MOST_TRIES}次作废；"
        "请核对或重新索取。"
    )


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
        code_id = _make(conn, settings, case, over, address)
        event = desk.note(
            conn, case, EventType.CONTACT_CODE_ASKED, Actor.APPLICANT, contact_code=code_id
        )
        if code_id is not None:
            about = (event.id, case.id, None, APPLICANT)
            deliveries.write(conn, [Notification(*about, over, address)])
    log.info("contact.code_asked", receipt=case.receipt, channel=over.value)
    return CodeAsked(channel=over, sent_to=_masked(over, address), minutes=MINUTES)


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
        channel = _take(conn, settings, case, code)
        version = None if channel is None else _confirm(conn, settings, case, channel)
    # Only now: a wrong code counts.
    if version is None:
        raise CodeRefused
    log.info("contact.verified", receipt=case.receipt)
    return version


def _address(case: Case, channel: Channel) -> str:
    address = _given(case, channel)
    if address is None:
        label = CONFIRMABLE[channel][1]
        raise NoAddress(f"联系人没有填写{label}，不能接收验证码。可以先更正联系方式。")
    return address


def _given(case: Case, channel: Channel) -> str | None:
    """Where the contact's codes go over a channel, however its telephone was written."""
    address: str | None = (case.enterprise.get("contact") or {}).get(CONFIRMABLE[channel][0])
    if address is None or channel is not Channel.SMS:
        return address
    phone = read_telephone(address)
    return phone.text_address if phone else None


def _hash(settings: Settings, channel: Channel, address: str) -> bytes:
    form = address if channel is Channel.SMS else mailbox_form(address)
    return credentials.address_hash(settings.require_secret_key(), channel, form)


def _make(
    conn: Connection, settings: Settings, case: Case, channel: Channel, address: str
) -> int | None:
    """The number of a new code, None if there were enough today."""
    hashed = _hash(settings, channel, address)
    # Two that ask at once for one address count one after the other.
    conn.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(('x' || encode(substr(%(hash)s::bytea, 1, 8), 'hex'))"
        "::bit(64)::bigint)",
        {"hash": hashed},
    )
    asked_on = day("c.asked_at")
    code_id: int | None = conn.exec_driver_sql(
        "INSERT INTO contact_code (application_id, channel, address_hash, nonce, asked_at,"  # noqa: S608
        "  expires_at)"
        " SELECT %(id)s, %(channel)s, %(hash)s, %(nonce)s, app_now(), app_now() + %(good)s"
        " WHERE (SELECT count(*) FROM contact_code AS c WHERE c.address_hash = %(hash)s"
        f"   AND {asked_on} = {TODAY}) < %(most)s"
        "  AND (SELECT count(*) FROM contact_code AS c WHERE c.application_id = %(id)s"
        f"   AND {asked_on} = {TODAY}) < %(most_of_one)s"
        " RETURNING id",
        {
            "id": case.id,
            "channel": channel.value,
            "hash": hashed,
            "nonce": secrets.token_bytes(16),
            "good": timedelta(minutes=MINUTES),
            "most": MOST_A_DAY,
            "most_of_one": MOST_OF_ONE,
        },
    ).scalar_one_or_none()
    return code_id


def _take(conn: Connection, settings: Settings, case: Case, typed: str) -> Channel | None:
    """Over which channel the code that was typed had been sent; None for a wrong one, which
    counts as a try of each that is out."""
    rows = conn.exec_driver_sql(
        "SELECT id, channel, address_hash, nonce FROM contact_code"
        " WHERE application_id = %(id)s AND used_at IS NULL AND expires_at > app_now()"
        "  AND tries < %(most)s ORDER BY id FOR UPDATE",
        {"id": case.id, "most": MOST_TRIES},
    ).all()
    secret, right = settings.require_secret_key(), None
    for row in rows:
        code = credentials.contact_code(secret, bytes(row.nonce))
        if hmac.compare_digest(code.encode(), typed.encode()) and _is_current(settings, case, row):
            right = row
    if right is None:
        conn.exec_driver_sql(
            "UPDATE contact_code SET tries = tries + 1 WHERE id = ANY(%(ids)s)",
            {"ids": [row.id for row in rows]},
        )
        return None
    conn.exec_driver_sql(
        "UPDATE contact_code SET used_at = app_now() WHERE id = %(id)s", {"id": right.id}
    )
    return Channel(right.channel)


def _is_current(settings: Settings, case: Case, row: Any) -> bool:
    """Whether the code was sent to the mailbox or telephone that the application gives by now."""
    channel = Channel(row.channel)
    address = _given(case, channel)
    return address is not None and hmac.compare_digest(
        _hash(settings, channel, address), bytes(row.address_hash)
    )


def _confirm(conn: Connection, settings: Settings, case: Case, channel: Channel) -> int:
    """Write down that the address is confirmed, and have happen what waited for it."""
    member, _, means = CONFIRMABLE[channel]
    confirmed = sorted({*case.confirmed_channels, channel.value})
    known: dict[str, Any] = {"confirmed_channels": confirmed}
    if case.identity is IdentityLevel.UNVERIFIED:
        known |= {"identity": IdentityLevel.CONTACT_VERIFIED, "identity_how": means}
        conn.exec_driver_sql(
            "UPDATE application SET identity_at = app_now() WHERE id = %(id)s", {"id": case.id}
        )
    saved = desk.save(conn, case, **known)
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


def _masked(channel: Channel, address: str) -> str:
    """An address of which its owner knows which it is, and nobody else."""
    if channel is Channel.SMS:
        return f"{address[:3]}****{address[-4:]}"
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"
