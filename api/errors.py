"""The one place where what went wrong becomes an HTTP answer."""

from __future__ import annotations

from typing import Final, cast

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from api import etags
from api.auth import CredentialsMissing
from api.json_responses import refuse
from casework import errors as casework
from casework.database import UNAVAILABLE
from casework.delivery import webhooks
from config.telemetry.errors import report
from config.telemetry.logs import log
from schemas.application import FormatErrors
from schemas.strict_json import BodyRefused

RETRY_SECONDS: Final = 5

STATUS: Final[dict[type[casework.CaseworkError], int]] = {
    casework.ApplicationNotFound: 404,
    casework.CaseNotFound: 404,
    casework.IdempotencyConflict: 422,
    casework.IdempotencyInFlight: 409,
    casework.Overloaded: 503,
    casework.InvalidFinding: 422,
    casework.InvalidToken: 422,
    casework.IllegalMove: 409,
    casework.TokenRefused: 401,
    casework.NotPermitted: 403,
    casework.TimeTravelRefused: 403,
    casework.VersionChanged: 412,
    casework.SecondPersonRequired: 403,
    casework.InvalidDetermination: 422,
    casework.BenefitTaken: 409,
    casework.InvalidTransfer: 422,
    casework.InvalidDelegation: 422,
    casework.DelegationNotFound: 404,
    casework.ExportNotFound: 404,
    casework.TooManyExports: 409,
    webhooks.EndpointUnknown: 404,
    webhooks.EndpointRefused: 422,
    casework.VisitNotFound: 404,
    casework.InvalidVisitDay: 422,
    casework.RequestNotFound: 404,
    casework.FeedNotFound: 404,
}
"""Domain error -> HTTP status. A test holds it to the list in ``casework.errors``."""

_HTTP: Final = {
    400: ("invalid_request", "请求不符合 HTTP 规范或参数有误。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "此地址不支持该请求方法。"),
    413: ("body_too_large", "请求内容过大。"),
    415: ("unsupported_media_type", "请求内容的类型不受支持。"),
}
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="wenqi"'}


def register(app: Flask) -> None:
    """Teach an application object how to answer every error."""
    app.register_error_handler(BodyRefused, _body)
    app.register_error_handler(FormatErrors, _format)
    app.register_error_handler(CredentialsMissing, _credentials)
    app.register_error_handler(casework.CaseworkError, _casework)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _internal)


def _body(refused: BodyRefused) -> Response:
    return refuse(refused.status, refused.code, refused.detail, refused.errors)


def _format(refused: FormatErrors) -> Response:
    detail = "请按逐项说明改正后重新提交。"
    return refuse(422, refused.code, detail, refused.errors)


def _credentials(_: CredentialsMissing) -> Response:
    detail = "请在请求头 Authorization 中以 Bearer 方式提供查询码或访问令牌。"
    return refuse(401, "unauthenticated", detail, headers=_CHALLENGE)


def _casework(error: casework.CaseworkError) -> Response:
    status = STATUS[type(error)]
    headers = {}
    if status == 401:  # noqa: PLR2004 -- RFC 9110 asks for a challenge
        headers = _CHALLENGE
    elif isinstance(error, casework.IdempotencyInFlight | casework.Overloaded):
        headers = {"Retry-After": "1"}
    elif isinstance(error, casework.VersionChanged):
        headers = etags.etag(error.version)
    allowed = list(error.allowed) if isinstance(error, casework.IllegalMove) else None
    return refuse(status, error.code, error.detail, headers=headers, allowed=allowed)


def _unavailable(error: Exception) -> Response:
    """The database cannot be reached or used; nothing was accepted, so the client may repeat."""
    log.error("database unavailable", exc_info=error)
    return refuse(
        503,
        "database_unavailable",
        "数据库暂时不可用，请稍后重试。重试时请使用相同的 Idempotency-Key，以免重复申报。",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 -- a redirect is no error
        return cast("Response", Response.force_type(error.get_response(), request.environ))
    code, detail = _HTTP.get(status, ("http_error", "请求无法处理。"))
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    return refuse(status, code, detail, headers=kept)


def _internal(error: InternalServerError) -> Response:
    report(error.original_exception or error, "request failed")
    return refuse(500, "internal_error", "系统内部错误，已自动记录，请稍后再试。")
