"""Webhook endpoints of other systems: add, change, try, list, rotate, replay, disable, remove."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from casework import events
from casework.delivery.channels import gate
from casework.delivery.channels.registry import endpoint_target
from casework.delivery.channels.webhook import secret_of
from casework.delivery.webhook_refusals import (
    MOST_ENDPOINTS,
    EndpointDisabled,
    EndpointRefused,
    EndpointSenderShut,
    EndpointUnknown,
    TooManyEndpoints,
)
from casework.events import NewEvent
from casework.notices import known
from casework.outbox import urls
from config import closest
from config.declared import Text
from config.settings import Settings
from schemas.kit.answers import build
from schemas.webhooks import Webhook
from store import ledger
from store.db import Database
from store.predicates import OFF_SINCE, WHY_OFF
from vocabulary.event_data import Cause
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.work import Stage

OVERLAP = timedelta(hours=24)
"""How long the secret before goes on signing, too, after a rotation."""

PUBLISHED = tuple(each.value for each in EventType if each.is_on_timeline)
"""The types of events that an endpoint can ask for."""

_TAKEN = Text("The bureau has this endpoint already.", "该单位已登记这个推送地址。")
MOST_AGAIN = 10_000  # deliveries that are replayed at once
_TOO_MANY = Text(
    "These are more than 10000: choose a later day.", "超过10000件，请选晚一些的日期。"
)
AGAIN = (
    "endpoint_id = %(id)s AND state IN ('failed', 'sent') AND CASE WHEN %(since)s::timestamptz"
    " IS NULL THEN state = 'failed' ELSE created_at >= %(since)s END"
)
_OF_OWNER = "w.bureau = %(bureau)s AND w.client IS NOT DISTINCT FROM %(client)s::bigint"
_IS_CLIENT = """
SELECT EXISTS (SELECT FROM api_token AS t WHERE t.role = 'intake' AND t.bureau = %(bureau)s
    AND (SELECT min(f.id) FROM api_token AS f
        WHERE f.bureau = t.bureau AND f.label = t.label AND f.role = t.role) = %(client)s)
"""
_COUNT = f"SELECT count(*) FROM webhook_endpoint AS w WHERE {_OF_OWNER} AND removed_at IS NULL"  # noqa: S608 -- constants

_PRIVATE = "内网地址须设 WEBHOOK_ALLOW_PRIVATE=1"
_PRIVATE_ENGLISH = "addresses inside a network need WEBHOOK_ALLOW_PRIVATE=1."

_LIST = f"""
SELECT w.id, w.bureau, w.client, w.url, w.event_types, w.created_at, {OFF_SINCE} AS disabled_at,
    {WHY_OFF} AS disabled_reason, (SELECT count(*) FROM webhook_secret s WHERE s.endpoint_id = w.id
        AND (s.expires_at IS NULL OR s.expires_at > app_now())) AS secrets,
    coalesce(t.failures, 0) AS failures, t.closed_until, d.*
FROM webhook_endpoint AS w LEFT JOIN channel_target AS t ON t.target = 'webhook:' || w.id,
    LATERAL (SELECT count(*) FILTER (WHERE state IN ('pending', 'sending')) AS pending,
        count(*) FILTER (WHERE state = 'sent') AS sent,
        count(*) FILTER (WHERE state = 'failed') AS failed
        FROM delivery WHERE endpoint_id = w.id) AS d
WHERE w.removed_at IS NULL AND {{of}} ORDER BY w.id
"""  # noqa: S608 -- constants
LIVE_SECRETS = 2
SALT_BYTES = 32


class Owner(NamedTuple):
    """Whose an endpoint is: a bureau's, for the events of its cases; or, with `client` (the number
    of its first token), a sending system's, for those of what it filed."""

    bureau: str
    client: int | None = None


def add(
    db: Database,
    settings: Settings,
    *,
    bureau: str,
    client: int | None = None,
    url: str,
    event_types: Sequence[str] = (),
    actor: str = Actor.OPERATOR,
) -> tuple[int, str]:
    """Register an endpoint for a bureau's events, or a sending system's, from now on.

    `event_types` such as "application.assessed"; none: all that are published. Returns its
    id and its signing secret, which is shown only here. `client`: of a sending system, the number
    of its first token. Raises EndpointRefused, TooManyEndpoints.
    """
    owner = Owner(bureau, client)
    if (unknown := known.meant_bureau(owner.bureau)) is not None:
        raise EndpointRefused(unknown.chinese, english=unknown.english)
    _check_types(event_types)
    _check_url(settings, url)
    with db.transaction() as conn:
        conn.exec_driver_sql("LOCK TABLE webhook_endpoint IN SHARE ROW EXCLUSIVE MODE")
        if client is not None and not conn.exec_driver_sql(_IS_CLIENT, owner._asdict()).scalar():
            raise EndpointRefused(
                "没有这个申报渠道，请写首个令牌的编号。",
                english="There is no such sending system: name its first token.",
            )
        live = conn.exec_driver_sql(_COUNT, owner._asdict()).scalar_one()
        if live >= MOST_ENDPOINTS:
            raise TooManyEndpoints
        made = conn.exec_driver_sql(
            "INSERT INTO webhook_endpoint (bureau, client, url, event_types, created_at)"
            " VALUES (%(bureau)s, %(client)s, %(url)s, %(types)s, app_now())"
            " ON CONFLICT DO NOTHING RETURNING id",
            {**owner._asdict(), "url": url, "types": list(event_types)},
        ).scalar()
        if made is None:
            raise EndpointRefused(_TAKEN.chinese, english=_TAKEN.english)
        secret = _new_secret(conn, settings, made)
        _note(conn, EventType.WEBHOOK_ADDED, actor, made, bureau=owner.bureau)
    return made, secret


def change(
    db: Database,
    settings: Settings,
    endpoint_id: int,
    *,
    url: str | None = None,
    event_types: Sequence[str] | None = None,
    owner: Owner | None = None,
    actor: str = Actor.OPERATOR,
) -> None:
    """Point an endpoint elsewhere, or ask for other events; what is None stays. Its secrets stay,
    and what waits goes to the new address. Raises EndpointRefused, EndpointUnknown."""
    if url is not None:
        _check_url(settings, url)
    _check_types(event_types or ())
    types = None if event_types is None else list(event_types)
    with db.transaction() as conn:
        find(conn, endpoint_id, owner, lock=True)
        changed = conn.exec_driver_sql(
            "UPDATE webhook_endpoint AS w SET url = coalesce(%(url)s, url),"
            " event_types = coalesce(%(types)s::text[], event_types)"
            " WHERE id = %(id)s AND NOT EXISTS (SELECT FROM webhook_endpoint AS o WHERE"
            "  o.bureau = w.bureau AND o.url = %(url)s AND o.id <> w.id AND o.disabled_at IS NULL)",
            {"id": endpoint_id, "url": url, "types": types},
        ).rowcount
        if not changed:
            raise EndpointRefused(_TAKEN.chinese, english=_TAKEN.english)
        if url is not None:
            gate.forget(conn, endpoint_target(endpoint_id))
        _note(conn, EventType.WEBHOOK_CHANGED, actor, endpoint_id)


def remove(
    db: Database, endpoint_id: int, *, owner: Owner | None = None, actor: str = Actor.OPERATOR
) -> None:
    """Send nothing more to an endpoint and list it no longer; its secrets end. Raises
    EndpointUnknown."""
    with db.transaction() as conn:
        find(conn, endpoint_id, owner, lock=True)
        conn.exec_driver_sql(
            "UPDATE webhook_endpoint SET removed_at = app_now(), disabled_reason = %(reason)s,"
            " disabled_at = coalesce(disabled_at, app_now()) WHERE id = %(id)s",
            {"id": endpoint_id, "reason": Cause.REMOVED.value},
        )
        for table in ("webhook_secret", "webhook_attempt"):
            conn.exec_driver_sql(
                f"DELETE FROM {table} WHERE endpoint_id = %(id)s",  # noqa: S608 -- ours
                {"id": endpoint_id},
            )
        gate.forget(conn, endpoint_target(endpoint_id))
        _note(conn, EventType.WEBHOOK_REMOVED, actor, endpoint_id)


def send_test(
    db: Database, endpoint_id: int, *, owner: Owner | None = None, actor: str = Actor.OPERATOR
) -> None:
    """Put a test event on its way: `wenqi.webhook.tested`, signed as all others and about no
    application. Raises EndpointUnknown, EndpointDisabled, EndpointSenderShut."""
    with db.transaction() as conn:
        _lock_live(conn, endpoint_id, owner)
        event = _note(conn, EventType.WEBHOOK_TESTED, actor, endpoint_id)
        made = conn.exec_driver_sql(
            "INSERT INTO delivery (event_id, recipient_kind, recipient, channel, endpoint_id,"
            "  state, created_at) SELECT %(event)s, 'system', w.bureau || '/' || w.id, 'webhook',"
            "  w.id, 'pending', app_now() FROM webhook_endpoint AS w WHERE w.id = %(id)s"
            " RETURNING id",
            {"id": endpoint_id, "event": event},
        ).scalar_one()
        ledger.add(conn, Stage.NOTIFY, [(made, None)])


def _check_types(event_types: Sequence[str]) -> None:
    for each in event_types:
        if each not in PUBLISHED:
            meant = closest.hint(each, PUBLISHED)
            lists = meant.english or f"; there are {', '.join(PUBLISHED)}."
            raise EndpointRefused(
                f"没有事件 {each}{meant.chinese}。", english=f"There is no event {each}{lists}"
            )


def _check_url(settings: Settings, url: str) -> None:
    try:
        parts = urls.check_url(url, public_only=not settings.webhook_allow_private)
    except urls.AddressRefused as error:
        said = str(error).removeprefix("http: ")
        raise EndpointRefused(
            f"推送地址不可用：{said}；{_PRIVATE}", english=f"{said}; {_PRIVATE_ENGLISH}"
        ) from error
    host = parts.hostname or ""
    if not settings.webhook_allow_private and urls.is_plainly_private(host):
        raise EndpointRefused(
            f"推送地址不可用：{host} 不是公网地址；{_PRIVATE}",
            english=f"{host} is no public address; {_PRIVATE_ENGLISH}",
        )


def rotate(
    db: Database,
    settings: Settings,
    endpoint_id: int,
    *,
    overlap: timedelta = OVERLAP,
    owner: Owner | None = None,
    actor: str = Actor.OPERATOR,
) -> str:
    """Give an endpoint a new secret; the one before signs along for `overlap`. Returns the new one.

    Never more than two are alive: an older one ends at once.
    """
    with db.transaction() as conn:
        find(conn, endpoint_id, owner, lock=True)
        conn.exec_driver_sql(
            "UPDATE webhook_secret SET expires_at = CASE WHEN id ="
            "   (SELECT max(id) FROM webhook_secret WHERE endpoint_id = %(id)s)"
            "  THEN app_now() + %(overlap)s ELSE least(expires_at, app_now()) END"
            " WHERE endpoint_id = %(id)s",
            {"id": endpoint_id, "overlap": overlap},
        )
        secret = _new_secret(conn, settings, endpoint_id)
        _note(conn, EventType.WEBHOOK_ROTATED, actor, endpoint_id)
    return secret


def secrets_of(conn: Connection, settings: Settings, endpoint_id: int) -> tuple[str, ...]:
    """The secrets alive, newest first."""
    salts = conn.exec_driver_sql(
        "SELECT salt FROM webhook_secret WHERE endpoint_id = %(id)s"
        " AND (expires_at IS NULL OR expires_at > app_now()) ORDER BY id DESC LIMIT %(limit)s",
        {"id": endpoint_id, "limit": LIVE_SECRETS},
    ).scalars()
    return tuple(secret_of(settings.require_secret_key(), bytes(salt)) for salt in salts)


def disable(
    db: Database, endpoint_id: int, *, owner: Owner | None = None, actor: str = Actor.OPERATOR
) -> None:
    """Send nothing more to an endpoint; what is on its way fails and can be replayed."""
    with db.transaction() as conn:
        find(conn, endpoint_id, owner, lock=True)
        cause = Cause.OPERATOR if owner is None else Cause.OWNER
        switch_off(conn, endpoint_id, cause=cause, actor=actor)


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


def enable(
    db: Database, endpoint_id: int, *, owner: Owner | None = None, actor: str = Actor.OPERATOR
) -> None:
    """Send again from now on; what it missed is replayed on request. Raises EndpointSenderShut."""
    with db.transaction() as conn:
        _lock_open(conn, endpoint_id, owner)
        conn.exec_driver_sql(
            "UPDATE webhook_endpoint SET disabled_at = NULL, disabled_reason = NULL"
            " WHERE id = %(id)s",
            {"id": endpoint_id},
        )
        gate.forget(conn, endpoint_target(endpoint_id))
        _note(conn, EventType.WEBHOOK_ENABLED, actor, endpoint_id)


def replay(
    db: Database,
    endpoint_id: int,
    *,
    since: datetime | None = None,
    owner: Owner | None = None,
    actor: str = Actor.OPERATOR,
) -> int:
    """Send again under the same ids what failed or, with `since`, everything from then on.

    Events from before the endpoint was there are not among it. Returns how many are on their way.
    Raises EndpointDisabled, EndpointSenderShut, and EndpointRefused for too many.
    """
    with db.transaction() as conn:
        _lock_live(conn, endpoint_id, owner)
        gate.forget(conn, endpoint_target(endpoint_id))
        rows = conn.exec_driver_sql(
            "UPDATE delivery SET state = 'pending', attempts = 0, sent_at = NULL,"  # noqa: S608 -- a constant
            f" last_error = NULL WHERE {AGAIN} RETURNING id",
            {"id": endpoint_id, "since": since},
        )
        ids = rows.scalars().all()
        if len(ids) > MOST_AGAIN:
            raise EndpointRefused(_TOO_MANY.chinese, english=_TOO_MANY.english)
        # What is on the dead-letter list begins anew, not a second time beside it.
        ledger.replace(conn, Stage.NOTIFY, sorted(ids))
        _note(conn, EventType.WEBHOOK_REPLAYED, actor, endpoint_id, deliveries=len(ids))
    return len(ids)


def list_all(db: Database, owner: Owner | None = None) -> list[Webhook]:
    """Every endpoint, or its owner's, oldest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_LIST.format(of=_OF_OWNER if owner else "true"), _asked(owner))
        return [build(Webhook, row) for row in rows]


def find(
    conn: Connection, endpoint_id: int, owner: Owner | None = None, *, lock: bool = False
) -> tuple[str | None, int | None]:
    """Why an endpoint (of the owner's) is sent nothing, None where it is live; and the number of
    the sending system's first token, where it is one's. Raises EndpointUnknown."""
    row = conn.exec_driver_sql(
        f"SELECT {WHY_OFF}, client FROM webhook_endpoint AS w WHERE id = %(id)s"  # noqa: S608 -- constants
        f" AND removed_at IS NULL AND {_OF_OWNER if owner else 'true'}"
        f"{' FOR UPDATE' if lock else ''}",
        {"id": endpoint_id, **_asked(owner)},
    ).one_or_none()
    if row is None:
        raise EndpointUnknown(english=f"There is no endpoint {endpoint_id}.")
    return row[0], row[1]


def _asked(owner: Owner | None) -> dict[str, object]:
    return {} if owner is None else owner._asdict()


def _lock_open(conn: Connection, endpoint_id: int, owner: Owner | None) -> str | None:
    why, client = find(conn, endpoint_id, owner, lock=True)
    if why == Cause.SENDER_SHUT:
        raise EndpointSenderShut(
            english=f"Its sending system is shut off: wenqi token open {client} first."
        )
    return why


def _lock_live(conn: Connection, endpoint_id: int, owner: Owner | None) -> None:
    if _lock_open(conn, endpoint_id, owner) is not None:
        raise EndpointDisabled(english="It is disabled: wenqi webhook enable first.")


def _new_secret(conn: Connection, settings: Settings, endpoint_id: int) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    conn.exec_driver_sql(
        "INSERT INTO webhook_secret (endpoint_id, salt, created_at)"
        " VALUES (%(id)s, %(salt)s, app_now())",
        {"id": endpoint_id, "salt": salt},
    )
    return secret_of(settings.require_secret_key(), salt)


def _note(conn: Connection, kind: EventType, actor: str, endpoint_id: int, **data: object) -> int:
    [made] = events.write(conn, [NewEvent(kind, actor, data={"endpoint": endpoint_id, **data})])
    return made
