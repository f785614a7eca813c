"""Codes that are sent to one address: so many a day, good for minutes and few tries.

None is kept: each is derived from random bytes under SECRET_KEY, so that neither the database nor
a dump holds it, and the sender can still repeat it.
"""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.docket.desk import Case
from casework.errors import Invalid
from casework.outbox import code_addresses, deliveries
from casework.outbox.code_addresses import MINUTES, MOST_TRIES, SOME_LEFT, address_hash
from casework.personal import credentials
from config.settings import Settings
from store.predicates import TODAY, day
from vocabulary.codes import Purpose
from vocabulary.deliveries import Channel

SENDING_HOURS: Final = 24
"""How long it may take to send a new access code."""
MOST_OF_ONE: Final = 6
"""Codes of one application in a day, however often its contact is corrected."""
AGAIN_SECONDS: Final = 60
"""So long a person is asked to wait for a code before they ask for another one."""


class CodeRefused(Invalid):
    """Wrong, expired, used, tried too often, or of no application; deliberately one answer."""

    code = "code_refused"
    title = "验证码不正确或已失效"
    message = (
        f"验证码不正确或已失效。验证码{MINUTES}分钟内有效，输错{MOST_TRIES}次作废；"
        "请核对或重新索取。"
    )


class Made(NamedTuple):
    """A code to be sent: its row, and what it is."""

    id: int
    code: str


class Standing(NamedTuple):
    """An address to be confirmed. `masked`: as its owner knows it again; `is_open`: whether a code
    can be sent there; `wait`: the seconds until another code may be asked for, None where none is
    on its way."""

    masked: str
    is_open: bool
    wait: int | None


def make(
    conn: Connection,
    settings: Settings,
    case: Case,
    purpose: Purpose,
    channel: Channel,
    address: str,
) -> Made | None:
    """A new code for an address, None if there were enough today."""
    hashed = address_hash(settings, channel, address)
    code_addresses.hold(conn, hashed)
    asked_on, nonce = day("c.asked_at"), secrets.token_bytes(16)
    is_access = purpose is Purpose.ACCESS
    code_id: int | None = conn.exec_driver_sql(
        "INSERT INTO contact_code (application_id, purpose, channel, address_hash, nonce,"  # noqa: S608
        "  asked_at, expires_at)"
        " SELECT %(id)s, %(purpose)s, %(channel)s, %(hash)s, %(nonce)s, app_now(),"
        "  app_now() + %(good)s"
        f" WHERE {SOME_LEFT}"
        "  AND (SELECT count(*) FROM contact_code AS c WHERE c.application_id = %(id)s"
        f"   AND {asked_on} = {TODAY}) < %(most_of_one)s"
        " RETURNING id",
        {
            "id": case.id,
            "purpose": purpose.value,
            "channel": channel.value,
            "hash": hashed,
            "nonce": nonce,
            "good": timedelta(hours=SENDING_HOURS) if is_access else timedelta(minutes=MINUTES),
            "most_of_one": MOST_OF_ONE,
        },
    ).scalar_one_or_none()
    if code_id is None:
        return None
    return Made(code_id, credentials.sent_code(settings.require_secret_key(), purpose, nonce))


def take(
    conn: Connection,
    settings: Settings,
    case: Case,
    purpose: Purpose,
    typed: str,
    contact: Mapping[str, Any],
) -> Channel | None:
    """Over which channel the code that was typed had been sent, to an address that `contact` still
    gives; None for a wrong one, which counts as a try of each that is out."""
    rows = conn.exec_driver_sql(
        "SELECT id, channel, address_hash, nonce FROM contact_code"
        " WHERE application_id = %(id)s AND purpose = %(purpose)s AND used_at IS NULL"
        "  AND expires_at > app_now() AND tries < %(most)s ORDER BY id FOR UPDATE",
        {"id": case.id, "purpose": purpose.value, "most": MOST_TRIES},
    ).all()
    offered, right = credentials.as_typed(typed).encode(), None
    secret = settings.require_secret_key()
    for row in rows:
        sent = credentials.sent_code(secret, purpose, bytes(row.nonce))
        code = credentials.as_typed(sent).encode()
        if hmac.compare_digest(code, offered) and _is_current(settings, contact, row):
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


def standing(
    conn: Connection,
    settings: Settings,
    application_id: int,
    channel: Channel,
    contact: Mapping[str, Any],
) -> Standing | None:
    """How it stands with confirming a contact's address over a channel; None without one."""
    address = deliveries.address_over(channel, contact)
    if address is None:
        return None
    seconds: float | None = conn.exec_driver_sql(
        "SELECT extract(epoch FROM max(asked_at) - app_now())::float8 + %(again)s FROM contact_code"
        " WHERE application_id = %(id)s AND purpose = 'contact' AND address_hash = %(hash)s"
        "  AND used_at IS NULL AND expires_at > app_now() AND tries < %(most)s",
        {
            "id": application_id,
            "hash": address_hash(settings, channel, address),
            "most": MOST_TRIES,
            "again": AGAIN_SECONDS,
        },
    ).scalar()
    wait = None if seconds is None else max(0, math.ceil(seconds))
    return Standing(masked(channel, address), deliveries.sends_codes(settings, channel), wait)


def masked(channel: Channel, address: str) -> str:
    """An address of which its owner knows which it is, and nobody else."""
    if channel is Channel.SMS:
        return f"{address[:3]}****{address[-4:]}"
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def _is_current(settings: Settings, contact: Mapping[str, Any], row: Any) -> bool:
    """Whether the code was sent to the mailbox or telephone that the contact gives by now."""
    channel = Channel(row.channel)
    address = deliveries.address_over(channel, contact)
    return address is not None and hmac.compare_digest(
        address_hash(settings, channel, address), bytes(row.address_hash)
    )
