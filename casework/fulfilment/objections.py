"""Objections (异议) to what is publicised: anybody may object who can be reached.

One counts once a code has been typed back that went to the address given. Made within the publicity
days, it then stops what is not paid yet, until the bureau that leads has answered
(`objection_answers`), whatever was objected and answered before. One made later is answered, and
stops nothing before it is sustained: nobody can hold a payment up for ever. Of one person one at a
time waits. The objector reads the answer with the secret that only they were given.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import desk, tell, terms
from casework.docket.desk import Case
from casework.errors import Conflict, Invalid, NotFound, WrongPart
from casework.events import NewEvent
from casework.followup import chase
from casework.outbox import code_addresses, deliveries
from casework.outbox.code_addresses import MINUTES, MOST_TRIES, SOME_LEFT
from casework.outbox.deliveries import Notification
from casework.personal import credentials, texts
from config.settings import Settings
from rules.workdays import add_working_days
from schemas.objections import Objected, ObjectionStanding
from store.db import Database
from store.predicates import day
from vocabulary.deliveries import APPLICANT, Channel
from vocabulary.events import EventType
from vocabulary.fulfilment import ObjectionState
from vocabulary.identity import CONFIRMABLE
from vocabulary.parties import Actor
from vocabulary.promises import Kind

log = structlog.get_logger(__name__)

_SECRET_BYTES: Final = 24

_INSERT: Final = f"""
INSERT INTO objection (id, application_id, fulfilment_id, handle_hash, channel, address_hash,
    address, words, nonce, asked_at, expires_at)
OVERRIDING SYSTEM VALUE
SELECT %(id)s, %(application)s, %(fulfilment)s, %(handle)s, %(channel)s, %(hash)s, %(address)s,
    %(words)s, %(nonce)s, app_now(), app_now() + %(good)s
WHERE {SOME_LEFT}
"""


class GrantNotFound(NotFound):
    """Nothing of that name is publicised (any more)."""

    code = "grant_not_found"
    title = "没有找到这一公示"
    message = "没有找到这一公示，或已不在公示中。"


class ObjectionNotFound(NotFound):
    """No such objection, or not this bureau's; deliberately one answer."""

    code = "objection_not_found"
    title = "没有找到该异议"
    message = "没有找到该异议，或不属于本单位。"


class ObjectionCodeRefused(Invalid):
    """Wrong, expired, used, tried too often, or of no objection; deliberately one answer."""

    code = "objection_code_refused"
    title = "验证码不正确或已失效"
    message = (
        f"验证码不正确或已失效。验证码{MINUTES}分钟内有效，输错{MOST_TRIES}次作废；"
        "请核对，或重新提出异议。"
    )


class ObjectionStands(Conflict):
    """The same person has objected to the same grant, and waits for the answer."""

    code = "objection_stands"
    title = "您的异议正在办理"
    message = "您对这一公示的异议已经收到，正在办理；答复以后可以查看，不需要再提。"


class UnreachableObjector(WrongPart):
    """Neither a mobile number nor a mail address to which a code can be sent."""

    code = "unreachable_objector"
    title = "联系方式不能接收验证码"
    message = "请填写能接收验证码的手机号码或电子邮箱。"
    pointer = "/contact"


@dataclass(frozen=True, slots=True)
class _Address:
    channel: Channel
    text: str
    hash: bytes


def ask(db: Database, settings: Settings, grant: str, *, contact: str, words: str) -> Objected:
    """Object to a grant; a code goes to the address. The answer is the same if none is sent
    because there were enough today.

    `grant`: its name on the publicity list. Raises GrantNotFound, UnreachableObjector.
    """
    address = _address(settings, contact)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with db.transaction() as conn:
        found = conn.exec_driver_sql(
            "SELECT id, application_id FROM fulfilment"
            " WHERE handle = %(handle)s AND state <> 'cancelled'",
            {"handle": grant},
        ).one_or_none()
        if found is None:
            raise GrantNotFound
        code_addresses.hold(conn, address.hash)
        _insert(conn, settings, found, address, secret, words)
    log.info("objection.asked", channel=address.channel.value)
    return Objected(objection=secret, minutes=MINUTES)


def confirm(db: Database, settings: Settings, objection: str, *, code: str) -> ObjectionStanding:
    """Take the code that was typed back: from now on the objection counts.

    Raises ObjectionCodeRefused, ObjectionStands.
    """
    with db.transaction() as conn:
        row = _by_secret(conn, settings, objection)
        case = None if row is None else desk.open_unseen(conn, row.application_id)
        # Again, now that the application is locked.
        row = None if case is None else _by_secret(conn, settings, objection)
        is_right = row is not None and _takes(conn, settings, row, code)
        if case is not None and row is not None and is_right:
            _count(conn, settings, case, row)
    if not is_right:  # Only now: a wrong code counts.
        raise ObjectionCodeRefused
    return read(db, settings, objection)


def read(db: Database, settings: Settings, objection: str) -> ObjectionStanding:
    """How an objection stands, and what was answered. Raises ObjectionNotFound."""
    with db.statement() as conn:
        row = _by_secret(conn, settings, objection)
    if row is None:
        raise ObjectionNotFound
    state = ObjectionState(row.state)
    return ObjectionStanding(
        state=state,
        state_text=state.label,
        answer=texts.unseal(row.answer, "objection.answer", row.id),
        answered_on=row.answered_on,
        stops=row.in_time,
    )


def _address(settings: Settings, contact: str) -> _Address:
    """Raises UnreachableObjector."""
    channel = Channel.EMAIL if "@" in contact else Channel.SMS
    text = deliveries.address_over(channel, {CONFIRMABLE[channel][0]: contact})
    if text is None or not deliveries.sends_codes(settings, channel):
        raise UnreachableObjector
    return _Address(channel, text, code_addresses.address_hash(settings, channel, text))


def _insert(
    conn: Connection,
    settings: Settings,
    found: Row[Any],
    address: _Address,
    secret: str,
    words: str,
) -> None:
    row = texts.fresh_id(conn, "objection")
    made = conn.exec_driver_sql(
        _INSERT,
        {
            "id": row,
            "application": found.application_id,
            "fulfilment": found.id,
            "handle": _hash(settings, secret),
            "channel": address.channel.value,
            "hash": address.hash,
            "address": texts.seal(address.text, "objection.address", row),
            "words": texts.seal(words, "objection.words", row),
            "nonce": secrets.token_bytes(16),
            "good": timedelta(minutes=MINUTES),
        },
    ).rowcount
    if made:
        # Of no application: the applicant never learns whom a code was sent to. The address is
        # looked up when it is sent.
        asked = NewEvent(EventType.OBJECTION_CODE_ASKED, Actor.SOMEBODY, None, {"objection": row})
        [event_id] = events.write(conn, [asked])
        about = (event_id, None, None, APPLICANT, address.channel)
        deliveries.write(conn, [Notification(*about)], fresh=True)


def _hash(settings: Settings, secret: str) -> bytes:
    return credentials.keyed(settings.require_secret_key(), b"objection", secret.encode())


def _by_secret(conn: Connection, settings: Settings, secret: str) -> Row[Any] | None:
    return conn.exec_driver_sql(
        "SELECT o.id, o.application_id, fulfilment_id, address_hash, nonce, o.state, answer,"  # noqa: S608 -- constants
        f" {day('answered_at')} AS answered_on,"
        f" {day('asked_at')} <= f.publicised_until AS in_time,"
        " expires_at > app_now() AND tries < %(most)s AS is_good"
        " FROM objection AS o JOIN fulfilment AS f ON f.id = o.fulfilment_id"
        " WHERE handle_hash = %(hash)s",
        {"hash": _hash(settings, secret), "most": MOST_TRIES},
    ).one_or_none()


def _takes(conn: Connection, settings: Settings, row: Row[Any], code: str) -> bool:
    """Whether the code is right; a wrong one counts as a try."""
    if row.state != ObjectionState.UNCONFIRMED or not row.is_good:
        return False
    right = credentials.contact_code(settings.require_secret_key(), bytes(row.nonce))
    if hmac.compare_digest(credentials.as_typed(code).encode(), right.encode()):
        return True
    conn.exec_driver_sql("UPDATE objection SET tries = tries + 1 WHERE id = %(id)s", {"id": row.id})
    return False


def _count(conn: Connection, settings: Settings, case: Case, row: Row[Any]) -> None:
    """From now on the objection is to be answered; made within the publicity days, it stops what is
    not paid until then.

    Raises ObjectionStands where another of theirs to this grant still waits.
    """
    waits = conn.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM objection WHERE fulfilment_id = %(fulfilment)s"
        " AND address_hash = %(hash)s AND id <> %(id)s AND state = 'open')",
        {"fulfilment": row.fulfilment_id, "hash": row.address_hash, "id": row.id},
    ).scalar_one()
    if waits:
        raise ObjectionStands
    conn.exec_driver_sql(
        "UPDATE objection SET state = 'open', confirmed_at = app_now(), stops = %(stops)s"
        " WHERE id = %(id)s",
        {"id": row.id, "stops": row.in_time},
    )
    if row.in_time:
        conn.exec_driver_sql(
            "UPDATE fulfilment SET objections = objections + 1, changed_at = app_now()"
            " WHERE id = %(id)s",
            {"id": row.fulfilment_id},
        )
    saved = desk.save(conn, case)
    event = desk.note(
        conn,
        saved,
        EventType.OBJECTION_MADE if row.in_time else EventType.OBJECTION_LATE,
        Actor.SOMEBODY,
        bureau=case.lead_bureau,
        objection=row.id,
        due_on=due(settings, case.today)[0].isoformat(),
    )
    chase.watch(conn, case.id)
    tell.concerned(conn, settings, saved, event)
    log.info("objection.made", receipt=case.receipt, stops=row.in_time)


def due(settings: Settings, made_on: date) -> tuple[date, bool]:
    """By when one that was made on a day is answered, and whether that is provisional."""
    return add_working_days(made_on, terms.interval(settings.practice, Kind.OBJECTION, made_on))
