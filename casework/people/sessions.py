"""Sessions: who has logged in and is still there.

The secret is in the browser's cookie, its keyed hash in the database. A session ends with idleness,
with its last hour, by its owner, or with the account; every login makes a new one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from casework.errors import Forbidden, NotFound, Unauthenticated
from casework.people import access, accounts
from casework.people.access import Principal
from casework.personal import credentials
from casework.personal.networks import network_of
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.people import LoginWay, SessionStage

DEVICE_DAYS: Final = 180
"""So long a browser is one that the person has logged in with before."""

_SESSION: Final = b"session"
_DEVICE: Final = b"device"
_ADDRESS: Final = b"login-address"
_FIND: Final = (
    f"SELECT s.id, s.account_id, s.stage, s.way, s.ends_at, a.login, a.name, {access.PERSON},"  # noqa: S608 -- constants
    " a.created_by AS code_by,"
    " CASE WHEN a.password_hash IS NOT NULL THEN a.setup_ends_at - %(code)s END AS code_at,"
    " a.totp_secret IS NOT NULL AS has_second_factor, s.ends_at - app_now() AS remaining,"
    " s.last_seen_at < app_now() - interval '1 minute' AS unnoted"
    " FROM account_session AS s JOIN account AS a ON a.id = s.account_id"
    " WHERE s.secret_hash = ANY(%(hashes)s) AND s.ended_at IS NULL AND s.ends_at > app_now()"
    "  AND s.last_seen_at > app_now() - %(idle)s AND a.disabled_at IS NULL"
)


class SessionOver(Unauthenticated):
    """No session, or not any more."""

    code = "session_over"
    title = "请重新登录"
    message = "登录已结束，请重新登录。"


class CsrfMissing(Forbidden):
    """A write that came with the cookie alone, as another site could make a browser send it."""

    code = "csrf_token_missing"
    title = "缺少页面令牌"
    message = "请在请求头 X-CSRF-Token 中提供登录时得到的页面令牌。"


class SecondFactorUnset(Forbidden):
    """Nothing else can be done before the second factor is set up."""

    code = "second_factor_not_set_up"
    title = "须先设置动态验证码"
    message = "请先设置动态验证码，然后才能办理。"


class SessionNotFound(NotFound):
    """The person has no such session."""

    code = "session_not_found"
    title = "没有找到该登录"
    message = "没有找到该登录，或已经结束。"


class Caller(NamedTuple):
    """Where somebody comes from: the address, and what the browser was given at a login before."""

    address: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: what the browser gets, each once."""

    secret: str
    device: str
    csrf: str
    stage: SessionStage


@dataclass(frozen=True, slots=True)
class Session:
    """A session that somebody has come with. `code_by`, `code_at`: who was shown the code that the
    account's first or latest password was set with, and when; None: there was none, or before this
    was kept."""

    id: int
    account: int
    principal: Principal
    stage: SessionStage
    way: LoginWay
    ends_at: datetime
    remaining: timedelta
    login: str | None
    name: str | None
    has_second_factor: bool
    code_by: str
    code_at: datetime | None
    csrf: str
    csrf_before: tuple[str, ...]
    """The same under the ring's older keys, as a page that was opened before may have it."""

    def require_open(self) -> None:
        """Raises SecondFactorUnset."""
        if self.stage is not SessionStage.OPEN:
            raise SecondFactorUnset

    def check_csrf(self, given: str) -> None:
        """Raises CsrfMissing."""
        known = [each.encode() for each in (self.csrf, *self.csrf_before)]
        if not credentials.is_one_of(given.encode(), known):
            raise CsrfMissing


class Shown(NamedTuple):
    """A session as its owner sees it. `address`: without its last part."""

    id: int
    address: str
    way: LoginWay
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    is_this: bool


def begin(
    conn: Connection,
    settings: Settings,
    account: int,
    actor: str,
    caller: Caller,
    way: LoginWay,
    stage: SessionStage,
) -> Begun:
    """A new session of a person who has shown who they are."""
    secret = secrets.token_urlsafe(32)
    device = secrets.token_urlsafe(32)
    key = settings.require_secret_key()
    made = conn.exec_driver_sql(
        "INSERT INTO account_session (account_id, secret_hash, stage, way, created_at,"
        " last_seen_at, ends_at, address, address_hash, device_hash)"
        " VALUES (%(account)s, %(hash)s, %(stage)s, %(way)s, app_now(), app_now(),"
        " app_now() + %(longest)s, %(address)s, %(address_hash)s, %(device)s) RETURNING id",
        {
            "account": account,
            "hash": credentials.stored_hash(key, _SESSION, secret.encode()),
            "stage": stage.value,
            "way": way.value,
            "longest": timedelta(hours=settings.accounts.session_hours),
            "address": network_of(caller.address) or "",
            "address_hash": credentials.stored_hash(key, _ADDRESS, caller.address.encode()),
            "device": credentials.stored_hash(key, _DEVICE, device.encode()),
        },
    ).scalar_one()
    accounts.note(conn, EventType.SESSION_BEGUN, actor, account, session=made, way=way.value)
    return Begun(secret, device, csrf(settings, secret), stage)


def authenticate(db: Database, settings: Settings, secret: str) -> Session:
    """The session of a cookie. Raises SessionOver."""
    with db.statement() as conn:
        row = conn.exec_driver_sql(
            _FIND,
            {
                "hashes": secret_hashes(settings, secret),
                "idle": timedelta(minutes=settings.accounts.session_idle_minutes),
                "code": timedelta(hours=accounts.SETUP_HOURS),
            },
        ).one_or_none()
        if row is None or not row.roles:
            raise SessionOver
        shown, *before = _csrf(settings, secret)
        if row.unnoted:
            conn.exec_driver_sql(
                "UPDATE account_session SET last_seen_at = app_now() WHERE id = %(id)s"
                " AND last_seen_at < app_now() - interval '1 minute'",
                {"id": row.id},
            )
    return Session(
        id=row.id,
        account=row.account_id,
        principal=access.person(row),
        stage=SessionStage(row.stage),
        way=LoginWay(row.way),
        ends_at=row.ends_at,
        remaining=row.remaining,
        login=row.login,
        name=row.name,
        has_second_factor=row.has_second_factor,
        code_by=row.code_by,
        code_at=row.code_at,
        csrf=shown,
        csrf_before=tuple(before),
    )


def list_own(db: Database, settings: Settings, session: Session) -> list[Shown]:
    """The person's sessions that go on, the newest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, address, way, created_at, last_seen_at, ends_at, id = %(id)s AS is_this"
            " FROM account_session WHERE account_id = %(account)s AND ended_at IS NULL"
            " AND ends_at > app_now() AND last_seen_at > app_now() - %(idle)s ORDER BY id DESC",
            {
                "id": session.id,
                "account": session.account,
                "idle": timedelta(minutes=settings.accounts.session_idle_minutes),
            },
        )
        return [Shown(**{**row, "way": LoginWay(row["way"])}) for row in rows.mappings()]


def end(db: Database, session: Session, session_id: int) -> None:
    """End a session of the person's, this one or another. Raises SessionNotFound."""
    with db.transaction() as conn:
        ended = conn.exec_driver_sql(
            "UPDATE account_session SET ended_at = app_now() WHERE id = %(id)s"
            " AND account_id = %(account)s AND ended_at IS NULL RETURNING id",
            {"id": session_id, "account": session.account},
        ).one_or_none()
        if ended is None:
            raise SessionNotFound
        actor = session.principal.actor
        accounts.note(conn, EventType.SESSION_ENDED, actor, session.account, session=session_id)


def supersede(db: Database, settings: Settings, secret: str) -> None:
    """End the session that a browser had when somebody logged in with it anew."""
    with db.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE account_session SET ended_at = app_now() WHERE secret_hash = ANY(%(hashes)s)"
            " AND ended_at IS NULL",
            {"hashes": secret_hashes(settings, secret)},
        )


def csrf(settings: Settings, secret: str) -> str:
    """What a page of the session shows with each write; another site cannot read it."""
    return _csrf(settings, secret)[0]


def secret_hashes(settings: Settings, secret: str) -> list[bytes]:
    """What may be stored of a session's cookie."""
    return credentials.possible_hashes(settings.require_secret_key(), _SESSION, secret.encode())


def device_hashes(settings: Settings, device: str) -> list[bytes]:
    """What may be stored of the cookie that a browser is known again by."""
    return credentials.possible_hashes(settings.require_secret_key(), _DEVICE, device.encode())


def address_hashes(settings: Settings, address: str) -> list[bytes]:
    """What may be stored of where somebody came from, to know it again."""
    return credentials.possible_hashes(settings.require_secret_key(), _ADDRESS, address.encode())


def _csrf(settings: Settings, secret: str) -> list[str]:
    """The newest key's first."""
    key = settings.require_secret_key()
    return [made.hex() for made in credentials.possible_hashes(key, b"csrf", secret.encode())]
