"""Tokens of systems: given out once, renewed, ended; those of people are listed and ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from flask import Response

from api.paths import number as numbered
from api.services import services
from casework.errors import NotFound
from casework.operations import business_time, system_tokens
from casework.people import tokens
from casework.people.access import Principal
from casework.people.rights import Right
from casework.people.tokens import InvalidToken, Token
from schemas.tokens import NewTokenSchema
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role
from web.desk.admin.parts import TOKENS, Errors, admin_page, shown_once
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted, read_posted

pages = desk_pages("admin-tokens")

_DAYS: Final = {"30": "30天", "90": "90天"}
_OVERLAPS: Final = {"24": "旧的再用24小时", "168": "旧的再用7天", "0": "旧的立即作废"}
_HAND_OVER: Final = "交给使用的系统，不要用邮件发送。丢了就吊销，再建一个。"


class TokenNotFound(NotFound):
    """There is no such token."""

    code = "token_not_found"
    title = "没有这个令牌"
    message = "没有这个令牌。"


class Shown(NamedTuple):
    """A token with what stands beside it: its state, and whether it is in force."""

    token: Token
    state: str
    is_live: bool

    @property
    def is_sender(self) -> bool:
        return self.token.role is Role.INTAKE

    @property
    def is_system(self) -> bool:
        return self.token.role in tokens.SYSTEMS


@pages.route(TOKENS, methods=["GET"])
@desk(Right.ADMINISTER)
def listing(principal: Principal) -> Response:
    del principal
    return _listed()


@pages.route(TOKENS, methods=["POST"])
@desk(Right.ADMINISTER)
def create(principal: Principal) -> Response:
    """The token is shown on this page, once."""
    made = services()
    read, faults = read_posted(NewTokenSchema())
    if faults:
        return _listed(faults)
    addresses = read.pop("addresses", "").replace("，", ",").replace(",", " ").split()
    days = int(_picked("days", _DAYS))
    try:
        token = system_tokens.create(
            made.db,
            made.settings,
            principal,
            **read,
            days=days,
            addresses=addresses,
            is_trial="is_trial" in posted(),
        )
    except InvalidToken as refused:
        return _listed([("role", refused.detail)])
    return shown_once(f"令牌已签发：{read['label']}", token, _HAND_OVER, TOKENS)


@pages.route(f"{TOKENS}/<number>/rotate", methods=["POST"])
@desk(Right.ADMINISTER)
def rotate(principal: Principal, number: str) -> Response:
    """The new token is shown on this page, once."""
    made, wanted = services(), numbered(number, TokenNotFound)
    overlap = timedelta(hours=int(_picked("overlap", _OVERLAPS)))
    try:
        token = system_tokens.rotate(
            made.db, made.settings, principal, wanted, days=tokens.MOST_DAYS, overlap=overlap
        )
    except InvalidToken as refused:
        return _listed([(f"token-{wanted}", refused.detail)])
    return shown_once("令牌已更换", token, _HAND_OVER, TOKENS)


@pages.route(f"{TOKENS}/<number>/revoke", methods=["POST"])
@desk(Right.ADMINISTER)
def revoke(principal: Principal, number: str) -> Response:
    wanted = numbered(number, TokenNotFound)
    done = tokens.revoke(services().db, wanted, by=principal.actor)
    return tell(go_to(TOKENS), "令牌已吊销，立即失效。" if done else "没有这个令牌，或早已吊销。")


@pages.route(f"{TOKENS}/<number>/shut", methods=["POST"])
@desk(Right.ADMINISTER)
def shut(principal: Principal, number: str) -> Response:
    return _switched(principal, number, off=True)


@pages.route(f"{TOKENS}/<number>/open", methods=["POST"])
@desk(Right.ADMINISTER)
def let_in(principal: Principal, number: str) -> Response:
    return _switched(principal, number, off=False)


def _switched(principal: Principal, number: str, *, off: bool) -> Response:
    wanted = numbered(number, TokenNotFound)
    try:
        system_tokens.shut(services().db, principal, wanted, off=off)
    except InvalidToken as refused:
        return _listed([(f"token-{wanted}", refused.detail)])
    return tell(go_to(TOKENS), "不再收这个渠道的申报。" if off else "恢复收这个渠道的申报。")


def _picked(name: str, known: dict[str, str]) -> str:
    """What was chosen; the first that is known where it was none of them."""
    chosen = posted().get(name, "")
    return chosen if chosen in known else next(iter(known))


def _listed(errors: Errors | None = None) -> Response:
    made = services()
    now = business_time.now(made.db)
    shown = [_shown(each, now) for each in tokens.list_all(made.db)]
    return admin_page(
        "admin_tokens.html",
        errors,
        tokens=sorted(shown, key=lambda each: not each.is_live),
        kinds=[(each.value, each.label) for each in tokens.SYSTEMS],
        levels=[(each.value, each.label) for each in IdentityLevel],
        days=_DAYS,
        overlaps=_OVERLAPS,
        typed=posted() if errors else {},
    )


def _shown(token: Token, now: datetime) -> Shown:
    if token.revoked_at is not None:
        return Shown(token, "已吊销", is_live=False)
    if token.expires_at is not None and token.expires_at <= now:
        return Shown(token, "已到期", is_live=False)
    return Shown(token, "停收" if token.is_shut else "在用", is_live=True)
