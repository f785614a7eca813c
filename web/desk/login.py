"""Logging in and out: name, password, second factor; the first login; the OpenID provider.

Password and code are sent together, as to the API: nothing is kept between two steps, and nobody
learns from a first step that a name or a password is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Response, request

from api import cookies
from api.auth import limited, public, tried
from api.limits import Limiter
from api.services import services
from casework.errors import CaseworkError, TooMany
from casework.people import login as logins
from casework.people import oidc, openid, sessions
from casework.people.login import LoginRefused, SecondFactorNeeded
from casework.people.passwords import WeakPassword
from casework.people.release import AccountWaits
from casework.people.sessions import Begun, SessionOver
from schemas.accounts import LoginSchema, SetupSchema
from vocabulary.people import SessionStage
from web.desk import guard, standing_in
from web.desk.addresses import HOME, LOGIN, within
from web.desk.entrance import Asked, ask_to_log_in, lead_on
from web.desk.pages import desk_pages
from web.desk.refusals import SECOND_FACTOR
from web.parts.page import go_to, page
from web.parts.posted import read_posted

pages = desk_pages("login")

SETUP: Final = "/desk/setup"
CALLBACK: Final = "/desk/login/oidc/callback"
_TO: Final = "wenqi-to"
_NEEDED: Final = "login"


@tried
def _begun(begin: Callable[[], Begun], asked: Asked) -> Response:
    """A session, in the place of the browser's earlier one; a refusal is one failed try."""
    begun = begin()
    made = services()
    earlier = cookies.of_request(cookies.SESSION)
    if earlier is not None:
        sessions.supersede(made.db, made.settings, earlier)
    is_open = begun.stage is SessionStage.OPEN
    response = lead_on(asked) if is_open else go_to(SECOND_FACTOR)
    cookies.give(response, begun)
    return response


@pages.route(LOGIN, methods=["GET"])
@public
def form() -> Response:
    asked = Asked(within(request.args.get("to")))
    return go_to(asked.to) if guard.is_known() else ask_to_log_in(asked)


@pages.route(LOGIN, methods=["POST"])
@public
@limited(Limiter.login)
def log_in() -> Response:
    asked = Asked.of_form()
    read, faults = read_posted(LoginSchema())
    login = str(read.get("login", ""))
    if faults:
        return ask_to_log_in(asked, errors=faults, status=422)
    made = services()
    try:
        response: Response = _begun(
            begin=lambda: logins.log_in(
                made.db, made.settings, cookies.caller(), **{"code": None, **read}
            ),
            asked=asked,
        )
    except SecondFactorNeeded as needed:
        return ask_to_log_in(asked, login=login, errors=[("code", needed.detail)])
    except (LoginRefused, AccountWaits) as refused:
        return ask_to_log_in(asked, login=login, errors=[(_NEEDED, refused.detail)])
    except TooMany as busy:
        return _wait(ask_to_log_in(asked, login=login, errors=_said(busy), status=429), busy)
    return response


@pages.route(SETUP, methods=["GET"])
@public
def first() -> Response:
    return _first()


@pages.route(SETUP, methods=["POST"])
@public
@limited(Limiter.login)
def set_up() -> Response:
    read, faults = read_posted(SetupSchema())
    if faults:
        return _first(errors=faults, status=422)
    made, login = services(), read["login"]
    try:
        response: Response = _begun(
            begin=lambda: logins.set_up(made.db, made.settings, cookies.caller(), **read),
            asked=Asked(HOME),
        )
    except WeakPassword as weak:
        return _first(login=login, errors=[("password", weak.detail)], status=422)
    except AccountWaits as waits:
        return _first(login=login, errors=[("setup_code", waits.detail)], status=403)
    except LoginRefused:
        wrong = (
            "登录名或启用码不正确，或启用码已过期、已用过。没有用过却不能用的，"
            "可能被别人用了，请告诉另一位管理员或运维人员；过期的请重新领取。"
        )
        return _first(login=login, errors=[("setup_code", wrong)], status=401)
    except TooMany as busy:
        return _wait(_first(login=login, errors=_said(busy), status=429), busy)
    return response


@pages.route("/desk/login/oidc", methods=["GET"])
@public
@limited(Limiter.login)
def go_to_provider() -> Response:
    to = within(request.args.get("to"))
    asked = oidc.start(services().settings, CALLBACK)
    response = go_to(asked.url)
    cookies.keep_asked(response, asked.kept)
    if len(to) <= cookies.LONGEST and to.isascii():
        cookies.keep(response, _TO, to, openid.MINUTES * 60)
    return response


@pages.route(CALLBACK, methods=["GET"])
@public
@limited(Limiter.login)
def come_back() -> Response:
    made = services()
    asked = Asked(within(cookies.of_request(_TO)))
    given: dict[str, Any] = {
        "kept": cookies.of_request(cookies.OIDC) or "",
        "state": request.args.get("state", ""),
        "code": request.args.get("code", ""),
        "callback": CALLBACK,
    }
    try:
        response: Response = _begun(
            begin=lambda: oidc.finish(made.db, made.settings, cookies.caller(), **given),
            asked=asked,
        )
    except (openid.OidcRefused, oidc.NoGroup, oidc.NotLinked) as refused:
        response = ask_to_log_in(asked, errors=_said(refused))
    for kind in (cookies.OIDC, _TO):
        cookies.keep(response, kind, "", 0)
    return response


@pages.route("/desk/logout", methods=["POST"])
@public
def log_out() -> Response:
    made, secret = services(), cookies.of_request(cookies.SESSION)
    if secret is not None:
        try:
            session = sessions.authenticate(made.db, made.settings, secret)
            sessions.end(made.db, session, session.id)
        except (SessionOver, sessions.SessionNotFound):
            pass  # ended already, which is what was asked
    response = go_to(LOGIN)
    cookies.keep(response, cookies.SESSION, "", 0)
    return standing_in.forget(response)


def _first(
    *, login: str = "", errors: list[tuple[str, str]] | None = None, status: int = 200
) -> Response:
    return page("desk/setup.html", status, login=login, errors=errors or [])


def _said(error: CaseworkError) -> list[tuple[str, str]]:
    return [(_NEEDED, error.detail)]


def _wait(response: Response, busy: TooMany) -> Response:
    response.headers["Retry-After"] = str(busy.retry_after)
    return response
