"""Logging in as an enterprise, where the deployment has a provider for it."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, request

from api import cookies
from api.auth import public, tried
from api.services import services
from casework.errors import CaseworkError
from casework.people import enterprise_login, openid
from casework.people.enterprise_login import CALLBACK, NoEnterprise
from web.parts.page import go_to, page
from web.portal import enterprise, holding
from web.portal.pages import portal_pages

pages = portal_pages("login")

MINE: Final = "/mine"
# Never anywhere else: what stands in an address is anybody's.
_OURS: Final = re.compile(r"/(?:mine|apply/[a-z0-9_]{1,60})")
_FAILED: Final = (openid.OidcRefused, openid.OidcAway, openid.OidcOff, NoEnterprise)
_STATUS: Final = {openid.OidcAway: 503, openid.OidcOff: 404, NoEnterprise: 403}


@pages.route("/login", methods=["GET"])
@public
def start() -> Response:
    made = services()
    made.limiter.login()
    to = request.args.get("to", MINE)
    try:
        asked = enterprise_login.start(made.settings, to if _OURS.fullmatch(to) else MINE)
    except _FAILED as error:
        return _failed(error)
    response = go_to(asked.url)
    cookies.keep(response, cookies.ENTERPRISE_OIDC, asked.kept, openid.MINUTES * 60)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route(CALLBACK, methods=["GET"])
@public
def back() -> Response:
    try:
        response: Response = _enter()
    except _FAILED as error:
        response = _failed(error)
    cookies.keep(response, cookies.ENTERPRISE_OIDC, "", 0)
    return response


@tried
def _enter() -> Response:
    made = services()
    entered = enterprise_login.finish(
        made.db,
        made.settings,
        kept=cookies.of_request(cookies.ENTERPRISE_OIDC) or "",
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
    )
    # What the browser held before may be another enterprise's.
    response = enterprise.leave(holding.forget(go_to(entered.onward)))
    return enterprise.give(response, entered.secret)


@pages.route("/login/leave", methods=["POST"])
@public
def leave() -> Response:
    return enterprise.leave(holding.forget(go_to(MINE)))


@pages.route("/login/leave-everywhere", methods=["POST"])
@public
def leave_everywhere() -> Response:
    return enterprise.leave(holding.forget(go_to(MINE)), everywhere=True)


def _failed(error: CaseworkError) -> Response:
    response = page("portal/login_failed.html", _STATUS.get(type(error), 401), said=error.detail)
    response.headers["Cache-Control"] = "no-store"
    return response
