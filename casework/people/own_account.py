"""What a person does with their own account: a new password, the second factor, recovery codes."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from casework.errors import Conflict, Invalid
from casework.people import accounts, ending, passwords, second_factor, sessions
from casework.people.second_factor import Enrolment
from casework.people.sessions import Begun, Caller, Session
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.people import SessionStage


class PasswordWrong(Invalid):
    """What changes an account needs the present password, and this is not it."""

    code = "password_wrong"
    title = "当前密码不正确"
    message = "当前密码不正确。"


class NoPassword(Conflict):
    """The person comes by the OpenID provider: password and second factor are kept there."""

    code = "no_password"
    title = "账号不使用密码"
    message = "该账号通过统一身份认证登录，密码和动态验证码请在那里设置。"


class Enrolled(NamedTuple):
    """The second factor is set up: codes for a lost telephone, and the session that goes on."""

    recovery_codes: list[str]
    begun: Begun


def change_password(db: Database, session: Session, *, current: str, password: str) -> None:
    """Another password; all other sessions of the person end.

    Raises SecondFactorUnset, PasswordWrong, NoPassword, WeakPassword, LoginsBusy.
    """
    session.require_open()
    stored = check_password(db, session, current)
    new = passwords.hash_new(password, [session.login or "", session.name or ""])
    with db.transaction() as conn:
        account = _account(conn, session)
        if account.password_hash != stored:
            raise PasswordWrong
        conn.exec_driver_sql(
            "UPDATE account SET password_hash = %(new)s WHERE id = %(id)s",
            {"id": session.account, "new": new},
        )
        ending.end_sessions(conn, session.account, but=session.id)
        accounts.note(conn, EventType.PASSWORD_SET, session.principal.actor, session.account)


def begin_second_factor(
    db: Database, settings: Settings, session: Session, *, password: str | None
) -> Enrolment:
    """What is typed or photographed into an authenticator app. Whoever has one set up already, and
    wants another, shows the password.

    Raises PasswordWrong, NoPassword, LoginsBusy.
    """
    if session.has_second_factor or session.stage is SessionStage.OPEN:
        check_password(db, session, password or "")
    with db.transaction() as conn:
        return second_factor.begin(
            conn, settings, session.account, session.login or session.principal.label
        )


def confirm_second_factor(
    db: Database, settings: Settings, session: Session, caller: Caller, *, code: str
) -> Enrolled:
    """The app shows the right codes: from now on they are asked for. Every session ends; the
    person goes on in a new one. Raises CodeWrong."""
    actor = session.principal.actor
    with db.transaction() as conn:
        account = _account(conn, session)
        second_factor.confirm(conn, settings, account, code)
        codes = second_factor.new_recovery_codes(conn, settings, session.account)
        ending.end_sessions(conn, session.account)
        accounts.note(conn, EventType.SECOND_FACTOR_SET, actor, session.account)
        begun = sessions.begin(
            conn, settings, session.account, actor, caller, session.way, SessionStage.OPEN
        )
    return Enrolled(codes, begun)


def renew_recovery_codes(
    db: Database, settings: Settings, session: Session, *, password: str
) -> list[str]:
    """Ten new codes; those before work no more. Raises SecondFactorUnset, PasswordWrong."""
    session.require_open()
    check_password(db, session, password)
    with db.transaction() as conn:
        codes = second_factor.new_recovery_codes(conn, settings, session.account)
        actor = session.principal.actor
        accounts.note(conn, EventType.RECOVERY_CODES_MADE, actor, session.account)
    return codes


def check_password(db: Database, session: Session, password: str) -> str:
    """What is stored of the person's password, which was typed. Raises PasswordWrong, NoPassword,
    LoginsBusy."""
    with db.statement() as conn:
        stored: str | None = _account(conn, session).password_hash
    if stored is None:
        raise NoPassword
    if not passwords.verify(stored, password):
        raise PasswordWrong
    return stored


def _account(conn: Connection, session: Session) -> Row[Any]:
    return conn.exec_driver_sql(
        "SELECT id, password_hash, totp_pending FROM account WHERE id = %(id)s FOR UPDATE",
        {"id": session.account},
    ).one()
