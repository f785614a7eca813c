"""Accounts as an administrator keeps them at the desk: nobody gives themself a role, nobody alone
lets in who grants and approves (`casework.people.release`), and somebody is always left who can.

What an operator does on the machine (`casework.people.accounts`) is not held to this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework import events
from casework.docket import administrators
from casework.errors import Conflict, NotPermitted
from casework.events import NewEvent
from casework.people import access, accounts, release
from casework.people.access import Principal
from casework.people.accounts import Account, AccountNotFound, InvalidAccount
from casework.people.release import SecondAdministratorRequired
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.people import Role

# In the order of their numbers, so that two administrators who mean each other wait in turn.
_ADMINISTRATORS: Final = (
    "SELECT a.id, a.actor FROM account AS a WHERE a.roles @> ARRAY['admin']"  # noqa: S608 -- constant
    f" AND {access.IN_USE} AND {access.CAN_LOG_IN} ORDER BY a.id FOR UPDATE"
)


class OwnAccount(Conflict):
    """Somebody means themself where only a colleague may act."""

    code = "own_account"
    title = "不能改自己的账号"
    message = "自己的角色、单位和登录方式，由另一位管理员来改。"


class ChangedMeanwhile(Conflict):
    """What somebody confirms is not any more what they were shown."""

    code = "account_changed_meanwhile"
    title = "账号已有改动"
    message = "账号刚才又改过或重置过，请核对现在的内容后再确认。"


class WaitsForAnother(Conflict):
    """What one administrator has asked for waits, also while the account is disabled; asked for by
    a second too, the first could confirm it."""

    code = "account_waits_for_another"
    title = "账号待确认"
    message = (
        "这个账号另有管理员开设、重置或改过，正待确认。请先确认；"
        "不同意的，停用，或改回原来的角色和单位再确认。"
    )


class LastAdministrator(Conflict):
    """Nobody would be left who can give roles."""

    code = "last_administrator"
    title = "这是最后一位管理员"
    message = "这是最后一位能登录的管理员，先给另一位同事管理员的角色。"


def add(
    db: Database,
    settings: Settings,
    principal: Principal,
    *,
    bureau: str,
    login: str,
    name: str,
    roles: Collection[str],
    formerly: str | None = None,
) -> str:
    """As `accounts.add`; of one that waits, other administrators are told. Raises NotPermitted,
    InvalidAccount."""
    principal.require(Right.ADMINISTER)
    code = accounts.add(
        db,
        settings,
        bureau=bureau,
        login=login,
        name=name,
        roles=roles,
        formerly=formerly,
        by=principal.actor,
    )
    with db.transaction() as conn:
        opened = accounts.find(conn, login)
        if opened.held_by == principal.actor:
            _tell_others(conn, settings, principal, opened, bureau)
    return code


def change(
    db: Database,
    settings: Settings,
    principal: Principal,
    account_id: int,
    *,
    roles: Collection[str],
    bureau: str,
) -> None:
    """Give a colleague other roles or another bureau, from their next request on.

    Raises NotPermitted, AccountNotFound, OwnAccount, LastAdministrator, WaitsForAnother,
    InvalidAccount.
    """
    accounts.check_bureau(bureau)
    with db.transaction() as conn:
        found, others = _meant(conn, principal, account_id)
        _refuse_own(principal, found)
        if Role.ADMIN not in roles and not others:
            raise LastAdministrator
        accounts.set_rights(conn, found, bureau, accounts.checked_roles(roles), principal.actor)
        if release.need(found.roles, roles, anew=bureau != found.bureau):
            _hold(conn, settings, principal, found, bureau)


def disable(db: Database, principal: Principal, account_id: int) -> None:
    """As `accounts.disable`. Raises NotPermitted, AccountNotFound, LastAdministrator."""
    with db.transaction() as conn:
        found, others = _meant(conn, principal, account_id)
        if not others:
            raise LastAdministrator
        accounts.end(conn, found, principal.actor)


def reset(db: Database, settings: Settings, principal: Principal, account_id: int) -> str:
    """As `accounts.reset`; a disabled account is one again. Raises NotPermitted, AccountNotFound,
    OwnAccount, WaitsForAnother, InvalidAccount for an account without a login."""
    with db.transaction() as conn:
        found, _ = _meant(conn, principal, account_id)
        _check_reset(principal, found)
        if _waits_after_reset(found):
            _hold(conn, settings, principal, found, found.bureau)
        return accounts.begin_anew(conn, settings, found, principal.actor)


def link(
    db: Database, settings: Settings, principal: Principal, account_id: int, subject: str
) -> None:
    """As `accounts.link`: a user of the OIDC provider is that colleague; always waits for another
    administrator, as the provider may give the account more roles tomorrow.

    Raises NotPermitted, AccountNotFound, OwnAccount, WaitsForAnother for one that waits already,
    InvalidAccount.
    """
    with db.transaction() as conn:
        found, _ = _meant(conn, principal, account_id)
        _check_link(settings, principal, found)
        taken = conn.exec_driver_sql(
            "SELECT EXISTS (SELECT FROM account WHERE oidc_issuer = %(issuer)s"
            " AND oidc_subject = %(subject)s AND id <> %(id)s)",
            {"issuer": settings.accounts.oidc_issuer, "subject": subject, "id": found.id},
        ).scalar_one()
        if taken:
            raise InvalidAccount(
                "该统一身份认证用户已关联另一个账号。",
                english="This user of the OIDC provider belongs to another account.",
            )
        # Before it can be used: what ends between the two leaves an account that only waits.
        _hold(conn, settings, principal, found, found.bureau)
    accounts.link(db, settings, found.login, subject, by=principal.actor)


def let_in(db: Database, principal: Principal, account_id: int, *, shown: str) -> None:
    """Confirm what another administrator has asked for, as it was seen (`as_shown`).
    Raises NotPermitted, AccountNotFound, OwnAccount, ChangedMeanwhile,
    SecondAdministratorRequired."""
    with db.transaction() as conn:
        found, _ = _meant(conn, principal, account_id)
        _refuse_own(principal, found)
        if as_shown(found) != shown:
            raise ChangedMeanwhile
        release.release(conn, found, principal.actor)


class Open(NamedTuple):
    """What an administrator can do to an account now, and which user of the provider it is."""

    rights: bool
    reset: bool
    link: bool
    release: bool
    disable: bool
    subject: str | None


def open_to(db: Database, settings: Settings, principal: Principal, account_id: int) -> Open:
    """What would not be refused. Raises NotPermitted, AccountNotFound."""
    with db.transaction() as conn:
        found, others = _meant(conn, principal, account_id)
        is_own, is_live = found.actor == principal.actor, found.disabled_at is None
        return Open(
            rights=not is_own,
            reset=_passes(_check_reset, principal, found),
            link=_passes(_check_link, settings, principal, found),
            release=not is_own and _would_release(conn, principal, found),
            disable=is_live and others,
            subject=found.oidc_subject,
        )


def _passes(check: Callable[..., None], *about: object) -> bool:
    try:
        check(*about)
    except (Conflict, InvalidAccount):
        return False
    return True


def _would_release(conn: Connection, principal: Principal, account: Row[Any]) -> bool:
    if account.held_by is None:
        return False
    tried = conn.begin_nested()
    try:
        release.release(conn, account, principal.actor)
    except SecondAdministratorRequired:
        return False
    finally:
        tried.rollback()
    return True


def _check_reset(principal: Principal, account: Row[Any]) -> None:
    _refuse_own(principal, account)
    if account.login is None:
        raise InvalidAccount(
            "这个账号没有登录名，先在「新增账号」里给一个。",
            english="The account has no login; add one for its label first.",
        )
    if _waits_after_reset(account):
        _refuse_waiting(principal, account)


def _waits_after_reset(account: Row[Any]) -> bool:
    """What the provider vouches for may be more tomorrow than the roles of today."""
    return account.oidc_subject is not None or release.need(account.roles, account.roles, anew=True)


def _check_link(settings: Settings, principal: Principal, account: Row[Any]) -> None:
    _refuse_own(principal, account)
    if settings.accounts.oidc_issuer is None or account.login is None:
        raise InvalidAccount(
            "没有配置统一身份认证，或者账号没有登录名。",
            english="OIDC_ISSUER is not set, or the account has no login.",
        )
    # Another user behind what somebody is looking at would be confirmed unseen.
    if account.held_by is not None or account.disabled_at is not None:
        raise WaitsForAnother


def as_shown(account: Account | Row[Any]) -> str:
    """What somebody confirms who is shown an account, in short: whether it is still the same, also
    whose hand its last code was in."""
    is_set = "set" if account.has_password else ""
    parts = [account.bureau, *sorted(account.roles), account.held_by, account.created_by, is_set]
    return hashlib.sha256(repr([str(each) for each in parts]).encode()).hexdigest()[:32]


def _meant(conn: Connection, principal: Principal, account_id: int) -> tuple[Row[Any], bool]:
    """An account under lock, and whether there is an administrator besides. Raises AccountNotFound,
    NotPermitted for whoever is none any more."""
    principal.require(Right.ADMINISTER)
    present = conn.exec_driver_sql(_ADMINISTRATORS).all()
    if principal.actor not in {each.actor for each in present}:
        raise NotPermitted
    found = conn.exec_driver_sql(
        "SELECT id, bureau, label, actor, login, roles, held_by, created_by, disabled_at,"
        " oidc_subject, password_hash IS NOT NULL AS has_password FROM account"
        " WHERE id = %(id)s FOR UPDATE",
        {"id": account_id},
    ).one_or_none()
    if found is None:
        raise AccountNotFound
    return found, bool({each.id for each in present} - {found.id})


def _hold(
    conn: Connection, settings: Settings, principal: Principal, account: Row[Any], bureau: str
) -> None:
    _refuse_waiting(principal, account)
    release.hold(conn, account.id, principal.actor)
    _tell_others(conn, settings, principal, account, bureau)


def _refuse_waiting(principal: Principal, account: Row[Any]) -> None:
    """Raises WaitsForAnother."""
    if account.held_by not in (None, principal.actor):
        raise WaitsForAnother


def _tell_others(
    conn: Connection, settings: Settings, principal: Principal, account: Row[Any], bureau: str
) -> None:
    data = {"account": account.id, "bureau": bureau}
    [event_id] = events.write(conn, [NewEvent(EventType.ACCOUNT_WAITS, principal.actor, data=data)])
    administrators.tell_others(conn, settings, event_id, principal.actor, account.actor)


def _refuse_own(principal: Principal, account: Row[Any]) -> None:
    if account.actor == principal.actor:
        raise OwnAccount
