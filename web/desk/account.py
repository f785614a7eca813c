"""The own account: sessions, password, second factor, and for whom one stands in."""

from __future__ import annotations

from typing import Final

from flask import Response

from api import cookies
from api.auth import counting_failures
from api.paths import number as numbered
from api.services import services
from casework.people import own_account as accounts
from casework.people import sessions
from casework.people.own_account import NoPassword, PasswordWrong
from casework.people.passwords import WeakPassword
from casework.people.second_factor import CodeWrong, Enrolment
from casework.people.sessions import Session, SessionNotFound
from schemas.accounts import (
    EnrolmentCodeSchema,
    EnrolmentRequestSchema,
    PasswordChangeSchema,
    PasswordSchema,
)
from vocabulary.people import SessionStage
from web.desk import standing_in
from web.desk.addresses import HOME
from web.desk.guard import enrolling, own_account
from web.desk.pages import desk_pages
from web.desk.refusals import SECOND_FACTOR
from web.desk.told import tell
from web.parts.page import go_to, page
from web.parts.posted import posted, read_posted

pages = desk_pages("account")

ACCOUNT: Final = "/desk/account"
Errors = list[tuple[str, str]]


@pages.route(ACCOUNT, methods=["GET"])
@own_account
def shown(session: Session) -> Response:
    return _account(session)


@pages.route("/desk/account/sessions/<number>/end", methods=["POST"])
@own_account
def end(session: Session, number: str) -> Response:
    sessions.end(services().db, session, numbered(number, SessionNotFound))
    return tell(go_to(ACCOUNT), "那次登录已结束。")


@pages.route("/desk/account/password", methods=["POST"])
@own_account
def change_password(session: Session) -> Response:
    read, faults = read_posted(PasswordChangeSchema())
    if faults:
        return _account(session, faults)
    try:
        with counting_failures():
            accounts.change_password(services().db, session, **read)
    except PasswordWrong as wrong:
        return _account(session, [("current", wrong.detail)])
    except (WeakPassword, NoPassword) as refused:
        return _account(session, [("password", refused.detail)])
    return tell(go_to(ACCOUNT), "密码已更换，其他登录已结束。")


@pages.route("/desk/account/recovery-codes", methods=["POST"])
@own_account
def renew_recovery_codes(session: Session) -> Response:
    read, faults = read_posted(PasswordSchema())
    if faults:
        return _account(session, [("codes-password", said) for _, said in faults])
    made = services()
    try:
        with counting_failures():
            codes = accounts.renew_recovery_codes(made.db, made.settings, session, **read)
    except (PasswordWrong, NoPassword) as refused:
        return _account(session, [("codes-password", refused.detail)])
    return page("desk/recovery_codes.html", codes=codes)


@pages.route(SECOND_FACTOR, methods=["GET"])
@enrolling
def second_factor(session: Session) -> Response:
    return _second_factor(session)


@pages.route(SECOND_FACTOR, methods=["POST"])
@enrolling
def offer(session: Session) -> Response:
    """A fresh secret to photograph; it counts once a code of it was typed."""
    read, faults = read_posted(EnrolmentRequestSchema())
    made = services()
    try:
        with counting_failures():
            offered = accounts.begin_second_factor(
                made.db, made.settings, session, **{"password": None, **read}
            )
    except (PasswordWrong, NoPassword) as refused:
        return _second_factor(session, faults or [("password", refused.detail)])
    return _second_factor(session, offered=offered)


@pages.route("/desk/account/second-factor/confirmation", methods=["POST"])
@enrolling
def confirm(session: Session) -> Response:
    read, faults = read_posted(EnrolmentCodeSchema())
    made = services()
    try:
        with counting_failures():
            enrolled = accounts.confirm_second_factor(
                made.db, made.settings, session, cookies.caller(), **{"code": "", **read}
            )
    except CodeWrong as wrong:
        return _second_factor(session, faults or [("code", wrong.detail)], is_offered=True)
    response = page("desk/recovery_codes.html", codes=enrolled.recovery_codes)
    cookies.give(response, enrolled.begun)
    return response


@pages.route("/desk/account/standing-in", methods=["POST"])
@own_account
def stand_in(session: Session) -> Response:
    """For whom one acts from now on."""
    return standing_in.choose(go_to(HOME), session.principal, posted().get("for", ""))


def _account(session: Session, errors: Errors | None = None) -> Response:
    made = services()
    return page(
        "desk/account.html",
        422 if errors else 200,
        session=session,
        listed=sessions.list_own(made.db, made.settings, session),
        errors=errors or [],
    )


def _second_factor(
    session: Session,
    errors: Errors | None = None,
    *,
    offered: Enrolment | None = None,
    is_offered: bool = False,
) -> Response:
    needs_password = session.has_second_factor or session.stage is SessionStage.OPEN
    return page(
        "desk/second_factor.html",
        422 if errors else 200,
        session=session,
        needs_password=needs_password,
        offered=offered,
        is_offered=is_offered or offered is not None,
        errors=errors or [],
    )
