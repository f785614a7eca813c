"""What every request passes: its id, one log line, metrics, security headers."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request

from api import metrics
from api.services import services
from casework.database import allow, allow_any
from casework.personal.networks import network_of
from config.telemetry.ids import bind_here, unbind_all
from config.telemetry.logs import log
from vocabulary.receipts import parse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID: Final = "X-Request-ID"
_STREAMED: Final = "wenqi.streamed"
_ID: Final = "wenqi.request_id"
_STARTED: Final = "wenqi.started"
# What machines make: 32 hexadecimal digits, a UUID, a ULID. Anything else may be a person's number.
_MADE_ID: Final = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}",
    re.ASCII | re.IGNORECASE,
)
_TURNED_AWAY: Final = frozenset({401, 403, 404, 429})
_QUIET: Final = frozenset({"/healthz", "/readyz"})
"""Routes that machines call every few seconds; only their failures are worth a line."""

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""On every answer that does not set its own."""
LANGUAGE: Final = ("Content-Language", "zh-CN")
"""On every answer that people read something in: there is no other language to choose."""
_READ: Final = ("application/json", "application/problem+json", "application/x-ndjson",
                "application/schema+json", "text/html", "text/csv", "text/calendar")  # fmt: skip


def register(app: Flask, answer_seconds: float) -> None:
    """Hang the steps into an application object. `answer_seconds`: what a request may wait for the
    database altogether."""
    app.after_request(_finish)
    # The place Flask's documentation gives for middleware.
    app.wsgi_app = _Plainly(app.wsgi_app, answer_seconds)  # type: ignore[method-assign]


def stream() -> None:
    """Let the present answer go out in pieces as they are made; each wait for the database is
    then bounded by itself."""
    request.environ[_STREAMED] = True
    allow_any()


class _Plainly:
    """Gives the request its id, adds the fixed headers, and hands ordinary answers over whole.

    Done here because werkzeug's headers are searched from the start for each, and because the
    server sends a list at once but anything else through a channel, piece by piece.
    """

    def __init__(self, inner: WSGIApplication, answer_seconds: float) -> None:
        self._inner = inner
        self._answer_seconds = answer_seconds
        self._fixed = [(name, name.lower(), value) for name, value in HEADERS.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_STARTED] = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        identity = given if _MADE_ID.fullmatch(given) else secrets.token_hex(16)
        environ[_ID] = identity
        allow(self._answer_seconds)
        unbind_all()
        bind_here(request_id=identity)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            present = {name.lower(): value for name, value in headers}
            headers.append((REQUEST_ID, identity))
            if present.get("content-type", "").startswith(_READ):
                headers.append(LANGUAGE)
            headers += [(n, value) for n, lower, value in self._fixed if lower not in present]
            return start_response(status, headers, *rest)

        try:
            answer = self._inner(environ, start)
            if environ.get(_STREAMED):
                return answer
            try:
                return list(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
        finally:
            allow_any()  # whatever the thread does next is no part of this request


def request_id() -> str:
    """The id of the present request."""
    made: str = request.environ[_ID]
    return made


def about(receipt: str) -> None:
    """Name the application on the rest of the request's log lines and reports.

    What comes in a path may be anything; only a well-formed receipt number is written down.
    """
    number = parse(receipt)
    if number is not None:
        bind_here(receipt=number)


def _finish(response: Response) -> Response:
    present = request._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 -- werkzeug documents it
    # The route's pattern, never the path: paths hold receipts, and whatever a scanner invents.
    route = present.url_rule.rule if present.url_rule else "unmatched"
    method = present.method if present.method in metrics.METHODS else "other"
    status = response.status_code
    seconds = time.perf_counter() - present.environ[_STARTED]
    metrics.observe(method, route, status, seconds)
    if route not in _QUIET or status >= 500:  # noqa: PLR2004
        address = None
        if status in _TURNED_AWAY:
            # From where and from what, beside the number of a token or account.
            about((present.view_args or {}).get("receipt", ""))
            address = network_of(services().limiter.caller())
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            elapsed_ms=round(seconds * 1000, 1),
            **({"address": address} if address else {}),
        )
    return response
