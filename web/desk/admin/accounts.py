"""Accounts: who may come in, with which roles; opened, changed, begun anew, ended."""

from __future__ import annotations

from flask import Response, request

from api.paths import number as numbered
from api.services import services
from casework.errors import Conflict
from casework.operations import staff
from casework.people import accounts
from casework.people.access import Principal
from casework.people.accounts import Account, AccountNotFound, InvalidAccount
from casework.people.release import SecondAdministratorRequired
from casework.people.rights import Right
from schemas.accounts import AccountBureauSchema, AccountLinkSchema, NewAccountSchema
from vocabulary.people import OF_PEOPLE
from web.desk.admin.parts import ACCOUNTS, Errors, admin_page, shown_once
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted, read_posted

pages = desk_pages("admin-accounts")

_HAND_OVER = (
    f"用它在 /desk/setup 设置密码，{accounts.SETUP_HOURS}小时内有效，只能用一次。"
    "当面或打电话告诉本人，不要发到写着登录名的邮箱。"
    "办件、审批或管理的账号要等另一名管理员确认后才能用。"
)
_NO_ROLE = ("roles", "请至少选一个角色。")


@pages.route(ACCOUNTS, methods=["GET"])
@desk(Right.ADMINISTER)
def listing(principal: Principal) -> Response:
    del principal
    return _listed()


@pages.route(ACCOUNTS, methods=["POST"])
@desk(Right.ADMINISTER)
def add(principal: Principal) -> Response:
    """The code for the first password is shown on this page, once."""
    made, roles = services(), posted().getlist("roles")
    read, faults = read_posted(NewAccountSchema())
    if not roles:
        faults.append(_NO_ROLE)
    if faults:
        return _listed(faults)
    try:
        code = staff.add(made.db, made.settings, principal, **read, roles=roles)
    except InvalidAccount as refused:
        return _listed([("login", refused.detail)])
    return shown_once(f"账号已开设：{read['login']}", code, _HAND_OVER, ACCOUNTS)


@pages.route(f"{ACCOUNTS}/<number>", methods=["GET"])
@desk(Right.ADMINISTER)
def account(principal: Principal, number: str) -> Response:
    return _account(principal, _found(number))


@pages.route(f"{ACCOUNTS}/<number>/roles", methods=["POST"])
@desk(Right.ADMINISTER)
def change(principal: Principal, number: str) -> Response:
    made = services()
    found, roles = _found(number), posted().getlist("roles")
    read, faults = read_posted(AccountBureauSchema())
    if not roles:
        faults.append(_NO_ROLE)
    if faults:
        return _account(principal, found, faults)
    try:
        staff.change(made.db, made.settings, principal, found.id, **read, roles=roles)
    except InvalidAccount as refused:
        return _account(principal, found, [("bureau", refused.detail)])
    except Conflict as refused:
        return _account(principal, found, [("roles", refused.detail)], status=409)
    return tell(go_to(f"{ACCOUNTS}/{found.id}"), "已更改，从下一次操作起生效。")


@pages.route(f"{ACCOUNTS}/<number>/reset", methods=["POST"])
@desk(Right.ADMINISTER)
def reset(principal: Principal, number: str) -> Response:
    """Password and second factor are forgotten; a disabled account is one again."""
    made, found = services(), _found(number)
    try:
        code = staff.reset(made.db, made.settings, principal, found.id)
    except InvalidAccount as refused:
        return _account(principal, found, [("reset", refused.detail)])
    except Conflict as refused:
        return _account(principal, found, [("reset", refused.detail)], status=409)
    return shown_once(f"账号已重置：{found.login}", code, _HAND_OVER, ACCOUNTS)


@pages.route(f"{ACCOUNTS}/<number>/link", methods=["POST"])
@desk(Right.ADMINISTER)
def link(principal: Principal, number: str) -> Response:
    """A user of the OpenID provider is this person."""
    made, found = services(), _found(number)
    read, faults = read_posted(AccountLinkSchema())
    if faults:
        return _account(principal, found, faults)
    try:
        staff.link(made.db, made.settings, principal, found.id, **read)
    except InvalidAccount as refused:
        return _account(principal, found, [("subject", refused.detail)])
    except Conflict as refused:
        return _account(principal, found, [("subject", refused.detail)], status=409)
    return tell(go_to(f"{ACCOUNTS}/{found.id}"), "已关联，待另一名管理员确认后可以登录。")


@pages.route(f"{ACCOUNTS}/<number>/release", methods=["POST"])
@desk(Right.ADMINISTER)
def release(principal: Principal, number: str) -> Response:
    """Another administrator's word for what one has opened, reset or raised."""
    found = _found(number)
    try:
        staff.let_in(
            services().db,
            principal,
            found.id,
            shown=request.args.get("shown", ""),
        )
    except (Conflict, SecondAdministratorRequired) as refused:
        return _account(principal, found, [("release", refused.detail)], status=409)
    return tell(go_to(f"{ACCOUNTS}/{found.id}"), "已确认，账号可以使用。")


@pages.route(f"{ACCOUNTS}/<number>/disable", methods=["POST"])
@desk(Right.ADMINISTER)
def disable(principal: Principal, number: str) -> Response:
    found = _found(number)
    try:
        staff.disable(services().db, principal, found.id)
    except Conflict as refused:
        return _account(principal, found, [("disable", refused.detail)], status=409)
    return tell(go_to(ACCOUNTS), f"{found.name or found.label}的账号已停用，立即生效。")


def _found(number: str) -> Account:
    """Raises AccountNotFound."""
    wanted = numbered(number, AccountNotFound)
    for each in accounts.list_all(services().db):
        if each.id == wanted:
            return each
    raise AccountNotFound


def _listed(errors: Errors | None = None) -> Response:
    return admin_page(
        "admin_accounts.html",
        errors,
        accounts=accounts.list_all(services().db),
        every_role=OF_PEOPLE,
        typed=posted() if errors else {},
        picked=posted().getlist("roles") if errors else [],
    )


def _account(
    principal: Principal, found: Account, errors: Errors | None = None, *, status: int = 422
) -> Response:
    made = services()
    return admin_page(
        "admin_account.html",
        errors,
        status=status,
        account=found,
        may=staff.open_to(made.db, made.settings, principal, found.id),
        every_role=OF_PEOPLE,
        is_own=principal.actor == found.actor,
        shown=staff.as_shown(found),
    )
