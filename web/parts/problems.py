"""What went wrong, as a page: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from api import errors as api_errors
from api.middleware import request_id
from casework import errors as casework
from casework.database import UNAVAILABLE
from config.telemetry.errors import report
from config.telemetry.logs import log
from schemas.kit.format_errors import FormatErrors
from schemas.kit.problem import Refused
from web.parts.forms.sentences import to_people
from web.parts.multipart import MEDIA_TYPE, TooMuchAtOnce
from web.parts.page import page, use_layout
from web.parts.posted import posted
from web.parts.tokens import FIELD, FormExpired


class Words(NamedTuple):
    """What a page of refusal says: title, what is safe, what to do."""

    title: str
    said: str
    to_do: tuple[str, ...]


_AGAIN: Final = "返回上一页，刷新之后再试一次。"
_WORDS: Final = {
    400: Words("没有读懂这次提交", "什么都没有改动。", (_AGAIN,)),
    403: Words("这里不对您开放", "什么都没有改动。", ("需要办理的，请联系对口单位。",)),
    404: Words(
        "没有这个页面",
        "地址可能写错了，或者页面已经换了地方。",
        ("检查地址有没有漏字。", "从首页重新找。"),
    ),
    405: Words("这个页面不能这样打开", "什么都没有改动。", ("从首页重新找。",)),
    409: Words("现在办不了", "情况已经变了，什么都没有改动。", ("返回上一页，刷新之后再看。",)),
    413: Words(
        "提交的内容太大",
        "这一次没有收下，已经保存的不受影响。",
        ("返回上一页，把文字写短一些，或者分几次提交。",),
    ),
    429: Words("请稍等再试", "已经提交的不受影响。", ("稍等之后刷新本页。",)),
    500: Words(
        "系统出了错",
        "错在我们，不在您。这一次的操作没有办成，已经提交的不受影响。",
        ("等几分钟，返回上一页再试一次。", "再出错，请把下面的编号告诉联系人。"),
    ),
    503: Words(
        "系统暂时办不了",
        "数据库这会儿没有应答。这一次的操作没有办成，也没有重复办理；已经提交的不受影响。",
        ("等一分钟，刷新本页再试。", "着急的，可以打电话给联系单位。"),
    ),
}
_OTHER: Final = _WORDS[400]
_FEWER: Final = ("返回上一页，一次少选几个文件，分几次交。", "每份不超过 20 MB。")
_SECRET: Final = frozenset({"password", "code"})
"""Fields that no page gives back."""


def answer_with_pages(pages: Blueprint) -> None:
    """Teach a set of pages how to answer every error."""
    pages.register_error_handler(FormExpired, _expired)
    pages.register_error_handler(Refused, _refused)
    pages.register_error_handler(casework.CaseworkError, _casework)
    for kind in UNAVAILABLE:
        pages.register_error_handler(kind, _unavailable)
    pages.register_error_handler(HTTPException, _http)
    pages.register_error_handler(InternalServerError, _internal)


def register(app: Flask, *, layout: str) -> None:
    """Teach the application what to say to a browser at an address where nothing lies."""
    use_layout(app, layout)
    for status in (404, 405):
        app.register_error_handler(status, _nowhere)


def say(
    status: int,
    detail: str | None = None,
    *,
    title: str | None = None,
    to_do: tuple[str, ...] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A page of refusal; what is not given is said as always with this status."""
    words = _WORDS.get(status, _OTHER)
    response = page(
        "parts/problem.html",
        status,
        title=title or words.title,
        said=detail or words.said,
        to_do=to_do or words.to_do,
        number=request_id() if status >= 500 else None,  # noqa: PLR2004
    )
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def _expired(error: FormExpired) -> Response:
    """Nothing typed is lost: what came from a page of ours is shown to be sent once more."""

    if request.headers.get("Sec-Fetch-Site") not in {"same-origin", None}:
        return say(error.status)
    return _once_more(error.status, error.title, error.detail)


def _once_more(status: int, title: str, said: str) -> Response:
    kept = [(name, value) for name, value in posted().items(multi=True) if name != FIELD]
    if request.mimetype == MEDIA_TYPE:
        said += "选的文件没有收下，再交一次以后请重新选。"
    response = page("parts/form_expired.html", status, title=title, said=said, kept=kept)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: Refused) -> Response:
    if isinstance(error, FormatErrors):
        return say(error.status, "".join(map(to_people, error.errors)) or None)
    if isinstance(error, TooMuchAtOnce):
        return say(error.status, error.detail, title=error.title, to_do=_FEWER)
    return say(error.status, error.detail if error.status not in _WORDS else None)


def _casework(error: casework.CaseworkError) -> Response:
    headers = {}
    if isinstance(error, casework.TooMany):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, casework.Overloaded):
        headers["Retry-After"] = "1"
    return say(api_errors.status_of(error), error.detail, headers=headers)


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable", exc_info=error)
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if request.method == "POST" and is_form and not _SECRET & posted().keys():
        words = _WORDS[503]
        response = _once_more(503, words.title, words.said)
    else:
        response = say(503)
    response.headers["Retry-After"] = str(api_errors.RETRY_SECONDS)
    return response


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 -- a redirect is no error
        return error
    return say(status)


def _internal(error: InternalServerError) -> Response:
    if api_errors.awaits_migration(error):
        return _unavailable(error)
    report(error.original_exception or error, "request failed")
    return say(500)


def _nowhere(error: HTTPException) -> Any:
    """A page for browsers, a problem for programs, which do not say that they take HTML."""
    is_browser = "text/html" in request.headers.get("Accept", "")
    if is_browser and not request.path.startswith("/api/"):
        return say(error.code or 404)
    return api_errors.http_problem(error)
