"""Accounts of people: making, changing, disabling them, and the code a first password is set with.

Whoever is known by tokens alone has an account, too: it cannot log in before it is given a name
for that here. What a person did is theirs for ever by the account's `actor`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from casework import events
from casework.errors import Invalid, NotFound
from casework.events import NewEvent
from casework.notices import known
from casework.people import access, delegations, ending, release
from casework.personal import credentials
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import OF_PEOPLE, Role
from vocabulary.writing import half_width, tidy

_SETUP: Final = b"account-setup"
SETUP_HOURS: Final = 72
LONGEST_LOGIN: Final = 80


class InvalidAccount(Invalid):
    """No such account can be."""

    code = "invalid_account"
    title = "账号有误"
    message = "账号的单位、登录名或角色无效。"


class AccountNotFound(NotFound):
    """Nobody has this login."""

    code = "account_not_found"
    title = "没有找到该账号"
    message = "没有找到该账号。"


@dataclass(frozen=True, slots=True)
class Account:
    """An account on record. `login`: None where tokens or OIDC alone let the person in; `held_by`:
    who asked for what another has yet to confirm; `created_by`: who was shown the last code."""

    id: int
    bureau: str
    label: str
    actor: str
    login: str | None
    name: str | None
    roles: tuple[Role, ...]
    has_password: bool
    has_second_factor: bool
    has_oidc: bool
    last_seen_at: datetime | None
    disabled_at: datetime | None
    held_by: str | None
    created_by: str

    @property
    def is_in_use(self) -> bool:
        """Whether it is neither disabled nor waits."""
        return self.disabled_at is None and self.held_by is None


def login_form(typed: str) -> str:
    """A login however it is typed: small letters, half width, no blanks around it."""
    return half_width(tidy(typed)).casefold()


def add(
    db: Database,
    settings: Settings,
    *,
    bureau: str,
    login: str,
    name: str,
    roles: Collection[str] = (Role.OFFICER,),
    formerly: str | None = None,
    by: str = Actor.OPERATOR,
) -> str:
    """Let a person log in. Returns the code that they set their password with, once.

    Opened by anybody but an operator, one with `GUARDED` roles waits for another administrator.
    `formerly`: the label of tokens that the person had until now (None: the login); these and what
    was done with them are theirs. Raises InvalidAccount.
    """
    check_bureau(bureau)
    label = tidy(formerly or login)
    with db.transaction() as conn:
        code, hashed = _setup(settings)
        given = {
            "bureau": bureau,
            "label": label,
            "actor": f"{bureau}:{label}",
            "login": _login(login),
            "name": tidy(name),
            "roles": checked_roles(roles),
            "hash": hashed,
            "hours": timedelta(hours=SETUP_HOURS),
            "by": by,
            "held": by if by != Actor.OPERATOR and release.need((), roles, anew=True) else None,
        }
        try:
            account: int | None = conn.exec_driver_sql(
                "INSERT INTO account AS a (bureau, label, actor, login, name, roles, setup_hash,"  # noqa: S608 -- constants
                " setup_ends_at, created_at, created_by, held_by)"
                " VALUES (%(bureau)s, %(label)s, %(actor)s,"
                " %(login)s, %(name)s, %(roles)s::text[], %(hash)s, app_now() + %(hours)s,"
                " app_now(), %(by)s, %(held)s)"
                " ON CONFLICT (bureau, label) DO UPDATE SET login = excluded.login,"
                "  name = excluded.name, roles = excluded.roles, setup_hash = excluded.setup_hash,"
                "  setup_ends_at = excluded.setup_ends_at, created_by = excluded.created_by,"
                "  held_by = coalesce(excluded.held_by, a.held_by)"
                f" WHERE NOT {access.CAN_LOG_IN} AND a.disabled_at IS NULL RETURNING id",
                given,
            ).scalar_one_or_none()
        except IntegrityError as taken:
            if "uq_account_actor" in str(taken):  # of who is in another bureau by now
                raise _taken(bureau, label) from taken
            raise InvalidAccount(
                f"登录名 {given['login']} 已有人使用。",
                english=f"The login {given['login']} is taken.",
            ) from taken
        if account is None:
            raise _taken(bureau, label)
        note(conn, EventType.ACCOUNT_ADDED, by, account, roles=given["roles"])
    return code


def change(
    db: Database,
    login: str,
    *,
    roles: Collection[str],
    bureau: str | None = None,
    by: str = Actor.OPERATOR,
) -> None:
    """Give a person these roles instead of those they have, and maybe another bureau; it holds from
    their next request on. Raises AccountNotFound, InvalidAccount."""
    if bureau is not None:
        check_bureau(bureau)
    with db.transaction() as conn:
        account = find(conn, login)
        set_rights(conn, account, bureau or account.bureau, checked_roles(roles), by)


def set_rights(
    conn: Connection, account: Row[Any], bureau: str, roles: Sequence[str], by: str
) -> None:
    """Write roles and bureau where they are others; with the bureau, what is lent to and by the
    person ends. Raises InvalidAccount."""
    if account.bureau == bureau and set(account.roles) == set(roles):
        return
    try:
        conn.exec_driver_sql(
            "UPDATE account SET bureau = %(bureau)s, roles = %(roles)s::text[] WHERE id = %(id)s",
            {"id": account.id, "bureau": bureau, "roles": list(roles)},
        )
    except IntegrityError as taken:
        raise _taken(bureau, account.label) from taken
    if account.bureau != bureau:
        # There too: it may be of somebody who was called so before.
        for each in (account.bureau, bureau):
            delegations.end_all(conn, each, account.label, by)
    note(conn, EventType.ACCOUNT_CHANGED, by, account.id, roles=list(roles), bureau=bureau)


def disable(db: Database, login: str, *, by: str = Actor.OPERATOR) -> None:
    """End an account with all its sessions, tokens, links, feeds and loans, for good: one that is
    opened anew (`reset`) has none of them back. Raises AccountNotFound."""
    with db.transaction() as conn:
        end(conn, find(conn, login), by)


def end(conn: Connection, account: Row[Any], by: str) -> None:
    """As `disable`, within the caller's transaction."""
    conn.exec_driver_sql(
        "UPDATE account SET disabled_at = coalesce(disabled_at, app_now()), setup_hash = NULL"
        " WHERE id = %(id)s",
        {"id": account.id},
    )
    ending.end_access(conn, account, by)
    note(conn, EventType.ACCOUNT_DISABLED, by, account.id)


def reset(db: Database, settings: Settings, login: str, *, by: str = Actor.OPERATOR) -> str:
    """Whoever lost password or second factor begins anew: both are forgotten, sessions, links,
    feeds and loans end, a disabled account is one again. Returns the code for a new password, once.
    Raises AccountNotFound."""
    with db.transaction() as conn:
        return begin_anew(conn, settings, find(conn, login), by)


def begin_anew(conn: Connection, settings: Settings, account: Row[Any], by: str) -> str:
    """As `reset`, within the caller's transaction."""
    code, hashed = _setup(settings)
    conn.exec_driver_sql(
        "UPDATE account SET password_hash = NULL, totp_secret = NULL, totp_pending = NULL,"
        " disabled_at = NULL, setup_hash = %(hash)s, created_by = %(by)s,"
        " setup_ends_at = app_now() + %(hours)s WHERE id = %(id)s",
        {"id": account.id, "hash": hashed, "by": by, "hours": timedelta(hours=SETUP_HOURS)},
    )
    conn.exec_driver_sql("DELETE FROM recovery_code WHERE account_id = %(id)s", {"id": account.id})
    ending.end_sessions(conn, account.id)
    ending.end_shared(conn, account, by)
    # No browser and no address is known any more; the form stays, of which keys are counted.
    conn.exec_driver_sql(
        "UPDATE account_session SET device_hash = secret_hash, address_hash = secret_hash"
        " WHERE account_id = %(id)s",
        {"id": account.id},
    )
    note(conn, EventType.ACCOUNT_RESET, by, account.id)
    return code


def asked(db: Database, login: str) -> release.Asked | None:
    """What an account waits for; None: nothing. Raises AccountNotFound."""
    with db.transaction() as conn:
        return release.asked(conn, find(conn, login))


def release_by_operator(db: Database, login: str, shown: release.Asked | None = None) -> None:
    """An account that waits may be used. `shown`: as which it was looked at. Raises
    AccountNotFound, InvalidAccount where it is another by now."""
    with db.transaction() as conn:
        account = find(conn, login)
        if shown is not None and release.asked(conn, account) != shown:
            raise InvalidAccount(
                "账号刚才又有改动。", english="It was changed meanwhile; look again."
            )
        release.release(conn, account, Actor.OPERATOR)


def link(
    db: Database, settings: Settings, login: str, subject: str, *, by: str = Actor.OPERATOR
) -> None:
    """Let a person come by the OIDC provider: the same account, the same identity. What was begun
    with a password ends. Raises AccountNotFound, InvalidAccount."""
    if settings.accounts.oidc_issuer is None:
        raise InvalidAccount("没有配置 OIDC_ISSUER。", english="OIDC_ISSUER is not set.")
    with db.transaction() as conn:
        account = find(conn, login)
        try:
            conn.exec_driver_sql(
                "UPDATE account SET oidc_issuer = %(issuer)s, oidc_subject = %(subject)s"
                " WHERE id = %(id)s",
                {
                    "id": account.id,
                    "issuer": settings.accounts.oidc_issuer,
                    "subject": subject,
                },
            )
        except IntegrityError as taken:
            raise InvalidAccount(
                "该统一身份认证用户已关联另一个账号。",
                english="This user of the OIDC provider belongs to another account.",
            ) from taken
        ending.end_sessions(conn, account.id)
        note(conn, EventType.ACCOUNT_CHANGED, by, account.id)


def list_all(db: Database) -> list[Account]:
    """Every account on record, by bureau and label."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT a.id, a.bureau, a.label, a.actor, a.login, a.name, a.roles, a.disabled_at,"
            " a.held_by, a.created_by, a.password_hash IS NOT NULL AS has_password,"
            " a.totp_secret IS NOT NULL AS has_second_factor,"
            " a.oidc_subject IS NOT NULL AS has_oidc,"
            " (SELECT max(s.last_seen_at) FROM account_session AS s WHERE s.account_id = a.id)"
            "  AS last_seen_at"
            " FROM account AS a ORDER BY a.bureau, a.label"
        ).mappings()
        return [
            Account(**{**row, "roles": tuple(role for role in OF_PEOPLE if role in row["roles"])})
            for row in rows
        ]


def holder(conn: Connection, bureau: str, label: str, role: str, by: str) -> int:
    """The account of whom a token of a person's role is made for, made if there is none.

    Raises InvalidAccount for a disabled one, and for one that can log in and has not the role.
    """
    try:
        found = conn.exec_driver_sql(
            "INSERT INTO account AS a (bureau, label, actor, roles, created_at, created_by)"  # noqa: S608 -- constants
            " VALUES (%(bureau)s, %(label)s, %(actor)s, ARRAY[%(role)s::text], app_now(), %(by)s)"
            " ON CONFLICT (bureau, label) DO UPDATE SET roles ="
            f"  CASE WHEN {access.CAN_LOG_IN} OR a.roles @> excluded.roles THEN a.roles"
            "   ELSE a.roles || excluded.roles END"
            " RETURNING id, roles, disabled_at",
            {
                "bureau": bureau,
                "label": label,
                "actor": f"{bureau}:{label}",
                "role": role,
                "by": by,
            },
        ).one()
    except IntegrityError as taken:  # by who is in another bureau by now
        raise _taken(bureau, label) from taken
    if found.disabled_at is not None:
        raise InvalidAccount(f"账号 {label} 已停用。", english=f"The account {label} is disabled.")
    if role not in found.roles:
        raise InvalidAccount(
            f"账号 {label} 没有角色 {role}，请先给予。",
            english=f"The account {label} has not the role {role}; give it first.",
        )
    account: int = found.id
    return account


def find(conn: Connection, login: str) -> Row[Any]:
    """An account under lock. Raises AccountNotFound."""
    row = conn.exec_driver_sql(
        "SELECT id, bureau, label, actor, roles, held_by, created_by FROM account"
        " WHERE login = %(login)s FOR UPDATE",
        {"login": login_form(login)},
    ).one_or_none()
    if row is None:
        raise AccountNotFound(
            f"没有登录名为 {login} 的账号。", english=f"No account has the login {login}."
        )
    return row


def note(conn: Connection, kind: EventType, by: str, account: int, **data: object) -> None:
    """Who may come in, and who came, is part of the audit trail."""
    events.write(conn, [NewEvent(kind, by, data={"account": account, **data})])


def check_bureau(bureau: str) -> None:
    """Raises InvalidAccount for what is the id of no bureau, nor of the district government."""
    if (unknown := known.meant_bureau(bureau)) is not None:
        raise InvalidAccount(unknown.chinese, english=unknown.english)


def _taken(bureau: str, label: str) -> InvalidAccount:
    return InvalidAccount(
        f"{bureau} 已有账号 {label}。", english=f"{bureau} has an account {label} already."
    )


def checked_roles(roles: Collection[str]) -> list[str]:
    """Roles that a person can have, without repetition. Raises InvalidAccount."""
    if not roles or set(roles) - set(OF_PEOPLE):
        possible = "、".join(OF_PEOPLE)
        raise InvalidAccount(
            f"账号的角色须为 {possible} 中的一个或几个。",
            english=f"An account has one or more of the roles {', '.join(OF_PEOPLE)}.",
        )
    return [role.value for role in OF_PEOPLE if role in roles]


def _login(typed: str) -> str:
    login = login_form(typed)
    if not login or len(login) > LONGEST_LOGIN or any(char.isspace() for char in login):
        raise InvalidAccount(
            f"登录名须为 1 到 {LONGEST_LOGIN} 个字符，不含空格。",
            english=f"A login has 1 to {LONGEST_LOGIN} characters and no blanks.",
        )
    return login


def _setup(settings: Settings) -> tuple[str, bytes]:
    code = credentials.random_access_code()
    return code, credentials.stored_hash(settings.require_secret_key(), _SETUP, _typed(code))


def setup_hashes(settings: Settings, code: str) -> list[bytes]:
    """What may be stored of a code for a first password."""
    return credentials.possible_hashes(settings.require_secret_key(), _SETUP, _typed(code))


def _typed(code: str) -> bytes:
    return credentials.as_typed(code).encode()
