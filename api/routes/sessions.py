"""Logging in, seeing who one is, logging out."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request

from api import cookies
from api.auth import limited, public, tried
from api.blueprints import Resource, Told
from api.json_responses import answer
from api.limits import Limiter
from api.openapi import described
from api.services import services
from casework.people import login as logins
from casework.people import oidc, sessions
from casework.people.sessions import Begun, Session
from schemas.accounts import LoggedIn, LoginSchema, SetupSchema
from schemas.kit.answers import dump, schema_of

blueprint = Resource("sessions", __name__, url_prefix="/api/v1", description="登录")


def logged_in(session: Session) -> dict[str, Any]:
    """What somebody is told of a session of theirs, by the name of `LoggedIn`'s members."""
    who = session.principal
    return {
        "stage": session.stage,
        "stage_text": session.stage.label,
        "csrf_token": session.csrf,
        "name": session.name,
        "login": session.login,
        "label": who.label,
        "bureau": who.bureau,
        "roles": [who.role, *sorted(who.further)],
        "way": session.way,
        "has_second_factor": session.has_second_factor,
        "ends_at": session.ends_at,
        "code_made_at": session.code_at,
        "code_made_by": session.code_by if session.code_at else None,
    }


def hand_over(begun: Begun) -> Response:
    """The answer to a login: the session in a cookie, in the place of the browser's earlier one."""
    made = services()
    session = sessions.authenticate(made.db, made.settings, begun.secret)
    earlier = cookies.of_request(cookies.SESSION)
    if earlier is not None:
        sessions.supersede(made.db, made.settings, earlier)
    response = answer(dump(LoggedIn(**logged_in(session))))
    cookies.give(response, begun)
    return response


@blueprint.route("/session", methods=["POST"])
@described(
    "登录",
    "登录名、密码和动态验证码一并提交。登录名不存在与密码、验证码不正确的答复相同；"
    "多次失败的须等待。登录凭证在 HttpOnly Cookie 中，页面令牌在答复中。",
    refusals=(400, 401, 413, 415, 422, 429, 503),
)
@tried
@limited(Limiter.login)
@blueprint.arguments(LoginSchema(), as_kwargs=True)
@blueprint.response(200, schema_of(LoggedIn), description="已登录")
def log_in(login: str, password: str, code: str | None = None) -> Response:
    made = services()
    begun = logins.log_in(
        made.db, made.settings, cookies.caller(), login=login, password=password, code=code
    )
    return hand_over(begun)


@blueprint.route("/session/setup", methods=["POST"])
@described(
    "首次登录",
    "凭管理员给出的启用码设置密码并登录，启用码随即作废。随后须设置动态验证码。",
    refusals=(400, 401, 413, 415, 422, 429, 503),
)
@tried
@limited(Limiter.login)
@blueprint.arguments(SetupSchema(), as_kwargs=True)
@blueprint.response(200, schema_of(LoggedIn), description="已登录")
def set_up(login: str, setup_code: str, password: str) -> Response:
    made = services()
    begun = logins.set_up(
        made.db,
        made.settings,
        cookies.caller(),
        login=login,
        setup_code=setup_code,
        password=password,
    )
    return hand_over(begun)


@blueprint.person(
    "GET /session",
    "查看本次登录",
    "本人的姓名、单位、角色和页面令牌。",
    told=Told(200, LoggedIn, "本次登录"),
)
def read(session: Session) -> LoggedIn:
    return LoggedIn(**logged_in(session))


@blueprint.person(
    "DELETE /session", "退出登录", "本次登录立即结束。", told=Told(204, None, "已退出")
)
def log_out(session: Session) -> Response:
    sessions.end(services().db, session, session.id)
    response = Response(status=204)
    cookies.keep(response, cookies.SESSION, "", 0)
    return response


@blueprint.route("/session/oidc", methods=["GET"])
@blueprint.response(302, description="转到统一身份认证")
@described(
    "统一身份认证登录", "转到部署所配置的统一身份认证（OpenID Connect）。", refusals=(404, 503)
)
@public
@limited(Limiter.login)
def go_to_provider() -> Response:
    asked = oidc.start(services().settings)
    response = redirect(asked.url)
    response.headers["Cache-Control"] = "no-store"
    made: Response = response  # type: ignore[assignment]
    cookies.keep_asked(made, asked.kept)
    return made


@blueprint.route("/session/oidc/callback", methods=["GET"])
@blueprint.response(200, schema_of(LoggedIn), description="已登录")
@described(
    "从统一身份认证返回",
    "核对状态值、随机值和签名后登录；单位和角色按用户组确定。",
    refusals=(401, 403, 404, 429, 503),
)
@tried
@limited(Limiter.login)
def come_back() -> Response:
    made = services()
    begun = oidc.finish(
        made.db,
        made.settings,
        cookies.caller(),
        kept=cookies.of_request(cookies.OIDC) or "",
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
    )
    response = hand_over(begun)
    cookies.keep(response, cookies.OIDC, "", 0)
    return response
