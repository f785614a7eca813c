"""Logging in with a password and a second factor, and what follows from failing.

Whether a login exists, its password was wrong or its code: the answer and the time are the same.
Who fails again and again waits longer and longer: a login from one browser or address by itself,
and all unknown browsers and addresses together. So guessing gets nowhere from however many
addresses, and the person comes in from where they have logged in before, whatever others try.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework import events
from casework.errors import TooMany, Unauthenticated
from casework.events import NewEvent
from casework.people import accounts, ending, passwords, release, second_factor, sessions
from casework.people.sessions import Begun, Caller
from casework.personal import credentials
from casework.personal.networks import network_of
from config.settings import Settings
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import LoginWay, SessionStage

_FORGOTTEN: Final = timedelta(hours=1)
"""So long after the last failure all is forgotten."""


class _Pace(NamedTuple):
    """How a wait grows: nothing for the first tries, then `first` seconds, doubled up to `most`."""

    free: int
    first: int
    most: int


_OWN: Final = _Pace(free=5, first=15, most=900)
_STRANGERS: Final = _Pace(free=20, first=5, most=60)

_COUNT: Final = """
INSERT INTO login_back_off AS b (key_hash, failures, last_at, until)
VALUES (%(key)s, 1, app_now(), '-infinity')
ON CONFLICT (key_hash) DO UPDATE SET last_at = app_now(),
    failures = CASE WHEN b.last_at < app_now() - %(forgotten)s THEN 1 ELSE b.failures + 1 END,
    until = CASE WHEN b.last_at < app_now() - %(forgotten)s OR b.failures + 1 < %(free)s
        THEN '-infinity' ELSE app_now() + interval '1 second'
        * least(%(most)s, %(first)s * power(2, least(b.failures + 1 - %(free)s, 20))) END
WHERE b.until <= app_now() RETURNING failures
"""


class LoginRefused(Unauthenticated):
    """Unknown login, wrong password or wrong code; deliberately one answer."""

    code = "login_refused"
    title = "登录未成功"
    message = "登录名、密码或验证码不正确。忘记密码或更换手机的，请联系管理员重置。"


class SecondFactorNeeded(Unauthenticated):
    """The password was right; the code of the second factor is to be sent as well."""

    code = "second_factor_needed"
    title = "请填写动态验证码"
    message = "请一并填写动态验证码，或一个恢复码。"


class TooManyTries(TooMany):
    """Somebody has failed too often; a right password is not looked at either."""

    code = "too_many_tries"
    title = "尝试次数过多"
    message = "尝试次数过多，请稍后再试。"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"尝试次数过多，请在 {retry_after} 秒后再试。", retry_after)


def log_in(
    db: Database, settings: Settings, caller: Caller, *, login: str, password: str, code: str | None
) -> Begun:
    """A session for who shows password and second factor.

    Raises LoginRefused, SecondFactorNeeded, AccountWaits, TooManyTries, LoginsBusy.
    """
    account = _try(db, settings, caller, login)
    stored = account.password_hash if account is not None else None
    is_right = passwords.verify(stored, password)
    if not is_right or account is None or _comes_elsewhere(settings, account):
        raise _refused(db, caller, account, "password")
    outdated = passwords.is_outdated(account.password_hash)
    fresh = passwords.rehashed(password) if outdated else account.password_hash
    with db.transaction() as conn:
        # As it is by now: whoever was disabled or got another password meanwhile begins anew.
        locked = _locked(conn, account.id, account.password_hash)
        if locked is None:
            wrong = "password"
        elif _shows_second_factor(conn, settings, locked, code):
            conn.exec_driver_sql(
                "UPDATE account SET password_hash = %(hash)s WHERE id = %(id)s",
                {"id": account.id, "hash": fresh},
            )
            return _begin(conn, settings, caller, login, locked)
        else:
            wrong = "code"
    raise _refused(db, caller, account, wrong)


def set_up(
    db: Database, settings: Settings, caller: Caller, *, login: str, setup_code: str, password: str
) -> Begun:
    """The first login: the code that an administrator gave is exchanged for a password.

    Raises LoginRefused, AccountWaits, TooManyTries, WeakPassword, LoginsBusy.
    """
    # The code cannot be guessed, from however many addresses; and as a new colleague has logged in
    # from nowhere yet, strangers would keep them out.
    account = _try(db, settings, caller, login, counts_strangers=False)
    hashes = accounts.setup_hashes(settings, setup_code)
    is_known = account is not None and account.may_set_up and account.setup_hash in hashes
    if account is None or not is_known or _comes_elsewhere(settings, account):
        passwords.verify(None, password)
        raise _refused(db, caller, account, "setup")
    new = passwords.hash_new(password, [login, account.name or "", account.label])
    with db.transaction() as conn:
        used = conn.exec_driver_sql(
            "UPDATE account SET password_hash = %(new)s, setup_hash = NULL"
            " WHERE id = %(id)s AND setup_hash = ANY(%(hashes)s) AND disabled_at IS NULL"
            " RETURNING id",
            {"id": account.id, "new": new, "hashes": hashes},
        ).one_or_none()
        if used is not None:
            ending.end_sessions(conn, account.id)
            kind = EventType.PASSWORD_SET
            accounts.note(conn, kind, account.actor, account.id, what="setup")
            return _begin(conn, settings, caller, login, account)
    raise _refused(db, caller, account, "setup")


def _comes_elsewhere(settings: Settings, account: Row[Any]) -> bool:
    """Whether somebody comes by the deployment's provider, which alone says whether they still
    may: a password of theirs opens nothing."""
    issuer = settings.accounts.oidc_issuer
    return issuer is not None and account.oidc_issuer == issuer


def _begin(
    conn: Connection, settings: Settings, caller: Caller, login: str, account: Row[Any]
) -> Begun:
    """A session, and what was counted against where the person comes from is forgotten.

    Raises AccountWaits.
    """
    release.refuse_waiting(account)
    own, _ = _keys(conn, settings, caller, login)
    conn.exec_driver_sql("DELETE FROM login_back_off WHERE key_hash = %(key)s", {"key": own})
    needs_more = settings.accounts.second_factor and account.totp_secret is None
    stage = SessionStage.ENROLLING if needs_more else SessionStage.OPEN
    return sessions.begin(
        conn, settings, account.id, account.actor, caller, LoginWay.PASSWORD, stage
    )


def _try(
    db: Database, settings: Settings, caller: Caller, login: str, *, counts_strangers: bool = True
) -> Row[Any] | None:
    """Count one more try, before it is looked at; the account if there is one in force.

    Raises TooManyTries.
    """
    with db.transaction() as conn:
        own, is_known = _keys(conn, settings, caller, login)
        _count(conn, own, _OWN)
        if counts_strangers and not is_known:
            _count(conn, _key(settings, login, b"anywhere"), _STRANGERS)
        conn.exec_driver_sql(
            "DELETE FROM login_back_off WHERE key_hash IN (SELECT key_hash FROM login_back_off"
            " WHERE last_at < app_now() - interval '1 day' LIMIT 10 FOR UPDATE SKIP LOCKED)"
        )
        return conn.exec_driver_sql(
            "SELECT id, actor, label, name, password_hash, totp_secret, setup_hash, oidc_issuer,"
            " held_by,"
            " setup_ends_at > app_now() AS may_set_up FROM account"
            " WHERE login = %(login)s AND disabled_at IS NULL",
            {"login": accounts.login_form(login)},
        ).one_or_none()


def _count(conn: Connection, key: bytes, pace: _Pace) -> None:
    given = {"key": key, "forgotten": _FORGOTTEN, **pace._asdict()}
    if conn.exec_driver_sql(_COUNT, given).one_or_none() is None:
        until = conn.exec_driver_sql(
            "SELECT until FROM login_back_off WHERE key_hash = %(key)s", {"key": key}
        ).scalar_one()
        raise TooManyTries(max(1, int((until - app_now(conn)).total_seconds()) + 1))


def _keys(conn: Connection, settings: Settings, caller: Caller, login: str) -> tuple[bytes, bool]:
    """What tries are counted under, and whether the person has logged in from there before.

    A browser they have logged in with is counted by itself, so that nobody at the same address
    makes it wait.
    """
    known = conn.exec_driver_sql(
        "SELECT coalesce(bool_or(s.device_hash = ANY(%(devices)s)), false) AS device,"
        " coalesce(bool_or(s.address_hash = ANY(%(addresses)s)), false) AS address"
        " FROM account_session AS s JOIN account AS a ON a.id = s.account_id"
        " WHERE a.login = %(login)s AND s.stage = 'open'"
        "  AND s.created_at > app_now() - %(days)s * interval '1 day'",
        {
            "devices": sessions.device_hashes(settings, caller.device or ""),
            "addresses": sessions.address_hashes(settings, caller.address),
            "login": accounts.login_form(login),
            "days": sessions.DEVICE_DAYS,
        },
    ).one()
    kind, from_where = (
        (b"device", caller.device or "") if known.device else (b"address", caller.address)
    )
    return _key(settings, login, kind, from_where.encode()), known.device or known.address


def _key(settings: Settings, login: str, *parts: bytes) -> bytes:
    named: Sequence[bytes] = (accounts.login_form(login).encode(), *parts)
    return credentials.keyed(settings.require_secret_key(), b"login", *named)


def _locked(conn: Connection, account: int, password_hash: str) -> Row[Any] | None:
    return conn.exec_driver_sql(
        "SELECT id, actor, totp_secret, held_by FROM account WHERE id = %(id)s"
        " AND disabled_at IS NULL AND password_hash = %(hash)s FOR UPDATE",
        {"id": account, "hash": password_hash},
    ).one_or_none()


def _shows_second_factor(
    conn: Connection, settings: Settings, account: Row[Any], code: str | None
) -> bool:
    """Whether the code is right, or none is needed. Raises SecondFactorNeeded."""
    if account.totp_secret is None:
        return True
    if code is None:
        raise SecondFactorNeeded
    return second_factor.use(conn, settings, account, code)


def _refused(db: Database, caller: Caller, account: Row[Any] | None, what: str) -> LoginRefused:
    """The answer; that somebody tried is on the trail."""
    with db.transaction() as conn:
        number = None if account is None else account.id
        where = network_of(caller.address) or ""
        data = {"account": number, "what": what, "address": where}
        events.write(conn, [NewEvent(EventType.LOGIN_REFUSED, Actor.SOMEBODY, data=data)])
    return LoginRefused()
