"""Pages of other origins may call the API where a setting names them (CORS); by default none may.

Cookies never take part: such a page shows a token or an access code itself, or nothing. Sources:
the Fetch standard, "CORS protocol".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Flask, Response, request

_API: Final = "/api/v1/"
_KEPT_SECONDS: Final = "600"
_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_SENT: Final = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Upload-Offset,"
    " X-Request-ID"
)
_SHOWN: Final = "ETag, Idempotency-Replayed, Location, Retry-After, Upload-Offset, X-Request-ID"


def register(app: Flask, origins: Sequence[str]) -> None:
    """Hang it into an application object. `origins`: which may call, as browsers name them."""
    if not origins:
        return
    allowed = frozenset(origins)

    def preflight() -> Response | None:
        asks = "Access-Control-Request-Method" in request.headers
        if request.method != "OPTIONS" or not asks or not _is_let_in(allowed):
            return None
        headers = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _SENT,
            "Access-Control-Max-Age": _KEPT_SECONDS,
        }
        return Response(status=204, headers=headers)

    def opened(response: Response) -> Response:
        if request.path.startswith(_API):
            response.vary.add("Origin")
            if _is_let_in(allowed):
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
                response.headers["Access-Control-Expose-Headers"] = _SHOWN
                response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    app.before_request(preflight)
    app.after_request(opened)


def _is_let_in(allowed: frozenset[str]) -> bool:
    return request.path.startswith(_API) and request.headers.get("Origin") in allowed
