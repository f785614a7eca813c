"""The one place where what went wrong becomes an HTTP answer."""

from __future__ import annotations

from typing import Final, cast

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from api import etags
from api.body import UnsupportedMediaType
from api.json_responses import refuse
from api.services import services
from casework import errors as casework
from casework.database import UNAVAILABLE, UNREADABLE
from casework.documents import errors as documents
from casework.intake import identity
from casework.operations import readiness
from casework.views.case_selection import CursorInvalid
from config.telemetry.errors import report
from config.telemetry.logs import log
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.problem import FieldError, Refused
from schemas.kit.strict_json import TooLarge

RETRY_SECONDS: Final = 5

STATUS: Final[dict[type[casework.CaseworkError], int]] = {
    casework.NotFound: 404,
    casework.Conflict: 409,
    casework.Stale: 412,
    casework.Forbidden: 403,
    casework.Invalid: 422,
    casework.Unauthenticated: 401,
    casework.Unavailable: 503,
    casework.TooMany: 429,
}
"""Kind of domain error -> HTTP status."""


class AddressNotFound(casework.NotFound):
    """Nothing lies at this address."""

    code = "not_found"
    title = "没有找到"
    message = "没有这个地址。"


_UNAVAILABLE: Final = (
    "database_unavailable",
    "服务暂时不可用",
    "数据库暂时不可用，请稍后重试。重试时请使用相同的 Idempotency-Key，以免重复申报。",
)
_INTERNAL: Final = ("internal_error", "系统内部错误", "系统内部错误，已自动记录，请稍后再试。")
_HTTP: Final = {
    400: (InvalidRequest.code, InvalidRequest.title, "请求不符合 HTTP 规范或参数有误。"),
    404: (AddressNotFound.code, AddressNotFound.title, AddressNotFound.message),
    405: ("method_not_allowed", "此地址不支持该请求方法", "此地址不支持该请求方法。"),
    413: (TooLarge.code, TooLarge.title, "请求内容过大。"),
    415: (UnsupportedMediaType.code, UnsupportedMediaType.title, "请求内容的类型不受支持。"),
}
_OTHER_HTTP: Final = ("http_error", "请求无法处理", "请求无法处理。")
WITHOUT_CLASS: Final = {**_HTTP, 500: _INTERNAL, 503: _UNAVAILABLE}
"""Refusals that no class of ours stands for: status -> code, title, words."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="wenqi"'}


def register(app: Flask) -> None:
    """Teach an application object how to answer every error."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(casework.CaseworkError, _casework)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(InternalServerError, _internal)


def status_of(error: casework.CaseworkError) -> int:
    """The HTTP status of a domain error's kind."""
    return status_of_kind(type(error))


def status_of_kind(error: type[casework.CaseworkError]) -> int:
    """As :func:`status_of`, of an error's class."""
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def faults_of(error: casework.CaseworkError) -> list[FieldError]:
    """Where in the body the fault lies, if the error knows."""
    if isinstance(
        error,
        casework.WrongPart
        | casework.ProvisionNotOffered
        | casework.NoticeUnknown
        | identity.IdentityWithoutToken
        | identity.IdentityMissing
        | identity.IdentityTooHigh
        | CursorInvalid,
    ):
        return [FieldError(error.pointer, error.code, error.detail)]
    if isinstance(error, documents.DocumentRefused):
        return [FieldError("", error.why.value, error.detail)]
    return []


def _refused(refused: Refused) -> Response:
    return refuse(refused.status, refused.code, refused.title, refused.detail, refused.errors)


def _casework(error: casework.CaseworkError) -> Response:
    headers = {}
    if isinstance(error, casework.Unauthenticated):
        headers = _CHALLENGE  # RFC 9110 asks for it
    elif isinstance(error, casework.IdempotencyInFlight | casework.Overloaded):
        headers = {"Retry-After": "1"}
    elif isinstance(error, casework.TooMany):
        headers = {"Retry-After": str(error.retry_after)}
    elif isinstance(error, documents.DocumentsBusy | documents.StoreAway):
        headers = {"Retry-After": str(RETRY_SECONDS)}
    elif isinstance(error, documents.WrongOffset):
        headers = {"Upload-Offset": str(error.offset)}
    elif isinstance(error, casework.VersionChanged):
        headers = etags.etag(error.version)
    return refuse(
        status_of(error),
        error.code,
        error.title,
        error.detail,
        faults_of(error),
        headers=headers,
        allowed=list(error.allowed) if isinstance(error, casework.IllegalMove) else None,
    )


def _unavailable(error: Exception) -> Response:
    """The database cannot be reached or used, or did not say what became of a commit. The client
    may repeat: under the same key, nothing is accepted twice."""
    log.error("database unavailable", exc_info=error)
    return refuse(503, *_UNAVAILABLE, headers={"Retry-After": str(RETRY_SECONDS)})


def http_problem(error: HTTPException) -> Response:
    """What the framework refuses, as a problem."""
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 -- a redirect is no error
        return cast("Response", Response.force_type(error.get_response(), request.environ))
    code, title, detail = _HTTP.get(status, _OTHER_HTTP)
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    return refuse(status, code, title, detail, headers=kept)


def awaits_migration(error: InternalServerError) -> bool:
    """Whether it failed because this release runs before its migrations do: it will not then."""
    if not isinstance(error.original_exception, UNREADABLE):
        return False
    return not readiness.schema(services().db).ok


def _internal(error: InternalServerError) -> Response:
    if awaits_migration(error):
        return _unavailable(error)
    report(error.original_exception or error, "request failed")
    return refuse(500, *_INTERNAL)
