"""What every request passes: its id, one log line, metrics, security headers."""

from __future__ import annotations

import re
import secrets
import time
from typing import Final

from flask import Flask, Response, g, request

from api import metrics
from casework.receipt import is_valid, normalise
from config.observability import bind_here, clear_contextvars, log

REQUEST_ID: Final = "X-Request-ID"
_SANE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes that machines call every few seconds; only their failures are worth a line."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""On every answer that does not set its own."""


def register(app: Flask) -> None:
    """Hang the steps into an application object."""
    app.before_request(_begin)
    app.after_request(_finish)


def request_id() -> str:
    """The id of the present request."""
    made: str = g.request_id
    return made


def about(receipt: str) -> None:
    """Name the application on the rest of the request's log lines and reports.

    What comes in a path may be anything; only a well-formed receipt number is written down.
    """
    number = normalise(receipt)
    if is_valid(number):
        bind_here(receipt=number)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(16)
    g.started = time.perf_counter()
    clear_contextvars()
    bind_here(request_id=g.request_id)


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers[REQUEST_ID] = g.request_id
    # The route's pattern, never the path: paths hold receipts, and whatever a scanner invents.
    route = request.url_rule.rule if request.url_rule else "unmatched"
    seconds = time.perf_counter() - g.started
    metrics.observe(request.method, route, response.status_code, seconds)
    if route not in _QUIET or response.status_code >= 500:  # noqa: PLR2004
        log.info(
            "request",
            method=request.method if request.method in metrics.METHODS else "other",
            route=route,
            status=response.status_code,
            elapsed_ms=round(seconds * 1000, 1),
        )
    return response
