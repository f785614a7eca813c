"""The own account: sessions, password, second factor."""

from __future__ import annotations

from typing import Any

from flask import Response

from api import cookies
from api.blueprints import Resource, Told
from api.json_responses import answer
from api.paths import number as numbered
from api.routes.sessions import logged_in
from api.services import services
from casework.people import own_account, sessions
from casework.people.sessions import Session, SessionNotFound
from schemas.accounts import (
    EnrolmentCodeSchema,
    EnrolmentRequestSchema,
    PasswordChangeSchema,
    PasswordSchema,
    RecoveryCodes,
    SecondFactorOffered,
    SecondFactorSet,
    SessionList,
    SessionShown,
)
from schemas.kit.answers import dump

blueprint = Resource("account", __name__, url_prefix="/api/v1", description="本人账号")


@blueprint.person(
    "GET /account/sessions",
    "列出本人的登录",
    "尚未结束的登录：何时、从哪里、用什么方式。",
    told=Told(200, SessionList, "本人的登录"),
)
def listing(session: Session) -> SessionList:
    session.require_open()
    made = services()
    found = sessions.list_own(made.db, made.settings, session)
    return SessionList(items=[SessionShown(**each._asdict()) for each in found])


@blueprint.person(
    "DELETE /account/sessions/<number>",
    "结束一次登录",
    "只能结束本人的登录，立即失效。",
    told=Told(204, None, "已结束"),
)
def end(session: Session, number: str) -> Response:
    session.require_open()
    sessions.end(services().db, session, numbered(number, SessionNotFound))
    return Response(status=204)


@blueprint.person(
    "POST /account/password",
    "更换密码",
    "须填当前密码；本人其他登录随即结束。",
    takes=PasswordChangeSchema(),
    conflicts=True,
    told=Told(204, None, "已更换"),
)
def change_password(session: Session, **body: Any) -> Response:
    own_account.change_password(services().db, session, **body)
    return Response(status=204)


@blueprint.person(
    "POST /account/second-factor",
    "设置动态验证码",
    "得到密钥和二维码，用动态验证码应用（TOTP）扫描；确认后生效。更换的须填当前密码。",
    takes=EnrolmentRequestSchema(),
    conflicts=True,
    told=Told(200, SecondFactorOffered, "待确认"),
)
def offer_second_factor(session: Session, password: str | None = None) -> SecondFactorOffered:
    made = services()
    offered = own_account.begin_second_factor(made.db, made.settings, session, password=password)
    return SecondFactorOffered(**offered._asdict())


@blueprint.person(
    "POST /account/second-factor/confirmation",
    "确认动态验证码",
    "填写应用中显示的验证码后生效，并得到恢复码；本人所有登录结束，本次登录换新的继续。",
    takes=EnrolmentCodeSchema(),
    told=Told(200, SecondFactorSet, "已设置"),
)
def confirm_second_factor(session: Session, code: str) -> Response:
    made = services()
    enrolled = own_account.confirm_second_factor(
        made.db, made.settings, session, cookies.caller(), code=code
    )
    fresh = sessions.authenticate(made.db, made.settings, enrolled.begun.secret)
    told = SecondFactorSet(**logged_in(fresh), recovery_codes=enrolled.recovery_codes)
    response = answer(dump(told))
    cookies.give(response, enrolled.begun)
    return response


@blueprint.person(
    "POST /account/recovery-codes",
    "重新生成恢复码",
    "须填当前密码；以前的恢复码作废。",
    takes=PasswordSchema(),
    conflicts=True,
    told=Told(200, RecoveryCodes, "新的恢复码"),
)
def renew_recovery_codes(session: Session, password: str) -> RecoveryCodes:
    made = services()
    return RecoveryCodes(
        recovery_codes=own_account.renew_recovery_codes(
            made.db, made.settings, session, password=password
        )
    )
