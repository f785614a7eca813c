"""Officers log in with an OpenID provider (统一身份认证).

The provider says who somebody is and in which groups; what these give here is a setting, and is set
anew at each login.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework.errors import Forbidden
from casework.people import accounts, ending, openid, release, sessions
from casework.people.openid import Asked, Client, OidcRefused
from casework.people.sessions import Begun, Caller
from config.accounts import Group
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import LoginWay, SessionStage

CALLBACK: Final = "/api/v1/session/oidc/callback"


class NoGroup(Forbidden):
    """The person is in no group that gives a role here, or in groups of several bureaus."""

    code = "oidc_no_role"
    title = "没有可用的角色"
    message = "您的用户组在本系统没有对应的角色，或对应多个单位，请联系管理员。"


class NotLinked(Forbidden):
    """Somebody has this login already, and nobody has said that it is the same person."""

    code = "account_not_linked"
    title = "账号尚未关联"
    message = "本系统已有同名账号。请联系管理员核实后关联，关联后用统一身份认证登录的即为同一人。"


def start(settings: Settings, callback: str = CALLBACK) -> Asked:
    """The first step. `callback`: the path of ours that the provider leads back to, registered
    there. Raises OidcOff, OidcAway."""
    return openid.start(settings, _client(settings, callback))


def finish(
    db: Database,
    settings: Settings,
    caller: Caller,
    *,
    kept: str,
    state: str,
    code: str,
    callback: str = CALLBACK,
) -> Begun:
    """The second step: a session for whom the provider vouches. `callback`: that of the first.

    Raises OidcOff, OidcAway, OidcRefused, NoGroup, NotLinked, AccountWaits.
    """
    wanted = settings.accounts.oidc_groups_claim
    client = _client(settings, callback)
    claims = openid.finish(settings, client, kept=kept, state=state, code=code, wanted=wanted)
    try:
        bureau, roles = rights(settings.accounts.oidc_groups, _groups(settings, claims))
    except NoGroup:
        _end_access(db, settings, claims)
        raise
    with db.transaction() as conn:
        account = _account(conn, settings, claims, bureau, roles)
        if account.disabled_at is not None:
            raise OidcRefused
        release.refuse_waiting(account)
        accounts.set_rights(conn, account, bureau, roles, Actor.SYSTEM)
        return sessions.begin(
            conn, settings, account.id, account.actor, caller, LoginWay.OIDC, SessionStage.OPEN
        )


def rights(known: tuple[Group, ...], groups: set[str]) -> tuple[str, list[str]]:
    """Bureau and roles that groups give. Raises NoGroup."""
    given = [group for group in known if group.name in groups]
    if len({group.bureau for group in given}) != 1:
        raise NoGroup
    return given[0].bureau, accounts.checked_roles([group.role for group in given])


def _end_access(db: Database, settings: Settings, claims: Mapping[str, Any]) -> None:
    """Whoever has left every group keeps nothing that was opened while they were in one."""
    with db.transaction() as conn:
        account = conn.exec_driver_sql(
            "SELECT id, bureau, label, actor FROM account WHERE oidc_issuer = %(issuer)s"
            " AND oidc_subject = %(subject)s FOR UPDATE",
            {"issuer": settings.accounts.oidc_issuer, "subject": claims["sub"]},
        ).one_or_none()
        if account is not None:
            ending.end_access(conn, account, Actor.SYSTEM)


def _account(
    conn: Connection,
    settings: Settings,
    claims: Mapping[str, Any],
    bureau: str,
    roles: list[str],
) -> Row[Any]:
    """The person's account under lock, made if nobody has it yet. Raises NotLinked."""
    subject = {"issuer": settings.accounts.oidc_issuer, "subject": claims["sub"]}
    find = (
        "SELECT id, bureau, label, actor, roles, disabled_at, held_by FROM account"
        " WHERE oidc_issuer = %(issuer)s AND oidc_subject = %(subject)s FOR UPDATE"
    )
    found = conn.exec_driver_sql(find, subject).one_or_none()
    if found is not None:
        return found
    called = str(claims.get("preferred_username") or claims["sub"])[: accounts.LONGEST_LOGIN]
    label = accounts.login_form(called)
    made: int | None = conn.exec_driver_sql(
        "INSERT INTO account (bureau, label, actor, login, name, roles, oidc_issuer, oidc_subject,"
        " created_at, created_by) VALUES (%(bureau)s, %(label)s, %(actor)s, %(label)s, %(name)s,"
        " %(roles)s::text[], %(issuer)s, %(subject)s, app_now(), %(by)s)"
        " ON CONFLICT DO NOTHING RETURNING id",
        {
            **subject,
            "bureau": bureau,
            "label": label,
            "actor": f"{bureau}:{label}",
            "name": str(claims.get("name") or called)[:80],
            "roles": roles,
            "by": Actor.SYSTEM,
        },
    ).scalar_one_or_none()
    if made is not None:
        accounts.note(conn, EventType.ACCOUNT_ADDED, Actor.SYSTEM, made, roles=roles)
    # None: a name that is taken, or the same person at the same moment.
    found = conn.exec_driver_sql(find, subject).one_or_none()
    if found is None:
        raise NotLinked
    return found


def _groups(settings: Settings, claims: Mapping[str, Any]) -> set[str]:
    named = claims.get(settings.accounts.oidc_groups_claim)
    return {str(each) for each in named} if isinstance(named, list) else set()


def _client(settings: Settings, callback: str) -> Client:
    config = settings.accounts
    secret = config.oidc_secret if config.oidc_issuer else ""
    back = settings.public_url + callback
    return Client(config.oidc_issuer, config.oidc_client_id, secret, back, "oidc")
