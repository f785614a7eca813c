"""Webhook endpoints of bureau systems: add, list, rotate, replay, disable, enable."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from casework import events
from casework.delivery.channels import gate, http
from casework.delivery.channels.registry import endpoint_target
from casework.delivery.channels.webhook import secret_of
from casework.errors import Invalid, NotFound
from casework.events import NewEvent
from casework.notices import editions
from config import closest
from config.settings import Settings
from store import ledger
from store.db import Database
from vocabulary.event_data import Cause
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.work import Stage

OVERLAP = timedelta(hours=24)
"""How long the secret before goes on signing, too, after a rotation."""

PUBLISHED = tuple(each.value for each in EventType if each.is_on_timeline)
"""The types of events that an endpoint can ask for."""

_PRIVATE = "内网地址须设 WEBHOOK_ALLOW_PRIVATE=1"
_PRIVATE_ENGLISH = "addresses inside a network need WEBHOOK_ALLOW_PRIVATE=1."

LIVE_SECRETS = 2
SALT_BYTES = 32


class EndpointRefused(Invalid):
    """The endpoint cannot be as asked; the message says why."""

    code = "endpoint_refused"
    title = "推送地址不可用"
    message = "推送地址不可用。"


class EndpointUnknown(NotFound):
    """There is no such endpoint."""

    code = "endpoint_unknown"
    title = "没有这个推送地址"
    message = "没有这个推送地址。"


@dataclass(frozen=True, slots=True)
class Listed:
    """An endpoint and how it fares. Counts are deliveries; `closed_until`: the breaker is shut."""

    id: int
    bureau: str
    url: str
    event_types: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None
    secrets: int
    failures: int
    closed_until: datetime | None
    pending: int
    sent: int
    failed: int


def add(
    db: Database, settings: Settings, *, bureau: str, url: str, event_types: Sequence[str] = ()
) -> tuple[int, str]:
    """Register an endpoint for a bureau's events, from now on.

    `event_types` such as "application.assessed"; none: all that are published. Returns its
    id and its signing secret, which is shown only here. Raises EndpointRefused.
    """
    if (unknown := editions.meant_bureau(bureau)) is not None:
        raise EndpointRefused(unknown.chinese, english=unknown.english)
    for each in event_types:
        if each not in PUBLISHED:
            meant = closest.hint(each, PUBLISHED)
            lists = meant.english or f"; there are {', '.join(PUBLISHED)}."
            raise EndpointRefused(
                f"没有事件 {each}{meant.chinese}。", english=f"There is no event {each}{lists}"
            )
    try:
        parts = http.check_url(url, public_only=not settings.webhook_allow_private)
    except http.AddressRefused as error:
        said = str(error).removeprefix("http: ")
        raise EndpointRefused(
            f"推送地址不可用：{said}；{_PRIVATE}", english=f"{said}; {_PRIVATE_ENGLISH}"
        ) from error
    host = parts.hostname or ""
    if not settings.webhook_allow_private and http.is_plainly_private(host):
        raise EndpointRefused(
            f"推送地址不可用：{host} 不是公网地址；{_PRIVATE}",
            english=f"{host} is no public address; {_PRIVATE_ENGLISH}",
        )
    with db.transaction() as conn:
        made = conn.exec_driver_sql(
            "INSERT INTO webhook_endpoint (bureau, url, event_types, created_at)"
            " VALUES (%(bureau)s, %(url)s, %(types)s, app_now())"
            " ON CONFLICT DO NOTHING RETURNING id",
            {"bureau": bureau, "url": url, "types": list(event_types)},
        ).scalar()
        if made is None:
            raise EndpointRefused(
                "该单位已登记这个推送地址。", english="The bureau has this endpoint already."
            )
        secret = _new_secret(conn, settings, made)
        _note(conn, EventType.WEBHOOK_ADDED, Actor.OPERATOR, made, bureau=bureau)
    return made, secret


def rotate(
    db: Database, settings: Settings, endpoint_id: int, *, overlap: timedelta = OVERLAP
) -> str:
    """Give an endpoint a new secret; the one before signs along for `overlap`. Returns the new one.

    Never more than two are alive: an older one ends at once.
    """
    with db.transaction() as conn:
        _lock(conn, endpoint_id)
        conn.exec_driver_sql(
            "UPDATE webhook_secret SET expires_at = CASE WHEN id ="
            "   (SELECT max(id) FROM webhook_secret WHERE endpoint_id = %(id)s)"
            "  THEN app_now() + %(overlap)s ELSE least(expires_at, app_now()) END"
            " WHERE endpoint_id = %(id)s",
            {"id": endpoint_id, "overlap": overlap},
        )
        secret = _new_secret(conn, settings, endpoint_id)
        _note(conn, EventType.WEBHOOK_ROTATED, Actor.OPERATOR, endpoint_id)
    return secret


def secrets_of(conn: Connection, settings: Settings, endpoint_id: int) -> tuple[str, ...]:
    """The secrets alive, newest first."""
    salts = conn.exec_driver_sql(
        "SELECT salt FROM webhook_secret WHERE endpoint_id = %(id)s"
        " AND (expires_at IS NULL OR expires_at > app_now()) ORDER BY id DESC LIMIT %(limit)s",
        {"id": endpoint_id, "limit": LIVE_SECRETS},
    ).scalars()
    return tuple(secret_of(settings.require_secret_key(), bytes(salt)) for salt in salts)


def disable(db: Database, endpoint_id: int) -> None:
    """Send nothing more to an endpoint; what is on its way fails and can be replayed."""
    with db.transaction() as conn:
        _lock(conn, endpoint_id)
        switch_off(conn, endpoint_id, cause=Cause.OPERATOR, actor=Actor.OPERATOR)


def switch_off(
    conn: Connection, endpoint_id: int, *, cause: Cause, actor: str = Actor.SYSTEM
) -> None:
    """Disable within the caller's transaction; an endpoint that is disabled stays as it is."""
    changed = conn.exec_driver_sql(
        "UPDATE webhook_endpoint SET disabled_at = app_now(), disabled_reason = %(reason)s"
        " WHERE id = %(id)s AND disabled_at IS NULL",
        {"id": endpoint_id, "reason": cause.value},
    ).rowcount
    if changed:
        _note(conn, EventType.WEBHOOK_DISABLED, actor, endpoint_id, cause=cause.value)


def enable(db: Database, endpoint_id: int) -> None:
    """Send again from now on, with a clean breaker. What it missed is replayed on request."""
    with db.transaction() as conn:
        _lock(conn, endpoint_id)
        conn.exec_driver_sql(
            "UPDATE webhook_endpoint SET disabled_at = NULL, disabled_reason = NULL"
            " WHERE id = %(id)s",
            {"id": endpoint_id},
        )
        gate.forget(conn, endpoint_target(endpoint_id))
        _note(conn, EventType.WEBHOOK_ENABLED, Actor.OPERATOR, endpoint_id)


def replay(db: Database, endpoint_id: int, *, since: datetime | None = None) -> int:
    """Send again under the same ids what failed or, with `since`, everything from then on.

    Events from before the endpoint was there are not among it. Returns how many are on their way.
    Raises EndpointRefused for a disabled endpoint.
    """
    with db.transaction() as conn:
        if _lock(conn, endpoint_id):
            raise EndpointRefused(
                "该推送地址已停用，请先启用。",
                english="It is disabled: wenqi webhook enable first.",
            )
        gate.forget(conn, endpoint_target(endpoint_id))
        ids = list(
            conn.exec_driver_sql(
                "UPDATE delivery SET state = 'pending', attempts = 0, sent_at = NULL,"
                " last_error = NULL WHERE endpoint_id = %(id)s AND state IN ('failed', 'sent')"
                " AND CASE WHEN %(since)s::timestamptz IS NULL THEN state = 'failed'"
                "  ELSE created_at >= %(since)s END RETURNING id",
                {"id": endpoint_id, "since": since},
            ).scalars()
        )
        # What is on the dead-letter list begins anew, not a second time beside it.
        ledger.replace(conn, Stage.NOTIFY, sorted(ids))
        _note(conn, EventType.WEBHOOK_REPLAYED, Actor.OPERATOR, endpoint_id, deliveries=len(ids))
    return len(ids)


def list_all(db: Database) -> list[Listed]:
    """Every endpoint, oldest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT w.id, w.bureau, w.url, w.event_types, w.created_at, w.disabled_at,"
            " w.disabled_reason, (SELECT count(*) FROM webhook_secret AS s WHERE"
            "  s.endpoint_id = w.id AND (s.expires_at IS NULL OR s.expires_at > app_now())),"
            " coalesce(t.failures, 0), t.closed_until, d.pending, d.sent, d.failed"
            " FROM webhook_endpoint AS w"
            " LEFT JOIN channel_target AS t ON t.target = 'webhook:' || w.id,"
            " LATERAL (SELECT count(*) FILTER (WHERE state IN ('pending', 'sending')) AS pending,"
            "   count(*) FILTER (WHERE state = 'sent') AS sent,"
            "   count(*) FILTER (WHERE state = 'failed') AS failed"
            "  FROM delivery WHERE endpoint_id = w.id) AS d ORDER BY w.id"
        ).all()
    return [Listed(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]


def _lock(conn: Connection, endpoint_id: int) -> bool:
    """Lock an endpoint. Returns whether it is disabled. Raises EndpointUnknown."""
    row = conn.exec_driver_sql(
        "SELECT disabled_at IS NOT NULL FROM webhook_endpoint WHERE id = %(id)s FOR UPDATE",
        {"id": endpoint_id},
    ).one_or_none()
    if row is None:
        raise EndpointUnknown(english=f"There is no endpoint {endpoint_id}.")
    return bool(row[0])


def _new_secret(conn: Connection, settings: Settings, endpoint_id: int) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    conn.exec_driver_sql(
        "INSERT INTO webhook_secret (endpoint_id, salt, created_at)"
        " VALUES (%(id)s, %(salt)s, app_now())",
        {"id": endpoint_id, "salt": salt},
    )
    return secret_of(settings.require_secret_key(), salt)


def _note(conn: Connection, kind: EventType, actor: str, endpoint_id: int, **data: object) -> None:
    events.write(conn, [NewEvent(kind, actor, data={"endpoint": endpoint_id, **data})])
